#pragma once

// Memory of a tape.

#include <wick/base/buffer.hpp>
#include <wick/base/types.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Memory that is handed out piece by piece, each at a multiple of 64 bytes, and taken back all at once.
/// Addresses stay until then. Nothing is given back to the system: the same requests get the same memory the
/// next time, and allocate nothing.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() = default;

  /// Memory for n values of a type, without any.
  template <class Value>
  [[nodiscard]] Value* take(Index n) {
    constexpr Index unit = Buffer<std::byte>::alignment;
    static_assert((unit & (unit - 1)) == 0);
    const Index bytes = (n * static_cast<Index>(sizeof(Value)) + unit - 1) & ~(unit - 1);
    if (bytes > size_ - used_) find_chunk(bytes);
    std::byte* const piece = data_ + used_;
    used_ += bytes;
    return static_cast<Value*>(static_cast<void*>(piece));
  }

  /// An object in such a piece, which is never destroyed.
  template <class Value, class... Arguments>
  [[nodiscard]] Value* make(Arguments&&... arguments) {
    static_assert(std::is_trivially_destructible_v<Value>);
    // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): the arena's
    return new (take<Value>(1)) Value{std::forward<Arguments>(arguments)...};
  }

  /// How far the memory was handed out; rewind() takes back what was handed out since.
  struct Mark {
    std::size_t chunk = 0;  ///< which piece of memory of the system
    Index used = 0;         ///< bytes of it
  };
  /// How far it is handed out now.
  [[nodiscard]] Mark mark() const noexcept { return {at_, used_}; }
  /// Takes back what was handed out since `mark`.
  void rewind(const Mark& mark) noexcept {
    if (!chunks_.empty()) open(mark.chunk);
    used_ = mark.used;
  }

  /// Whether `address` is in memory of the arena.
  [[nodiscard]] bool contains(const void* address) const noexcept;

  /// Bytes that were taken from the system.
  [[nodiscard]] Index capacity() const noexcept { return total_; }

 private:
  /// Goes on in the next chunk that has so much room, a new one if need be.
  void find_chunk(Index bytes);
  void open(std::size_t chunk) noexcept {
    at_ = chunk;
    data_ = chunks_[chunk].data();
    size_ = chunks_[chunk].size();
  }

  std::vector<Buffer<std::byte>> chunks_;
  std::size_t at_ = 0;
  std::byte* data_ = nullptr;  ///< of chunk at_
  Index size_ = -1;  ///< of chunk at_; less than nothing while there is none: no memory has no address
  Index used_ = 0;
  Index total_ = 0;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/arena.ipp>
#endif
