#pragma once

// Definitions of autograd/functions.hpp.

#include <wick/autograd/detail/function_rule.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/functions.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/functions.hpp>

#include <numbers>

WICK_BEGIN_NAMESPACE

namespace detail {

template <>
struct Slope<Sqrt> {
  static constexpr Keeps keeps = Keeps::output;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& y) {
    return dy / mul(y, T(2));
  }
};
template <>
struct Slope<Rsqrt> {
  static constexpr Keeps keeps = Keeps::output;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& y) {
    return dy * y * square(y) * T(-0.5);
  }
};
template <>
struct Slope<Reciprocal> {
  static constexpr Keeps keeps = Keeps::output;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& y) {
    return -(dy * square(y));
  }
};
template <>
struct Slope<Expm1> {
  static constexpr Keeps keeps = Keeps::output;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& y) {
    return dy * (y + T(1));
  }
};
template <>
struct Slope<Log1p> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy / (x + T(1));
  }
};
template <>
struct Slope<Log2> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy / mul(x, std::numbers::ln2_v<T>);
  }
};
template <>
struct Slope<Log10> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy / mul(x, std::numbers::ln10_v<T>);
  }
};
template <>
struct Slope<Sin> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy * cos(x);
  }
};
template <>
struct Slope<Cos> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return -(dy * sin(x));
  }
};
template <>
struct Slope<Tan> {
  static constexpr Keeps keeps = Keeps::output;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& y) {
    return dy * (square(y) + T(1));
  }
};
template <>
struct Slope<Abs> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy * sign(x);
  }
};

// Steps, whose derivative is 0.
template <>
struct Slope<Sign> : NoSlope {};
template <>
struct Slope<Floor> : NoSlope {};
template <>
struct Slope<Ceil> : NoSlope {};
template <>
struct Slope<Trunc> : NoSlope {};
template <>
struct Slope<Round> : NoSlope {};

template <class Function, Floating T>
Var<T> applied(Function /*which*/, const Var<T>& x) {
  return record_function<Function>(x);
}

#ifdef WICK_COMPILED
template Var<float> applied(Sqrt, const Var<float>&);
template Var<float> applied(Rsqrt, const Var<float>&);
template Var<float> applied(Reciprocal, const Var<float>&);
template Var<float> applied(Expm1, const Var<float>&);
template Var<float> applied(Log1p, const Var<float>&);
template Var<float> applied(Log2, const Var<float>&);
template Var<float> applied(Log10, const Var<float>&);
template Var<float> applied(Sin, const Var<float>&);
template Var<float> applied(Cos, const Var<float>&);
template Var<float> applied(Tan, const Var<float>&);
template Var<float> applied(Abs, const Var<float>&);
template Var<float> applied(Sign, const Var<float>&);
template Var<float> applied(Floor, const Var<float>&);
template Var<float> applied(Ceil, const Var<float>&);
template Var<float> applied(Trunc, const Var<float>&);
template Var<float> applied(Round, const Var<float>&);
template Var<double> applied(Sqrt, const Var<double>&);
template Var<double> applied(Rsqrt, const Var<double>&);
template Var<double> applied(Reciprocal, const Var<double>&);
template Var<double> applied(Expm1, const Var<double>&);
template Var<double> applied(Log1p, const Var<double>&);
template Var<double> applied(Log2, const Var<double>&);
template Var<double> applied(Log10, const Var<double>&);
template Var<double> applied(Sin, const Var<double>&);
template Var<double> applied(Cos, const Var<double>&);
template Var<double> applied(Tan, const Var<double>&);
template Var<double> applied(Abs, const Var<double>&);
template Var<double> applied(Sign, const Var<double>&);
template Var<double> applied(Floor, const Var<double>&);
template Var<double> applied(Ceil, const Var<double>&);
template Var<double> applied(Trunc, const Var<double>&);
template Var<double> applied(Round, const Var<double>&);
#endif

}  // namespace detail

WICK_END_NAMESPACE
