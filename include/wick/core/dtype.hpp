#pragma once

// Element types of tensors in files and state dicts.

#include <wick/core/half.hpp>
#include <wick/core/types.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

namespace wick::inline WICK_ABI_NAMESPACE {

/// Element type. The numbers are part of the checkpoint format.
enum class DType : std::uint8_t {
  f64 = 1,
  f32 = 2,
  f16 = 3,
  bf16 = 4,
  i64 = 5,
  i32 = 6,
  i16 = 7,
  i8 = 8,
  u8 = 9,
  boolean = 10,
};

inline constexpr std::array all_dtypes{DType::f64, DType::f32, DType::f16, DType::bf16, DType::i64,
                                       DType::i32, DType::i16, DType::i8,  DType::u8,   DType::boolean};

/// Bytes per element.
[[nodiscard]] constexpr std::size_t item_size(DType d) noexcept {
  switch (d) {
    case DType::f64:
    case DType::i64:
      return 8;
    case DType::f32:
    case DType::i32:
      return 4;
    case DType::f16:
    case DType::bf16:
    case DType::i16:
      return 2;
    case DType::i8:
    case DType::u8:
    case DType::boolean:
      return 1;
  }
  return 0;
}

/// PyTorch's name: `torch.float32` without the prefix.
[[nodiscard]] constexpr std::string_view name_of(DType d) noexcept {
  switch (d) {
    case DType::f64:
      return "float64";
    case DType::f32:
      return "float32";
    case DType::f16:
      return "float16";
    case DType::bf16:
      return "bfloat16";
    case DType::i64:
      return "int64";
    case DType::i32:
      return "int32";
    case DType::i16:
      return "int16";
    case DType::i8:
      return "int8";
    case DType::u8:
      return "uint8";
    case DType::boolean:
      return "bool";
  }
  return "unknown";
}

[[nodiscard]] constexpr bool is_floating(DType d) noexcept {
  return d == DType::f64 || d == DType::f32 || d == DType::f16 || d == DType::bf16;
}

namespace detail {
template <class T>
struct DTypeOf;
template <DType D>
struct DTypeIs {
  static constexpr DType value = D;
};
template <>
struct DTypeOf<double> : DTypeIs<DType::f64> {};
template <>
struct DTypeOf<float> : DTypeIs<DType::f32> {};
template <>
struct DTypeOf<Half> : DTypeIs<DType::f16> {};
template <>
struct DTypeOf<BFloat16> : DTypeIs<DType::bf16> {};
template <>
struct DTypeOf<std::int64_t> : DTypeIs<DType::i64> {};
template <>
struct DTypeOf<std::int32_t> : DTypeIs<DType::i32> {};
template <>
struct DTypeOf<std::int16_t> : DTypeIs<DType::i16> {};
template <>
struct DTypeOf<std::int8_t> : DTypeIs<DType::i8> {};
template <>
struct DTypeOf<std::uint8_t> : DTypeIs<DType::u8> {};
template <>
struct DTypeOf<bool> : DTypeIs<DType::boolean> {};

inline std::int64_t truncate_to_int64(double x) noexcept {
  if (x >= 0x1p63) return (std::numeric_limits<std::int64_t>::max)();
  if (x <= -0x1p63) return (std::numeric_limits<std::int64_t>::min)();
  return x == x ? static_cast<std::int64_t>(x) : 0;
}
}  // namespace detail

/// DType of a C++ element type.
template <class T>
inline constexpr DType dtype_of = detail::DTypeOf<T>::value;

/// Calls `f` with a value of the C++ type that `d` stands for.
template <class F>
decltype(auto) visit_dtype(DType d, F&& f) {
  switch (d) {
    case DType::f64:
      return std::forward<F>(f)(double{});
    case DType::f32:
      return std::forward<F>(f)(float{});
    case DType::f16:
      return std::forward<F>(f)(Half{});
    case DType::bf16:
      return std::forward<F>(f)(BFloat16{});
    case DType::i64:
      return std::forward<F>(f)(std::int64_t{});
    case DType::i32:
      return std::forward<F>(f)(std::int32_t{});
    case DType::i16:
      return std::forward<F>(f)(std::int16_t{});
    case DType::i8:
      return std::forward<F>(f)(std::int8_t{});
    case DType::u8:
      return std::forward<F>(f)(std::uint8_t{});
    case DType::boolean:
      break;
  }
  return std::forward<F>(f)(bool{});
}

/// Element conversion as torch.Tensor.to: floats round to nearest even, bool is
/// "not zero", 16-bit floats go through float, integers wrap around.
///
/// A float that becomes an integer is cut towards zero and taken modulo the size of
/// the integer. Where that is undefined in PyTorch too, values past the range of
/// int64 give its nearest end, and NaN gives 0.
template <class To, class From>
[[nodiscard]] To convert_element(From x) noexcept {
  if constexpr (std::is_same_v<To, From>) {
    return x;
  } else if constexpr (std::is_same_v<From, Half> || std::is_same_v<From, BFloat16>) {
    return convert_element<To>(to_float(x));
  } else if constexpr (std::is_same_v<To, Half>) {
    return to_half(static_cast<float>(x));
  } else if constexpr (std::is_same_v<To, BFloat16>) {
    return to_bfloat16(static_cast<float>(x));
  } else if constexpr (std::is_same_v<To, bool>) {
    return x != From{};
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    return static_cast<To>(detail::truncate_to_int64(static_cast<double>(x)));
  } else {
    return static_cast<To>(x);
  }
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
