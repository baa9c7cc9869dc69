#pragma once

// Angles, and what hyperbolas have in their place: inverse trigonometric and hyperbolic functions of each
// element. The same bits on every processor, rounded from double.

#include <wick/ops/detail/binary.hpp>
#include <wick/ops/detail/special.hpp>
#include <wick/ops/functions.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <cmath>
#include <numbers>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

struct OfAngles {};

/// A function of double, of any floats.
template <double (*function)(double), class On>
struct FromDouble {
  using Subject = On;
  template <Floating T>
  static T apply(T x) noexcept {
    return static_cast<T>(function(static_cast<double>(x)));
  }
};
template <double (*function)(double, double), class On>
struct FromDoubles {
  using Subject = On;
  template <Floating T>
  static T apply(T x, T y) noexcept {
    return static_cast<T>(function(static_cast<double>(x), static_cast<double>(y)));
  }
};

inline double arc_tangent_of(double x) noexcept { return arc_tangent(x, 1); }
/// sin(pi x) / (pi x).
inline double normalised_sinc(double x) noexcept {
  const double angle = rounded(std::numbers::pi * x);
  return x == 0 ? 1 : sin_cos_any(angle).sine / angle;
}

struct Asin : FromDouble<arc_sine, OfAngles> {
  static constexpr const char* name = "asin";
};
struct Acos : FromDouble<arc_cosine, OfAngles> {
  static constexpr const char* name = "acos";
};
struct Atan : FromDouble<arc_tangent_of, OfAngles> {
  static constexpr const char* name = "atan";
};
struct Sinh : FromDouble<hyperbolic_sine, OfAngles> {
  static constexpr const char* name = "sinh";
};
struct Cosh : FromDouble<hyperbolic_cosine, OfAngles> {
  static constexpr const char* name = "cosh";
};
struct Asinh : FromDouble<area_sine, OfAngles> {
  static constexpr const char* name = "asinh";
};
struct Acosh : FromDouble<area_cosine, OfAngles> {
  static constexpr const char* name = "acosh";
};
struct Atanh : FromDouble<area_tangent, OfAngles> {
  static constexpr const char* name = "atanh";
};
struct Sinc : FromDouble<normalised_sinc, OfAngles> {
  static constexpr const char* name = "sinc";
};
struct Atan2 : FromDoubles<arc_tangent, OfAngles> {
  static constexpr const char* name = "atan2";
};
struct Hypot : FromDoubles<length, OfAngles> {
  static constexpr const char* name = "hypot";
};

}  // namespace detail

// Of integers and truth values these make float, as PyTorch does. The memory of a temporary is reused.

/// The angle in radians whose sine is x, whose cosine, whose tangent; NaN where there is none.
template <TensorOperand Tx>
[[nodiscard]] auto asin(Tx&& x) {
  return detail::unary_float<detail::Asin>(std::forward<Tx>(x));
}
template <TensorOperand Tx>
[[nodiscard]] auto acos(Tx&& x) {
  return detail::unary_float<detail::Acos>(std::forward<Tx>(x));
}
template <TensorOperand Tx>
[[nodiscard]] auto atan(Tx&& x) {
  return detail::unary_float<detail::Atan>(std::forward<Tx>(x));
}
/// The angle of the point (x, y), between -pi and pi; operands broadcast. Throws ShapeError when they do not
/// fit. https://docs.pytorch.org/docs/stable/generated/torch.atan2.html
template <class Ty, class Tx>
requires Operands<Ty, Tx>
[[nodiscard]] auto atan2(Ty&& y, Tx&& x) {
  return detail::binary<detail::Atan2, PromotedFloat<Ty, Tx>>(std::forward<Ty>(y), std::forward<Tx>(x));
}
/// sqrt(x^2 + y^2) without overflow; operands broadcast, one of them of floats. Throws ShapeError when they
/// do not fit. https://docs.pytorch.org/docs/stable/generated/torch.hypot.html
template <class Tx, class Ty>
requires Operands<Tx, Ty> && Floating<Promoted<Tx, Ty>>
[[nodiscard]] auto hypot(Tx&& x, Ty&& y) {
  return detail::binary<detail::Hypot, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
/// (e^x - e^-x) / 2 and (e^x + e^-x) / 2.
template <TensorOperand Tx>
[[nodiscard]] auto sinh(Tx&& x) {
  return detail::unary_float<detail::Sinh>(std::forward<Tx>(x));
}
template <TensorOperand Tx>
[[nodiscard]] auto cosh(Tx&& x) {
  return detail::unary_float<detail::Cosh>(std::forward<Tx>(x));
}
/// The inverse of sinh(), of cosh() and of tanh(); NaN where there is none.
template <TensorOperand Tx>
[[nodiscard]] auto asinh(Tx&& x) {
  return detail::unary_float<detail::Asinh>(std::forward<Tx>(x));
}
template <TensorOperand Tx>
[[nodiscard]] auto acosh(Tx&& x) {
  return detail::unary_float<detail::Acosh>(std::forward<Tx>(x));
}
template <TensorOperand Tx>
[[nodiscard]] auto atanh(Tx&& x) {
  return detail::unary_float<detail::Atanh>(std::forward<Tx>(x));
}
/// sin(pi x) / (pi x); 1 for 0.
template <TensorOperand Tx>
[[nodiscard]] auto sinc(Tx&& x) {
  return detail::unary_float<detail::Sinc>(std::forward<Tx>(x));
}

WICK_END_NAMESPACE
