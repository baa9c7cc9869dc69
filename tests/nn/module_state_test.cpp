#include "support/allocations.hpp"
#include "support/named_sections.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/module_list.hpp>
#include <wick/nn/module_state.hpp>
#include <wick/nn/sequential.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::allocations_in;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::NamedSections;

namespace {

template <Floating T>
struct Block {
  LayerNorm<T> norm;
  Linear<T> up, down;
  Block(const Scope<T>& s, Index n)
      : norm(s / "norm", n), up(s / "up", n, 4 * n), down(s / "down", 4 * n, n) {}
  auto operator()(const auto& x) const { return x + down(gelu_tanh(up(norm(x)))); }
};

template <Floating T>
struct Residual {
  Linear<T> first;
  ModuleList<Block<T>> blocks;
  Sequential<LayerNorm<T>, Linear<T>> head;
  Residual(const Scope<T>& s, Index n, Index depth)
      : first(s / "first", 5, n), blocks(s / "blocks", depth, n), head(s / "head", args(n), args(n, 3)) {}
  auto operator()(auto x) const {
    x = first(x);
    for (const auto& block : blocks) x = block(x);
    return head(x);
  }
};

// One weight in two layers.
template <Floating T>
struct Tied {
  Linear<T> up, down;
  explicit Tied(const Scope<T>& s)
      : up(s / "up", 4, 4), down((s / "down").tie("weight", up.weight()), 4, 4) {}
  auto operator()(const auto& x) const { return down(tanh(up(x))); }
};

// What was seen, averaged: a buffer that is in state dicts, and one that is not.
template <Floating T>
struct Centred {
  Slot mean, steps;
  Linear<T> fc;
  explicit Centred(const Scope<T>& s)
      : mean(s.add_buffer("mean", {3}, 0.5)),
        steps(s.add_buffer("steps", {1}, 7, false)),
        fc(s / "fc", 3, 2) {}
  auto operator()(const auto& x) const {
    auto& tape = x.tape();
    return fc(x - tape.constant(tape.block().buffer(mean)));
  }
};

struct Mistyped {
  Linear<float> up, down;
  explicit Mistyped(const Scope<float>& s)
      : up(s / "up", 4, 4), down((s / "down").tie("wieght", up.weight()), 4, 4) {}
};
struct OtherShape {
  Linear<float> up, down;
  explicit OtherShape(const Scope<float>& s)
      : up(s / "up", 4, 3), down((s / "down").tie("weight", up.weight()), 4, 3 + 1) {}
};

template <class T>
std::vector<T> copied(TensorView<const T> t) {
  return {t.data(), t.data() + t.numel()};
}
template <class T>
std::vector<T> value_of(const Model<Residual<T>, T>& model, const std::string& name) {
  return copied<T>(model.parameters()->value(name));
}

// Gradients of all parameters that are trained against central differences.
template <class M, class Loss>
void check_gradients(M& model, const Loss& loss) {
  loss().backward(Accumulate::no);
  auto& block = *model.parameters();
  for (const auto& e : block.entries()) {
    const auto found = copied<double>(std::as_const(block).grad(e.slot));
    for (std::size_t i = 0; i < found.size(); ++i) {
      double& w = block.value(e.slot).data()[i];
      const double before = w;
      w = before + 1e-6;
      const double up = loss().item();
      w = before - 1e-6;
      const double down = loss().item();
      w = before;
      const double expected = e.requires_grad ? (up - down) / 2e-6 : 0.0;
      CHECK_MESSAGE(std::abs(expected - found[i]) < 1e-7, e.name, " element ", i);
    }
  }
}

}  // namespace

