#pragma once

// Definitions of autograd/special.hpp.

#include <wick/autograd/detail/function_rule.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/functions.hpp>
#include <wick/autograd/select.hpp>
#include <wick/autograd/special.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/special.hpp>

#include <numbers>

WICK_BEGIN_NAMESPACE

namespace detail {

template <>
struct Slope<Exp2> {
  static constexpr Keeps keeps = Keeps::output;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& y) {
    return dy * mul(y, std::numbers::ln2_v<T>);
  }
};
template <>
struct Slope<Erf> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy * mul(exp(-square(x)), 2 * std::numbers::inv_sqrtpi_v<T>);
  }
};
template <>
struct Slope<Erfc> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy * mul(exp(-square(x)), -2 * std::numbers::inv_sqrtpi_v<T>);
  }
};
template <>
struct Slope<Erfinv> {
  static constexpr Keeps keeps = Keeps::output;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& y) {
    return dy * mul(exp(square(y)), 1 / (2 * std::numbers::inv_sqrtpi_v<T>));
  }
};
template <>
struct Slope<Lgamma> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy * digamma(x);
  }
};
template <>
struct Slope<Digamma> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy * polygamma(1, x);
  }
};
template <>
struct Slope<Logit> {
  static constexpr Keeps keeps = Keeps::input;
  template <Floating T>
  static Var<T> times(const Var<T>& dy, const Var<T>& x) {
    return dy / (x * (T(1) - x));
  }
};
template <Floating T>
inline constexpr Rule<T> polygamma_rule{
    .name = "polygamma",
    .keeps = Keeps::input,
    .apply = polygamma_operation<T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const int order = static_cast<int>(tape.node(id).number);
      to.add(tape.node(id).in[0], [&] { return dy * applied(PolygammaOf{order + 1}, tape.kept(id, 0)); });
    }};
template <Floating T>
Var<T> applied(PolygammaOf which, const Var<T>& x) {
  return x.tape().elementwise(polygamma_rule<T>, x, static_cast<T>(which.order));
}

template <>
struct PairSlope<Logaddexp> {
  template <Floating T>
  static Var<T> first(const Var<T>& dy, const PairNode<T>& of) {
    return dy / (exp(of.y() - of.x()) + T(1));
  }
  template <Floating T>
  static Var<T> second(const Var<T>& dy, const PairNode<T>& of) {
    return dy / (exp(of.x() - of.y()) + T(1));
  }
};
template <>
struct PairSlope<Logaddexp2> {
  template <Floating T>
  static Var<T> first(const Var<T>& dy, const PairNode<T>& of) {
    return dy / (exp2(of.y() - of.x()) + T(1));
  }
  template <Floating T>
  static Var<T> second(const Var<T>& dy, const PairNode<T>& of) {
    return dy / (exp2(of.x() - of.y()) + T(1));
  }
};
/// Where x log(y) is 0 although there is no logarithm.
struct NothingTimesLog {
  template <Floating T>
  static bool holds(T x, T y) noexcept {
    return x == T(0) && y <= T(0);
  }
};
template <>
struct PairSlope<Xlogy> {
  template <Floating T>
  static Var<T> first(const Var<T>& dy, const PairNode<T>& of) {
    const Var<T> x = of.x();
    const Var<T> y = of.y();
    return dy * chosen(marked(NothingTimesLog(), x, y), log(y), false);
  }
  template <Floating T>
  static Var<T> second(const Var<T>& dy, const PairNode<T>& of) {
    return dy * of.x() / of.y();
  }
};

template <class Function, Floating T>
requires FunctionOf<Function, OfSpecial> Var<T> applied(Function /*which*/, const Var<T>& x) {
  return record_function<Function>(x);
}

template <class Function, Floating T>
requires FunctionOf<Function, OfSpecial> Var<T> applied(Function /*which*/, const Var<T>& x,
                                                        const Var<T>& y) {
  return record_pair<Function>(x, y);
}

#ifdef WICK_COMPILED
template Var<float> applied(Exp2, const Var<float>&);
template Var<float> applied(Erf, const Var<float>&);
template Var<float> applied(Erfc, const Var<float>&);
template Var<float> applied(Erfinv, const Var<float>&);
template Var<float> applied(Lgamma, const Var<float>&);
template Var<float> applied(Digamma, const Var<float>&);
template Var<float> applied(PolygammaOf, const Var<float>&);
template Var<float> applied(Logit, const Var<float>&);
template Var<float> applied(Logaddexp, const Var<float>&, const Var<float>&);
template Var<float> applied(Logaddexp2, const Var<float>&, const Var<float>&);
template Var<float> applied(Xlogy, const Var<float>&, const Var<float>&);
template Var<double> applied(Exp2, const Var<double>&);
template Var<double> applied(Erf, const Var<double>&);
template Var<double> applied(Erfc, const Var<double>&);
template Var<double> applied(Erfinv, const Var<double>&);
template Var<double> applied(Lgamma, const Var<double>&);
template Var<double> applied(Digamma, const Var<double>&);
template Var<double> applied(PolygammaOf, const Var<double>&);
template Var<double> applied(Logit, const Var<double>&);
template Var<double> applied(Logaddexp, const Var<double>&, const Var<double>&);
template Var<double> applied(Logaddexp2, const Var<double>&, const Var<double>&);
template Var<double> applied(Xlogy, const Var<double>&, const Var<double>&);
#endif

}  // namespace detail

WICK_END_NAMESPACE
