#pragma once

// Definitions of autograd/pairs.hpp.

#include <wick/autograd/detail/function_rule.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/functions.hpp>
#include <wick/autograd/pairs.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/pairs.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

template <>
struct PairSlope<Fmod> {
  template <Floating T>
  static Var<T> first(const Var<T>& dy, const PairNode<T>& /*of*/) {
    return dy;
  }
  template <Floating T>
  static Var<T> second(const Var<T>& dy, const PairNode<T>& of) {
    return -(dy * trunc(of.x() / of.y()));
  }
};
// Steps, whose derivatives are 0.
template <>
struct PairSlope<FloorDivide> {};
template <>
struct PairSlope<TruncDivide> {};

template <class Function, Floating T>
Var<T> applied(Function /*which*/, const Var<T>& x, const Var<T>& y) {
  return record_pair<Function>(x, y);
}

#ifdef WICK_COMPILED
template Var<float> applied(Fmod, const Var<float>&, const Var<float>&);
template Var<float> applied(FloorDivide, const Var<float>&, const Var<float>&);
template Var<float> applied(TruncDivide, const Var<float>&, const Var<float>&);
template Var<double> applied(Fmod, const Var<double>&, const Var<double>&);
template Var<double> applied(FloorDivide, const Var<double>&, const Var<double>&);
template Var<double> applied(TruncDivide, const Var<double>&, const Var<double>&);
#endif

}  // namespace detail

WICK_END_NAMESPACE