TEST_CASE("Model: loading says what PyTorch says") {
  const NamedSections torch("module_prints.txt");
  Generator g(0);
  Model<Residual<float>> model(g, 4, 2);
  StateDict broken;
  for (const auto& [name, tensor] : model.state_dict()) {
    if (name == "first.bias") continue;
    if (name == "head.1.weight") {
      broken.insert(name, AnyTensor::copy_of(Tensor<float>::zeros({2, 4})));
    } else {
      broken.insert(name, tensor);
    }
  }
  broken.insert("blocks.0.extra", AnyTensor::copy_of(Tensor<float>::zeros({1})));
  const auto before = model.state_dict();
  try {
    // The layer norm and its linear layer are 0 and 1 of the head, as in the model of the reference.
    model.load_state_dict(broken);
    FAIL("expected an exception");
  } catch (const StateDictError& e) {
    CHECK(e.torch_text() + "\n" == torch["error in Residual"]);
    CHECK(e.missing_keys() == std::vector<std::string>{"first.bias"});
  }
  CHECK(model.state_dict() == before);
  const auto result = model.load_state_dict(broken, {.strict = false, .allow_shape_mismatch = true});
  CHECK(result.missing_keys.size() == 1);
  CHECK(result.mismatched_keys.size() == 1);
  // Without class names of PyTorch's there is that of the type.
  CHECK(model.spec().class_name == "Residual");
  CHECK(model.load_state_dict(before, true).all_matched());

  Model<Tied<float>> tied(g);
  StateDict part;
  for (const auto& [name, tensor] : tied.state_dict()) {
    if (name != "down.weight") part.insert(name, tensor);
  }
  try {
    tied.load_state_dict(part);
    FAIL("expected an exception");
  } catch (const StateDictError& e) {
    CHECK(e.torch_text() + "\n" == torch["error in Tied"]);
  }
}

TEST_CASE("Model: a tied parameter is one, drawn as in PyTorch, trained once, under both names in files") {
  const NamedSections torch("module_prints.txt");
  Generator g(1);
  Model<Tied<float>> drawn(g);
  for (const char* const name : {"up.weight", "up.bias", "down.weight", "down.bias"}) {
    const auto expected = torch.numbers("values of tied", name);
    const auto state = drawn.state_dict();
    std::vector<float> values(expected.size());
    state[name].copy_to(values.data());
    CHECK(std::ranges::equal(values, expected));
  }
  CHECK(drawn.parameters()->entries().size() == 3);
  CHECK(drawn.named_parameters().size() == 3);

  Model<Tied<double>, double> model(g);
  const auto x = rand<double>({5, 4}, g);
  check_gradients(model, [&] { return mse_loss(model(x), x); });

  // Loaded by either name; not with different values.
  const auto other = [&] {
    Generator one(7);
    return Model<Tied<double>, double>(one).state_dict();
  }();
  model.load_state_dict(other);
  CHECK(model.state_dict() == other);
  StateDict by_second;
  by_second.insert("down.weight", AnyTensor::copy_of(Tensor<float>::ones({4, 4})));
  model.load_state_dict(by_second, false);
  CHECK(model.state_dict()["up.weight"] == AnyTensor::copy_of(Tensor<double>::ones({4, 4})));
  StateDict different;
  for (const auto& [name, tensor] : other)
    different.insert(name, name == "up.weight" ? AnyTensor::copy_of(Tensor<double>::zeros({4, 4})) : tensor);
  const auto before = model.state_dict();
  CHECK(message_of<StateDictError>([&] { model.load_state_dict(different); }) ==
        "Error(s) in loading state_dict for Tied:\n\t\"up.weight\" and \"down.weight\" are one parameter of "
        "this "
        "model, but the tensors with these names differ.");
  CHECK(model.state_dict() == before);

  CHECK(message_of<IndexError>([&] { Model<Mistyped> mistyped(g); }) ==
        "Scope::tie: the module \"down\" has no parameter \"wieght\"");
  CHECK(contains(message_of<ShapeError>([&] { Model<OtherShape> shape(g); }),
                 "Scope::tie: down.weight has shape [4, 4], the parameter that it is tied to has [3, 4]"));
}

