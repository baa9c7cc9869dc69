#pragma once

// Powers of elements, by numbers and by elements.

#include <wick/base/error.hpp>
#include <wick/ops/detail/binary.hpp>
#include <wick/ops/detail/elementary.hpp>
#include <wick/ops/functions.hpp>
#include <wick/ops/map.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

struct Power {
  static constexpr const char* name = "pow";
  template <Element T>
  static T apply(T base, T exponent) {
    if constexpr (Floating<T>) {
      const auto x = static_cast<double>(base);
      const auto p = static_cast<double>(exponent);
      double y = 0;
      pow_loop(&x, &p, 1, &y);
      return static_cast<T>(y);
    } else {
      if constexpr (std::is_signed_v<T>) {
        if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
      }
      auto square = static_cast<std::uint64_t>(base);
      std::uint64_t power = 1;
      for (auto e = static_cast<std::uint64_t>(exponent); e > 0; e /= 2) {
        if (e % 2 != 0) power *= square;
        square *= square;
      }
      return static_cast<T>(power);
    }
  }
};

/// Each element to one power.
template <Floating Tc>
struct ToPower {
  static constexpr const char* name = "pow";
  double exponent;

  template <Element Ta>
  Tc operator()(Ta a) const {
    return Power::apply(static_cast<Tc>(a), static_cast<Tc>(exponent));
  }
  template <Element Ta>
  void loop(const Ta* x, Index n, Tc* y) const {
    const auto each = [=](auto f) {
      for (Index i = 0; i < n; ++i) y[i] = f(static_cast<Tc>(x[i]));
    };
    // As PyTorch, and exact.
    if (exponent == 2) return each([](Tc v) { return v * v; });
    if (exponent == 3) return each([](Tc v) { return v * v * v; });
    if (exponent == 0.5) return each([](Tc v) { return Sqrt::apply(v); });
    if (exponent == -0.5) return each([](Tc v) { return Rsqrt::apply(v); });
    if (exponent == -1) return each([](Tc v) { return Reciprocal::apply(v); });
    if (exponent == -2) return each([](Tc v) { return Reciprocal::apply(v * v); });
    std::array<double, stretch> bases{};
    std::array<double, stretch> exponents{};
    exponents.fill(static_cast<double>(static_cast<Tc>(exponent)));
    for_each_stretch(n, [&](Index from, Index count) {
      for (Index i = 0; i < count; ++i) bases[static_cast<std::size_t>(i)] = static_cast<double>(x[from + i]);
      pow_loop(bases.data(), exponents.data(), count, bases.data());
      for (Index i = 0; i < count; ++i) y[from + i] = static_cast<Tc>(bases[static_cast<std::size_t>(i)]);
    });
  }
};

}  // namespace detail

/// x^p, element by element; `p` may be a number, or `x`.
///
/// Operands broadcast, and the result has their promoted type: integers to integers stay integers, which wrap
/// around. Floats as C's pow: NaN for the fractional power of a negative number, 1 for anything to the power
/// of 0. Throws ShapeError when the shapes do not fit, Error for a negative number as the power of integers.
template <class Tx, class Tp>
requires Operands<Tx, Tp> &&(!std::same_as<Promoted<Tx, Tp>, bool>) [[nodiscard]] auto pow(Tx&& x, Tp&& p) {
  using Tc = Promoted<Tx, Tp>;
  if constexpr (Number<Tp> && Floating<Tc>) {
    return map(detail::ToPower<Tc>{static_cast<double>(p)}, std::forward<Tx>(x));
  } else {
    if constexpr (Number<Tp> && std::is_signed_v<std::remove_cvref_t<Tp>>) {
      if (p < 0) throw Error("pow: Integers to negative integer powers are not allowed.");
    }
    return detail::binary<detail::Power, Tc>(std::forward<Tx>(x), std::forward<Tp>(p));
  }
}

/// pow() of both as doubles, whatever they are.
/// https://docs.pytorch.org/docs/stable/generated/torch.float_power.html
template <class Tx, class Tp>
requires Operands<Tx, Tp>
[[nodiscard]] Tensor<double> float_power(const Tx& x, const Tp& p) {
  const auto as_double = [](const auto& v) {
    if constexpr (TensorOperand<decltype(v)>) {
      return to<double>(v);
    } else {
      return static_cast<double>(v);
    }
  };
  return pow(as_double(x), as_double(p));
}

WICK_END_NAMESPACE
