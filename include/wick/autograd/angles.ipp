#pragma once

// Definitions of autograd/angles.hpp.

#include <wick/autograd/angles.hpp>
#include <wick/autograd/detail/function_rule.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/functions.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/angles.hpp>

#include <numbers>

WICK_BEGIN_NAMESPACE

namespace detail {

// 1 - x^2 as a product, which loses nothing near 1.

template <>
struct Slope<Asin> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy * rsqrt((T(1) - x) * (x + T(1)));
  }
};
template <>
struct Slope<Acos> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return -(dy * rsqrt((T(1) - x) * (x + T(1))));
  }
};
template <>
struct Slope<Atan> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy / (square(x) + T(1));
  }
};
template <>
struct Slope<Sinh> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy * cosh(x);
  }
};
template <>
struct Slope<Cosh> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy * sinh(x);
  }
};
template <>
struct Slope<Asinh> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy * rsqrt(square(x) + T(1));
  }
};
template <>
struct Slope<Acosh> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy * rsqrt((x - T(1)) * (x + T(1)));
  }
};
template <>
struct Slope<Atanh> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy / ((T(1) - x) * (x + T(1)));
  }
};
// 0 for 0, where the quotient is one by 1.
template <>
struct Slope<Sinc> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy * ((cos(mul(x, std::numbers::pi_v<T>)) - sinc(x)) / (x + (T(1) - abs(sign(x)))));
  }
};
template <>
struct PairSlope<Atan2> {
  template <Floating T>
  static Var<T> first(const Var<T>& dy, const PairNode<T>& of) {
    return dy * of.y() / (square(of.x()) + square(of.y()));
  }
  template <Floating T>
  static Var<T> second(const Var<T>& dy, const PairNode<T>& of) {
    return -(dy * of.x() / (square(of.x()) + square(of.y())));
  }
};
template <>
struct PairSlope<Hypot> {
  template <Floating T>
  static Var<T> first(const Var<T>& dy, const PairNode<T>& of) {
    return dy * (of.x() / of.result());
  }
  template <Floating T>
  static Var<T> second(const Var<T>& dy, const PairNode<T>& of) {
    return dy * (of.y() / of.result());
  }
};

template <class Function, Floating T>
requires FunctionOf<Function, OfAngles> Var<T> applied(Function /*which*/, const Var<T>& x) {
  return record_function<Function>(x);
}

template <class Function, Floating T>
requires FunctionOf<Function, OfAngles> Var<T> applied(Function /*which*/, const Var<T>& x, const Var<T>& y) {
  return record_pair<Function>(x, y);
}

#ifdef WICK_COMPILED
template Var<float> applied(Asin, const Var<float>&);
template Var<float> applied(Acos, const Var<float>&);
template Var<float> applied(Atan, const Var<float>&);
template Var<float> applied(Sinh, const Var<float>&);
template Var<float> applied(Cosh, const Var<float>&);
template Var<float> applied(Asinh, const Var<float>&);
template Var<float> applied(Acosh, const Var<float>&);
template Var<float> applied(Atanh, const Var<float>&);
template Var<float> applied(Sinc, const Var<float>&);
template Var<float> applied(Atan2, const Var<float>&, const Var<float>&);
template Var<float> applied(Hypot, const Var<float>&, const Var<float>&);
template Var<double> applied(Asin, const Var<double>&);
template Var<double> applied(Acos, const Var<double>&);
template Var<double> applied(Atan, const Var<double>&);
template Var<double> applied(Sinh, const Var<double>&);
template Var<double> applied(Cosh, const Var<double>&);
template Var<double> applied(Asinh, const Var<double>&);
template Var<double> applied(Acosh, const Var<double>&);
template Var<double> applied(Atanh, const Var<double>&);
template Var<double> applied(Sinc, const Var<double>&);
template Var<double> applied(Atan2, const Var<double>&, const Var<double>&);
template Var<double> applied(Hypot, const Var<double>&, const Var<double>&);
#endif

}  // namespace detail

WICK_END_NAMESPACE
