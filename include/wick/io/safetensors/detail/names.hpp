#pragma once

// Names of what a safetensors file of wick holds beside the parameters.

#include <wick/version.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Tensors and attributes of a group are called `wick.<group>/<name>`, with `/` and `%` in the name of the
/// group as `%2F` and `%25`. Parameters keep their names, unless those look like that.
struct SafetensorsNames {
  static constexpr std::string_view prefix = "wick.";
  static constexpr std::string_view version = "wick.version";
  static constexpr std::string_view type = "wick.type";
  static constexpr std::string_view input_size = "wick.input_size";
  static constexpr std::string_view output_size = "wick.output_size";
  static constexpr std::string_view hidden_layers = "wick.hidden_layers";
  static constexpr std::string_view dropout = "wick.dropout";
  static constexpr std::string_view tensors = "wick.tensors";        ///< their names by group, in order
  static constexpr std::string_view attributes = "wick.attributes";  ///< the names of their groups, in order

  [[nodiscard]] static std::string of(std::string_view group, std::string_view name) {
    std::string full(prefix);
    for (const char c : group) {
      if (c == '/') {
        full += "%2F";
      } else if (c == '%') {
        full += "%25";
      } else {
        full += c;
      }
    }
    return full.append("/").append(name);
  }
  [[nodiscard]] static std::string of_parameter(const std::string& name) {
    return has_group(name) ? of("model", name) : name;
  }
  [[nodiscard]] static bool has_group(std::string_view full) {
    return full.starts_with(prefix) && full.find('/') != std::string_view::npos;
  }
  /// Group and name of a text with a group; nothing for one that of() does not give.
  [[nodiscard]] static std::optional<std::pair<std::string, std::string>> split(std::string_view full) {
    const auto slash = full.find('/');
    const std::string_view escaped = full.substr(prefix.size(), slash - prefix.size());
    std::pair<std::string, std::string> parts("", full.substr(slash + 1));
    for (std::size_t i = 0; i < escaped.size(); ++i) {
      const auto escape = escaped.substr(i, 3);
      if (escape == "%2F" || escape == "%25") {
        parts.first += escape == "%2F" ? '/' : '%';
        i += 2;
      } else if (escaped[i] == '%') {
        return std::nullopt;
      } else {
        parts.first += escaped[i];
      }
    }
    return parts;
  }
  /// Whether a text of the group `metadata` stands in the file's metadata under its own name.
  [[nodiscard]] static bool is_plain(std::string_view name) {
    return name != "format" && !name.starts_with(prefix);
  }
  /// Bytes of the longest full name of a group and a name of `limit` bytes.
  [[nodiscard]] static std::uint32_t longest(std::uint32_t limit) {
    const std::uint64_t most = prefix.size() + 3 * std::uint64_t{limit} + 1 + limit;
    constexpr std::uint64_t top = (std::numeric_limits<std::uint32_t>::max)();
    return static_cast<std::uint32_t>(most < top ? most : top);
  }
};

}  // namespace detail

WICK_END_NAMESPACE
