#include <wick/training/fit.hpp>

#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"
#include "training/training_run.hpp"

#include <wick/data/data_loader.hpp>
#include <wick/data/weighted_dataset.hpp>
#include <wick/loss/mse.hpp>
#include <wick/loss/nll.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/optim/adam.hpp>
#include <wick/optim/clip_grad.hpp>
#include <wick/optim/cosine_schedulers.hpp>
#include <wick/optim/reduce_lr_on_plateau.hpp>
#include <wick/optim/step_schedulers.hpp>
#include <wick/training/fit_session.hpp>
#include <wick/training/training_checkpoint.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
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
using wick::Tensor;
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

namespace {

/// As in reference/fit.py.
wick::TensorDataset<double> sines(Index rows, double phase) {
  Tensor<double> x(wick::Shape{rows, 6});
  Tensor<std::int64_t> y(wick::Shape{rows});
  for (Index i = 0; i < rows; ++i) {
    for (Index j = 0; j < 6; ++j) x.at(i, j) = std::sin(phase + 0.37 * static_cast<double>(6 * i + j));
    const auto score = [&](Index c) { return x.at(i, c) + 0.3 * x.at(i, c + 3); };
    y.data()[i] = score(1) > score(0) ? (score(2) > score(1) ? 2 : 1) : (score(2) > score(0) ? 2 : 0);
  }
  return {std::move(x), std::move(y)};
}

}  // namespace

TEST_CASE("the numbers are those of the same loop in PyTorch") {
  std::ifstream file(std::string(WICK_TEST_DATA) + "/fit.txt");
  REQUIRE(file);
  const auto train_data = sines(50, 0);
  const auto validation_data = sines(30, 0.2);
  for (const bool with_plateau : {false, true}) {
    CAPTURE(with_plateau);
    wick::DataLoader<wick::TensorDataset<double>, double> train_loader(train_data,
                                                                       {.batch_size = 8, .shuffle = true});
    wick::DataLoader<wick::TensorDataset<double>, double> validation_loader(
        validation_data, {.batch_size = 16, .shuffle = true});
    wick::Network<double> model(6, 3, {8, 5}, {.dropout = 0.2});
    double number = 0;
    for (const auto& entry : model.parameters()->entries()) {
      double k = 0;
      for (double& value : model.parameters()->value(entry.slot).span())
        value = 0.5 * std::sin(10 * number + k++);
      ++number;
    }
    wick::Adam<double> optimizer(model.parameters(), {.lr = 0.02});
    FitOptions options{.epochs = 40, .patience = 5};
    std::optional<wick::CosineAnnealingLR> cosine;
    std::optional<wick::ReduceLROnPlateau> plateau;
    if (with_plateau) {
      options.patience = 4;
      options.min_delta = 0.01;
      options.accumulate = 3;
      options.clip_grad_value = 0.02;
      options.plateau =
          &plateau.emplace(optimizer, wick::ReduceLROnPlateauOptions{.factor = 0.5, .patience = 1});
    } else {
      options.clip_grad_norm = 0.5;
      options.scheduler = &cosine.emplace(optimizer, wick::CosineAnnealingLROptions{.T_max = 60});
      options.schedule_steps = true;
    }
    wick::manual_seed(11);
    const FitResult result =
        wick::fit(model, train_loader, validation_loader, wick::NLLLoss<double>(), optimizer, options);
    CHECK(result.end == FitEnd::no_progress);

    std::string name;
    std::string epoch;
    std::size_t reports = 0;
    for (; file >> name >> epoch && epoch != "end"; ++reports) {
      double training_loss = 0;
      double validation_loss = 0;
      double accuracy = 0;
      double lr = 0;
      bool best = false;
      file >> training_loss >> validation_loss >> accuracy >> lr >> best;
      REQUIRE(reports < result.reports.size());
      const FitReport& report = result.reports[reports];
      CHECK(report.epoch == std::stol(epoch));
      CHECK(report.training_loss == doctest::Approx(training_loss).epsilon(1e-12));
      CHECK(report.validation_loss.value() == doctest::Approx(validation_loss).epsilon(1e-12));
      CHECK(report.metrics["Accuracy"] == doctest::Approx(accuracy).epsilon(1e-12));
      CHECK(report.lr == doctest::Approx(lr).epsilon(1e-12));
      CHECK(report.best == best);
    }
    CHECK(reports == result.reports.size());
    Index best_epoch = 0;
    file >> best_epoch;
    CHECK(result.best_epoch == best_epoch);
    const auto predictions = model.predict(validation_data.features());
    for (Index c = 0; c < 3; ++c) {
      double expected = 0;
      file >> expected;
      double sum = 0;
      for (Index i = 0; i < 30; ++i) sum += predictions.at(i, c);
      CHECK(sum == doctest::Approx(expected).epsilon(1e-12));
    }
  }
}

