#pragma once

// Functions of each element: exponentials, roots, angles, rounding. The same bits on every processor.

#include <wick/base/error.hpp>
#include <wick/ops/detail/binary.hpp>
#include <wick/ops/detail/elementary.hpp>
#include <wick/ops/map.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <numbers>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// float for integers, else T: the element type of exp() and its like.
template <Element T>
using FloatOf = std::conditional_t<Floating<T>, T, float>;

namespace detail {

struct Exp {
  static constexpr const char* name = "exp";
  template <Floating T>
  static void loop(const T* x, Index n, T* y) {
    exp_loop(x, n, y);
  }
};
struct Expm1 {
  static constexpr const char* name = "expm1";
  template <Floating T>
  static void loop(const T* x, Index n, T* y) {
    expm1_loop(x, n, y);
  }
};
struct Sigmoid {
  static constexpr const char* name = "sigmoid";
  template <Floating T>
  static void loop(const T* x, Index n, T* y) {
    sigmoid_loop(x, n, y);
  }
};
struct Tanh {
  static constexpr const char* name = "tanh";
  template <Floating T>
  static void loop(const T* x, Index n, T* y) {
    tanh_loop(x, n, y);
  }
};

/// An operation that computes stretches of C in one go.
template <class Operation, Floating C>
struct InLoops {
  static constexpr const char* name = Operation::name;

  template <Element A>
  C operator()(A a) const {
    C value = static_cast<C>(a);
    Operation::loop(&value, 1, &value);
    return value;
  }
  template <Element A>
  void loop(const A* x, Index n, C* y) const {
    if constexpr (std::is_same_v<A, C>) {
      Operation::loop(x, n, y);
    } else {
      for (Index i = 0; i < n; ++i) y[i] = static_cast<C>(x[i]);
      Operation::loop(y, n, y);
    }
  }
};

// Rounded from double.
struct Log {
  static constexpr const char* name = "log";
  template <Floating T>
  static T apply(T x) noexcept {
    return static_cast<T>(detail::log(static_cast<double>(x)));
  }
};
struct Log1p {
  static constexpr const char* name = "log1p";
  template <Floating T>
  static T apply(T x) noexcept {
    return static_cast<T>(detail::log1p(static_cast<double>(x)));
  }
};
struct Log2 {
  static constexpr const char* name = "log2";
  template <Floating T>
  static T apply(T x) noexcept {
    return static_cast<T>(detail::log2(static_cast<double>(x)));
  }
};
struct Log10 {
  static constexpr const char* name = "log10";
  template <Floating T>
  static T apply(T x) noexcept {
    return static_cast<T>(detail::log10(static_cast<double>(x)));
  }
};
struct Sin {
  static constexpr const char* name = "sin";
  template <Floating T>
  static T apply(T x) noexcept {
    return static_cast<T>(sin_cos_any(static_cast<double>(x)).sine);
  }
};
struct Cos {
  static constexpr const char* name = "cos";
  template <Floating T>
  static T apply(T x) noexcept {
    return static_cast<T>(sin_cos_any(static_cast<double>(x)).cosine);
  }
};
struct Tan {
  static constexpr const char* name = "tan";
  template <Floating T>
  static T apply(T x) noexcept {
    const SineCosine s = sin_cos_any(static_cast<double>(x));
    return static_cast<T>(s.sine / s.cosine);
  }
};

struct Sqrt {
  static constexpr const char* name = "sqrt";
  template <Floating T>
  static T apply(T x) noexcept {
    return std::sqrt(x);
  }
};
struct Rsqrt {
  static constexpr const char* name = "rsqrt";
  template <Floating T>
  static T apply(T x) noexcept {
    return T(1) / std::sqrt(x);
  }
};
struct Reciprocal {
  static constexpr const char* name = "reciprocal";
  template <Floating T>
  static T apply(T x) noexcept {
    return T(1) / x;
  }
};

struct Abs {
  static constexpr const char* name = "abs";
  template <Element T>
  static T apply(T x) noexcept {
    if constexpr (Floating<T>) {
      return std::abs(x);
    } else if constexpr (std::is_signed_v<T>) {
      return x < 0 ? static_cast<T>(-static_cast<std::uint64_t>(x)) : x;
    } else {
      return x;
    }
  }
};
struct Sign {
  static constexpr const char* name = "sign";
  template <Element T>
  static T apply(T x) noexcept {
    return static_cast<T>((x > T(0) ? 1 : 0) - (x < T(0) ? 1 : 0));
  }
};
struct Square {
  static constexpr const char* name = "square";
  template <Element T>
  static T apply(T x) noexcept {
    if constexpr (Floating<T>) {
      return x * x;
    } else {
      return static_cast<T>(static_cast<std::uint64_t>(x) * static_cast<std::uint64_t>(x));
    }
  }
};
struct Relu {
  static constexpr const char* name = "relu";
  template <Element T>
  static T apply(T x) noexcept {
    return x < T(0) ? T(0) : x;  // NaN stays
  }
};
struct Floor {
  static constexpr const char* name = "floor";
  template <Floating T>
  static T apply(T x) noexcept {
    return std::floor(x);
  }
};
struct Ceil {
  static constexpr const char* name = "ceil";
  template <Floating T>
  static T apply(T x) noexcept {
    return std::ceil(x);
  }
};
struct Trunc {
  static constexpr const char* name = "trunc";
  template <Floating T>
  static T apply(T x) noexcept {
    return std::trunc(x);
  }
};
struct Round {
  static constexpr const char* name = "round";
  template <Floating T>
  static T apply(T x) noexcept {
    // To even, whatever rounding mode the program has set.
    const T floor = std::floor(x);
    const T rest = x - floor;
    const bool up = rest > T(0.5) || (rest == T(0.5) && std::floor(floor / 2) * 2 != floor);
    return std::copysign(up ? floor + T(1) : floor, x);
  }
};
struct IsNan {
  static constexpr const char* name = "isnan";
  template <Element T>
  static bool apply(T x) noexcept {
    return x != x;
  }
};
struct IsInf {
  static constexpr const char* name = "isinf";
  template <Element T>
  static bool apply(T x) noexcept {
    if constexpr (Floating<T>) {
      return std::abs(x) == std::numeric_limits<T>::infinity();
    } else {
      return false;
    }
  }
};
struct IsFinite {
  static constexpr const char* name = "isfinite";
  template <Element T>
  static bool apply(T x) noexcept {
    return !IsNan::apply(x) && !IsInf::apply(x);
  }
};

template <class X>
concept NumericOperand = TensorOperand<X> && !std::same_as<ElementOf<X>, bool>;
template <class X>
concept FloatOperand = TensorOperand<X> && Floating<ElementOf<X>>;

/// f of each element, computed in T.
template <class Operation, Element T, class X>
[[nodiscard]] auto unary(X&& x) {
  return map(ComputedIn<Operation, T>{}, std::forward<X>(x));
}
template <class Operation, class X>
[[nodiscard]] auto unary_float(X&& x) {
  return unary<Operation, FloatOf<ElementOf<X>>>(std::forward<X>(x));
}
template <class Operation, class X>
[[nodiscard]] auto unary_loop(X&& x) {
  return map(InLoops<Operation, FloatOf<ElementOf<X>>>{}, std::forward<X>(x));
}

}  // namespace detail

