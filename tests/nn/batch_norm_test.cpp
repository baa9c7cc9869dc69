#include <wick/nn/batch_norm.hpp>

#include "support/named_sections.hpp"
#include "support/norm_cases.hpp"
#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/graph/trace.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/nn/bilinear.hpp>
#include <wick/nn/group_norm.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/unflatten.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

using namespace wick;
using wick_tests::check_gradients;
using wick_tests::check_near;
using wick_tests::falling_weights;
using wick_tests::Fixture;
using wick_tests::message_of;
using wick_tests::next_tensor;

namespace {

BatchNorm1dOptions options_of(const std::string& name) {
  if (name == "cumulative") return {.momentum = std::nullopt};
  if (name == "plain") return {.eps = 0.1, .momentum = 0.5, .affine = false};
  if (name == "untracked") return {.track_running_stats = false};
  return {};
}

/// Of PyTorch's other layers: the module is constructed from these arguments.
template <class Module, class... Arguments>
void check_layer(Fixture& file, const Arguments&... arguments) {
  Model<Module, double> model(arguments...);
  const std::size_t inputs = file.get<std::uint8_t>();
  const std::size_t parameters = file.get<std::uint8_t>();
  std::vector<Tensor<double>> x, p;
  for (std::size_t i = 0; i < inputs; ++i) x.push_back(next_tensor(file));
  for (std::size_t i = 0; i < parameters; ++i) p.push_back(next_tensor(file));
  wick_tests::set_parameters(model, std::span<const Tensor<double>>(p));
  const auto y = next_tensor(file);
  Recorder<double> recorder;
  std::vector<Var<double>> v;
  for (const auto& input : x) v.push_back(recorder->constant(input, true));
  const auto output = [&] {
    if constexpr (requires { model.module()(v[0], v[1]); }) {
      return model(v[0], v[1]);
    } else {
      return model(v[0]);
    }
  }();
  check_near(output.value(), y);
  sum(output * recorder->constant(falling_weights(y.shape()))).backward();
  for (const auto& input : v) check_near(input.grad(), next_tensor(file));
  std::vector<Tensor<double>> gradients;
  for (std::size_t i = 0; i < parameters; ++i) gradients.push_back(next_tensor(file));
  check_gradients(model, std::span<const Tensor<double>>(gradients));
}

struct Norms {
  BatchNorm1d<float> batch, plain, untracked;
  GroupNorm<float> group, group_plain;
  InstanceNorm1d<float> instance, instance_affine;
  RMSNorm<float> rms, rms_plain;
  Bilinear<float> bilinear, bilinear_plain;
  Unflatten parts, one_part;
  explicit Norms(const Scope<float>& s)
      : batch(s / "batch", 4),
        plain(s / "plain", 4, {.eps = 1e-3, .momentum = std::nullopt, .affine = false}),
        untracked(s / "untracked", 4, {.momentum = 0.5, .track_running_stats = false}),
        group(s / "group", 2, 4),
        group_plain(s / "group_plain", 4, 4, {.eps = 0.1, .affine = false}),
        instance(s / "instance", 4),
        instance_affine(s / "instance_affine", 4, {.affine = true}),
        rms(s / "rms", 4),
        rms_plain(s / "rms_plain", 4, {.eps = 1e-6, .elementwise_affine = false}),
        bilinear(s / "bilinear", 2, 3, 4),
        bilinear_plain(s / "bilinear_plain", 2, 3, 4, {.bias = false}),
        parts(s / "parts", 1, {2, 3}),
        one_part(s / "one_part", -1, {6}) {}
};

}  // namespace

