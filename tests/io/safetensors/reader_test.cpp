#include <wick/io/safetensors/reader.hpp>

#include "io/safetensors/crafted.hpp"
#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

using wick::AnyTensor;
using wick::ArchiveLimits;
using wick::DType;
using wick::Safetensors;
using wick::Shape;
using wick_tests::Bytes;
using wick_tests::entry;
using wick_tests::message_of;
using wick_tests::safetensors;

namespace {

/// Views of a copy that the tensors keep alive.
Safetensors parse(const Bytes& bytes, const ArchiveLimits& limits = {}) {
  const auto copy = std::make_shared<const Bytes>(bytes);
  return wick::parse_safetensors(*copy, copy, "f", limits);
}
Safetensors parse(const std::string& header, std::size_t data = 0) {
  return parse(safetensors(header, data));
}
Safetensors parse_file(const char* name) {
  return parse(wick_tests::read_bytes(std::filesystem::path(WICK_TEST_DATA) / name));
}
std::string refusal(const Bytes& bytes, const ArchiveLimits& limits = {}) {
  const std::string text = message_of<wick::FormatError>([&] { static_cast<void>(parse(bytes, limits)); });
  REQUIRE(text.starts_with("f: at byte "));
  return text.substr(11);
}
std::string refusal(const std::string& header, std::size_t data = 0) {
  return refusal(safetensors(header, data));
}
/// A header with one tensor `x` of this text.
std::string refused_tensor(const std::string& tensor, std::size_t data = 8) {
  return refusal("{\"x\":" + tensor + "}", data);
}

template <class T>
AnyTensor ramp(const Shape& shape) {
  wick::Tensor<T> t(shape);
  for (wick::Index i = 0; i < t.numel(); ++i) {
    t.data()[i] = wick::convert_element<T>(static_cast<float>(i));
  }
  return AnyTensor::copy_of(t);
}

}  // namespace

TEST_CASE("files of the Python package are read") {
  SUBCASE("every type of element") {
    const Safetensors file = parse_file("safetensors_types.safetensors");
    CHECK(file.metadata.empty());
    CHECK(file.tensors.size() == 19);
    for (const DType dtype : wick::all_dtypes) {
      if (dtype == DType::c128) continue;
      const std::string name(wick::name_of(dtype));
      CAPTURE(name);
      wick::visit_dtype(dtype, [&]<class T>(T) { CHECK(file.tensors[name] == ramp<T>({2, 3})); });
    }
  }
  SUBCASE("no tensors") {
    const Safetensors file = parse_file("safetensors_empty.safetensors");
    CHECK(file.tensors.empty());
    CHECK(file.metadata.empty());
  }
  SUBCASE("names, shapes and metadata") {
    const Safetensors file = parse_file("safetensors_names.safetensors");
    CHECK(file.tensors.keys() ==
          wick::StateDict::Keys{"also none", "none", "scalar", "",
                                std::string("\"\\/\b\f\n\r\t\0\x01\x1f\x7f\u00e9\u20ac\U0001f600", 21),
                                "eight"});
    CHECK(file.tensors["scalar"] == ramp<float>({}));
    CHECK(file.tensors["none"] == ramp<float>({0}));
    CHECK(file.tensors["also none"] == ramp<std::int64_t>({2, 0, 3}));
    CHECK(file.tensors["eight"] == ramp<std::uint8_t>({1, 1, 1, 1, 2, 1, 1, 1}));
    CHECK(file.tensors[""] == ramp<std::uint8_t>({1}));
    CHECK(file.metadata == wick::SafetensorsMetadata{{"line\n\"\x02\"", "\\ \u00fc \x1b"}});
  }
}

