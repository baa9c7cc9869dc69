#include "support/named_sections.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/base/detail/type_name.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/flatten.hpp>
#include <wick/nn/gelu.hpp>
#include <wick/nn/identity.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/log_softmax.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/module_dict.hpp>
#include <wick/nn/module_list.hpp>
#include <wick/nn/module_tree.hpp>
#include <wick/nn/relu.hpp>
#include <wick/nn/sequential.hpp>
#include <wick/nn/sigmoid.hpp>
#include <wick/nn/tanh.hpp>

#include <doctest/doctest.h>

#include <array>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::NamedSections;

namespace {

const NamedSections& torch() {
  static const NamedSections sections("module_prints.txt");
  return sections;
}

// The models of make_module_prints.py.

struct Block {
  LayerNorm<float> norm;
  Linear<float> up;
  GELU act;
  Linear<float> down;
  Dropout drop;
  Block(const Scope<float>& s, Index n)
      : norm(s / "norm", n),
        up(s / "up", n, 4 * n),
        act(s / "act", "tanh"),
        down(s / "down", 4 * n, n),
        drop(s / "drop", 0.1) {}
  auto operator()(const auto& x) const { return x + drop(down(act(up(norm(x))))); }
};

struct Residual {
  Linear<float> first;
  ModuleList<Block> blocks;
  Sequential<LayerNorm<float>, Linear<float>, LogSoftmax> head;
  Residual(const Scope<float>& s, Index n, Index depth)
      : first(s / "first", 5, n),
        blocks(s / "blocks", depth, n),
        head(s / "head", args(n), args(n, 3), args()) {}
  auto operator()(auto x) const {
    x = first(x);
    for (const auto& block : blocks) x = block(x);
    return head(x);
  }
};

struct Mixed {
  ModuleList<Linear<float>> layers;
  ModuleList<Linear<float>> empty;
  ModuleDict<Linear<float>> heads;
  Flatten flat;
  Slot scale, mean, seen;
  Sequential<Tanh, Sigmoid, ReLU, Identity> act;
  explicit Mixed(const Scope<float>& s)
      : layers(s / "layers", 4,
               [](const Scope<float>& at, Index i) {
                 return Linear<float>(at, i == 0 ? 2 : 3, i == 3 ? 2 : 3);
               }),
        empty(s / "empty", 0, 1, 1),
        heads(s / "heads", {"policy", "value"},
              [](const Scope<float>& at, const std::string& name) {
                return Linear<float>(at, 2, name == "policy" ? 4 : 1);
              }),
        flat(s / "flat"),
        scale(s.add("scale", {2}, 1)),
        mean(s.add_buffer("mean", {2})),
        seen(s.add_buffer("seen", {1}, 0, false)),
        act(s / "act", args(), args(), args(), args()) {}
  auto operator()(auto x) const {
    auto& tape = x.tape();
    x = flat(x) - tape.constant(tape.block().buffer(mean));
    for (const auto& layer : layers) x = act(layer(x));
    return heads["value"](x * tape.parameter(scale));
  }
};

struct Swish {
  double beta;
  Swish(const Scope<float>& s, double of) : beta(of) { s.is("Swish", "beta=2\nlearned=False"); }
};

struct Tied {
  Linear<float> up;
  Swish swish;
  Linear<float> down;
  explicit Tied(const Scope<float>& s)
      : up(s / "up", 4, 4), swish(s / "swish", 2), down((s / "down").tie("weight", up.weight()), 4, 4) {}
};

struct NoBias {
  Linear<float> fc;
  explicit NoBias(const Scope<float>& s) : fc(s / "fc", 3, 2, {.bias = false}) {}
};

template <class Module>
void check(const std::string& name, Model<Module>& model) {
  CAPTURE(name);
  std::ostringstream printed, tensors, parameters, buffers, modules, applied;
  printed << model << "\n";
  CHECK(printed.str() == torch().part(name, "print"));
  for (const auto& [key, tensor] : model.state_dict()) tensors << key << " " << tensor.shape().str() << "\n";
  CHECK(tensors.str() == torch().part(name, "state_dict"));
  for (const auto& p : model.named_parameters()) parameters << p.name << "\n";
  CHECK(parameters.str() == torch().part(name, "named_parameters"));
  for (const auto& b : std::as_const(model).named_buffers()) buffers << b.name << "\n";
  CHECK(buffers.str() == torch().part(name, "named_buffers"));
  for (const auto& m : model.named_modules()) modules << m.path << " " << model.modules().type_of(m) << "\n";
  CHECK(modules.str() == torch().part(name, "named_modules"));
  model.apply([&](const auto& m) { applied << m.type() << "\n"; });
  CHECK(applied.str() == torch().part(name, "apply"));
}

// Lists made by hand, and a class that does not say what it is.
struct Plain {
  std::vector<Linear<float>> layers;
  Slot weight;
  explicit Plain(const Scope<float>& s) : weight(s.add("weight", {1})) {
    for (Index i = 0; i < 3; ++i) layers.emplace_back(s / "layers" / i, 2, 2);
  }
};
struct Outer {
  Plain inner;
  explicit Outer(const Scope<float>& s) : inner(s / "inner") {}
};

template <class T, int>
struct Template {
  struct Inner {};
};

}  // namespace

