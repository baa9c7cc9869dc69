#pragma once

// PyTorch's distributions on CPU, value for value, over a Generator.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/random/generator.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The low 53 bits of the 64-bit draw whose words are `high` and `low`.
inline std::int64_t bits53(std::uint32_t high, std::uint32_t low) noexcept {
  return static_cast<std::int64_t>(high & 0x1FFFFFU) << 32 | static_cast<std::int64_t>(low);
}

/// Uniform in [0, 1) with 53 bits.
inline double uniform53(std::uint32_t high, std::uint32_t low) noexcept {
  return static_cast<double>(high & 0x1FFFFFU) * 0x1p-21 + static_cast<double>(low) * 0x1p-53;
}
inline double uniform53(Generator& g) noexcept {
  const std::uint32_t high = g.random32();
  return uniform53(high, g.random32());
}

inline float uniform24(std::uint32_t bits) noexcept {
  return static_cast<float>(bits & 0xFFFFFFU) * 0x1p-24F;
}

/// Smallest integer t with (x * 2^-53 < p) == (x < t) for all 53-bit x.
inline std::uint64_t bernoulli_threshold(double p) noexcept {
  return static_cast<std::uint64_t>(std::ceil(p * 0x1p53));
}

/// Fills `out` with f(word, ...) over `Words` consecutive 32-bit draws per element,
/// drawn in bulk so that both loops can be vectorised.
template <int Words, class T, class Function>
void fill_from_words(std::span<T> out, Generator& g, Function f) noexcept {
  constexpr std::size_t most = 512;
  std::array<std::uint32_t, most * Words> words;
  while (!out.empty()) {
    const std::size_t n = (std::min)(out.size(), most);
    g.random32(std::span<std::uint32_t>(words.data(), n * Words));
    for (std::size_t i = 0; i < n; ++i) {
      if constexpr (Words == 1) {
        out[i] = f(words[i]);
      } else {
        out[i] = f(words[2 * i], words[2 * i + 1]);
      }
    }
    out = out.subspan(n);
  }
}

#if defined(__MINGW32__) && defined(__SIZEOF_FLOAT128__)

/// Holds products of two T exactly, with bits to spare.
template <class T>
struct TwiceAsWide;
template <>
struct TwiceAsWide<float> {
  using Type = double;
  using Bits = std::uint64_t;
};
template <>
struct TwiceAsWide<double> {
  __extension__ typedef __float128 Type;         // NOLINT(modernize-use-using)
  __extension__ typedef unsigned __int128 Bits;  // NOLINT(modernize-use-using)
};

/// a * b + c, rounded once: mingw-w64's std::fma rounds twice. The sum is first rounded to odd, which the
/// second rounding cannot take for the middle between two numbers (Boldo and Melquiond, "Emulation of FMA and
/// correctly rounded sums: proved algorithms using rounding to odd", IEEE Transactions on Computers, 2008).
template <class T>
T fused(T a, T b, T c) noexcept {
  using Wide = typename TwiceAsWide<T>::Type;
  using Bits = typename TwiceAsWide<T>::Bits;
  const Wide product = static_cast<Wide>(a) * static_cast<Wide>(b);
  const Wide sum = product + static_cast<Wide>(c);
  const Wide added = sum - product;
  const Wide error = (product - (sum - added)) + (static_cast<Wide>(c) - added);
  Bits bits = std::bit_cast<Bits>(sum);
  if (error != 0 && bits % 2 == 0) bits += (error > 0) == (sum > 0) ? Bits{1} : ~Bits{0};
  return static_cast<T>(std::bit_cast<Wide>(bits));
}

#else

/// a * b + c, rounded once.
template <class T>
T fused(T a, T b, T c) noexcept {
  return std::fma(a, b, c);
}

#endif

