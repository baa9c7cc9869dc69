#pragma once

// + - * / of tensors and numbers, with broadcasting and PyTorch's promotion.

#include <wick/base/error.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/kernels/level.hpp>
#include <wick/ops/detail/binary.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
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
  template <Floating T>
  static void loop(const T* a, const T* b, Index n, T* y) noexcept {
    detail::kernels::add(a, b, y, n);
  }
};
struct Subtract {
  static constexpr const char* name = "sub";
  template <Element T>
  static T apply(T a, T b) noexcept {
    return wrapping(a, b, [](auto x, auto y) { return x - y; });
  }
  template <Floating T>
  static void loop(const T* a, const T* b, Index n, T* y) noexcept {
    detail::kernels::subtract(a, b, y, n);
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
  template <Floating T>
  static void loop(const T* a, const T* b, Index n, T* y) noexcept {
    detail::kernels::multiply(a, b, y, n);
  }
};
struct Divide {
  static constexpr const char* name = "div";
  template <Floating T>
  static T apply(T a, T b) noexcept {
    return a / b;
  }
  template <Floating T>
  static void loop(const T* a, const T* b, Index n, T* y) noexcept {
    detail::kernels::divide(a, b, y, n);
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
/// Rounded towards 0.
struct TruncDivide {
  static constexpr const char* name = "div_trunc";
  template <Element T>
  static T apply(T a, T b) {
    if constexpr (Floating<T>) {
      return std::trunc(a / b);
    } else {
      if (b == 0) throw Error("div: ZeroDivisionError: an integer was divided by 0");
      if constexpr (std::is_signed_v<T>) {
        if (b == -1) return Subtract::apply(T(0), a);
      }
      return static_cast<T>(a / b);
    }
  }
};
struct Fmod {
  static constexpr const char* name = "fmod";
  template <Element T>
  static T apply(T a, T b) {
    if constexpr (Floating<T>) {
      return std::fmod(a, b);
    } else {
      if (b == 0) throw Error("fmod: ZeroDivisionError: an integer was divided by 0");
      if constexpr (std::is_signed_v<T>) {
        if (b == -1) return 0;
      }
      return static_cast<T>(a % b);
    }
  }
};
[[noreturn]] void refuse_rounding(std::string_view mode);
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

template <class Tx, class Ty>
concept NotBothBool = Operands<Tx, Ty> && !std::same_as<Promoted<Tx, Ty>, bool>;

template <class Tx>
inline constexpr bool is_bool = std::same_as<Tx, bool>;
template <TensorOperand Tx>
inline constexpr bool is_bool<Tx> = std::same_as<ElementOf<Tx>, bool>;
/// Operands that have a difference.
template <class Tx, class Ty>
concept Subtractable =
    Operands<Tx, Ty> && !is_bool<std::remove_cvref_t<Tx>> && !is_bool<std::remove_cvref_t<Ty>>;

}  // namespace detail

/// x + y, x - y, x * y and x / y, element by element. One of both may be a number.
///
/// Operands broadcast (broadcast_shapes()), and the result has the element type Promoted, or PromotedFloat
/// for quotients. Integers wrap around; of truth values the sum is "or", the product "and", and differences
/// do not compile (use `x ^ y`). The memory of a temporary operand is reused: `a * b + c` allocates once.
/// Throws ShapeError: "add: The size of tensor a (3) must match the size of tensor b (4) at non-singleton
/// dimension 1 (shapes [2, 3] and [2, 4])".
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] auto add(Tx&& x, Ty&& y) {
  return detail::binary<detail::Add, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
template <class Tx, class Ty>
requires detail::Subtractable<Tx, Ty>
[[nodiscard]] auto sub(Tx&& x, Ty&& y) {
  return detail::binary<detail::Subtract, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] auto mul(Tx&& x, Ty&& y) {
  return detail::binary<detail::Multiply, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] auto div(Tx&& x, Ty&& y) {
  return detail::binary<detail::Divide, PromotedFloat<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}

/// The quotient rounded down, as Python's `//`. Throws Error when an integer is divided by 0.
template <class Tx, class Ty>
requires detail::NotBothBool<Tx, Ty>
[[nodiscard]] auto floor_divide(Tx&& x, Ty&& y) {
  return detail::binary<detail::FloorDivide, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
/// x - y * floor_divide(x, y), which has the sign of y, as Python's `%`. Throws Error when an integer is
/// divided by 0.
template <class Tx, class Ty>
requires detail::NotBothBool<Tx, Ty>
[[nodiscard]] auto remainder(Tx&& x, Ty&& y) {
  return detail::binary<detail::Remainder, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
/// x - y * trunc(x / y), which has the sign of x, as C's fmod. Throws Error when an integer is divided by 0.
/// https://docs.pytorch.org/docs/stable/generated/torch.fmod.html
template <class Tx, class Ty>
requires detail::NotBothBool<Tx, Ty>
[[nodiscard]] auto fmod(Tx&& x, Ty&& y) {
  return detail::binary<detail::Fmod, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
/// The quotient rounded towards 0 for "trunc", down for "floor"; integers stay integers. Throws OptionError
/// for another mode, Error when an integer is divided by 0.
/// https://docs.pytorch.org/docs/stable/generated/torch.div.html
template <class Tx, class Ty>
requires detail::NotBothBool<Tx, Ty>
[[nodiscard]] auto div(Tx&& x, Ty&& y, std::string_view rounding_mode) {
  using Tc = Promoted<Tx, Ty>;
  if (rounding_mode == "floor") return floor_divide(std::forward<Tx>(x), std::forward<Ty>(y));
  if (rounding_mode != "trunc") detail::refuse_rounding(rounding_mode);
  return detail::binary<detail::TruncDivide, Tc>(std::forward<Tx>(x), std::forward<Ty>(y));
}

/// -x. Truth values have none: use `~x`.
template <TensorOperand Tx>
requires(!std::same_as<ElementOf<Tx>, bool>) [[nodiscard]] auto neg(Tx&& x) {
  return map(detail::ComputedIn<detail::Negate, ElementOf<Tx>>{}, std::forward<Tx>(x));
}

/// The same into a tensor that is there; nothing is allocated. `out` has the result's type and shape, and may
/// be one of the operands. Throws ShapeError when the shapes do not fit, Error when `out` overlaps an operand
/// otherwise.
template <class Tx, class Ty>
requires Operands<Tx, Ty>
void add_out(TensorView<Promoted<Tx, Ty>> out, const Tx& x, const Ty& y) {
  detail::binary_out<detail::Add, Promoted<Tx, Ty>>(out, x, y);
}
template <class Tx, class Ty>
requires detail::Subtractable<Tx, Ty>
void sub_out(TensorView<Promoted<Tx, Ty>> out, const Tx& x, const Ty& y) {
  detail::binary_out<detail::Subtract, Promoted<Tx, Ty>>(out, x, y);
}
template <class Tx, class Ty>
requires Operands<Tx, Ty>
void mul_out(TensorView<Promoted<Tx, Ty>> out, const Tx& x, const Ty& y) {
  detail::binary_out<detail::Multiply, Promoted<Tx, Ty>>(out, x, y);
}
template <class Tx, class Ty>
requires Operands<Tx, Ty>
void div_out(TensorView<PromotedFloat<Tx, Ty>> out, const Tx& x, const Ty& y) {
  detail::binary_out<detail::Divide, PromotedFloat<Tx, Ty>>(out, x, y);
}
template <TensorOperand Tx>
requires(!std::same_as<ElementOf<Tx>, bool>) void neg_out(TensorView<ElementOf<Tx>> out, const Tx& x) {
  map_out(out, detail::ComputedIn<detail::Negate, ElementOf<Tx>>{}, x);
}

/// add(), sub(), mul(), div(), remainder() and neg(), as operators.
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] auto operator+(Tx&& x, Ty&& y) { return add(std::forward<Tx>(x), std::forward<Ty>(y)); }
template <class Tx, class Ty>
requires detail::Subtractable<Tx, Ty>
[[nodiscard]] auto operator-(Tx&& x, Ty&& y) { return sub(std::forward<Tx>(x), std::forward<Ty>(y)); }
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] auto operator*(Tx&& x, Ty&& y) { return mul(std::forward<Tx>(x), std::forward<Ty>(y)); }
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] auto operator/(Tx&& x, Ty&& y) { return div(std::forward<Tx>(x), std::forward<Ty>(y)); }
template <class Tx, class Ty>
requires detail::NotBothBool<Tx, Ty>
[[nodiscard]] auto operator%(Tx&& x, Ty&& y) { return remainder(std::forward<Tx>(x), std::forward<Ty>(y)); }
template <TensorOperand Tx>
requires(!std::same_as<ElementOf<Tx>, bool>) [[nodiscard]] auto operator-(Tx&& x) {
  return neg(std::forward<Tx>(x));
}

/// x = x + y and so on in the memory of `x`, a tensor or a view of one; `y` broadcasts to its shape.
///
/// Refused by the compiler where PyTorch says "result type Float can't be cast to the desired output type
/// Long". Throws ShapeError when `y` does not fit ("output with shape [3] doesn't match the broadcast shape
/// [2, 3]"), Error when it overlaps `x` without being it.
template <Element T, class Ty>
requires detail::CanHold<T, Promoted<TensorView<T>, Ty>>
void operator+=(const TensorView<T>& x, const Ty& y) {
  detail::binary_in_place<detail::Add, Promoted<TensorView<T>, Ty>>(x, y);
}
template <Element T, class Ty>
requires detail::Subtractable<TensorView<T>, Ty> && detail::CanHold<T, Promoted<TensorView<T>, Ty>>
void operator-=(const TensorView<T>& x, const Ty& y) {
  detail::binary_in_place<detail::Subtract, Promoted<TensorView<T>, Ty>>(x, y);
}
template <Element T, class Ty>
requires detail::CanHold<T, Promoted<TensorView<T>, Ty>>
void operator*=(const TensorView<T>& x, const Ty& y) {
  detail::binary_in_place<detail::Multiply, Promoted<TensorView<T>, Ty>>(x, y);
}
template <Element T, class Ty>
requires detail::CanHold<T, PromotedFloat<TensorView<T>, Ty>>
void operator/=(const TensorView<T>& x, const Ty& y) {
  detail::binary_in_place<detail::Divide, PromotedFloat<TensorView<T>, Ty>>(x, y);
}
template <Element T, class Ty>
requires detail::CanHold<T, Promoted<TensorView<T>, Ty>> Tensor<T>
&operator+=(Tensor<T>& x, const Ty& y) {
  x.view() += y;
  return x;
}
template <Element T, class Ty>
requires detail::Subtractable<TensorView<T>, Ty> && detail::CanHold<T, Promoted<TensorView<T>, Ty>> Tensor<T>
&operator-=(Tensor<T>& x, const Ty& y) {
  x.view() -= y;
  return x;
}
template <Element T, class Ty>
requires detail::CanHold<T, Promoted<TensorView<T>, Ty>> Tensor<T>
&operator*=(Tensor<T>& x, const Ty& y) {
  x.view() *= y;
  return x;
}
template <Element T, class Ty>
requires detail::CanHold<T, PromotedFloat<TensorView<T>, Ty>> Tensor<T>
&operator/=(Tensor<T>& x, const Ty& y) {
  x.view() /= y;
  return x;
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/arithmetic.ipp>
#endif