TEST_CASE("ModuleTree: prints, names and orders are those of PyTorch") {
  Generator g(0);
  Model<Residual> residual(g, 4, 2), deep(g, 4, 3);
  check("residual", residual);
  check("deep", deep);
  Model<Mixed> mixed(g);
  check("mixed", mixed);
  Model<Tied> tied(g);
  check("tied", tied);
  Model<NoBias> no_bias(g);
  check("no bias", no_bias);
  using Nested = Sequential<Linear<float>, Dropout>;
  Model<Sequential<Linear<float>, ReLU, Sequential<Linear<float>, Dropout>>> sequential(
      g, args(4, 8), args(), args(args(8, 2), args()));
  check("sequential", sequential);
  static_assert(std::is_same_v<Nested, std::decay_t<decltype(sequential.module().get<2>())>>);
  Model<Sequential<Linear<float>, ReLU, Linear<float>>> named_ones(g, named("fc1", 4, 8), named("act"),
                                                                   named("fc2", 8, 2));
  check("named", named_ones);
  Model<Linear<float>> linear(g, 2, 3);
  check("linear", linear);
  Model<ModuleList<Block>> blocks(g, Index{3},
                                  [](const Scope<float>& at, Index i) { return Block(at, i == 2 ? 8 : 4); });
  check("blocks", blocks);

  // As values: a copy has the same modules, also when the original is gone.
  Model<Mixed> copy = mixed;
  const Model<Mixed> moved = std::move(mixed);
  check("mixed", copy);
  CHECK(contains(message_of<Error>([&] { static_cast<void>(mixed.state_dict()); }), "was moved from"));
  const auto x = rand<float>({3, 2, 1}, g);
  CHECK(copy.predict(x) == moved.predict(x));
  CHECK(copy.predict(x).shape() == Shape{3, 1});
}

TEST_CASE("ModuleTree: what nobody told of") {
  Generator g(0);
  const Model<Outer> model(g);
  std::ostringstream printed;
  printed << model;
  CHECK(printed.str() ==
        "Outer(\n"
        "  (inner): Module(\n"
        "    (layers): ModuleList(\n"
        "      (0-2): 3 x Linear(in_features=2, out_features=2, bias=True)\n"
        "    )\n"
        "  )\n"
        ")");
  CHECK(model.modules().str(model.modules().at("inner.layers.1")) ==
        "Linear(in_features=2, out_features=2, bias=True)");
  CHECK(model.children().size() == 1);
  CHECK(model.children("inner.layers").size() == 3);
  CHECK(model.children("inner.layers")[2].path == "inner.layers.2");
  CHECK(message_of<IndexError>([&] { static_cast<void>(model.children("inner.layer")); }) ==
        "the model has no module \"inner.layer\"; \"inner\" has layers");
  CHECK(message_of<IndexError>([&] { static_cast<void>(model.children("other")); }) ==
        "the model has no module \"other\"; it has inner");

  // A block that was filled without scopes, and control characters in names.
  ModuleTree tree("Net\x1b");
  ParameterBlock<float> block;
  block.add("a.weight", {2});
  block.add("b", {2});
  block.add_buffer("a.mean", {2});
  tree.finish(block);
  CHECK(tree.modules().size() == 2);
  CHECK(tree.at("a").parameters.front().name == "weight");
  CHECK(tree.at("a").buffers.front().name == "mean");
  CHECK(tree.at("").parameters.front().name == "b");
  CHECK(tree.str(tree.at("")).find('\x1b') == std::string::npos);

  // Deep nesting takes no stack.
  ModuleTree deep;
  std::string path = "m";
  for (int i = 0; i < 2000; ++i) path += ".m";
  deep.module(path, "Leaf", "");
  deep.finish(block);
  CHECK(deep.modules().size() == 2003);
  CHECK(deep.find(path) != nullptr);
}

