#include <wick/training/train.hpp>

#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/screen.hpp"
#include "support/throws.hpp"

#include <wick/checkpoint/checkpoint.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/loss/nll.hpp>
#include <wick/optim/adam.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <regex>
#include <sstream>
#include <stop_token>
#include <streambuf>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#if defined(__linux__)
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#endif

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
    CHECK(a[i].metrics == b[i].metrics);
  }
}

wick::MetricValues accuracy_of(double value) {
  wick::MetricValues metrics({{"Accuracy"}});
  metrics.value(0) = value;
  return metrics;
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
              .metrics = accuracy_of(0.6588)}) ==
        "Epoch: 1/2..  Training Loss: 1.703..  Test Loss: 0.997..  Test Accuracy: 0.659");
  CHECK(
      text(
          {.epoch = 10, .epochs = 10, .training_loss = 12, .test_loss = 0.0004, .metrics = accuracy_of(1)}) ==
      "Epoch: 10/10..  Training Loss: 12.000..  Test Loss: 0.000..  Test Accuracy: 1.000");
  wick::MetricValues two({{"MAE", false}, {"Bias"}});
  two.value(0) = 2.5;
  CHECK(text({.epoch = 1, .epochs = 1, .metrics = two}) ==
        "Epoch: 1/1..  Training Loss: 0.000..  Test Loss: 0.000..  Test MAE: 2.500..  Test Bias: 0.000");
  std::ostringstream out;
  out.precision(1);
  out << std::hex << std::showpos << TrainReport{.epoch = 12, .epochs = 20};
  CHECK(out.str() == "Epoch: 12/20..  Training Loss: 0.000..  Test Loss: 0.000");
}

TEST_CASE("training is the lesson's loop") {
  for (const bool own : {false, true}) {
    Run run({.own_generators = own});
    const TrainResult result = run.train();

    // The same written out, on fresh objects.
    Run plain({.own_generators = own});
    wick::Recorder<float> recorder;
    recorder->set_generator(own ? plain.model_generator : wick::default_generator());
    std::vector<TrainReport> reports;
    double running_loss = 0;
    std::int64_t step = 0;
    plain.model.train();
    for (Index epoch = 0; epoch < 2; ++epoch) {
      for (const auto& [inputs, targets] : plain.train_loader) {
        ++step;
        plain.adam.zero_grad();
        const auto loss = plain.criterion(plain.model(recorder->input(inputs)), targets);
        running_loss += static_cast<double>(loss.item());
        loss.backward();
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
                           .metrics = accuracy_of(right / 4)});
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
    CHECK(result.reports.back().metrics["Accuracy"] > result.reports.front().metrics["Accuracy"] - 0.2);
  }
}

TEST_CASE("training learns") {
  Run run;
  run.options.epochs = 30;
  run.options.print_every = 7;
  const auto result = run.train();
  CHECK(result.reports.back().metrics["Accuracy"] > 0.8);
  CHECK(result.reports.back().test_loss < 0.6 * result.reports.front().test_loss);
}

