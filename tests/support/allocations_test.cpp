#include "support/allocations.hpp"

#include <wick/core/buffer.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {

std::atomic<std::uint64_t> count{0};
std::atomic<std::uint64_t> bytes{0};

void* counted_or_null(std::size_t size, std::size_t alignment) noexcept {
  ++count;
  bytes += size;
  if (size == 0) size = 1;
  void* p = nullptr;
#if defined(_WIN32)
  p = _aligned_malloc(size, alignment);
#else
  // Whole multiples of the alignment, as std::aligned_alloc demands.
  const std::size_t whole = (size + alignment - 1) / alignment * alignment;
  if (whole >= size) p = std::aligned_alloc(alignment, whole);
#endif
  return p;
}
void* counted(std::size_t size, std::size_t alignment) {
  void* p = counted_or_null(size, alignment);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
// Kept whole: inlined, GCC would take the pair of new and free for a mistake.
[[gnu::noinline]] void release(void* p) noexcept {
#if defined(_WIN32)
  _aligned_free(p);
#else
  std::free(p);
#endif
}

constexpr std::size_t normal = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

}  // namespace

// All forms: a sanitizer brings its own of those that are left out.
void* operator new(std::size_t size) { return counted(size, normal); }
void* operator new[](std::size_t size) { return counted(size, normal); }
void* operator new(std::size_t size, std::align_val_t a) { return counted(size, std::size_t(a)); }
void* operator new[](std::size_t size, std::align_val_t a) { return counted(size, std::size_t(a)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted_or_null(size, normal); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return counted_or_null(size, normal);
}
void* operator new(std::size_t size, std::align_val_t a, const std::nothrow_t&) noexcept {
  return counted_or_null(size, std::size_t(a));
}
void* operator new[](std::size_t size, std::align_val_t a, const std::nothrow_t&) noexcept {
  return counted_or_null(size, std::size_t(a));
}
void operator delete(void* p) noexcept { release(p); }
void operator delete[](void* p) noexcept { release(p); }
void operator delete(void* p, std::size_t) noexcept { release(p); }
void operator delete[](void* p, std::size_t) noexcept { release(p); }
void operator delete(void* p, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { release(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { release(p); }
void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept { release(p); }
void operator delete[](void* p, std::align_val_t, const std::nothrow_t&) noexcept { release(p); }

namespace wick_tests {

std::uint64_t allocation_count() noexcept { return count; }
std::uint64_t allocated_bytes() noexcept { return bytes; }

namespace {

// A place where the optimiser cannot see that nobody looks: it may leave out an
// allocation that nothing escapes from.
const volatile void* sink;

template <class T>
void keep(const T* p) {
  sink = p;
}

}  // namespace

TEST_CASE("every form of allocation is counted, and nothing else") {
  CHECK(allocations_in([] { keep(&sink); }) == 0);
  CHECK(allocations_in([] { keep(std::make_unique<int>(1).get()); }) == 1);
  CHECK(allocations_in([] { keep(std::vector<int>(100).data()); }) == 1);
  CHECK(allocations_in([] { keep(std::make_unique<int[]>(10).get()); }) == 1);
  CHECK(allocations_in([] {
          const wick::Buffer<float> buffer(100);
          keep(buffer.data());
        }) == 1);
  CHECK(allocations_in([] { keep(std::string(1000, 'x').data()); }) == 1);
  CHECK(allocations_in([] { keep(std::unique_ptr<int>(new (std::nothrow) int(3)).get()); }) == 1);
  CHECK(allocations_in([] { keep(std::unique_ptr<int[]>(new (std::nothrow) int[3]).get()); }) == 1);
  struct alignas(128) Wide {
    char c[128];
  };
  CHECK(allocations_in([] { keep(std::make_unique<Wide>().get()); }) == 1);
  CHECK(allocations_in([] { keep(std::make_unique<Wide[]>(2).get()); }) == 1);
  CHECK(bytes_allocated_in([] {
          const wick::Buffer<float> buffer(100);
          keep(buffer.data());
        }) == 400);
  CHECK(bytes_allocated_in([] { keep(&sink); }) == 0);
}

}  // namespace wick_tests
