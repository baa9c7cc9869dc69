#include "support/allocations.hpp"

#include <wick/base/buffer.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <vector>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace {

std::atomic<std::uint64_t> count{0};
std::atomic<std::uint64_t> bytes{0};
std::atomic<std::uint64_t> live{0};
std::atomic<std::uint64_t> peak{0};

// What the allocator set aside, so that it can be asked for again when the memory is released.
std::size_t usable(void* p) noexcept {
#if defined(__GLIBC__)
  return p == nullptr ? 0 : malloc_usable_size(p);
#else
  static_cast<void>(p);
  return 0;
#endif
}
void note_allocated(void* p) noexcept {
  const std::uint64_t now = live += usable(p);
  std::uint64_t most = peak;
  while (now > most && !peak.compare_exchange_weak(most, now)) {
  }
}

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
  note_allocated(p);
  return p;
}
void* counted(std::size_t size, std::size_t alignment) {
  void* p = counted_or_null(size, alignment);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
// Kept whole: inlined, GCC would take the pair of new and free for a mistake.
[[gnu::noinline]] void release(void* p) noexcept {
  live -= usable(p);
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
std::uint64_t start_peak() noexcept {
  peak = live.load();
  return live;
}
std::uint64_t peak_bytes() noexcept { return peak; }

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

#if defined(__GLIBC__)
TEST_CASE("the peak is what was there at one time") {
  const std::uint64_t before = start_peak();
  for (int i = 0; i < 3; ++i) keep(std::vector<char>(100000).data());
  CHECK(peak_bytes() - before >= 100000);
  CHECK(peak_bytes() - before < 101000);
  const std::vector<char> stays(100000);
  keep(std::vector<char>(100000).data());
  CHECK(peak_bytes() - before >= 200000);
  CHECK(peak_bytes() - before < 202000);
  CHECK(start_peak() - before >= 100000);
}
#endif

}  // namespace wick_tests