TEST_CASE("reports come every print_every steps, across epochs") {
  for (const Index every : {Index{1}, Index{5}, Index{7}, Index{14}}) {
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

TEST_CASE("progress in a file is lines among the reports, and can be switched off") {
  std::ostringstream out;
  Run run;
  run.options.out = &out;
  run.options.progress = true;
  const auto result = run.train();
  std::ostringstream expected;
  for (const auto& r : result.reports) expected << r << "\n";
  CHECK(out.str().starts_with("Epoch 1/2 [#.......................] 7%\n"));
  CHECK(contains(out.str(), "\nEpoch 2/2 [########################] 100%\n"));
  CHECK(out.str().find_first_of("\r\x1b") == std::string::npos);
  const std::regex bar("Epoch [12]/2 \\[[#.]{24}\\] \\d+%[^\n]*\n");
  CHECK(std::regex_replace(out.str(), bar, "") == expected.str());

  for (const std::optional<bool> progress : {std::optional(false), std::optional<bool>()}) {
    Run without;
    std::ostringstream lines;
    without.options.out = &lines;
    without.options.progress = progress;
    static_cast<void>(without.train());
    CHECK(lines.str() == expected.str());
  }
}

#if defined(__linux__)
TEST_CASE("on a terminal a progress bar is drawn and gone before each line, whatever the width") {
  for (const int columns : {20, 90, 200}) {
    CAPTURE(columns);
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return;
    const int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    REQUIRE(terminal >= 0);
    winsize size{};
    size.ws_col = static_cast<unsigned short>(columns);
    ioctl(master, TIOCSWINSZ, &size);
    std::string text;
    std::thread reader([&] {
      std::array<char, 1000> part{};
      for (ssize_t n = 0; (n = read(master, part.data(), part.size())) > 0;) {
        text.append(part.data(), static_cast<std::size_t>(n));
      }
    });
    std::cout.flush();
    const int saved = dup(STDOUT_FILENO);
    dup2(terminal, STDOUT_FILENO);
    Run run;
    run.options.out = &std::cout;
    const auto result = run.train();
    std::cout.flush();
    dup2(saved, STDOUT_FILENO);
    close(saved);
    close(terminal);
    reader.join();  // the last writer is gone
    close(master);

    std::ostringstream reports;
    for (const auto& r : result.reports) reports << r << "\n";
    wick_tests::Screen expected(static_cast<std::size_t>(columns));
    expected.show(reports.str());
    CHECK(contains(text, "\r\x1b[KEpoch 1/2 "));
    CHECK(contains(text, "86%"));
    wick_tests::Screen screen(static_cast<std::size_t>(columns));
    screen.show(text);
    auto shown = screen.lines();
    if (!shown.empty() && shown.back().empty()) shown.pop_back();  // where the bar was
    CHECK(shown == expected.lines());
  }
}
#endif

TEST_CASE("a run that is over before its first report has one at its end, which leaves no trace in it") {
  const wick_tests::TempDir dir;
  Run run;
  run.options.print_every = 15;
  run.options.checkpoint = {.best = dir / "best.wick"};
  std::ostringstream out;
  run.options.out = &out;
  int called = 0;
  run.options.on_report = [&](const TrainReport&) { ++called; };
  const auto result = run.train();
  REQUIRE(result.reports.size() == 1);
  CHECK(called == 1);
  CHECK(result.reports.front().step == 14);
  CHECK(result.reports.front().epoch == 2);
  CHECK(result.reports.front().training_loss == result.state.running_loss / 14);
  std::ostringstream line;
  line << result.reports.front() << "\n";
  CHECK(out.str() == line.str());
  CHECK(wick::load_checkpoint(dir / "best.wick").state_dict() == run.model.state_dict());

  // What it says is what evaluate() says.
  wick::Workspace<float> workspace;
  const auto test = wick::evaluate(run.model, run.test_loader, run.criterion, workspace);
  CHECK(test.metrics["Accuracy"] == doctest::Approx(result.reports.front().metrics["Accuracy"]).epsilon(0.1));

  // A run that goes on from here is the one that was asked for more epochs at once.
  Run longer;
  longer.options.print_every = 15;
  longer.options.epochs = 3;
  const auto whole = longer.train();
  Run first;
  first.options.print_every = 15;
  const auto state = first.train().state;
  wick::manual_seed(5);
  first.options.resume = state;
  first.options.epochs = 3;
  const auto rest = first.train();
  CHECK(first.model.state_dict() == longer.model.state_dict());
  check_equal(rest.reports, whole.reports);

  // One that was stopped has none: it is not over.
  Run stopped;
  stopped.options.print_every = 15;
  CHECK(stopped.train_for(14).reports.empty());
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
  CHECK(refusal(-1, 40) == "train: epochs must be >= 1, got -1");
  CHECK(refusal(0, 40) == "train: epochs must be >= 1, got 0");
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
            first.model, path,
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

TEST_CASE("an optimizer of other parameters is refused before the first step") {
  const std::string text =
      "train: the optimizer works on the parameters of another model; was this one copied or assigned anew "
      "after the optimizer was made? Make the optimizer of model.parameters() as they are now";
  Run run;
  const auto refusal = [&](Network<float>& model, wick::Adam<float>& adam) {
    const StateDict before = model.state_dict();
    const auto generator = wick::default_generator().state();
    const auto message = message_of<wick::OptionError>([&] {
      static_cast<void>(
          wick::train(model, run.train_loader, run.test_loader, run.criterion, adam, run.options));
    });
    CHECK(model.state_dict() == before);
    CHECK(adam.steps() == 0);
    CHECK(wick::default_generator().state() == generator);
    return message;
  };
  Network<float> copy = run.model;
  CHECK(refusal(copy, run.adam) == text);
  std::stringstream file;
  wick::save_checkpoint(run.model, file);
  run.model = wick::load_checkpoint(file);  // anew, after the optimizer was made
  CHECK(refusal(run.model, run.adam) == text);
  run.adam = wick::Adam<float>(run.model.parameters());
  CHECK(run.train().state.step == 14);
}

TEST_CASE("a step written by hand with an optimizer of other parameters is an error") {
  Run run;
  Network<float> model = run.model;
  const StateDict before = run.model.state_dict();
  const auto step = [&](Network<float>& trained) {
    run.adam.zero_grad();
    const auto& batch = *run.train_loader.begin();
    run.criterion(trained(batch.inputs), batch.targets).backward();
    run.adam.step();
  };
  CHECK(contains(message_of<wick::Error>([&] { step(model); }),
                 "Adam::step: the parameters of this optimizer have no gradient yet"));
  CHECK(run.adam.steps() == 0);
  CHECK(run.model.state_dict() == before);
  CHECK_NOTHROW(step(run.model));
  // Also when the other one comes later.
  CHECK_THROWS_AS(step(model), wick::Error);
  CHECK(run.adam.steps() == 1);
}

TEST_CASE("one loader may serve for training, tests and evaluations in between") {
  for (const bool own : {false, true}) {
    CAPTURE(own);
    Run apart({.own_generators = own});
    Run same({.own_generators = own});
    DataLoader test(apart.data,
                    {.batch_size = 8, .shuffle = true, .generator = own ? &apart.train_generator : nullptr});
    wick::manual_seed(7);
    const auto expected =
        wick::train(apart.model, apart.train_loader, test, apart.criterion, apart.adam, apart.options);
    wick::manual_seed(7);
    const auto got = wick::train(same.model, same.train_loader, same.train_loader, same.criterion, same.adam,
                                 same.options);
    CHECK(got.state.step == 14);
    check_equal(got.reports, expected.reports);
    CHECK(same.model.state_dict() == apart.model.state_dict());
  }

  // Without shuffling an evaluation draws what PyTorch's iter() draws, one seed for workers.
  Run plain({.own_generators = true, .shuffle = false});
  const auto expected = plain.train();
  Run run({.own_generators = true, .shuffle = false});
  run.options.on_report = [&](const TrainReport&) {
    wick::Workspace<float> workspace;
    static_cast<void>(wick::evaluate(run.model, run.train_loader, run.criterion, workspace));
  };
  std::vector<Index> positions;
  run.options.on_step = [&](const std::function<TrainState()>& state) {
    for (const auto& batch : run.train_loader) {  // left early, too
      CHECK(batch.inputs.size(0) == 8);
      break;
    }
    positions.push_back(state().loader.position);
  };
  check_equal(run.train().reports, expected.reports);
  CHECK(run.model.state_dict() == plain.model.state_dict());
  // After the last batch of a pass it is still under way.
  CHECK(positions == std::vector<Index>{8, 16, 24, 32, 40, 48, 50, 8, 16, 24, 32, 40, 48, 50});
}

TEST_CASE("NaN and infinity in the data are found at the step, by sample, and good files stay") {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    CAPTURE(bad);
    const wick_tests::TempDir dir;
    Run good;
    Tensor<float> x = good.data.features();
    x.at(29, 2) = bad;
    const Data spoiled(std::move(x), good.data.labels());
    DataLoader loader(spoiled, {.batch_size = 8});
    Network<float> model(6, 3, {8});
    wick::Adam<float> adam(model.parameters());
    std::optional<StateDict> last;
    const auto run = [&](auto& train_loader, auto& test_loader) {
      return message_of<wick::TrainingError>([&] {
        static_cast<void>(wick::train(
            model, train_loader, test_loader, wick::NLLLoss<float>(), adam,
            {.print_every = 2,
             .on_step = [&](const auto&) { last = model.state_dict(); },
             .checkpoint = {
                 .path = dir / "run.wick", .every = 1, .keep_last = 2, .best = dir / "best.wick"}}));
      });
    };
    const std::string value = bad != bad ? "nan" : "inf";
    const std::string loss = contains(run(loader, good.test_loader), "is inf") ? "inf" : "nan";
    CHECK(adam.steps() == 3);
    CHECK(model.state_dict() == last.value());
    for (const char* name : {"run-00000002.wick", "run-00000003.wick"}) {
      CAPTURE(name);
      const auto kept = wick::load_training_checkpoint(dir / name);
      CHECK(wick::detail::not_finite_in(*kept.model.parameters(), true).empty());
    }
    CHECK(wick::load_checkpoint(dir / "run-00000003.wick").state_dict() == last.value());

    // The same data for tests: the model is fine, its report is none.
    Network<float> other(6, 3, {8});
    model = std::move(other);
    adam = wick::Adam<float>(model.parameters());
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
      std::filesystem::remove(entry.path());
    }
    CHECK(run(good.train_loader, loader) == "train: step 2 (epoch 1): the loss on the test data is " + loss +
                                                ": sample 29 of the test data holds " + value +
                                                " at element 2");
    CHECK_FALSE(std::filesystem::exists(dir / "best.wick"));
    CHECK(std::filesystem::exists(dir / "run-00000001.wick"));
  }
}

TEST_CASE("the error of a loss that is no number says what it can") {
  const auto refusal = [](Run& run) {
    return message_of<wick::TrainingError>([&] { static_cast<void>(run.train()); });
  };
  Run fast;
  fast.adam.set_lr(1e30);
  try {
    static_cast<void>(fast.train());
    FAIL("expected an error");
  } catch (const wick::TrainingError& e) {
    CHECK(e.step() == 2);
    CHECK(e.epoch() == 1);
    CHECK(contains(e.what(), "train: step 2 (epoch 1): the loss on the training data is "));
    CHECK(contains(e.what(), "lower the learning rate"));
  }
  Run ignored;
  ignored.criterion = wick::NLLLoss<float>({.weight = Tensor<float>::zeros({3})});
  CHECK(
      refusal(ignored) ==
      "train: step 1 (epoch 1): the loss on the training data is nan: no row of the batch counts: the target "
      "of each is ignore_index, or a class of weight 0");
  Run spoiled;
  spoiled.options.on_step = [&](const std::function<TrainState()>& state) {
    if (state().step == 5) spoiled.model.parameters()->value("hidden_layers.1.weight").at(4, 7) = NAN;
  };
  CHECK(contains(refusal(spoiled),
                 "train: step 6 (epoch 1): the loss on the training data is nan: parameter "
                 "\"hidden_layers.1.weight\" holds nan at element 39"));

  Run from_the_start;
  from_the_start.model.parameters()->value("output.bias").at(1) = NAN;
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(from_the_start.train()); }) ==
        "train: parameter \"output.bias\" holds nan at element 1 before the first step");
  CHECK(from_the_start.adam.steps() == 0);
}