TEST_CASE("what the format allows and its usual writer does not write is read") {
  // Fields in another order, unknown fields, white space, a header of any length, entries in any order.
  const std::string header =
      "{ \"b\" : { \"data_offsets\" : [ 1 , 3 ] , \"extra\" : [ {\"deep\": [null]} , 1e5 ] ,\n \"shape\" : [ "
      "2 ] , "
      "\"dtype\" : \"U8\" "
      "},\t\"__metadata__\":{},\"a\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]} } \n";
  const Safetensors file = parse(header, 3);
  CHECK(file.tensors.keys() == wick::StateDict::Keys{"b", "a"});
  CHECK(file.tensors["b"].to<float>() == wick::Tensor<float>::from({1, 2}));
  CHECK(file.tensors["a"].to<float>() == wick::Tensor<float>::from({0}));
  // Numbers that are not aligned.
  const Safetensors odd =
      parse("{" + entry("a", "U8", "[1]", 0, 1) + "," + entry("b", "F64", "[1]", 1, 9) + "}", 9);
  CHECK(odd.tensors["b"].to<double>().at(0) > 0);
  // Empty tensors anywhere, as long as they leave no hole.
  const Safetensors empty =
      parse("{" + entry("a", "U8", "[0]", 0, 0) + "," + entry("b", "U8", "[2]", 0, 2) + "," +
                entry("c", "F32", "[3,0]", 2, 2) + "," + entry("d", "U8", "[1]", 2, 3) + "," +
                entry("e", "F64", "[0]", 3, 3) + "}",
            3);
  CHECK(empty.tensors.size() == 5);
  CHECK(empty.tensors["c"].shape() == Shape{3, 0});
}

TEST_CASE("tensors are views of the file and keep it alive") {
  auto bytes = std::make_shared<const Bytes>(safetensors("{" + entry("x", "U8", "[4]", 0, 4) + "}", 4));
  const std::weak_ptr<const Bytes> watch = bytes;
  const std::byte* end = bytes->data() + bytes->size();
  Safetensors file = wick::parse_safetensors(*bytes, bytes, "f");
  bytes.reset();
  CHECK(file.tensors["x"].bytes().data() + 4 == end);
  CHECK_FALSE(watch.expired());
  file = {};
  CHECK(watch.expired());
}

TEST_CASE("the length of the header is checked before anything else") {
  CHECK(refusal(Bytes()) == "0: expected a safetensors file, got an empty file");
  CHECK(refusal(Bytes(7)) ==
        "7: the file has 7 bytes, the length of the header alone takes 8; it is truncated");
  CHECK(refusal(safetensors("{}", 0, 3)) ==
        "0: the header has 3 bytes, but only 2 follow; the file is truncated");
  CHECK(refusal(safetensors("", 0, 0)) == "8: the header must begin with '{'");
  CHECK(refusal(safetensors("{}", 0, 0)) == "8: the header must begin with '{'");
  CHECK(refusal(safetensors("{}", 0, 100'000'001)) ==
        "0: the header has 100000001 bytes, the format allows 100000000");
  CHECK(refusal(safetensors("{}", 0, 100'000'000)) ==
        "0: the header has 100000000 bytes, but only 2 follow; the file is truncated");
  for (const std::uint64_t huge : {std::uint64_t{1} << 63, ~std::uint64_t{0}, ~std::uint64_t{7}}) {
    CHECK(refusal(safetensors("{}", 0, huge)) ==
          "0: the header has " + std::to_string(huge) + " bytes, the format allows 100000000");
  }
  CHECK(refusal(safetensors("{}   "), {.header_bytes = 4}) ==
        "0: the header has 5 bytes, the limit is 4 (ArchiveLimits::header_bytes)");
  CHECK_NOTHROW(static_cast<void>(parse(safetensors("{}   "), {.header_bytes = 5})));
}

TEST_CASE("files of other kinds are called what they are") {
  CHECK(refusal(wick_tests::Out().chars("PK\x03\x04").chars("zip zip zip").bytes) ==
        "0: expected a safetensors file, got a zip archive, as torch.save writes it (.pth, .pt)");
  CHECK(refusal(wick_tests::checkpoint({})) == "0: expected a safetensors file, got a wick checkpoint");
  CHECK(refusal(wick_tests::Out().chars("<!DOCTYPE html><html></html>").bytes) ==
        "0: expected a safetensors file, got an HTML page; the download probably failed");
  CHECK(refusal(wick_tests::Out().chars("version https://git-lfs.github.com/spec/v1").bytes) ==
        "0: expected a safetensors file, got a Git LFS pointer; run git lfs pull to get the file itself");
  // A header of 0x8b1f bytes begins as gzip files do, but is one.
  const std::string header = "{}" + std::string(0x8b1f - 2, ' ');
  CHECK(parse(header).tensors.empty());
}

