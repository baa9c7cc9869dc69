#pragma once

// Text that a terminal can be given, whoever wrote it.

#include <wick/base/detail/compiled.hpp>
#include <wick/version.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

/// `text` with all that commands a terminal, or makes it show something else than is there, as Python's
/// repr() escapes it: control characters (`\n`, `\x1b`, `\x9b`), marks that turn the direction of writing
/// (`\u202e`), separators of lines and paragraphs, and bytes that are not UTF-8 (`\xff`). Everything else
/// stays.
///
/// What an Error says is such text already, but for its line breaks. Names that come from a file, such as
/// those of classes, are handed out as they are in the file: use this to print them.
[[nodiscard]] std::string printable(std::string_view text);

namespace detail {

/// Whether a character is only shown. The others are controls (C0, DEL, C1), bidirectional marks, embeddings,
/// overrides and isolates, and the separators of lines and paragraphs.
[[nodiscard]] constexpr bool is_shown(std::uint32_t code) noexcept {
  const auto in = [code](std::uint32_t first, std::uint32_t last) { return code >= first && code <= last; };
  return code >= 0x20 && !in(0x7F, 0x9F) && code != 0x61C && !in(0x200E, 0x200F) && !in(0x2028, 0x202E) &&
         !in(0x2066, 0x2069);
}

/// printable(), but for the characters in `kept`, ASCII, which stay.
void append_printable(std::string& out, std::string_view text, std::string_view kept = {});

/// What an exception says: printable but for line breaks and tabs, and not too long for anybody to read.
[[nodiscard]] std::string message_text(std::string_view text);

/// The characters within the first `most` bytes.
[[nodiscard]] std::string_view cut(std::string_view text, std::size_t most) noexcept;

/// Texts of a file have any length; in messages they are cut after so many bytes.
inline constexpr std::size_t most_shown_bytes = 200;
/// And lists of them after so many items, or bytes.
inline constexpr std::size_t most_shown_items = 100;
inline constexpr std::size_t most_list_bytes = 8192;

/// `text` in double quotes for a message: printable, and cut off if it is long: `"abc..." (5000 bytes)`.
[[nodiscard]] std::string quoted_name(std::string_view text, std::size_t most = most_shown_bytes);

/// The same without quotes: `abc... (5000 bytes)`.
[[nodiscard]] std::string shown_name(std::string_view text, std::size_t most = most_shown_bytes);

/// `"a", "b"`, cut off if there are many: `"a", "b", and 5000 more`.
template <class Texts>
[[nodiscard]] std::string quoted_names(const Texts& texts) {
  std::string result;
  std::size_t count = 0;
  std::size_t left_out = 0;
  for (const auto& text : texts) {
    if (count == most_shown_items || result.size() > most_list_bytes) {
      ++left_out;
    } else {
      result += (count++ == 0 ? "" : ", ") + quoted_name(text);
    }
  }
  if (left_out > 0) result += ", and " + std::to_string(left_out) + " more";
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/base/printable.ipp>
#endif
