#pragma once

// The rows of a CSV file and their fields.
// Source: RFC 4180, https://www.rfc-editor.org/rfc/rfc4180

#include <wick/base/detail/utf8.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/io/bytes/file_kind.hpp>
#include <wick/table/csv_options.hpp>
#include <wick/table/detail/csv_source.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Where UTF-8 without zero bytes ends: text.size(), or less if there is something else. A character that is
/// cut off at the end counts as something else.
[[nodiscard]] inline std::size_t valid_text_size(std::string_view text) noexcept {
  const char* const data = text.data();
  std::size_t at = 0;
  while (at < text.size()) {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t tops = 0x8080808080808080U;
    for (; text.size() - at >= 8; at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, data + at, 8);
      // The second half has a top bit where a byte is 0, and perhaps in bytes above it.
      if (((word | (word - ones)) & tops) != 0) break;
    }
    for (int i = 0; i < 8 && at < text.size(); ++i) {
      if (data[at] == 0) return at;
      const std::size_t size = utf8_size(text.substr(at, 4));
      if (size == 0) return at;
      at += size;
    }
  }
  return at;
}

/// Whether `text` may be a character of several bytes whose last ones are to come.
[[nodiscard]] inline bool is_beginning_of_character(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  return lead >= 0xC2 && lead <= 0xF4 && text.size() < size &&
         std::ranges::all_of(text.substr(1),
                             [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; });
}

/// Reads rows one after the other. The fields are in the memory of the reader and last until the next row.
class CsvRecords {
 public:
  struct Field {
    char* begin;
    char* end;
    [[nodiscard]] std::string_view text() const noexcept {
      return {begin, static_cast<std::size_t>(end - begin)};
    }
  };

  CsvRecords(CsvSource& source, const CsvOptions& options)
      : source_(source),
        quote_(options.quote),
        skip_initial_space_(options.skip_initial_space),
        most_fields_(options.most_columns),
        most_row_bytes_(options.most_row_bytes) {
    fill();
    // A byte order mark is no part of the first field.
    byte_order_mark_ = sample().starts_with("\xEF\xBB\xBF");
    if (byte_order_mark_) at_ += 3;
    skip_separator_line();
  }

  /// What is in memory of the file, from where the reader is on.
  [[nodiscard]] std::string_view sample() const noexcept { return {buffer_.get() + at_, end_ - at_}; }
  /// Whether that is the rest of the file.
  [[nodiscard]] bool sample_is_all() const noexcept { return finished_; }
  [[nodiscard]] bool has_byte_order_mark() const noexcept { return byte_order_mark_; }
  /// What a first line `sep=;`, as spreadsheets write and read it, says.
  [[nodiscard]] std::optional<char> told_separator() const noexcept { return told_separator_; }

  /// To be called before the first row.
  void set_separator(char separator) noexcept {
    separator_ = separator;
    ends_field_ = {};
    for (const char c : {separator, '\n', '\r'}) ends_field_[static_cast<unsigned char>(c)] = true;
  }

  /// Reads the next row that is not blank; false at the end. Throws FormatError.
  bool next() {
    for (;;) {
      if (at_ == end_ && !fill()) return false;
      if (read_row()) return true;
    }
  }

  [[nodiscard]] std::span<const Field> fields() const noexcept { return fields_; }
  /// Line of the file on which the row begins, the first is 1.
  [[nodiscard]] std::uint64_t line() const noexcept { return row_line_; }
  /// Bytes of the file before the row.
  [[nodiscard]] std::uint64_t offset() const noexcept { return base_ + row_; }
  /// Bytes of the file up to the end of the row.
  [[nodiscard]] std::uint64_t consumed() const noexcept { return base_ + at_; }

  /// A fault of the field `column` of the row, counted from 0; `name` is that of the column or empty.
  [[noreturn]] void fail(std::size_t column, std::string_view name, const std::string& what) const {
    std::uint64_t offset = base_ + row_;
    std::uint64_t line = row_line_;
    if (column < fields_.size()) {
      offset = base_ + static_cast<std::uint64_t>(fields_[column].begin - buffer_.get());
      for (std::size_t i = 0; i < column; ++i) line += breaks_in(fields_[i].text());
    }
    fail_at(offset, line, column, what, name);
  }

 private:
  static constexpr std::size_t first_capacity = std::size_t{1} << 18;

