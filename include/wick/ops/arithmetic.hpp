#pragma once

// + - * / of tensors and numbers, with broadcasting and PyTorch's promotion.

#include <wick/base/error.hpp>
#include <wick/ops/detail/binary.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Signed sums that overflow are undefined; unsigned ones wrap around, as PyTorch's do.
template <class T, class Function>
[[nodiscard]] constexpr T wrapping(T a, T b, Function f) noexcept {
  if constexpr (Floating<T>) {
    return f(a, b);
  } else {
    return static_cast<T>(f(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
  }
}

struct Add {
  static constexpr const char* name = "add";
  template <Element T>
  static T apply(T a, T b) noexcept {
    if constexpr (std::is_same_v<T, bool>) {
      return a || b;
    } else {
      return wrapping(a, b, [](auto x, auto y) { return x + y; });
    }
  }
};
struct Subtract {
  static constexpr const char* name = "sub";
  template <Element T>
  static T apply(T a, T b) noexcept {
    return wrapping(a, b, [](auto x, auto y) { return x - y; });
  }
};
struct Multiply {
  static constexpr const char* name = "mul";
  template <Element T>
  static T apply(T a, T b) noexcept {
    if constexpr (std::is_same_v<T, bool>) {
      return a && b;
    } else {
      return wrapping(a, b, [](auto x, auto y) { return x * y; });
    }
  }
};
struct Divide {
  static constexpr const char* name = "div";
  template <Floating T>
  static T apply(T a, T b) noexcept {
    return a / b;
  }
};
struct FloorDivide {
  static constexpr const char* name = "floor_divide";
  template <Element T>
  static T apply(T a, T b) {
    if constexpr (Floating<T>) {
      // As Python divides: the remainder is exact, and what is left divides almost exactly.
      if (b == 0) return a / b;
      const T rest = std::fmod(a, b);
      T quotient = (a - rest) / b;
      if (rest != 0 && (b < 0) != (rest < 0)) quotient -= 1;
      if (quotient == 0) return std::copysign(T(0), a / b);
      T floored = std::floor(quotient);
      if (quotient - floored > T(0.5)) floored += 1;
      return floored;
    } else {
      if (b == 0) throw Error("floor_divide: ZeroDivisionError: an integer was divided by 0");
      if constexpr (std::is_signed_v<T>) {
        if (b == -1) return Subtract::apply(T(0), a);
        return static_cast<T>(a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0));
      }
      return static_cast<T>(a / b);
    }
  }
};
struct Remainder {
  static constexpr const char* name = "remainder";
  template <Element T>
  static T apply(T a, T b) {
    if constexpr (Floating<T>) {
      const T rest = std::fmod(a, b);
      return rest != 0 && (b < 0) != (rest < 0) ? rest + b : rest;
    } else {
      if (b == 0) throw Error("remainder: ZeroDivisionError: an integer was divided by 0");
      if constexpr (std::is_signed_v<T>) {
        if (b == -1) return 0;
        const T rest = a % b;
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
      }
      return static_cast<T>(a % b);
    }
  }
};
struct Negate {
  static constexpr const char* name = "neg";
  template <Element T>
  static T apply(T a) noexcept {
    if constexpr (Floating<T>) {
      return -a;
    } else {
      return Subtract::apply(T(0), a);
    }
  }
};

template <class X, class Y>
concept NotBothBool = Operands<X, Y> && !std::same_as<Promoted<X, Y>, bool>;

template <class X>
inline constexpr bool is_bool = std::same_as<X, bool>;
template <TensorOperand X>
inline constexpr bool is_bool<X> = std::same_as<ElementOf<X>, bool>;
/// Operands that have a difference.
template <class X, class Y>
concept Subtractable = Operands<X, Y> && !is_bool<std::remove_cvref_t<X>> && !is_bool<std::remove_cvref_t<Y>>;

}  // namespace detail

/// x + y, x - y, x * y and x / y, element by element. One of both may be a number.
///
/// Operands broadcast (broadcast_shapes()), and the result has the element type Promoted, or PromotedFloat
/// for quotients. Integers wrap around; of truth values the sum is "or", the product "and", and differences
/// do not compile (use `x ^ y`). The memory of a temporary operand is reused: `a * b + c` allocates once.
/// Throws ShapeError: "add: The size of tensor a (3) must match the size of tensor b (4) at non-singleton
/// dimension 1 (shapes [2, 3] and [2, 4])".
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] auto add(X&& x, Y&& y) {
  return detail::binary<detail::Add, Promoted<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}
template <class X, class Y>
requires detail::Subtractable<X, Y>
[[nodiscard]] auto sub(X&& x, Y&& y) {
  return detail::binary<detail::Subtract, Promoted<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] auto mul(X&& x, Y&& y) {
  return detail::binary<detail::Multiply, Promoted<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] auto div(X&& x, Y&& y) {
  return detail::binary<detail::Divide, PromotedFloat<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}

/// The quotient rounded down, as Python's `//`. Throws Error when an integer is divided by 0.
template <class X, class Y>
requires detail::NotBothBool<X, Y>
[[nodiscard]] auto floor_divide(X&& x, Y&& y) {
  return detail::binary<detail::FloorDivide, Promoted<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}
/// x - y * floor_divide(x, y), which has the sign of y, as Python's `%`. Throws Error when an integer is
/// divided by 0.
template <class X, class Y>
requires detail::NotBothBool<X, Y>
[[nodiscard]] auto remainder(X&& x, Y&& y) {
  return detail::binary<detail::Remainder, Promoted<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}