// Functions below compute each element by itself. Of integers and truth values they make float, as PyTorch
// does. The memory of a temporary is reused. What has a form into memory that is there, `exp_out(out, x)`,
// allocates nothing: `out` has the result's type and shape (ShapeError), and may be `x`.

/// e^x, to two units in the last place.
template <TensorOperand X>
[[nodiscard]] auto exp(X&& x) {
  return detail::unary_loop<detail::Exp>(std::forward<X>(x));
}
/// e^x - 1, exact near 0.
template <TensorOperand X>
[[nodiscard]] auto expm1(X&& x) {
  return detail::unary_loop<detail::Expm1>(std::forward<X>(x));
}
/// 1 / (1 + e^-x).
template <TensorOperand X>
[[nodiscard]] auto sigmoid(X&& x) {
  return detail::unary_loop<detail::Sigmoid>(std::forward<X>(x));
}
/// Hyperbolic tangent.
template <TensorOperand X>
[[nodiscard]] auto tanh(X&& x) {
  return detail::unary_loop<detail::Tanh>(std::forward<X>(x));
}

/// Natural logarithm: -infinity for 0, NaN below.
template <TensorOperand X>
[[nodiscard]] auto log(X&& x) {
  return detail::unary_float<detail::Log>(std::forward<X>(x));
}
/// log(1 + x), exact near 0.
template <TensorOperand X>
[[nodiscard]] auto log1p(X&& x) {
  return detail::unary_float<detail::Log1p>(std::forward<X>(x));
}
/// Logarithm to the base 2.
template <TensorOperand X>
[[nodiscard]] auto log2(X&& x) {
  return detail::unary_float<detail::Log2>(std::forward<X>(x));
}
/// Logarithm to the base 10.
template <TensorOperand X>
[[nodiscard]] auto log10(X&& x) {
  return detail::unary_float<detail::Log10>(std::forward<X>(x));
}
/// Sine of an angle of any size, in radians.
template <TensorOperand X>
[[nodiscard]] auto sin(X&& x) {
  return detail::unary_float<detail::Sin>(std::forward<X>(x));
}
template <TensorOperand X>
[[nodiscard]] auto cos(X&& x) {
  return detail::unary_float<detail::Cos>(std::forward<X>(x));
}
template <TensorOperand X>
[[nodiscard]] auto tan(X&& x) {
  return detail::unary_float<detail::Tan>(std::forward<X>(x));
}
/// Square root, correctly rounded; NaN below 0.
template <TensorOperand X>
[[nodiscard]] auto sqrt(X&& x) {
  return detail::unary_float<detail::Sqrt>(std::forward<X>(x));
}
/// 1 / sqrt(x).
template <TensorOperand X>
[[nodiscard]] auto rsqrt(X&& x) {
  return detail::unary_float<detail::Rsqrt>(std::forward<X>(x));
}
/// 1 / x.
template <TensorOperand X>
[[nodiscard]] auto reciprocal(X&& x) {
  return detail::unary_float<detail::Reciprocal>(std::forward<X>(x));
}