TEST_CASE("callbacks are called in order, and may end the run") {
  FitRun run;
  std::string calls;
  run.options.gradient_norm = true;
  run.options.on_start = [&](FitStep& step) { calls += "start " + std::to_string(step.step) + "\n"; };
  run.options.on_step = [&](FitStep& step) {
    CHECK(step.gradient_norm.value() > 0);
    CHECK(step.loss > 0);
    CHECK(step.lr == 0.01);
    CHECK(step.epochs == 4);
    CHECK((*step.state)().step == step.step);
    calls += std::to_string(step.epoch) + "." + std::to_string(step.step) + " ";
  };
  run.options.on_epoch = [&](const FitReport& report, FitStep& step) {
    CHECK(report.step == step.step);
    calls += "epoch " + std::to_string(report.epoch) + "\n";
    step.stop = report.epoch == 2;
  };
  run.options.on_end = [&](const FitResult& result) {
    calls += "end " + std::to_string(result.reports.size());
  };
  const FitResult result = run.fit();
  CHECK(calls ==
        "start 0\n1.1 1.2 1.3 1.4 1.5 1.6 1.7 epoch 1\n2.8 2.9 2.10 2.11 2.12 2.13 2.14 epoch 2\nend 2");
  CHECK(result.end == FitEnd::stopped);
  CHECK(result.state.epoch == 2);

  std::stop_source stop;
  stop.request_stop();
  FitRun stopped;
  stopped.options.stop = stop.get_token();
  CHECK(stopped.fit().state.step == 1);
}

TEST_CASE("an epoch that is left early counts when it is the best") {
  FitRun run;
  const FitResult result = run.fit_for(10);
  REQUIRE(result.reports.size() == 2);
  CHECK(result.state.fit->reports.size() == 1);
  CHECK(result.reports[1].step == 10);
  CHECK(result.restored != result.reports[1].best);
  const auto loss = [&] {
    Loader loader(run.validation_data, {.batch_size = 16});
    return wick::evaluate(run.model, loader, run.criterion).loss;
  };
  const double best = std::min(*result.reports[0].validation_loss, *result.reports[1].validation_loss);
  CHECK(result.best == best);
  CHECK(loss() == doctest::Approx(best).epsilon(0.05));  // shuffled, the last batch is another one
  // Not even one step fits: it is taken, and measured.
  FitRun short_run;
  short_run.options.max_time = std::chrono::nanoseconds(1);
  const FitResult out_of_time = short_run.fit();
  CHECK(out_of_time.end == FitEnd::out_of_time);
  CHECK(out_of_time.state.step == 1);
  REQUIRE(out_of_time.reports.size() == 1);
  CHECK(out_of_time.reports[0].best);
  CHECK(out_of_time.best == *out_of_time.reports[0].validation_loss);
  CHECK(out_of_time.seconds > 0);
}

TEST_CASE("epochs are compared by a metric") {
  FitRun run(nullptr, 0.1);
  run.options.epochs = 8;
  run.options.monitor = "Accuracy";
  const FitResult result = run.fit();
  double best = 0;
  for (const FitReport& report : result.reports) {
    CHECK(report.best == (report.metrics["Accuracy"] > best));
    best = std::max(best, report.metrics["Accuracy"]);
  }
  CHECK(result.best == best);
  CHECK(result.state.best_metrics["Accuracy"] == best);
}

TEST_CASE("a loss that is no number ends the run with the best model") {
  FitRun run;
  run.options.epochs = 9;
  wick::StateDict after_first;
  run.options.on_epoch = [&](const FitReport&, FitStep&) {
    if (after_first.empty()) after_first = run.model.state_dict();
    run.optimizer.set_lr(1e30);
  };
  const std::string message = message_of<wick::TrainingError>([&] { run.fit(); });
  CHECK(contains(message, "fit: step "));
  CHECK(contains(message, "lower the learning rate"));
  CHECK(run.model.state_dict() == after_first);
}

