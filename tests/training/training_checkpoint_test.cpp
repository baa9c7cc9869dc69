#include <wick/autograd.hpp>
#include <wick/io/wick/reader.hpp>
#include <wick/io/wick/writer.hpp>
#include <wick/loss/cross_entropy.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/optim/rmsprop.hpp>
#include <wick/optim/sgd.hpp>
#include <wick/optim/step_schedulers.hpp>
#include <wick/training/training_checkpoint.hpp>

#include "io/bytes/faults.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"
#include "training/training_run.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#if !defined(_WIN32)
#include <sys/resource.h>
#endif

namespace fs = std::filesystem;
using wick::Index;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::read_bytes;
using wick_tests::SmallRun;
using wick_tests::TempDir;

namespace {

const wick::Attributes metadata{{"classes", std::vector<std::string>{"a", "b", "c"}},
                                {"normalize.mean", 0.5}};

void save(const fs::path& path, const SmallRun& r, const wick::TrainState& state) {
  wick::save_training_checkpoint(r.run.model, r.run.optimizer, state, path, metadata);
}

std::string format_error(const fs::path& path) {
  const std::string text =
      message_of<wick::FormatError>([&] { static_cast<void>(wick::load_training_checkpoint(path)); });
  const std::string start = path.string() + ": ";
  REQUIRE(text.starts_with(start));
  return text.substr(start.size());
}

}  // namespace

TEST_CASE("a file of a run has everything that the next step depends on, by its names") {
  const TempDir dir;
  SmallRun r(50, 1, {.lr = 0.01, .amsgrad = true});
  const auto state = r.train_for(4).state;
  save(dir / "f", r, state);
  const wick::Archive a = wick::read_archive(dir / "f");
  const auto& optimizer = *a.find_attributes("optimizer");
  CHECK(optimizer.get<std::string>("type") == "Adam");
  CHECK(optimizer.get<std::int64_t>("step") == 4);
  for (const char* option : {"lr", "betas", "eps", "weight_decay", "amsgrad", "maximize"}) {
    CHECK(optimizer.contains(std::string("options.") + option));
  }
  for (const char* name : {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}) {
    CHECK(a.find_tensors("optimizer")->contains(std::string("hidden_layers.0.weight.") + name));
  }
  const auto& training = *a.find_attributes("training");
  CHECK(training.get<std::int64_t>("epoch") == 0);
  CHECK(training.get<std::int64_t>("step") == 4);
  CHECK(training.get<std::int64_t>("position") == 32);
  CHECK(training.get<double>("running_loss") == state.running_loss);
  CHECK(state.running_loss > 0);
  CHECK(training.get<double>("best_test_loss") == state.best_test_loss.value());
  CHECK(training.get<double>("best_test_accuracy") == state.best_metrics["Accuracy"]);
  const auto order = (*a.find_tensors("training"))["order"].to<std::int64_t>();
  CHECK(order.numel() == 50);
  for (const char* generator : {"model_generator", "train_generator", "test_generator"}) {
    CHECK(training.contains(std::string(generator) + ".seed"));
    CHECK((*a.find_tensors("training"))[std::string(generator) + ".words"].numel() == 624);
  }
  CHECK(*a.find_attributes("metadata") == metadata);
  CHECK(a.architecture == wick::architecture_of(r.run.model));
}

TEST_CASE("a run goes on from a file or a stream as if nothing had happened") {
  const TempDir dir;
  SmallRun whole;
  const auto expected = whole.train();
  for (const std::int64_t stop_at : {1, 5, 7, 9}) {
    SmallRun first;
    save(dir / "f", first, first.train_for(stop_at).state);
    for (const bool from_stream : {false, true}) {
      wick::manual_seed(77);
      std::stringstream stream;
      const auto loaded = wick::load_training_checkpoint(dir / "f");
      wick::save_training_checkpoint(loaded.model, loaded.optimizer, loaded.state, stream, metadata);
      SmallRun second(50, from_stream ? wick::load_training_checkpoint(stream)
                                      : wick::load_training_checkpoint(dir / "f"));
      CHECK(second.run.metadata == metadata);
      const auto rest = second.train();
      CHECK(second.run.model.state_dict() == whole.run.model.state_dict());
      CHECK(second.run.optimizer.state() == whole.run.optimizer.state());
      CHECK(wick::to_checkpoint(rest.state) == wick::to_checkpoint(expected.state));
    }
  }
}

