#include <wick/training/train.hpp>

#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/data/data_loader.hpp>
#include <wick/loss/nll.hpp>
#include <wick/model/checkpoint.hpp>
#include <wick/optim/adam.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <regex>
#include <sstream>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

using wick::DataLoader;
using wick::Generator;
using wick::Index;
using wick::Network;
using wick::StateDict;
using wick::Tensor;
using wick::TrainOptions;
using wick::TrainReport;
using wick::TrainResult;
using wick::TrainState;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

using Data = wick::TensorDataset<float>;
constexpr std::uint64_t none = 0;

/// Three clouds of points and their labels.
Data points(Index n, Index features = 6) {
  Generator g(9);
  auto x = wick::randn<float>({n, features}, g);
  Tensor<std::int64_t> y(wick::Shape{n});
  for (Index i = 0; i < n; ++i) {
    y.data()[i] = i % 3;
    x.at(i, i % 3) += 2;
  }
  return {std::move(x), std::move(y)};
}

struct Setting {
  bool own_generators = false;
  bool shuffle = true;
  Index samples = 50;
  double dropout = 0.5;
  std::vector<Index> hidden = {8, 5};
};

/// Everything that a training run consists of, freshly made.
struct Run {
  explicit Run(const Setting& s = {}, std::uint64_t seed = 1, wick::ThreadPool* pool = nullptr)
      : setting(s),
        data(points(s.samples)),
        train_loader(data, {.batch_size = 8, .shuffle = s.shuffle, .generator = own(train_generator, seed)}),
        test_loader(data,
                    {.batch_size = 16, .shuffle = s.shuffle, .generator = own(test_generator, seed + 1)}),
        model(make_model(s, seed + 2)),
        adam(model.parameters(), {.lr = 0.01}, pool) {
    options.generator = own(model_generator, seed + 3);
    options.epochs = 2;
    options.print_every = 3;
    options.pool = pool;
  }

  TrainResult train() { return wick::train(model, train_loader, test_loader, criterion, adam, options); }
  /// Stops after `steps` steps.
  TrainResult train_for(std::int64_t steps) {
    std::stop_source stop;
    options.stop = stop.get_token();
    std::int64_t done = 0;
    options.on_step = [&](const auto&) {
      if (++done == steps) stop.request_stop();
    };
    auto result = train();
    options.on_step = {};
    options.stop = {};
    return result;
  }

  Setting setting;
  Data data;
  Generator train_generator;
  Generator test_generator;
  Generator model_generator;
  DataLoader<Data> train_loader;
  DataLoader<Data> test_loader;
  Network<float> model;
  wick::NLLLoss<float> criterion;
  wick::Adam<float> adam;
  TrainOptions options;

 private:
  Generator* own(Generator& g, std::uint64_t seed) const {
    g.manual_seed(seed);
    return setting.own_generators ? &g : nullptr;
  }
  static Network<float> make_model(const Setting& s, std::uint64_t seed) {
    if (!s.own_generators) wick::manual_seed(seed);
    Generator fresh(seed);
    return {6, 3, s.hidden, {.dropout = s.dropout}, s.own_generators ? fresh : wick::default_generator()};
  }
};

void check_equal(const std::vector<TrainReport>& a, const std::vector<TrainReport>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].epoch == b[i].epoch);
    CHECK(a[i].epochs == b[i].epochs);
    CHECK(a[i].step == b[i].step);
    CHECK(a[i].training_loss == b[i].training_loss);
    CHECK(a[i].test_loss == b[i].test_loss);
    CHECK(a[i].test_accuracy == b[i].test_accuracy);
  }
}

bool same(const TrainState& a, const TrainState& b) {
  return wick::to_checkpoint(a) == wick::to_checkpoint(b);
}

}  // namespace

TEST_CASE("a report is printed as the lesson prints it") {
  const auto text = [](const TrainReport& r) {
    std::ostringstream out;
    out << r;
    return out.str();
  };
  CHECK(text({.epoch = 1,
              .epochs = 2,
              .step = 40,
              .training_loss = 1.7034,
              .test_loss = 0.99651,
              .test_accuracy = 0.6588}) ==
        "Epoch: 1/2..  Training Loss: 1.703..  Test Loss: 0.997..  Test Accuracy: 0.659");
  CHECK(text({.epoch = 10, .epochs = 10, .training_loss = 12, .test_loss = 0.0004, .test_accuracy = 1}) ==
        "Epoch: 10/10..  Training Loss: 12.000..  Test Loss: 0.000..  Test Accuracy: 1.000");
  std::ostringstream out;
  out.precision(1);
  out << std::hex << std::showpos << TrainReport{.epoch = 12, .epochs = 20};
  CHECK(out.str() == "Epoch: 12/20..  Training Loss: 0.000..  Test Loss: 0.000..  Test Accuracy: 0.000");
}

