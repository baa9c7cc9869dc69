// Files whose checksums are right and whose contents lie.

#include "io/wick/crafted.hpp"
#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/io/wick/reader.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#if defined(__linux__)
#include <sys/wait.h>
#include <unistd.h>
#endif

using wick_tests::bitwise_crc32c;
using wick_tests::Bytes;
using wick_tests::checkpoint;
using wick_tests::contains;
using wick_tests::Entry;
using wick_tests::message_of;
using wick_tests::Out;
using wick_tests::tensors;

namespace {

constexpr std::uint64_t huge = (std::numeric_limits<std::uint64_t>::max)();
constexpr std::uint64_t two63 = std::uint64_t{1} << 63;
constexpr std::uint64_t two62 = std::uint64_t{1} << 62;
constexpr std::uint64_t two32 = std::uint64_t{1} << 32;

const Bytes two_floats = Out().u32(0x3F800000).u32(0xC0000000).bytes;
const std::uint32_t two_floats_crc = bitwise_crc32c(two_floats);
const Entry good{.crc = two_floats_crc};

wick::Archive read(const Bytes& bytes, const wick::ArchiveLimits& limits = {}) {
  return wick::read_archive(bytes, limits);
}
/// The message without the name of the file.
std::string refusal(const Bytes& bytes, const wick::ArchiveLimits& limits = {}) {
  const std::string text = message_of<wick::FormatError>([&] { static_cast<void>(read(bytes, limits)); });
  constexpr std::string_view prefix = "<memory>: at byte ";
  REQUIRE(text.starts_with(prefix));
  return text.substr(prefix.size());
}
Out one_section(std::string_view tag, const Out& body, std::uint32_t flags = 1,
                std::optional<std::uint64_t> length = {}) {
  Out header;
  header.section(tag, flags, body, length);
  return header;
}
Bytes with_tensors(const std::vector<Entry>& entries, const Bytes& payload = two_floats) {
  return checkpoint(one_section("TENS", tensors("m", entries)), payload);
}
std::string refused_entry(const Entry& entry, const Bytes& payload = two_floats) {
  return refusal(with_tensors({entry}, payload));
}
Entry entry(auto&& change) {
  Entry e = good;
  change(e);
  return e;
}
Out architecture(std::string_view type = "Network", std::uint64_t in = 3, std::uint64_t out = 2,
                 const std::vector<std::uint64_t>& hidden = {4}, double dropout = 0.5) {
  Out body;
  body.text(type).u64(in).u64(out).u64(hidden.size());
  for (const auto h : hidden) body.u64(h);
  return body.f64(dropout);
}
Out attributes(std::string_view group, std::uint64_t count, const Out& entries) {
  return Out().text(group).u64(count).raw(entries.bytes);
}
std::string refused_attribute(const Out& type_and_value) {
  return refusal(
      checkpoint(one_section("ATTR", attributes("x", 1, Out().text("a").raw(type_and_value.bytes)), 0)));
}

}  // namespace

TEST_CASE("the honest forms of the files below are accepted") {
  Out header;
  header.section("ARCH", 1, architecture());
  header.section("TENS", 1, tensors("m", {good}));
  header.section("ATTR", 0, attributes("x", 1, Out().text("a").u8(0).u8(1)));
  const wick::Archive a = read(checkpoint(header, two_floats));
  CHECK(a.architecture->hidden_layers == std::vector<wick::Index>{4});
  CHECK((*a.find_tensors("m"))["w"].to<float>() == wick::Tensor<float>::from({1, -2}));
  CHECK(a.find_attributes("x")->get<bool>("a"));
}