TEST_CASE("a run goes on from every format as if nothing had happened") {
  const TempDir dir;
  SmallRun whole;
  const auto expected = whole.train();
  for (const char* name : {"f.wick", "f.pth", "f.safetensors"}) {
    CAPTURE(name);
    SmallRun first;
    save(dir / name, first, first.train_for(5).state);
    wick::manual_seed(77);
    const auto loaded = wick::load_training_checkpoint(dir / name);
    CHECK(loaded.metadata == metadata);
    SmallRun second(50, wick::load_training_checkpoint(dir / name));
    const auto rest = second.train();
    CHECK(second.run.model.state_dict() == whole.run.model.state_dict());
    CHECK(second.run.optimizer.state() == whole.run.optimizer.state());
    CHECK(wick::to_checkpoint(rest.state) == wick::to_checkpoint(expected.state));
  }
}

TEST_CASE(
    "a run with another optimizer, with groups, and a scheduler goes on from every format, and is told by "
    "its optimizer") {
  const TempDir dir;
  using Run = wick::TrainingRun<wick::SGD>;
  const auto data = wick_tests::clouds(48);
  const wick::NLLLoss<float> criterion;
  const auto start = [] {
    wick::manual_seed(1);
    wick::Network<float> model(6, 3, {8, 5}, {.dropout = 0.5});
    const wick::SGDOptions first{.lr = 0.1, .momentum = 0.9, .nesterov = true};
    wick::SGD<float> sgd(model.parameters(), {{"hidden_layers", first}, {"output", {.lr = 0.2}}});
    return Run(std::move(model), std::move(sgd), {}, {});
  };
  const auto epoch = [&](Run& run, wick::StepLR& scheduler, Index epochs) {
    wick::DataLoader train_loader(data, {.batch_size = 8, .shuffle = true});
    wick::DataLoader test_loader(data, {.batch_size = 16});
    run.state = wick::train(run.model, train_loader, test_loader, criterion, run.optimizer,
                            {.epochs = epochs,
                             .print_every = 3,
                             .resume = run.state.epoch > 0 ? std::optional(run.state) : std::nullopt})
                    .state;
    scheduler.step(run.optimizer);
  };
  Run whole = start();
  wick::StepLR rates(whole.optimizer, {.step_size = 1, .gamma = 0.5});
  epoch(whole, rates, 1);
  for (const char* name : {"f.wick", "f.pth", "f.safetensors"}) {
    wick::save_training_checkpoint(whole.model, whole.optimizer, whole.state, dir / name);
  }
  const wick::Attributes saved = rates.state();
  epoch(whole, rates, 2);
  CHECK(whole.optimizer.lr() == 0.025);
  CHECK(whole.optimizer.lr(1) == 0.05);
  for (const char* name : {"f.wick", "f.pth", "f.safetensors"}) {
    CAPTURE(name);
    Run run = wick::load_training_checkpoint<wick::SGD>(dir / name);
    REQUIRE(run.optimizer.groups() == 2);
    CHECK(run.optimizer.options() == wick::SGDOptions{.lr = 0.05, .momentum = 0.9, .nesterov = true});
    CHECK(run.optimizer.options(1) == wick::SGDOptions{.lr = 0.1});
    wick::StepLR again({.step_size = 9});
    again.load_state(saved);
    epoch(run, again, 2);
    CHECK(run.model.state_dict() == whole.model.state_dict());
    CHECK(run.optimizer.state() == whole.optimizer.state());
    CHECK(again.state() == rates.state());
    CHECK(contains(format_error(dir / name),
                   "the run cannot go on: Adam::load_state: expected the state of Adam, got that of SGD"));
    CHECK(contains(message_of<wick::FormatError>(
                       [&] { static_cast<void>(wick::load_training_checkpoint<wick::RMSprop>(dir / name)); }),
                   "RMSprop::load_state: expected the state of RMSprop, got that of SGD"));
  }
}

TEST_CASE("a run that is moved keeps its optimizer, and it cannot be copied") {
  static_assert(!std::is_copy_constructible_v<wick::TrainingRun<>>);
  static_assert(std::is_nothrow_move_constructible_v<wick::TrainingRun<>>);
  SmallRun r;
  wick::TrainingRun<> moved = std::move(r.run);
  CHECK(moved.optimizer.parameters() == moved.model.parameters());
}

