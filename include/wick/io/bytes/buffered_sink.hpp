#pragma once

// Many small pieces of a file to its sink as few large ones.

#include <wick/base/function_ref.hpp>

#include <cstddef>
#include <span>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Where the bytes of a file go, in order: one type for files and streams, so that what writes a format is
/// compiled once.
using ByteSink = FunctionRef<void(std::span<const std::byte>)>;

/// Gathers small pieces before `sink(std::span<const std::byte>)`; large ones go through as they lie, not
/// copied. flush() must be called at the end.
template <class Sink>
class BufferedSink {
 public:
  static constexpr std::size_t buffer_bytes = std::size_t{1} << 16;  ///< what is gathered at most

  /// `sink` has to live as long.
  explicit BufferedSink(Sink& sink) : sink_(sink) {}

  /// Passes on, or gathers.
  void operator()(std::span<const std::byte> bytes) {
    if (buffer_.size() + bytes.size() > buffer_bytes) flush();
    if (bytes.size() > buffer_bytes) {
      sink_(bytes);
    } else {
      buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    }
  }
  /// Passes on what is gathered.
  void flush() {
    if (!buffer_.empty()) sink_(std::span<const std::byte>(buffer_));
    buffer_.clear();
  }

 private:
  Sink& sink_;
  std::vector<std::byte> buffer_;
};

WICK_END_NAMESPACE
