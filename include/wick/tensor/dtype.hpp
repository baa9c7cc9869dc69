#pragma once

// Element types of tensors in files and state dicts.

#include <wick/base/types.hpp>
#include <wick/tensor/float8.hpp>
#include <wick/tensor/half.hpp>

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Element type. The numbers are part of the checkpoint format.
enum class DType : std::uint8_t {
  f64 = 1,           ///< double
  f32 = 2,           ///< float
  f16 = 3,           ///< Half
  bf16 = 4,          ///< BFloat16
  i64 = 5,           ///< std::int64_t
  i32 = 6,           ///< std::int32_t
  i16 = 7,           ///< std::int16_t
  i8 = 8,            ///< std::int8_t
  u8 = 9,            ///< std::uint8_t
  boolean = 10,      ///< bool, a byte
  u16 = 11,          ///< std::uint16_t
  u32 = 12,          ///< std::uint32_t
  u64 = 13,          ///< std::uint64_t
  c64 = 14,          ///< complex: two f32, real part first
  c128 = 15,         ///< complex: two f64
  f8_e4m3fn = 16,    ///< Float8, as are the next four
  f8_e5m2 = 17,      ///< with infinities
  f8_e4m3fnuz = 18,  ///< one zero, without a sign
  f8_e5m2fnuz = 19,  ///< one zero, without a sign
  f8_e8m0fnu = 20,   ///< a power of two
};

/// Each of them once.
inline constexpr std::array all_dtypes{
    DType::f64,       DType::f32,     DType::f16,         DType::bf16,        DType::i64,
    DType::i32,       DType::i16,     DType::i8,          DType::u8,          DType::boolean,
    DType::u16,       DType::u32,     DType::u64,         DType::c64,         DType::c128,
    DType::f8_e4m3fn, DType::f8_e5m2, DType::f8_e4m3fnuz, DType::f8_e5m2fnuz, DType::f8_e8m0fnu};

/// Bytes per element.
[[nodiscard]] constexpr std::size_t item_size(DType d) noexcept {
  switch (d) {
    case DType::c128:
      return 16;
    case DType::f64:
    case DType::i64:
    case DType::u64:
    case DType::c64:
      return 8;
    case DType::f32:
    case DType::i32:
    case DType::u32:
      return 4;
    case DType::f16:
    case DType::bf16:
    case DType::i16:
    case DType::u16:
      return 2;
    case DType::i8:
    case DType::u8:
    case DType::boolean:
    case DType::f8_e4m3fn:
    case DType::f8_e5m2:
    case DType::f8_e4m3fnuz:
    case DType::f8_e5m2fnuz:
    case DType::f8_e8m0fnu:
      return 1;
  }
  return 0;
}

/// Bytes of one number of an element, which change places on machines of the other byte order: half an
/// element of a complex type, else all of it.
[[nodiscard]] constexpr std::size_t number_size(DType d) noexcept {
  return item_size(d) / (d == DType::c64 || d == DType::c128 ? 2 : 1);
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
    case DType::u16:
      return "uint16";
    case DType::u32:
      return "uint32";
    case DType::u64:
      return "uint64";
    case DType::c64:
      return "complex64";
    case DType::c128:
      return "complex128";
    case DType::f8_e4m3fn:
      return "float8_e4m3fn";
    case DType::f8_e5m2:
      return "float8_e5m2";
    case DType::f8_e4m3fnuz:
      return "float8_e4m3fnuz";
    case DType::f8_e5m2fnuz:
      return "float8_e5m2fnuz";
    case DType::f8_e8m0fnu:
      return "float8_e8m0fnu";
  }
  return "unknown";
}

/// Whether it is a real floating-point type.
[[nodiscard]] constexpr bool is_floating(DType d) noexcept {
  switch (d) {
    case DType::f64:
    case DType::f32:
    case DType::f16:
    case DType::bf16:
    case DType::f8_e4m3fn:
    case DType::f8_e5m2:
    case DType::f8_e4m3fnuz:
    case DType::f8_e5m2fnuz:
    case DType::f8_e8m0fnu:
      return true;
    case DType::c64:
    case DType::c128:
    case DType::i64:
    case DType::i32:
    case DType::i16:
    case DType::i8:
    case DType::u64:
    case DType::u32:
    case DType::u16:
    case DType::u8:
    case DType::boolean:
      return false;
  }
  return false;
}
/// Whether it is complex.
[[nodiscard]] constexpr bool is_complex(DType d) noexcept { return d == DType::c64 || d == DType::c128; }

