#pragma once

// Definitions of autograd/clamp.hpp.

#include <wick/autograd/clamp.hpp>
#include <wick/autograd/detail/function_rule.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/clamp.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

struct IsAtLeast {
  template <Floating T>
  static bool holds(T x, T y) noexcept {
    return x >= y;
  }
};
struct IsBelow {
  template <Floating T>
  static bool holds(T x, T y) noexcept {
    return x < y;
  }
};
// Neither has a derivative where one of them is NaN.
template <>
struct PairSlope<ClampMin> {
  template <Floating T>
  static Var<T> first(const Var<T>& dy, const PairNode<T>& of) {
    return dy * marked(IsAtLeast(), of.x(), of.y());
  }
  template <Floating T>
  static Var<T> second(const Var<T>& dy, const PairNode<T>& of) {
    return dy * marked(IsBelow(), of.x(), of.y());
  }
};
template <>
struct PairSlope<ClampMax> {
  template <Floating T>
  static Var<T> first(const Var<T>& dy, const PairNode<T>& of) {
    return dy * marked(IsAtLeast(), of.y(), of.x());
  }
  template <Floating T>
  static Var<T> second(const Var<T>& dy, const PairNode<T>& of) {
    return dy * marked(IsBelow(), of.y(), of.x());
  }
};

template <class Function, Floating T>
requires FunctionOf<Function, OfClamp> Var<T> applied(Function /*which*/, const Var<T>& x, const Var<T>& y) {
  return record_pair<Function>(x, y);
}

#ifdef WICK_COMPILED
template Var<float> applied(ClampMin, const Var<float>&, const Var<float>&);
template Var<float> applied(ClampMax, const Var<float>&, const Var<float>&);
template Var<double> applied(ClampMin, const Var<double>&, const Var<double>&);
template Var<double> applied(ClampMax, const Var<double>&, const Var<double>&);
#endif

}  // namespace detail

WICK_END_NAMESPACE
