#include <wick/io/safetensors/writer.hpp>

#include "io/safetensors/crafted.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/io/safetensors/reader.hpp>

#include <doctest/doctest.h>

#include <complex>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <ios>
#include <iterator>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using wick::AnyTensor;
using wick::DType;
using wick::Shape;
using wick::StateDict;
using wick_tests::Bytes;
using wick_tests::message_of;
using wick_tests::read_bytes;
using wick_tests::TempDir;

namespace {

Bytes encode(const StateDict& tensors, const wick::SafetensorsMetadata& metadata = {}) {
  Bytes bytes;
  wick::encode_safetensors(tensors, metadata, [&](std::span<const std::byte> part) {
    bytes.insert(bytes.end(), part.begin(), part.end());
  });
  return bytes;
}
Bytes reference(const char* name) { return read_bytes(fs::path(WICK_TEST_DATA) / name); }
std::string refusal(const StateDict& tensors, const wick::SafetensorsMetadata& metadata = {}) {
  std::ostringstream out;
  std::string text = message_of<wick::OptionError>([&] { wick::write_safetensors(tensors, out, metadata); });
  CHECK(out.str().empty());
  return text;
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

TEST_CASE("files are those of the Python package, byte for byte") {
  SUBCASE("every type of element, in any order") {
    StateDict forwards;
    StateDict backwards;
    const auto add = [](StateDict& sd, DType dtype) {
      if (dtype == DType::c128) return;
      wick::visit_dtype(dtype, [&]<class T>(T) {
        sd.insert(std::string(wick::name_of(dtype)), ramp<T>({2, 3}));
      });
    };
    for (const DType dtype : wick::all_dtypes) add(forwards, dtype);
    for (auto it = wick::all_dtypes.rbegin(); it != wick::all_dtypes.rend(); ++it) add(backwards, *it);
    CHECK(encode(forwards) == reference("safetensors_types.safetensors"));
    CHECK(encode(backwards) == reference("safetensors_types.safetensors"));
  }
  SUBCASE("no tensors") { CHECK(encode({}) == reference("safetensors_empty.safetensors")); }
  SUBCASE("a header that needs no filling") {
    const Bytes bytes = encode({{"attn.0", ramp<float>({1, 2, 3})}});
    CHECK(bytes == reference("safetensors_one.safetensors"));
    CHECK(bytes[0] == std::byte{64});
  }
  SUBCASE("names, shapes and metadata") {
    CHECK(encode({{"scalar", ramp<float>({})},
                  {"none", ramp<float>({0})},
                  {"also none", ramp<std::int64_t>({2, 0, 3})},
                  {"eight", ramp<std::uint8_t>({1, 1, 1, 1, 2, 1, 1, 1})},
                  {"", ramp<std::uint8_t>({1})},
                  {std::string("\"\\/\b\f\n\r\t\0\x01\x1f\x7f\u00e9\u20ac\U0001f600", 21),
                   ramp<std::uint8_t>({3})}},
                 {{"line\n\"\x02\"", "\\ \u00fc \x1b"}}) == reference("safetensors_names.safetensors"));
  }
  SUBCASE("a model") {
    CHECK(encode({{"0.weight", ramp<float>({3, 2})},
                  {"0.bias", ramp<float>({3})},
                  {"2.weight", ramp<float>({2, 3})},
                  {"2.bias", ramp<float>({2})}},
                 {{"format", "pt"}}) == reference("safetensors_model.safetensors"));
  }
}

TEST_CASE("what is written is read back") {
  const StateDict tensors{
      {"b", ramp<double>({3})}, {"a", ramp<std::uint8_t>({5})}, {"c", ramp<float>({2, 2})}};
  const wick::SafetensorsMetadata metadata{{"z", "1"}, {"", "\u20ac"}, {"a", "\"\\"}};
  const Bytes bytes = encode(tensors, metadata);
  const wick::Safetensors file = wick::parse_safetensors(bytes, nullptr, "f");
  CHECK(file.metadata == metadata);
  CHECK(file.tensors.keys() == StateDict::Keys{"b", "c", "a"});
  for (const auto& [name, tensor] : tensors) CHECK(file.tensors[name] == tensor);
  CHECK(encode(file.tensors, file.metadata) == bytes);
}

TEST_CASE("what the format cannot hold is not written") {
  CHECK(refusal({{"z", ramp<std::complex<double>>({1})}}) ==
        "write_safetensors: the tensor 'z' is complex128, which safetensors does not have; convert it, or "
        "save another "
        "kind of file");
  CHECK(refusal({{"__metadata__", ramp<float>({1})}}) ==
        "write_safetensors: a tensor cannot have the name '__metadata__' in this format");
  CHECK(refusal({{"\xFF", ramp<float>({1})}}) ==
        "write_safetensors: the name of the tensor '\\xff' is not UTF-8");
  CHECK(refusal({}, {{"\xFF", ""}}) == "write_safetensors: the metadata '\\xff' is not UTF-8");
  CHECK(refusal({}, {{"a", "\xFF"}}) == "write_safetensors: the value of the metadata '\\xff' is not UTF-8");
  CHECK(refusal({}, {{"a", "1"}, {"b", "2"}, {"a", "1"}}) ==
        "write_safetensors: the metadata 'a' is there twice");
  CHECK(refusal({}, {{"a", std::string(100'000'000, 'x')}}) ==
        "write_safetensors: the header has 100000032 bytes, the format allows 100000000");
}

TEST_CASE("files are replaced as a whole or not at all") {
  const TempDir folder;
  const fs::path file = folder / "model.safetensors";
  wick::write_safetensors(StateDict{{"w", ramp<float>({2})}}, file);
  const Bytes before = read_bytes(file);
  CHECK(before == encode({{"w", ramp<float>({2})}}));
  CHECK_THROWS_AS(wick::write_safetensors(StateDict{{"\xFF", ramp<float>({1})}}, file), wick::OptionError);
  CHECK(read_bytes(file) == before);
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
  CHECK(message_of<wick::FileError>([&] { wick::write_safetensors(StateDict(), folder.path()); }) ==
        wick::display_name(folder.path()) + ": expected a file, got a directory");

  std::ostringstream broken;
  broken.setstate(std::ios::badbit);
  CHECK(message_of<wick::FileError>([&] { wick::write_safetensors(StateDict(), broken); }) ==
        "<stream>: cannot write the file");
}

TEST_CASE("the bytes of large tensors are not copied, small ones go out together") {
  StateDict tensors{{"large", ramp<double>({1 << 17})}};
  for (int i = 0; i < 100; ++i) tensors.insert("small." + std::to_string(i), ramp<float>({4}));
  std::vector<const std::byte*> pieces;
  wick::encode_safetensors(tensors, {},
                           [&](std::span<const std::byte> piece) { pieces.push_back(piece.data()); });
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[1] == tensors["large"].bytes().data());
}
