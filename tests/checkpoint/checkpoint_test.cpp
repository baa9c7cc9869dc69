#include <wick/checkpoint/checkpoint.hpp>

#include "io/wick/formula_archive.hpp"
#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/io/torch/export.hpp>
#include <wick/io/torch/write.hpp>
#include <wick/io/wick/writer.hpp>
#include <wick/loss/nll.hpp>
#include <wick/optim/adam.hpp>
#include <wick/training/train.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fs = std::filesystem;
using wick::AnyTensor;
using wick::Archive;
using wick::Generator;
using wick::Index;
using wick::Network;
using wick::StateDict;
using wick::Tensor;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::read_bytes;
using wick_tests::TempDir;

namespace {

template <class T = float>
Network<T> network(std::initializer_list<Index> hidden = {5, 4}, double dropout = 0.25,
                   std::uint64_t seed = 1) {
  Generator g(seed);
  return Network<T>(6, 3, hidden, {.dropout = dropout}, g);
}

/// Two clouds of points and their labels.
wick::TensorDataset<float> points(Index n = 50) {
  Generator g(9);
  auto x = wick::randn<float>({n, 6}, g);
  Tensor<std::int64_t> y(wick::Shape{n});
  for (Index i = 0; i < n; ++i) {
    y.data()[i] = i % 3;
    x.at(i, i % 3) += 2;
  }
  return {std::move(x), std::move(y)};
}

}  // namespace

TEST_CASE("a checkpoint rebuilds the network with no other information") {
  const TempDir dir;
  Generator g(5);
  const auto x = wick::randn<float>({7, 6}, g);
  for (const auto& hidden :
       {std::vector<Index>{5, 4}, std::vector<Index>{}, std::vector<Index>{8, 8, 8, 2}}) {
    for (const double dropout : {0.0, 0.1, 1.0}) {
      Generator seed(3);
      Network<float> saved(6, 3, hidden, {.dropout = dropout}, seed);
      saved.eval();
      const fs::path path = dir / fs::path(u8"Größe ✓.wick");
      wick::save_checkpoint(saved, path);
      const Network<float> loaded = wick::load_checkpoint(path);
      CHECK(loaded.input_size() == 6);
      CHECK(loaded.output_size() == 3);
      REQUIRE(loaded.hidden_layers().size() == hidden.size());
      for (std::size_t i = 0; i < hidden.size(); ++i)
        CHECK(loaded.hidden_layers()[i].out_features() == hidden[i]);
      CHECK(loaded.dropout().p() == dropout);
      CHECK(loaded.state_dict() == saved.state_dict());
      CHECK(loaded.training());
      CHECK(loaded.predict(x) == saved.predict(x));
      std::ostringstream a;
      std::ostringstream b;
      a << saved;
      b << loaded;
      CHECK(a.str() == b.str());
    }
  }
}

TEST_CASE("loading draws no random numbers and leaves nothing shared") {
  const TempDir dir;
  const Network<float> saved = network();
  wick::save_checkpoint(saved, dir / "f");
  wick::manual_seed(4);
  const auto before = wick::default_generator().state();
  Network<float> a = wick::load_checkpoint(dir / "f");
  CHECK(wick::default_generator().state() == before);
  Network<float> b = wick::load_checkpoint(dir / "f");
  a.parameters()->values()[0] += 1;
  CHECK(b.state_dict() == saved.state_dict());
  wick::NetworkOptions options{.dropout = 0};
  b = Network<float>(2, 2, {}, options);
  CHECK(wick::load_checkpoint(dir / "f").state_dict() == saved.state_dict());
}

TEST_CASE("the committed checkpoint of version 1 is a network of its formula") {
  const auto loaded = wick::read_checkpoint(fs::path(WICK_TEST_DATA) / "checkpoint_v1.wick");
  CHECK(wick::architecture_of(loaded.model) == *wick_tests::formula_archive().architecture);
  CHECK(loaded.model.state_dict().keys() == StateDict::Keys{"hidden_layers.0.weight", "hidden_layers.0.bias",
                                                            "hidden_layers.1.weight", "hidden_layers.1.bias",
                                                            "output.weight", "output.bias"});
  std::int64_t k = 0;
  for (const auto& [name, tensor] : loaded.model.state_dict()) {
    const auto values = tensor.to<double>();
    for (const double x : values.span()) CHECK(x == wick_tests::formula(k++));
  }
  CHECK(loaded.extras.metadata == wick_tests::formula_archive().attributes[0].second);
  CHECK_FALSE(loaded.extras.optimizer.has_value());
  CHECK(loaded.extras.training.empty());
}

