#pragma once

// Special functions of each element: error and gamma functions, logarithms of sums and of odds. The same bits
// on every processor, rounded from double.

#include <wick/base/error.hpp>
#include <wick/ops/angles.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/detail/binary.hpp>
#include <wick/ops/detail/special.hpp>
#include <wick/ops/functions.hpp>
#include <wick/ops/map.hpp>
#include <wick/ops/promote.hpp>
#include <wick/ops/sort.hpp>
#include <wick/tensor/tensor.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

inline double log_odds_of(double x) noexcept { return log(x / (1 - x)); }
/// log(e^x + e^y).
inline double log_sum_exp(double x, double y) noexcept {
  if (x == y && std::abs(x) == std::numeric_limits<double>::infinity()) return x;
  return (x < y ? y : x) + rounded(log1p(exp(-std::abs(x - y))));
}
/// log2(2^x + 2^y).
inline double log_sum_exp2(double x, double y) noexcept {
  if (x == y && std::abs(x) == std::numeric_limits<double>::infinity()) return x;
  return (x < y ? y : x) + rounded(log1p(exp2(-std::abs(x - y))) * std::numbers::log2e);
}
/// x log(y), 0 for x = 0.
inline double x_log_y(double x, double y) noexcept { return x == 0 && y == y ? 0 : x * log(y); }

struct OfSpecial {};
struct Exp2 : FromDouble<exp2, OfSpecial> {
  static constexpr const char* name = "exp2";
};
struct Erf : FromDouble<erf, OfSpecial> {
  static constexpr const char* name = "erf";
};
struct Erfc : FromDouble<erfc, OfSpecial> {
  static constexpr const char* name = "erfc";
};
struct Erfinv : FromDouble<inverse_erf, OfSpecial> {
  static constexpr const char* name = "erfinv";
};
struct Lgamma : FromDouble<log_gamma, OfSpecial> {
  static constexpr const char* name = "lgamma";
};
struct Digamma : FromDouble<digamma, OfSpecial> {
  static constexpr const char* name = "digamma";
};
struct Logit : FromDouble<log_odds_of, OfSpecial> {
  static constexpr const char* name = "logit";
};
struct Logaddexp : FromDoubles<log_sum_exp, OfSpecial> {
  static constexpr const char* name = "logaddexp";
};
struct Logaddexp2 : FromDoubles<log_sum_exp2, OfSpecial> {
  static constexpr const char* name = "logaddexp2";
};
struct Xlogy : FromDoubles<x_log_y, OfSpecial> {
  static constexpr const char* name = "xlogy";
};

template <Floating T>
void running_log_to(const T* x, const Along& along, T* out) {
  running_to<Logaddexp, double>(x, along, -std::numeric_limits<double>::infinity(), false, out);
}

/// The n-th derivative of digamma(); that itself for n = 0.
template <Floating Tc>
struct Polygamma {
  static constexpr const char* name = "polygamma";
  int order;

  template <Element Ta>
  Tc operator()(Ta a) const noexcept {
    const auto x = static_cast<double>(static_cast<Tc>(a));
    return static_cast<Tc>(order == 0 ? digamma(x) : polygamma(order, x));
  }
};

void check_polygamma(Index order);
void check_logit(double eps);

}  // namespace detail

// Of integers and truth values these make float, as PyTorch does. The memory of a temporary is reused.

