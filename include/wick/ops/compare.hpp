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

template <class Tx, class Ty>
concept IntegerOperands = Operands<Tx, Ty> && std::integral<Promoted<Tx, Ty>>;

/// The truth values of a tensor; those of a Tensor<bool> are itself.
template <TensorOperand Tx>
[[nodiscard]] decltype(auto) truth(Tx&& x) {
  if constexpr (std::is_same_v<ElementOf<Tx>, bool>) {
    return std::forward<Tx>(x);
  } else {
    return map(ComputedIn<IsTrue, ElementOf<Tx>>{}, x);
  }
}

}  // namespace detail

/// Whether each x_i is equal to, less than, ... y_i: a Tensor<bool>. One of both may be a number. Operands
/// broadcast, and are compared in their promoted type, as in PyTorch. Nothing compares with NaN, which
/// differs from everything. Throws ShapeError when the shapes do not fit.
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] Tensor<bool> eq(Tx&& x, Ty&& y) {
  return detail::binary<detail::Equal, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] Tensor<bool> ne(Tx&& x, Ty&& y) {
  return detail::binary<detail::NotEqual, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] Tensor<bool> lt(Tx&& x, Ty&& y) {
  return detail::binary<detail::Less, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] Tensor<bool> le(Tx&& x, Ty&& y) {
  return detail::binary<detail::LessEqual, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] Tensor<bool> gt(Tx&& x, Ty&& y) { return lt(std::forward<Ty>(y), std::forward<Tx>(x)); }
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] Tensor<bool> ge(Tx&& x, Ty&& y) { return le(std::forward<Ty>(y), std::forward<Tx>(x)); }

/// lt(), le(), gt() and ge(), as operators. For `==` and `!=` there are eq() and ne().
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] Tensor<bool> operator<(Tx&& x, Ty&& y) { return lt(std::forward<Tx>(x), std::forward<Ty>(y)); }
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] Tensor<bool> operator<=(Tx&& x, Ty&& y) { return le(std::forward<Tx>(x), std::forward<Ty>(y)); }
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] Tensor<bool> operator>(Tx&& x, Ty&& y) { return gt(std::forward<Tx>(x), std::forward<Ty>(y)); }
template <class Tx, class Ty>
requires Operands<Tx, Ty>
[[nodiscard]] Tensor<bool> operator>=(Tx&& x, Ty&& y) { return ge(std::forward<Tx>(x), std::forward<Ty>(y)); }

/// And, or, exclusive or of truth values, and bit by bit of integers. Floats do not compile: use
/// logical_and().
template <class Tx, class Ty>
requires detail::IntegerOperands<Tx, Ty>
[[nodiscard]] auto operator&(Tx&& x, Ty&& y) {
  return detail::binary<detail::And, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
template <class Tx, class Ty>
requires detail::IntegerOperands<Tx, Ty>
[[nodiscard]] auto operator|(Tx&& x, Ty&& y) {
  return detail::binary<detail::Or, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
template <class Tx, class Ty>
requires detail::IntegerOperands<Tx, Ty>
[[nodiscard]] auto operator^(Tx&& x, Ty&& y) {
  return detail::binary<detail::Xor, Promoted<Tx, Ty>>(std::forward<Tx>(x), std::forward<Ty>(y));
}
/// Not, of truth values; every bit, of integers.
template <TensorOperand Tx>
requires std::integral<ElementOf<Tx>>
[[nodiscard]] auto operator~(Tx&& x) {
  return map(detail::ComputedIn<detail::Not, ElementOf<Tx>>{}, std::forward<Tx>(x));
}

/// Logic of any elements, which are true unless they are 0: a Tensor<bool>.
template <TensorOperand Tx, TensorOperand Ty>
[[nodiscard]] Tensor<bool> logical_and(Tx&& x, Ty&& y) {
  return detail::truth(std::forward<Tx>(x)) & detail::truth(std::forward<Ty>(y));
}
template <TensorOperand Tx, TensorOperand Ty>
[[nodiscard]] Tensor<bool> logical_or(Tx&& x, Ty&& y) {
  return detail::truth(std::forward<Tx>(x)) | detail::truth(std::forward<Ty>(y));
}
template <TensorOperand Tx, TensorOperand Ty>
[[nodiscard]] Tensor<bool> logical_xor(Tx&& x, Ty&& y) {
  return detail::truth(std::forward<Tx>(x)) ^ detail::truth(std::forward<Ty>(y));
}
template <TensorOperand Tx>
[[nodiscard]] Tensor<bool> logical_not(Tx&& x) {
  return ~detail::truth(std::forward<Tx>(x));
}

/// Same shape and equal elements, as one truth value: torch.equal.
template <TensorOperand Tx, TensorOperand Ty>
[[nodiscard]] bool equal(const Tx& x, const Ty& y) {
  if (!(x.shape() == y.shape())) return false;
  using Tc = Promoted<Tx, Ty>;
  for (Index i = 0; i < x.numel(); ++i) {
    if (static_cast<Tc>(x.data()[i]) != static_cast<Tc>(y.data()[i])) return false;
  }
  return true;
}

WICK_END_NAMESPACE