TEST_CASE("optimizer, training state and metadata travel with the network") {
  const TempDir dir;
  Network<float> model = network();
  wick::Adam<float> adam(model.parameters(), {.lr = 0.003,
                                              .betas = {0.8, 0.99},
                                              .eps = 1e-7,
                                              .weight_decay = 0.01,
                                              .amsgrad = true,
                                              .maximize = true});
  for (int i = 0; i < 3; ++i) {
    for (float& gradient : model.parameters()->grads()) gradient = 0.1F * static_cast<float>(i + 1);
    adam.step();
  }
  const wick::CheckpointExtras extras{
      .optimizer = adam.state(),
      .training = {{"epoch", std::int64_t{2}}, {"running_loss", 0.5}},
      .training_tensors = {{"order", AnyTensor::copy_of(Tensor<std::int64_t>::from({2, 0, 1}))}},
      .metadata = {{"classes", std::vector<std::string>{"Trouser", "größe"}}, {"mean", 0.5}}};
  wick::save_checkpoint(model, dir / "f", extras);
  auto [loaded, found, notes] = wick::read_checkpoint(dir / "f");
  CHECK(notes.empty());
  REQUIRE(found.optimizer.has_value());
  CHECK(*found.optimizer == *extras.optimizer);
  CHECK(found.optimizer->tensors.size() == 18);
  CHECK(found.training == extras.training);
  CHECK(found.training_tensors == extras.training_tensors);
  CHECK(found.metadata == extras.metadata);

  // The optimizer goes on as if nothing had happened.
  wick::Adam<float> resumed(loaded.parameters());
  resumed.load_state(*found.optimizer);
  CHECK(resumed.options() == adam.options());
  CHECK(resumed.steps() == 3);
  for (auto* m : {&model, &loaded}) {
    m->parameters()->require_grad();
    for (float& gradient : m->parameters()->grads()) gradient = -0.3F;
  }
  adam.step();
  resumed.step();
  CHECK(loaded.state_dict() == model.state_dict());
}

TEST_CASE("an optimizer that took no step travels too") {
  const TempDir dir;
  Network<float> model = network();
  const wick::Adam<float> adam(model.parameters(), {.lr = 0.5});
  wick::save_checkpoint(model, dir / "f", {.optimizer = adam.state()});
  const auto found = wick::read_checkpoint(dir / "f").extras.optimizer;
  REQUIRE(found.has_value());
  CHECK(*found == adam.state());
  CHECK(found->tensors.empty());
}

TEST_CASE("equal contents give equal bytes, and loading and saving again changes none") {
  const TempDir dir;
  const wick::CheckpointExtras extras{.metadata = {{"a", 1.0}, {"b", "x"}}};
  wick::save_checkpoint(network(), dir / "a", extras);
  wick::save_checkpoint(network(), dir / "b", extras);
  const auto loaded = wick::read_checkpoint(dir / "a");
  wick::save_checkpoint(loaded.model, dir / "c", loaded.extras);
  CHECK(read_bytes(dir / "a") == read_bytes(dir / "b"));
  CHECK(read_bytes(dir / "a") == read_bytes(dir / "c"));
  wick::save_checkpoint(network({5, 4}, 0.25, 2), dir / "d", extras);
  CHECK(read_bytes(dir / "a") != read_bytes(dir / "d"));
}

TEST_CASE("two training runs with one seed give identical checkpoints") {
  const TempDir dir;
  const auto run = [&](std::uint64_t seed, const char* name) {
    const auto data = points();
    wick::manual_seed(seed);
    wick::DataLoader train_loader(data, {.batch_size = 8, .shuffle = true});
    wick::DataLoader test_loader(data, {.batch_size = 16, .shuffle = true});
    Network<float> model(6, 3, {16, 8}, {.dropout = 0.5});
    const wick::NLLLoss<float> criterion;
    wick::Adam<float> adam(model.parameters(), {.lr = 0.01});
    const auto result =
        wick::train(model, train_loader, test_loader, criterion, adam, {.epochs = 2, .print_every = 3});
    auto [counters, tensors] = wick::to_checkpoint(result.state);
    wick::save_checkpoint(model, dir / name,
                          {.optimizer = adam.state(), .training = counters, .training_tensors = tensors});
    return read_bytes(dir / name);
  };
  const auto first = run(1, "a");
  CHECK(run(1, "b") == first);
  CHECK(run(2, "c") != first);
}

