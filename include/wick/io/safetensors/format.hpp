#pragma once

// Numbers and names of the safetensors format, https://github.com/huggingface/safetensors#format

#include <wick/tensor/dtype.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// The map from texts to texts that a safetensors file may carry, in the order of the file.
using SafetensorsMetadata = std::vector<std::pair<std::string, std::string>>;

namespace detail {

struct SafetensorsFormat {
  static constexpr std::uint64_t length_bytes = 8;  ///< at the beginning: the length of the header
  static constexpr std::uint64_t most_header_bytes = 100'000'000;
  static constexpr std::size_t alignment = 8;  ///< of the data
  static constexpr std::string_view metadata_key = "__metadata__";

  struct Type {
    std::string_view name;
    std::optional<DType> dtype;  ///< none for elements of less than a byte
  };
  /// In the order in which tensors lie in a file, from the last to the first.
  static constexpr std::array types{
      Type{"BOOL", DType::boolean},
      Type{"F4", {}},
      Type{"F6_E2M3", {}},
      Type{"F6_E3M2", {}},
      Type{"U8", DType::u8},
      Type{"I8", DType::i8},
      Type{"F8_E5M2", DType::f8_e5m2},
      Type{"F8_E4M3", DType::f8_e4m3fn},
      Type{"F8_E8M0", DType::f8_e8m0fnu},
      Type{"F8_E4M3FNUZ", DType::f8_e4m3fnuz},
      Type{"F8_E5M2FNUZ", DType::f8_e5m2fnuz},
      Type{"I16", DType::i16},
      Type{"U16", DType::u16},
      Type{"F16", DType::f16},
      Type{"BF16", DType::bf16},
      Type{"I32", DType::i32},
      Type{"U32", DType::u32},
      Type{"F32", DType::f32},
      Type{"C64", DType::c64},
      Type{"F64", DType::f64},
      Type{"I64", DType::i64},
      Type{"U64", DType::u64},
  };
};

}  // namespace detail

WICK_END_NAMESPACE
