#pragma once

// Pickles and zip archives put together byte by byte, without wick, so that a test can lie in any place.

#include "support/crc.hpp"
#include "support/throws.hpp"

#include <wick/io/torch/detail/pickle_reader.hpp>
#include <wick/io/torch/detail/pickle_values.hpp>
#include <wick/io/torch/detail/tensors.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wick_tests {

/// `n` bytes of a number, the least significant first.
[[nodiscard]] inline std::string le(std::uint64_t value, int n) {
  std::string bytes;
  for (int i = 0; i < n; ++i, value >>= 8) bytes += static_cast<char>(value & 0xFFU);
  return bytes;
}
[[nodiscard]] inline std::vector<std::byte> to_bytes(std::string_view text) {
  const auto raw = std::as_bytes(std::span(text));
  return {raw.begin(), raw.end()};
}
[[nodiscard]] inline std::string repeat(std::string_view text, std::size_t n) {
  std::string all;
  for (; n > 0; --n) all += text;
  return all;
}

// Pieces of pickles of protocol 2.

// Not inline, so that they are there before other constants of a test that are made from them; hence inline
// functions cannot use them.
const std::string proto("\x80\x02", 2);
[[nodiscard]] inline std::string text(std::string_view s) { return "X" + le(s.size(), 4) + std::string(s); }
[[nodiscard]] inline std::string integer(std::int32_t n) {
  return "J" + le(static_cast<std::uint32_t>(n), 4);
}
[[nodiscard]] inline std::string global(std::string_view module, std::string_view name) {
  return "c" + std::string(module) + "\n" + std::string(name) + "\n";
}
[[nodiscard]] inline std::string tuple(std::string_view items) { return "(" + std::string(items) + "t"; }
[[nodiscard]] inline std::string call(std::string_view function, std::string_view arguments) {
  return std::string(function) + tuple(arguments) + "R";
}
[[nodiscard]] inline std::string get(unsigned index) { return "h" + le(index, 1); }
[[nodiscard]] inline std::string put(unsigned index) { return "q" + le(index, 1); }
/// PROTO, then `body` and STOP.
[[nodiscard]] inline std::string pickle(std::string_view body) {
  return "\x80\x02" + std::string(body) + ".";
}

const std::string ordered_dict = global("collections", "OrderedDict");
[[nodiscard]] inline std::string storage(std::string_view key = "0", std::int32_t count = 6,
                                         std::string_view type = "FloatStorage", std::string_view more = "") {
  return tuple(text("storage") + global("torch", type) + text(key) + text("cpu") + integer(count) +
               std::string(more)) +
         "Q";
}
/// A tensor by _rebuild_tensor_v2; every part may lie.
struct TensorPickle {
  std::string store = storage();
  std::string offset = integer(0);
  std::string sizes = tuple(integer(2) + integer(3));
  std::string strides = tuple(integer(3) + integer(1));
  std::string requires_grad = "\x89";
  std::string hooks = call(global("collections", "OrderedDict"), "");
  std::string more = "";
  std::string function = global("torch._utils", "_rebuild_tensor_v2");

  [[nodiscard]] std::string str() const {
    return call(function, store + offset + sizes + strides + requires_grad + hooks + more);
  }
};

/// The value of a pickle. Every storage has as many bytes as it claims: 1, 2, 3, ... Throws what the reader
/// throws.
[[nodiscard]] inline wick::TorchValue value_of(const std::string& raw, const wick::TorchLimits& limits = {},
                                               std::uint64_t id_items = 5) {
  namespace detail = wick::detail;
  const auto bytes = std::as_bytes(std::span(raw));
  const detail::PickleSource source{
      .file = "p", .offset = 0, .file_bytes = raw.size(), .id_items = id_items, .other_byte_order = false};
  const auto graph = detail::PickleMachine(bytes, source, limits).run();
  const auto owner = std::make_shared<std::vector<std::vector<std::byte>>>();
  std::vector<std::span<const std::byte>> storages;
  for (const auto& claim : graph.storages) {
    auto& data = owner->emplace_back(static_cast<std::size_t>(claim.bytes));
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::byte>(i + 1);
    storages.emplace_back(data);
  }
  const auto tensors = detail::make_tensors(graph, storages, owner, false);
  return detail::PickleValues(graph, tensors, "p", limits).root();
}