TEST_CASE("a run goes on with another learning rate, and keeps it") {
  const TempDir dir;
  SmallRun first;
  save(dir / "f", first, first.train_for(5).state);
  const auto after = [&](double lr) {
    SmallRun second(50, wick::load_training_checkpoint(dir / "f"));
    CHECK(second.run.optimizer.lr() == 0.01);
    CHECK(second.run.optimizer.steps() == 5);
    second.run.optimizer.set_lr(lr);
    save(dir / "g", second, second.train().state);
    CHECK(wick::load_training_checkpoint(dir / "g").optimizer.lr() == lr);
    return second.run.model.state_dict();
  };
  const auto same = after(0.01);
  CHECK_FALSE(after(0.001) == same);
  SmallRun unchanged;
  static_cast<void>(unchanged.train());
  CHECK(same == unchanged.run.model.state_dict());
  // The new value is what counts: one that moves nothing is refused.
  CHECK_THROWS_AS(static_cast<void>(after(0)), wick::OptionError);
}

TEST_CASE("a run goes on with more or fewer samples") {
  const TempDir dir;
  for (const Index samples : {Index{20}, Index{80}}) {
    // Between two epochs nothing stands against other data.
    SmallRun first;
    first.options.epochs = 1;
    save(dir / "f", first, first.train().state);
    SmallRun second(samples, wick::load_training_checkpoint(dir / "f"));
    const auto result = second.train();
    CHECK(result.state.epoch == 2);
    CHECK(result.state.step == 7 + (samples + 7) / 8);
    CHECK(second.run.optimizer.steps() == result.state.step);

    // Amid an epoch the order of the samples is that of the old data.
    SmallRun amid;
    save(dir / "f", amid, amid.train_for(9).state);
    SmallRun other(samples, wick::load_training_checkpoint(dir / "f"));
    const auto before = other.run.model.state_dict();
    CHECK(message_of<wick::OptionError>([&] { static_cast<void>(other.train()); }) ==
          "DataLoader::resume: expected an order of " + std::to_string(samples) +
              " samples, got 50; to go on with other data, resume from TrainState::for_new_data()");
    CHECK(other.run.model.state_dict() == before);
    other.options.resume = other.run.state.for_new_data();
    const auto rest = other.train();
    CHECK(rest.state.epoch == 2);
    CHECK(rest.state.step == 9 + (samples + 7) / 8);
    CHECK_FALSE(rest.reports.empty());
    CHECK(rest.reports.front().step == 12);
    CHECK_FALSE(other.run.model.state_dict() == before);
  }
}

TEST_CASE("files without a run say what they lack") {
  const TempDir dir;
  SmallRun r;
  const auto [counters, tensors] = wick::to_checkpoint(r.train_for(2).state);
  wick::save_checkpoint(r.run.model, dir / "f");
  CHECK(format_error(dir / "f") ==
        "the checkpoint holds a network, but no state of an optimizer; load_checkpoint loads the network, to "
        "be "
        "trained anew");
  wick::save_checkpoint(r.run.model, dir / "f", {.optimizer = r.run.optimizer.state()});
  CHECK(contains(format_error(dir / "f"), "but no place in a run;"));
  CHECK_THROWS_AS(static_cast<void>(wick::load_training_checkpoint(dir / "none")), wick::FileError);

  auto optimizer = r.run.optimizer.state();
  optimizer.type = "SGD";
  wick::save_checkpoint(r.run.model, dir / "f",
                        {.optimizer = optimizer, .training = counters, .training_tensors = tensors});
  CHECK(format_error(dir / "f") ==
        "the run cannot go on: Adam::load_state: expected the state of Adam, got that of SGD");
  wick::Attributes bad = counters;
  bad.set("epoch", std::int64_t{-1});
  wick::save_checkpoint(r.run.model, dir / "f",
                        {.optimizer = r.run.optimizer.state(), .training = bad, .training_tensors = tensors});
  CHECK(contains(format_error(dir / "f"),
                 "the run cannot go on: TrainState: epoch must be in [0, 9007199254740992], got -1"));
  bad.set("epoch", std::int64_t{0});
  bad.set("step", (std::numeric_limits<std::int64_t>::max)());
  wick::save_checkpoint(r.run.model, dir / "f",
                        {.optimizer = r.run.optimizer.state(), .training = bad, .training_tensors = tensors});
  CHECK(contains(format_error(dir / "f"), "the run cannot go on: TrainState: step must be in [0, "));
  auto late = r.run.optimizer.state();
  late.step = (std::numeric_limits<std::int64_t>::max)();
  wick::save_checkpoint(r.run.model, dir / "f",
                        {.optimizer = late, .training = counters, .training_tensors = tensors});
  CHECK(contains(format_error(dir / "f"), "the run cannot go on: Adam::load_state: step must be in [0, "));
  wick::save_checkpoint(r.run.model, dir / "f", {.optimizer = r.run.optimizer.state(), .training = counters});
  CHECK(contains(format_error(dir / "f"), "the run cannot go on: StateDict: no key \"order\""));
}

