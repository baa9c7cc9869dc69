#pragma once

// Casts between integer types that are one type on some systems.

#include <wick/version.hpp>

#include <concepts>

WICK_BEGIN_NAMESPACE
namespace detail {

/// `x` as a `To`, which it fits into. A static_cast from std::uint64_t to std::size_t is needed where those
/// are two types and -Wuseless-cast complains of it where they are one; in a template it does not.
template <std::integral To, std::integral From>
[[nodiscard]] constexpr To as_integer(From x) noexcept {
  return static_cast<To>(x);
}

}  // namespace detail
WICK_END_NAMESPACE
