#pragma once

// JSON with one entry of an object or list on a line, written as it comes.

#include "text.hpp"

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

class JsonWriter {
 public:
  explicit JsonWriter(std::ostream& out) : out_(out) {}

  JsonWriter& begin(char bracket) {
    separate();
    out_ << bracket;
    counts_.push_back(0);
    return *this;
  }
  JsonWriter& end(char bracket) {
    const bool empty = counts_.back() == 0;
    counts_.pop_back();
    if (!empty) line();
    out_ << bracket;
    if (counts_.empty()) out_ << '\n';
    return *this;
  }
  JsonWriter& key(std::string_view name) {
    separate();
    out_ << json_string(name) << ": ";
    after_key_ = true;
    return *this;
  }
  /// A value that is JSON already.
  JsonWriter& raw(std::string_view json) {
    separate();
    out_ << json;
    return *this;
  }
  JsonWriter& text(std::string_view value) { return raw(json_string(value)); }
  JsonWriter& number(double value) { return raw(json_number(value)); }
  template <std::integral I>
  JsonWriter& integer(I value) {
    return raw(std::to_string(value));
  }
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }

 private:
  void line() { out_ << '\n' << std::string(2 * counts_.size(), ' '); }
  void separate() {
    if (after_key_) {
      after_key_ = false;
    } else if (!counts_.empty()) {
      if (counts_.back()++ > 0) out_ << ',';
      line();
    }
  }

  std::ostream& out_;
  std::vector<std::size_t> counts_;  // of the entries of each open object or list
  bool after_key_ = false;
};

}  // namespace tool
