#pragma once

// Definitions of base/error.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE FileError::FileError(std::string path, const std::string& what)
    : Error(path + ": " + what), path_(std::move(path)) {}

WICK_INLINE FormatError::FormatError(std::string path, std::uint64_t offset, const std::string& what)
    : FileError(std::move(path), "at byte " + std::to_string(offset) + ": " + what), offset_(offset) {}

WICK_INLINE FormatError::FormatError(std::string path, const std::string& what)
    : FileError(std::move(path), what) {}

WICK_INLINE StateDictError::StateDictError(const std::string& torch_text,
                                           std::vector<std::string> missing_keys,
                                           std::vector<std::string> unexpected_keys,
                                           std::vector<std::string> mismatched_keys, std::string hints)
    : Error(torch_text + hints),
      torch_text_(torch_text),
      missing_keys_(std::move(missing_keys)),
      unexpected_keys_(std::move(unexpected_keys)),
      mismatched_keys_(std::move(mismatched_keys)),
      hints_(std::move(hints)) {}

WICK_END_NAMESPACE