/// -x. Truth values have none: use `~x`.
template <TensorOperand X>
requires(!std::same_as<ElementOf<X>, bool>) [[nodiscard]] auto neg(X&& x) {
  return map(detail::ComputedIn<detail::Negate, ElementOf<X>>{}, std::forward<X>(x));
}

/// The same into a tensor that is there; nothing is allocated. `out` has the result's type and shape, and may
/// be one of the operands. Throws ShapeError when the shapes do not fit, Error when `out` overlaps an operand
/// otherwise.
template <class X, class Y>
requires Operands<X, Y>
void add_out(TensorView<Promoted<X, Y>> out, const X& x, const Y& y) {
  detail::binary_out<detail::Add, Promoted<X, Y>>(out, x, y);
}
template <class X, class Y>
requires detail::Subtractable<X, Y>
void sub_out(TensorView<Promoted<X, Y>> out, const X& x, const Y& y) {
  detail::binary_out<detail::Subtract, Promoted<X, Y>>(out, x, y);
}
template <class X, class Y>
requires Operands<X, Y>
void mul_out(TensorView<Promoted<X, Y>> out, const X& x, const Y& y) {
  detail::binary_out<detail::Multiply, Promoted<X, Y>>(out, x, y);
}
template <class X, class Y>
requires Operands<X, Y>
void div_out(TensorView<PromotedFloat<X, Y>> out, const X& x, const Y& y) {
  detail::binary_out<detail::Divide, PromotedFloat<X, Y>>(out, x, y);
}
template <TensorOperand X>
requires(!std::same_as<ElementOf<X>, bool>) void neg_out(TensorView<ElementOf<X>> out, const X& x) {
  map_out(out, detail::ComputedIn<detail::Negate, ElementOf<X>>{}, x);
}

template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] auto operator+(X&& x, Y&& y) { return add(std::forward<X>(x), std::forward<Y>(y)); }
template <class X, class Y>
requires detail::Subtractable<X, Y>
[[nodiscard]] auto operator-(X&& x, Y&& y) { return sub(std::forward<X>(x), std::forward<Y>(y)); }
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] auto operator*(X&& x, Y&& y) { return mul(std::forward<X>(x), std::forward<Y>(y)); }
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] auto operator/(X&& x, Y&& y) { return div(std::forward<X>(x), std::forward<Y>(y)); }
template <class X, class Y>
requires detail::NotBothBool<X, Y>
[[nodiscard]] auto operator%(X&& x, Y&& y) { return remainder(std::forward<X>(x), std::forward<Y>(y)); }
template <TensorOperand X>
requires(!std::same_as<ElementOf<X>, bool>) [[nodiscard]] auto operator-(X&& x) {
  return neg(std::forward<X>(x));
}

/// x = x + y and so on in the memory of `x`, a tensor or a view of one; `y` broadcasts to its shape.
///
/// Refused by the compiler where PyTorch says "result type Float can't be cast to the desired output type
/// Long". Throws ShapeError when `y` does not fit ("output with shape [3] doesn't match the broadcast shape
/// [2, 3]"), Error when it overlaps `x` without being it.
template <Element T, class Y>
requires detail::CanHold<T, Promoted<TensorView<T>, Y>>
void operator+=(const TensorView<T>& x, const Y& y) {
  detail::binary_in_place<detail::Add, Promoted<TensorView<T>, Y>>(x, y);
}
template <Element T, class Y>
requires detail::Subtractable<TensorView<T>, Y> && detail::CanHold<T, Promoted<TensorView<T>, Y>>
void operator-=(const TensorView<T>& x, const Y& y) {
  detail::binary_in_place<detail::Subtract, Promoted<TensorView<T>, Y>>(x, y);
}
template <Element T, class Y>
requires detail::CanHold<T, Promoted<TensorView<T>, Y>>
void operator*=(const TensorView<T>& x, const Y& y) {
  detail::binary_in_place<detail::Multiply, Promoted<TensorView<T>, Y>>(x, y);
}
template <Element T, class Y>
requires detail::CanHold<T, PromotedFloat<TensorView<T>, Y>>
void operator/=(const TensorView<T>& x, const Y& y) {
  detail::binary_in_place<detail::Divide, PromotedFloat<TensorView<T>, Y>>(x, y);
}
template <Element T, class Y>
requires detail::CanHold<T, Promoted<TensorView<T>, Y>> Tensor<T>
&operator+=(Tensor<T>& x, const Y& y) {
  x.view() += y;
  return x;
}
template <Element T, class Y>
requires detail::Subtractable<TensorView<T>, Y> && detail::CanHold<T, Promoted<TensorView<T>, Y>> Tensor<T>
&operator-=(Tensor<T>& x, const Y& y) {
  x.view() -= y;
  return x;
}
template <Element T, class Y>
requires detail::CanHold<T, Promoted<TensorView<T>, Y>> Tensor<T>
&operator*=(Tensor<T>& x, const Y& y) {
  x.view() *= y;
  return x;
}
template <Element T, class Y>
requires detail::CanHold<T, PromotedFloat<TensorView<T>, Y>> Tensor<T>
&operator/=(Tensor<T>& x, const Y& y) {
  x.view() /= y;
  return x;
}

WICK_END_NAMESPACE