TEST_CASE("the header must be an object of JSON and nothing else") {
  CHECK(refusal(" {}") == "8: the header must begin with '{'");
  CHECK(refusal("[]") == "8: the header must begin with '{'");
  CHECK(refusal("\xEF\xBB\xBF{}") == "8: the header must begin with '{'");
  CHECK(refusal("{") == "9: expected a key in quotes, got the end of the text");
  CHECK(refusal("{}x") == "10: expected the end, got 'x'");
  CHECK(refusal(std::string("{}\0", 3)) == "10: expected the end, got '\\x00'");
  CHECK(refusal("{\"\xFF\":{}}") == "10: the JSON text is not UTF-8");
  CHECK(refusal("{" + entry("x", "U8", "[1]", 0, 1) + "," + entry("x", "U8", "[1]", 0, 1) + "}", 1) ==
        "61: the key 'x' is there twice");
}

TEST_CASE("metadata are texts by name") {
  CHECK(parse(R"({"__metadata__":{"b":"1","a":""}})").metadata ==
        wick::SafetensorsMetadata{{"b", "1"}, {"a", ""}});
  CHECK(refusal(R"({"__metadata__":{"a":1}})") == "29: expected a text of metadata in quotes, got '1'");
  CHECK(refusal(R"({"__metadata__":{"a":null}})") == "29: expected a text of metadata in quotes, got 'n'");
  CHECK(refusal(R"({"__metadata__":{"a":{"b":"c"}}})") ==
        "29: expected a text of metadata in quotes, got '{'");
  CHECK(refusal(R"({"__metadata__":[]})") == "24: expected an object, the metadata, got '['");
  CHECK(refusal(R"({"__metadata__":null})") == "24: expected an object, the metadata, got 'n'");
  CHECK(refusal(R"({"__metadata__":{"a":"","a":""}})") == "32: the key 'a' is there twice");
  CHECK(refusal(R"({"__metadata__":{},"__metadata__":{}})") == "27: the key '__metadata__' is there twice");
}

TEST_CASE("every field of a tensor must be there and of its kind") {
  CHECK(refused_tensor("[]") == "13: expected an object for the tensor 'x', got '['");
  CHECK(refused_tensor("{}") == "13: tensor 'x' has no \"dtype\"");
  CHECK(refused_tensor(R"({"dtype":"F32","data_offsets":[0,8]})") == "13: tensor 'x' has no \"shape\"");
  CHECK(refused_tensor(R"({"dtype":"F32","shape":[2]})") == "13: tensor 'x' has no \"data_offsets\"");
  CHECK(refused_tensor(R"({"shape":[2],"data_offsets":[0,8]})") == "13: tensor 'x' has no \"dtype\"");
  CHECK(refused_tensor(R"({"dtype":1,"shape":[2],"data_offsets":[0,8]})") ==
        "22: expected a dtype in quotes, got '1'");
  CHECK(refused_tensor(R"({"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]})") ==
        "28: the key 'dtype' is there twice");
  CHECK(refused_tensor(R"({"dtype":"F32","shape":2,"data_offsets":[0,8]})") ==
        "36: expected an array, the shape, got '2'");
  CHECK(refused_tensor(R"({"dtype":"F32","shape":[2.0],"data_offsets":[0,8]})") ==
        "37: expected a dimension, an integer of 0 or more, got '2'");
  CHECK(refused_tensor(R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})") ==
        "37: expected a dimension, an integer of 0 or more, got '-'");
  CHECK(refused_tensor(R"({"dtype":"F32","shape":[2],"data_offsets":{}})") ==
        "55: expected an array, the offsets, got '{'");
  CHECK(refused_tensor(R"({"dtype":"F32","shape":[2],"data_offsets":[0]})") ==
        "55: tensor 'x' should have 2 offsets, it has 1");
  CHECK(refused_tensor(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8,8]})") ==
        "55: tensor 'x' should have 2 offsets, it has 3");
  CHECK(refused_tensor(R"({"dtype":"F32","shape":[2],"data_offsets":[0,"8"]})") ==
        "58: expected an offset, an integer of 0 or more, got '\"'");
  CHECK(refused_tensor(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":[1,]})") ==
        "68: expected a value, got ']'");
}

TEST_CASE("types that are not known, and those of less than a byte, are refused by name") {
  const auto of_type = [](const std::string& dtype) {
    return refused_tensor("{\"dtype\":\"" + dtype + "\",\"shape\":[2],\"data_offsets\":[0,8]}");
  };
  for (const char* dtype : {"f32", "F128", "", "C128", "F32 ", "FLOAT", "I4"}) {
    CHECK(of_type(dtype) == "22: tensor 'x' has the unknown dtype '" + std::string(dtype) + "'");
  }
  for (const char* dtype : {"F4", "F6_E2M3", "F6_E3M2"}) {
    CHECK(of_type(dtype) == "22: tensor 'x' has the dtype " + std::string(dtype) +
                                "; elements of less than a byte are not read");
  }
}

