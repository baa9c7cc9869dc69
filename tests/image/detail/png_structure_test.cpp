#include <wick/image/detail/png_structure.hpp>

#include "support/files.hpp"
#include "support/picture_files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

using wick_tests::append;
using wick_tests::append_big;
using wick_tests::Bytes;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::png_chunk;
using wick_tests::png_file;
using wick_tests::png_header;
using wick_tests::PngPicture;
using wick_tests::zlib_stored;

namespace {

wick::detail::PngStructure structure(const Bytes& file, std::uint64_t max_pixels = 1000) {
  return wick::detail::read_png_structure(file, "f", max_pixels);
}
std::string refusal(const Bytes& file, std::uint64_t max_pixels = 1000) {
  return message_of<wick::FormatError>([&] { static_cast<void>(structure(file, max_pixels)); });
}

const Bytes end = png_chunk("IEND", {});
const Bytes three = png_chunk("IDAT", zlib_stored(Bytes(4)));         // a row of three grey pixels
const Bytes colors = png_chunk("PLTE", numbers({1, 2, 3, 4, 5, 6}));  // two colours

// A chunk that says of itself what is not so.
Bytes lying_chunk(std::string_view kind, std::uint64_t length, const Bytes& data, std::uint64_t crc = 0) {
  Bytes chunk;
  append_big(chunk, 4, length);
  append(chunk, std::as_bytes(std::span(kind)));
  append(chunk, data);
  append_big(chunk, 4, crc);
  return chunk;
}

}  // namespace

TEST_CASE("a PNG file is read up to its end, whatever chunks may be skipped and whatever follows") {
  const Bytes header = png_header(3, 1, 8, 0);
  Bytes file = png_file({header, png_chunk("iCCP", Bytes(300)), png_chunk("zTXt", numbers({'a', 0, 0, 9, 9})),
                         png_chunk("acTL", Bytes(8)), three, lying_chunk("tEXt", 2, Bytes(2), 7), end});
  CHECK(structure(file).header.width == 3);
  CHECK(structure(file).compressed == 15);
  append(file, Bytes(50));  // some programs hide things there
  CHECK(structure(file).header.height == 1);

  const Bytes data = zlib_stored(Bytes(4));
  const auto part = [&](std::size_t from, std::size_t to) {
    return png_chunk("IDAT", std::span(data).subspan(from, to - from));
  };
  const Bytes pieces = png_file({header, part(0, 1), part(1, 1), part(1, 9), part(9, data.size()), end});
  const auto png = structure(pieces);
  std::vector<std::byte> joined;
  const auto compressed = wick::detail::png_compressed(pieces, png, joined);
  CHECK(std::vector(compressed.begin(), compressed.end()) == data);
}

