#include "io/torch/crafted.hpp"
#include "support/throws.hpp"

#include <wick/io/zip/reader.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using wick_tests::bitwise_crc32;
using wick_tests::le;
using wick_tests::message_of;
using wick_tests::zip;
using wick_tests::ZipEnd;
using wick_tests::ZipItem;

namespace {

std::vector<wick::ZipRecord> entries_of(const std::string& file, const wick::ZipLimits& limits = {}) {
  return wick::read_zip(std::as_bytes(std::span(file)), "z", limits);
}
std::string refusal(const std::string& file, const wick::ZipLimits& limits = {}) {
  const std::string message =
      message_of<wick::FormatError>([&] { static_cast<void>(entries_of(file, limits)); });
  REQUIRE(message.starts_with("z: at byte "));
  return message.substr(11);
}
std::string data_of(const wick::ZipRecord& entry) {
  return {reinterpret_cast<const char*>(entry.data.data()), entry.data.size()};
}
// One entry "a/b" of three bytes: its header is at 0, its data at 33, the directory at 36, its end at 85.
const ZipItem good{.name = "a/b", .data = "xyz"};
const std::uint32_t good_crc = bitwise_crc32("xyz");
std::string refused_item(auto&& change) {
  ZipItem item = good;
  change(item);
  return refusal(zip({item}));
}
std::string refused_end(const ZipEnd& end) { return refusal(zip({good}, end)); }

std::string descriptor(std::uint32_t crc, std::uint64_t size, int width, bool signature = true) {
  return (signature ? "PK\7\10" : "") + le(crc, 4) + le(size, width) + le(size, width);
}
/// The zip64 end record and its locator, for one entry.
std::string end64(std::uint64_t count, std::uint64_t bytes, std::uint64_t directory, std::uint64_t at) {
  return "PK\6\6" + le(44, 8) + le(0, 4) + le(0, 8) + le(count, 8) + le(count, 8) + le(bytes, 8) +
         le(directory, 8) + "PK\6\7" + le(0, 4) + le(at, 8) + le(1, 4);
}

}  // namespace

TEST_CASE("the entries of a zip archive are views of it, in the order of the directory") {
  const std::string file = zip(
      {{.name = "a/one", .data = "123"}, {.name = "a/empty", .data = ""}, {.name = "a/dir/", .data = ""}});
  const auto entries = entries_of(file);
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].name == "a/one");
  CHECK(data_of(entries[0]) == "123");
  CHECK(entries[0].offset == 35);
  CHECK(entries[0].data.data() == std::as_bytes(std::span(file)).data() + 35);
  CHECK(entries[0].crc == bitwise_crc32("123"));
  CHECK(entries[1].data.empty());
  CHECK(entries_of(zip({good}, {.comment = "a comment"})).size() == 1);
  CHECK(entries_of(zip({{.name = "\xc3\xa4/b", .data = "x"}})).size() == 1);
  // Any order of the entries, space between them, fields that are not known.
  CHECK(data_of(entries_of(zip({{.name = "a/b",
                                 .data = "xyz",
                                 .extra = "ab" + le(2, 2) + "??",
                                 .local_extra = "FB" + le(1, 2) + "Z"}}))[0]) == "xyz");
}

TEST_CASE("data descriptors may have a signature, and 64 bits") {
  for (const int width : {4, 8}) {
    for (const bool signature : {true, false}) {
      ZipItem item = good;
      item.flags = 0x0808;
      item.descriptor = descriptor(good_crc, 3, width, signature);
      CHECK(data_of(entries_of(zip({item}))[0]) == "xyz");
      item.local_crc = 0;
      item.local_size = 0;
      CHECK(data_of(entries_of(zip({item, {.name = "a/c", .data = "1"}}))[0]) == "xyz");
    }
  }
  const std::string no = "36: the entry 'a/b' is not followed by a descriptor with its size and checksum";
  const auto with = [](const std::string& d) {
    return refused_item([&](ZipItem& item) {
      item.flags = 0x0808;
      item.descriptor = d;
    });
  };
  CHECK(with("") == no);
  CHECK(with(descriptor(good_crc + 1, 3, 4)) == no);
  CHECK(with(descriptor(good_crc, 4, 4)) == no);
  CHECK(with(descriptor(good_crc, 3, 4).substr(0, 15)) == no);
}