/// |x|, of x's type. The least integer stays as it is, as in PyTorch.
template <detail::NumericOperand X>
[[nodiscard]] auto abs(X&& x) {
  return detail::unary<detail::Abs, ElementOf<X>>(std::forward<X>(x));
}
/// -1, 0 or 1; 0 of NaN.
template <detail::NumericOperand X>
[[nodiscard]] auto sign(X&& x) {
  return detail::unary<detail::Sign, ElementOf<X>>(std::forward<X>(x));
}
/// x * x.
template <detail::NumericOperand X>
[[nodiscard]] auto square(X&& x) {
  return detail::unary<detail::Square, ElementOf<X>>(std::forward<X>(x));
}
/// max(x, 0); NaN stays NaN.
template <detail::NumericOperand X>
[[nodiscard]] auto relu(X&& x) {
  return detail::unary<detail::Relu, ElementOf<X>>(std::forward<X>(x));
}
/// The next integer below, above, towards 0; the nearest one, of two the even one.
template <detail::FloatOperand X>
[[nodiscard]] auto floor(X&& x) {
  return detail::unary<detail::Floor, ElementOf<X>>(std::forward<X>(x));
}
template <detail::FloatOperand X>
[[nodiscard]] auto ceil(X&& x) {
  return detail::unary<detail::Ceil, ElementOf<X>>(std::forward<X>(x));
}
template <detail::FloatOperand X>
[[nodiscard]] auto trunc(X&& x) {
  return detail::unary<detail::Trunc, ElementOf<X>>(std::forward<X>(x));
}
template <detail::FloatOperand X>
[[nodiscard]] auto round(X&& x) {
  return detail::unary<detail::Round, ElementOf<X>>(std::forward<X>(x));
}

/// Whether each element is NaN, infinite, neither of both: a Tensor<bool>.
template <TensorOperand X>
[[nodiscard]] Tensor<bool> isnan(X&& x) {
  return detail::unary<detail::IsNan, ElementOf<X>>(x);
}
template <TensorOperand X>
[[nodiscard]] Tensor<bool> isinf(X&& x) {
  return detail::unary<detail::IsInf, ElementOf<X>>(x);
}
template <TensorOperand X>
[[nodiscard]] Tensor<bool> isfinite(X&& x) {
  return detail::unary<detail::IsFinite, ElementOf<X>>(x);
}

template <TensorOperand X>
void exp_out(TensorView<FloatOf<ElementOf<X>>> out, const X& x) {
  map_out(out, detail::InLoops<detail::Exp, FloatOf<ElementOf<X>>>{}, x);
}
template <TensorOperand X>
void sigmoid_out(TensorView<FloatOf<ElementOf<X>>> out, const X& x) {
  map_out(out, detail::InLoops<detail::Sigmoid, FloatOf<ElementOf<X>>>{}, x);
}
template <TensorOperand X>
void tanh_out(TensorView<FloatOf<ElementOf<X>>> out, const X& x) {
  map_out(out, detail::InLoops<detail::Tanh, FloatOf<ElementOf<X>>>{}, x);
}
template <TensorOperand X>
void log_out(TensorView<FloatOf<ElementOf<X>>> out, const X& x) {
  map_out(out, detail::ComputedIn<detail::Log, FloatOf<ElementOf<X>>>{}, x);
}
template <TensorOperand X>
void sqrt_out(TensorView<FloatOf<ElementOf<X>>> out, const X& x) {
  map_out(out, detail::ComputedIn<detail::Sqrt, FloatOf<ElementOf<X>>>{}, x);
}
template <TensorOperand X>
void sin_out(TensorView<FloatOf<ElementOf<X>>> out, const X& x) {
  map_out(out, detail::ComputedIn<detail::Sin, FloatOf<ElementOf<X>>>{}, x);
}
template <TensorOperand X>
void cos_out(TensorView<FloatOf<ElementOf<X>>> out, const X& x) {
  map_out(out, detail::ComputedIn<detail::Cos, FloatOf<ElementOf<X>>>{}, x);
}
template <detail::NumericOperand X>
void abs_out(TensorView<ElementOf<X>> out, const X& x) {
  map_out(out, detail::ComputedIn<detail::Abs, ElementOf<X>>{}, x);
}
template <detail::NumericOperand X>
void square_out(TensorView<ElementOf<X>> out, const X& x) {
  map_out(out, detail::ComputedIn<detail::Square, ElementOf<X>>{}, x);
}
template <detail::NumericOperand X>
void relu_out(TensorView<ElementOf<X>> out, const X& x) {
  map_out(out, detail::ComputedIn<detail::Relu, ElementOf<X>>{}, x);
}

WICK_END_NAMESPACE
