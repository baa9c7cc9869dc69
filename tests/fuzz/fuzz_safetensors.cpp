// safetensors files: parse_safetensors(), and the archive that is made of one.

#include "fuzz/fuzz.hpp"
#include "io/wick/formula_archive.hpp"

#include <wick/io/safetensors/archive.hpp>
#include <wick/io/safetensors/writer.hpp>
#include <wick/io/wick/reader.hpp>
#include <wick/io/wick/writer.hpp>

#include <array>
#include <charconv>
#include <string>
#include <string_view>

namespace wick_fuzz {

namespace {

Bytes encode(const wick::StateDict& tensors, const wick::SafetensorsMetadata& metadata) {
  Bytes bytes;
  wick::encode_safetensors(tensors, metadata,
                           [&](View more) { bytes.insert(bytes.end(), more.begin(), more.end()); });
  return bytes;
}
Bytes encode(const wick::Safetensors& file) { return encode(file.tensors, file.metadata); }
Bytes encode(const wick::Archive& archive) {
  Bytes bytes;
  wick::encode_archive(archive, [&](View more) { bytes.insert(bytes.end(), more.begin(), more.end()); });
  return bytes;
}

/// The same tensors; the writer sorts them.
bool same_tensors(const wick::StateDict& a, const wick::StateDict& b) {
  return a.size() == b.size() && std::ranges::all_of(a, [&](const auto& entry) {
           const wick::AnyTensor* other = b.find(entry.first);
           return other != nullptr && *other == entry.second;
         });
}

Bytes file_of(std::string_view header, View data) {
  Bytes file(8);
  put(file, 0, 8, header.size());
  const auto text = std::as_bytes(std::span(header));
  file.insert(file.end(), text.begin(), text.end());
  file.insert(file.end(), data.begin(), data.end());
  return file;
}

std::string text_of(View bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// Where runs of digits begin and end.
std::vector<std::pair<std::size_t, std::size_t>> numbers_in(std::string_view text) {
  std::vector<std::pair<std::size_t, std::size_t>> runs;
  for (std::size_t i = 0; i < text.size();) {
    const auto begin = text.find_first_of("0123456789", i);
    if (begin == std::string_view::npos) break;
    i = (std::min)(text.find_first_not_of("0123456789", begin), text.size());
    runs.emplace_back(begin, i);
  }
  return runs;
}

/// Bytes of the tensor that `entry`, a piece of a header, describes; 0 if that cannot be told or is much.
std::size_t bytes_of_entry(std::string_view entry) {
  constexpr std::string_view dtype_key = "\"dtype\":\"";
  constexpr std::string_view shape_key = "\"shape\":[";
  const auto dtype = entry.rfind(dtype_key);
  const auto shape = entry.rfind(shape_key);
  if (dtype == std::string_view::npos || shape == std::string_view::npos) return 0;
  const std::string_view name = entry.substr(dtype + dtype_key.size());
  std::uint64_t bytes = 0;
  for (const auto& type : wick::detail::SafetensorsFormat::types) {
    if (type.dtype && name.substr(0, name.find('"')) == type.name) bytes = wick::item_size(*type.dtype);
  }
  const std::string_view dims = entry.substr(shape, entry.find(']', shape) - shape);
  for (const auto& [begin, end] : numbers_in(dims)) {
    std::uint64_t d = 0;
    std::from_chars(dims.data() + begin, dims.data() + end, d);
    bytes = d > 4096 ? 0 : bytes * d;
    if (bytes > 65536) return 0;
  }
  return static_cast<std::size_t>(bytes);
}

/// Lays the tensors out one after the other, in the order of the header.
void lay_out(std::string& header, Bytes& data) {
  constexpr std::string_view key = "\"data_offsets\":[";
  std::size_t next = 0;
  std::size_t from = 0;
  for (;;) {
    const auto at = header.find(key, from);
    const auto close = at == std::string::npos ? at : header.find(']', at);
    if (close == std::string::npos) break;
    const std::size_t size = bytes_of_entry(std::string_view(header).substr(from, at - from));
    const std::string offsets = std::to_string(next) + "," + std::to_string(next + size);
    header.replace(at + key.size(), close - at - key.size(), offsets);
    next += size;
    from = at + key.size() + offsets.size();
  }
  data.resize(next, std::byte{0x3F});
}

void insert_token(std::string& header, Random& random) {
  constexpr std::array tokens{"{",
                              "}",
                              "[",
                              "]",
                              ",",
                              ":",
                              "\"",
                              "\\u0041",
                              "\\ud83d",
                              "\\ude00",
                              "null",
                              "true",
                              "-",
                              "1e9",
                              "NaN",
                              "\"dtype\":\"BF16\"",
                              " ",
                              "\n",
                              "\"shape\":[2,0]",
                              "\"data_offsets\":[0,0]",
                              "\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},",
                              "\"__metadata__\":{\"a\":\"b\"},",
                              "\"__metadata__\":{\"wick.version\":\"1\"},"};
  header.insert(random.below(header.size() + 1), tokens[random.below(tokens.size())]);
}

}  // namespace

void read(View input) {
  const wick::Safetensors file = wick::parse_safetensors(input, nullptr, "input.safetensors");
  for (const auto& [name, tensor] : file.tensors) {
    touch(tensor.bytes());
    const auto numbers = tensor.to<float>();
    touch(std::as_bytes(numbers.span()));
  }
  const Bytes written = encode(file);
  const wick::Safetensors again = wick::parse_safetensors(written, nullptr, "again.safetensors");
  require(same_tensors(again.tensors, file.tensors), "tensors read back otherwise");
  require(again.metadata == file.metadata, "metadata read back otherwise");
  require(encode(again) == written, "what was written is written otherwise the second time");

  const wick::Archive archive = wick::from_safetensors(file, "input.safetensors");
  const Bytes as_checkpoint = encode(archive);
  require(encode(wick::view_archive(as_checkpoint, nullptr, "again.wick")) == as_checkpoint,
          "the archive does not come back from a checkpoint");
  const Bytes once_more = encode(wick::to_safetensors(archive));
  const wick::Archive back = wick::view_safetensors(once_more, nullptr, "again.safetensors");
  require(encode(back) == as_checkpoint, "the archive does not come back from a safetensors file");
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  const std::uint64_t length = file.size() < 8 ? 0 : get(file, 0, 8);
  if (file.size() < 8 || length > file.size() - 8 || random.one_in(32)) {
    mutate_range(file, 0, file.size(), limit);
    if (file.size() >= 8 && random.one_in(2)) put(file, 0, 8, file.size() - 8);
    return;
  }
  const View view = file;
  std::string header = text_of(view.subspan(8, static_cast<std::size_t>(length)));
  const View rest = view.subspan(8 + static_cast<std::size_t>(length));
  Bytes data(rest.begin(), rest.end());
  const std::size_t room = limit > file.size() ? limit - file.size() : 0;
  switch (random.below(6)) {
    case 0:
      mutate_range(data, 0, data.size(), data.size() + room);
      break;
    case 1: {
      const auto numbers = numbers_in(header);
      if (numbers.empty()) break;
      const auto [begin, end] = numbers[random.below(numbers.size())];
      header.replace(begin, end - begin,
                     std::to_string(random.one_in(2) ? odd_number(random) : random.below(9)));
      break;
    }
    case 2:
      insert_token(header, random);
      break;
    case 3: {
      // A piece from comma to comma is often a member of an object.
      const auto begin = header.find(',', random.below(header.size() + 1));
      if (begin == std::string::npos) break;
      std::size_t end = begin;
      for (std::size_t n = 1 + random.below(5); n > 0 && end != std::string::npos; --n)
        end = header.find(',', end + 1);
      const std::string piece = header.substr(begin, end - begin);
      if (random.one_in(3)) {
        header.erase(begin, piece.size());
      } else {
        header.insert(begin, piece);
      }
      break;
    }
    default: {
      Bytes text = Bytes(std::as_bytes(std::span(header)).begin(), std::as_bytes(std::span(header)).end());
      mutate_range(text, 0, text.size(), text.size() + room);
      header = text_of(text);
    }
  }
  if (!random.one_in(4)) lay_out(header, data);
  file = file_of(header, data);
  if (random.one_in(64)) put(file, 0, 8, odd_number(random));
}

std::vector<Bytes> seeds() {
  wick::StateDict all;
  for (const wick::DType dtype : wick::all_dtypes) {
    if (dtype == wick::DType::c128) continue;
    const auto bytes = std::make_shared<Bytes>(2 * wick::item_size(dtype), std::byte{1});
    all.insert(std::string(wick::name_of(dtype)), wick::AnyTensor(dtype, {1, 2}, *bytes, bytes));
  }
  return {
      encode(wick::to_safetensors(wick_tests::formula_archive())),
      encode(all, {{"format", "pt"}}),
      encode({}, {}),
      file_of(R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})", Bytes(4)),
      file_of(
          R"({"a\u00e9\ud83d\ude00":{"dtype":"U8","shape":[0,3],"data_offsets":[0,0],"more":[null,{"x":1.5e-3}]}})",
          {}),
      file_of(
          R"({"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"I8","shape":[1],"data_offsets":[1,2]}})",
          Bytes(2)),
      file_of(R"({"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}})", Bytes(1)),
      file_of(R"({"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,8]}})", Bytes(8)),
      file_of(std::string(40, '['), {})};
}

}  // namespace wick_fuzz
