#pragma once

// Definitions of autograd/gradcheck.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/functional.hpp>
#include <wick/autograd/grad.hpp>
#include <wick/autograd/gradcheck.hpp>
#include <wick/autograd/recorder.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/random/distributions.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Inputs of f on a new tape.
[[nodiscard]] inline std::vector<Var<double>> checked_inputs(Recorder<double>& recorder,
                                                             const std::vector<Tensor<double>>& inputs) {
  std::vector<Var<double>> variables;
  variables.reserve(inputs.size());
  for (const Tensor<double>& x : inputs) variables.push_back(recorder->constant(x, true));
  return variables;
}

}  // namespace detail

WICK_INLINE bool gradcheck(const CheckedFunction& f, const std::vector<Tensor<double>>& inputs,
                           const GradcheckOptions& options) {
  std::vector<Tensor<double>> x = inputs;
  const auto value = [&] {
    Recorder<double> recorder;
    return f(detail::checked_inputs(recorder, x)).tensor();
  };
  // Derivatives of output o by all inputs, and by each element the differences of all outputs.
  Recorder<double> recorder;
  const auto variables = detail::checked_inputs(recorder, inputs);
  const Var<double> output = f(variables);
  const std::vector<Tensor<double>> jacobian = detail::jacobian_of(output, variables);
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (Index e = 0; e < x[i].numel(); ++e) {
      const double before = x[i].data()[e];
      x[i].data()[e] = before + options.eps;
      const Tensor<double> up = value();
      x[i].data()[e] = before - options.eps;
      const Tensor<double> down = value();
      x[i].data()[e] = before;
      for (Index o = 0; o < output.numel(); ++o) {
        const double numerical = (up.data()[o] - down.data()[o]) / (2 * options.eps);
        const double analytical = jacobian[i].data()[o * x[i].numel() + e];
        if (std::abs(analytical - numerical) <= options.atol + options.rtol * std::abs(numerical)) continue;
        throw Error("gradcheck: Jacobian mismatch for output element " + std::to_string(o) +
                    " with respect to element " + std::to_string(e) + " of input " + std::to_string(i) +
                    ", numerical: " + python_repr(numerical) + ", analytical: " + python_repr(analytical));
      }
    }
  }
  return true;
}

WICK_INLINE bool gradgradcheck(const CheckedFunction& f, const std::vector<Tensor<double>>& inputs,
                               const GradcheckOptions& options) {
  Generator generator(0);
  std::vector<Tensor<double>> with_weights = inputs;
  {
    Recorder<double> recorder;
    with_weights.push_back(rand<double>(f(detail::checked_inputs(recorder, inputs)).shape(), generator));
  }
  // All derivatives of the weighted outputs, in one vector of sums of them with fixed weights.
  const CheckedFunction derivatives = [&](const std::vector<Var<double>>& x) {
    const std::vector<Var<double>> variables(x.begin(), x.end() - 1);
    const auto slopes =
        grad<double>({f(variables)}, variables, {x.back()}, {.create_graph = true, .allow_unused = true});
    Generator mix(1);
    Var<double> total = sum(x.back()) * 0.0;
    for (const Var<double>& slope : slopes) {
      if (!slope.empty()) total = total + sum(slope * rand<double>(slope.shape(), mix));
    }
    return total;
  };
  return gradcheck(derivatives, with_weights, options);
}

WICK_END_NAMESPACE