namespace detail {
template <class T>
struct DTypeOf;
template <DType dtype>
struct DTypeIs {
  static constexpr DType value = dtype;
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
template <>
struct DTypeOf<std::uint16_t> : DTypeIs<DType::u16> {};
template <>
struct DTypeOf<std::uint32_t> : DTypeIs<DType::u32> {};
template <>
struct DTypeOf<std::uint64_t> : DTypeIs<DType::u64> {};
template <>
struct DTypeOf<std::complex<float>> : DTypeIs<DType::c64> {};
template <>
struct DTypeOf<std::complex<double>> : DTypeIs<DType::c128> {};
template <>
struct DTypeOf<Float8<Float8Format::e4m3fn>> : DTypeIs<DType::f8_e4m3fn> {};
template <>
struct DTypeOf<Float8<Float8Format::e5m2>> : DTypeIs<DType::f8_e5m2> {};
template <>
struct DTypeOf<Float8<Float8Format::e4m3fnuz>> : DTypeIs<DType::f8_e4m3fnuz> {};
template <>
struct DTypeOf<Float8<Float8Format::e5m2fnuz>> : DTypeIs<DType::f8_e5m2fnuz> {};
template <>
struct DTypeOf<Float8<Float8Format::e8m0fnu>> : DTypeIs<DType::f8_e8m0fnu> {};

template <class T>
inline constexpr bool small_float = is_floating(DTypeOf<T>::value) && !std::is_floating_point_v<T>;
template <class T>
inline constexpr bool is_complex_type = is_complex(DTypeOf<T>::value);

template <class To>
To to_small_float(float x) noexcept {
  if constexpr (std::is_same_v<To, Half>) {
    return to_half(x);
  } else if constexpr (std::is_same_v<To, BFloat16>) {
    return to_bfloat16(x);
  } else {
    return []<Float8Format format>(Float8<format>, float value) { return to_float8<format>(value); }(To{}, x);
  }
}

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
template <class Function>
decltype(auto) visit_dtype(DType d, Function&& f) {
  switch (d) {
    case DType::f64:
      return std::forward<Function>(f)(double{});
    case DType::f32:
      return std::forward<Function>(f)(float{});
    case DType::f16:
      return std::forward<Function>(f)(Half{});
    case DType::bf16:
      return std::forward<Function>(f)(BFloat16{});
    case DType::i64:
      return std::forward<Function>(f)(std::int64_t{});
    case DType::i32:
      return std::forward<Function>(f)(std::int32_t{});
    case DType::i16:
      return std::forward<Function>(f)(std::int16_t{});
    case DType::i8:
      return std::forward<Function>(f)(std::int8_t{});
    case DType::u8:
      return std::forward<Function>(f)(std::uint8_t{});
    case DType::u16:
      return std::forward<Function>(f)(std::uint16_t{});
    case DType::u32:
      return std::forward<Function>(f)(std::uint32_t{});
    case DType::u64:
      return std::forward<Function>(f)(std::uint64_t{});
    case DType::c64:
      return std::forward<Function>(f)(std::complex<float>{});
    case DType::c128:
      return std::forward<Function>(f)(std::complex<double>{});
    case DType::f8_e4m3fn:
      return std::forward<Function>(f)(Float8<Float8Format::e4m3fn>{});
    case DType::f8_e5m2:
      return std::forward<Function>(f)(Float8<Float8Format::e5m2>{});
    case DType::f8_e4m3fnuz:
      return std::forward<Function>(f)(Float8<Float8Format::e4m3fnuz>{});
    case DType::f8_e5m2fnuz:
      return std::forward<Function>(f)(Float8<Float8Format::e5m2fnuz>{});
    case DType::f8_e8m0fnu:
      return std::forward<Function>(f)(Float8<Float8Format::e8m0fnu>{});
    case DType::boolean:
      break;
  }
  return std::forward<Function>(f)(bool{});
}

/// Element conversion as torch.Tensor.to: floats round to nearest even, bool is
/// "not zero", 16-bit and 8-bit floats go through float, integers wrap around, and
/// of a complex number that becomes real only the real part is kept.
///
/// A float that becomes an integer is cut towards zero and taken modulo the size of
/// the integer. Where that is undefined in PyTorch too, values past the range of
/// int64 give its nearest end, and NaN gives 0.
template <class To, class From>
[[nodiscard]] To convert_element(From x) noexcept {
  if constexpr (std::is_same_v<To, From>) {
    return x;
  } else if constexpr (detail::small_float<From>) {
    return convert_element<To>(to_float(x));
  } else if constexpr (detail::is_complex_type<From>) {
    if constexpr (detail::is_complex_type<To>) {
      return To(x);
    } else if constexpr (std::is_same_v<To, bool>) {
      return x != From{};
    } else {
      return convert_element<To>(x.real());
    }
  } else if constexpr (detail::is_complex_type<To>) {
    return To(static_cast<typename To::value_type>(x));
  } else if constexpr (detail::small_float<To>) {
    return detail::to_small_float<To>(static_cast<float>(x));
  } else if constexpr (std::is_same_v<To, bool>) {
    return x != From{};
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // The upper half of uint64 is past int64.
    if (std::is_same_v<To, std::uint64_t> && x >= From(0x1p63) && x < From(0x1p64)) return static_cast<To>(x);
    return static_cast<To>(detail::truncate_to_int64(static_cast<double>(x)));
  } else {
    return static_cast<To>(x);
  }
}

WICK_END_NAMESPACE