TEST_CASE("shapes whose elements cannot be counted are refused") {
  const auto of_shape = [](const std::string& shape) {
    return refusal("{" + entry("x", "U8", shape, 0, 8) + "}", 8);
  };
  CHECK(of_shape("[9223372036854775808]") == "35: tensor 'x' has too many elements to count");
  CHECK(of_shape("[4294967296,4294967296]") == "35: tensor 'x' has too many elements to count");
  CHECK(of_shape("[4294967296,2147483648,1]") == "35: tensor 'x' has too many elements to count");
  CHECK(of_shape("[4294967296,4294967296,0]") == "35: tensor 'x' has too many elements to count");
  CHECK(of_shape("[0,9223372036854775808]") == "35: tensor 'x' has too many elements to count");
  CHECK(of_shape("[18446744073709551616]") == "36: a dimension is 18446744073709551616, past 2^64");
  CHECK(of_shape("[1,1,1,1,1,1,1,1,8]") == "35: tensor 'x' has more than 8 dimensions");
  // Bytes that overflow although the elements do not.
  CHECK(refusal("{" + entry("x", "F64", "[1073741824,1073741824,2]", 0, 0) + "}") ==
        (sizeof(wick::Index) > 4 ? "13: tensor 'x' lies at bytes 0 to 0 of the data, but has "
                                   "2305843009213693952 elements of 8 bytes"
                                 : "36: tensor 'x' has too many elements to count"));
}

TEST_CASE("tensors must cover the data exactly") {
  const auto two = [](std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t d,
                      std::size_t data = 8) {
    const auto shape = [](std::uint64_t from, std::uint64_t to) {
      return "[" + std::to_string(to - from) + "]";
    };
    return refusal(
        "{" + entry("a", "U8", shape(a, b), a, b) + "," + entry("b", "U8", shape(c, d), c, d) + "}", data);
  };
  const std::string rule = "; there must be no holes and no overlaps";
  CHECK(two(0, 4, 5, 8) ==
        "65: tensor 'b' lies at bytes 5 to 8 of the data, the one before it ends at 4" + rule);
  CHECK(two(0, 4, 3, 8) ==
        "65: tensor 'b' lies at bytes 3 to 8 of the data, the one before it ends at 4" + rule);
  CHECK(two(4, 8, 0, 3) ==
        "13: tensor 'a' lies at bytes 4 to 8 of the data, the one before it ends at 3" + rule);
  CHECK(two(1, 4, 4, 8) ==
        "13: tensor 'a' lies at bytes 1 to 4 of the data, the one before it ends at 0" + rule);
  CHECK(two(0, 8, 0, 8) ==
        "65: tensor 'b' lies at bytes 0 to 8 of the data, the one before it ends at 8" + rule);
  CHECK(two(0, 8, 4, 4) ==
        "65: tensor 'b' lies at bytes 4 to 4 of the data, the one before it ends at 8" + rule);
  CHECK(two(0, 4, 4, 8, 9) ==
        "122: the tensors take up 8 bytes, the file has 9 bytes of data; something was appended");
  CHECK(two(0, 4, 4, 8, 7) ==
        "120: the tensors take up 8 bytes, the file has 7 bytes of data; it is truncated");
  CHECK(refusal("{}", 1) ==
        "11: the tensors take up 0 bytes, the file has 1 bytes of data; something was appended");
  CHECK(refusal("{" + entry("x", "U8", "[0]", 8, 8) + "}", 8) ==
        "13: tensor 'x' lies at bytes 8 to 8 of the data, the one before it ends at 0" + rule);

  const auto one = [](const char* dtype, const char* shape, std::uint64_t begin, std::uint64_t end) {
    return refusal("{" + entry("x", dtype, shape, begin, end) + "}", 8);
  };
  CHECK(one("F32", "[3]", 0, 8) ==
        "13: tensor 'x' lies at bytes 0 to 8 of the data, but has 3 elements of 4 bytes");
  CHECK(one("F32", "[]", 0, 8) ==
        "13: tensor 'x' lies at bytes 0 to 8 of the data, but has 1 elements of 4 bytes");
  CHECK(one("F32", "[0]", 0, 8) ==
        "13: tensor 'x' lies at bytes 0 to 8 of the data, but has 0 elements of 4 bytes");
  CHECK(one("U8", "[9]", 0, 9) ==
        "69: the tensors take up 9 bytes, the file has 8 bytes of data; it is truncated");
  const std::uint64_t top = ~std::uint64_t{0};
  CHECK(one("U8", "[8]", 0, top) ==
        "13: tensor 'x' lies at bytes 0 to 18446744073709551615 of the data, but has 8 "
        "elements of 1 bytes");
  CHECK(refusal("{" + entry("a", "U8", "[8]", 0, 8) + "," + entry("b", "U8", "[0]", 8, 4) + "}", 8) ==
        "65: tensor 'b' lies at bytes 8 to 4 of the data, it ends before it begins");
}