TEST_CASE("64-bit fields are used where 32 bits are full") {
  const std::uint64_t full = 0xFFFFFFFFU;
  ZipItem item = good;
  item.size = full;
  item.compressed = full;
  item.offset = full;
  item.local_size = 3;
  item.extra = le(1, 2) + le(24, 2) + le(3, 8) + le(3, 8) + le(0, 8);
  CHECK(data_of(entries_of(zip({item}))[0]) == "xyz");
  item.local_size = full;
  item.local_extra = le(1, 2) + le(16, 2) + le(3, 8) + le(3, 8);
  CHECK(data_of(entries_of(zip({item}))[0]) == "xyz");
  item.local_extra = le(1, 2) + le(16, 2) + le(3, 8) + le(4, 8);
  CHECK(refusal(zip({item})) ==
        "18: the entry 'a/b' has another size in its own header than in the directory");
  item.local_extra = "";
  CHECK(refusal(zip({item})) ==
        "18: the entry 'a/b' has another size in its own header than in the directory");
  item.extra = le(1, 2) + le(16, 2) + le(3, 8) + le(3, 8);
  CHECK(refusal(zip({item})) == "85: the entry 'a/b' has a zip64 field that is too short");
  item.extra = le(1, 2) + le(24, 2) + le(3, 8) + le(3, 8);
  CHECK(refusal(zip({item})) == "85: the entry 'a/b' has a field that is cut off");
  item.extra = le(1, 2) + le(24, 2) + le(1ULL << 62, 8) + le(1ULL << 62, 8) + le(0, 8);
  CHECK(refusal(zip({item})) == "0: the entry 'a/b' of 4611686018427387904 bytes does not fit in the file");
  item.extra = le(1, 2) + le(24, 2) + le(3, 8) + le(3, 8) + le(~0ULL - 10, 8);
  CHECK(
      refusal(zip({item})) ==
      "78: the entry 'a/b' should begin at byte 18446744073709551605, where there is no header of an entry");
  item.extra = le(1, 2) + le(24, 2) + le(3, 8) + le(3, 8) + le(0, 8) + le(1, 2) + le(0, 2);
  CHECK(refusal(zip({item})) == "113: the entry 'a/b' has two zip64 fields");
}

TEST_CASE("the zip64 end record must agree with the other one") {
  const ZipEnd full{.count = 0xFFFF, .directory_bytes = 0xFFFFFFFF, .directory = 0xFFFFFFFF};
  const auto with = [](ZipEnd end, const std::string& before) {
    end.before = before;
    return zip({good}, end);
  };
  // The directory is from 36 to 85.
  CHECK(entries_of(with(full, end64(1, 49, 36, 85))).size() == 1);
  CHECK(entries_of(with({}, end64(1, 49, 36, 85))).size() == 1);
  CHECK(refusal(with(full, "")) == "85: the end record refers to a zip64 record that is not there");
  CHECK(refusal(with({.count = 2}, end64(1, 49, 36, 85))) ==
        "109: the two end records of the zip archive differ");
  CHECK(refusal(with({}, end64(1, 49, 35, 85))) == "109: the two end records of the zip archive differ");
  CHECK(refusal(with(full, end64(1, 49, 36, 84))) ==
        "149: expected a zip64 end record of 56 bytes before its locator, the locator points to byte 84");
  CHECK(refusal(with(full, "PK\6\7" + le(0, 4) + le(0, 8) + le(1, 4))) ==
        "93: expected a zip64 end record of 56 bytes before its locator, the locator points to byte 0");
  CHECK(refusal(with(full, end64(2, 49, 36, 85))) ==
        "171: the zip archive claims 2 entries in a directory of 49 bytes");
  CHECK(refusal(with(full, end64(1ULL << 60, 49, 36, 85))) ==
        "171: the zip archive claims 1152921504606846976 entries in a directory of 49 bytes");
  CHECK(refusal(with(full, end64(1, ~0ULL, 36, 85))) ==
        "173: the directory of the zip archive should take up the 18446744073709551615 bytes from byte 36 on "
        "and end at byte 85");
}