TEST_CASE("training is the lesson's loop") {
  for (const bool own : {false, true}) {
    Run run({.own_generators = own});
    const TrainResult result = run.train();

    // The same written out, on fresh objects.
    Run plain({.own_generators = own});
    Generator& generator = own ? plain.model_generator : wick::default_generator();
    wick::Workspace<float> workspace;
    std::vector<TrainReport> reports;
    double running_loss = 0;
    std::int64_t step = 0;
    plain.model.train();
    for (Index epoch = 0; epoch < 2; ++epoch) {
      for (const auto& [inputs, targets] : plain.train_loader) {
        ++step;
        plain.adam.zero_grad();
        const auto output = plain.model.forward(inputs, workspace, generator);
        running_loss += static_cast<double>(plain.criterion(output, targets));
        Tensor<float> grad(output.shape());
        plain.criterion.backward(output, targets, grad);
        plain.model.backward(grad, workspace);
        plain.adam.step();
        if (step % 3 != 0) continue;
        double test_loss = 0;
        double right = 0;
        for (const auto& [x, y] : plain.test_loader) {
          const Tensor<float> log_probs = plain.model.predict(x);
          test_loss += static_cast<double>(plain.criterion(log_probs, y));
          right += wick::accuracy<float>(log_probs, y);
        }
        reports.push_back({.epoch = epoch + 1,
                           .epochs = 2,
                           .step = step,
                           .training_loss = running_loss / 3,
                           .test_loss = test_loss / 4,
                           .test_accuracy = right / 4});
        running_loss = 0;
      }
    }
    CHECK(reports.size() == 4);  // 14 steps
    check_equal(result.reports, reports);
    CHECK(run.model.state_dict() == plain.model.state_dict());
    CHECK(run.model.training());
    CHECK_FALSE(result.stopped);
    CHECK(result.state.epoch == 2);
    CHECK(result.state.step == 14);
    CHECK(result.state.running_loss == running_loss);
    CHECK(result.reports.back().test_accuracy > result.reports.front().test_accuracy - 0.2);
  }
}

TEST_CASE("training learns") {
  Run run;
  run.options.epochs = 30;
  run.options.print_every = 7;
  const auto result = run.train();
  CHECK(result.reports.back().test_accuracy > 0.8);
  CHECK(result.reports.back().test_loss < 0.6 * result.reports.front().test_loss);
}

TEST_CASE("reports come every print_every steps, across epochs") {
  for (const Index every : {Index{1}, Index{5}, Index{7}, Index{14}, Index{15}}) {
    Run run;
    run.options.print_every = every;
    std::vector<TrainReport> called;
    run.options.on_report = [&](const TrainReport& r) { called.push_back(r); };
    const auto result = run.train();
    REQUIRE(result.reports.size() == static_cast<std::size_t>(14 / every));
    check_equal(called, result.reports);
    for (std::size_t i = 0; i < called.size(); ++i) {
      CHECK(called[i].step == static_cast<std::int64_t>(i + 1) * every);
      CHECK(called[i].epoch == (called[i].step <= 7 ? 1 : 2));
      CHECK(called[i].epochs == 2);
    }
    CHECK((result.state.running_loss == 0) == (14 % every == 0));
  }
}

TEST_CASE("lines are printed only where a stream is given") {
  std::ostringstream out;
  Run run;
  run.options.out = &out;
  const auto result = run.train();
  std::ostringstream expected;
  for (const auto& r : result.reports) expected << r << "\n";
  CHECK(out.str() == expected.str());
  const std::regex line(
      R"(Epoch: [12]/2\.\.  Training Loss: \d\.\d{3}\.\.  Test Loss: \d\.\d{3}\.\.  Test Accuracy: [01]\.\d{3})");
  std::istringstream lines(out.str());
  int count = 0;
  for (std::string text; std::getline(lines, text); ++count) CHECK(std::regex_match(text, line));
  CHECK(count == 4);
}

TEST_CASE("a progress bar is drawn when asked for and gone before each line") {
  std::ostringstream out;
  Run run;
  run.options.out = &out;
  run.options.progress = true;
  const auto result = run.train();
  std::string text = out.str();
  const std::string clear = "\r\x1b[K";
  CHECK(text.starts_with(clear + "Epoch 1/2 [#.......................] 7%"));
  CHECK(text.ends_with(clear));
  CHECK(contains(text, clear + "Epoch 2/2 [####################....] 86%"));
  for (const auto& r : result.reports) {
    std::ostringstream line;
    line << clear << r << "\n" << clear << "Epoch ";
    CHECK(contains(text, line.str()));
  }
  // What a terminal shows in the end: the lines of the reports.
  std::ostringstream expected;
  for (const auto& r : result.reports) expected << r << "\n";
  const std::regex bar("\r\x1b\\[KEpoch [12]/2 \\[[#.]{24}\\] \\d+%[^\r]*");
  text = std::regex_replace(text, bar, "");
  text = std::regex_replace(text, std::regex("\r\x1b\\[K"), "");
  CHECK(text == expected.str());

  Run without;
  std::ostringstream lines;
  without.options.out = &lines;
  without.options.progress = false;
  static_cast<void>(without.train());
  CHECK(lines.str() == expected.str());
}