TEST_CASE("float checkpoints load as double and double ones as float") {
  const TempDir dir;
  const Network<float> single = network<float>();
  const Network<double> twice = network<double>();
  wick::save_checkpoint(single, dir / "f");
  wick::save_checkpoint(twice, dir / "d");
  const auto same = [](const StateDict& a, const StateDict& b) {
    CHECK(a.keys() == b.keys());
    for (const auto& [name, tensor] : a) CHECK(tensor.to<float>() == b[name].to<float>());
  };
  const Network<double> widened = wick::load_checkpoint<double>(dir / "f");
  CHECK(widened.state_dict()["output.bias"].dtype() == wick::DType::f64);
  for (const auto& [name, tensor] : single.state_dict()) {
    CHECK(widened.state_dict()[name].to<double>() == tensor.to<double>());
  }
  const Network<float> rounded = wick::load_checkpoint<float>(dir / "d");
  CHECK(rounded.state_dict()["output.bias"].dtype() == wick::DType::f32);
  same(rounded.state_dict(), twice.state_dict());
  CHECK(wick::load_checkpoint<double>(dir / "d").state_dict() == twice.state_dict());
  // 0.1 in double is not a float, so rounding is seen to happen.
  CHECK(twice.state_dict()["output.weight"].to<double>().at(0, 0) !=
        static_cast<double>(rounded.state_dict()["output.weight"].to<float>().at(0, 0)));
}

TEST_CASE("parameters in sixteen bits are widened") {
  const TempDir dir;
  Archive archive = wick::to_archive(network());
  StateDict half;
  for (const auto& [name, tensor] : archive.tensors[0].second) {
    half.insert(name, AnyTensor::copy_of(tensor.to<wick::Half>()));
  }
  archive.tensors[0].second = half;
  wick::write_archive(archive, dir / "f");
  const auto loaded = wick::load_checkpoint(dir / "f").state_dict();
  for (const auto& [name, tensor] : half) CHECK(loaded[name].to<float>() == tensor.to<float>());
}

TEST_CASE("a file with parameters alone rebuilds the network of their sizes") {
  const TempDir dir;
  for (const auto& hidden : {std::vector<Index>{5, 4}, std::vector<Index>{}, std::vector<Index>{4, 4, 4}}) {
    Generator g(1);
    const Network<float> saved(6, 3, hidden, {.dropout = 0.25}, g);
    wick::save(saved.state_dict(), dir / "f");
    const Network<float> loaded = wick::load_checkpoint(dir / "f");
    CHECK(loaded.state_dict() == saved.state_dict());
    CHECK(loaded.dropout().p() == 0.5);
    CHECK(wick::load_checkpoint(dir / "f", {}, {.dropout = 0.1}).dropout().p() == 0.1);
    CHECK(wick::map_checkpoint(dir / "f", {}, {.dropout = 0.1}).state_dict() == saved.state_dict());
  }
  CHECK_THROWS_AS(static_cast<void>(wick::load_checkpoint(dir / "f", {}, {.dropout = 2})), wick::OptionError);
}

TEST_CASE("a file that describes no network says why") {
  const TempDir dir;
  StateDict sd = network().state_dict();
  sd.insert("steps", AnyTensor::copy_of(Tensor<float>::zeros({})));
  wick::save(sd, dir / "f");
  CHECK(
      message_of<wick::FormatError>([&] { static_cast<void>(wick::load_checkpoint(dir / "f")); }) ==
      (dir / "f").string() +
          ": the file does not say how to build the network: cannot infer the sizes of a network "
          "from the state dict: \"steps\" is not a parameter of a Network with 2 hidden layers "
          "(hidden_layers.N.weight, hidden_layers.N.bias, output.weight, output.bias); for files with other "
          "names see infer_by_shape(), or build by ParameterNames::by_shape");
  Archive no_parameters = wick::to_archive(network());
  no_parameters.tensors.clear();
  wick::write_archive(no_parameters, dir / "g");
  CHECK(message_of<wick::FileError>([&] { static_cast<void>(wick::load_checkpoint(dir / "g")); }) ==
        (dir / "g").string() + ": the file has no model parameters");
}

