#include <wick/image/detail/jpeg_structure.hpp>

#include "support/files.hpp"
#include "support/picture_files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

using wick_tests::append;
using wick_tests::Bytes;
using wick_tests::contains;
using wick_tests::jpeg_file;
using wick_tests::jpeg_frame;
using wick_tests::jpeg_huffman;
using wick_tests::jpeg_ones;
using wick_tests::jpeg_scan;
using wick_tests::jpeg_segment;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::together;

namespace {

void check(const Bytes& file, std::uint64_t max_pixels = 4096) {
  static_cast<void>(wick::detail::check_jpeg(file, "f", max_pixels));
}
std::string refusal(const Bytes& file, std::uint64_t max_pixels = 4096) {
  return message_of<wick::FormatError>([&] { check(file, max_pixels); });
}

constexpr unsigned sequential = 0xC0;
constexpr unsigned progressive = 0xC2;

// Tables in which one bit, 0, says that a mean is that of the block before, and that a block has nothing
// else.
const Bytes dc = jpeg_huffman(0x00, {1}, {0});
const Bytes ac = jpeg_huffman(0x10, {1}, {0});
const Bytes tables = together({jpeg_ones(), dc, ac});
const Bytes frame = jpeg_frame(sequential, 8, 8);
const Bytes scan = jpeg_scan({0x3F});  // one empty block and a byte's rest

}  // namespace

TEST_CASE("the least JPEG file is read, with notes, padding and what follows its end") {
  CHECK_NOTHROW(check(jpeg_file({tables, frame, scan})));
  CHECK_NOTHROW(check(jpeg_file({frame, tables, scan})));
  Bytes file = jpeg_file({jpeg_segment(0xE0, {'J', 'F', 'I', 'F', 0}), Bytes(9), jpeg_segment(0xFE, {}),
                          tables, jpeg_segment(0xEE, {'A', 'd', 'o', 'b', 'e'}), frame, scan, Bytes(5)});
  append(file, Bytes(100));
  CHECK_NOTHROW(check(file));
  CHECK_NOTHROW(check(jpeg_file({tables, frame, jpeg_scan({0x3F, 0xFF})})));  // FF before the end marker
}

TEST_CASE("segments lie in the file, are known and come in order") {
  const Bytes whole = jpeg_file({tables, frame, scan});
  for (std::size_t n = 3; n < whole.size(); ++n) {
    CHECK_THROWS_AS(check({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)}),
                    wick::FormatError);
  }
  CHECK(refusal(jpeg_file(
            {jpeg_segment(0xE1, {}), {std::byte{0xFF}, std::byte{0xE1}, std::byte{0}, std::byte{1}}})) ==
        "f: at byte 8: the JPEG picture is damaged: a segment claims a length of 1 bytes");
  CHECK(contains(refusal(numbers({0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF})), "the file ends inside it"));
  CHECK(contains(refusal(jpeg_file({tables, scan, frame})), "a scan comes before the frame header"));
  CHECK(contains(refusal(jpeg_file({tables, frame, frame, scan})), "there is a second frame header"));
  CHECK(contains(refusal(jpeg_file({tables})), "it ends before its frame header"));
  CHECK(contains(refusal(jpeg_file({tables, frame})), "component 1 is in no scan"));
  CHECK(
      contains(refusal(jpeg_file({tables, frame, Bytes(1), scan})), "expected a marker behind the segment"));
  for (const unsigned marker : {0x00U, 0x01U, 0xC8U, 0xD0U, 0xD8U, 0xF0U}) {
    CHECK(contains(refusal(jpeg_file({tables, frame, numbers({0xFF, marker})})),
                   "expected a segment, got marker " + std::to_string(marker)));
  }
  for (const unsigned marker : {0xC9U, 0xCAU, 0xCBU, 0xCCU, 0xCDU}) {
    CHECK(contains(refusal(jpeg_file({jpeg_frame(marker, 8, 8)})),
                   "JPEG pictures with arithmetic coding are not read; save the picture as a baseline"));
  }
  for (const unsigned marker : {0xC3U, 0xC5U, 0xC7U, 0xDEU}) {
    CHECK(contains(refusal(jpeg_file({jpeg_frame(marker, 8, 8)})), "lossless and hierarchical"));
  }
}

