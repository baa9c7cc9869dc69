#include <wick/graph/activations.hpp>

#include "support/traced.hpp"

#include <wick/autograd/activations.hpp>
#include <wick/autograd/grad.hpp>
#include <wick/checkpoint/load_model.hpp>
#include <wick/graph/all_operations.hpp>
#include <wick/graph/describe.hpp>
#include <wick/graph/trace.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/nn/activations.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/prelu.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <sstream>

using namespace wick;

namespace {

struct Everything {
  PReLU<double> slopes;
  explicit Everything(const Scope<double>& s) : slopes(s / "slopes", 6) {}
  auto operator()(auto x) const {
    x = slopes(x) + leaky_relu(x, 0.3);
    x = x - elu(x, 0.7) + selu(x) + celu(x, 2) + silu(x);
    x = gelu(x) + gelu(x, "tanh") + mish(x) + softplus(x, 2, 3) + logsigmoid(x);
    x = hardtanh(x, -1, 2) + relu6(x) + hardsigmoid(x) + hardswish(x) + hardshrink(x) + softshrink(x);
    x = softsign(x) + tanhshrink(x) + threshold(x, 0.2, -4) + alpha_dropout(x);
    return softmax(glu(x), 1);
  }
};

}  // namespace

TEST_CASE("activations: programs of them go into files and come back") {
  const Model<Everything, double> model;
  const auto& block = *model.parameters();
  const Program<double> program = trace(model.module(), block, Shape{6});
  const Program<double> built =
      build_program(describe_program(program, block), block, all_operations<double>());
  const auto x = randn<double>({5, 6});
  Workspace<double> workspace;
  const Tensor<double> expected(program(block.values(), x, workspace));
  const auto got = built(block.values(), x, workspace);
  CHECK(wick_tests::same_bits<double>(got, expected));
  const Tensor<double> predicted = model.predict(x);
  CHECK(wick_tests::same_bits<double>(expected, predicted));

  // A loaded model trains as the one that was saved, with the derivatives of all of them.
  std::stringstream file;
  save_program(program, model, file);
  LoadedModel<double> loaded = load_model<double>(file);
  const auto gradient = [&](auto& of) {
    manual_seed(1);
    const auto v = default_tape<double>().input(x, true);
    const auto y = of(v);
    return grad(sum(y * y * y), v).tensor();
  };
  Model<Everything, double> same = model;
  const auto loaded_gradient = gradient(loaded);
  const auto same_gradient = gradient(same);
  CHECK(wick_tests::same_bits<double>(same_gradient, loaded_gradient));
}
