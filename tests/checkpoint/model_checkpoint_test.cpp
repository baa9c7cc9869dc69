#include <wick/checkpoint/model_checkpoint.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/checkpoint/checkpoint.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/io/any_file.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/relu.hpp>
#include <wick/nn/sequential.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <sstream>
#include <string>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::read_bytes;
using wick_tests::TempDir;
using wick_tests::write_bytes;

namespace {

struct Block {
  LayerNorm<float> norm;
  Linear<float> up, down;
  Block(const Scope<float>& s, Index n)
      : norm(s / "norm", n), up(s / "up", n, 2 * n), down(s / "down", 2 * n, n) {}
  auto operator()(const auto& x) const { return x + down(gelu_tanh(up(norm(x)))); }
};

// With the names of a Network's parameters, but no network.
struct Disguised {
  Linear<float> output;
  explicit Disguised(const Scope<float>& s) : output(s / "output", 3, 3) {}
  auto operator()(const auto& x) const { return tanh(output(x)); }
};

Model<Block> block(std::uint64_t seed, Index n = 4) {
  Generator g(seed);
  return Model<Block>(g, n);
}

constexpr const char* formats[] = {"f.wick", "f.pth", "f.safetensors"};

}  // namespace

TEST_CASE("the parameters of a model of any class are saved and loaded in every format") {
  const TempDir dir;
  const auto model = block(1);
  for (const char* name : formats) {
    CAPTURE(name);
    save(model.state_dict(), dir / name);
    const auto bytes = read_bytes(dir / name);
    save(model, dir / name);
    CHECK(read_bytes(dir / name) == bytes);
    CHECK(load(dir / name) == model.state_dict());
    auto other = block(2);
    const auto parameters = other.parameters();
    CHECK(load(other, dir / name).all_matched());
    CHECK(other.state_dict() == model.state_dict());
    CHECK(other.parameters() == parameters);  // an optimizer goes on
  }
  std::stringstream stream;
  save(model, stream);
  auto other = block(2);
  static_cast<void>(load(other, stream));
  CHECK(other.state_dict() == model.state_dict());
}

TEST_CASE("a file of another model is refused with its name, in PyTorch's words, and nothing changes") {
  const TempDir dir;
  const auto path = dir / "f.safetensors";
  save(block(1, 6), path);
  auto model = block(2);
  const auto before = model.state_dict();
  const std::string text = message_of<StateDictError>([&] { static_cast<void>(load(model, path)); });
  CHECK(text.starts_with(path.string() + ": Error(s) in loading state_dict for Block:\n"));
  CHECK(contains(
      text,
      "\tsize mismatch for up.weight: copying a param with shape torch.Size([12, 6]) from checkpoint, "
      "the shape in current model is torch.Size([8, 4])."));
  CHECK(model.state_dict() == before);

  const Model<Sequential<Linear<float>, ReLU>> sequential(args(4, 4), args());
  save(sequential, path);
  try {
    static_cast<void>(load(model, path));
    FAIL("expected an error");
  } catch (const StateDictError& e) {
    CHECK(e.missing_keys().size() == 6);
    CHECK(e.unexpected_keys().size() == 2);
    CHECK(contains(e.torch_text(), "Unexpected key(s) in state_dict: \"0.weight\", \"0.bias\""));
  }
  CHECK(model.state_dict() == before);
  const auto result = load(model, path, {.strict = false});
  CHECK(result.missing_keys.size() == 6);
  CHECK(model.state_dict() == before);

  // Options choose and rename, as for load_state_dict().
  save(add_prefix(block(1).state_dict(), "module."), path);
  CHECK(load(model, path, {.strip_prefix = "module."}).all_matched());
  CHECK(model.state_dict() == block(1).state_dict());
}

TEST_CASE("damaged and missing files change nothing") {
  const TempDir dir;
  auto model = block(2);
  const auto before = model.state_dict();
  CHECK_THROWS_AS(static_cast<void>(load(model, dir / "none.wick")), FileError);
  for (const char* name : formats) {
    CAPTURE(name);
    save_checkpoint(block(1), dir / name);
    const auto bytes = read_bytes(dir / name);
    for (const std::size_t length : {bytes.size() - 1, bytes.size() / 2, std::size_t{9}, std::size_t{0}}) {
      write_bytes(dir / name, {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)});
      CHECK_THROWS_AS(static_cast<void>(load(model, dir / name)), FileError);
      CHECK_THROWS_AS(static_cast<void>(load_checkpoint(model, dir / name)), FileError);
    }
    CHECK(model.state_dict() == before);
  }
}