TEST_CASE("limits hold and can be changed") {
  const std::string two = "{" + entry("a", "U8", "[1]", 0, 1) + "," + entry("bb", "U8", "[1]", 1, 2) + "}";
  const Bytes file = safetensors(two, 2);
  CHECK(refusal(file, {.tensors = 1}) ==
        "66: there are more than 1 tensors, which is the limit (ArchiveLimits::tensors)");
  CHECK(parse(file, {.tensors = 2}).tensors.size() == 2);
  CHECK(refusal(file, {.name_bytes = 1}) ==
        "66: the name of a tensor has 2 bytes, the limit is 1 (ArchiveLimits::name_bytes)");
  const Bytes metadata = safetensors(R"({"__metadata__":{"a":"","b":""}})");
  CHECK(refusal(metadata, {.attributes = 1}) ==
        "36: there are more than 1 texts of metadata, which is the limit (ArchiveLimits::attributes)");
  CHECK(parse(metadata, {.attributes = 2}).metadata.size() == 2);
}

TEST_CASE("a small file that claims much is refused before memory is taken") {
  const std::string dims(std::size_t{1} << 20, '1');
  std::string shape = "[1";
  for (int i = 0; i < 100'000; ++i) shape += ",1";
  const std::vector<Bytes> files = {
      safetensors("{}", 0, std::uint64_t{1} << 63),
      safetensors("{\"x\":" + std::string(1'000'000, '['), 0),
      safetensors("{\"x\":{\"y\":" + std::string(1'000'000, '['), 0),
      safetensors("{" + entry("x", "U8", shape + "]", 0, 1) + "}", 1),
      safetensors("{" + entry("x", "U8", "[" + dims + "]", 0, 1) + "}", 1),
      safetensors("{" + entry("x", "F64", "[1152921504606846975]", 0, 9223372036854775800U) + "}", 8),
  };
  for (const Bytes& file : files) {
    std::string message;
    const auto n = wick_tests::allocations_in([&] {
      try {
        static_cast<void>(wick::parse_safetensors(file, nullptr, "f"));
      } catch (const wick::FormatError& e) {
        message = e.what();
      }
    });
    CHECK(!message.empty());
    CHECK(n < 60);
  }
}

TEST_CASE("a file cut off anywhere, or with any byte changed, is refused or harmless") {
  const Bytes whole =
      wick_tests::read_bytes(std::filesystem::path(WICK_TEST_DATA) / "safetensors_names.safetensors");
  REQUIRE_NOTHROW(static_cast<void>(parse(whole)));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
    CHECK_THROWS_AS(static_cast<void>(parse(part)), wick::FormatError);
  }
  const std::size_t data_begins =
      8 + std::to_integer<std::size_t>(whole[0]) + 256 * std::to_integer<std::size_t>(whole[1]);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const unsigned change : {1U, 0x20U, 0x80U, 0xFFU}) {
      Bytes changed = whole;
      changed[i] ^= static_cast<std::byte>(change);
      try {
        const Safetensors file = parse(changed);
        // What the format does not protect: names, texts and the numbers themselves.
        std::size_t bytes = 0;
        for (const auto& [name, tensor] : file.tensors) bytes += tensor.bytes().size();
        CHECK(bytes == whole.size() - data_begins);
      } catch (const wick::FormatError& e) {
        CHECK(e.offset() <= whole.size());
        CHECK(e.path() == "f");
      }
    }
  }
}