TEST_CASE("frozen parameters stay as they are") {
  FitRun run;
  const auto& block = *run.model.parameters();
  const auto slot = block.entries()[0].slot;
  const Tensor<float> before(std::as_const(block).value(slot));
  run.model.parameters()->set_requires_grad(slot, false);
  run.options.clip_grad_norm = 1.0;
  run.options.accumulate = 2;
  run.fit();
  CHECK(Tensor<float>(std::as_const(block).value(slot)) == before);
}

TEST_CASE("lines are the lesson's or Keras's, and a bar is drawn where it is asked for") {
  FitRun run;
  std::ostringstream log;
  run.options.epochs = 2;
  run.options.out = &log;
  const FitResult result = run.fit();
  std::ostringstream expected;
  for (const FitReport& report : result.reports) expected << report << "\n";
  CHECK(log.str() == expected.str());
  CHECK(contains(log.str(), "Epoch: 1/2..  Training Loss: "));
  CHECK(contains(log.str(), "..  Validation Loss: "));
  CHECK(contains(log.str(), "..  Validation Accuracy: "));

  wick::MetricValues metrics({{"Top 5 Accuracy"}});
  metrics.value(0) = 0.25;
  CHECK(wick::keras_line({.epoch = 1,
                          .epochs = 9,
                          .training_loss = 0.41204,
                          .validation_loss = 2,
                          .metrics = metrics,
                          .lr = 0.01}) ==
        "Epoch 1/9 - loss: 0.4120 - val_loss: 2.0000 - val_top_5_accuracy: 0.2500 - lr: 0.01");
  FitRun keras;
  std::ostringstream keras_log;
  keras.options = run.options;
  keras.options.out = &keras_log;
  keras.options.lines = wick::FitLines::keras;
  keras.fit();
  CHECK(keras_log.str() ==
        wick::keras_line(result.reports[0]) + "\n" + wick::keras_line(result.reports[1]) + "\n");
}

TEST_CASE("fit refuses what cannot work before anything is changed") {
  const auto refuses = [](const auto& change, const char* what) {
    CAPTURE(what);
    FitRun run;
    const auto before = run.model.state_dict();
    change(run);
    CHECK(contains(message_of<wick::OptionError>([&] { run.fit(); }), what));
    CHECK(run.model.state_dict() == before);
  };
  refuses([](FitRun& r) { r.options.epochs = 0; }, "fit: epochs must be >= 1, got 0");
  refuses([](FitRun& r) { r.options.patience = 0; }, "fit: patience must be >= 1, got 0");
  refuses([](FitRun& r) { r.options.min_delta = -1; }, "fit: min_delta must be >= 0, got -1.0");
  refuses([](FitRun& r) { r.options.min_delta = std::nan(""); }, "fit: min_delta must be >= 0, got nan");
  refuses([](FitRun& r) { r.options.accumulate = 0; }, "fit: accumulate must be >= 1, got 0");
  refuses([](FitRun& r) { r.options.clip_grad_norm = 0; }, "fit: clip_grad_norm must be > 0, got 0.0");
  refuses([](FitRun& r) { r.options.clip_grad_value = std::nan(""); },
          "fit: clip_grad_value must be > 0, got nan");
  refuses([](FitRun& r) { r.options.max_time = std::chrono::seconds(0); },
          "fit: max_time must be > 0, got 0.0 seconds");
  refuses([](FitRun& r) { r.options.schedule_steps = true; }, "fit: schedule_steps needs a scheduler");
  refuses([](FitRun& r) { r.options.monitor = "F1"; },
          "fit: monitor: no metric is called \"F1\"; there is \"Accuracy\"");
  refuses([](FitRun& r) { r.options.checkpoint.every = 3; },
          "fit: checkpoint.every and checkpoint.keep_last need");
  refuses([](FitRun& r) { r.optimizer.set_lr(0); }, "fit: the optimizer's learning rate is 0.0");
  refuses(
      [](FitRun& r) {
        r.validation_loader = Loader(r.validation_data, {.batch_size = 99, .drop_last = true});
      },
      "fit: validation_loader has no batches");
  refuses([](FitRun& r) { r.options.resume.emplace().epoch = 4; }, "fit: nothing is left to do");
  FitRun run;
  run.options.resume = run.fit_for(8).state;
  run.options.resume->fit->best_model = wick::Network<float>(6, 3, {9}).state_dict();
  CHECK_THROWS_AS(run.fit(), wick::StateDictError);
}

