#pragma once

// Definitions of autograd/arena.hpp.

#include <wick/autograd/arena.hpp>
#include <wick/base/detail/compiled.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>

WICK_BEGIN_NAMESPACE

WICK_INLINE bool Arena::contains(const void* address) const noexcept {
  const std::less<> before;
  return std::ranges::any_of(chunks_, [&](const Buffer<std::byte>& chunk) {
    return !before(address, chunk.data()) && before(address, chunk.data() + chunk.size());
  });
}

WICK_INLINE void Arena::find_chunk(Index bytes) {
  std::size_t next = size_ < 0 ? 0 : at_ + 1;
  while (next < chunks_.size() && bytes > chunks_[next].size()) ++next;
  if (next == chunks_.size()) {
    constexpr Index least = Index{1} << 16;
    const Index size = (std::max)({bytes, 2 * total_, least});
    chunks_.emplace_back(size);
    total_ += size;
  }
  open(next);
  used_ = 0;
}

WICK_END_NAMESPACE
