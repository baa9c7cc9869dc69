#include <wick/training/fit.hpp>

#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"
#include "training/training_run.hpp"

#include <wick/data/data_loader.hpp>
#include <wick/loss/nll.hpp>
#include <wick/optim/adam.hpp>
#include <wick/optim/clip_grad.hpp>
#include <wick/optim/step_schedulers.hpp>
#include <wick/training/fit_session.hpp>
#include <wick/training/training_checkpoint.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

using wick::FitEnd;
using wick::FitOptions;
using wick::FitReport;
using wick::FitResult;
using wick::FitStep;
using wick::Index;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

using Data = wick::TensorDataset<float>;
using Loader = wick::DataLoader<Data>;

/// Everything that a run of fit() consists of, freshly made: seven batches of eight, of 50 samples.
struct FitRun {
  explicit FitRun(wick::ThreadPool* pool = nullptr, double lr = 0.01)
      : train_data(wick_tests::clouds(50)),
        validation_data(wick_tests::clouds(30)),
        train_loader(train_data, {.batch_size = 8, .shuffle = true}),
        validation_loader(validation_data, {.batch_size = 16, .shuffle = true}),
        model(seeded()),
        optimizer(model.parameters(), {.lr = lr}, pool),
        scheduler(optimizer, {.step_size = 2, .gamma = 0.5}) {
    options.epochs = 4;
    options.pool = pool;
  }

  FitResult fit() { return wick::fit(model, train_loader, validation_loader, criterion, optimizer, options); }
  /// The same, stopped after so many steps in this call.
  FitResult fit_for(std::int64_t steps) {
    std::int64_t done = 0;
    options.on_step = [&](FitStep& step) { step.stop = ++done == steps; };
    auto result = fit();
    options.on_step = {};
    return result;
  }

  Data train_data;
  Data validation_data;
  Loader train_loader;
  Loader validation_loader;
  wick::Network<float> model;
  wick::NLLLoss<float> criterion;
  wick::Adam<float> optimizer;
  wick::StepLR scheduler;
  FitOptions options;

 private:
  static wick::Network<float> seeded() {
    wick::manual_seed(3);
    return {6, 3, {8, 5}, {.dropout = 0.5}};
  }
};

void check_equal(const std::vector<FitReport>& a, const std::vector<FitReport>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].epoch == b[i].epoch);
    CHECK(a[i].step == b[i].step);
    CHECK(a[i].training_loss == b[i].training_loss);
    CHECK(a[i].validation_loss == b[i].validation_loss);
    CHECK(a[i].metrics == b[i].metrics);
    CHECK(a[i].lr == b[i].lr);
    CHECK(a[i].best == b[i].best);
  }
}

}  // namespace

TEST_CASE("fit is the loop that everybody writes, with the best weights brought back") {
  FitRun run;
  run.options.clip_grad_norm = 0.5;
  run.options.scheduler = &run.scheduler;
  const FitResult result = run.fit();

  FitRun plain;
  wick::Recorder<float> recorder;
  recorder->set_generator(wick::default_generator());
  double best = std::numeric_limits<double>::infinity();
  Index best_epoch = 0;
  wick::StateDict best_model;
  for (Index epoch = 1; epoch <= 4; ++epoch) {
    plain.model.train();
    double training_loss = 0;
    const double lr = plain.optimizer.lr();
    for (const auto& [x, y] : plain.train_loader) {
      plain.optimizer.zero_grad();
      const auto loss = plain.criterion(plain.model(recorder->input(x)), y);
      training_loss += static_cast<double>(loss.item());
      loss.backward();
      wick::clip_grad_norm_(plain.model.parameters(), 0.5);
      plain.optimizer.step();
    }
    double validation_loss = 0;
    for (const auto& [x, y] : plain.validation_loader) {
      validation_loss += static_cast<double>(plain.criterion(plain.model.predict(x), y));
    }
    plain.scheduler.step(plain.optimizer);
    const FitReport& report = result.reports.at(static_cast<std::size_t>(epoch - 1));
    CHECK(report.training_loss == training_loss / 7);
    CHECK(report.validation_loss == validation_loss / 2);
    CHECK(report.lr == lr);
    CHECK(report.epoch == epoch);
    CHECK(report.step == 7 * epoch);
    if (validation_loss / 2 < best) {
      best = validation_loss / 2;
      best_epoch = epoch;
      best_model = plain.model.state_dict();
    }
  }
  CHECK(result.end == FitEnd::all_epochs);
  CHECK(result.best == best);
  CHECK(result.best_epoch == best_epoch);
  CHECK(run.model.state_dict() == best_model);
  CHECK(result.state.epoch == 4);
}

TEST_CASE("fit ends when patience is over, and goes on from a state with the same numbers") {
  FitRun whole;
  whole.options.epochs = 30;
  whole.options.patience = 2;
  whole.options.min_delta = 0.005;
  whole.options.scheduler = &whole.scheduler;
  const FitResult expected = whole.fit();
  CHECK(expected.end == FitEnd::no_progress);
  CHECK(expected.state.fit->epochs_without_progress == 2);
  REQUIRE(expected.reports.size() > 4);

  for (const std::int64_t steps : {1, 7, 10, 14, 20}) {
    CAPTURE(steps);
    FitRun run;
    run.options = whole.options;
    run.options.scheduler = &run.scheduler;
    FitResult result = run.fit_for(steps);
    CHECK(result.end == FitEnd::stopped);
    CHECK(result.state.step == steps);
    run.options.resume = result.state;
    result = run.fit();
    check_equal(result.reports, expected.reports);
    CHECK(run.model.state_dict() == whole.model.state_dict());
    CHECK(wick::to_checkpoint(result.state) == wick::to_checkpoint(expected.state));
    CHECK(result.end == FitEnd::no_progress);
    run.options.resume = result.state;
    CHECK(contains(message_of<wick::OptionError>([&] { run.fit(); }), "made no progress for 2 epochs"));
  }
}