TEST_CASE("a step of fit allocates nothing") {
  FitRun run;
  run.options.epochs = 6;
  run.options.clip_grad_norm = 1.0;
  run.options.accumulate = 2;
  run.options.scheduler = &run.scheduler;
  std::optional<std::size_t> before;
  std::size_t in_epochs = 0;
  run.options.on_step = [&](FitStep& step) {
    if (step.epoch >= 3 && before && step.step % 4 != 1)
      in_epochs += wick_tests::allocation_count() - *before;
    before = wick_tests::allocation_count();
  };
  run.fit();
  CHECK(in_epochs == 0);
}

TEST_CASE("samples count by their weights") {
  // A weight of two is the sample twice, and of zero never.
  const Data data = wick_tests::clouds(12);
  std::vector<Index> rows;
  Tensor<float> weights(wick::Shape{12});
  for (Index i = 0; i < 12; ++i) {
    weights.data()[i] = static_cast<float>(i % 3);
    rows.insert(rows.end(), static_cast<std::size_t>(i % 3), i);
  }
  const auto model_after = [](auto& loader, const auto& criterion, double& loss) {
    wick::manual_seed(2);
    wick::Network<float> model(6, 3, {4}, {.dropout = 0});
    wick::Adam<float> optimizer(model.parameters(), {.lr = 0.01});
    const auto result =
        wick::fit(model, loader, loader, criterion, optimizer, {.epochs = 5, .restore_best = false});
    loss = *result.reports.back().validation_loss;
    return model.predict(wick_tests::clouds(12).features());
  };
  double weighted_loss = 0;
  double loss = 0;
  const wick::WeightedDataset weighted(data.features(), data.labels(), weights);
  wick::DataLoader weighted_loader(weighted, {.batch_size = 12});
  const auto a =
      model_after(weighted_loader, wick::NLLLoss<float>({.reduction = wick::Reduction::none}), weighted_loss);
  Loader loader(data, {.batch_size = 12, .rows = rows});
  const auto b = model_after(loader, wick::NLLLoss<float>(), loss);
  CHECK(weighted_loss == doctest::Approx(loss).epsilon(1e-5));
  for (Index i = 0; i < a.numel(); ++i) CHECK(std::abs(a.data()[i] - b.data()[i]) < 1e-4F);
  CHECK(contains(
      message_of<wick::ShapeError>([&] { model_after(weighted_loader, wick::NLLLoss<float>(), loss); }),
      "losses are recorded with Reduction::none"));
}

namespace {

struct Line {
  wick::Linear<float> output;

  explicit Line(const wick::Scope<float>& scope) : output(scope / "output", 6, 1) {}
  auto operator()(auto x) const { return output(x); }
};

}  // namespace

TEST_CASE("a step of one's own is fitted as a criterion is, in batches that are added up too") {
  const auto x = wick_tests::clouds(40).features();
  Tensor<float> y(wick::Shape{40, 1});
  for (Index i = 0; i < 40; ++i) y.at(i, 0) = x.at(i, 1) - 2 * x.at(i, 3);
  const wick::TensorDataset<float, float> data(x, y);
  const auto fitted = [&](bool own) {
    wick::DataLoader loader(data, {.batch_size = 8});
    wick::manual_seed(5);
    wick::Model<Line> model;
    wick::Adam<float> optimizer(model.parameters(), {.lr = 0.05});
    const FitOptions options{.epochs = 20, .clip_grad_norm = 0.5, .accumulate = 2};
    const auto step = [&](const auto& batch) { return mse_loss(model(batch.inputs), batch.targets); };
    const auto result = own ? wick::fit(model, loader, loader, step, optimizer, options)
                            : wick::fit(model, loader, loader, wick::MSELoss(), optimizer, options);
    CHECK(result.best < 0.5 * *result.reports.front().validation_loss);
    return std::pair(result.best, model.state_dict());
  };
  CHECK(fitted(true) == fitted(false));
}