TEST_CASE("type_name: the name of a class without all that is around it") {
  struct Local {};
  const auto lambda = [] {};
  CHECK(detail::type_name<Template<Template<int, 2>, 3>>() == "Template");
  CHECK(detail::type_name<Template<float, 1>::Inner>() == "Inner");
  CHECK(detail::type_name<Local>() == "Local");
  CHECK(detail::type_name<Block>() == "Block");
  CHECK(detail::type_name<decltype(lambda)>() == "Module");
}

TEST_CASE("Containers refuse names and numbers that they cannot have") {
  Generator g(0);
  CHECK(message_of<IndexError>([&] { Model<Sequential<ReLU, Tanh>> model(g, named("a"), named("a")); }) ==
        "module \"a\" already exists");
  CHECK(message_of<IndexError>([&] { Model<Sequential<ReLU>> model(g, named("")); }) ==
        "module name can't be empty string \"\"");
  CHECK(message_of<IndexError>([&] { Model<Sequential<ReLU>> model(g, named("a.b")); }) ==
        "module name can't contain \".\", got: a.b");
  using Heads = ModuleDict<Linear<float>>;
  CHECK(message_of<IndexError>([&] {
          Model<Heads> model(g, std::vector<std::string>{"a", "b", "a"}, 2, 2);
        }) == "ModuleDict: the key \"a\" is there twice");
  const Model<Heads> heads(g, std::vector<std::string>{"b", "a"}, 2, 3);
  CHECK(heads.module().size() == 2);
  CHECK(heads.module()["a"].out_features() == 3);
  CHECK(heads.module().begin()->first == "b");
  CHECK(message_of<IndexError>([&] { static_cast<void>(heads.module()["c"]); }) ==
        "ModuleDict: no module \"c\"; there are: b, a");
  using List = ModuleList<Linear<float>>;
  CHECK(message_of<OptionError>([&] { Model<List> model(g, Index{-1}, 2, 2); }) ==
        "ModuleList: expected a count >= 0, got -1");
  const Model<List> list(g, Index{2}, 2, 3);
  CHECK(&list.module()[-1] == &list.module()[1]);
  CHECK(message_of<IndexError>([&] { static_cast<void>(list.module()[2]); }) ==
        "ModuleList: index 2 is out of range, it has 2 modules");
  CHECK(message_of<OptionError>([&] { GELU gelu("erf"); }) ==
        "GELU: approximate argument must be either none or tanh, got 'erf'");
}

TEST_CASE("Activations and Flatten as modules compute what their functions do") {
  Generator g(0);
  const auto x = rand<double>({2, 3, 4}, g);
  auto& tape = default_tape<double>();
  const auto v = tape.input(x);
  CHECK(Tanh()(v).tensor() == tanh(v).tensor());
  CHECK(Sigmoid()(v).tensor() == sigmoid(v).tensor());
  CHECK(GELU("tanh")(v).tensor() == gelu_tanh(v).tensor());
  CHECK(ReLU()(v).tensor() == relu(v).tensor());
  CHECK(Identity()(v).tensor() == x);
  CHECK(Flatten()(v).shape() == Shape{2, 12});
  CHECK(Flatten(0)(v).shape() == Shape{24});
  CHECK(Flatten(0, 1)(v).shape() == Shape{6, 4});
  CHECK_THROWS_AS(static_cast<void>(Flatten(3)(v)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(Flatten(2, 1)(v)), ShapeError);
  std::ostringstream printed;
  printed << Tanh() << Sigmoid() << GELU("tanh") << Identity() << Flatten(0, 1) << Dropout(0.1)
          << LogSoftmax();
  CHECK(printed.str() ==
        "Tanh()Sigmoid()GELU(approximate='tanh')Identity()Flatten(start_dim=0, end_dim=1)Dropout(p=0.1, "
        "inplace=False)LogSoftmax(dim=1)");
}
