// Networks whose hidden layers have any normalisation: by PyTorch's numbers, and in files and out of them.

#include <wick/nn/all_normalisations.hpp>

#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/files.hpp"
#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <wick/autograd/losses.hpp>
#include <wick/checkpoint/checkpoint.hpp>
#include <wick/checkpoint/frozen_network.hpp>
#include <wick/checkpoint/load_model.hpp>
#include <wick/inference/make_predictor.hpp>
#include <wick/inference/own_format.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/models/network.hpp>
#include <wick/models/static_network.hpp>
#include <wick/nn/model.hpp>
#include <wick/optim/adam.hpp>
#include <wick/optim/averaged_model.hpp>
#include <wick/optim/sgd.hpp>
#include <wick/random/distributions.hpp>
#include <wick/training/training_checkpoint.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::Fixture;
using wick_tests::message_of;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

/// As in tests/reference/make_network_norms.py.
const std::vector<std::pair<std::string, ModuleNormalisation>>& cases() {
  static const std::vector<std::pair<std::string, ModuleNormalisation>> all{
      {"layer", normalisation_of<LayerNorm>({.eps = 0.01, .bias = false})},
      {"layer plain", normalisation_of<LayerNorm>({.elementwise_affine = false, .bias = false})},
      {"batch", normalisation_of<BatchNorm1d>()},
      {"batch cumulative", normalisation_of<BatchNorm1d>({.momentum = std::nullopt})},
      {"batch plain", normalisation_of<BatchNorm1d>({.eps = 0.1, .momentum = 0.5, .affine = false})},
      {"rms", normalisation_of<RMSNorm>()},
      {"rms plain", normalisation_of<RMSNorm>({.eps = 0.1, .elementwise_affine = false})},
      {"group", normalisation_of<GroupNorm>(2)},
      {"group plain", normalisation_of<GroupNorm>(1, {.eps = 0.01, .affine = false})}};
  return all;
}

template <class Value>
std::string text_of(const Value& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

void train_step(Network<float>& model, SGD<float>& optimizer, const Tensor<float>& x,
                const Tensor<std::int64_t>& y) {
  model.train();
  optimizer.zero_grad();
  nll_loss(model(x), y).backward();
  optimizer.step();
}

/// One that was trained, so that running averages are not what they begin with.
Network<float> trained(const ModuleNormalisation& norm, int steps = 2) {
  Generator g(3);
  Network<float> model(6, 3, {8, 4}, {.dropout = 0, .normalisation_module = norm}, g);
  SGD<float> optimizer(model.parameters(), {.lr = 0.1});
  const auto x = randn<float>({5, 6}, g);
  const auto y = randint(0, 3, {5}, g);
  for (int i = 0; i < steps; ++i) train_step(model, optimizer, x, y);
  return model;
}

/// What the norms of a network compute: with its running averages changed, predictions change.
void shift_averages(Network<float>& model) {
  for (const auto& b : model.named_buffers()) {
    if (b.name.ends_with("running_mean")) b.value.fill(0.75F);
  }
}

bool are_equal(const Tensor<float>& a, const Tensor<float>& b) { return a == b; }

}  // namespace

TEST_CASE("networks of any normalisation print, begin, predict and train as PyTorch's") {
  Fixture file("network_norms.bin");
  REQUIRE(file.get<std::uint32_t>() == cases().size());
  std::uint64_t seed = 0;
  for (const auto& c : cases()) {
    const std::string& name = c.first;
    const ModuleNormalisation& norm = c.second;
    CAPTURE(name);
    CHECK(file.text() == name);
    Generator g(seed);
    Network<double> net(6, 3, {8, 4}, {.dropout = 0.25, .normalisation_module = norm}, g);
    CHECK(net.options().normalisation_module == norm);
    CHECK(text_of(net) == file.text());
    std::string keys = "odict_keys([";
    for (const auto& key : net.state_dict().keys())
      keys += (keys.ends_with("[") ? "'" : ", '") + std::string(key) + "'";
    CHECK(keys + "])" == file.text());
    const auto x = file.tensor<double>({7, 6});
    const auto y = file.tensor<std::int64_t>({7});
    CHECK_CLOSE(net.predict(x), file.tensor<double>({7, 3}), 1e-12);

    g.manual_seed(seed + 1);
    Recorder<double> recorder;
    recorder->set_generator(g);
    Adam<double> adam(net.parameters(), {.lr = 0.01});
    std::vector<Tensor<double>> gradients;
    for (int step = 0; step < 3; ++step) {
      adam.zero_grad();
      const auto result = net(recorder->input(x));
      const auto loss = nll_loss(result, y);
      loss.backward();
      CHECK_CLOSE(result.tensor(), file.tensor<double>({7, 3}), 1e-9);
      CHECK(loss.item() == doctest::Approx(file.get<double>()).epsilon(1e-9));
      for (const auto& p : net.named_parameters()) {
        if (step == 0) gradients.emplace_back(std::as_const(*net.parameters()).grad(p.slot));
      }
      adam.step();
    }
    for (const auto& gradient : gradients)
      CHECK_CLOSE(gradient, file.tensor<double>(gradient.shape()), 1e-7, 1e-12);
    for (const auto& entry : net.state_dict()) {
      CAPTURE(entry.first);
      CHECK_CLOSE(entry.second.to<double>(), file.tensor<double>(entry.second.shape()), 1e-6, 1e-9);
    }
    CHECK_CLOSE(net.predict(x), file.tensor<double>({7, 3}), 1e-6, 1e-9);
    net.eval();
    CHECK_CLOSE(net(x).tensor(), net.predict(x), 1e-12);
    ++seed;
  }
  Network<float> one(6, 3, {8}, {.normalisation_module = normalisation_of<BatchNorm1d>()});
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(one(Tensor<float>::zeros({1, 6})));
        }) == "BatchNorm1d: Expected more than 1 value per channel when training, got input size [1, 8]");
  CHECK(file.text() ==
        "Expected more than 1 value per channel when training, got input size torch.Size([1, 8])");
  CHECK(file.at_end());
  one.eval();
  CHECK(one(Tensor<float>::zeros({1, 6})).numel() == 3);
}

