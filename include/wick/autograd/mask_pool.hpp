#pragma once

// Memory of masks, which is used again as soon as a mask is not needed any more.

#include <wick/autograd/arena.hpp>
#include <wick/base/types.hpp>

#include <cstddef>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Arrays that are given back in any order and handed out again by size.
template <Floating T>
class MaskPool {
 public:
  /// The place of an array of n numbers.
  [[nodiscard]] int take(Index n) {
    for (std::size_t i = free_.size(); i-- > 0;) {
      const int place = free_[i];
      if (entries_[static_cast<std::size_t>(place)].size != n) continue;
      free_.erase(free_.begin() + static_cast<std::ptrdiff_t>(i));
      return place;
    }
    entries_.push_back({arena_.template take<T>(n), n});
    return static_cast<int>(entries_.size()) - 1;
  }
  [[nodiscard]] T* data(int place) const { return entries_[static_cast<std::size_t>(place)].data; }
  void give_back(int place) { free_.push_back(place); }
  void reset() noexcept {
    entries_.clear();
    free_.clear();
    arena_.rewind({});
  }

 private:
  struct Entry {
    T* data;
    Index size;
  };
  Arena arena_;
  std::vector<Entry> entries_;
  std::vector<int> free_;
};

}  // namespace detail

WICK_END_NAMESPACE
