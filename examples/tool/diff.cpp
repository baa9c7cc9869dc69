// wick diff: do two files hold the same?

#include "commands.hpp"
#include "compare.hpp"
#include "files.hpp"
#include "messages.hpp"
#include "text.hpp"

#include <wick/base/number.hpp>
#include <wick/state/state_dict.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace tool {

namespace {

/// The shortest text that reads back as `x` in its own type.
template <class T>
std::string number_text(T x) {
  if constexpr (std::is_same_v<T, bool>) {
    return x ? "true" : "false";
  } else if constexpr (std::is_integral_v<T>) {
    return std::to_string(x);
  } else if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(x)) return "nan";
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), x).ptr;
    return {text.data(), end};
  } else if constexpr (requires { x.real(); }) {
    const std::string imaginary = number_text(x.imag());
    return number_text(x.real()) + (imaginary.front() == '-' ? "" : "+") + imaginary + "j";
  } else {
    return number_text(wick::to_float(x));
  }
}

std::string element_text(const wick::AnyTensor& tensor, wick::Index at) {
  const wick::AnyTensor element = part_of(tensor, at, 1);
  return wick::visit_dtype(tensor.dtype(),
                           [&]<class T>(T) { return number_text(element.template to<T>().item()); });
}

/// Four digits.
std::string rounded(double x) {
  std::array<char, 64> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), x, std::chars_format::general, 4).ptr;
  return {text.data(), end};
}

/// `[2, 0]`: the coordinates of element `at`.
std::string coordinates(const wick::Shape& shape, wick::Index at) {
  std::string text;
  for (std::size_t d = shape.dim(); d-- > 0;) {
    const wick::Index n = shape.dims()[d];
    text.insert(0, std::to_string(at % n) + (text.empty() ? "" : ", "));
    at /= n;
  }
  return "[" + text + "]";
}

std::string described(const wick::AnyTensor& t) {
  return t.shape().str() + " " + std::string(wick::name_of(t.dtype()));
}

class Differ {
 public:
  Differ(const File& a, const File& b, const DiffOptions& options) : a_(a), b_(b), options_(options) {}

  int run() {
    check_groups();
    if (options_.groups.empty()) compare_architectures();
    for (const auto& [name, group] : a_.archive.tensors) {
      if (wanted(name)) compare_groups(name, &group, b_.archive.find_tensors(name));
    }
    for (const auto& [name, group] : b_.archive.tensors) {
      const auto* in_a = a_.archive.find_tensors(name);
      if (wanted(name) && in_a == nullptr) compare_groups(name, in_a, &group);
    }
    for (const auto& [name, group] : a_.archive.attributes) {
      if (wanted(name)) compare_groups(name, &group, b_.archive.find_attributes(name));
    }
    for (const auto& [name, group] : b_.archive.attributes) {
      const auto* in_a = a_.archive.find_attributes(name);
      if (wanted(name) && in_a == nullptr) compare_groups(name, in_a, &group);
    }
    compare_notes();
    const bool unread = !unread_.empty();
    std::cout << (different_ ? "different: "
                  : unread   ? "not all compared: "
                             : "equal: ")
              << tensors_.text("tensor") << ", " << values_.text("value");
    if (options_.rtol > 0 || options_.atol > 0) {
      std::cout << " (rtol " << rounded(options_.rtol) << ", atol " << rounded(options_.atol) << ")";
    }
    std::cout << '\n';
    for (const std::string& text : unread_) note("diff", "not compared: " + text);
    return different_ || unread ? exit_different : exit_ok;
  }

 private:
  struct Count {
    std::size_t all = 0;
    std::size_t different = 0;

    [[nodiscard]] std::string text(const std::string& what) const {
      if (different == 0) return counted(all, what);
      return std::to_string(different) + " of " + counted(all, what);
    }
  };

  [[nodiscard]] bool wanted(const std::string& group) const {
    return options_.groups.empty() || std::ranges::find(options_.groups, group) != options_.groups.end();
  }
  void check_groups() const {
    for (const std::string& name : options_.groups) {
      const auto has = [&](const File& f) {
        return f.archive.find_tensors(name) != nullptr || f.archive.find_attributes(name) != nullptr;
      };
      if (!has(a_) && !has(b_))
        throw wick::OptionError("--group: neither file has a group " + wick::detail::quoted_name(name));
    }
  }

  void say(const std::string& where, const std::string& what) {
    if (!headed_) {
      std::cout << "A: " << printable(a_.name) << "\nB: " << printable(b_.name) << "\n";
      headed_ = true;
    }
    if (where != where_) std::cout << where << '\n';
    where_ = where;
    std::cout << "  " << what << '\n';
  }
  void differs(Count* count, const std::string& where, const std::string& what) {
    different_ = true;
    if (count != nullptr) ++count->different;
    say(where, what);
  }

  /// What has no place in an archive. A note tells all there is about an empty dict; what others are
  /// about was not read, and files with the same bytes alone are known to be equal in it.
  void compare_notes() {
    if (!options_.groups.empty()) return;
    const auto missing = [&](const File& file, const File& other, const char* where) {
      for (const std::string& text : file.notes) {
        if (std::ranges::find(other.notes, text) != other.notes.end()) continue;
        differs(nullptr, "not in groups", text + ": only in " + where);
      }
    };
    missing(a_, b_, "A");
    missing(b_, a_, "B");
    if (a_.unread.empty() && b_.unread.empty()) return;
    if (are_same_bytes(options_.a, options_.b)) return;
    for (const std::string& text : a_.unread) {
      if (std::ranges::find(b_.unread, text) != b_.unread.end()) unread_.push_back(text);
    }
  }

