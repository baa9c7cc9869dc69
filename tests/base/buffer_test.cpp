#include <wick/base/buffer.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <numeric>
#include <utility>

using namespace wick;

namespace {

template <class T>
Buffer<T> counting(Index n) {
  Buffer<T> b(n);
  std::iota(b.data(), b.data() + n, T(0));
  return b;
}
template <class T>
bool counts(const Buffer<T>& b, Index n) {
  for (Index i = 0; i < n; ++i) {
    if (b.data()[i] != static_cast<T>(i)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("memory begins at a multiple of 64 bytes whatever the size") {
  for (const Index n : {1, 2, 3, 17, 100, 1001}) {
    const Buffer<std::uint8_t> bytes(n);
    const Buffer<double> doubles(n);
    CHECK(reinterpret_cast<std::uintptr_t>(bytes.data()) % 64 == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(doubles.data()) % 64 == 0);
    CHECK(doubles.size() == n);
  }
}

TEST_CASE("an empty buffer owns nothing") {
  const Buffer<float> none, zero(0);
  CHECK(none.data() == nullptr);
  CHECK(none.size() == 0);
  CHECK(zero.data() == nullptr);
  const Buffer<float> copy = none;
  CHECK(copy.size() == 0);
}

TEST_CASE("copies are deep, also onto larger and smaller buffers and onto itself") {
  const auto source = counting<int>(10);
  for (const Index n : {0, 3, 10, 100}) {
    auto target = counting<int>(n);
    target = source;
    CHECK(target.size() == 10);
    CHECK(counts(target, 10));
    CHECK(target.data() != source.data());
    target.data()[0] = 99;
    CHECK(source.data()[0] == 0);
  }
  auto self = source;
  const auto& same = self;
  self = same;
  CHECK(counts(self, 10));
}

TEST_CASE("moves hand the memory over and leave an empty buffer") {
  auto a = counting<int>(10);
  const int* data = a.data();
  Buffer<int> b = std::move(a);
  CHECK(b.data() == data);
  CHECK(a.size() == 0);
  CHECK(a.data() == nullptr);

  auto c = counting<int>(3);
  c = std::move(b);
  CHECK(c.data() == data);
  CHECK(counts(c, 10));
  CHECK(b.size() == 0);
  CHECK(b.data() == nullptr);

  auto& same = c;
  c = std::move(same);
  CHECK(c.data() == data);
  CHECK(counts(c, 10));

  a = counting<int>(4);  // an emptied buffer is as good as new
  CHECK(counts(a, 4));
}

TEST_CASE("resize keeps the memory that suffices") {
  Buffer<float> b(100);
  const float* data = b.data();
  b.resize(10);
  CHECK(b.size() == 10);
  b.resize(0);
  b.resize(100);
  CHECK(b.data() == data);
  b.resize(101);
  CHECK(b.size() == 101);
}

TEST_CASE("grow keeps the elements that fit") {
  auto b = counting<int>(5);
  b.grow(3);
  CHECK(counts(b, 3));
  b.grow(5);
  CHECK(counts(b, 5));
  b.grow(5000);
  CHECK(b.size() == 5000);
  CHECK(counts(b, 5));
  Buffer<int> fresh;
  fresh.grow(2);
  CHECK(fresh.size() == 2);
}

TEST_CASE("memory for which large pages are asked for holds what is written, whatever the system answers") {
  constexpr Index n = (Index{9} << 20) + 3;
  Buffer<std::uint8_t> b(n);
  const auto byte = [](Index i) { return static_cast<std::uint8_t>(i % 251); };
  for (Index i = 0; i < n; ++i) b.data()[i] = byte(i);
  b.grow(2 * n);
  const Buffer<std::uint8_t> copy = b;
  Index same = 0;
  for (Index i = 0; i < n; ++i) same += copy.data()[i] == byte(i) ? 1 : 0;
  CHECK(same == n);
  detail::prefer_large_pages(nullptr, std::size_t{8} << 20);  // which is no memory
}

TEST_CASE("sizes that no memory holds are refused and change nothing") {
  auto b = counting<double>(5);
  constexpr Index most = (std::numeric_limits<Index>::max)();
  CHECK(wick_tests::message_of<ShapeError>([&] { b.resize(-1); }) ==
        "Buffer: -1 elements of 8 bytes do not fit in memory");
  CHECK_THROWS_AS(b.resize(most), ShapeError);
  CHECK_THROWS_AS(b.grow(most / 8 + 1), ShapeError);
  CHECK_THROWS_AS(b.grow(-7), ShapeError);
  constexpr Index least = (std::numeric_limits<Index>::min)();
  CHECK_THROWS_AS(Buffer<double>{least}, ShapeError);
  CHECK(b.size() == 5);
  CHECK(counts(b, 5));
}

#if !defined(__SANITIZE_ADDRESS__)  // which ends the program instead
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WICK_TEST_NO_HUGE_ALLOCATION
#endif
#endif
#if !defined(WICK_TEST_NO_HUGE_ALLOCATION)
TEST_CASE("memory that is not there is std::bad_alloc and changes nothing") {
  auto b = counting<double>(5);
  constexpr Index most = (std::numeric_limits<Index>::max)() / 8 - 100;
  // With 32 bits so much may be there, but not twice.
  const Buffer<double> first(sizeof(Index) > 4 ? 0 : most);
  CHECK_THROWS_AS(b.resize(most), std::bad_alloc);
  CHECK_THROWS_AS(b.grow(most), std::bad_alloc);
  CHECK(b.size() == 5);
  CHECK(counts(b, 5));
}
#endif
#endif

TEST_CASE("a buffer over borrowed memory writes there, keeps it alive and copies out of it") {
  auto owner = std::make_shared<Buffer<int>>(counting<int>(20));
  const std::weak_ptr<Buffer<int>> watch = owner;
  int* const memory = owner->data();
  auto over = Buffer<int>::over(memory, 20, std::move(owner));
  CHECK(over.is_foreign());
  CHECK(over.data() == memory);
  CHECK(counts(over, 20));
  over.data()[3] = 33;
  CHECK(watch.lock()->data()[3] == 33);
  over.data()[3] = 3;

  Buffer<int> copy = over;
  CHECK_FALSE(copy.is_foreign());
  CHECK(copy.data() != memory);
  CHECK(counts(copy, 20));

  over.resize(5);
  over.resize(20);
  CHECK(over.data() == memory);
  Buffer<int> moved = std::move(over);
  CHECK(moved.is_foreign());
  CHECK(moved.data() == memory);
  CHECK_FALSE(watch.expired());
  moved.grow(21);
  CHECK_FALSE(moved.is_foreign());
  CHECK(moved.data() != memory);
  CHECK(counts(moved, 20));
  CHECK(watch.expired());

  auto again = Buffer<int>::over(copy.data(), 20, nullptr);
  again = counting<int>(2);
  CHECK_FALSE(again.is_foreign());
  CHECK(counts(copy, 20));
}

TEST_CASE("memory that begins elsewhere than at a multiple of 64 bytes is refused") {
  Buffer<int> block(32);
  CHECK(wick_tests::message_of<ShapeError>([&] {
          static_cast<void>(Buffer<int>::over(block.data() + 1, 4, nullptr));
        }) == "Buffer: borrowed memory must begin at a multiple of 64 bytes");
  CHECK_THROWS_AS(static_cast<void>(Buffer<int>::over(block.data(), -1, nullptr)), ShapeError);
  CHECK(Buffer<int>::over(block.data() + 16, 4, nullptr).size() == 4);
}

namespace {

template <class X>
concept has_data = requires(X&& x) {
  std::forward<X>(x).data();
};
static_assert(has_data<Buffer<int>&> && has_data<const Buffer<int>&> && !has_data<Buffer<int>>);

}  // namespace

TEST_CASE("a buffer does not lie over a null pointer") {
  CHECK(wick_tests::message_of<ShapeError>([] {
          static_cast<void>(Buffer<int>::over(nullptr, 4, nullptr));
        }) == "Buffer: expected memory for 4 elements, got a null pointer");
  CHECK(Buffer<int>::over(nullptr, 0, nullptr).size() == 0);
}
