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

/// Functions that say what their subject is have their rules in a file of it, others in that of functions.
template <class Function, class Subject>
concept FunctionOf = std::same_as<typename Function::Subject, Subject>;

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
    detail::kernels::sigmoids(x, y, n);
  }
};
struct Tanh {
  static constexpr const char* name = "tanh";
  template <Floating T>
  static void loop(const T* x, Index n, T* y) {
    detail::kernels::tanhs(x, y, n);
  }
};

/// An operation that computes stretches of C in one go.
template <class Operation, Floating Tc>
struct InLoops {
  static constexpr const char* name = Operation::name;

  template <Element Ta>
  Tc operator()(Ta a) const {
    Tc value = static_cast<Tc>(a);
    Operation::loop(&value, 1, &value);
    return value;
  }
  template <Element Ta>
  void loop(const Ta* x, Index n, Tc* y) const {
    if constexpr (std::is_same_v<Ta, Tc>) {
      Operation::loop(x, n, y);
    } else {
      for (Index i = 0; i < n; ++i) y[i] = static_cast<Tc>(x[i]);
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
  template <Floating T>
  static void loop(const T* x, Index n, T* y) {
    detail::kernels::sizes_of(x, y, n);
  }
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
  template <Floating T>
  static void loop(const T* x, Index n, T* y) {
    detail::kernels::signs_of(x, y, n);
  }
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

template <class Tx>
concept NumericOperand = TensorOperand<Tx> && !std::same_as<ElementOf<Tx>, bool>;
template <class Tx>
concept FloatOperand = TensorOperand<Tx> && Floating<ElementOf<Tx>>;
template <class Tx>
concept IntegerOperand = NumericOperand<Tx> && std::integral<ElementOf<Tx>>;
template <class Tx>
concept BoolOperand = TensorOperand<Tx> && !NumericOperand<Tx>;

/// f of each element, computed in T.
template <class Operation, Element T, class Tx>
[[nodiscard]] auto unary(Tx&& x) {
  return map(ComputedIn<Operation, T>{}, std::forward<Tx>(x));
}
template <class Operation, class Tx>
[[nodiscard]] auto unary_float(Tx&& x) {
  return unary<Operation, FloatOf<ElementOf<Tx>>>(std::forward<Tx>(x));
}
template <class Operation, class Tx>
[[nodiscard]] auto unary_loop(Tx&& x) {
  return map(InLoops<Operation, FloatOf<ElementOf<Tx>>>{}, std::forward<Tx>(x));
}

}  // namespace detail

// Functions below compute each element by itself. Of integers and truth values they make float, as PyTorch
// does. The memory of a temporary is reused. What has a form into memory that is there, `exp_out(out, x)`,
// allocates nothing: `out` has the result's type and shape (ShapeError), and may be `x`.

/// e^x, to two units in the last place.
template <TensorOperand Tx>
[[nodiscard]] auto exp(Tx&& x) {
  return detail::unary_loop<detail::Exp>(std::forward<Tx>(x));
}
/// e^x - 1, exact near 0.
template <TensorOperand Tx>
[[nodiscard]] auto expm1(Tx&& x) {
  return detail::unary_loop<detail::Expm1>(std::forward<Tx>(x));
}
/// 1 / (1 + e^-x).
template <TensorOperand Tx>
[[nodiscard]] auto sigmoid(Tx&& x) {
  return detail::unary_loop<detail::Sigmoid>(std::forward<Tx>(x));
}
/// Hyperbolic tangent.
template <TensorOperand Tx>
[[nodiscard]] auto tanh(Tx&& x) {
  return detail::unary_loop<detail::Tanh>(std::forward<Tx>(x));
}

/// Natural logarithm: -infinity for 0, NaN below.
template <TensorOperand Tx>
[[nodiscard]] auto log(Tx&& x) {
  return detail::unary_float<detail::Log>(std::forward<Tx>(x));
}
/// log(1 + x), exact near 0.
template <TensorOperand Tx>
[[nodiscard]] auto log1p(Tx&& x) {
  return detail::unary_float<detail::Log1p>(std::forward<Tx>(x));
}
/// Logarithm to the base 2.
template <TensorOperand Tx>
[[nodiscard]] auto log2(Tx&& x) {
  return detail::unary_float<detail::Log2>(std::forward<Tx>(x));
}
/// Logarithm to the base 10.
template <TensorOperand Tx>
[[nodiscard]] auto log10(Tx&& x) {
  return detail::unary_float<detail::Log10>(std::forward<Tx>(x));
}
/// Of an angle of any size, in radians.
template <TensorOperand Tx>
[[nodiscard]] auto sin(Tx&& x) {
  return detail::unary_float<detail::Sin>(std::forward<Tx>(x));
}
template <TensorOperand Tx>
[[nodiscard]] auto cos(Tx&& x) {
  return detail::unary_float<detail::Cos>(std::forward<Tx>(x));
}
template <TensorOperand Tx>
[[nodiscard]] auto tan(Tx&& x) {
  return detail::unary_float<detail::Tan>(std::forward<Tx>(x));
}
/// Square root, correctly rounded; NaN below 0.
template <TensorOperand Tx>
[[nodiscard]] auto sqrt(Tx&& x) {
  return detail::unary_float<detail::Sqrt>(std::forward<Tx>(x));
}
/// 1 / sqrt(x).
template <TensorOperand Tx>
[[nodiscard]] auto rsqrt(Tx&& x) {
  return detail::unary_float<detail::Rsqrt>(std::forward<Tx>(x));
}
/// 1 / x.
template <TensorOperand Tx>
[[nodiscard]] auto reciprocal(Tx&& x) {
  return detail::unary_float<detail::Reciprocal>(std::forward<Tx>(x));
}

/// |x|, of x's type. The least integer stays as it is, as in PyTorch.
template <detail::NumericOperand Tx>
[[nodiscard]] auto abs(Tx&& x) {
  return detail::unary<detail::Abs, ElementOf<Tx>>(std::forward<Tx>(x));
}
/// -1, 0 or 1; 0 of NaN.
template <detail::NumericOperand Tx>
[[nodiscard]] auto sign(Tx&& x) {
  return detail::unary<detail::Sign, ElementOf<Tx>>(std::forward<Tx>(x));
}
/// Truth values are what they are.
template <detail::BoolOperand Tx>
[[nodiscard]] Tensor<bool> sign(const Tx& x) {
  return to<bool>(x);
}
/// x * x.
template <detail::NumericOperand Tx>
[[nodiscard]] auto square(Tx&& x) {
  return detail::unary<detail::Square, ElementOf<Tx>>(std::forward<Tx>(x));
}
/// The same of truth values: integers, as of any power of them.
template <detail::BoolOperand Tx>
[[nodiscard]] Tensor<std::int64_t> square(const Tx& x) {
  return to<std::int64_t>(x);
}
/// max(x, 0); NaN stays NaN.
template <detail::NumericOperand Tx>
[[nodiscard]] auto relu(Tx&& x) {
  return detail::unary<detail::Relu, ElementOf<Tx>>(std::forward<Tx>(x));
}
/// The next integer below, above, towards 0; the nearest one, of two the even one.
template <detail::FloatOperand Tx>
[[nodiscard]] auto floor(Tx&& x) {
  return detail::unary<detail::Floor, ElementOf<Tx>>(std::forward<Tx>(x));
}
template <detail::FloatOperand Tx>
[[nodiscard]] auto ceil(Tx&& x) {
  return detail::unary<detail::Ceil, ElementOf<Tx>>(std::forward<Tx>(x));
}
template <detail::FloatOperand Tx>
[[nodiscard]] auto trunc(Tx&& x) {
  return detail::unary<detail::Trunc, ElementOf<Tx>>(std::forward<Tx>(x));
}
template <detail::FloatOperand Tx>
[[nodiscard]] auto round(Tx&& x) {
  return detail::unary<detail::Round, ElementOf<Tx>>(std::forward<Tx>(x));
}
/// Integers are what they are.
template <detail::IntegerOperand Tx>
[[nodiscard]] auto floor(const Tx& x) {
  return to<ElementOf<Tx>>(x);
}
template <detail::IntegerOperand Tx>
[[nodiscard]] auto ceil(const Tx& x) {
  return to<ElementOf<Tx>>(x);
}
template <detail::IntegerOperand Tx>
[[nodiscard]] auto trunc(const Tx& x) {
  return to<ElementOf<Tx>>(x);
}
template <detail::IntegerOperand Tx>
[[nodiscard]] auto round(const Tx& x) {
  return to<ElementOf<Tx>>(x);
}

/// Whether each element is NaN, infinite, neither of both: a Tensor<bool>.
template <TensorOperand Tx>
[[nodiscard]] Tensor<bool> isnan(Tx&& x) {
  return detail::unary<detail::IsNan, ElementOf<Tx>>(x);
}
template <TensorOperand Tx>
[[nodiscard]] Tensor<bool> isinf(Tx&& x) {
  return detail::unary<detail::IsInf, ElementOf<Tx>>(x);
}
template <TensorOperand Tx>
[[nodiscard]] Tensor<bool> isfinite(Tx&& x) {
  return detail::unary<detail::IsFinite, ElementOf<Tx>>(x);
}

/// The function of this name into a tensor that is there; nothing is allocated. `out` has the result's type
/// and shape, and may be x. Throws ShapeError when the shapes do not fit, Error when `out` overlaps x
/// otherwise.
template <TensorOperand Tx>
void exp_out(TensorView<FloatOf<ElementOf<Tx>>> out, const Tx& x) {
  map_out(out, detail::InLoops<detail::Exp, FloatOf<ElementOf<Tx>>>{}, x);
}
template <TensorOperand Tx>
void sigmoid_out(TensorView<FloatOf<ElementOf<Tx>>> out, const Tx& x) {
  map_out(out, detail::InLoops<detail::Sigmoid, FloatOf<ElementOf<Tx>>>{}, x);
}
template <TensorOperand Tx>
void tanh_out(TensorView<FloatOf<ElementOf<Tx>>> out, const Tx& x) {
  map_out(out, detail::InLoops<detail::Tanh, FloatOf<ElementOf<Tx>>>{}, x);
}
template <TensorOperand Tx>
void log_out(TensorView<FloatOf<ElementOf<Tx>>> out, const Tx& x) {
  map_out(out, detail::ComputedIn<detail::Log, FloatOf<ElementOf<Tx>>>{}, x);
}
template <TensorOperand Tx>
void sqrt_out(TensorView<FloatOf<ElementOf<Tx>>> out, const Tx& x) {
  map_out(out, detail::ComputedIn<detail::Sqrt, FloatOf<ElementOf<Tx>>>{}, x);
}
template <TensorOperand Tx>
void sin_out(TensorView<FloatOf<ElementOf<Tx>>> out, const Tx& x) {
  map_out(out, detail::ComputedIn<detail::Sin, FloatOf<ElementOf<Tx>>>{}, x);
}
template <TensorOperand Tx>
void cos_out(TensorView<FloatOf<ElementOf<Tx>>> out, const Tx& x) {
  map_out(out, detail::ComputedIn<detail::Cos, FloatOf<ElementOf<Tx>>>{}, x);
}
template <detail::NumericOperand Tx>
void abs_out(TensorView<ElementOf<Tx>> out, const Tx& x) {
  map_out(out, detail::ComputedIn<detail::Abs, ElementOf<Tx>>{}, x);
}
template <detail::NumericOperand Tx>
void square_out(TensorView<ElementOf<Tx>> out, const Tx& x) {
  map_out(out, detail::ComputedIn<detail::Square, ElementOf<Tx>>{}, x);
}
template <detail::NumericOperand Tx>
void relu_out(TensorView<ElementOf<Tx>> out, const Tx& x) {
  map_out(out, detail::ComputedIn<detail::Relu, ElementOf<Tx>>{}, x);
}

WICK_END_NAMESPACE
