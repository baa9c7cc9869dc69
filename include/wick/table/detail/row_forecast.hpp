#pragma once

// How many rows a file will have.

#include <wick/version.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

WICK_BEGIN_NAMESPACE

namespace detail {

/// How many rows there will be, so that columns need not be copied as they grow.
class RowForecast {
 public:
  explicit RowForecast(std::uint64_t bytes = 0) : bytes_(bytes) {}
  /// So many rows were in so many bytes of the file.
  void learn(std::size_t rows, std::uint64_t bytes) noexcept {
    if (bytes_ == 0 || bytes == 0 || bytes > bytes_) return;
    // As much more as rows differ in length, and a few.
    const double all = static_cast<double>(rows) * static_cast<double>(bytes_) / static_cast<double>(bytes);
    expected_ = as_size(all * 1.03) + 64;
  }
  /// A size, or the largest that memory could have.
  [[nodiscard]] static std::size_t as_size(double x) noexcept {
    constexpr std::size_t most = (std::numeric_limits<std::size_t>::max)() / 4;
    return x < static_cast<double>(most) ? static_cast<std::size_t>(x) : most;
  }
  /// The room to make for a column that has no more.
  [[nodiscard]] std::size_t capacity_for(std::size_t rows) const noexcept {
    constexpr std::size_t few = 1024;  // too few to tell
    if (rows < few) return (std::max)(std::size_t{16}, 2 * rows);
    // The first rows may be shorter than the others, so not at once.
    return (std::max)((std::min)(expected_, 8 * rows), rows + rows / 8);
  }

 private:
  std::uint64_t bytes_;
  std::size_t expected_ = 0;
};

}  // namespace detail

WICK_END_NAMESPACE