TEST_CASE("the header of a PNG file has what PNG knows") {
  const auto with = [](const Bytes& header) { return refusal(png_file({header, three, end})); };
  int known = 0;
  for (unsigned color = 0; color < 10; ++color) {
    for (unsigned depth = 0; depth < 40; ++depth) {
      const bool small = depth == 1 || depth == 2 || depth == 4;
      const bool allowed = color == 0                               ? small || depth == 8 || depth == 16
                           : color == 3                             ? small || depth == 8
                           : color == 2 || color == 4 || color == 6 ? depth == 8 || depth == 16
                                                                    : false;
      const Bytes file = png_file({png_header(1, 1, depth, color), colors, three, end});
      const Bytes gray = png_file({png_header(1, 1, depth, color), three, end});
      if (allowed) {
        ++known;
        CHECK_NOTHROW(static_cast<void>(structure(color == 0 || color == 4 ? gray : file)));
      } else {
        CHECK(contains(refusal(file), "colour type " + std::to_string(color) + " with " +
                                          std::to_string(depth) + " bits, which PNG does not know"));
      }
    }
  }
  CHECK(known == 15);
  CHECK(with(png_header(3, 1, 8, 0, 2)) ==
        "f: at byte 28: the PNG picture has interlace method 2, which PNG does not know");
  CHECK(with(png_header(0, 1, 8, 0)) == "f: at byte 16: the picture has 0 x 1 pixels");
  CHECK(with(png_header(1, 0, 8, 0)) == "f: at byte 16: the picture has 1 x 0 pixels");
  CHECK(with(png_header(1001, 1, 8, 0)) ==
        "f: at byte 16: the picture has 1001 x 1 pixels, the limit is 1000 "
        "(LoadImageOptions::max_pixels)");
  CHECK(contains(with(png_header(0xFFFFFFFF, 0xFFFFFFFF, 8, 0)),
                 "the limit is 1000 (LoadImageOptions::max_pixels)"));
  CHECK(contains(with(png_header(0x80000000, 2, 8, 0)), "the limit is 1000 (LoadImageOptions::max_pixels)"));
  for (const std::size_t at : {26U, 27U}) {  // compression, filter
    Bytes file = png_file({png_header(3, 1, 8, 0), three, end});
    file[at] = std::byte{1};
    const auto crc = wick_tests::png_crc(std::span(file).subspan(12, 17));
    for (std::size_t i = 0; i < 4; ++i) file[29 + i] = static_cast<std::byte>(crc >> (24 - 8 * i) & 255U);
    CHECK(contains(refusal(file), "method 1, which PNG does not know"));
  }
  CHECK(contains(with(png_chunk("CgBI", Bytes(4))), "variant of Apple's programs; convert it"));
  CHECK(contains(with(png_chunk("IHDR", Bytes(12))),
                 "expected a chunk IHDR of 13 bytes first, got IHDR of 12"));
  CHECK(contains(with(three), "expected a chunk IHDR of 13 bytes first, got IDAT"));
}

TEST_CASE("lengths of chunks are compared with the bytes that are there") {
  const Bytes header = png_header(3, 1, 8, 0);
  CHECK(refusal(png_file({header, lying_chunk("IDAT", 0x7FFFFFF0, Bytes(1))})) ==
        "f: at byte 33: the PNG picture is damaged or truncated: its chunk IDAT claims 2147483632 bytes, 5 "
        "follow");
  for (const std::uint64_t length : {0xFFFFFFFFU, 0xFFFFFFFEU, 0x80000000U, 16U, 2U}) {
    CHECK(contains(refusal(png_file({header, lying_chunk("IDAT", length, Bytes(1))})), "claims "));
    CHECK(contains(refusal(png_file({header, lying_chunk("tEXt", length, Bytes(1))})), "claims "));
  }
  const Bytes whole = png_file({header, three, end});
  for (std::size_t n = 8; n < whole.size(); ++n) {
    CHECK_THROWS_AS(
        static_cast<void>(structure({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)})),
        wick::FormatError);
  }
  CHECK(contains(refusal(png_file({header, lying_chunk("\x1b[2J", 0, {})})), "whose name is four letters"));
}