TEST_CASE("files carry the normalisation and its options, and every reader with the table rebuilds it") {
  const wick_tests::TempDir dir;
  Generator g(5);
  const auto x = randn<float>({4, 6}, g);
  const BuildOptions build{.normalisations = &all_normalisations()};
  for (const auto& c : cases()) {
    const std::string& name = c.first;
    const ModuleNormalisation& norm = c.second;
    CAPTURE(name);
    const auto model = trained(norm);
    const auto expected = model.predict(x);
    for (const char* const file : {"f.wick", "f.pth", "f.safetensors"}) {
      CAPTURE(file);
      save_checkpoint(model, dir / file);
      const auto loaded = read_checkpoint(dir / file, {}, build);
      CHECK(loaded.model.options() == model.options());
      CHECK(loaded.model.state_dict() == model.state_dict());
      CHECK(are_equal(loaded.model.predict(x), expected));
      CHECK(text_of(loaded.model) == text_of(model));
      CHECK(loaded.notes.empty());
      const auto mapped = map_checkpoint(dir / file, {}, build);
      CHECK(are_equal(mapped.predict(x), expected));
      CHECK(mapped.state_dict() == model.state_dict());
      for (const bool in_place : {false, true}) {
        const auto predictor =
            load_predictor(dir / file, {.mapped = in_place, .normalisations = &all_normalisations()});
        auto workspace = predictor.workspace(4);
        CHECK(std::ranges::equal(predictor.outputs(x.span(), workspace), expected.span()));
      }
    }
    CHECK(map_checkpoint(dir / "f.wick", {}, build).parameters()->is_foreign());
    const auto own = load_own_predictor(dir / "f.wick", {.normalisations = &all_normalisations()});
    auto workspace = own.workspace(4);
    CHECK(std::ranges::equal(own.outputs(x.span(), workspace), expected.span()));
    const FrozenNetwork<double> wide(to_archive(model), "f", NetworkOutputs::log_probabilities, nullptr,
                                     &all_normalisations());
    const auto outputs = wide.predict(AnyTensor::copy_of(x).to<double>());
    for (Index i = 0; i < outputs.numel(); ++i)
      CHECK(outputs.data()[i] == doctest::Approx(expected.data()[i]).epsilon(1e-4));
    auto any = load_model(dir / "f.wick");
    any.eval();
    CHECK(are_equal(any(x).tensor(), expected));
  }
}

TEST_CASE("a network without hidden layers has no normalisations, and says what they would be") {
  const Network<float> model(2, 3, {}, {.normalisation_module = normalisation_of<BatchNorm1d>()});
  CHECK(text_of(model).find("(norms): ModuleList()") != std::string::npos);
  const BuildOptions build{.normalisations = &all_normalisations()};
  const auto loaded = from_archive(to_archive(model), "f", build);
  CHECK(loaded.model.options() == model.options());
  CHECK(loaded.model.state_dict() == model.state_dict());
}

