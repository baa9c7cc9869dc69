#pragma once

// Memory of a tape.

#include <wick/base/buffer.hpp>
#include <wick/base/types.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Memory that is handed out piece by piece, each at a multiple of 64 bytes, and taken back all at once.
/// Addresses stay until then. Nothing is given back to the system: the same requests get the same memory the
/// next time, and allocate nothing.
class Arena {
 public:
  template <class Value>
  [[nodiscard]] Value* take(Index n) {
    constexpr Index unit = Buffer<std::byte>::alignment;
    const Index bytes = (n * static_cast<Index>(sizeof(Value)) + unit - 1) / unit * unit;
    while (at_ < chunks_.size() && bytes > chunks_[at_].size() - used_) {
      ++at_;
      used_ = 0;
    }
    if (at_ == chunks_.size()) {
      constexpr Index least = Index{1} << 16;
      const Index size = (std::max)({bytes, 2 * total_, least});
      chunks_.emplace_back(size);
      total_ += size;
    }
    std::byte* const piece = chunks_[at_].data() + used_;
    used_ += bytes;
    return static_cast<Value*>(static_cast<void*>(piece));
  }

  /// How far the memory was handed out; rewind() takes back what was handed out since.
  struct Mark {
    std::size_t chunk = 0;
    Index used = 0;
  };
  [[nodiscard]] Mark mark() const noexcept { return {at_, used_}; }
  void rewind(const Mark& mark) noexcept {
    at_ = mark.chunk;
    used_ = mark.used;
  }

  /// Whether `address` is in memory of the arena.
  [[nodiscard]] bool contains(const void* address) const noexcept {
    const std::less<const void*> before;
    return std::ranges::any_of(chunks_, [&](const Buffer<std::byte>& chunk) {
      return !before(address, chunk.data()) && before(address, chunk.data() + chunk.size());
    });
  }

  /// Bytes that were taken from the system.
  [[nodiscard]] Index capacity() const noexcept { return total_; }

 private:
  std::vector<Buffer<std::byte>> chunks_;
  std::size_t at_ = 0;
  Index used_ = 0;
  Index total_ = 0;
};

WICK_END_NAMESPACE