TEST_CASE("lies in the preamble are refused") {
  const Out header = one_section("TENS", tensors("model", {good}));
  const auto lie = [&](const wick_tests::Lies& lies) {
    return refusal(checkpoint(header, two_floats, lies));
  };
  CHECK(lie({.version = 0}) == "8: format version 0 with minimum reader version 1 makes no sense");
  CHECK(lie({.minimum_reader = 0}) == "8: format version 1 with minimum reader version 0 makes no sense");
  CHECK(lie({.version = 1, .minimum_reader = 2}) ==
        "8: format version 1 with minimum reader version 2 makes no sense");
  CHECK(lie({.version = 7, .minimum_reader = 3}) ==
        "12: the file needs a reader of format version 3, this one reads up to 2; use a newer wick");
  CHECK(lie({.version = 0xFFFFFFFF, .minimum_reader = 0xFFFFFFFF}) ==
        "12: the file needs a reader of format version 4294967295, this one reads up to 2; use a newer wick");
  CHECK(lie({.reserved = 1}) == "44: reserved bytes must be zero");
  CHECK(lie({.padding = 1}) == "136: padding must be zero; the file is damaged");
  CHECK(lie({.header_length = 8192}) ==
        "16: the header has 8192 bytes, but only 136 follow; the file is truncated");
  for (const std::uint64_t offset : {0U, 64U, 128U, 191U, 193U, 256U}) {
    CHECK(lie({.payload_offset = offset}) ==
          "24: the payload must begin at byte 192, not " + std::to_string(offset));
  }
  CHECK(contains(lie({.payload_offset = huge - 63}), "24: the payload must begin at byte 192"));
  CHECK(lie({.payload_length = 7}) ==
        "32: expected 199 bytes (192 + 7 of tensors), the file has 200; something was appended");
  CHECK(lie({.payload_length = 9}) ==
        "32: expected 201 bytes (192 + 9 of tensors), the file has 200; it is truncated");
  CHECK(lie({.payload_length = two63}) ==
        "32: expected 9223372036854776000 bytes (192 + 9223372036854775808 of tensors), the file has 200; it "
        "is "
        "truncated");
  CHECK(lie({.payload_length = huge - 100}) ==
        "32: expected more than 2^64 bytes (192 + 18446744073709551515 of tensors), the file has 200; it is "
        "truncated");
}

TEST_CASE("a header length that wraps around is refused whatever the limit") {
  const Out header = one_section("TENS", tensors("model", {good}));
  for (const std::uint64_t length : {huge, huge - 63, huge - 64, huge - 126, huge - 127, two63, two63 - 64}) {
    // As large as the formula for the payload's offset makes of it when it wraps around.
    const std::uint64_t offset = (64 + length + 63) / 64 * 64;
    CHECK(
        contains(refusal(checkpoint(header, two_floats, {.header_length = length, .payload_offset = offset}),
                         {.header_bytes = huge}),
                 "16: the header has " + std::to_string(length) + " bytes, but only 136 follow"));
  }
}

TEST_CASE("later versions are read when they allow it") {
  const Out header = one_section("TENS", tensors("m", {good}));
  CHECK(read(checkpoint(header, two_floats, {.version = 2})).tensors.size() == 1);
  CHECK(read(checkpoint(header, two_floats, {.version = 900, .reserved = 5})).tensors.size() == 1);
}

TEST_CASE("unknown optional sections are skipped, unknown required ones refused") {
  Out header;
  header.section("NEWS", 0, Out().text("whatever it says"));
  header.section("TENS", 1, tensors("m", {good}));
  header.section("\x01\xFF\n~", 0, Out());
  CHECK(read(checkpoint(header, two_floats, {.version = 2})).tensors.size() == 1);
  CHECK(read(checkpoint(header, two_floats)).tensors.size() == 1);

  header.section("NEWS", 1, Out().u8(1));
  CHECK(refusal(checkpoint(header, two_floats, {.version = 2})) ==
        "184: the file needs the section \"NEWS\", which format version 2 does not have; use a newer wick");
  CHECK(contains(refusal(checkpoint(one_section("\x01\xFF\n~", Out(), 1))), "section \"???~\""));
  CHECK(refusal(checkpoint(one_section("NEWS", Out(), 2))) == "64: unknown section flags 2");
  CHECK(refusal(checkpoint(one_section("TENS", tensors("m", {}), 0x80000001))) ==
        "64: unknown section flags 2147483649");
  // The required bit of tags that are known does not matter.
  CHECK(read(checkpoint(one_section("TENS", tensors("m", {}), 0))).tensors.size() == 1);
  CHECK(read(checkpoint(one_section("ATTR", attributes("x", 0, Out()), 1))).attributes.size() == 1);
}