  void skip_separator_line() noexcept {
    const std::string_view text = sample();
    constexpr std::string_view start = "sep=";
    if (!text.starts_with(start) || text.size() < start.size() + 2) return;
    const std::string_view rest = text.substr(start.size() + 1);
    if (std::string_view(",;\t|:").find(text[start.size()]) == std::string_view::npos) return;
    if (rest[0] != '\n' && rest[0] != '\r') return;
    told_separator_ = text[start.size()];
    at_ += start.size() + (rest.starts_with("\r\n") ? 3 : 2);
    ++line_;
  }

  [[noreturn]] void fail_at(std::uint64_t offset, std::uint64_t line, std::size_t column,
                            const std::string& what, std::string_view name = {}) const {
    throw FormatError(source_.name(), offset,
                      "line " + std::to_string(line) + ", column " + std::to_string(column + 1) +
                          (name.empty() ? "" : " (" + quoted_name(name) + ")") + ": " + what);
  }

  /// Line breaks of every kind.
  [[nodiscard]] static std::uint64_t breaks_in(std::string_view text) noexcept {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
      if ((text[i] == '\n' || text[i] == '\r') && !pair) ++count;
    }
    return count;
  }

  /// Reads on, keeping what is there from the beginning of the row. False at the end of the file.
  bool fill() {
    if (finished_) return false;
    const std::size_t kept = end_ - row_begin();
    if (kept > most_row_bytes_) {
      fail_at(base_ + row_, line_, fields_.size(),
              "the row has more than " + std::to_string(most_row_bytes_) +
                  " bytes, the limit (CsvOptions::most_row_bytes); is a quote not closed?");
    }
    if (capacity_ - kept < first_capacity / 2) {
      const std::size_t larger = (std::max)(first_capacity, 2 * capacity_);
      // One byte more: a line break that is not in the file ends every search.
      std::unique_ptr<char[]> fresh(new char[larger + 1]);
      if (kept > 0) std::memcpy(fresh.get(), buffer_.get() + row_begin(), kept);
      move_to_front(kept);
      buffer_ = std::move(fresh);
      capacity_ = larger;
    } else {
      if (kept > 0) std::memmove(buffer_.get(), buffer_.get() + row_begin(), kept);
      move_to_front(kept);
    }
    const std::size_t got = source_.read({buffer_.get() + end_, capacity_ - end_});
    end_ += got;
    finished_ = got == 0;
    buffer_[end_] = '\n';
    validate();
    return got > 0;
  }
  [[nodiscard]] std::size_t row_begin() const noexcept { return in_row_ ? row_ : at_; }
  void move_to_front(std::size_t kept) noexcept {
    const std::size_t moved = end_ - kept;
    base_ += moved;
    row_ -= (std::min)(row_, moved);
    at_ -= (std::min)(at_, moved);
    valid_ -= (std::min)(valid_, moved);
    end_ = kept;
  }

  void validate() {
    const std::string_view fresh(buffer_.get() + valid_, end_ - valid_);
    const std::size_t good = valid_text_size(fresh);
    valid_ += good;
    if (valid_ == end_) return;
    const std::string_view rest = fresh.substr(good);
    if (!finished_ && is_beginning_of_character(rest)) return;
    const auto* const all = reinterpret_cast<const std::byte*>(buffer_.get());
    const FileKind kind = base_ == 0 ? file_kind({all, end_}) : FileKind::unknown;
    std::string what = rest[0] == 0 ? "expected UTF-8, got a zero byte" : "expected UTF-8";
    if (kind != FileKind::unknown && kind != FileKind::json) {
      what += "; this is " + std::string(describe(kind));
    } else if (base_ == 0 && (has_bytes(0xFF, 0xFE) || has_bytes(0xFE, 0xFF))) {
      what += "; this is UTF-16, save it as UTF-8";
    } else if (rest[0] == 0) {
      what += ": is the file UTF-16, or not a text?";
    } else {
      what += ", got " + quoted_name(rest.substr(0, 1)) +
              "; is the text in another encoding, such as Latin-1? Save it as UTF-8 then";
    }
    const std::size_t begin = row_begin();
    const std::string_view before(buffer_.get() + begin, valid_ - begin);
    throw FormatError(source_.name(), base_ + valid_,
                      "line " + std::to_string(line_ + breaks_in(before)) + ": " + what);
  }
  [[nodiscard]] bool has_bytes(int first, int second) const noexcept {
    return end_ >= 2 && buffer_[0] == static_cast<char>(first) && buffer_[1] == static_cast<char>(second);
  }

  /// Reads the row at `at_`, which is not the end; false if it is blank.
  bool read_row() {
    in_row_ = true;
    row_ = at_;
    row_line_ = line_;
    bool quoted = false;
    const char* end = nullptr;
    while (!scan(quoted, end)) static_cast<void>(fill());
    in_row_ = false;
    at_ = static_cast<std::size_t>(end - buffer_.get());
    if (quoted) {
      for (const std::size_t i : escaped_) unescape(fields_[i]);
      // The break that ends the row is behind it.
      for (const Field& field : fields_) line_ += breaks_in(field.text());
    }
    ++line_;
    return fields_.size() > 1 || quoted ||
           fields_[0].text().find_first_not_of(" \t") != std::string_view::npos;
  }

  /// Finds the fields of the row and the beginning of the next one; false if the row goes on behind the end
  /// of what is in memory.
  bool scan(bool& quoted, const char*& next_row) {
    fields_.clear();
    escaped_.clear();
    quoted = false;
    char* const buffer = buffer_.get();
    char* const end = buffer + end_;
    char* at = buffer + row_;
    for (;;) {
      if (skip_initial_space_) {
        while (*at == ' ') ++at;
      }
      if (*at == quote_ && at != end) {
        quoted = true;
        if (!scan_quoted(at, end)) return false;
      } else {
        char* const begin = at;
        while (!ends_field_[static_cast<unsigned char>(*at)]) ++at;
        if (at == end && !finished_) return false;
        fields_.push_back({begin, at});
      }
      if (fields_.size() > most_fields_) {
        fail_at(
            base_ + row_, row_line_, fields_.size() - 1,
            "more columns than the limit of " + std::to_string(most_fields_) + " (CsvOptions::most_columns)");
      }
      if (*at != separator_ || at == end) break;
      ++at;
    }
    if (at != end) {
      if (*at == '\r') {
        if (at + 1 == end && !finished_) return false;
        if (at + 1 != end && at[1] == '\n') ++at;
      }
      ++at;
    }
    next_row = at;
    return true;
  }

  /// A field that begins with a quote; leaves `at` behind it.
  bool scan_quoted(char*& at, char* end) {
    char* const begin = ++at;
    bool escaped = false;
    for (;;) {
      at = static_cast<char*>(std::memchr(at, quote_, static_cast<std::size_t>(end - at)));
      if (at == nullptr) {
        if (!finished_) return false;
        const auto from = static_cast<std::size_t>(begin - 1 - buffer_.get());
        fail_at(base_ + from, row_line_ + breaks_in({buffer_.get() + row_, from - row_}), fields_.size(),
                "the quote is not closed");
      }
      ++at;
      if (at == end && !finished_) return false;
      if (at == end || *at != quote_) break;
      escaped = true;
      ++at;
    }
    if (escaped) escaped_.push_back(fields_.size());
    fields_.push_back({begin, at - 1});
    if (at == end || ends_field_[static_cast<unsigned char>(*at)]) return true;
    // A character is looked at only when all of it is there, or there is no more.
    constexpr std::ptrdiff_t shown = 24;
    if (end - at < shown && !finished_) return false;
    const auto from = static_cast<std::size_t>(at - buffer_.get());
    fail_at(base_ + from, row_line_ + breaks_in({buffer_.get() + row_, from - row_}), fields_.size() - 1,
            "expected " + quoted_name({&separator_, 1}) +
                " or the end of the line behind a closing quote, got " +
                quoted_name(cut({at, static_cast<std::size_t>(end - at)}, shown)) +
                "; a quote within a quoted field is written twice");
  }

  void unescape(Field& field) const noexcept {
    char* to = field.begin;
    for (const char* from = field.begin; from != field.end; ++from) {
      *to++ = *from;
      if (*from == quote_) ++from;
    }
    field.end = to;
  }

  CsvSource& source_;
  char quote_;
  char separator_ = ',';
  bool skip_initial_space_;
  bool byte_order_mark_ = false;
  std::optional<char> told_separator_;
  bool finished_ = false;
  bool in_row_ = false;
  std::size_t most_fields_;
  std::size_t most_row_bytes_;
  std::array<bool, 256> ends_field_{};

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t row_ = 0;     // where the row begins in the buffer
  std::size_t at_ = 0;      // where the next one does
  std::size_t valid_ = 0;   // UTF-8 up to here
  std::size_t end_ = 0;     // of what is in the buffer
  std::uint64_t base_ = 0;  // bytes of the file before the buffer
  std::uint64_t line_ = 1;
  std::uint64_t row_line_ = 1;
  std::vector<Field> fields_;
  std::vector<std::size_t> escaped_;
};

}  // namespace detail

WICK_END_NAMESPACE