TEST_CASE("a network predicts with the running averages that it has: trained, loaded, copied, averaged") {
  Generator g(5);
  const auto x = randn<float>({4, 6}, g);
  Workspace<float> own;
  auto model = trained(normalisation_of<BatchNorm1d>(), 0);
  const auto fresh = model.predict(x);
  const auto other = trained(normalisation_of<BatchNorm1d>());
  Network<float> copy = model;
  model.load_state_dict(other.state_dict());
  CHECK(are_equal(model.predict(x), other.predict(x)));
  CHECK(are_equal(Tensor<float>(model.program()(std::as_const(*model.parameters()).values(), x, own)),
                  other.predict(x)));
  CHECK(are_equal(copy.predict(x), fresh));
  // A copy follows its own, wherever it is moved to.
  Network<float> second = model;
  shift_averages(second);
  CHECK(are_equal(model.predict(x), other.predict(x)));
  CHECK_FALSE(are_equal(second.predict(x), other.predict(x)));
  const Network<float> moved = std::move(second);
  second = other;
  CHECK_FALSE(are_equal(moved.predict(x), other.predict(x)));
  CHECK(are_equal(second.predict(x), other.predict(x)));
  model.eval();
  shift_averages(model);
  CHECK_CLOSE(model(x).tensor(), model.predict(x), 1e-5);
  CHECK_CLOSE(model(x).tensor(), moved.predict(x), 1e-5);

  // It has no other constants than those of such a block.
  Program<float> program = moved.program();
  const Network<float> smaller(6, 3, {8}, {.normalisation_module = normalisation_of<BatchNorm1d>()});
  CHECK_THROWS_AS(program.follow_buffers(smaller.parameters()), Error);
  CHECK_THROWS_AS(program.follow_buffers(nullptr), Error);
  const Network<float> plain(6, 3, {8}, {});
  program = plain.program();
  CHECK_THROWS_AS(program.follow_buffers(smaller.parameters()), Error);

  // Averages of models have the buffers of the last.
  AveragedModel<Network<float>> average(model);
  average.update_parameters(other);
  CHECK(are_equal(average.predict(x), other.predict(x)));
  const auto predictor = make_predictor(other);
  auto workspace = predictor.workspace(4);
  const auto expected = other.predict(x);
  CHECK(std::ranges::equal(predictor.outputs(x.span(), workspace), expected.span()));

  // Neither a prediction nor a step allocates after the first.
  static_cast<void>(other.predict(x, own));
  CHECK(wick_tests::allocations_in([&] { static_cast<void>(other.predict(x, own)); }) == 0);
  const auto y = randint(0, 3, {4}, g);
  SGD<float> optimizer(model.parameters(), {.lr = 0.1});
  for (int i = 0; i < 3; ++i) train_step(model, optimizer, x, y);
  CHECK(wick_tests::allocations_in([&] { train_step(model, optimizer, x, y); }) == 0);
}

TEST_CASE("a run with batch normalisation goes on where it was, to the last bit") {
  const wick_tests::TempDir dir;
  Generator g(5);
  const auto x = randn<float>({5, 6}, g);
  const auto y = randint(0, 3, {5}, g);
  auto model = trained(normalisation_of<BatchNorm1d>({.momentum = std::nullopt}));
  SGD<float> optimizer(model.parameters(), {.lr = 0.1, .momentum = 0.9});
  train_step(model, optimizer, x, y);
  save_training_checkpoint(model, optimizer, TrainState{}, dir / "run.wick");
  auto run = load_training_checkpoint<SGD>(dir / "run.wick", nullptr, {}, nullptr, &all_normalisations());
  train_step(model, optimizer, x, y);
  train_step(run.model, run.optimizer, x, y);
  CHECK(run.model.state_dict() == model.state_dict());
  CHECK(run.model.state_dict()["norms.0.num_batches_tracked"].to<float>().item() == 4);
}