TEST_CASE("sections that do not fit the header are refused") {
  const Out body = tensors("m", {});
  CHECK(refusal(checkpoint(one_section("TENS", body, 1, huge))) ==
        "80: section needs 18446744073709551615 bytes, 16 are left");
  CHECK(refusal(checkpoint(one_section("TENS", body, 1, 17))) == "80: section needs 17 bytes, 16 are left");
  CHECK(contains(refusal(checkpoint(one_section("TENS", body, 1, 12))), "needs 8 bytes"));
  CHECK(refusal(checkpoint(one_section("TENS", body, 1, 14))) == "93: section \"TENS\" has 1 bytes too many");
  Out longer = body;
  longer.u8(0);
  CHECK(refusal(checkpoint(one_section("TENS", longer))) == "93: section \"TENS\" has 1 bytes too many");
  CHECK(refusal(checkpoint(Out().chars("TEN"))) == "64: section tag needs 4 bytes, 3 are left");
  CHECK(refusal(checkpoint(Out().chars("TENS").u32(1))) == "72: section length needs 8 bytes, 0 are left");
  // The padding of the last section belongs to the header.
  CHECK(refusal(checkpoint(Out().chars("NEWS").u32(0).u64(3).chars("abc"))) ==
        "83: padding needs 1 bytes, 0 are left");
  CHECK(refusal(checkpoint(Out().chars("NEWS").u32(0).u64(3).chars("abc").number(1, 5))) ==
        "84: padding must be zero");
}