TEST_CASE("Model: buffers are in state dicts if they persist, and no optimizer sees them") {
  Generator g(0);
  Model<Centred<double>, double> model(g);
  auto buffers = model.named_buffers();
  REQUIRE(buffers.size() == 2);
  CHECK(buffers[0].name == "mean");
  CHECK(copied<double>(buffers[0].value) == std::vector<double>{0.5, 0.5, 0.5});
  CHECK(buffers[1].persistent == false);
  CHECK(model.state_dict().keys() == StateDict::Keys{"mean", "fc.weight", "fc.bias"});
  CHECK(model.parameters()->entries().size() == 2);
  CHECK(model.parameters()->numel() == 8);

  const auto x = rand<double>({4, 3}, g);
  const auto y = rand<double>({4, 2}, g);
  check_gradients(model, [&] { return mse_loss(model(x), y); });
  CHECK(allocations_in([&] { mse_loss(model(x), y).backward(Accumulate::no); }) == 0);
  // A copy has buffers of its own.
  Model<Centred<double>, double> copy = model;
  buffers[0].value.fill(2);
  CHECK(copied<double>(copy.named_buffers()[0].value)[0] == 0.5);
  CHECK(!(copy.predict(x) == model.predict(x)));
  copy.load_state_dict(model.state_dict());
  CHECK(copy.predict(x) == model.predict(x));
  StateDict without = model.state_dict();
  without.insert("steps", AnyTensor::copy_of(Tensor<double>::zeros({1})));
  CHECK(contains(message_of<StateDictError>([&] { copy.load_state_dict(without); }),
                 "Unexpected key(s) in state_dict: \"steps\""));
  model.apply([](const auto& m) {
    CHECK(m.has("mean") == (m.path().empty()));
    if (m.has("mean")) m.buffer("mean").fill(1);
  });
  CHECK(copied<double>(model.named_buffers()[0].value)[2] == 1.0);
}

TEST_CASE("Model: initialisation by the user is a few lines") {
  Generator g(0);
  Model<Residual<double>, double> model(g, 4, 1);
  model.apply([](const auto& m) {
    if (!m.is("Linear")) return;
    m.parameter("weight").fill(0.25);
    m.parameter("bias").fill(0);
  });
  CHECK(value_of(model, "blocks.0.up.weight") == std::vector<double>(64, 0.25));
  CHECK(value_of(model, "blocks.0.up.bias") == std::vector<double>(16, 0.0));
  CHECK(value_of(model, "blocks.0.norm.weight") == std::vector<double>(4, 1.0));
  CHECK(message_of<IndexError>([&] {
          model.apply([](const auto& m) {
            if (m.is("LayerNorm")) m.parameter("wieght").fill(0);
          });
        }) ==
        "the module \"blocks.0.norm\", of class LayerNorm, has no parameter \"wieght\"; it has weight, bias");
  for (auto& p : model.named_parameters()) p.value.fill(p.name == "head.1.bias" ? 3 : 0);
  const auto x = rand<double>({2, 5}, g);
  const auto out = model.predict(x);
  for (const double each : out.span()) CHECK(each == 3.0);
}

TEST_CASE("Model: frozen parameters have no gradient and stay to the last bit") {
  Generator g(0), data(1);
  Model<Residual<double>, double> model(g, 4, 2);
  const auto x = rand<double>({7, 5}, data);
  const auto y = rand<double>({7, 3}, data);
  const auto loss = [&] { return mse_loss(model(x), y); };
  model.requires_grad_("blocks.0", false).requires_grad_("head.1.bias", false);
  for (const auto& p : model.named_parameters())
    CHECK(p.requires_grad == !(p.name.starts_with("blocks.0.") || p.name == "head.1.bias"));
  check_gradients(model, loss);

  Adam<double> optimizer(model.parameters(), {.lr = 0.01, .weight_decay = 0.1});
  const auto before = model.state_dict();
  for (int i = 0; i < 3; ++i) {
    optimizer.zero_grad();
    loss().backward();
    optimizer.step();
  }
  const auto after = model.state_dict();
  for (const auto& p : model.named_parameters()) CHECK((after[p.name] == before[p.name]) == !p.requires_grad);
  CHECK(allocations_in([&] {
          optimizer.zero_grad();
          loss().backward();
          optimizer.step();
        }) == 0);

  // Frozen in the middle and thawed again, with all derivatives against differences each time.
  model.requires_grad_(false).requires_grad_("first", true);
  check_gradients(model, loss);
  model.requires_grad_(true);
  check_gradients(model, loss);
  // Nothing to train at all.
  model.requires_grad_(false);
  CHECK(contains(message_of<Error>([&] { loss().backward(); }), "does not require grad"));
  // A copy is frozen too.
  Model<Residual<double>, double> copy = model;
  CHECK(copy.named_parameters().front().requires_grad == false);
  copy.requires_grad_();
  CHECK(model.named_parameters().front().requires_grad == false);

  CHECK(message_of<IndexError>([&] { model.requires_grad_("blocks.2", false); }) ==
        "the model has no module or parameter \"blocks.2\"; at this place it has 0, 1");
  CHECK(message_of<IndexError>([&] { model.requires_grad_("block.0.up", false); }) ==
        "the model has no module \"block.0\"; it has first, blocks, head");
}