TEST_CASE("a run whose last step spoiled it is not saved over a good one") {
  const wick_tests::TempDir dir;
  Run run;
  run.options.checkpoint = {.path = dir / "run.wick", .every = 1, .keep_last = 1};
  float spoil = 0;
  run.options.on_step = [&](const std::function<TrainState()>& state) {
    if (state().step != 4) return;
    run.model.parameters()->value("output.weight").at(0, 3) = spoil;
  };
  const auto refusal = [&] {
    return message_of<wick::TrainingError>([&] { static_cast<void>(run.train()); });
  };
  SUBCASE("NaN") {
    spoil = NAN;
    CHECK(
        contains(refusal(),
                 "train: step 4 (epoch 1): parameter \"output.weight\" holds nan at element 3, so the run is "
                 "not saved to " +
                     (dir / "run-00000004.wick").string()));
  }
  SUBCASE("infinity") {
    spoil = std::numeric_limits<float>::infinity();
    CHECK(contains(refusal(), "holds inf at element 3"));
  }
  CHECK(wick::load_training_checkpoint(dir / "run-00000003.wick").state.step == 3);
  CHECK_FALSE(std::filesystem::exists(dir / "run-00000004.wick"));
}

TEST_CASE("a class that was switched off by its bias may stay so") {
  const wick_tests::TempDir dir;
  Run run;
  run.model.parameters()->value("output.bias").at(2) = -std::numeric_limits<float>::infinity();
  const Data two(run.data.features(), Tensor<std::int64_t>::zeros({50}));
  DataLoader loader(two, {.batch_size = 8});
  run.options.checkpoint = {.path = dir / "run.wick"};
  static_cast<void>(wick::train(run.model, loader, loader, run.criterion, run.adam, run.options));
  CHECK(wick::load_training_checkpoint(dir / "run.wick").state.step == 14);
}

