#pragma once

// Derivatives by any value.

#include <wick/autograd/tape.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Options of grad().
struct GradOptions {
  bool create_graph = false;  ///< record the derivatives, so that they have derivatives
  bool retain_graph = false;  ///< do not use up what lies between; implied by create_graph
  bool allow_unused = false;  ///< an input that the outputs do not depend on gets an empty variable
};

/// The derivative of a single number by a value that it was computed from. Throws Error when there is none,
/// or when either was used up. https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad.html
template <Floating T>
[[nodiscard]] Var<T> grad(const Var<T>& output, const Var<T>& input, const GradOptions& options = {}) {
  Var<T> result;
  output.tape().grad({&output, 1}, {&input, 1}, {}, {&result, 1},
                     options.retain_graph || options.create_graph, options.create_graph);
  if (result.empty() && !options.allow_unused) {
    throw Error(
        "grad: One of the differentiated Tensors appears to not have been used in the graph. Set "
        "allow_unused=True if this is the desired behavior.");
  }
  return result;
}

/// The derivatives of several values by several, each output weighted with the variable of its shape in
/// `grad_outputs`: a vector-Jacobian product. Empty weights stand for 1, for outputs that are single numbers.
template <Floating T>
[[nodiscard]] std::vector<Var<T>> grad(const std::vector<Var<T>>& outputs, const std::vector<Var<T>>& inputs,
                                       const std::vector<Var<T>>& grad_outputs = {},
                                       const GradOptions& options = {}) {
  std::vector<Var<T>> results(inputs.size());
  if (outputs.empty()) throw Error("grad: expected one output or more, got none");
  outputs.front().tape().grad(outputs, inputs, grad_outputs, results,
                              options.retain_graph || options.create_graph, options.create_graph);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].empty() || options.allow_unused) continue;
    throw Error("grad: One of the differentiated Tensors appears to not have been used in the graph: input " +
                std::to_string(i) + ". Set allow_unused=True if this is the desired behavior.");
  }
  return results;
}
/// Of a single number, by several: `grad(loss, model.variables(), {.create_graph = true})`.
template <Floating T>
[[nodiscard]] std::vector<Var<T>> grad(const Var<T>& output,
                                       const std::vector<Var<std::type_identity_t<T>>>& inputs,
                                       const GradOptions& options = {}) {
  return grad(std::vector<Var<T>>{output}, inputs, {}, options);
}

WICK_END_NAMESPACE
