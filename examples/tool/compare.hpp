#pragma once

// Two tensors, element by element, and two values.

#include <wick/state/attributes.hpp>
#include <wick/tensor/any_tensor.hpp>
#include <wick/tensor/dtype.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace tool {

/// A difference and the number of the element, in row-major order, that has it.
struct Place {
  double difference = 0;
  wick::Index at = 0;
};

/// How two tensors of one shape differ. NaN equals NaN here: the question is whether two
/// files hold the same, and a file holds what it holds.
struct Comparison {
  wick::Index differing = 0;   ///< elements that are not equal
  wick::Index beyond = 0;      ///< those for which |a - b| <= atol + rtol * |b| does not hold
  wick::Index nan_in_one = 0;  ///< those that are NaN in one tensor only; they are beyond every tolerance
  wick::Index first_nan = 0;
  Place absolute;  ///< the largest |a - b|
  Place relative;  ///< the largest |a - b| / |b|, infinite where b is 0 or infinite
};

namespace detail {

template <class T>
[[nodiscard]] bool is_nan(T x) {
  if constexpr (std::is_integral_v<T>) {
    return false;
  } else if constexpr (std::is_floating_point_v<T>) {
    return std::isnan(x);
  } else {
    return std::isnan(x.real()) || std::isnan(x.imag());
  }
}

template <class A, class B>
[[nodiscard]] bool equal(A a, B b) {
  if constexpr (std::is_integral_v<A>) {
    return std::cmp_equal(a, b);
  } else {
    return a == b;
  }
}

/// |a - b|; of integers exactly, then rounded.
template <class A, class B>
[[nodiscard]] double distance(A a, B b) {
  if constexpr (std::is_integral_v<A>) {
    const bool less = std::cmp_less(a, b);
    const auto wrapped = less ? static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a)
                              : static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b);
    // Only the distance from a negative int64 to a large uint64 does not fit in 64 bits.
    const bool too_far = !std::is_same_v<A, B> && (std::cmp_less(a, 0) || std::cmp_less(b, 0)) &&
                         wrapped < (less ? static_cast<std::uint64_t>(b) : static_cast<std::uint64_t>(a));
    return static_cast<double>(wrapped) + (too_far ? 0x1p64 : 0.0);
  } else {
    const double d = std::abs(a - b);
    return std::isnan(d) ? std::numeric_limits<double>::infinity() : d;  // infinite parts of complex numbers
  }
}

template <class T>
[[nodiscard]] double magnitude(T x) {
  if constexpr (std::is_integral_v<T>) {
    return std::abs(static_cast<double>(x));
  } else {
    return std::abs(x);
  }
}

template <class A, class B>
void compare_elements(const wick::Tensor<A>& a, const wick::Tensor<B>& b, wick::Index first, double rtol,
                      double atol, Comparison& result) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (wick::Index i = 0; i < a.numel(); ++i) {
    const A x = a.data()[i];
    const B y = b.data()[i];
    if (equal(x, y) || (is_nan(x) && is_nan(y))) continue;
    ++result.differing;
    if (is_nan(x) || is_nan(y)) {
      if (result.nan_in_one++ == 0) result.first_nan = first + i;
      ++result.beyond;
      continue;
    }
    const double absolute = distance(x, y);
    const double size = magnitude(y);
    const double relative = size > 0 && size < infinity ? absolute / size : infinity;
    if (absolute > result.absolute.difference) result.absolute = {absolute, first + i};
    if (relative > result.relative.difference) result.relative = {relative, first + i};
    const bool within = absolute < infinity && absolute <= atol + rtol * size;
    if (!within) ++result.beyond;
  }
}

/// Calls `f` with a value of the type in which elements of `dtype` are compared.
template <class F>
void visit_common(wick::DType dtype, bool complex, bool integers, F&& f) {
  // NOLINTBEGIN(bugprone-branch-clone): the types differ
  if (complex) {
    f(std::complex<double>());
  } else if (!integers) {
    f(double());
  } else if (dtype == wick::DType::u64) {
    f(std::uint64_t());
  } else {
    f(std::int64_t());
  }
  // NOLINTEND(bugprone-branch-clone)
}

}  // namespace detail

/// Whether two values are the same, numbers within the tolerance. NaN equals NaN, and lists
/// without items are equal: PyTorch's files do not say of what.
[[nodiscard]] inline bool same_value(const wick::Attribute& a, const wick::Attribute& b, double rtol = 0,
                                     double atol = 0) {
  const auto close = [&](double x, double y) {
    if (x == y || (std::isnan(x) && std::isnan(y))) return true;
    return std::isfinite(x) && std::isfinite(y) && std::abs(x - y) <= atol + rtol * std::abs(y);
  };
  const auto is_empty_list = [](const wick::Attribute& value) {
    return std::visit(
        []<class V>(const V& list) {
          if constexpr (requires { list.empty(); } && !std::is_same_v<V, std::string>) {
            return list.empty();
          } else {
            return false;
          }
        },
        value);
  };
  const auto* x = std::get_if<double>(&a);
  const auto* y = std::get_if<double>(&b);
  if (x != nullptr && y != nullptr) return close(*x, *y);
  const auto* xs = std::get_if<std::vector<double>>(&a);
  const auto* ys = std::get_if<std::vector<double>>(&b);
  if (xs != nullptr && ys != nullptr) return std::ranges::equal(*xs, *ys, close);
  return a == b || (is_empty_list(a) && is_empty_list(b));
}

/// Elements [begin, begin + count) as a vector that shares the bytes of `tensor`.
[[nodiscard]] inline wick::AnyTensor part_of(const wick::AnyTensor& tensor, wick::Index begin,
                                             wick::Index count) {
  const std::size_t item = wick::item_size(tensor.dtype());
  return {
      tensor.dtype(), wick::Shape{count},
      tensor.bytes().subspan(static_cast<std::size_t>(begin) * item, static_cast<std::size_t>(count) * item),
      nullptr};
}

/// Compares tensors of one shape; integers exactly, all others in double precision.
[[nodiscard]] inline Comparison compare(const wick::AnyTensor& a, const wick::AnyTensor& b, double rtol,
                                        double atol) {
  const auto is_integer = [](wick::DType d) { return !wick::is_floating(d) && !wick::is_complex(d); };
  const bool complex = wick::is_complex(a.dtype()) || wick::is_complex(b.dtype());
  const bool integers = is_integer(a.dtype()) && is_integer(b.dtype());
  constexpr wick::Index step = 1 << 16;
  Comparison result;
  detail::visit_common(a.dtype(), complex, integers, [&]<class A>(A) {
    detail::visit_common(b.dtype(), complex, integers, [&]<class B>(B) {
      if constexpr (std::is_integral_v<A> == std::is_integral_v<B> &&
                    (std::is_integral_v<A> || std::is_same_v<A, B>)) {
        for (wick::Index first = 0; first < a.numel(); first += step) {
          const wick::Index count = (std::min)(step, a.numel() - first);
          detail::compare_elements(part_of(a, first, count).template to<A>(),
                                   part_of(b, first, count).template to<B>(), first, rtol, atol, result);
        }
      }
    });
  });
  return result;
}

}  // namespace tool