TEST_CASE("impossible architectures are refused") {
  const auto refused = [](const Out& body) { return refusal(checkpoint(one_section("ARCH", body))); };
  CHECK(contains(refused(architecture("N", 0)), "input size 0 is out of range"));
  CHECK(contains(refused(architecture("N", two63)), "input size 9223372036854775808 is out of range"));
  CHECK(contains(refused(architecture("N", 1, 0)), "output size 0 is out of range"));
  CHECK(contains(refused(architecture("N", 1, huge)), "output size 18446744073709551615 is out of range"));
  CHECK(contains(refused(architecture("N", 1, 1, {2, 0})), "hidden layer size 0 is out of range"));
  for (const double p :
       {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    CHECK(contains(refused(architecture("N", 1, 1, {}, p)), "the dropout probability must be in [0, 1]"));
  }
  CHECK(contains(refused(architecture("N\xC3")), "class name is not UTF-8"));
  CHECK(contains(refused(Out().text("N").u64(1).u64(1).u64(two62).u64(1)),
                 "number of hidden layers is 4611686018427387904, but only 8 bytes are left"));
  Out twice;
  twice.section("ARCH", 1, architecture()).section("ARCH", 1, architecture());
  CHECK(contains(refusal(checkpoint(twice)), "the architecture is given twice"));
}

TEST_CASE("tensors of absurd sizes are refused") {
  const auto sized = [](std::vector<std::uint64_t> dims, std::uint64_t length, unsigned dtype = 2) {
    return refused_entry(entry([&](Entry& e) {
      e.dims = std::move(dims);
      e.length = length;
      e.dtype = dtype;
    }));
  };
  CHECK(contains(sized({two63}, 8), "tensor \"w\" has a dimension of 9223372036854775808"));
  CHECK(contains(sized({huge, 0}, 0), "tensor \"w\" has a dimension of 18446744073709551615"));
  const std::string mismatch = "bytes does not match its shape and dtype";
  // Products that wrap around to the length that is claimed; where an Index has 32 bits, no dimension is as
  // large.
  const std::string too_large = sizeof(wick::Index) > 4 ? mismatch : "has a dimension of ";
  CHECK(contains(sized({two32, two32}, 0), too_large));
  CHECK(contains(sized({two62}, 0), too_large));
  CHECK(contains(sized({two62 + 2}, 8), too_large));
  CHECK(contains(sized({two32, two32, 2}, 8), too_large));
  CHECK(contains(sized({two63 - 1}, huge - 3), too_large));
  CHECK(contains(sized({two32, two32 / 2 - 1, 2}, 8), too_large));
  CHECK(contains(sized({two32 / 2 - 1, two32 / 2 - 1, 4}, 16), mismatch));
  CHECK(contains(sized({two32 / 4, two32 / 4, 4, 4}, 0), mismatch));
  CHECK(contains(sized({3}, 8), mismatch));
  CHECK(contains(sized({2}, 9), mismatch));
  CHECK(contains(sized({}, 8), mismatch));
  CHECK(contains(sized({2, 0}, 8), mismatch));
  CHECK(contains(sized({2}, 8, 1), mismatch));
  // The length fits the shape, but not the payload.
  const auto wide = [&](const std::string& said) { return sizeof(wick::Index) > 4 ? said : mismatch; };
  CHECK(contains(
      sized({two32 / 4, two32 / 4, 2}, two63),
      wide(
          "must lie at byte 0 of the payload and within its 8 bytes, got 0 and length 9223372036854775808")));
  CHECK(contains(sized({two32 / 4, two32 / 4, 4}, two62, 9), wide("within its 8 bytes")));
  CHECK(contains(sized({3}, 12), "within its 8 bytes, got 0 and length 12"));
}

TEST_CASE("dimensions beside a zero may be anything whose product fits") {
  constexpr auto most = (std::numeric_limits<wick::Index>::max)();
  const auto large = static_cast<std::uint64_t>(most);
  const auto file = [](std::vector<std::uint64_t> dims) {
    return with_tensors({{.dims = std::move(dims), .length = 0}}, {});
  };
  CHECK(read(file({large, 0})).tensors[0].second["w"].shape() == wick::Shape{most, 0});
  CHECK(contains(refusal(file({0, large, large})), "does not match its shape and dtype"));
}

TEST_CASE("unknown dtypes and too many dimensions are refused") {
  for (const unsigned dtype : {0U, 21U, 128U, 255U}) {
    CHECK(contains(refused_entry(entry([&](Entry& e) { e.dtype = dtype; })),
                   "tensor \"w\" has the unknown dtype " + std::to_string(dtype)));
  }
  CHECK(contains(refused_entry(entry([](Entry& e) { e.dims.assign(9, 1); })),
                 "tensor \"w\" has 9 dimensions, at most 8 are supported"));
  CHECK(contains(refused_entry(entry([](Entry& e) { e.rank = 255; })), "has 255 dimensions"));
  CHECK(contains(refused_entry(entry([](Entry& e) { e.rank = 8; })), "needs 8 bytes"));
}

TEST_CASE("tensors that overlap, leave holes or lie elsewhere are refused") {
  Bytes payload = two_floats;
  payload.resize(128 + 8);
  std::copy(two_floats.begin(), two_floats.end(), payload.begin() + 64);
  std::copy(two_floats.begin(), two_floats.end(), payload.begin() + 128);
  const auto at = [](const char* name, std::uint64_t offset) {
    return entry([&](Entry& e) {
      e.name = name;
      e.offset = offset;
    });
  };
  const auto refused = [&](const std::vector<Entry>& entries) {
    return refusal(with_tensors(entries, payload));
  };
  CHECK(read(with_tensors({at("a", 0), at("b", 64), at("c", 128)}, payload)).tensors[0].second.size() == 3);
  const std::string b64 = "tensor \"b\" must lie at byte 64 of the payload and within its 136 bytes, got ";
  CHECK(contains(refused({at("a", 0), at("b", 0), at("c", 128)}), b64 + "0 and length 8"));
  CHECK(contains(refused({at("a", 0), at("b", 8), at("c", 128)}), b64 + "8 "));
  CHECK(contains(refused({at("a", 0), at("b", 128)}), b64 + "128 "));
  CHECK(contains(refused({at("a", 0), at("b", huge - 7)}), b64 + "18446744073709551608 "));
  CHECK(contains(refused({at("a", 64)}), "tensor \"a\" must lie at byte 0"));
  CHECK(contains(refused({at("b", 64), at("a", 0)}), "tensor \"b\" must lie at byte 0"));
  CHECK(contains(refused({at("a", 0), at("b", 64)}), "the payload has 136 bytes, the tensors take up 72"));
  CHECK(contains(refused({}), "the payload has 136 bytes, the tensors take up 0"));
  // The rule goes on from group to group.
  Out header;
  header.section("TENS", 1, tensors("m", {at("a", 0), at("b", 64)}));
  Out again = header;
  header.section("TENS", 1, tensors("n", {at("a", 128)}));
  again.section("TENS", 1, tensors("n", {at("a", 0)}));
  CHECK(read(checkpoint(header, payload)).tensors.size() == 2);
  CHECK(contains(refusal(checkpoint(again, payload)), "tensor \"a\" must lie at byte 128"));

  payload[9] = std::byte{1};
  CHECK(contains(refused({at("a", 0), at("b", 64), at("c", 128)}), "padding must be zero"));
}

TEST_CASE("a tensor's checksum is checked even where the header's is right") {
  CHECK(
      contains(refused_entry(entry([](Entry& e) { e.crc ^= 1; })), "the checksum of tensor \"w\" is wrong"));
}

TEST_CASE("names and groups that are there twice are refused") {
  Bytes payload = two_floats;
  payload.resize(64 + 8);
  std::copy(two_floats.begin(), two_floats.end(), payload.begin() + 64);
  Entry second = good;
  second.offset = 64;
  CHECK(contains(refusal(with_tensors({good, second}, payload)), "the tensor \"w\" is given twice"));
  Out groups;
  groups.section("TENS", 1, tensors("m", {})).section("TENS", 1, tensors("m", {}));
  CHECK(contains(refusal(checkpoint(groups)), "the tensors \"m\" are given twice"));
  Out more;
  more.section("ATTR", 0, attributes("x", 0, Out())).section("ATTR", 0, attributes("x", 0, Out()));
  CHECK(contains(refusal(checkpoint(more)), "the attributes \"x\" are given twice"));
  const Out flag = Out().text("a").u8(0).u8(1);
  CHECK(contains(
      refusal(checkpoint(one_section("ATTR", attributes("x", 2, Out().raw(flag.bytes).raw(flag.bytes))))),
      "the attribute \"a\" is given twice"));
  Out both;
  both.section("TENS", 1, tensors("x", {})).section("ATTR", 0, attributes("x", 0, Out()));
  CHECK(read(checkpoint(both)).attributes.size() == 1);
}

TEST_CASE("names and texts that are not UTF-8 are refused") {
  for (const std::string_view bad : {"\xFF", "\xC0\x80", "\xED\xA0\x80", "a\xE2\x82"}) {
    CHECK(contains(refused_entry(entry([&](Entry& e) { e.name = bad; })), "tensor name is not UTF-8"));
    CHECK(contains(refusal(checkpoint(one_section("TENS", tensors(bad, {})))), "group name is not UTF-8"));
    CHECK(contains(refusal(checkpoint(one_section("ATTR", attributes(bad, 0, Out())))),
                   "group name is not UTF-8"));
    CHECK(contains(refusal(checkpoint(one_section("ATTR", attributes("x", 1, Out().text(bad).u8(0).u8(0))))),
                   "attribute name is not UTF-8"));
    CHECK(contains(refused_attribute(Out().u8(3).text(bad)), "text is not UTF-8"));
    CHECK(contains(refused_attribute(Out().u8(6).u64(2).text("a").text(bad)), "text is not UTF-8"));
  }
}

TEST_CASE("attributes that lie are refused") {
  CHECK(
      contains(refused_attribute(Out().u8(7)), "attribute type 7 in a file for readers of format version 1"));
  CHECK(contains(refused_attribute(Out().u8(8)), "unknown attribute type 8"));
  CHECK(contains(refused_attribute(Out().u8(255)), "unknown attribute type 255"));
  CHECK(contains(refused_attribute(Out().u8(0).u8(2)), "a boolean must be 0 or 1, got 2"));
  CHECK(contains(refused_attribute(Out().u8(1).u32(5)), "integer needs 8 bytes, 4 are left"));
  CHECK(contains(refused_attribute(Out().u8(2).u32(5)), "number needs 8 bytes, 4 are left"));
  CHECK(contains(refused_attribute(Out().u8(3).u32(5).chars("abcd")), "text needs 5 bytes, 4 are left"));
  for (const unsigned type : {4U, 5U, 6U}) {
    for (const std::uint64_t count : {huge, two63, two62, std::uint64_t{1} << 61, std::uint64_t{2}}) {
      CHECK(contains(refused_attribute(Out().u8(type).u64(count).u32(0).u8(1)),
                     "list length is " + std::to_string(count) + ", but only 5 bytes are left"));
    }
  }
  CHECK(contains(refusal(checkpoint(one_section("ATTR", attributes("x", 2, Out().text("a").u8(0).u8(0))))),
                 "number of attributes is 2, but only 7 bytes are left"));
}

TEST_CASE("counts that cannot be true are refused before anything is reserved for them") {
  for (const std::uint64_t count : {huge, two63, std::uint64_t{1000000000}, std::uint64_t{2}}) {
    CHECK(contains(refusal(checkpoint(one_section("TENS", tensors("m", {good}, count)), two_floats)),
                   "number of tensors is " + std::to_string(count) + ", but only "));
    CHECK(contains(refusal(checkpoint(one_section("ATTR", attributes("x", count, Out())))),
                   "number of attributes is " + std::to_string(count) + ", but only 0 bytes are left"));
  }
}

TEST_CASE("each limit is exact and can be changed") {
  std::vector<Entry> entries;
  for (int i = 0; i < 5; ++i)
    entries.push_back({.name = std::string(1, static_cast<char>('a' + i)), .dims = {0}, .length = 0});
  Out values;
  for (int i = 0; i < 3; ++i) values.text("n" + std::to_string(i)).u8(3).text("12345");
  Out header;
  header.section("TENS", 1, tensors("m", entries));
  header.section("TENS", 1, tensors("n", {entries[0]}));
  header.section("ATTR", 0, attributes("xy", 3, values));
  const Bytes file = checkpoint(header);
  const auto message = [&](const wick::ArchiveLimits& limits) { return refusal(file, limits); };

  const wick::ArchiveLimits exact{.header_bytes = header.bytes.size(),
                                  .groups = 3,
                                  .tensors = 6,
                                  .attributes = 3,
                                  .name_bytes = 2,
                                  .text_bytes = 5};
  CHECK(read(file, exact).tensors.size() == 2);
  const std::string size = std::to_string(header.bytes.size());
  CHECK(message({.header_bytes = header.bytes.size() - 1}) ==
        "16: the header has " + size + " bytes, the limit is " + std::to_string(header.bytes.size() - 1) +
            " (ArchiveLimits::header_bytes)");
  CHECK(contains(message({.groups = 2}),
                 "the file has 3 groups or more, the limit is 2 (ArchiveLimits::groups)"));
  CHECK(contains(message({.tensors = 5}),
                 "the file has 6 tensors or more, the limit is 5 (ArchiveLimits::tensors)"));
  CHECK(contains(message({.tensors = 4}), "the file has 5 tensors or more, the limit is 4"));
  CHECK(contains(message({.attributes = 2}),
                 "the file has 3 attributes or more, the limit is 2 (ArchiveLimits::attributes)"));
  CHECK(contains(message({.name_bytes = 1}),
                 "group name has 2 bytes, the limit is 1 (ArchiveLimits::name_bytes)"));
  CHECK(contains(message({.text_bytes = 4}), "text has 5 bytes, the limit is 4 (ArchiveLimits::text_bytes)"));
  wick::ArchiveLimits none{.file_bytes = huge,
                           .stream_bytes = huge,
                           .header_bytes = huge,
                           .groups = huge,
                           .tensors = huge,
                           .attributes = huge,
                           .name_bytes = 0xFFFFFFFF,
                           .text_bytes = 0xFFFFFFFF};
  CHECK(read(file, none).attributes.size() == 1);
}

TEST_CASE("the default limits are those of the document") {
  const wick::ArchiveLimits limits;
  CHECK(limits.file_bytes == std::numeric_limits<std::uint64_t>::max());
  CHECK(limits.stream_bytes == 4294967296U);
  CHECK(limits.header_bytes == 16777216);
  CHECK(limits.groups == 256);
  CHECK(limits.tensors == 65536);
  CHECK(limits.attributes == 4096);
  CHECK(limits.name_bytes == 512);
  CHECK(limits.text_bytes == 1048576);
}

TEST_CASE("a header full of groups or tensors takes no quadratic time") {
  Out groups;
  for (int i = 0; i < 30000; ++i) groups.section("ATTR", 0, attributes(std::to_string(i), 0, Out()));
  CHECK(contains(refusal(checkpoint(groups)), "257 groups or more"));

  std::vector<Entry> entries;
  // Processor time of reading so many tensors: four times as many take four times as long, or sixteen times
  // if each is compared with all others.
  const auto seconds = [&entries](int count) {
    for (int i = static_cast<int>(entries.size()); i < count; ++i) {
      entries.push_back({.name = std::to_string(i), .dims = {0}, .length = 0});
    }
    const auto bytes = with_tensors(entries, {});
    const std::clock_t begin = std::clock();
    CHECK(read(bytes).tensors[0].second.size() == entries.size());
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  };
  const double quarter = seconds(16384);
  CHECK(seconds(65536) < 10 * quarter + 0.05);
  entries.push_back({.name = "one more", .dims = {0}, .length = 0});
  CHECK(contains(refusal(with_tensors(entries, {})), "65537 tensors or more, the limit is 65536"));
}

namespace {

/// About 1 KB that claims terabytes, in each of the places where a size stands.
std::vector<Bytes> boasts() {
  constexpr std::uint64_t terabytes = std::uint64_t{5} << 40;
  const Bytes payload(512);
  const Out padding = Out().section("NEWS", 0, Out().chars(std::string(300, 'x')));
  const auto header = [&](std::string_view tag, const Out& body, std::optional<std::uint64_t> length = {}) {
    Out out = padding;
    return out.section(tag, 1, body, length);
  };
  const Out honest = header("TENS", tensors("m", {good}));
  std::vector<Bytes> files;
  files.push_back(checkpoint(honest, payload, {.payload_length = terabytes}));
  files.push_back(checkpoint(honest, payload, {.header_length = terabytes}));
  files.push_back(
      checkpoint(honest, payload, {.header_length = terabytes, .payload_offset = terabytes + 64}));
  files.push_back(checkpoint(header("TENS", tensors("m", {good}), terabytes), payload));
  files.push_back(checkpoint(header("TENS", tensors("m", {good}, terabytes)), payload));
  files.push_back(
      checkpoint(header("TENS", tensors("m", {{.dims = {terabytes / 4}, .length = terabytes}})), payload));
  files.push_back(checkpoint(
      header("TENS", tensors("m", {{.dims = {1000000, 1000000}, .length = 4000000000000}})), payload));
  files.push_back(checkpoint(header("ARCH", Out().text("N").u64(1).u64(1).u64(terabytes / 8)), payload));
  files.push_back(checkpoint(header("ATTR", attributes("x", terabytes, Out())), payload));
  for (const unsigned type : {4U, 5U, 6U}) {
    files.push_back(
        checkpoint(header("ATTR", attributes("x", 1, Out().text("a").u8(type).u64(terabytes))), payload));
  }
  files.push_back(
      checkpoint(header("ATTR", attributes("x", 1, Out().text("a").u8(3).u32(0xFFFFFFFF))), payload));
  return files;
}

#if defined(__linux__)

/// Kilobytes that a line of /proc/self/status names.
long status_kb(std::string_view key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key)) return std::stol(line.substr(key.size() + 1));
  }
  return -1;
}