TEST_CASE("metadata of a data set are its classes and normalisation") {
  struct Images {
    std::vector<std::string> names{"x", "y"};
    struct Normal {
      double mean = 0.25;
      double std = 0.5;
    } normal;
    [[nodiscard]] const std::vector<std::string>& classes() const { return names; }
    [[nodiscard]] const Normal& normalization() const { return normal; }
  };
  CHECK(wick::metadata_of(Images()) == wick::Attributes{{"classes", std::vector<std::string>{"x", "y"}},
                                                        {"normalize.mean", 0.25},
                                                        {"normalize.std", 0.5}});
}

namespace {

/// A model of a user's own: dropout, layer normalisation, a path around.
struct Residual {
  wick::Linear<float> in;
  wick::LayerNorm<float> norm;
  wick::Linear<float> up, out;
  wick::Dropout drop{0.5};
  Residual(const wick::Scope<float>& s, Index n)
      : in(s / "in", 6, n), norm(s / "norm", n), up(s / "up", n, n), out(s / "out", n, 3) {}
  auto operator()(auto x) const {
    x = in(x);
    return out(x + drop(relu(up(norm(x)))));
  }
};

/// Stochastic gradient descent with momentum, as a user writes it.
class Momentum {
 public:
  explicit Momentum(std::shared_ptr<wick::ParameterBlock<float>> parameters)
      : block_(std::move(parameters)), average_(block_->values().size()) {
    block_->require_grad();
  }
  void zero_grad() { block_->zero_grad(); }
  void step() {
    for (std::size_t i = 0; i < average_.size(); ++i) {
      average_[i] = 0.9F * average_[i] + std::as_const(*block_).grads()[i];
      block_->values()[i] -= 0.05F * average_[i];
    }
    ++steps_;
  }
  [[nodiscard]] wick::OptimizerState state() const {
    wick::OptimizerState state{.type = "Momentum", .step = steps_, .options = {{"lr", 0.05}}, .tensors = {}};
    for (const auto& e : block_->entries()) {
      const wick::TensorView<const float> part(average_.data() + e.slot.offset, e.slot.shape);
      state.tensors.insert(e.name + ".momentum_buffer", wick::AnyTensor::copy_of(part));
    }
    return state;
  }
  void load_state(const wick::OptimizerState& state) {
    if (state.type != "Momentum") throw wick::OptionError("Momentum::load_state: got " + state.type);
    for (const auto& e : block_->entries())
      state.tensors[e.name + ".momentum_buffer"].copy_to(average_.data() + e.slot.offset);
    steps_ = state.step;
  }

