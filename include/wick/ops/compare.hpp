#pragma once

// Comparisons and logic, element by element. `a == b` is one truth value: whether two tensors are equal.

#include <wick/ops/detail/binary.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

struct Equal {
  static constexpr const char* name = "eq";
  template <Element T>
  static bool apply(T a, T b) noexcept {
    return a == b;
  }
};
struct NotEqual {
  static constexpr const char* name = "ne";
  template <Element T>
  static bool apply(T a, T b) noexcept {
    return a != b;
  }
};
struct Less {
  static constexpr const char* name = "lt";
  template <Element T>
  static bool apply(T a, T b) noexcept {
    return a < b;
  }
};
struct LessEqual {
  static constexpr const char* name = "le";
  template <Element T>
  static bool apply(T a, T b) noexcept {
    return a <= b;
  }
};
struct And {
  static constexpr const char* name = "bitwise_and";
  template <std::integral T>
  static T apply(T a, T b) noexcept {
    return static_cast<T>(a & b);
  }
};
struct Or {
  static constexpr const char* name = "bitwise_or";
  template <std::integral T>
  static T apply(T a, T b) noexcept {
    return static_cast<T>(a | b);
  }
};
struct Xor {
  static constexpr const char* name = "bitwise_xor";
  template <std::integral T>
  static T apply(T a, T b) noexcept {
    return static_cast<T>(a ^ b);
  }
};
struct Not {
  static constexpr const char* name = "bitwise_not";
  template <std::integral T>
  static T apply(T a) noexcept {
    if constexpr (std::is_same_v<T, bool>) {
      return !a;
    } else {
      return static_cast<T>(~a);
    }
  }
};
struct IsTrue {
  static constexpr const char* name = "logical";
  template <Element T>
  static bool apply(T a) noexcept {
    return a != T(0);
  }
};

template <class X, class Y>
concept IntegerOperands = Operands<X, Y> && std::integral<Promoted<X, Y>>;

/// The truth values of a tensor; those of a Tensor<bool> are itself.
template <TensorOperand X>
[[nodiscard]] decltype(auto) truth(X&& x) {
  if constexpr (std::is_same_v<ElementOf<X>, bool>) {
    return std::forward<X>(x);
  } else {
    return map(ComputedIn<IsTrue, ElementOf<X>>{}, x);
  }
}

}  // namespace detail

/// Whether each x_i is equal to, less than, ... y_i: a Tensor<bool>. One of both may be a number. Operands
/// broadcast, and are compared in their promoted type, as in PyTorch. Nothing compares with NaN, which
/// differs from everything. Throws ShapeError when the shapes do not fit.
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] Tensor<bool> eq(X&& x, Y&& y) {
  return detail::binary<detail::Equal, Promoted<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] Tensor<bool> ne(X&& x, Y&& y) {
  return detail::binary<detail::NotEqual, Promoted<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] Tensor<bool> lt(X&& x, Y&& y) {
  return detail::binary<detail::Less, Promoted<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] Tensor<bool> le(X&& x, Y&& y) {
  return detail::binary<detail::LessEqual, Promoted<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] Tensor<bool> gt(X&& x, Y&& y) { return lt(std::forward<Y>(y), std::forward<X>(x)); }
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] Tensor<bool> ge(X&& x, Y&& y) { return le(std::forward<Y>(y), std::forward<X>(x)); }

template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] Tensor<bool> operator<(X&& x, Y&& y) { return lt(std::forward<X>(x), std::forward<Y>(y)); }
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] Tensor<bool> operator<=(X&& x, Y&& y) { return le(std::forward<X>(x), std::forward<Y>(y)); }
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] Tensor<bool> operator>(X&& x, Y&& y) { return gt(std::forward<X>(x), std::forward<Y>(y)); }
template <class X, class Y>
requires Operands<X, Y>
[[nodiscard]] Tensor<bool> operator>=(X&& x, Y&& y) { return ge(std::forward<X>(x), std::forward<Y>(y)); }

/// And, or, exclusive or of truth values, and bit by bit of integers. Floats do not compile: use
/// logical_and().
template <class X, class Y>
requires detail::IntegerOperands<X, Y>
[[nodiscard]] auto operator&(X&& x, Y&& y) {
  return detail::binary<detail::And, Promoted<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}
template <class X, class Y>
requires detail::IntegerOperands<X, Y>
[[nodiscard]] auto operator|(X&& x, Y&& y) {
  return detail::binary<detail::Or, Promoted<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}
template <class X, class Y>
requires detail::IntegerOperands<X, Y>
[[nodiscard]] auto operator^(X&& x, Y&& y) {
  return detail::binary<detail::Xor, Promoted<X, Y>>(std::forward<X>(x), std::forward<Y>(y));
}
/// Not, of truth values; every bit, of integers.
template <TensorOperand X>
requires std::integral<ElementOf<X>>
[[nodiscard]] auto operator~(X&& x) {
  return map(detail::ComputedIn<detail::Not, ElementOf<X>>{}, std::forward<X>(x));
}

/// Logic of any elements, which are true unless they are 0: a Tensor<bool>.
template <TensorOperand X, TensorOperand Y>
[[nodiscard]] Tensor<bool> logical_and(X&& x, Y&& y) {
  return detail::truth(std::forward<X>(x)) & detail::truth(std::forward<Y>(y));
}
template <TensorOperand X, TensorOperand Y>
[[nodiscard]] Tensor<bool> logical_or(X&& x, Y&& y) {
  return detail::truth(std::forward<X>(x)) | detail::truth(std::forward<Y>(y));
}
template <TensorOperand X, TensorOperand Y>
[[nodiscard]] Tensor<bool> logical_xor(X&& x, Y&& y) {
  return detail::truth(std::forward<X>(x)) ^ detail::truth(std::forward<Y>(y));
}
template <TensorOperand X>
[[nodiscard]] Tensor<bool> logical_not(X&& x) {
  return ~detail::truth(std::forward<X>(x));
}

/// Same shape and equal elements, as one truth value: torch.equal.
template <TensorOperand X, TensorOperand Y>
[[nodiscard]] bool equal(const X& x, const Y& y) {
  if (!(x.shape() == y.shape())) return false;
  using C = Promoted<X, Y>;
  for (Index i = 0; i < x.numel(); ++i) {
    if (static_cast<C>(x.data()[i]) != static_cast<C>(y.data()[i])) return false;
  }
  return true;
}

WICK_END_NAMESPACE