TEST_CASE("chunks that are used are whole, in order and there once") {
  const Bytes header = png_header(3, 1, 8, 0);
  const Bytes indexed = png_header(3, 1, 1, 3);
  const auto with = [](std::initializer_list<Bytes> chunks) { return refusal(png_file(chunks)); };
  CHECK(with({header, header, three, end}) ==
        "f: at byte 33: the PNG picture is damaged: its chunk IHDR is there twice");
  CHECK(contains(with({header, three, png_chunk("tIME", Bytes(7)), three, end}),
                 "IDAT is not behind the other ones of its kind"));
  CHECK(contains(with({header, end}), "IEND comes before any pixels"));
  CHECK(contains(with({header, three, png_chunk("IEND", Bytes(1))}), "IEND is not empty"));
  CHECK(contains(with({header, png_chunk("ABCD", {}), three, end}),
                 "ABCD is not known, and cannot be skipped"));
  CHECK(contains(with({header, colors, three, end}), "PLTE does not belong into a grey picture"));
  CHECK(contains(with({indexed, three, end}), "IDAT comes before the palette"));
  CHECK(contains(with({indexed, colors, colors, three, end}), "PLTE is there twice"));
  CHECK(contains(with({indexed, colors, three, colors, end}), "PLTE is there twice"));
  CHECK(contains(with({png_header(1, 1, 8, 2), three, colors, end}), "PLTE comes behind the pixels"));
  for (const std::size_t size : {0U, 1U, 4U, 9U, 769U}) {
    CHECK(contains(with({indexed, png_chunk("PLTE", Bytes(size)), three, end}),
                   "PLTE has " + std::to_string(size) + " bytes, expected three for each of 1 to 2 colours"));
  }
  CHECK(contains(with({png_header(1, 1, 8, 3), png_chunk("PLTE", Bytes(771)), three, end}),
                 "of 1 to 256 colours"));
  // Transparency.
  CHECK(contains(with({indexed, png_chunk("tRNS", Bytes(1)), colors, three, end}), "the palette 0 colours"));
  CHECK(contains(with({indexed, colors, png_chunk("tRNS", Bytes(3)), three, end}), "the palette 2 colours"));
  CHECK(contains(with({header, png_chunk("tRNS", Bytes(1)), three, end}), "tRNS has 1 bytes, expected 2"));
  CHECK(contains(with({header, png_chunk("tRNS", Bytes(2)), png_chunk("tRNS", Bytes(2)), three, end}),
                 "tRNS is there twice"));
  CHECK(contains(with({header, three, png_chunk("tRNS", Bytes(2)), end}), "tRNS comes behind the pixels"));
  CHECK(contains(with({png_header(1, 1, 8, 6), png_chunk("tRNS", Bytes(8)), three, end}),
                 "tRNS is there beside the opacity of each pixel"));
  for (const Bytes& broken : {header, three, end}) {
    Bytes file = png_file({header, three, end});
    Bytes wrong = broken;
    wrong.back() ^= std::byte{1};
    const auto at = std::search(file.begin(), file.end(), broken.begin(), broken.end());
    std::ranges::copy(wrong, at);
    CHECK(contains(refusal(file), "the checksum (CRC-32) of its chunk I"));
  }
}

TEST_CASE("few compressed bytes cannot be many pixels") {
  // Nothing is allocated: the limit on pixels is raised beyond what a machine has.
  const Bytes file = png_file({png_header(1U << 20, 1U << 20, 16, 6), png_chunk("IDAT", Bytes(100)), end});
  CHECK(refusal(file, std::uint64_t{1} << 50) ==
        "f: at byte 33: the PNG picture is damaged: 100 compressed bytes cannot hold its 1048576 x 1048576 "
        "pixels");
}

TEST_CASE("the passes of an interlaced picture hold each pixel once") {
  for (std::uint32_t width = 1; width < 20; ++width) {
    for (std::uint32_t height = 1; height < 20; ++height) {
      wick::detail::PngHeader header;
      header.width = width;
      header.height = height;
      header.depth = 8;
      header.interlaced = true;
      std::vector<int> seen(std::size_t{width} * height);
      std::uint64_t size = 0;
      for (const auto& pass : header.passes()) {
        size += std::uint64_t{pass.height} * (pass.width + 1);
        for (std::uint32_t y = 0; y < pass.height; ++y) {
          for (std::uint32_t x = 0; x < pass.width; ++x) {
            ++seen.at(std::size_t{pass.y0 + y * pass.dy} * width + pass.x0 + x * pass.dx);
          }
        }
      }
      CHECK(std::ranges::count(seen, 1) == std::ssize(seen));
      PngPicture picture{.width = width, .height = height, .interlaced = true, .sample = {}};
      picture.sample = [](auto...) { return 0U; };
      CHECK(header.inflated_size() == picture.data().size());
      CHECK(size == picture.data().size());
    }
  }
}