TEST_CASE("an archive without a sound end is refused") {
  const std::string file = zip({good});
  CHECK(refusal("") == "0: expected a zip archive");
  CHECK(refusal("PK\3") == "0: expected a zip archive");
  CHECK(refusal("junk" + file) == "0: expected a zip archive");
  CHECK(refusal(file.substr(0, file.size() - 22)) ==
        "85: the zip archive has no end record; the file is truncated");
  CHECK(refusal(file.substr(0, file.size() - 1)) == "85: the end record is cut off; the file is truncated");
  CHECK(refusal(file + "x") == "105: the end record announces a comment of 0 bytes, 1 follow");
  CHECK(refused_end({.comment = "one", .after = "two"}) ==
        "105: the end record announces a comment of 3 bytes, 6 follow");
  // A second end record in the comment would give another directory to other readers.
  CHECK(refused_end({.comment = file.substr(85)}) ==
        "119: the directory of the zip archive should take up the 49 bytes from byte 36 on and end at byte "
        "107");
  CHECK(refused_end({.disk = 1}) == "89: the zip archive is one of several disks; expected a single file");
  CHECK(refused_end({.count = 2}) == "95: the zip archive claims 2 entries in a directory of 49 bytes");
  CHECK(refused_end({.count = 0}) == "36: the zip directory has 49 bytes too many");
  CHECK(
      refused_end({.directory_bytes = 48}) ==
      "97: the directory of the zip archive should take up the 48 bytes from byte 36 on and end at byte 85");
  CHECK(
      refused_end({.directory = 35}) ==
      "97: the directory of the zip archive should take up the 49 bytes from byte 35 on and end at byte 85");
  CHECK(refused_end({.directory_bytes = 85, .directory = 0}) ==
        "0: expected entry 1 of 1 of the zip directory");
  CHECK(refused_end({.directory_bytes = 47, .directory = 38}) ==
        "38: expected entry 1 of 1 of the zip directory");
  CHECK(
      refused_end({.before = "?"}) ==
      "98: the directory of the zip archive should take up the 49 bytes from byte 36 on and end at byte 86");
  wick::ZipLimits limits;
  limits.records = 1;
  CHECK(entries_of(file, limits).size() == 1);
  CHECK(refusal(zip({good, {.name = "a/c", .data = ""}}), limits)
            .ends_with(": the zip archive has 2 entries, the limit is 1 (ZipLimits::records)"));
}

TEST_CASE("compressed, encrypted and strange entries are refused") {
  CHECK(refused_item([](ZipItem& i) { i.method = 8; }) ==
        "46: the entry 'a/b' is compressed (method 8); expected stored entries: unpack the "
        "archive and pack it with zip -0");
  CHECK(refused_item([](ZipItem& i) {
          i.method = 99;
        }).starts_with("46: the entry 'a/b' is compressed (method 99);"));
  CHECK(refused_item([](ZipItem& i) { i.local_method = 8; }) ==
        "8: the entry 'a/b' has another method in its own header than in the directory");
  for (const unsigned flag : {0x0001U, 0x0040U, 0x2000U}) {
    CHECK(refused_item([&](ZipItem& i) { i.flags = flag; }) == "44: the entry 'a/b' is encrypted");
  }
  CHECK(refused_item([](ZipItem& i) { i.local_flags = 0x0801; }) ==
        "6: the entry 'a/b' has another set of flags in its own header than in the directory");
  CHECK(refused_item([](ZipItem& i) { i.flags = 0x0020; }) == "44: the entry 'a/b' has the unknown flags 32");
  CHECK(refused_item([](ZipItem& i) { i.disk = 1; }) == "70: the entry 'a/b' is on another disk");
}