TEST_CASE("no epochs leave everything as it was") {
  Run run;
  const StateDict before = run.model.state_dict();
  const auto generator = wick::default_generator().state();
  run.options.epochs = 0;
  run.model.eval();
  const auto result = run.train();
  CHECK(result.reports.empty());
  CHECK_FALSE(result.stopped);
  CHECK(result.state.step == 0);
  CHECK(run.model.state_dict() == before);
  CHECK(run.model.training());
  CHECK(run.adam.steps() == 0);
  CHECK(wick::default_generator().state() == generator);
}

TEST_CASE("options out of range are refused before anything happens") {
  Run run;
  const StateDict before = run.model.state_dict();
  const auto generator = wick::default_generator().state();
  run.model.eval();
  const auto refusal = [&](Index epochs, Index print_every) {
    run.options.epochs = epochs;
    run.options.print_every = print_every;
    return message_of<wick::OptionError>([&] { static_cast<void>(run.train()); });
  };
  CHECK(refusal(-1, 40) == "train: epochs must be >= 0, got -1");
  CHECK(refusal(1, 0) == "train: print_every must be >= 1, got 0");
  CHECK(refusal(1, -40) == "train: print_every must be >= 1, got -40");
  CHECK(run.model.state_dict() == before);
  CHECK_FALSE(run.model.training());
  CHECK(wick::default_generator().state() == generator);

  Run other({.samples = 49});
  run.options = {.resume = other.train_for(2).state};
  CHECK(contains(message_of<wick::OptionError>([&] { static_cast<void>(run.train()); }),
                 "DataLoader::resume: expected an order of 50 samples, got 49"));
  CHECK(run.model.state_dict() == before);
}

TEST_CASE("a stop keeps what the model learned") {
  Run run;
  const auto result = run.train_for(5);
  CHECK(result.stopped);
  CHECK(result.state.step == 5);
  CHECK(result.state.epoch == 0);
  CHECK(result.state.loader.position == 40);
  CHECK(result.reports.size() == 1);
  CHECK(run.adam.steps() == 5);
  CHECK(run.model.training());

  // Five steps of an uninterrupted run give the same.
  Run whole;
  StateDict after_five;
  whole.options.on_step = [&](const std::function<TrainState()>& state) {
    if (state().step == 5) after_five = whole.model.state_dict();
  };
  static_cast<void>(whole.train());
  CHECK(run.model.state_dict() == after_five);

  std::stop_source stop;
  stop.request_stop();
  Run at_once;
  at_once.options.stop = stop.get_token();
  CHECK(at_once.train().state.step == 1);
}

TEST_CASE("any number of epochs may be asked for and stopped") {
  for (const bool progress : {false, true}) {
    Run run;
    std::ostringstream out;
    run.options.epochs = (std::numeric_limits<Index>::max)();
    run.options.out = &out;
    run.options.progress = progress;
    const auto result = run.train_for(9);
    CHECK(result.stopped);
    CHECK(result.state.step == 9);
    CHECK(result.reports.size() == 3);
  }
}

TEST_CASE("interrupted after any step, saved, loaded in fresh objects and resumed, a run is the same") {
  const wick_tests::TempDir dir;
  const auto path = dir / "f.wick";
  int resumed_runs = 0;
  for (const Setting& setting : {Setting{}, Setting{.own_generators = true}, Setting{.shuffle = false},
                                 Setting{.own_generators = true, .samples = 48},
                                 Setting{.own_generators = true, .shuffle = false, .dropout = 0}}) {
    CAPTURE(setting.own_generators);
    CAPTURE(setting.samples);
    Run whole(setting);
    std::vector<TrainState> states;
    whole.options.on_step = [&](const std::function<TrainState()>& state) { states.push_back(state()); };
    const auto expected = whole.train();
    const auto steps = static_cast<std::int64_t>(states.size());
    CHECK(steps == 2 * whole.train_loader.size());

    for (std::int64_t stop_at = 1; stop_at <= steps; ++stop_at) {
      CAPTURE(stop_at);
      {
        Run first(setting);
        const auto part = first.train_for(stop_at);
        CHECK(same(part.state, states[static_cast<std::size_t>(stop_at - 1)]));
        auto [counters, tensors] = wick::to_checkpoint(part.state);
        wick::save_checkpoint(
            path, first.model,
            {.optimizer = first.adam.state(), .training = counters, .training_tensors = tensors});
      }
      auto checkpoint = wick::read_checkpoint(path);
      Run second(setting, 77);  // other seeds: nothing may depend on them
      wick::manual_seed(999);
      second.model = std::move(checkpoint.model);
      second.adam = wick::Adam<float>(second.model.parameters());
      second.adam.load_state(checkpoint.extras.optimizer.value());
      second.options.resume =
          wick::train_state_from_checkpoint(checkpoint.extras.training, checkpoint.extras.training_tensors);
      const auto rest = second.train();

      CHECK(second.model.state_dict() == whole.model.state_dict());
      CHECK(second.adam.state() == whole.adam.state());
      CHECK(same(rest.state, expected.state));
      const auto skipped = static_cast<std::ptrdiff_t>(stop_at / 3);
      check_equal(rest.reports, {expected.reports.begin() + skipped, expected.reports.end()});
      ++resumed_runs;
    }
  }
  CHECK(resumed_runs == 4 * 14 + 12);
}