TEST_CASE("Model: the gradient by an input goes through frozen parameters") {
  Generator g(0), data(1);
  Model<Residual<double>, double> model(g, 4, 1);
  const auto x = rand<double>({3, 5}, data);
  const auto slope = [&] {
    const auto in = default_tape<double>().input(x, true);
    return grad(sum(model(in)), in).tensor();
  };
  const auto expected = slope();
  model.requires_grad_(false);
  CHECK(slope() == expected);
}

TEST_CASE("Model: the same values with another scalar type") {
  Generator g(0), data(1);
  Model<Residual<float>> model(g, 4, 2);
  model.requires_grad_("first", false).eval();
  const auto wide = model.to<Residual<double>, double>(4, 2);
  const auto x = rand<float>({3, 5}, data);
  Tensor<double> same(x.shape());
  std::ranges::copy(x.span(), same.data());
  const auto a = model.predict(x);
  const auto b = wide.predict(same);
  for (Index i = 0; i < a.numel(); ++i)
    CHECK(static_cast<double>(a.data()[i]) == doctest::Approx(b.data()[i]).epsilon(1e-5));
  CHECK(wide.training() == false);
  CHECK(wide.named_parameters().front().requires_grad == false);
  // Float to double and back changes nothing.
  CHECK(wide.to<Residual<float>, float>(4, 2).state_dict() == model.state_dict());
  CHECK_THROWS_AS(static_cast<void>(model.to<Residual<double>, double>(4, 1)), StateDictError);
  Model<Centred<double>, double> centred(g);
  for (auto& buffer : centred.named_buffers()) buffer.value.fill(9);
  const auto narrow = centred.to<Centred<float>, float>();
  for (const auto& buffer : narrow.named_buffers()) CHECK(buffer.value.data()[0] == 9.0F);
}

TEST_CASE("Model: uninitialised, it draws nothing") {
  Generator g(3);
  const auto next = [&] {
    Generator at_seed(3);
    return random63(at_seed);
  }();
  manual_seed(3);
  const Model<Residual<float>> model(uninitialised, 4, 2);
  CHECK(random63(default_generator()) == next);
  CHECK(model.parameters()->value("first.weight").data()[0] == 0.0F);
}

namespace {

struct NoBias {
  Linear<double> up, down;
  explicit NoBias(const Scope<double>& s)
      : up(s / "up", 5, 6, {.bias = false}), down(s / "down", 6, 2, {.bias = false}) {}
  auto operator()(const auto& x) const { return down(tanh(up(x))); }
};

}  // namespace

TEST_CASE("Model: Linear without a bias, recorded, for inputs of any rank") {
  Generator g(0), data(1);
  Model<NoBias, double> model(g);
  const auto x = rand<double>({2, 3, 5}, data);
  const auto y = rand<double>({2, 3, 2}, data);
  check_gradients(model, [&] { return mse_loss(model(x), y); });
  CHECK(model.predict(x).shape() == Shape{2, 3, 2});
  const auto flat = model.predict(x.reshape({6, 5}));
  const auto deep = model.predict(x);
  CHECK(std::ranges::equal(deep.span(), flat.span()));
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(model.predict(rand<double>({7, 6}, data)));
        }) == "linear: mat1 and mat2 shapes cannot be multiplied (7x6 and 5x6): input [7, 6], weight [6, 5]");
}