/// Fills with low + range * u, rounded once; u is uniform in [0, 1).
template <class T>
void fill_uniform(std::span<T> out, T low, T range, Generator& g) noexcept {
  const auto fill = [&](auto affine) {
    if constexpr (std::is_same_v<T, float>) {
      fill_from_words<1>(out, g, [=](std::uint32_t bits) { return affine(uniform24(bits)); });
    } else {
      fill_from_words<2>(out, g, [=](std::uint32_t h, std::uint32_t l) { return affine(uniform53(h, l)); });
    }
  };
  // fused() is a slow call where the processor's own is not switched on.
  if (low == T(0)) {
    fill([range](T u) { return u * range; });
  } else {
    fill([low, range](T u) { return fused(u, range, low); });
  }
}

/// Box-Muller on 16 uniforms in place: pairs (j, j + 8).
template <class T>
void normal_fill_16(T* data, T mean, T stddev) noexcept {
  for (int j = 0; j < 8; ++j) {
    const T u1 = T(1) - data[j];
    const T u2 = data[j + 8];
    const T radius = std::sqrt(T(-2) * static_cast<T>(log(static_cast<double>(u1))));
    const T theta = T(2) * std::numbers::pi_v<T> * u2;
    const auto [sine, cosine] = sin_cos(static_cast<double>(theta));
    data[j] = rounded(radius * static_cast<T>(cosine) * stddev) + mean;
    data[j + 8] = rounded(radius * static_cast<T>(sine) * stddev) + mean;
  }
}

}  // namespace detail

/// Fills with values uniform in [low, high), bit for bit torch.Tensor.uniform_.
///
/// float: 24 random bits, one fused multiply-add; double: 53 random bits. As in
/// PyTorch, rounding can give `high` itself. Throws OptionError unless low <= high and
/// low, high and high - low are finite in T.
template <Floating T>
void uniform_(TensorView<T> t, double low = 0.0, double high = 1.0, Generator& g = default_generator()) {
  constexpr double most = static_cast<double>((std::numeric_limits<T>::max)());
  if (!(low <= high && low >= -most && high <= most && high - low <= most)) {
    throw OptionError(
        "uniform_: expected low <= high with a difference that is finite in the element type, "
        "got low=" +
        python_repr(low) + " and high=" + python_repr(high));
  }
  const T from = static_cast<T>(low);
  detail::fill_uniform(t.span(), from, static_cast<T>(high) - from, g);
}

/// Fills with 1 (probability p) and 0, bit for bit torch.Tensor.bernoulli_(p).
///
/// Each element takes two 32-bit draws. Throws OptionError unless 0 <= p <= 1.
template <class T>
void bernoulli_(TensorView<T> t, double p, Generator& g = default_generator()) {
  if (!(p >= 0.0 && p <= 1.0)) {
    throw OptionError("bernoulli_: expected p in [0, 1], got " + python_repr(p));
  }
  // Signed: processors compare signed vectors only.
  const auto threshold = static_cast<std::int64_t>(detail::bernoulli_threshold(p));
  detail::fill_from_words<2>(t.span(), g, [threshold](std::uint32_t high, std::uint32_t low) {
    return static_cast<T>(detail::bits53(high, low) < threshold ? 1 : 0);
  });
}

/// Fills with normal values, torch.Tensor.normal_ to about 1e-6.
///
/// Fewer than 16 elements: Box-Muller in double, one value at a time, the second
/// half of a pair kept in the generator. From 16 on: blocks of 16 in the tensor's
/// own precision, and when 16 does not divide N the last 16 are drawn again.
/// Throws OptionError unless stddev >= 0.
template <Floating T>
void normal_(TensorView<T> t, double mean = 0.0, double stddev = 1.0, Generator& g = default_generator()) {
  if (!(stddev >= 0.0)) {
    throw OptionError("normal_: expected stddev >= 0, got " + python_repr(stddev));
  }
  const Index n = t.numel();
  if (n < 16) {
    for (T& x : t.span()) {
      double z;
      if (const auto cached = g.take_cached_normal()) {
        z = *cached;
      } else {
        const double u1 = detail::uniform53(g);
        const double u2 = detail::uniform53(g);
        const double radius =
            std::sqrt(-2.0 * detail::log(1.0 - u2));  // a multiple of 2^-53: the difference is exact
        const auto [sine, cosine] = detail::sin_cos(2.0 * std::numbers::pi * u1);
        g.cache_normal(radius * sine);
        z = radius * cosine;
      }
      x = static_cast<T>(detail::rounded(z * stddev) + mean);
    }
    return;
  }
  T* data = t.data();
  const T m = static_cast<T>(mean);
  const T s = static_cast<T>(stddev);
  detail::fill_uniform(t.span(), T(0), T(1), g);
  for (Index i = 0; i + 16 <= n; i += 16) detail::normal_fill_16(data + i, m, s);
  if (n % 16 != 0) {
    T* last = data + n - 16;
    detail::fill_uniform(std::span<T>(last, 16), T(0), T(1), g);
    detail::normal_fill_16(last, m, s);
  }
}