 private:
  std::shared_ptr<wick::ParameterBlock<float>> block_;
  std::vector<float> average_;
  std::int64_t steps_ = 0;
};

/// A run of a model of a user's own, freshly made.
template <class Optimizer>
struct OwnRun {
  explicit OwnRun(std::uint64_t seed, wick::Index width = 5)
      : data(wick_tests::clouds(50)),
        train_loader(data, {.batch_size = 8, .shuffle = true}),
        test_loader(data, {.batch_size = 16, .shuffle = true}),
        model(seeded(seed), width),
        optimizer(model.parameters()) {
    options.epochs = 2;
    options.print_every = 3;
  }
  wick::TrainResult train() {
    return wick::train(model, train_loader, test_loader, wick::CrossEntropyLoss<float>(), optimizer, options);
  }
  wick::TrainResult train_for(std::int64_t steps) {
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
  static wick::Generator& seeded(std::uint64_t seed) {
    wick::manual_seed(seed);
    return wick::default_generator();
  }

  wick::TensorDataset<float> data;
  wick::DataLoader<wick::TensorDataset<float>> train_loader;
  wick::DataLoader<wick::TensorDataset<float>> test_loader;
  wick::Model<Residual> model;
  Optimizer optimizer;
  wick::TrainOptions options;
};

template <class Optimizer>
void check_resuming() {
  const TempDir dir;
  OwnRun<Optimizer> whole(1);
  const auto expected = whole.train();
  REQUIRE(expected.state.step == 14);
  for (const char* name : {"f.wick", "f.pth", "f.safetensors"}) {
    for (const std::int64_t stop_at : {1, 5, 7, 13}) {
      CAPTURE(name);
      CAPTURE(stop_at);
      {
        OwnRun<Optimizer> first(1);
        const auto part = first.train_for(stop_at);
        wick::save_training_checkpoint(first.model, first.optimizer, part.state, dir / name, metadata);
      }
      OwnRun<Optimizer> second(77);  // other weights: nothing of them may be left
      wick::manual_seed(999);
      const auto place = wick::load_training_checkpoint(second.model, second.optimizer, dir / name);
      CHECK(place.metadata == metadata);
      second.options.resume = place.state;
      const auto rest = second.train();
      CHECK(second.model.state_dict() == whole.model.state_dict());
      CHECK(second.optimizer.state() == whole.optimizer.state());
      CHECK(wick::to_checkpoint(rest.state) == wick::to_checkpoint(expected.state));
      REQUIRE(rest.reports.size() == 4 - static_cast<std::size_t>(stop_at / 3));
      if (rest.reports.empty()) continue;
      CHECK(rest.reports.back().test_loss == expected.reports.back().test_loss);
      CHECK(rest.reports.back().metrics == expected.reports.back().metrics);
    }
  }
}

}  // namespace

TEST_CASE(
    "a run of a user's own model, saved after any step in any format, goes on as if nothing had happened") {
  check_resuming<wick::Adam<float>>();
}

TEST_CASE("and so does one with a user's own optimizer") { check_resuming<Momentum>(); }

TEST_CASE("train saves the runs of a user's own model as its policy says") {
  const TempDir dir;
  OwnRun<wick::Adam<float>> whole(1);
  static_cast<void>(whole.train());
  OwnRun<wick::Adam<float>> first(1);
  first.options.checkpoint = {.path = dir / "run.pth", .every = 2, .keep_last = 2, .best = dir / "best.wick"};
  static_cast<void>(first.train_for(5));
  const auto latest = wick::latest_checkpoint(dir / "run.pth");
  REQUIRE(latest == dir / "run-00000005.pth");
  CHECK(fs::exists(dir / "run-00000004.pth"));
  OwnRun<wick::Adam<float>> second(77);
  second.options.resume = wick::load_training_checkpoint(second.model, second.optimizer, *latest).state;
  static_cast<void>(second.train());
  CHECK(second.model.state_dict() == whole.model.state_dict());
  OwnRun<wick::Adam<float>> best(3);
  CHECK_NOTHROW(static_cast<void>(wick::load(best.model, dir / "best.wick")));
}

TEST_CASE("a run that does not fit leaves the model and the optimizer as they were") {
  const TempDir dir;
  OwnRun<wick::Adam<float>> first(1);
  const auto state = first.train_for(3).state;
  wick::save_training_checkpoint(first.model, first.optimizer, state, dir / "f.wick");
  const auto refusal = [&](auto& run, const char* name) {
    const auto model = run.model.state_dict();
    const auto optimizer = run.optimizer.state();
    const auto text = message_of<wick::Error>(
        [&] { static_cast<void>(wick::load_training_checkpoint(run.model, run.optimizer, dir / name)); });
    CHECK(run.model.state_dict() == model);
    CHECK(run.optimizer.state() == optimizer);
    CHECK(text.starts_with((dir / name).string() + ": "));
    return text;
  };
  OwnRun<wick::Adam<float>> wider(2, 7);
  CHECK(contains(refusal(wider, "f.wick"), "Error(s) in loading state_dict for Residual:\n\tsize mismatch"));
  OwnRun<Momentum> other(2);
  CHECK(contains(refusal(other, "f.wick"), "the run cannot go on: Momentum::load_state: got Adam"));
  OwnRun<wick::Adam<float>> fresh(2);
  wick::save_checkpoint(first.model, dir / "only.wick");
  CHECK(contains(
      refusal(fresh, "only.wick"),
      "the checkpoint holds a model, but no state of an optimizer; load_checkpoint(model, path) loads "
      "it, to be trained anew"));
  auto [attributes, tensors] = wick::to_checkpoint(state);
  attributes.set("step", std::int64_t{-1});
  wick::save_checkpoint(
      first.model, dir / "bad.wick",
      {.optimizer = first.optimizer.state(), .training = attributes, .training_tensors = tensors});
  CHECK(contains(refusal(fresh, "bad.wick"), "the run cannot go on: TrainState: step must be in [0, "));
  // A Network's own loader says what the file holds.
  CHECK(contains(format_error(dir / "f.wick"), "a model of the user's own class \"Residual\""));
}

#if !defined(_WIN32)

TEST_CASE("at whichever system call a save fails, the file is the old run or the new one and goes on") {
  using wick_tests::Faults;
  using Call = Faults::Call;
  const TempDir dir;
  const fs::path path = dir / "run.wick";
  SmallRun r;
  const auto before = r.train_for(4).state;
  save(path, r, before);
  const auto old_bytes = read_bytes(path);
  const auto state = r.train_for(2).state;
  const wick::Archive archive = wick::to_training_archive(r.run.model, r.run.optimizer, state, metadata);
  const auto new_bytes = wick::encode_archive(archive);
  REQUIRE_FALSE(new_bytes == old_bytes);

  int failed = 0;
  int passed = 0;
  for (const Call call : {Call::open, Call::lock, Call::write, Call::sync, Call::close, Call::rename}) {
    for (const int error : {ENOSPC, EIO, EDQUOT, EACCES, EINTR}) {
      // Interrupted once, or failing for good; whole writes, or short ones.
      for (const std::size_t most : {std::size_t{1} << 30, std::size_t{1000}}) {
        for (int after = 0;; ++after) {
          CAPTURE(static_cast<int>(call));
          CAPTURE(error);
          CAPTURE(after);
          wick_tests::write_bytes(path, old_bytes);
          Faults::reset(call, error, after, error == EINTR ? 1 : 1000);
          Faults::most = most;
          bool threw = false;
          try {
            wick::write_archive<wick::BasicAtomicFile<Faults>>(archive, path);
          } catch (const wick::FileError&) {
            threw = true;
          }
          const bool reached = Faults::seen > after;
          const auto found = read_bytes(path);
          const bool only_the_folder_failed = call == Call::sync && after == 1;
          REQUIRE(found == (threw && !only_the_folder_failed ? old_bytes : new_bytes));
          REQUIRE(std::distance(fs::directory_iterator(dir.path()), {}) == 1);
          ++(threw ? failed : passed);
          if (!reached) break;
        }
      }
    }
  }
  CHECK(failed > 100);
  CHECK(passed > 100);

  // What is there goes on.
  wick_tests::write_bytes(path, old_bytes);
  Faults::reset(Call::write, ENOSPC, 3);
  Faults::most = 1000;
  CHECK_THROWS_AS((wick::write_archive<wick::BasicAtomicFile<Faults>>(archive, path)), wick::FileError);
  SmallRun rest(50, wick::load_training_checkpoint(path));
  SmallRun whole;
  const auto expected = whole.train();
  CHECK(wick::to_checkpoint(rest.train().state) == wick::to_checkpoint(expected.state));
  CHECK(rest.run.model.state_dict() == whole.run.model.state_dict());
}

TEST_CASE("a disk without space is felt through the whole library") {
  const TempDir dir;
  SmallRun r;
  save(dir / "f", r, r.train_for(4).state);
  const auto before = read_bytes(dir / "f");
  const auto state = r.train_for(1).state;
  // The system refuses to let any file grow beyond this.
  rlimit old_limit{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old_limit) == 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  for (const std::size_t space : {std::size_t{0}, std::size_t{100}, before.size() - 1}) {
    const rlimit limit{space, old_limit.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHECK(message_of<wick::FileError>([&] { save(dir / "f", r, state); }) ==
          (dir / "f").string() + ": cannot write: File too large");
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &old_limit) == 0);
    CHECK(read_bytes(dir / "f") == before);
    CHECK(std::distance(fs::directory_iterator(dir.path()), {}) == 1);
  }
  std::signal(SIGXFSZ, old_handler);
  save(dir / "f", r, state);
  CHECK_FALSE(read_bytes(dir / "f") == before);
}

#endif
