#include <wick/image/detail/png_pixels.hpp>

#include "support/picture_files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using wick::Index;
using wick_tests::append_big;
using wick_tests::Bytes;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::png_chunk;
using wick_tests::PngPicture;

namespace {

// The pixels of a file whose data was not compressed: what inflating would give is the picture's own.
wick::Tensor<std::uint8_t> pixels(const PngPicture& picture, const Bytes& before, int channels,
                                  std::optional<std::uint8_t> background = {},
                                  std::optional<Bytes> data = {}) {
  const Bytes file = picture.file(before);
  const wick::detail::PictureBytes bytes(file, "f");
  const auto png = wick::detail::read_png_structure(file, "f", 1 << 20);
  Bytes inflated = data ? *data : picture.data();
  REQUIRE(inflated.size() == png.header.inflated_size());
  return wick::detail::png_pixels(
      bytes, png, {reinterpret_cast<std::uint8_t*>(inflated.data()), inflated.size()}, channels, background);
}

unsigned hash(std::uint32_t x, std::uint32_t y, unsigned c) {
  unsigned h = x * 2654435761U ^ y * 2246822519U ^ c * 3266489917U;
  h ^= h >> 15;
  h *= 2246822519U;
  return h >> 13;
}

// A sample as a byte.
unsigned as_byte(unsigned sample, unsigned depth) {
  return depth == 16 ? sample >> 8 : sample * 255 / ((1U << depth) - 1);
}

}  // namespace

TEST_CASE("every depth, colour, filter and order of pixels is decoded") {
  struct Kind {
    unsigned color, depth;
  };
  constexpr std::array<Kind, 15> kinds{{{0, 1},
                                        {0, 2},
                                        {0, 4},
                                        {0, 8},
                                        {0, 16},
                                        {2, 8},
                                        {2, 16},
                                        {3, 1},
                                        {3, 2},
                                        {3, 4},
                                        {3, 8},
                                        {4, 8},
                                        {4, 16},
                                        {6, 8},
                                        {6, 16}}};
  for (const Kind kind : kinds) {
    const unsigned color = kind.color;
    const unsigned depth = kind.depth;
    Bytes before;
    if (color == 3) {
      Bytes palette;
      for (unsigned i = 0; i < 1U << depth; ++i) append_big(palette, 3, hash(i, 7, 7) & 0xFFFFFFU);
      before = png_chunk("PLTE", palette);
    }
    for (const bool interlaced : {false, true}) {
      for (const auto& size : {std::pair{1U, 1U}, {2U, 3U}, {9U, 7U}, {17U, 10U}, {33U, 1U}, {1U, 12U}}) {
        const std::uint32_t width = size.first;
        const std::uint32_t height = size.second;
        CAPTURE(color);
        CAPTURE(depth);
        CAPTURE(interlaced);
        CAPTURE(width);
        const PngPicture picture{
            .width = width,
            .height = height,
            .depth = depth,
            .color = color,
            .interlaced = interlaced,
            .first_filter = width,
            .sample = [&](auto x, auto y, auto c) { return hash(x, y, c) & ((1U << depth) - 1); }};
        const bool gray = color == 0 || color == 4;
        const auto image = pixels(picture, before, gray ? 1 : 3);
        REQUIRE(image.shape() == wick::Shape{Index{height}, Index{width}, gray ? 1 : 3});
        int wrong = 0;
        for (std::uint32_t y = 0; y < height; ++y) {
          for (std::uint32_t x = 0; x < width; ++x) {
            const unsigned first = picture.sample(x, y, 0);
            for (unsigned c = 0; c < (gray ? 1U : 3U); ++c) {
              const unsigned expected = color == 3 ? hash(first, 7, 7) >> (16 - 8 * c) & 255U
                                                   : as_byte(picture.sample(x, y, c), depth);
              wrong += image.at(Index{y}, Index{x}, Index{c}) != expected ? 1 : 0;
            }
          }
        }
        CHECK(wrong == 0);
        // Grey is 77, 150 and 29 parts of 256, and is itself in three channels.
        const auto other = pixels(picture, before, gray ? 3 : 1);
        for (Index i = 0; i < other.numel(); ++i) {
          if (gray) {
            wrong += other.data()[i] != image.data()[i / 3] ? 1 : 0;
          } else {
            const std::uint8_t* p = image.data() + 3 * i;
            const int mixed = (p[0] * 77 + p[1] * 150 + p[2] * 29) / 256;
            wrong += other.data()[i] < mixed || other.data()[i] > mixed + (depth == 16 ? 1 : 0) ? 1 : 0;
          }
        }
        CHECK(wrong == 0);
      }
    }
  }
}

