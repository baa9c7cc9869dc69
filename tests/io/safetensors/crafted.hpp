#pragma once

// Safetensors files put together from their header's text, without wick.

#include "io/wick/crafted.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wick_tests {

/// The length of the header, which may lie, the header, and `data` bytes 0, 1, 2, ...
[[nodiscard]] inline Bytes safetensors(std::string_view header, std::size_t data = 0,
                                       std::optional<std::uint64_t> length = {}) {
  Out out;
  out.u64(length.value_or(header.size())).chars(header);
  for (std::size_t i = 0; i < data; ++i) out.u8(i & 0xFFU);
  return out.bytes;
}

/// An entry of the header.
[[nodiscard]] inline std::string entry(const std::string& name, const std::string& dtype,
                                       const std::string& shape, std::uint64_t begin, std::uint64_t end) {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":[" +
         std::to_string(begin) + "," + std::to_string(end) + "]}";
}

}  // namespace wick_tests
