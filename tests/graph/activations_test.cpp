#include <wick/graph/activations.hpp>

#include "support/traced.hpp"

#include <wick/autograd/activations.hpp>
#include <wick/graph/all_operations.hpp>
#include <wick/graph/describe.hpp>
#include <wick/graph/trace.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/nn/activations.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/prelu.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

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
    x = softsign(x) + tanhshrink(x) + threshold(x, 0.2, -4) + rrelu(x, 0.1, 0.3) + alpha_dropout(x);
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
}
