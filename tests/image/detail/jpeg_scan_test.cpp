#include <wick/image/detail/jpeg_scan.hpp>
#include <wick/image/detail/jpeg_structure.hpp>

#include "support/picture_files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
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

// Bytes of bits written as text, spaces aside, filled up with ones; FF is followed by 00.
Bytes bits(std::string_view text) {
  std::vector<unsigned> all;
  for (const char c : text) {
    if (c != ' ') all.push_back(c == '1' ? 1 : 0);
  }
  while (all.size() % 8 != 0) all.push_back(1);
  Bytes bytes;
  for (std::size_t i = 0; i < all.size(); i += 8) {
    unsigned byte = 0;
    for (std::size_t k = 0; k < 8; ++k) byte = byte << 1 | all[i + k];
    append(bytes, numbers({byte}));
    if (byte == 0xFF) append(bytes, numbers({0}));
  }
  return bytes;
}

// Codes 0, 10, 110, ... for the symbols in turn.
Bytes table(unsigned head, const std::vector<unsigned>& symbols) {
  return jpeg_huffman(head, std::vector<unsigned>(symbols.size(), 1), symbols);
}

// A grey picture of `width` x 8 with one scan after others, whose data is `data`.
std::string result(const Bytes& tables, unsigned frame, unsigned width, const Bytes& scans) {
  const Bytes file = jpeg_file({jpeg_ones(), tables, jpeg_frame(frame, width, 8), scans});
  try {
    static_cast<void>(wick::detail::check_jpeg(file, "f", 1 << 20));
  } catch (const wick::FormatError& e) {
    const std::string what = e.what();
    return what.substr(what.find("damaged: ") + 9);
  }
  return "whole";
}
Bytes with(Bytes scan, const Bytes& data) {
  append(scan, data);
  return scan;
}

}  // namespace

TEST_CASE("a sequential scan has all bits of all blocks") {
  const auto sequential = [](const Bytes& tables, std::string_view data, unsigned width = 8) {
    return result(tables, 0xC0, width, with(jpeg_scan({}), bits(data)));
  };
  // Means by sizes 0, 1, 3, 11, 12; others: end, (0, 1), (15, 0), (14, 2), (15, 15).
  const Bytes tables =
      together({table(0x00, {0, 1, 3, 11, 12}), table(0x10, {0x00, 0x01, 0xF0, 0xE2, 0xFF})});
  CHECK(sequential(tables, "0 0") == "whole");
  CHECK(sequential(tables, "110 101  10 1  10 0  0") == "whole");
  CHECK(sequential(tables, "1110 10101010101  0") == "whole");
  CHECK(sequential(tables, "11110 101010101010  0") ==
        "a block differs by 12 bits from the one before, at most 11 fit");
  CHECK(sequential(tables, "11111 1111111111111111 1111 1111 1111") ==
        "its data has a code that its Huffman table does not have");
  CHECK(sequential(tables, "0 0", 17) == "the data of a scan ends before its last block");
  CHECK(sequential(tables, "0 0 0 0 0 0", 17) == "whole");
  CHECK(sequential(tables, "1110 1111 1111") == "the data of a scan ends before its last block");
  // 63 coefficients, in ones and in runs; a run beyond the block.
  std::string ones = "0 ";
  for (int i = 0; i < 63; ++i) ones += "10 1 ";
  CHECK(sequential(tables, ones) == "whole");
  CHECK(sequential(tables, ones + "0 0", 16) == "whole");
  CHECK(sequential(tables, "0 110 110 110  1110 11") == "whole");  // 3 * 16 + 15
  CHECK(sequential(tables, "0 110 110 110  10 1  1110 11") == "a block has more than 64 coefficients");
  CHECK(sequential(tables, "0 110 110 110 110 0") == "a block has more than 64 coefficients");
  CHECK(sequential(tables, "0 10 1 110 110 110 0") == "whole");
  // Bytes FF in the data.
  CHECK(sequential(tables, "0 0  1110 11111111111 0", 16) == "whole");
  CHECK(result(tables, 0xC0, 16, with(jpeg_scan({}), numbers({0x3B, 0xFF, 0xFF, 0x00, 0xBF}))) == "whole");
}

TEST_CASE("means that leave 16 bits are refused") {
  // Each block is 2047 more than the one before: the 17th leaves the range.
  const Bytes tables = together({table(0x00, {11}), table(0x10, {0x00})});
  std::string data;
  for (int i = 0; i < 16; ++i) data += "0 11111111111 0 ";
  CHECK(result(tables, 0xC0, 8 * 16, with(jpeg_scan({}), bits(data))) == "whole");
  data += "0 11111111111 0 ";
  CHECK(result(tables, 0xC0, 8 * 17, with(jpeg_scan({}), bits(data))) ==
        "a coefficient has more than 16 bits");
}