TEST_CASE("what is no normalisation, or not known to the reader, is refused") {
  CHECK(message_of<OptionError>([] { static_cast<void>(normalisation_of<BatchNorm1d>({.eps = 0})); }) ==
        "BatchNorm1d: expected a finite eps > 0, got 0.0");
  CHECK(message_of<OptionError>([] { static_cast<void>(normalisation_of<LayerNorm>({.eps = no_number})); }) ==
        "LayerNorm: expected a finite eps >= 0, got nan");
  CHECK(message_of<OptionError>([] {
          static_cast<void>(normalisation_of<BatchNorm1d>({.momentum = 1.5}));
        }) == "BatchNorm1d: expected a momentum in [0, 1], got 1.5");
  CHECK(message_of<OptionError>([] {
          static_cast<void>(normalisation_of<BatchNorm1d>({.track_running_stats = false}));
        }).starts_with("BatchNorm1d: a Network predicts each row by itself, by running statistics"));
  CHECK(message_of<OptionError>([] { static_cast<void>(normalisation_of<GroupNorm>(0)); }) ==
        "GroupNorm: expected num_groups >= 1, got 0");
  CHECK(message_of<OptionError>([] {
          const Network<float> model(2, 2, {4, 3}, {.normalisation_module = normalisation_of<GroupNorm>(2)});
        }) == "GroupNorm norms.1: num_channels (3) must be divisible by num_groups (2)");
  CHECK(message_of<OptionError>([] {
          const Network<float> both(2, 2, {2},
                                    {.normalisation = Normalisation::layer_norm,
                                     .normalisation_module = normalisation_of<RMSNorm>()});
        }) ==
        "Network: expected `normalisation` or `normalisation_module`, got both, layer_norm and RMSNorm");
  const auto model = trained(normalisation_of<BatchNorm1d>());
  CHECK(message_of<OptionError>([&] { const StaticNetwork<float, 6, 8, 4, 3> small(model); }) ==
        "StaticNetwork: expected a network with ReLU and without normalisation, got relu and BatchNorm1d");

  const Archive archive = to_archive(model);
  CHECK(message_of<FormatError>([&] { static_cast<void>(from_archive(archive, "f")); }) ==
        "f: the network cannot be built: its \"normalisation\" is 'BatchNorm1d', which this version does not "
        "know "
        "by itself: include <wick/nn/all_normalisations.hpp> and set the option `normalisations` to "
        "&wick::all_normalisations()");
  const std::vector<ModuleNormalisation> known{normalisation_of<RMSNorm>()};
  const NormalisationTable table{known};
  CHECK(message_of<FormatError>(
            [&] { static_cast<void>(from_archive(archive, "f", {.normalisations = &table})); }) ==
        "f: the network cannot be built: its \"normalisation\" is 'BatchNorm1d', which this version does not "
        "know");

  const auto refusal = [&](const std::function<void(Attributes&, StateDict&)>& change) {
    Archive changed = archive;
    change(changed.attributes.front().second, changed.tensors.front().second);
    return message_of<FormatError>([&] {
      static_cast<void>(from_archive(std::move(changed), "f", {.normalisations = &all_normalisations()}));
    });
  };
  const std::string start = "f: the network cannot be built: ";
  CHECK(refusal([](Attributes& a, auto&) { a.set("normalisation.eps", -1.0); }) ==
        start + "BatchNorm1d: expected a finite eps > 0, got -1.0");
  CHECK(refusal([](Attributes& a, auto&) { a.set("normalisation.momentum", no_number); }) ==
        start + "BatchNorm1d: expected a momentum in [0, 1], got nan");
  CHECK(refusal([](Attributes& a, auto&) {
          a.set("normalisation.track_running_stats", false);
        }).starts_with(start + "BatchNorm1d: a Network predicts each row by itself"));
  CHECK(refusal([](Attributes& a, auto&) { a.set("normalisation.affine", 1.0); }) ==
        start + "its normalisation BatchNorm1d has another type of 'normalisation.affine'");
  CHECK(refusal([](Attributes& a, auto&) { a.set("normalisation.num_groups", std::int64_t{2}); }) ==
        start + "its normalisation BatchNorm1d has options that this version does not know");
  CHECK(refusal([](Attributes& a, auto&) {
          a = {{"normalisation", std::string("GroupNorm")}};
        }) == start + "its normalisation GroupNorm has no 'normalisation.num_groups'");
  for (const std::int64_t groups :
       {std::int64_t{0}, std::int64_t{3}, std::numeric_limits<std::int64_t>::min()}) {
    CHECK(refusal([&](Attributes& a, auto&) {
            a = {{"normalisation", std::string("GroupNorm")},
                 {"normalisation.num_groups", groups},
                 {"normalisation.eps", 1e-5},
                 {"normalisation.affine", true},
                 {"normalisation.bias", true}};
          }).starts_with(start + "GroupNorm: "));
  }
  CHECK(refusal([](Attributes& a, auto&) {
          a = {{"normalisation.eps", 1.0}};
        }).starts_with(start + "its \"normalisation.eps\" is no text"));
  CHECK(refusal([](Attributes& a, auto&) { a.set("normalisation.affine", false); }) ==
        "f: the header does not fit the parameters: expected 12 tensors for 2 hidden layers, got 16");
  CHECK(refusal([](auto&, StateDict& tensors) {
          StateDict other;
          for (const auto& [name, tensor] : tensors) {
            other.insert(name, name == "norms.1.num_batches_tracked"
                                   ? AnyTensor::copy_of(Tensor<float>::zeros({2}))
                                   : tensor);
          }
          tensors = other;
        }) ==
        "f: the header does not fit the parameters: \"norms.1.num_batches_tracked\" should have shape [], it "
        "has [2]");
}
