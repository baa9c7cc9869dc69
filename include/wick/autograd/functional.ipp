#pragma once

// Definitions of autograd/functional.hpp.

#include <wick/autograd/functional.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/tensor/borrowed.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
FunctionInputs<T>::FunctionInputs(const std::vector<Tensor<T>>& inputs) {
  if (inputs.empty()) throw Error("expected one input or more, got none");
  Tape<T>& tape = default_tape<T>();
  // Ahead of all of them: variables that the function brings along stay what they are.
  tape.begin();
  variables_.reserve(inputs.size());
  for (const Tensor<T>& x : inputs) variables_.push_back(tape.constant(x, true));
}

/// (of, by), both of which may have any number of dimensions.
[[nodiscard]] inline Shape derivative_shape(const Shape& of, const Shape& by) {
  std::vector<Index> dims(of.dims().begin(), of.dims().end());
  dims.insert(dims.end(), by.dims().begin(), by.dims().end());
  return Shape(std::span<const Index>(dims));
}

template <Floating T>
void check_multiplied(const char* name, const std::vector<Tensor<T>>& v, const std::vector<Var<T>>& x) {
  if (v.size() != x.size()) {
    throw Error(std::string(name) + ": expected a v for each of the " + std::to_string(x.size()) +
                " inputs, got " + std::to_string(v.size()));
  }
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (v[i].shape() == x[i].shape()) continue;
    throw ShapeError(std::string(name) + ": v has invalid size: should be " + x[i].shape().torch_str() +
                     " but got " + v[i].shape().torch_str());
  }
}

template <Floating T>
void check_single(const char* name, const Var<T>& y) {
  if (y.numel() == 1) return;
  throw ShapeError(std::string("The Tensor returned by the function given to ") + name +
                   " should contain a single element, got shape " + y.shape().str());
}

/// The first derivatives of a single number, which have derivatives themselves; empty where there are none.
template <Floating T>
[[nodiscard]] std::vector<Var<T>> slopes_of(const Var<T>& y, const std::vector<Var<T>>& x) {
  std::vector<Var<T>> slopes(x.size());
  y.tape().grad({&y, 1}, x, {}, slopes, true, true);
  return slopes;
}

/// The sum of the derivatives of the outputs that are there, each weighted with its v.
template <Floating T>
[[nodiscard]] std::vector<Tensor<T>> weighted_derivatives(const std::vector<Var<T>>& outputs,
                                                          const std::vector<Tensor<T>>& v,
                                                          const std::vector<Var<T>>& x) {
  std::vector<Var<T>> there;
  std::vector<Var<T>> weights;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].empty()) continue;
    there.push_back(outputs[i]);
    weights.push_back(outputs[i].tape().constant(v[i]));
  }
  std::vector<Tensor<T>> results;
  std::vector<TensorView<T>> views;
  results.reserve(x.size());
  views.reserve(x.size());
  for (const Var<T>& by : x) results.push_back(Tensor<T>::zeros(by.shape()));
  for (Tensor<T>& result : results) views.push_back(result.view());
  if (!there.empty()) x.front().tape().grad(there, x, weights, views);
  return results;
}

template <Floating T>
std::vector<Tensor<T>> jacobian_of(const Var<T>& y, const std::vector<Var<T>>& x) {
  Tape<T>& tape = x.front().tape();
  std::vector<Tensor<T>> results;
  results.reserve(x.size());
  for (const Var<T>& by : x) results.emplace_back(derivative_shape(y.shape(), by.shape()));
  // One after the other a 1, in memory that the variable shows.
  Tensor<T> one = Tensor<T>::zeros(y.shape());
  const Var<T> weight = tape.input(Borrowed<T>(one.view()));
  std::vector<TensorView<T>> rows(x.size());
  for (Index o = 0; o < y.numel(); ++o) {
    one.data()[o] = 1;
    for (std::size_t i = 0; i < x.size(); ++i)
      rows[i] = TensorView<T>(results[i].data() + o * x[i].numel(), x[i].shape());
    tape.grad({&y, 1}, x, {&weight, 1}, rows);
    one.data()[o] = 0;
  }
  return results;
}

template <Floating T>
std::vector<Tensor<T>> vjp_of(const Var<T>& y, const std::vector<Var<T>>& x, const Tensor<T>& v) {
  const std::vector<Var<T>> outputs{y};
  check_multiplied<T>("vjp", {v}, outputs);
  return weighted_derivatives(outputs, {v}, x);
}

template <Floating T>
Tensor<T> jvp_of(const Var<T>& y, const std::vector<Var<T>>& x, const std::vector<Tensor<T>>& v) {
  check_multiplied("jvp", v, x);
  const Var<T> u = y.tape().constant(Tensor<T>::zeros(y.shape()), true);
  std::vector<Var<T>> products(x.size());
  y.tape().grad({&y, 1}, x, {&u, 1}, products, true, true);
  return std::move(weighted_derivatives(products, v, std::vector<Var<T>>{u})[0]);
}

template <Floating T>
std::vector<std::vector<Tensor<T>>> hessian_of(const Var<T>& y, const std::vector<Var<T>>& x) {
  check_single("hessian", y);
  const std::vector<Var<T>> slopes = slopes_of(y, x);
  std::vector<std::vector<Tensor<T>>> results;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!slopes[i].empty()) {
      results.push_back(jacobian_of(slopes[i], x));
      continue;
    }
    results.emplace_back();
    for (const Var<T>& by : x)
      results.back().push_back(Tensor<T>::zeros(derivative_shape(x[i].shape(), by.shape())));
  }
  return results;
}

template <Floating T>
std::vector<Tensor<T>> hvp_of(const Var<T>& y, const std::vector<Var<T>>& x,
                              const std::vector<Tensor<T>>& v) {
  check_single("hvp", y);
  check_multiplied("hvp", v, x);
  return weighted_derivatives(slopes_of(y, x), v, x);
}

#ifdef WICK_COMPILED
template class FunctionInputs<float>;
template class FunctionInputs<double>;
template std::vector<Tensor<float>> jacobian_of(const Var<float>&, const std::vector<Var<float>>&);
template std::vector<Tensor<double>> jacobian_of(const Var<double>&, const std::vector<Var<double>>&);
template std::vector<Tensor<float>> vjp_of(const Var<float>&, const std::vector<Var<float>>&,
                                           const Tensor<float>&);
template std::vector<Tensor<double>> vjp_of(const Var<double>&, const std::vector<Var<double>>&,
                                            const Tensor<double>&);
template Tensor<float> jvp_of(const Var<float>&, const std::vector<Var<float>>&,
                              const std::vector<Tensor<float>>&);
template Tensor<double> jvp_of(const Var<double>&, const std::vector<Var<double>>&,
                               const std::vector<Tensor<double>>&);
template std::vector<std::vector<Tensor<float>>> hessian_of(const Var<float>&,
                                                            const std::vector<Var<float>>&);
template std::vector<std::vector<Tensor<double>>> hessian_of(const Var<double>&,
                                                             const std::vector<Var<double>>&);
template std::vector<Tensor<float>> hvp_of(const Var<float>&, const std::vector<Var<float>>&,
                                           const std::vector<Tensor<float>>&);
template std::vector<Tensor<double>> hvp_of(const Var<double>&, const std::vector<Var<double>>&,
                                            const std::vector<Tensor<double>>&);
#endif

}  // namespace detail

WICK_END_NAMESPACE