/// Limits under which objects, which otherwise become names, are refused.
[[nodiscard]] inline wick::TorchLimits data_alone() {
  wick::TorchLimits limits;
  limits.refuse_objects = true;
  return limits;
}
/// Position and reason with which the reader refuses a pickle: `12: ...`.
[[nodiscard]] inline std::string refusal_of(const std::string& raw,
                                            const wick::TorchLimits& limits = data_alone(),
                                            std::uint64_t id_items = 5) {
  const std::string message =
      message_of<wick::FormatError>([&] { static_cast<void>(value_of(raw, limits, id_items)); });
  REQUIRE(message.starts_with("p: at byte "));
  return message.substr(11);
}
/// The reason alone.
[[nodiscard]] inline std::string reason_of(const std::string& raw,
                                           const wick::TorchLimits& limits = data_alone(),
                                           std::uint64_t id_items = 5) {
  const std::string refusal = refusal_of(raw, limits, id_items);
  return refusal.substr(refusal.find(": ") + 2);
}

// Zip archives.

[[nodiscard]] inline std::uint32_t bitwise_crc32(std::string_view bytes) {
  std::uint32_t state = 0xFFFFFFFFU;
  for (const char c : bytes) state = bitwise_crc(0xEDB88320U, state, static_cast<std::byte>(c));
  return ~state;
}

/// One entry; every field may lie.
struct ZipItem {
  std::string name;
  std::string data;
  unsigned flags = 0x0800;
  unsigned method = 0;
  std::string extra = "";
  std::string local_extra = "";
  std::optional<std::uint32_t> crc = {};
  std::optional<std::uint64_t> size = {};        ///< in the directory, uncompressed
  std::optional<std::uint64_t> compressed = {};  ///< in the directory
  std::optional<std::uint64_t> local_size = {};
  std::optional<std::uint32_t> local_crc = {};
  std::optional<unsigned> local_flags = {};
  std::optional<unsigned> local_method = {};
  std::optional<std::string> local_name = {};
  std::optional<std::uint64_t> offset = {};  ///< of the local header
  std::string descriptor = "";               ///< after the data
  std::uint16_t disk = 0;
};

/// Fields of the end of an archive that may lie.
struct ZipEnd {
  std::optional<std::uint64_t> count = {};
  std::optional<std::uint64_t> directory_bytes = {};
  std::optional<std::uint64_t> directory = {};
  std::string before = "";  ///< between the directory and the end record
  std::string comment = "";
  std::uint16_t disk = 0;
  std::string after = "";
};

[[nodiscard]] inline std::string zip(const std::vector<ZipItem>& items, const ZipEnd& end = {}) {
  std::string file;
  std::string directory;
  for (const ZipItem& item : items) {
    const std::uint32_t crc = item.crc.value_or(bitwise_crc32(item.data));
    const std::uint64_t size = item.size.value_or(item.data.size());
    const std::string local_name = item.local_name.value_or(item.name);
    directory += "PK\1\2" + le(0, 4) + le(item.flags, 2) + le(item.method, 2) + le(0, 4) + le(crc, 4) +
                 le(item.compressed.value_or(size), 4) + le(size, 4) + le(item.name.size(), 2) +
                 le(item.extra.size(), 2) + le(0, 2) + le(item.disk, 2) + le(0, 6) +
                 le(item.offset.value_or(file.size()), 4) + item.name + item.extra;
    file += "PK\3\4" + le(0, 2) + le(item.local_flags.value_or(item.flags), 2) +
            le(item.local_method.value_or(item.method), 2) + le(0, 4) + le(item.local_crc.value_or(crc), 4) +
            le(item.local_size.value_or(size), 4) + le(item.local_size.value_or(size), 4) +
            le(local_name.size(), 2) + le(item.local_extra.size(), 2) + local_name + item.local_extra +
            item.data + item.descriptor;
  }
  const std::uint64_t begin = end.directory.value_or(file.size());
  file += directory + end.before;
  return file + "PK\5\6" + le(end.disk, 2) + le(end.disk, 2) + le(end.count.value_or(items.size()), 2) +
         le(end.count.value_or(items.size()), 2) + le(end.directory_bytes.value_or(directory.size()), 4) +
         le(begin, 4) + le(end.comment.size(), 2) + end.comment + end.after;
}

}  // namespace wick_tests