TEST_CASE(
    "a run that is killed and resumed from a file ends with the same bytes, for any number of threads") {
  const wick_tests::TempDir folder;
  const auto with_all = [&](FitRun& run, const char* file) {
    run.options.epochs = 5;
    run.options.monitor = "Accuracy";
    run.options.patience = 4;
    run.options.scheduler = &run.scheduler;
    run.options.schedule_steps = true;
    run.options.accumulate = 2;
    run.options.clip_grad_value = 0.05;
    run.options.checkpoint.path = folder / file;
    run.options.checkpoint.best = folder / (std::string("best-") + file);
  };
  FitRun whole;
  with_all(whole, "whole.wick");
  const FitResult expected = whole.fit();
  CHECK(expected.state.step == 20);  // four for seven batches
  const auto bytes = wick_tests::read_bytes(folder / "whole.wick");
  const auto best_bytes = wick_tests::read_bytes(folder / "best-whole.wick");

  wick::ThreadPool pool(3);
  for (const std::int64_t steps : {1, 4, 6, 8}) {
    CAPTURE(steps);
    {
      FitRun killed(&pool);
      with_all(killed, "run.wick");
      killed.options.checkpoint.every = 1;
      killed.options.on_step = [&](FitStep& step) {
        if (step.step == steps + 1) throw std::runtime_error("killed");
      };
      CHECK_THROWS_AS(killed.fit(), std::runtime_error);
    }
    FitRun run(steps % 3 == 0 ? nullptr : &pool);
    with_all(run, "run.wick");
    wick::manual_seed(99);
    run.options.resume = wick::load_training_checkpoint(run.model, run.optimizer, folder / "run.wick").state;
    CHECK(run.options.resume->step == steps);
    const FitResult result = run.fit();
    check_equal(result.reports, expected.reports);
    CHECK(wick_tests::read_bytes(folder / "run.wick") == bytes);
    CHECK(wick_tests::read_bytes(folder / "best-run.wick") == best_bytes);
    CHECK(run.model.state_dict() == whole.model.state_dict());
    std::filesystem::remove(folder / "best-run.wick");
  }
}

TEST_CASE("steps of accumulated batches are those of their mean gradient") {
  // Without dropout, a step of three batches of eight is one of a batch of 24.
  const auto run = [](Index batch_size, Index accumulate) {
    const Data data = wick_tests::clouds(56);
    Loader loader(data, {.batch_size = batch_size});
    wick::manual_seed(1);
    wick::Network<float> model(6, 3, {8}, {.dropout = 0});
    wick::Adam<float> optimizer(model.parameters(), {.lr = 0.01});
    const auto result = wick::fit(model, loader, wick::NLLLoss<float>(), optimizer,
                                  {.epochs = 3, .restore_best = false, .accumulate = accumulate});
    CHECK(result.state.step == 9);
    CHECK(result.reports.size() == 3);
    CHECK_FALSE(result.reports[0].validation_loss.has_value());
    CHECK(result.best == result.reports[static_cast<std::size_t>(result.best_epoch - 1)].training_loss);
    return model.predict(data.features());
  };
  const auto one = run(24, 1);
  const auto three = run(8, 3);  // one is left for the last step of an epoch
  for (Index i = 0; i < one.numel(); ++i) CHECK(std::abs(one.data()[i] - three.data()[i]) < 1e-5F);
}

TEST_CASE("a session gives the bits of fit, whatever lies between its steps") {
  FitRun whole;
  const FitResult expected = whole.fit();

  FitRun run;
  std::optional<wick::FitSession> session;
  session.emplace(run.model, run.train_loader, run.validation_loader, wick::NLLLoss<float>(), run.optimizer,
                  run.options);
  wick::FitSession moved = std::move(*session);
  session.reset();
  CHECK(moved.progress().epoch == 1);
  const auto x = run.validation_data.features();
  int calls = 0;
  while (moved.step()) {
    static_cast<void>(run.model.predict(x));
    ++calls;
  }
  CHECK(calls + 1 == 4 * (7 + 2 + 1));  // steps, batches of the validation, and its end
  CHECK(moved.over());
  CHECK_FALSE(moved.step());
  CHECK_FALSE(moved.run_for(std::chrono::seconds(1)));
  const FitResult result = moved.finish();
  check_equal(result.reports, expected.reports);
  CHECK(run.model.state_dict() == whole.model.state_dict());
  CHECK(wick::to_checkpoint(result.state) == wick::to_checkpoint(expected.state));

  // Left anywhere, also amid a validation, and gone on with.
  for (const int steps : {1, 7, 8, 9, 10, 12, 27}) {
    CAPTURE(steps);
    FitRun left;
    wick::TrainState state;
    {
      wick::FitSession first(left.model, left.train_loader, left.validation_loader, left.criterion,
                             left.optimizer, left.options);
      for (int i = 0; i < steps; ++i) first.step();
      state = first.state();
    }
    left.options.resume = state;
    wick::FitSession second(left.model, left.train_loader, left.validation_loader, left.criterion,
                            left.optimizer, left.options);
    while (second.run_for(std::chrono::microseconds(1))) {
    }
    check_equal(second.finish().reports, expected.reports);
    CHECK(left.model.state_dict() == whole.model.state_dict());
  }
}