TEST_CASE("a file with other names is read only when its names are asked to be matched, or given") {
  const TempDir dir;
  Network<float> model = network();
  wick::Adam<float> adam(model.parameters(), {.lr = 0.003});
  model.parameters()->require_grad();
  for (float& gradient : model.parameters()->grads()) gradient = 0.5F;
  adam.step();
  const auto foreign = [](std::string_view name) -> std::optional<std::string> {
    if (name.starts_with("output.")) return "out" + std::string(name.substr(6));
    return "fc" + std::string(name.substr(14));  // hidden_layers.N
  };
  const Archive archive =
      wick::rename_parameters(wick::to_archive(model, {.optimizer = adam.state()}), foreign);
  CHECK(archive.tensors[0].second.keys().front() == "fc0.weight");
  CHECK(archive.tensors[1].second.keys().front() == "fc0.weight.exp_avg");
  Archive bare = archive;
  bare.architecture = {};
  wick::write_archive(archive, dir / "sizes");
  wick::write_archive(bare, dir / "bare");

  CHECK(contains(
      message_of<wick::FormatError>([&] { static_cast<void>(wick::load_checkpoint(dir / "sizes")); }),
      "the header does not fit the parameters: \"hidden_layers.0.weight\" is missing"));
  CHECK(
      contains(message_of<wick::FormatError>([&] { static_cast<void>(wick::load_checkpoint(dir / "bare")); }),
               "\"fc0.bias\" is not a parameter of a Network with 0 hidden layers"));
  const auto back = [](std::string_view name) -> std::optional<std::string> {
    if (name.starts_with("out.")) return "output" + std::string(name.substr(3));
    return "hidden_layers." + std::string(name.substr(2));
  };
  for (const char* file : {"sizes", "bare"}) {
    for (const bool by_shape : {false, true}) {
      wick::BuildOptions options{.dropout = 0.25};
      if (by_shape) {
        options.names = wick::ParameterNames::by_shape;
      } else {
        options.rename = back;
      }
      auto checkpoint = wick::read_checkpoint(dir / file, {}, options);
      CHECK(checkpoint.model.state_dict() == model.state_dict());
      CHECK(checkpoint.model.dropout().p() == 0.25);
      REQUIRE(checkpoint.extras.optimizer.has_value());
      CHECK(*checkpoint.extras.optimizer == adam.state());
      CHECK(wick::load_checkpoint(dir / file, {}, options).state_dict() == model.state_dict());
      CHECK(wick::map_checkpoint(dir / file, {}, options).state_dict() == model.state_dict());
    }
  }

  Archive wrong = archive;
  wrong.architecture->hidden_layers = {4, 5};
  wick::write_archive(wrong, dir / "wrong");
  CHECK(contains(
      message_of<wick::FormatError>([&] {
        static_cast<void>(
            wick::load_checkpoint(dir / "wrong", {}, {.names = wick::ParameterNames::by_shape}));
      }),
      "the header does not fit the parameters: \"hidden_layers.0.weight\" should have shape [4, 6], it "
      "has [5, 6]"));
  wick::save(StateDict{{"fc1.bias", AnyTensor::copy_of(Tensor<float>::zeros({2}))}}, dir / "half");
  CHECK(message_of<wick::FormatError>([&] {
          static_cast<void>(
              wick::load_checkpoint(dir / "half", {}, {.names = wick::ParameterNames::by_shape}));
        }) == (dir / "half").string() +
                  ": cannot infer the sizes of a network from the state dict: \"fc1.bias\" has no "
                  "weight beside it");
}

