#pragma once

// What a file may demand of the reader, and the option that says so.

#include <wick/io/archive/archive.hpp>
#include <wick/io/torch/limits.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace tool {

/// The library's limits by its names, so that a message of it tells the option.
struct Limits {
  wick::ArchiveLimits archive;
  wick::TorchLimits torch;
  // Of pictures, and of IDX files and what gzip unpacks; without a number, the library's.
  std::optional<std::uint64_t> max_pixels = {};
  std::optional<std::uint64_t> max_file_size = {};
  std::optional<std::uint64_t> contents_limit = {};

  Limits() {
    // A user who pipes a file into the tool has seen to its size.
    archive.stream_bytes = torch.stream_bytes = (std::numeric_limits<std::uint64_t>::max)();
  }

  /// Sets the limit in `text`, `value_bytes=500M`; K, M and G are powers of 1024. Throws wick::OptionError
  /// for a name that is none, naming all, and for what is no number.
  void set(std::string_view text);

  /// `attributes, contents_limit, ...`
  [[nodiscard]] static std::string names();
};

/// `text` with `--limit NAME=N` in the place of the library's names for limits, `TorchLimits::depth`.
[[nodiscard]] std::string with_limit_option(std::string text);

}  // namespace tool