TEST_CASE("what is transparent lets the background through") {
  // One grey value is transparent: compared in all bits of the file, of which those beyond the depth mean
  // nothing.
  for (const unsigned depth : {1U, 2U, 4U, 8U, 16U}) {
    const unsigned hidden = depth == 16 ? 0x1234 : 1;
    Bytes value;
    append_big(value, 2, depth == 16 ? hidden : hidden | 1U << depth);
    const PngPicture picture{.width = 2, .height = 1, .depth = depth, .sample = [&](auto x, auto, auto) {
                               return x == 0 ? hidden : depth == 16 ? 0x1235U : 0U;
                             }};
    const auto image = pixels(picture, png_chunk("tRNS", value), 1, std::uint8_t{77});
    CHECK(image.data()[0] == 77);
    CHECK(image.data()[1] == (depth == 16 ? 0x12 : 0));
    const auto dropped = pixels(picture, png_chunk("tRNS", value), 1);
    CHECK(dropped.data()[0] == as_byte(hidden, depth));
  }
  // One colour.
  const PngPicture rgb{.width = 2, .height = 1, .color = 2, .sample = [](auto x, auto, auto c) {
                         return 10 * (c + 1) + (c == 2 ? x : 0);
                       }};
  const auto image = pixels(rgb, png_chunk("tRNS", numbers({0, 10, 0, 20, 0, 30})), 3, std::uint8_t{200});
  CHECK(std::vector<int>(image.span().begin(), image.span().end()) ==
        std::vector<int>{200, 200, 200, 10, 20, 31});
  // Colours of a palette; those without an opacity are opaque.
  const PngPicture indexed{
      .width = 3, .height = 1, .depth = 2, .color = 3, .sample = [](auto x, auto, auto) { return x; }};
  Bytes chunks = png_chunk("PLTE", numbers({10, 20, 30, 40, 50, 60, 70, 80, 90}));
  wick_tests::append(chunks, png_chunk("tRNS", numbers({0, 51})));
  const auto over = pixels(indexed, chunks, 3, std::uint8_t{100});
  // 40 * 0.2 + 100 * 0.8 = 88, ...
  CHECK(std::vector<int>(over.span().begin(), over.span().end()) ==
        std::vector<int>{100, 100, 100, 88, 90, 92, 70, 80, 90});
}

TEST_CASE("filters and colours that are not there are refused") {
  const PngPicture gray{.width = 2, .height = 2, .sample = [](auto...) { return 5U; }};
  for (const unsigned filter : {5U, 6U, 255U}) {
    for (const std::size_t row : {0U, 3U}) {
      Bytes data = gray.data();
      data[row] = static_cast<std::byte>(filter);
      CHECK(message_of<wick::FormatError>([&] { static_cast<void>(pixels(gray, {}, 1, {}, data)); }) ==
            "f: at byte 33: the PNG picture is damaged: its compressed pixels name filter " +
                std::to_string(filter) + ", the filters are 0 to 4");
    }
  }
  const PngPicture indexed{
      .width = 9, .height = 2, .depth = 4, .color = 3, .sample = [](auto x, auto y, auto) {
        return x == 8 && y == 1 ? 3U : 2U;
      }};
  const Bytes palette = png_chunk("PLTE", Bytes(9));
  CHECK(message_of<wick::FormatError>([&] { static_cast<void>(pixels(indexed, palette, 3)); }) ==
        "f: at byte 54: the PNG picture is damaged: a pixel has colour 3 of a palette of 3");
}