TEST_CASE("loaders without batches, learning rate 0 and finished runs are refused before the first step") {
  Run run;
  const StateDict before = run.model.state_dict();
  DataLoader empty(run.data, {.batch_size = 51, .drop_last = true});
  const auto refusal = [&](auto& train_loader, auto& test_loader) {
    return message_of<wick::OptionError>([&] {
      static_cast<void>(
          wick::train(run.model, train_loader, test_loader, run.criterion, run.adam, run.options));
    });
  };
  CHECK(refusal(empty, run.test_loader) ==
        "train: train_loader has no batches; with drop_last it needs at least batch_size samples");
  CHECK(refusal(run.train_loader, empty) ==
        "train: test_loader has no batches; with drop_last it needs at least batch_size samples");

  for (const double lr : {0.0, 1e-60}) {  // the second is 0 in float
    run.adam.set_lr(lr);
    CHECK(refusal(run.train_loader, run.test_loader) ==
          "train: the optimizer's learning rate is " + wick::python_repr(lr) + ", which moves no parameter");
  }
  CHECK(run.model.state_dict() == before);
  CHECK(run.adam.steps() == 0);
  run.options.on_step = [&](const auto&) { run.adam.set_lr(0.01); };  // a schedule that begins at 0
  CHECK(run.train().state.step == 14);

  Run done;
  done.options.resume = done.train().state;
  const StateDict after = done.model.state_dict();
  const std::string text = message_of<wick::OptionError>([&] { static_cast<void>(done.train()); });
  CHECK(text ==
        "train: nothing is left to do: the run to go on with has done 2 epochs, and epochs, which counts "
        "them, is "
        "2");
  CHECK(done.model.state_dict() == after);
  done.options.resume->step = (std::int64_t{1} << 53) + 1;
  CHECK(contains(message_of<wick::OptionError>([&] { static_cast<void>(done.train()); }), "step in [0, "));
}