TEST_CASE("what the directory and an entry's own header say must agree") {
  CHECK(refused_item([](ZipItem& i) { i.local_name = "a/c"; }) ==
        "30: the entry 'a/b' has another name in its own header than in the directory");
  CHECK(refused_item([](ZipItem& i) { i.local_name = "A/B"; }) ==
        "30: the entry 'a/b' has another name in its own header than in the directory");
  CHECK(refused_item([](ZipItem& i) { i.local_size = 2; }) ==
        "18: the entry 'a/b' has another size in its own header than in the directory");
  CHECK(refused_item([](ZipItem& i) { i.local_size = 0; }) ==
        "18: the entry 'a/b' has another size in its own header than in the directory");
  CHECK(refused_item([](ZipItem& i) { i.local_crc = 0; }) ==
        "14: the entry 'a/b' has another checksum in its own header than in the directory");
  CHECK(refused_item([](ZipItem& i) { i.compressed = 2; }) ==
        "56: the entry 'a/b' is stored uncompressed, but with two sizes: 2 and 3");
  CHECK(refused_item([](ZipItem& i) { i.size = 4; }) ==
        "0: the entry 'a/b' of 4 bytes does not fit in the file");
  CHECK(refused_item([](ZipItem& i) { i.size = 0xFFFFFFFE; }) ==
        "0: the entry 'a/b' of 4294967294 bytes does not fit in the file");
  CHECK(refused_item([](ZipItem& i) { i.offset = 1; }) ==
        "78: the entry 'a/b' should begin at byte 1, where there is no header of an entry");
  CHECK(refused_item([](ZipItem& i) { i.offset = 36; }) ==
        "78: the entry 'a/b' should begin at byte 36, where there is no header of an entry");
  CHECK(refused_item([](ZipItem& i) { i.offset = 0xFFFFFFFE; }) ==
        "78: the entry 'a/b' should begin at byte 4294967294, where there is no header of an entry");
}

TEST_CASE("entries that share bytes are refused") {
  ZipItem twin{.name = "a/b", .data = "xyz", .offset = 0};
  CHECK(refusal(zip({good, twin})) == "0: the entries 'a/b' and 'a/b' overlap");
  // A whole entry within the data of another one.
  const std::string inner = zip({{.name = "a/c", .data = "1"}}).substr(0, 34);
  CHECK(refusal(zip({{.name = "a/b", .data = inner}, {.name = "a/c", .data = "1", .offset = 33}})) ==
        "33: the entries 'a/b' and 'a/c' overlap");
}

TEST_CASE("names that could lead elsewhere are refused") {
  const auto named = [](std::string name) { return refusal(zip({{.name = std::move(name), .data = ""}})); };
  CHECK(named("/etc/passwd").ends_with(": the entry '/etc/passwd' has a name that is an absolute path"));
  CHECK(named("a/../b").ends_with(": the entry 'a/../b' has a name that leads to another folder"));
  CHECK(named("..").ends_with(": the entry '..' has a name that leads to another folder"));
  CHECK(named("./a").ends_with(": the entry './a' has a name that leads to another folder"));
  CHECK(named("a/b/..").ends_with(": the entry 'a/b/..' has a name that leads to another folder"));
  CHECK(named("").ends_with(": the entry '' has a name that is empty"));
  CHECK(
      named(std::string("a/b\0c", 5)).ends_with(": the entry 'a/b\\x00c' has a name that holds a zero byte"));
  CHECK(named("a/\xff").ends_with(": the name of an entry is not UTF-8"));
  CHECK(named("a/" + std::string(511, 'x'))
            .ends_with(": the name of an entry has 513 bytes, the limit is 512 (ZipLimits::name_bytes)"));
  CHECK(entries_of(zip({{.name = "a/..b/c..", .data = ""}})).size() == 1);
}