TEST_CASE("BatchNorm1d and other norms: PyTorch's values, gradients and running averages") {
  Fixture file("norms.bin");
  for (auto count = file.get<std::uint32_t>(); count > 0; --count) {
    const std::string name = file.text();
    CAPTURE(name);
    const BatchNorm1dOptions options = options_of(name);
    Model<BatchNorm1d<double>, double> model(4, options);
    const auto x = next_tensor(file);
    std::vector<Tensor<double>> p;
    for (int i = 0; i < (options.affine ? 2 : 0); ++i) p.push_back(next_tensor(file));
    wick_tests::set_parameters(model, std::span<const Tensor<double>>(p));
    Recorder<double> recorder;
    const auto first = model(recorder->input(x));
    check_near(first.value(), next_tensor(file));
    const auto x2 = recorder->constant(2 * x + 1.0, true);
    const auto y = model(x2);
    check_near(y.value(), next_tensor(file));
    sum(y * recorder->constant(falling_weights(y.shape()))).backward();
    check_near(x2.grad(), next_tensor(file));
    std::vector<Tensor<double>> gradients;
    for (std::size_t i = 0; i < p.size(); ++i) gradients.push_back(next_tensor(file));
    check_gradients(model, std::span<const Tensor<double>>(gradients));
    if (options.track_running_stats) {
      for (const auto& buffer : model.named_buffers()) check_near(buffer.value, next_tensor(file));
    }
    const auto evaluated = model.predict(x);
    check_near(evaluated, next_tensor(file));
    if (!options.track_running_stats) continue;
    const Program<double> program =
        trace(model.module(), *model.parameters(), Shape(x.shape().dims().subspan(1)));
    Workspace<double> workspace;
    const auto traced = program(model.parameters()->values(), x, workspace);
    CHECK(std::ranges::equal(traced.span(), evaluated.span()));
  }
  for (auto count = file.get<std::uint32_t>(); count > 0; --count) {
    const std::string name = file.text();
    CAPTURE(name);
    if (name == "group") {
      check_layer<GroupNorm<double>>(file, 2, 4);
    } else if (name == "group_plain") {
      check_layer<GroupNorm<double>>(file, 4, 4, GroupNormOptions{.eps = 0.1, .affine = false});
    } else if (name.starts_with("instance")) {
      check_layer<InstanceNorm1d<double>>(file, 4,
                                          InstanceNorm1dOptions{.affine = name == "instance_affine"});
    } else if (name == "rms") {
      check_layer<RMSNorm<double>>(file, 4);
    } else if (name == "rms_plain") {
      check_layer<RMSNorm<double>>(file, 4, RMSNormOptions{.eps = 0.01, .elementwise_affine = false});
    } else {
      check_layer<Bilinear<double>>(file, 2, 3, 4, BilinearOptions{.bias = name == "bilinear"});
    }
  }
  CHECK(file.at_end());
}

TEST_CASE("BatchNorm1d and other norms: derivatives of both orders") {
  const Model<BatchNorm1d<double>, double> batch(4);
  const Model<GroupNorm<double>, double> group(2, 4);
  const Model<RMSNorm<double>, double> rms(4);
  const auto x = wick_tests::numbers({3, 4}, 1);
  wick_tests::check_derivatives([&](const wick_tests::Variables& v) { return batch(v[0]); }, {x});
  wick_tests::check_derivatives([&](const wick_tests::Variables& v) { return group(v[0]); }, {x});
  wick_tests::check_derivatives([&](const wick_tests::Variables& v) { return rms(v[0]); }, {x});
}

TEST_CASE("BatchNorm1d and other norms: print(model) and the state dict are PyTorch's") {
  const wick_tests::NamedSections expected("module_prints.txt");
  const Model<Norms> model;
  std::ostringstream out;
  out << model << "\n";
  CHECK(out.str() == expected.part("norms", "print"));
  std::string keys;
  for (const auto& [name, tensor] : model.state_dict()) keys += name + " " + tensor.shape().str() + "\n";
  CHECK(keys == expected.part("norms", "state_dict"));
}

TEST_CASE("BatchNorm1d and other norms: a weight without a bias") {
  const auto x = wick_tests::numbers({3, 4, 5}, 1);
  const auto check = [&](const auto& with, const auto& without) {
    CHECK(without.state_dict().contains("weight"));
    CHECK_FALSE(without.state_dict().contains("bias"));
    // The bias begins with zeros.
    CHECK(without.predict(x) == with.predict(x));
    std::ostringstream text;
    text << without;
    CHECK(text.str().find("affine=True, bias=False") != std::string::npos);
  };
  using Batch = Model<BatchNorm1d<double>, double>;
  using Group = Model<GroupNorm<double>, double>;
  using Instance = Model<InstanceNorm1d<double>, double>;
  using Layer = Model<LayerNorm<double>, double>;
  check(Batch(4), Batch(4, BatchNorm1dOptions{.bias = false}));
  check(Group(2, 4), Group(2, 4, GroupNormOptions{.bias = false}));
  check(Instance(4, InstanceNorm1dOptions{.affine = true}),
        Instance(4, InstanceNorm1dOptions{.affine = true, .bias = false}));
  check(Layer(Shape{4, 5}), Layer(Shape{4, 5}, LayerNormOptions{.bias = false}));
}

