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

  FitResult fit() {
    return wick::fit(model, train_loader, validation_loader, criterion, optimizer, options);
  }
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
