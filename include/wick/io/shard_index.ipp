#pragma once

// Definitions of io/shard_index.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/io/bytes/file_kind.hpp>
#include <wick/io/bytes/json.hpp>
#include <wick/io/shard_index.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Whether `name` is a file in the folder of the index on every system.
[[nodiscard]] inline bool is_plain_file_name(std::string_view name) noexcept {
  const auto leads_elsewhere = [](char c) {
    return c == '/' || c == '\\' || c == ':' || static_cast<unsigned char>(c) < ' ';
  };
  return !name.empty() && name != "." && name != ".." && std::ranges::none_of(name, leads_elsewhere);
}

[[nodiscard]] inline std::string_view json_text(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace detail

WICK_INLINE bool is_shard_index(std::span<const std::byte> bytes) noexcept {
  return file_kind(bytes) == FileKind::json &&
         detail::json_text(bytes).find("\"weight_map\"") != std::string_view::npos;
}

WICK_INLINE ShardIndex read_shard_index(std::span<const std::byte> bytes, const std::string& name,
                                        const ArchiveLimits& limits) {
  constexpr std::size_t most_files = 4096;
  ShardIndex index;
  std::map<std::string, std::size_t, std::less<>> positions;
  bool found = false;
  detail::JsonReader json(detail::json_text(bytes), name);
  const auto add = [&](const std::string& tensor) {
    const auto at = json.next_offset();
    std::string file = json.string("the name of a file");
    if (!detail::is_plain_file_name(file) || file.size() > limits.name_bytes) {
      json.fail(at, "expected the name of a file beside the index, got " +
                        detail::python_quoted(std::string_view(file).substr(0, 100)));
    }
    const auto [position, is_new] = positions.emplace(std::move(file), index.files.size());
    if (is_new) index.files.push_back(position->first);
    if (tensor.size() > limits.name_bytes || index.tensors.size() >= limits.tensors ||
        index.files.size() > most_files) {
      json.fail(at, "the index has more tensors (ArchiveLimits::tensors), more than " +
                        std::to_string(most_files) +
                        " files or longer names (ArchiveLimits::name_bytes) than the limits allow");
    }
    index.tensors.emplace_back(tensor, position->second);
  };
  json.object("an index of shards", [&](const std::string& key) {
    if (key != "weight_map") return json.skip_value();
    found = true;
    json.object("a map from tensors to files", add);
  });
  json.end();
  if (!found || index.tensors.empty()) json.fail("expected a \"weight_map\" with tensors and their files");
  return index;
}

WICK_END_NAMESPACE
