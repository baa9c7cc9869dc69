#pragma once

// The values of pixels in either floating type.

#include <wick/base/types.hpp>
#include <wick/data/transforms.hpp>

#include <type_traits>

WICK_BEGIN_NAMESPACE
namespace detail {

/// A normalisation, with a table for each type of batches.
class PixelTables {
 public:
  /// Throws OptionError unless mean and std are finite and std > 0.
  explicit PixelTables(const Normalize& normalize = {})
      : normalize_(normalize), table32_(normalize), table64_(normalize) {}

  [[nodiscard]] const Normalize& normalize() const noexcept { return normalize_; }
  template <Floating T>
  [[nodiscard]] const PixelTable<T>& of() const noexcept {
    if constexpr (std::is_same_v<T, float>) {
      return table32_;
    } else {
      return table64_;
    }
  }

 private:
  Normalize normalize_;
  PixelTable<float> table32_;
  PixelTable<double> table64_;
};

}  // namespace detail
WICK_END_NAMESPACE