/// Fills with integers in [low, high), bit for bit torch.randint.
///
/// Ranges below 2^28 take one 32-bit draw, larger ones two, as PyTorch does since
/// 2.8 (older releases switched at 2^32). Throws OptionError unless low < high and
/// both fit in T.
template <std::integral T>
void randint_(TensorView<T> t, std::int64_t low, std::int64_t high, Generator& g = default_generator()) {
  if (low >= high || !std::in_range<T>(low) || !std::in_range<T>(high - 1)) {
    throw OptionError("randint: expected low < high within the element type, got low=" + std::to_string(low) +
                      " and high=" + std::to_string(high));
  }
  const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  const auto shifted = [low](std::uint64_t r) {
    return static_cast<T>(std::bit_cast<std::int64_t>(r + static_cast<std::uint64_t>(low)));
  };
  if (range < (std::uint64_t{1} << 28)) {
    const auto narrow = static_cast<std::uint32_t>(range);
    detail::fill_from_words<1>(t.span(), g, [=](std::uint32_t bits) { return shifted(bits % narrow); });
  } else {
    detail::fill_from_words<2>(t.span(), g, [=](std::uint32_t h, std::uint32_t l) {
      return shifted((std::uint64_t{h} << 32 | l) % range);
    });
  }
}

/// A random permutation of 0..n-1 in `out`, bit for bit torch.randperm(n).
///
/// n - 1 draws of 32 bits; from n = 214748364 on n draws of 64 bits, as in PyTorch.
void randperm_(std::span<std::int64_t> out, Generator& g = default_generator()) noexcept;
#if PTRDIFF_MAX < INT64_MAX
/// The same where Index is another type, on systems of 32 bits.
void randperm_(std::span<Index> out, Generator& g = default_generator()) noexcept;
#endif

/// A 63-bit draw, `torch.empty((), dtype=torch.int64).random_()`.
[[nodiscard]] inline std::int64_t random63(Generator& g = default_generator()) noexcept {
  return static_cast<std::int64_t>(g.random64() & ~(std::uint64_t{1} << 63));
}

/// Uniform in [0, 1), like torch.rand.
template <Floating T>
[[nodiscard]] Tensor<T> rand(const Shape& shape, Generator& g = default_generator()) {
  Tensor<T> t(shape);
  uniform_(t.view(), 0.0, 1.0, g);
  return t;
}

/// Standard normal values, like torch.randn.
template <Floating T>
[[nodiscard]] Tensor<T> randn(const Shape& shape, Generator& g = default_generator()) {
  Tensor<T> t(shape);
  normal_(t.view(), 0.0, 1.0, g);
  return t;
}

/// The same with the shape and element type of a tensor, like torch.rand_like and torch.randn_like.
template <Floating T>
[[nodiscard]] Tensor<T> rand_like(const Tensor<T>& x, Generator& g = default_generator()) {
  return rand<T>(x.shape(), g);
}
template <Floating T>
[[nodiscard]] Tensor<T> randn_like(const Tensor<T>& x, Generator& g = default_generator()) {
  return randn<T>(x.shape(), g);
}

/// Integers in [low, high), like torch.randint.
[[nodiscard]] Tensor<std::int64_t> randint(std::int64_t low, std::int64_t high, const Shape& shape,
                                           Generator& g = default_generator());

/// A random permutation of 0..n-1, like torch.randperm. Throws OptionError for n < 0.
[[nodiscard]] Tensor<std::int64_t> randperm(Index n, Generator& g = default_generator());

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/random/distributions.ipp>
#endif