TEST_CASE("a Huffman table has at most as many codes as there can be, and all of them") {
  const auto with = [](const Bytes& table) { return refusal(jpeg_file({table, tables, frame, scan})); };
  // 700 codes of 14, 15 and 16 bits, for which there is room among the codes but not in a decoder.
  std::vector<unsigned> counts(16);
  counts[13] = counts[14] = 255;
  counts[15] = 190;
  CHECK(with(jpeg_huffman(0x00, counts, std::vector<unsigned>(700))) ==
        "f: at byte 7: the JPEG picture is damaged: a Huffman table has more codes than there can be");
  counts = std::vector<unsigned>(16);
  counts[15] = 1;
  counts[14] = 255;
  CHECK(
      contains(with(jpeg_huffman(0x10, counts, std::vector<unsigned>(256))), "more codes than there can be"));
  counts[15] = 0;
  CHECK_NOTHROW(
      check(jpeg_file({jpeg_huffman(0x11, counts, std::vector<unsigned>(255)), tables, frame, scan})));
  // Codes that are no prefix code, or of ones alone.
  for (const std::vector<unsigned>& many :
       {std::vector<unsigned>{2}, {3}, {1, 2}, {0, 4}, {1, 1, 2}, {0, 0, 0, 0, 0, 0, 0, 255}}) {
    unsigned n = 0;
    for (const unsigned x : many) n += x;
    const Bytes table = jpeg_huffman(0x00, many, std::vector<unsigned>(n));
    if (n == 255) {
      CHECK_NOTHROW(check(jpeg_file({table, tables, frame, scan})));  // 8 bits have 256 codes
    } else {
      CHECK(contains(with(table), "more codes than there can be"));
    }
  }
  // Tables longer or shorter than their segment.
  CHECK(contains(with(jpeg_huffman(0x00, {1}, {})), "a Huffman table leaves its segment"));
  CHECK(contains(with(jpeg_segment(0xC4, {0x00, 1, 1})), "a Huffman table leaves its segment"));
  CHECK(contains(with(jpeg_huffman(0x00, {1}, {0, 0})), "a Huffman table leaves its segment"));
  for (const unsigned head : {0x04U, 0x20U, 0x0FU, 0xF0U}) {
    CHECK(contains(with(jpeg_huffman(head, {1}, {0})), "there is no Huffman table " + std::to_string(head)));
  }
}

TEST_CASE("quantization tables and restart intervals have their sizes") {
  const auto with = [](const Bytes& segment) { return refusal(jpeg_file({segment, tables, frame, scan})); };
  CHECK(contains(with(jpeg_segment(0xDB, Bytes(64))), "a quantization table leaves its segment"));
  CHECK(contains(with(jpeg_segment(0xDB, Bytes(66))), "a quantization table leaves its segment"));
  Bytes wide(129);
  wide[0] = std::byte{0x13};
  CHECK_NOTHROW(check(jpeg_file({jpeg_segment(0xDB, wide), tables, frame, scan})));
  wide[0] = std::byte{0x23};
  CHECK(contains(with(jpeg_segment(0xDB, wide)), "there is no quantization table 35"));
  CHECK(contains(with(jpeg_ones(4)), "there is no quantization table 4"));
  CHECK(contains(with(jpeg_segment(0xDD, {1})), "the restart interval has 1 bytes, expected 2"));
}

TEST_CASE("the frame header has sizes and sampling that decoders know") {
  const auto with = [](const Bytes& header, std::uint64_t limit = 4096) {
    return refusal(jpeg_file({tables, header, scan}), limit);
  };
  CHECK(contains(with(jpeg_frame(sequential, 0, 8)), "the picture has 0 x 8 pixels"));
  CHECK(contains(with(jpeg_frame(sequential, 8, 0)), "give their height at the end are not read"));
  CHECK(contains(with(jpeg_frame(sequential, 65, 64)),
                 "the picture has 65 x 64 pixels, the limit is 4096 (LoadImageOptions::max_pixels)"));
  CHECK(contains(with(jpeg_frame(sequential, 65535, 65535)),
                 "the limit is 4096 (LoadImageOptions::max_pixels)"));
  CHECK(contains(with(jpeg_segment(sequential, {8, 0, 8, 0})), "the frame header has 4 bytes"));
  CHECK(
      contains(with(jpeg_segment(sequential, {8, 0, 8, 0, 8, 1, 1, 0x11})), "the frame header has 8 bytes"));
  CHECK(
      contains(with(jpeg_segment(sequential, {12, 0, 8, 0, 8, 1, 1, 0x11, 0})), "JPEG pictures of 12 bits"));
  CHECK(contains(with(jpeg_frame(sequential, 8, 8, {})), "JPEG pictures of 0 components are not read"));
  CHECK(contains(with(jpeg_frame(sequential, 8, 8, {{1, 0x11, 0}, {2, 0x11, 0}})), "of 2 components"));
  CHECK(contains(with(jpeg_frame(sequential, 8, 8, {{1, 0x11, 0}, {2, 0x11, 0}, {1, 0x11, 0}})),
                 "two components have the number 1"));
  for (const unsigned sampling : {0x00U, 0x01U, 0x10U, 0x51U, 0x15U, 0xFFU}) {
    CHECK(contains(with(jpeg_frame(sequential, 8, 8, {{1, sampling, 0}})), "no sampling or quantization"));
  }
  CHECK(contains(with(jpeg_frame(sequential, 8, 8, {{1, 0x11, 4}})), "no sampling or quantization"));
  CHECK(contains(with(jpeg_frame(sequential, 8, 8, {{1, 0x31, 0}, {2, 0x21, 0}, {3, 0x11, 0}})),
                 "sampling is no whole part"));
  // Not a bit for each block; nothing is allocated.
  CHECK(contains(with(jpeg_frame(progressive, 65535, 65535), std::uint64_t{1} << 40),
                 "bytes cannot hold its 65535 x 65535 pixels"));
}