TEST_CASE("a header that disagrees with the parameters is refused before anything is built") {
  const TempDir dir;
  const auto refusal = [&](const std::function<void(Archive&)>& change) {
    Archive archive = wick::to_archive(network());
    change(archive);
    wick::write_archive(archive, dir / "f");
    const std::string text =
        message_of<wick::FormatError>([&] { static_cast<void>(wick::load_checkpoint(dir / "f")); });
    const std::string start = (dir / "f").string() + ": the header does not fit the parameters: ";
    REQUIRE(text.starts_with(start));
    return text.substr(start.size());
  };
  constexpr Index most = (std::numeric_limits<Index>::max)();
  CHECK(refusal([](Archive& a) { a.architecture->input_size = 7; }) ==
        "\"hidden_layers.0.weight\" should have shape [5, 7], it has [5, 6]");
  CHECK(refusal([](Archive& a) { a.architecture->output_size = 4; }) ==
        "\"output.weight\" should have shape [4, 4], it has [3, 4]");
  CHECK(refusal([](Archive& a) { a.architecture->hidden_layers[1] = 3; }) ==
        "\"hidden_layers.1.weight\" should have shape [3, 5], it has [4, 5]");
  CHECK(refusal([](Archive& a) { a.architecture->hidden_layers.pop_back(); }) ==
        "expected 4 tensors for 1 hidden layers, got 6");
  CHECK(refusal([](Archive& a) { a.architecture->hidden_layers.push_back(4); }) ==
        "expected 8 tensors for 3 hidden layers, got 6");
  CHECK(refusal([](Archive& a) { a.architecture->hidden_layers.assign(100000, 1); }) ==
        "expected 200002 tensors for 100000 hidden layers, got 6");
  CHECK(refusal([](Archive& a) { a.architecture->type = "Transformer"; }) ==
        R"(expected a model of type Network, got "Transformer")");
  CHECK(refusal([](Archive& a) { a.architecture->input_size = most; }) ==
        "\"hidden_layers.0.weight\" would be too large");
  CHECK(refusal([](Archive& a) { a.architecture->hidden_layers[0] = most; }) ==
        "\"hidden_layers.0.weight\" would be too large");
  CHECK(refusal([](Archive& a) { a.architecture->hidden_layers[0] = 1 << 27; }) ==
        "\"hidden_layers.0.weight\" should have shape [134217728, 6], it has [5, 6]");
  const auto replace = [](Archive& a, const std::string& old_name, const std::string& name,
                          const AnyTensor& t) {
    StateDict changed;
    for (const auto& [key, tensor] : a.tensors[0].second) {
      changed.insert(key == old_name ? name : key, key == old_name ? t : tensor);
    }
    a.tensors[0].second = changed;
  };
  CHECK(refusal([&](Archive& a) {
          replace(a, "output.bias", "output.bios", AnyTensor::copy_of(Tensor<float>::zeros({3})));
        }) == "\"output.bias\" is missing");
  CHECK(refusal([&](Archive& a) {
          replace(a, "output.bias", "output.bias", AnyTensor::copy_of(Tensor<float>::zeros({3, 1})));
        }) == "\"output.bias\" should have shape [3], it has [3, 1]");
  CHECK(refusal([](Archive& a) { a.tensors[0].second.insert("extra", AnyTensor()); }) ==
        "expected 6 tensors for 2 hidden layers, got 7");
}

TEST_CASE("an optimizer's state that is incomplete is refused") {
  const TempDir dir;
  for (const bool type : {true, false}) {
    Archive archive = wick::to_archive(network());
    archive.attributes.push_back({"optimizer", {}});
    if (type) archive.attributes[0].second.set("type", "Adam");
    wick::write_archive(archive, dir / "f");
    CHECK(message_of<wick::FormatError>([&] { static_cast<void>(wick::read_checkpoint(dir / "f")); }) ==
          (dir / "f").string() + ": the optimizer's state is incomplete: Attributes: no value \"" +
              (type ? "step" : "type") + "\"");
  }
  Archive archive = wick::to_archive(network());
  archive.attributes.push_back({"optimizer", {{"type", "Adam"}, {"step", 3.0}}});
  wick::write_archive(archive, dir / "f");
  CHECK(contains(message_of<wick::FormatError>([&] { static_cast<void>(wick::read_checkpoint(dir / "f")); }),
                 "\"step\" has another type"));
}

TEST_CASE("a state dict of other sizes leaves the model as it was, bit for bit") {
  const TempDir dir;
  wick::save(network({5, 7}).state_dict(), dir / "f");
  Network<float> model = network();
  const StateDict before = model.state_dict();
  CHECK(
      message_of<wick::StateDictError>([&] { model.load_state_dict(wick::load(dir / "f")); }) ==
      "Error(s) in loading state_dict for Network:\n"
      "\tsize mismatch for hidden_layers.1.weight: copying a param with shape torch.Size([7, 5]) from "
      "checkpoint, "
      "the shape in current model is torch.Size([4, 5]).\n"
      "\tsize mismatch for hidden_layers.1.bias: copying a param with shape torch.Size([7]) from checkpoint, "
      "the shape in current model is torch.Size([4]).\n"
      "\tsize mismatch for output.weight: copying a param with shape torch.Size([3, 7]) from checkpoint, "
      "the shape in current model is torch.Size([3, 4]).");
  CHECK(model.state_dict() == before);
  CHECK_THROWS_AS(model.load_state_dict(wick::load(dir / "f"), false), wick::StateDictError);
  CHECK(model.state_dict() == before);
}

