#pragma once

// Signs, infinities and NaN, as operations of a program.

#include <wick/base/error.hpp>
#include <wick/graph/functions.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/pairs.hpp>
#include <wick/graph/reductions.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/signs.hpp>

#include <cmath>
#include <limits>
#include <optional>

WICK_BEGIN_NAMESPACE

namespace detail {

// What is replaced by a number.
struct ReplaceNan {
  static constexpr const char* name = "replace_nan";
  template <Floating T>
  static bool takes(T x) noexcept {
    return x != x;
  }
};
struct ReplacePosinf {
  static constexpr const char* name = "replace_posinf";
  template <Floating T>
  static bool takes(T x) noexcept {
    return x == std::numeric_limits<T>::infinity();
  }
};
struct ReplaceNeginf {
  static constexpr const char* name = "replace_neginf";
  template <Floating T>
  static bool takes(T x) noexcept {
    return x == -std::numeric_limits<T>::infinity();
  }
};

template <class Which, Floating T>
inline constexpr Operation<T> replace_operation{.name = Which::name, .apply = [](const Stretch<T>& s) {
                                                  for (Index i = 0; i < s.n; ++i)
                                                    s.out[i] = Which::takes(s.in[i]) ? s.number : s.in[i];
                                                }};

template <class Which, Floating T>
[[nodiscard]] Symbol<T> replaced(Which /*which*/, const Symbol<T>& x, T number) {
  return x.tape().record(replace_operation<Which, T>, {x}, number);
}

}  // namespace detail

// Of variables and symbols, one of which may be a number; they broadcast. Values are those of the functions
// of tensors. Throws ShapeError when the shapes do not fit.

/// |x| with the sign of y; the derivative by y is 0, that by x too where x is 0.
template <class Tx, class Ty>
requires RecordedPair<Tx, Ty>
[[nodiscard]] auto copysign(const Tx& x, const Ty& y) {
  return detail::applied_pair(detail::Copysign(), x, y);
}
/// The larger one, the smaller one; the other one beside a NaN. Of two that are equal, x has the gradient.
template <class Tx, class Ty>
requires RecordedPair<Tx, Ty>
[[nodiscard]] auto fmax(const Tx& x, const Ty& y) { return detail::applied_pair(detail::Fmax(), x, y); }
template <class Tx, class Ty>
requires RecordedPair<Tx, Ty>
[[nodiscard]] auto fmin(const Tx& x, const Ty& y) { return detail::applied_pair(detail::Fmin(), x, y); }
/// 0 for x < 0, y for x = 0, 1 above; its derivatives are 0.
template <class Tx, class Ty>
requires RecordedPair<Tx, Ty>
[[nodiscard]] auto heaviside(const Tx& x, const Ty& y) {
  return detail::applied_pair(detail::Heaviside(), x, y);
}
/// sign().
template <Recorded Value>
[[nodiscard]] Value sgn(const Value& x) {
  return sign(x);
}

/// Numbers in place of NaN and the infinities: these, or 0, the largest number and the least one. What was
/// replaced has the derivative 0. Throws OptionError for NaN or the other infinity in place of an infinity.
template <Recorded Value>
[[nodiscard]] Value nan_to_num(const Value& x, double nan = 0, std::optional<double> posinf = {},
                               std::optional<double> neginf = {}) {
  using T = typename Value::Scalar;
  constexpr double endless = std::numeric_limits<double>::infinity();
  // One after the other, and none may take what the one before put there.
  if ((posinf && (std::isnan(*posinf) || *posinf == -endless)) || (neginf && std::isnan(*neginf)))
    throw OptionError("nan_to_num: a value on a tape takes no NaN or other infinity for an infinity");
  const Value above = replaced(detail::ReplacePosinf(), x,
                               posinf ? static_cast<T>(*posinf) : (std::numeric_limits<T>::max)());
  const Value below = replaced(detail::ReplaceNeginf(), above,
                               neginf ? static_cast<T>(*neginf) : std::numeric_limits<T>::lowest());
  return replaced(detail::ReplaceNan(), below, static_cast<T>(nan));
}
/// sum() and mean() of what is no NaN, which has the derivative 0.
template <Recorded Value>
[[nodiscard]] Value nansum(const Value& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  using T = typename Value::Scalar;
  return sum(replaced(detail::ReplaceNan(), x, T(0)), dim, keepdim);
}
template <Recorded Value>
[[nodiscard]] Value nanmean(const Value& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  using T = typename Value::Scalar;
  return nansum(x, dim, keepdim) / sum(heaviside(abs(x), T(1)), dim, keepdim);
}

WICK_END_NAMESPACE