/// By how many KB `f` makes the address space grow at most, seen in a child process, where the peak
/// begins anew; -1 when it cannot be measured.
long growth_kb(auto&& f) {
  int fds[2];
  if (pipe(fds) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    const long before = status_kb("VmSize:");
    f();
    const long growth = status_kb("VmPeak:") - before;
    _exit(::write(fds[1], &growth, sizeof growth) == sizeof growth ? 0 : 1);
  }
  long growth = -1;
  int status = 0;
  close(fds[1]);
  if (child < 0 || ::read(fds[0], &growth, sizeof growth) != sizeof growth) growth = -1;
  close(fds[0]);
  if (child > 0) waitpid(child, &status, 0);
  return status == 0 ? growth : -1;
}

#endif

}  // namespace

TEST_CASE("1 KB that claims terabytes is refused in 10 ms") {
  for (const Bytes& file : boasts()) {
    CHECK(file.size() < 1500);
    CHECK(file.size() > 900);
    double best = 1;
    for (int attempt = 0; attempt < 3; ++attempt) {
      const auto begin = std::chrono::steady_clock::now();
      CHECK_FALSE(refusal(file).empty());
      best =
          (std::min)(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    CHECK(best < 0.010);
  }
}

TEST_CASE("1 KB that claims terabytes takes few allocations and less than 1 MB") {
  for (const Bytes& file : boasts()) {
    CHECK(wick_tests::allocations_in(
              [&] { CHECK_THROWS_AS(static_cast<void>(read(file)), wick::FormatError); }) < 100);
  }
#if defined(__linux__)
  // That the measurement sees what is allocated and never touched:
  const long control = growth_kb([] { const wick::Buffer<std::byte> block(wick::Index{64} << 20); });
  if (control < 0) {
    MESSAGE("skipped: the growth of the address space cannot be measured here");
    return;
  }
  CHECK(control >= 65536);
  for (const Bytes& file : boasts()) {
    const long growth = growth_kb([&] {
      try {
        static_cast<void>(wick::read_archive(file));
        _exit(1);
      } catch (const wick::FormatError&) {
      }
    });
    CHECK(growth >= 0);
    CHECK(growth < 1024);
  }
#endif
}
