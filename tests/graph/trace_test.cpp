// Each module of nn as a program, beside the same module on the tape.

#include <wick/graph/trace.hpp>

#include "support/throws.hpp"
#include "support/traced.hpp"

#include <wick/nn.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::row_counts;
using wick_tests::same_bits;

namespace {

/// Checks that a model's program predicts as the model does on the tape.
template <class Module, Floating T>
void check_model(const Model<Module, T>& model, const Shape& sample) {
  const Program<T> program = trace(model.module(), *model.parameters(), sample);
  ThreadPool pool(2);
  for (ThreadPool* const threads : {static_cast<ThreadPool*>(nullptr), &pool}) {
    Workspace<T> workspace(threads);
    Recorder<T> recorder;
    Generator data(5);
    for (const Index rows : row_counts) {
      CAPTURE(rows);
      Tensor<T> x(program.input_shape(0, rows));
      uniform_(x.view(), -2, 2, data);
      const auto expected = [&] {
        const NoGrad no_grad;
        return model(recorder->input(x)).tensor();
      }();
      const auto y = program(std::as_const(*model.parameters()).values(), x, workspace);
      CHECK(same_bits<T>(y, expected));
    }
  }
}

/// The model of `Module` in evaluation, built from these arguments.
template <class Module, Floating T = float, class... Arguments>
void check_module(const Shape& sample, const Arguments&... arguments) {
  CAPTURE(detail::type_name<Module>());
  CAPTURE(sample.str());
  Generator generator(1);
  Model<Module, T> model(generator, arguments...);
  model.eval();
  check_model(model, sample);
}

struct Mixture {
  ModuleList<Linear<float>> layers;
  ModuleDict<Linear<float>> heads;
  Slot scale;
  Mixture(const Scope<float>& s, Index n)
      : layers(s / "layers", 3, n, n),
        heads(s / "heads", {"a", "b"}, n, Index{2}),
        scale(s.add("scale", Shape{n}, 2.0F)) {}
  auto operator()(auto x) const {
    for (const auto& layer : layers) x = x + relu(layer(x)) * scale;
    return cat({softmax(heads["a"](scale - x)), heads["b"](x / scale)}, 1);
  }
};

struct Weights {
  Slot weight, bias;
  Weights(const Scope<float>& s, Index in, Index out)
      : weight(s.add("weight", Shape{in, out}, 0.5F)), bias(s.add("bias", Shape{out}, 0.25F)) {}
  auto operator()(const auto& x) const { return bias / (matmul(x, weight) - bias); }
};

// Rows that have other shapes outside.
struct Reshaped {
  Linear<float> first, second;
  explicit Reshaped(const Scope<float>& s) : first(s / "first", 6, 8), second(s / "second", 8, 4) {}
  auto operator()(const auto& x) const {
    const auto y = log_softmax(second(relu(first(flatten(x, 1)))));
    return reshape(y, Shape{x.size(0), 2, 2});
  }
};

struct Shifted {
  Linear<float> fc;
  Slot mean;
  explicit Shifted(const Scope<float>& s) : fc(s / "fc", 3, 2), mean(s.add_buffer("mean", {3}, 0.75F)) {}
  auto operator()(const auto& x) const { return fc(x - x.tape().constant(x.tape().block().buffer(mean))); }
};

struct VariablesAlone {
  explicit VariablesAlone(const Scope<float>&) {}
  Var<float> operator()(const Var<float>& x) const { return x; }
};

using Makers = std::vector<ModuleMaker<float>>;

}  // namespace

TEST_CASE("trace: each module of nn predicts as on the tape, bit for bit") {
  check_module<Linear<float>>({6}, 6, 20);
  check_module<Linear<float>>({3, 6}, 6, 5);
  check_module<Linear<float>>({6}, 6, 20, LinearOptions{.bias = false});
  check_module<Linear<float>>({3, 6}, 6, 5, LinearOptions{.bias = false});
  check_module<Linear<double>, double>({6}, 6, 20, LinearOptions{.bias = false});
  check_module<ReLU>({6});
  check_module<Sigmoid>({6});
  check_module<Tanh>({6});
  check_module<GELU>({6}, "tanh");
  check_module<LogSoftmax>({6});
  check_module<LayerNorm<float>>({6}, 6);
  check_module<Dropout>({6}, 0.5);
  check_module<Identity>({6});
  check_module<Flatten>({2, 3});
  check_module<Flatten>({2, 3, 2}, 2, -1);
  check_module<Sequential<Flatten, Linear<float>, GELU, Dropout, Identity>>({2, 3}, args(), args(6, 5),
                                                                            args("tanh"), args(), args());
  check_module<Mixture>({6}, 6);
  check_module<Weights>({6}, 6, 3);
  check_module<Shifted>({3});
  check_module<Reshaped>({2, 3});
  check_module<Reshaped>({3, 1, 2});
}

TEST_CASE("trace: AnySequential, with modules of any classes") {
  const Makers inner{make_module<LayerNorm<float>>(8), make_module<GELU>("tanh")};
  check_module<AnySequential<float>>(
      {2, 3},
      Makers{make_module<Flatten>(), make_module<Linear<float>>(6, 8),
             make_module<AnySequential<float>>(inner),
             make_module<Linear<float>>(8, 4, LinearOptions{.bias = false}), make_module<LogSoftmax>()});
}

TEST_CASE("trace: AnySequential says which module cannot be traced") {
  Generator generator(1);
  const Model<AnySequential<float>> model(generator,
                                          Makers{make_module<ReLU>(), make_module<VariablesAlone>()});
  CHECK(message_of<Error>([&] { static_cast<void>(trace(model.module(), *model.parameters(), Shape{3})); }) ==
        "AnyModule: VariablesAlone cannot be traced, as it takes variables alone; make its call a template: "
        "auto "
        "operator()(const auto& x) const");
}

TEST_CASE("trace: a linear layer without bias says what does not fit, as one with bias does") {
  Generator generator(1);
  for (const bool bias : {false, true}) {
    const Model<Linear<float>> model(generator, 4, 3, LinearOptions{bias});
    CHECK(contains(message_of<ShapeError>(
                       [&] { static_cast<void>(trace(model.module(), *model.parameters(), Shape{5})); }),
                   "linear: mat1 and mat2 shapes cannot be multiplied"));
    CHECK(contains(message_of<ShapeError>([&] {
                     static_cast<void>(model.predict(Tensor<float>(Shape{2, 5})));
                   }),
                   "linear: mat1 and mat2 shapes cannot be multiplied (2x5 and 4x3)"));
  }
}