TEST_CASE("a scan has components, tables and coefficients that are there") {
  const auto with = [](const Bytes& s, const Bytes& t = tables) { return refusal(jpeg_file({t, frame, s})); };
  CHECK(contains(with(jpeg_segment(0xDA, {0, 0, 63, 0})), "a scan has 0 components in 4 bytes"));
  CHECK(contains(with(jpeg_segment(0xDA, {})), "a scan has 0 components"));
  CHECK(contains(with(jpeg_segment(0xDA, {2, 1, 0, 1, 0, 0, 63, 0})), "a scan has 2 components"));
  CHECK(contains(with(jpeg_segment(0xDA, {1, 1, 0, 0, 63})), "a scan has 1 components in 5 bytes"));
  CHECK(contains(with(jpeg_scan({0x3F}, 0, 63, 0, 7)), "a scan has component 7, which is not there"));
  CHECK(contains(with(jpeg_scan({0x3F}, 0, 63, 0, 1, 0x40)), "there is no Huffman table 64"));
  CHECK(contains(with(jpeg_scan({0x3F}, 0, 63, 0, 1, 0x04)), "there is no Huffman table 4"));
  CHECK(contains(with(jpeg_scan({0x3F}, 0, 63, 0, 1, 0x10)), "uses a Huffman table that is not there"));
  CHECK(contains(with(jpeg_scan({0x3F}, 0, 63, 0, 1, 0x01)), "uses a Huffman table that is not there"));
  CHECK(contains(with(jpeg_scan({0x3F}, 1)), "a scan has parts of coefficients"));
  CHECK(contains(with(jpeg_scan({0x3F}, 0, 63, 0x10)), "a scan has parts of coefficients"));
  Bytes huffman_alone = dc;
  append(huffman_alone, ac);
  CHECK(contains(with(scan, huffman_alone), "quantization table 0 is used and not there"));
  Bytes two = scan;
  append(two, scan);
  CHECK(contains(with(two), "component 1 is in two scans"));

  const std::vector<wick_tests::JpegComponentBytes> many{{1, 0x44, 0}, {2, 0x11, 0}, {3, 0x11, 0}};
  const Bytes interleaved = jpeg_segment(0xDA, {3, 1, 0, 2, 0, 3, 0, 0, 63, 0});
  CHECK(contains(refusal(jpeg_file({tables, jpeg_frame(sequential, 8, 8, many), interleaved, Bytes(9)})),
                 "interleaves more than 10 blocks"));
  const Bytes twice = jpeg_segment(0xDA, {2, 1, 0, 1, 0, 0, 63, 0});
  CHECK(contains(refusal(jpeg_file({tables, jpeg_frame(sequential, 8, 8, many), twice, Bytes(9)})),
                 "a scan has component 1, which is not there or there twice"));
  CHECK(contains(refusal(jpeg_file({tables, jpeg_frame(sequential, 8, 8, many), scan})),
                 "component 2 is in no scan"));
}