TEST_CASE("LayerNorm and RMSNorm: several dimensions, in models and programs") {
  const auto x = wick_tests::numbers({3, 4, 5}, 1);
  const auto flat = Tensor<double>(x).reshape({3, 20});
  const auto check = [&]<class Norm>(const Norm& of_two, const Norm& of_one) {
    const auto y = of_two.predict(x);
    CHECK(y.shape() == x.shape());
    CHECK(Tensor<double>(y).reshape({3, 20}) == of_one.predict(flat));
    Workspace<double> workspace;
    const Program<double> program = trace(of_two.module(), *of_two.parameters(), Shape{4, 5});
    CHECK(std::ranges::equal(program(of_two.parameters()->values(), x, workspace).span(), y.span()));
    wick_tests::check_derivatives([&](const wick_tests::Variables& v) { return of_two(v[0]); }, {x});
  };
  using Layer = Model<LayerNorm<double>, double>;
  using Rms = Model<RMSNorm<double>, double>;
  const LayerNormOptions plain{.eps = 0.1, .elementwise_affine = false};
  check(Layer(Shape{4, 5}), Layer(20));
  check(Layer(Shape{4, 5}, plain), Layer(20, plain));
  check(Rms(Shape{4, 5}), Rms(20));
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(Layer(Shape{5, 4}).predict(x));
        }) ==
        "layer_norm: Given normalized_shape=[5, 4], expected input with shape [*, 5, 4], but got input of "
        "size [3, 4, 5]");
  CHECK(message_of<OptionError>([] { static_cast<void>(Layer(Shape{})); }) ==
        "LayerNorm: Expected normalized_shape to be at least 1-dimensional, of sizes >= 1, got []");
}

TEST_CASE("BatchNorm1d and other norms: inputs that do not fit are refused in PyTorch's words") {
  Model<BatchNorm1d<float>> batch(3);
  Recorder<float> recorder;
  const auto of = [&](const Shape& shape) { return recorder->constant(Tensor<float>::ones(shape)); };
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(batch(of({1, 3})));
        }) == "BatchNorm1d: Expected more than 1 value per channel when training, got input size [1, 3]");
  CHECK(message_of<ShapeError>([&] { static_cast<void>(batch(of({4}))); }) ==
        "BatchNorm1d: expected 2D or 3D input (got 1D input)");
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(batch(of({4, 2})));
        }) == "BatchNorm1d: running_mean should contain 2 elements not 3, for an input of shape [4, 2]");
  CHECK(batch(of({0, 3})).shape() == Shape{0, 3});
  const auto averages = batch.named_buffers();
  CHECK(Tensor<float>(averages.at(0).value) == Tensor<float>::zeros({3}));
  CHECK(Tensor<float>(averages.at(1).value) == Tensor<float>::ones({3}));
  CHECK(averages.at(2).value.item() == 1);
  batch.eval();
  CHECK_NOTHROW(static_cast<void>(batch(of({1, 3}))));
  Model<BatchNorm1d<float>> flat(3, BatchNorm1dOptions{.eps = 0});
  CHECK(message_of<OptionError>([&] {
          static_cast<void>(flat(of({2, 3})));
        }) == "BatchNorm1d: batch_norm eps must be positive during training, but got 0.0");
  flat.eval();
  CHECK_NOTHROW(static_cast<void>(flat(of({2, 3}))));
  CHECK(message_of<OptionError>([] { Model<GroupNorm<float>>(3, 4); }) ==
        "GroupNorm: num_channels (4) must be divisible by num_groups (3)");
  const Model<GroupNorm<float>> group(2, 4);
  CHECK_THROWS_AS(static_cast<void>(group(of({2, 3}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(group(of({4}))), ShapeError);
  const Model<InstanceNorm1d<float>> instance(3);
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(instance(of({2, 3, 1})));
        }) == "InstanceNorm1d: Expected more than 1 spatial element when training, got input size [2, 3, 1]");
  const Model<RMSNorm<float>> rms(4);
  CHECK_THROWS_AS(static_cast<void>(rms(of({2, 3}))), ShapeError);
  const Model<Bilinear<float>> bilinear(2, 3, 4);
  CHECK_THROWS_AS(static_cast<void>(bilinear(of({2, 2}), of({2, 2}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(bilinear(of({2, 2}), of({1, 3}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(bilinear(of({}), of({}))), ShapeError);
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(Unflatten(1, {2, 2})(of({2, 3})));
        }) ==
        "unflatten: Provided sizes [2, 2] don't multiply up to the size of dim 1 (3) in the input tensor");
  CHECK(Unflatten(1, {2, 3})(of({5, 6, 2})).shape() == Shape{5, 2, 3, 2});
  CHECK(message_of<ShapeError>([] {
          const Model<BatchNorm1d<float>> own(3, BatchNorm1dOptions{.track_running_stats = false});
          static_cast<void>(trace(own.module(), *own.parameters(), Shape{3}));
        }).starts_with("mean: a program does not know the number of samples"));
}
