#pragma once

// Owning memory, aligned to 64 bytes whatever the compiler flags of the program.

#include <wick/base/error.hpp>
#include <wick/base/types.hpp>

#include <cstddef>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Throws ShapeError: `n` elements of `size` bytes do not fit in memory.
[[noreturn]] void refuse_buffer(Index n, std::size_t size);

/// Asks the system for large pages under new memory, if that is much. What it answers changes no result.
void prefer_large_pages(void* data, std::size_t bytes) noexcept;

/// Throws ShapeError unless a buffer can lie over memory at `data` for `n` elements of `size` bytes.
void check_buffer_over(const void* data, Index n, std::size_t size);

}  // namespace detail

/// A block of N trivially copyable elements at a multiple of 64 bytes.
///
/// Copies are deep; a moved-from buffer is empty. resize() keeps memory that is large enough, so a buffer
/// that is used for batches of changing size stops allocating after the largest one. New elements are
/// uninitialised. Throws ShapeError when N is negative or N * sizeof(T) overflows, and std::bad_alloc when
/// memory is short; the buffer is then as it was.
///
/// Under 4 MB and more, Linux is asked for large pages.
///
/// A buffer may also lie over borrowed memory: see over().
template <class T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  static constexpr std::size_t alignment = 64;  ///< of the memory, in bytes

  Buffer() = default;
  /// n elements, uninitialised.
  explicit Buffer(Index n) { resize(n); }
  /// A buffer that lies over `n` elements at `data`, which `owner` keeps alive: what is written to the buffer
  /// is written there. A copy has memory of its own, and so has a buffer that grows beyond `n`. Throws
  /// ShapeError when n is negative or `data` is not at a multiple of 64 bytes.
  [[nodiscard]] static Buffer over(T* data, Index n, const std::shared_ptr<const void>& owner) {
    detail::check_buffer_over(data, n, sizeof(T));
    Buffer buffer;
    buffer.data_ = data;
    buffer.size_ = buffer.capacity_ = n;
    buffer.owner_ = owner;
    buffer.foreign_ = true;
    return buffer;
  }
  Buffer(const Buffer& other) : Buffer(other.size_) { copy_from(other); }
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)),
        owner_(std::move(other.owner_)),
        foreign_(std::exchange(other.foreign_, false)) {}
  Buffer& operator=(const Buffer& other) {
    if (this != &other) {
      resize(other.size_);
      copy_from(other);
    }
    return *this;
  }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer taken(std::move(other));
    std::swap(data_, taken.data_);
    std::swap(size_, taken.size_);
    std::swap(capacity_, taken.capacity_);
    std::swap(owner_, taken.owner_);
    std::swap(foreign_, taken.foreign_);
    return *this;
  }
  ~Buffer() { release(); }

  /// Sets the size; existing elements survive only if no new memory is needed.
  void resize(Index n) {
    if (n < 0 || n > capacity_) {
      take(allocate(n), n);
    }
    size_ = n;
  }

  /// Sets the size and keeps the elements that fit.
  void grow(Index n) {
    if (n < 0 || n > capacity_) {
      T* fresh = allocate(n);
      if (size_ > 0) std::memcpy(fresh, data_, static_cast<std::size_t>(size_) * sizeof(T));
      take(fresh, n);
    }
    size_ = n;
  }

  /// The first element; null if there is no memory.
  [[nodiscard]] T* data() & noexcept { return data_; }
  [[nodiscard]] const T* data() const& noexcept { return data_; }
  void data() const&& = delete;  // a pointer to memory that is gone
  /// Number of elements.
  [[nodiscard]] Index size() const noexcept { return size_; }
  /// The size up to which resize() and grow() keep the memory.
  [[nodiscard]] Index capacity() const noexcept { return capacity_; }
  /// Whether the elements lie in borrowed memory.
  [[nodiscard]] bool is_foreign() const noexcept { return foreign_; }

 private:
  static T* allocate(Index n) {
    if (n < 0 || static_cast<std::size_t>(n) > (std::numeric_limits<std::size_t>::max)() / 2 / sizeof(T)) {
      detail::refuse_buffer(n, sizeof(T));
    }
    const std::size_t bytes = static_cast<std::size_t>(n) * sizeof(T);
    void* const data = ::operator new (bytes, std::align_val_t{alignment});
    detail::prefer_large_pages(data, bytes);
    return static_cast<T*>(data);
  }
  void release() noexcept {
    if (data_ != nullptr && !foreign_) ::operator delete (data_, std::align_val_t{alignment});
  }
  void take(T* fresh, Index capacity) noexcept {
    release();
    data_ = fresh;
    capacity_ = capacity;
    owner_.reset();
    foreign_ = false;
  }
  void copy_from(const Buffer& other) noexcept {
    if (size_ > 0) std::memcpy(data_, other.data_, static_cast<std::size_t>(size_) * sizeof(T));
  }

  T* data_ = nullptr;
  Index size_ = 0;
  Index capacity_ = 0;
  std::shared_ptr<const void> owner_;
  bool foreign_ = false;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/base/buffer.ipp>
#endif