TEST_CASE("restart markers are where the interval ends, in turn") {
  const Bytes tables = together({table(0x00, {0}), table(0x10, {0x00}), jpeg_segment(0xDD, {0, 2})});
  const auto three = [&](std::initializer_list<unsigned> data) {  // two blocks, and one
    return result(tables, 0xC0, 24, with(jpeg_scan({}), numbers(data)));
  };
  CHECK(three({0x0F, 0xFF, 0xD0, 0x3F}) == "whole");
  CHECK(three({0x0F, 0xFF, 0xFF, 0xD0, 0x3F}) == "whole");
  CHECK(three({0x0F, 0xFF, 0xD1, 0x3F}) == "expected the restart marker 0");
  CHECK(three({0x0F, 0xFF, 0xD9}) == "expected the restart marker 0");
  CHECK(three({0x0F, 0x00, 0xFF, 0xD0, 0x3F}) == "expected a restart marker after its interval");
  CHECK(three({0x0F}) == "expected the restart marker 0");
  CHECK(three({0x0F, 0xFF, 0x00, 0xFF, 0xD0, 0x3F}) == "expected the restart marker 0");
  CHECK(three({0x0F, 0xFF, 0xD0}) == "the data of a scan ends before its last block");
  CHECK(three({0xFF, 0xD0, 0x0F, 0x3F}) == "the data of a scan ends before its last block");
  CHECK(contains(three({0x0F, 0xFF, 0xD0, 0x3F, 0xFF, 0xD1}), "expected a segment, got marker 209"));
  // The number goes round after 8.
  Bytes many;
  for (unsigned i = 0; i < 10; ++i) append(many, numbers({0x0F, 0xFF, 0xD0 + i % 8}));
  append(many, numbers({0x0F}));
  CHECK(result(tables, 0xC0, 8 * 22, with(jpeg_scan({}), many)) == "whole");
}

TEST_CASE("a progressive scan has all bits of all blocks, in runs of empty ones too") {
  // Others: end of this block, of 2 to 3 blocks, (0, 1), (15, 0), (1, 2), of 16384 to 32767 blocks.
  const Bytes tables = together({table(0x00, {0, 2}), table(0x10, {0x00, 0x10, 0x01, 0xF0, 0x12, 0xE0})});
  const auto scans = [&](unsigned width,
                         std::initializer_list<std::pair<std::array<unsigned, 3>, std::string_view>> all) {
    Bytes bytes;
    for (const auto& [band, data] : all)
      append(bytes, with(jpeg_scan({}, band[0], band[1], band[2]), bits(data)));
    return result(tables, 0xC2, width, bytes);
  };
  constexpr std::array<unsigned, 3> mean{0, 0, 0};
  constexpr std::array<unsigned, 3> first{1, 63, 1};
  constexpr std::array<unsigned, 3> second{1, 63, 0x10};
  CHECK(scans(8, {{mean, "0"}, {{1, 63, 0}, "0"}}) == "whole");
  CHECK(scans(24, {{mean, "0 10 11 0"}, {{1, 63, 0}, "10 1"}}) == "whole");  // a run of 3
  CHECK(scans(24, {{mean, "0 10 11 0"}, {{1, 63, 0}, "0 0 110 1 0"}}) == "whole");
  CHECK(scans(24, {{mean, "0 0 0"}, {{1, 63, 0}, "0 0 110"}}) ==
        "the data of a scan ends before its last block");
  CHECK(scans(8, {{{0, 0, 1}, "0"}, {{0, 0, 0x10}, "1"}}) == "whole");
  CHECK(scans(8 * 9, {{{0, 0, 1}, "0 0 0 0 0 0 0 0 0"}, {{0, 0, 0x10}, "1"}}) ==
        "the data of a scan ends before its last block");
  // A band is not left.
  CHECK(scans(8, {{mean, "0"}, {{1, 2, 0}, "11110 11"}}) == "whole");
  CHECK(scans(8, {{mean, "0"}, {{1, 1, 0}, "11110 11"}}) == "a block has more coefficients than the scan");
  CHECK(scans(8, {{mean, "0"}, {{1, 16, 0}, "1110"}}) == "whole");
  CHECK(scans(8, {{mean, "0"}, {{1, 15, 0}, "1110"}}) == "a block has more coefficients than the scan");
  // Refinement: a bit for each coefficient that is not 0, also in runs; new ones have one bit.
  CHECK(scans(8, {{mean, "0"}, {first, "110 1 11110 10 0"}, {second, "0 1 1"}}) == "whole");
  CHECK(scans(8, {{mean, "0"}, {first, "110 1 0"}, {second, "110 1 1 0"}}) == "whole");
  CHECK(scans(8, {{mean, "0"}, {first, "110 1 0"}, {second, "11110 1 0"}}) ==
        "a refined coefficient grows by more than a bit");
  CHECK(scans(8, {{mean, "0"}, {{1, 2, 1}, "110 1 0"}, {{1, 2, 0x10}, "1110 1"}}) ==
        "a block has more coefficients than the scan");
  // 9 coefficients in the first of two blocks: 9 bits after the run of two, which do not fit beside it.
  std::string nine;
  for (int i = 0; i < 9; ++i) nine += "110 1 ";
  CHECK(scans(16, {{mean, "0 0"}, {first, nine + "0 0"}, {second, "10 0 111111111"}}) == "whole");
  CHECK(scans(16, {{mean, "0 0"}, {first, nine + "0 0"}, {second, "10 0 11111"}}) ==
        "the data of a scan ends before its last block");
  // A value that its shift takes out of 16 bits.
  CHECK(scans(8, {{{0, 0, 13}, "10 11"}, {{1, 63, 13}, "11110 11 0"}}) == "whole");
  const Bytes wide = together({table(0x00, {3}), table(0x10, {0x00, 0x04})});
  CHECK(result(wide, 0xC2, 8, with(jpeg_scan({}, 0, 0, 13), bits("0 111"))) ==
        "a coefficient has more than 16 bits");
}