TEST_CASE("a run that was resumed can be interrupted and resumed again") {
  Run whole;
  const auto expected = whole.train();
  Run run;
  TrainState state = run.train_for(1).state;
  for (int i = 0; i < 13; ++i) {
    wick::manual_seed(5);
    run.options.resume = state;
    state = run.train_for(1).state;
  }
  CHECK(run.model.state_dict() == whole.model.state_dict());
  run.options.resume = state;
  CHECK(same(run.train().state, expected.state));
}

TEST_CASE("a finished run can be resumed for more epochs, also on fewer data") {
  Run longer;
  longer.options.epochs = 3;
  static_cast<void>(longer.train());
  Run run;
  const TrainState state = run.train().state;
  wick::manual_seed(5);
  run.options.resume = state;
  run.options.epochs = 3;
  static_cast<void>(run.train());
  CHECK(run.model.state_dict() == longer.model.state_dict());

  Run fewer({.samples = 8});
  std::ostringstream out;
  fewer.options.resume = state;
  fewer.options.epochs = 3;
  fewer.options.out = &out;
  fewer.options.progress = true;
  CHECK(fewer.train().state.step == 15);
  CHECK(contains(out.str(), "100%"));
}

TEST_CASE("results do not depend on the number of threads") {
  const Setting wide{.samples = 100, .hidden = {300, 150}};
  Run alone(wide);
  const auto expected = alone.train();
  for (const int threads : {1, 2, 4}) {
    CAPTURE(threads);
    wick::ThreadPool pool(threads);
    Run run(wide, 1, &pool);
    const auto result = run.train();
    check_equal(result.reports, expected.reports);
    CHECK(run.model.state_dict() == alone.model.state_dict());
    CHECK(run.adam.state() == alone.adam.state());
  }
}

TEST_CASE("after the first report a step allocates nothing") {
  wick::ThreadPool two(2);
  for (wick::ThreadPool* pool : {static_cast<wick::ThreadPool*>(nullptr), &two}) {
    for (const bool own : {false, true}) {
      Run run({.own_generators = own}, 1, pool);
      run.options.epochs = 4;
      std::vector<std::uint64_t> counts(100, none);
      std::size_t steps = 0;
      run.options.on_report = [](const TrainReport&) {};
      run.options.on_step = [&](const std::function<TrainState()>&) {
        counts[steps++] = wick_tests::allocation_count();
      };
      const auto result = run.train();
      REQUIRE(steps == 28);
      CHECK(result.reports.size() == 9);
      CHECK(counts[0] > 0);
      for (std::size_t i = 3; i < steps; ++i) {
        CAPTURE(i);
        CHECK(counts[i] == counts[2]);  // the third step has the first report
      }
    }
  }
}

TEST_CASE("what the loss and the model refuse ends the run with their words") {
  Run run;
  const Data wrong(wick::Tensor<float>::zeros({4, 6}), Tensor<std::int64_t>::from({0, 1, 2, 3}));
  DataLoader loader(wrong, {.batch_size = 2});
  CHECK(contains(message_of<wick::IndexError>([&] {
                   static_cast<void>(
                       wick::train(run.model, loader, run.test_loader, run.criterion, run.adam));
                 }),
                 "Target 3 is out of bounds"));
  const Data narrow(wick::Tensor<float>::zeros({4, 5}), Tensor<std::int64_t>::zeros({4}));
  DataLoader narrow_loader(narrow, {.batch_size = 2});
  CHECK(contains(message_of<wick::ShapeError>([&] {
                   static_cast<void>(
                       wick::train(run.model, narrow_loader, run.test_loader, run.criterion, run.adam));
                 }),
                 "expected input [*, 6], got [2, 5]"));
}
