#pragma once

// Definitions of models/recorded_perceptron.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/models/perceptron.hpp>
#include <wick/models/recorded_perceptron.hpp>
#include <wick/nn/model.hpp>

WICK_BEGIN_NAMESPACE

#ifdef WICK_COMPILED

namespace detail {

template <Floating T>
Var<T> recorded_perceptron(const Perceptron<T>& perceptron, const Var<T>& x) {
  return log_softmax(perceptron.logits(x));
}

template Var<float> recorded_perceptron(const Perceptron<float>&, const Var<float>&);
template Var<double> recorded_perceptron(const Perceptron<double>&, const Var<double>&);

}  // namespace detail

#endif

WICK_END_NAMESPACE