TEST_CASE("progressive scans have every bit of every coefficient once") {
  const Bytes header = jpeg_frame(progressive, 8, 8);
  const auto file = [&](std::initializer_list<Bytes> scans) {
    Bytes all;
    for (const Bytes& s : scans) append(all, s);
    return jpeg_file({tables, header, all});
  };
  const auto mean = [](unsigned bits) { return jpeg_scan({0x7F}, 0, 0, bits); };
  const auto band = [](unsigned first, unsigned last, unsigned bits) {
    return jpeg_scan({0x7F}, first, last, bits);
  };
  CHECK_NOTHROW(check(file({mean(0x00), band(1, 63, 0x00)})));
  CHECK_NOTHROW(
      check(file({mean(0x02), band(1, 5, 0x01), mean(0x21), band(6, 63, 0), mean(0x10), band(1, 5, 0x10)})));
  CHECK(contains(refusal(file({band(1, 63, 0)})), "refines component 1 before its mean"));
  CHECK(contains(refusal(file({mean(0x10)})), "bits of coefficient 0 out of order or again"));
  CHECK(contains(refusal(file({mean(0), mean(0)})), "bits of coefficient 0 out of order or again"));
  CHECK(contains(refusal(file({mean(1), mean(0x10), mean(0x10)})), "bits of coefficient 0 out of order"));
  CHECK(contains(refusal(file({mean(3), mean(0x10)})), "bits of coefficient 0 out of order"));
  CHECK(contains(refusal(file({mean(0), band(1, 5, 0), band(5, 63, 0)})),
                 "bits of coefficient 5 out of order"));
  for (const auto& [first, last, bits] : std::vector<std::array<unsigned, 3>>{{5, 4, 0},
                                                                              {1, 64, 0},
                                                                              {0, 1, 0},
                                                                              {1, 63, 0x0E},
                                                                              {1, 63, 0x20},
                                                                              {1, 63, 0x11},
                                                                              {1, 63, 0x01 | 0x30}}) {
    CHECK(contains(refusal(file({mean(0), band(first, last, bits)})), "that JPEG does not allow"));
  }
  const Bytes colour = jpeg_frame(progressive, 8, 8, {{1, 0x11, 0}, {2, 0x11, 0}, {3, 0x11, 0}});
  const Bytes together = jpeg_segment(0xDA, {3, 1, 0, 2, 0, 3, 0, 0, 0, 0});
  const Bytes two = jpeg_segment(0xDA, {2, 1, 0, 2, 0, 1, 63, 0});
  CHECK(contains(refusal(jpeg_file({tables, colour, together, numbers({0x1F}), two, numbers({0x3F})})),
                 "that JPEG does not allow"));
}

TEST_CASE("thousands of scans cost what max_pixels allows, and no more") {
  // 64 coefficients and 14 bits of each make 896 scans of a byte for a picture of any size.
  const auto file = [](unsigned side) {
    Bytes all;
    append(all, tables);
    append(all, jpeg_frame(progressive, side, side));
    const Bytes data(std::size_t{side} / 8 * (side / 8) / 8 + 1);  // a bit for each block
    for (unsigned k = 0; k < 64; ++k) {
      for (unsigned bit = 14; bit-- > 0;) {
        append(all, jpeg_scan({}, k, k, bit == 13 ? 13 : (bit + 1) << 4 | bit));
        append(all, data);
      }
    }
    return jpeg_file({all});
  };
  CHECK_NOTHROW(check(file(8), 64));
  CHECK_NOTHROW(check(file(8), 4096));
  CHECK_NOTHROW(check(file(64), std::uint64_t{1} << 16));
  CHECK(contains(refusal(file(64), 4096),
                 "its scans go through more samples than 64 pictures of 4096 pixels "
                 "(LoadImageOptions::max_pixels) have"));
}

TEST_CASE("JPEG files of other programs are read, and every truncation is refused") {
  for (const char* name :
       {"gray", "444", "422", "420", "optimized", "one", "restart_blocks", "restart_rows", "progressive",
        "progressive_444", "progressive_gray", "progressive_restart", "exif", "noise"}) {
    CAPTURE(name);
    const auto path = std::filesystem::path(WICK_TEST_DATA) / ("jpeg_" + std::string(name) + ".jpg");
    const Bytes file = wick_tests::read_bytes(path);
    const auto header = wick::detail::check_jpeg(file, "f", 4096).header;
    CHECK(header.width == (std::string_view(name) == "one" ? 1 : 37));
    CHECK(header.height == (std::string_view(name) == "one" ? 1 : 29));
    for (std::size_t n = 3; n < file.size(); ++n) {
      const Bytes part(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(n));
      CHECK_THROWS_AS(check(part), wick::FormatError);
      // With an end marker, which many decoders take for a picture, the rest grey.
      Bytes ended = part;
      append(ended, numbers({0xFF, 0xD9}));
      if (n + 3 < file.size() && std::string_view(name).substr(0, 11) != "progressive") {
        CHECK_THROWS_AS(check(ended), wick::FormatError);
      }
    }
  }
}