TEST_CASE("a checkpoint of a user's own class has all that was saved with it, in every format") {
  const TempDir dir;
  auto model = block(1);
  Adam<float> adam(model.parameters(), {.lr = 0.01});
  Generator g(3);
  const auto x = randn<float>({5, 4}, g);
  mse_loss(model(x), x).backward();
  adam.step();
  const CheckpointExtras extras{.optimizer = adam.state(), .metadata = {{"note", std::string("mine")}}};
  for (const char* name : formats) {
    CAPTURE(name);
    save_checkpoint(model, dir / name, extras);
    auto other = block(2);
    const auto found = load_checkpoint(other, dir / name);
    CHECK(other.state_dict() == model.state_dict());
    CHECK(found.metadata == extras.metadata);
    Adam<float> second(other.parameters());
    second.load_state(found.optimizer.value());
    CHECK(second.state() == adam.state());
    // The parameters alone, too.
    CHECK(load(dir / name) == model.state_dict());
    CHECK(load(other, dir / name).all_matched());

    const Archive archive = read_any(dir / name).archive;
    CHECK_FALSE(archive.architecture);
    REQUIRE(archive.find_attributes(architecture_group) != nullptr);
    CHECK(*archive.find_attributes(architecture_group) == Attributes{{"class", std::string("Block")}});
    // What is written anew is the same.
    write_any(archive, dir / (std::string("again_") + name));
    CHECK(read_any(dir / (std::string("again_") + name)).archive == archive);
  }
}

TEST_CASE("what rebuilds a Network says that a file holds a class of the user's own, and what to do") {
  const TempDir dir;
  const Model<Disguised> disguised;
  for (const char* name : formats) {
    CAPTURE(name);
    const auto path = dir / name;
    const auto expected = [&](const char* type) {
      return path.string() + ": the file holds a model of the user's own class \"" + type +
             "\", which only the program that has this class can build: make a model of it as before it was "
             "saved, then call load_checkpoint(model, path). What save_program(trace(model, shape), model, "
             "path) writes needs no class: load_model(path)";
    };
    save_checkpoint(block(1), path);
    CHECK(message_of<FormatError>([&] { static_cast<void>(load_checkpoint(path)); }) == expected("Block"));
    // Also where the names of the parameters would do for one: between them may be anything.
    save_checkpoint(disguised, path);
    CHECK(message_of<FormatError>([&] { static_cast<void>(load_checkpoint(path)); }) ==
          expected("Disguised"));
    CHECK(message_of<FormatError>([&] { static_cast<void>(read_checkpoint(path)); }) ==
          expected("Disguised"));
    CHECK(message_of<FormatError>([&] { static_cast<void>(map_checkpoint(path)); }) == expected("Disguised"));
    const auto predictor = try_load_predictor(path);
    REQUIRE_FALSE(predictor);
    CHECK(contains(predictor.error(), expected("Disguised")));
    // Who asks for a guess gets one.
    const auto guessed = load_checkpoint(path, {}, {.names = ParameterNames::by_shape});
    CHECK(guessed.input_size() == 3);
  }
  // A Network's file goes into a model of the same parameters, and its own into a Network.
  Network<float> network(6, 3, {5});
  save_checkpoint(network, dir / "n.wick");
  Network<float> other(6, 3, {5});
  static_cast<void>(load_checkpoint(other, dir / "n.wick"));
  CHECK(other.state_dict() == network.state_dict());
}

TEST_CASE("the name of a class in a file is text of strangers") {
  const TempDir dir;
  Archive archive;
  archive.tensors.emplace_back(model_group, block(1).state_dict());
  archive.attributes.emplace_back(architecture_group, Attributes{{"class", std::string("a\x1b[2Jb")}});
  write_any(archive, dir / "f.wick");
  const auto text = message_of<FormatError>([&] { static_cast<void>(load_checkpoint(dir / "f.wick")); });
  CHECK(text.find('\x1b') == std::string::npos);
  archive.attributes.front().second = Attributes{{"class", std::int64_t{3}}};
  write_any(archive, dir / "f.wick");
  CHECK(contains(message_of<FormatError>([&] { static_cast<void>(load_checkpoint(dir / "f.wick")); }),
                 "the user's own class unknown"));
}