/// 2^x.
template <TensorOperand Tx>
[[nodiscard]] auto exp2(Tx&& x) {
  return detail::unary_float<detail::Exp2>(std::forward<Tx>(x));
}
/// The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x; 1 less that; its inverse,
/// which is infinite for -1 and 1 and NaN beyond.
template <TensorOperand Tx>
[[nodiscard]] auto erf(Tx&& x) {
  return detail::unary_float<detail::Erf>(std::forward<Tx>(x));
}
template <TensorOperand Tx>
[[nodiscard]] auto erfc(Tx&& x) {
  return detail::unary_float<detail::Erfc>(std::forward<Tx>(x));
}
template <TensorOperand Tx>
[[nodiscard]] auto erfinv(Tx&& x) {
  return detail::unary_float<detail::Erfinv>(std::forward<Tx>(x));
}
/// log |Gamma(x)|, infinite for 0 and negative integers.
template <TensorOperand Tx>
[[nodiscard]] auto lgamma(Tx&& x) {
  return detail::unary_float<detail::Lgamma>(std::forward<Tx>(x));
}
/// The derivative of lgamma(): infinite for 0, NaN for negative integers.
template <TensorOperand Tx>
[[nodiscard]] auto digamma(Tx&& x) {
  return detail::unary_float<detail::Digamma>(std::forward<Tx>(x));
}
/// The n-th derivative of digamma(), 0 <= n <= 100. Throws OptionError for others.
/// https://docs.pytorch.org/docs/stable/special.html#torch.special.polygamma
template <TensorOperand Tx>
[[nodiscard]] auto polygamma(Index n, Tx&& x) {
  detail::check_polygamma(n);
  return map(detail::Polygamma<FloatOf<ElementOf<Tx>>>{static_cast<int>(n)}, std::forward<Tx>(x));
}
/// log(x / (1 - x)), the inverse of sigmoid(); NaN for x outside of [0, 1].
template <TensorOperand Tx>
[[nodiscard]] auto logit(Tx&& x) {
  return detail::unary_float<detail::Logit>(std::forward<Tx>(x));
}
/// The same of x moved into [eps, 1 - eps]. Throws OptionError for eps above 1 / 2.
/// https://docs.pytorch.org/docs/stable/special.html#torch.special.logit
template <TensorOperand Tx>
[[nodiscard]] auto logit(const Tx& x, double eps) {
  detail::check_logit(eps);
  using Tc = FloatOf<ElementOf<Tx>>;
  const auto low = static_cast<Tc>(eps);
  const auto high = Tc(1) - low;
  return map(
      [=](auto a) {
        const auto v = static_cast<Tc>(a);
        return detail::Logit::apply(v < low ? low : v > high ? high : v);
      },
      x);
}

/// log(e^x_0 + ... + e^x_k) for each element along a dimension, in double. Throws IndexError for a dimension
/// that is not there. https://docs.pytorch.org/docs/stable/generated/torch.logcumsumexp.html
template <detail::FloatOperand Tx>
[[nodiscard]] Tensor<ElementOf<Tx>> logcumsumexp(const Tx& x, Index dim) {
  Tensor<ElementOf<Tx>> out(x.shape());
  detail::running_log_to(x.data(), detail::Along("logcumsumexp", dim, x.shape()), out.data());
  return out;
}

// Of two operands, which broadcast; one of both may be a number. Throws ShapeError when they do not fit.

/// log(e^x + e^y) without overflow. https://docs.pytorch.org/docs/stable/generated/torch.logaddexp.html
template <class Tx, class Ty>
requires Operands<Tx, Ty> && Floating<Promoted<Tx, Ty>>
[[nodiscard]] auto logaddexp(Tx&& x, Ty&& y) {
  return detail::binary<detail::Logaddexp, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
/// The same to the base 2. https://docs.pytorch.org/docs/stable/generated/torch.logaddexp2.html
template <class Tx, class Ty>
requires Operands<Tx, Ty> && Floating<Promoted<Tx, Ty>>
[[nodiscard]] auto logaddexp2(Tx&& x, Ty&& y) {
  return detail::binary<detail::Logaddexp2, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
/// x log(y); 0 for x = 0 whatever y is, but for NaN.
/// https://docs.pytorch.org/docs/stable/special.html#torch.special.xlogy
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] auto xlogy(Tx&& x, Ty&& y) {
  return detail::binary<detail::Xlogy, PromotedFloat<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/special.ipp>
#endif