  void compare_architectures() {
    const auto text = [](const File& f) {
      return f.archive.architecture ? architecture_text(*f.archive.architecture) : std::string("none");
    };
    if (a_.archive.architecture == b_.archive.architecture) return;
    differs(nullptr, "architecture", text(a_) + " in A");
    say("architecture", text(b_) + " in B");
  }

  /// Of tensors and of attributes; a null pointer is a file without the group.
  template <class Group>
  void compare_groups(const std::string& name, const Group* a, const Group* b) {
    constexpr bool are_tensors = std::is_same_v<Group, wick::StateDict>;
    const std::string where = shown(name) + (are_tensors ? ": tensors" : ": values");
    Count& count = are_tensors ? tensors_ : values_;
    if (a == nullptr || b == nullptr) {
      const Group& only = a != nullptr ? *a : *b;
      if (only.empty()) return;  // nothing is missing
      count.all += only.size();
      count.different += only.size();
      differs(nullptr, where,
              "only in " + std::string(a != nullptr ? "A" : "B") + ": all " + std::to_string(only.size()));
      return;
    }
    for (const auto& [key, value] : *a) {
      ++count.all;
      if (const auto* other = b->find(key)) {
        compare_entries(where, shown(key), value, *other);
      } else {
        differs(&count, where, shown(key) + ": only in A, " + described_entry(value));
      }
    }
    for (const auto& [key, value] : *b) {
      if (a->contains(key)) continue;
      ++count.all;
      differs(&count, where, shown(key) + ": only in B, " + described_entry(value));
    }
  }
  static std::string described_entry(const wick::AnyTensor& t) { return described(t); }
  static std::string described_entry(const wick::Attribute& a) { return attribute_text(a); }

  void compare_entries(const std::string& where, const std::string& key, const wick::Attribute& a,
                       const wick::Attribute& b) {
    if (same_value(a, b, options_.rtol, options_.atol)) return;
    differs(&values_, where, key + ": " + attribute_text(a) + " in A, " + attribute_text(b) + " in B");
  }

  void compare_entries(const std::string& where, const std::string& key, const wick::AnyTensor& a,
                       const wick::AnyTensor& b) {
    if (!(a.shape() == b.shape())) {
      differs(&tensors_, where, key + ": " + described(a) + " in A, " + described(b) + " in B");
      return;
    }
    const bool other_dtype = a.dtype() != b.dtype();
    const Comparison c = compare(a, b, options_.rtol, options_.atol);
    const bool counts = c.beyond > 0 || (other_dtype && !options_.ignore_dtype);
    if (c.differing == 0 && !other_dtype) return;
    std::string text = key + ":";
    if (other_dtype) {
      text += " " + std::string(wick::name_of(a.dtype())) + " in A, " +
              std::string(wick::name_of(b.dtype())) + " in B" + (c.differing == 0 ? ", equal elements" : ";");
    }
    if (c.differing > 0) text += difference_text(a, b, c);
    if (counts) {
      differs(&tensors_, where, text);
    } else {
      say(where, text);
    }
  }

  [[nodiscard]] std::string difference_text(const wick::AnyTensor& a, const wick::AnyTensor& b,
                                            const Comparison& c) const {
    const auto place = [&](wick::Index at) {
      return coordinates(a.shape(), at) + " (" + element_text(a, at) + " in A, " + element_text(b, at) +
             " in B)";
    };
    const std::string indent = "\n      ";
    std::string text = " " + std::to_string(c.differing) + " of " + std::to_string(a.numel()) +
                       (a.numel() == 1 ? " element differs" : " elements differ");
    if (options_.rtol > 0 || options_.atol > 0) {
      text += c.beyond == 0 ? ", all within the tolerance"
                            : ", " + std::to_string(c.beyond) + " beyond the tolerance";
    }
    if (c.nan_in_one > 0) {
      text += indent + "NaN in one file only: " + std::to_string(c.nan_in_one) + ", the first at " +
              place(c.first_nan);
    }
    if (c.differing > c.nan_in_one) {
      text += indent + "largest absolute difference: " + rounded(c.absolute.difference) + " at " +
              place(c.absolute.at);
      text += indent + "largest relative difference: " + rounded(c.relative.difference) + " at " +
              place(c.relative.at);
    }
    return text;
  }

  const File& a_;
  const File& b_;
  const DiffOptions& options_;
  Count tensors_;
  Count values_;
  bool different_ = false;
  bool headed_ = false;
  std::string where_;
  std::vector<std::string> unread_;  ///< in both files
};

}  // namespace

int diff(const DiffOptions& options) {
  for (const auto& [name, value] : {std::pair{"--rtol", options.rtol}, std::pair{"--atol", options.atol}}) {
    if (!(value >= 0) || std::isinf(value)) {
      throw wick::OptionError(std::string(name) + " must be finite and >= 0, got " +
                              wick::python_repr(value));
    }
  }
  const auto read_one = [&](const std::filesystem::path& path) {
    SourceOptions source = options.source;
    if (!is_torch_file(path)) source.key.clear();  // which is for the other file
    return read(path, source);
  };
  const File a = read_one(options.a);
  const File b = read_one(options.b);
  return Differ(a, b, options).run();
}

}  // namespace tool