TEST_CASE("damaged and missing checkpoints are refused, and a save that fails leaves the old one") {
  const TempDir dir;
  wick::save_checkpoint(network(), dir / "f");
  auto bytes = read_bytes(dir / "f");
  CHECK_THROWS_AS(wick::save_checkpoint(network(), dir / "f", {.metadata = {{"raw", "\xFF"}}}),
                  wick::OptionError);
  CHECK(read_bytes(dir / "f") == bytes);
  CHECK_THROWS_AS(static_cast<void>(wick::load_checkpoint(dir / "none")), wick::FileError);
  bytes[bytes.size() / 2] ^= std::byte{1};
  wick_tests::write_bytes(dir / "f", bytes);
  CHECK_THROWS_AS(static_cast<void>(wick::load_checkpoint(dir / "f")), wick::FormatError);
}

TEST_CASE("a checkpoint travels through streams and memory as through files") {
  const TempDir dir;
  const Network<float> saved = network();
  const wick::CheckpointExtras extras{.metadata = {{"a", 1.0}, {"b", "x"}}};
  wick::save_checkpoint(saved, dir / "f", extras);
  const auto bytes = read_bytes(dir / "f");
  std::stringstream stream;
  wick::save_checkpoint(saved, stream, extras);
  CHECK(stream.str() == std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  CHECK(wick::encode_archive(wick::to_archive(saved, extras)) == bytes);

  const auto from_stream = wick::read_checkpoint(stream);
  CHECK(from_stream.model.state_dict() == saved.state_dict());
  CHECK(from_stream.extras.metadata == extras.metadata);
  const auto from_memory = wick::read_checkpoint(bytes);
  CHECK(from_memory.model.state_dict() == saved.state_dict());
  CHECK(from_memory.extras.metadata == extras.metadata);
  stream.clear();
  stream.seekg(0);
  CHECK(wick::load_checkpoint(stream).state_dict() == saved.state_dict());
  CHECK(wick::load_checkpoint(bytes).state_dict() == saved.state_dict());
  CHECK(wick::load_checkpoint<double>(bytes).state_dict()["output.bias"].dtype() == wick::DType::f64);

  std::stringstream alone;
  wick::save(saved.state_dict(), alone);
  CHECK(wick::load_checkpoint(alone).state_dict() == saved.state_dict());
  std::stringstream less;
  wick::save(select(saved.state_dict(), [](std::string_view key) { return key != "output.bias"; }), less);
  CHECK(message_of<wick::FormatError>([&] { static_cast<void>(wick::load_checkpoint(less)); }) ==
        "<stream>: the file does not say how to build the network: cannot infer the sizes of a "
        "network "
        "from the state dict: \"output.weight\" has no bias beside it");
}

TEST_CASE("a mapped network predicts from the file, and training it leaves the file as it is") {
  const TempDir dir;
  Generator seed(3);
  const Network<float> saved(100, 10, {300, 200}, {.dropout = 0.5}, seed);
  wick::Adam<float> adam(std::make_shared<wick::ParameterBlock<float>>(*saved.parameters()));
  std::ranges::fill(adam.parameters()->grads(), 0.F);
  adam.step();
  // With tensors behind the parameters, and with the parameters at the end of the file.
  for (const auto& optimizer : {std::optional<wick::OptimizerState>(adam.state()), {}}) {
    wick::save_checkpoint(saved, dir / "f", {.optimizer = optimizer});
    const auto bytes = read_bytes(dir / "f");
    std::optional<Network<float>> mapped;
    const auto weights = static_cast<std::uint64_t>(saved.parameters()->numel()) * sizeof(float);
    const auto cost = wick_tests::bytes_allocated_in([&] { mapped = wick::map_checkpoint(dir / "f"); });
    CHECK(cost < weights / 8);
    CHECK(wick_tests::bytes_allocated_in([&] { static_cast<void>(wick::load_checkpoint(dir / "f")); }) >
          weights);
    CHECK(mapped->training());
    CHECK(mapped->dropout().p() == 0.5);
    CHECK(mapped->state_dict() == saved.state_dict());
    Generator g(5);
    const auto x = wick::randn<float>({7, 100}, g);
    CHECK(mapped->predict(x) == saved.predict(x));

    Network<float> plain = wick::load_checkpoint(dir / "f");
    const Network<float> copy = *mapped;
    Network<float> moved = std::move(*mapped);
    mapped.reset();
    const Tensor<std::int64_t> y = Tensor<std::int64_t>::full({7}, 4);
    for (Network<float>* model : {&plain, &moved}) {
      Generator dropout(8);
      wick::Recorder<float> recorder;
      recorder->set_generator(dropout);
      const wick::NLLLoss<float> criterion;
      wick::Adam<float> optimiser(model->parameters(), {.lr = 0.01, .weight_decay = 0.1});
      for (int i = 0; i < 3; ++i) {
        optimiser.zero_grad();
        criterion((*model)(recorder->input(x)), y).backward();
        optimiser.step();
      }
    }
    CHECK_FALSE(moved.state_dict() == saved.state_dict());
    CHECK(moved.state_dict() == plain.state_dict());
    CHECK(copy.state_dict() == saved.state_dict());
    CHECK(read_bytes(dir / "f") == bytes);
    CHECK(wick::map_checkpoint(dir / "f").state_dict() == saved.state_dict());
#if !defined(_WIN32)
    // The mapping outlives the file's name.
    const Network<float> kept = wick::map_checkpoint(dir / "f");
    wick::save_checkpoint(plain, dir / "f");
    CHECK(kept.predict(x) == saved.predict(x));
#endif
  }
}

TEST_CASE("parameters in files of torch.save stay in the mapping too, wherever they lie; else that is said") {
  const TempDir dir;
  Generator seed(3);
  const Network<float> saved(100, 10, {300, 200, 150, 140, 130, 120}, {.dropout = 0.5},
                             seed);  // ten records and more
  const auto weights = static_cast<std::uint64_t>(saved.parameters()->numel()) * sizeof(float);
  Generator g(5);
  const auto x = wick::randn<float>({7, 100}, g);
  for (const char* name : {"f.pth", "f.wick", "f.safetensors"}) {
    CAPTURE(std::string(name));
    wick::save_checkpoint(saved, dir / name);
    const auto bytes = read_bytes(dir / name);
    std::optional<Network<float>> mapped;
    const auto cost = wick_tests::bytes_allocated_in([&] { mapped = wick::map_checkpoint(dir / name); });
    const bool in_place = std::as_const(*mapped).parameters()->is_foreign();
    CHECK(in_place == (std::string(name) != "f.safetensors"));
    CHECK((cost < weights / 4) == in_place);
    CHECK(mapped->state_dict() == saved.state_dict());
    CHECK(mapped->predict(x) == saved.predict(x));
    const auto notes = wick::load_predictor(dir / name, {.mapped = true}).notes();
    CHECK(notes.empty() == in_place);

    // What is trained there is trained alike, and the gaps are zero.
    Network<float> plain = saved;
    const Network<float> copy = *mapped;
    for (Network<float>* model : {&plain, &*mapped}) {
      Generator dropout(8);
      wick::Recorder<float> recorder;
      recorder->set_generator(dropout);
      wick::Adam<float> optimiser(model->parameters(), {.lr = 0.01, .weight_decay = 0.1});
      for (int i = 0; i < 2; ++i) {
        optimiser.zero_grad();
        sum((*model)(recorder->input(x))).backward();
        optimiser.step();
      }
    }
    CHECK(mapped->state_dict() == plain.state_dict());
    CHECK(copy.state_dict() == saved.state_dict());
    const double all =
        std::accumulate(copy.parameters()->values().begin(), copy.parameters()->values().end(), 0.0);
    const double own =
        std::accumulate(saved.parameters()->values().begin(), saved.parameters()->values().end(), 0.0);
    CHECK(all == doctest::Approx(own));
    CHECK(read_bytes(dir / name) == bytes);
  }
}

TEST_CASE("parameters that share bytes, or have much between them, are copied out of the file") {
  const TempDir dir;
  const Tensor<float> square = wick::Tensor<float>::full({16, 16}, 0.5F);
  const AnyTensor tied = AnyTensor::copy_of(square);
  const AnyTensor bias = AnyTensor::copy_of(Tensor<float>::ones({16}));
  const AnyTensor large = AnyTensor::copy_of(Tensor<float>::ones({100'000}));
  const StateDict sd{{"hidden_layers.0.weight", tied},
                     {"hidden_layers.0.bias", bias},
                     {"output.weight", tied},
                     {"output.bias", AnyTensor::copy_of(Tensor<float>::zeros({16}))}};
  wick::save(sd, dir / "tied.pth");
  const auto mapped = wick::map_checkpoint(dir / "tied.pth");
  CHECK_FALSE(mapped.parameters()->is_foreign());
  CHECK(mapped.state_dict()["output.weight"] == tied);
  wick::TorchDict far;
  for (const auto& [key, tensor] : sd) {
    far.add(key, key == "output.weight" ? AnyTensor::copy_of(square) : tensor);
    if (key == "hidden_layers.0.bias") far.add("_extra_state", large);
  }
  wick::write_torch(far, dir / "far.pth");
  const auto apart = wick::map_checkpoint(dir / "far.pth");
  CHECK_FALSE(apart.parameters()->is_foreign());
  CHECK(apart.state_dict()["output.weight"] == tied);
}

TEST_CASE("a model is saved without a second copy of its parameters, as its state dict is") {
  const TempDir dir;
  Generator seed(3);
  const Network<float> model(500, 10, {600}, {}, seed);
  const auto weights = static_cast<std::uint64_t>(model.parameters()->numel()) * sizeof(float);
  for (const char* name : {"a.wick", "a.pth", "a.safetensors"}) {
    CAPTURE(std::string(name));
    CHECK(wick_tests::bytes_allocated_in([&] { wick::save(model, dir / name); }) < weights / 4);
    CHECK(wick_tests::bytes_allocated_in([&] { wick::save_checkpoint(model, dir / name); }) < weights / 4);
    wick::save(model, dir / name);
    const auto bytes = read_bytes(dir / name);
    wick::save(model.state_dict(), dir / name);
    CHECK(read_bytes(dir / name) == bytes);
  }
}

TEST_CASE(
    "a loaded network takes the memory of its file once, and no more when most of the file is not its") {
  const TempDir dir;
  Generator seed(3);
  const Network<float> saved(100, 10, {300, 200}, {.dropout = 0.5}, seed);
  const auto weights = static_cast<std::uint64_t>(saved.parameters()->numel()) * sizeof(float);
  wick::save_checkpoint(saved, dir / "alone");
  std::optional<Network<float>> loaded;
  CHECK(wick_tests::bytes_allocated_in([&] { loaded = wick::load_checkpoint(dir / "alone"); }) <
        weights + weights / 4);
  CHECK(loaded->state_dict() == saved.state_dict());
  const auto values = loaded->parameters()->values();
  CHECK(static_cast<std::uint64_t>(values.size()) * sizeof(float) >= weights);
  // Nothing behind the parameters but zeros, whatever the memory held before.
  CHECK(std::all_of(values.end() - 6, values.end(), [](float x) { return x == 0; }));

  wick::save_checkpoint(
      saved, dir / "tensors",
      {.metadata_tensors = {{"x", AnyTensor::copy_of(Tensor<float>::full({1000, 1000}, 1))}}});
  loaded = wick::load_checkpoint(dir / "tensors");
  CHECK(loaded->state_dict() == saved.state_dict());
}

TEST_CASE("a checkpoint that does not lie as a network does is converted when it is mapped") {
  const TempDir dir;
  const Network<float> saved = network();
  wick::save_checkpoint(saved, dir / "f");
  const Network<double> widened = wick::map_checkpoint<double>(dir / "f");
  CHECK(widened.state_dict() == wick::load_checkpoint<double>(dir / "f").state_dict());

  Archive archive = wick::to_archive(saved);
  StateDict reversed;
  for (const auto& key : {"output.bias", "output.weight", "hidden_layers.1.bias", "hidden_layers.1.weight",
                          "hidden_layers.0.bias", "hidden_layers.0.weight"}) {
    reversed.insert(key, saved.state_dict()[key]);
  }
  archive.tensors[0].second = reversed;
  wick::write_archive(archive, dir / "g");
  CHECK(wick::map_checkpoint(dir / "g").state_dict() == saved.state_dict());

  // Other tensors first: the parameters lie together all the same.
  archive = wick::to_archive(saved);
  archive.tensors.insert(archive.tensors.begin(),
                         {"x", {{"odd", AnyTensor::copy_of(Tensor<float>::full({3}, 1))}}});
  wick::write_archive(archive, dir / "h");
  CHECK(wick::map_checkpoint(dir / "h").state_dict() == saved.state_dict());

  CHECK_THROWS_AS(static_cast<void>(wick::map_checkpoint(dir / "none")), wick::FileError);
  wick::save(select(saved.state_dict(), [](std::string_view key) { return key != "output.bias"; }),
             dir / "i");
  CHECK(contains(message_of<wick::FormatError>([&] { static_cast<void>(wick::map_checkpoint(dir / "i")); }),
                 (dir / "i").string() + ": the file does not say how to build the network"));
  auto bytes = read_bytes(dir / "f");
  bytes.back() ^= std::byte{1};
  wick_tests::write_bytes(dir / "f", bytes);
  CHECK(contains(message_of<wick::FormatError>([&] { static_cast<void>(wick::map_checkpoint(dir / "f")); }),
                 "the checksum of tensor \"output.bias\" is wrong"));
}
