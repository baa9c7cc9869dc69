#pragma once

// What a terminal shows after some output: a small one that knows carriage return, line feed, "clear to the
// end of the line", "up" and the break of long lines.

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace wick_tests {

class Screen {
 public:
  explicit Screen(std::size_t columns) : columns_(columns) {}

  void show(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\r') {
        column_ = 0;
      } else if (text[i] == '\n') {
        ++row_;
        column_ = 0;
      } else if (text.substr(i).starts_with("\x1b[K")) {
        line().resize(column_);
        i += 2;
      } else if (text.substr(i).starts_with("\x1b[") && text.substr(i).find('A') < 5) {
        const auto end = text.find('A', i);
        const auto rows = std::stoul(std::string(text.substr(i + 2, end - i - 2)));
        if (rows > row_) throw std::runtime_error("the cursor is not so far down");
        row_ -= rows;
        i = end;
      } else if (static_cast<unsigned char>(text[i]) < 0x20) {
        throw std::runtime_error("the screen does not know this control character");
      } else {
        put(text[i]);
      }
    }
  }

  /// The lines, as far as something was ever on them.
  [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }

 private:
  std::string& line() {
    if (lines_.size() <= row_) lines_.resize(row_ + 1);
    return lines_[row_];
  }
  void put(char c) {
    if (column_ == columns_) {
      ++row_;
      column_ = 0;
    }
    if (line().size() <= column_) line().resize(column_ + 1, ' ');
    line()[column_++] = c;
  }

  std::size_t columns_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  std::vector<std::string> lines_;
};

}  // namespace wick_tests