namespace {

/// Takes so many characters, and then nothing more, as a full disk does.
class FullDisk : public std::streambuf {
 public:
  explicit FullDisk(int room) : room_(room) {}

 protected:
  int_type overflow(int_type c) override {
    return room_-- > 0 ? traits_type::not_eof(c) : traits_type::eof();
  }

 private:
  int room_;
};

}  // namespace

TEST_CASE("a log that cannot be written is an error, after the run is saved") {
  const wick_tests::TempDir dir;
  for (const int lines : {0, 1, 3}) {
    CAPTURE(lines);
    Run run;
    FullDisk disk(lines * 82);
    std::ostream out(&disk);
    run.options.out = &out;
    const auto path = dir / ("run" + std::to_string(lines) + ".wick");
    run.options.checkpoint.path = path;
    const std::int64_t step = 3 * (lines + 1);
    CHECK(message_of<wick::FileError>([&] { static_cast<void>(run.train()); }) ==
          "TrainOptions::out: the log could not be written at step " + std::to_string(step));
    CHECK(wick::load_training_checkpoint(path).state.step == step);
  }
  Run run;
  std::ofstream closed(dir / "none" / "log");
  run.options.out = &closed;
  CHECK(message_of<wick::FileError>([&] { static_cast<void>(run.train()); }) ==
        "TrainOptions::out: the stream of the log cannot be written to");
  CHECK(run.adam.steps() == 0);
#if defined(__linux__)
  std::ofstream full("/dev/full");
  run.options.out = &full;
  CHECK_THROWS_AS(static_cast<void>(run.train()), wick::FileError);
  CHECK(run.adam.steps() == 3);
#endif
}

TEST_CASE("trainings in several threads are those that each would be alone") {
  const auto train = [](std::uint64_t seed, StateDict& result) {
    wick::manual_seed(seed);
    Run run({}, seed);
    static_cast<void>(run.train());
    result = run.model.state_dict();
  };
  constexpr std::size_t count = 4;
  std::vector<StateDict> alone(count);
  for (std::size_t i = 0; i < count; ++i) train(i, alone[i]);
  std::vector<StateDict> together(count);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) threads.emplace_back([&, i] { train(i, together[i]); });
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < count; ++i) {
    CHECK(together[i] == alone[i]);
    CHECK_FALSE(together[i] == alone[(i + 1) % count]);
  }
}

TEST_CASE("what the loss and the model refuse ends the run with their words") {
  Run run;
  const Data wrong(wick::Tensor<float>::zeros({4, 6}), Tensor<std::int64_t>::from({0, 1, 2, 3}));
  DataLoader loader(wrong, {.batch_size = 2});
  CHECK(contains(
      message_of<wick::IndexError>([&] {
        static_cast<void>(wick::train(run.model, loader, run.test_loader, run.criterion, run.adam));
      }),
      "train: step 2 (epoch 1), training data: NLLLoss: Target 3 is out of bounds: row 1 must hold a class "
      "in [0, 3) or ignore_index (-100) (sample 3 of the training data)"));
  const Data narrow(wick::Tensor<float>::zeros({4, 5}), Tensor<std::int64_t>::zeros({4}));
  DataLoader narrow_loader(narrow, {.batch_size = 2});
  CHECK(contains(message_of<wick::ShapeError>([&] {
                   static_cast<void>(
                       wick::train(run.model, narrow_loader, run.test_loader, run.criterion, run.adam));
                 }),
                 "expected input [*, 6], got [2, 5]"));
}
