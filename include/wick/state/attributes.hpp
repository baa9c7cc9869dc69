#pragma once

// Small typed values by name: options, counters and texts that travel in checkpoints.

#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

/// One value; std::monostate is Python's None. The order of the alternatives is part of the checkpoint
/// format.
using Attribute = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>,
                               std::vector<double>, std::vector<std::string>, std::monostate>;

/// Ordered map from names to values; setting a name again replaces its value.
class Attributes {
 public:
  /// A name and its value.
  using Entry = std::pair<std::string, Attribute>;

  // Defaulted out of line: what copies and destroys a variant is much code for each file that includes this.
  Attributes() noexcept;
  Attributes(const Attributes&);
  Attributes(Attributes&&) noexcept;
  Attributes& operator=(const Attributes&);
  Attributes& operator=(Attributes&&) noexcept;
  ~Attributes();
  /// `{{"epochs", std::int64_t{3}}, {"classes", std::vector<std::string>{"cat", "dog"}}}`
  Attributes(std::initializer_list<Entry> entries);

  /// Appends a value, or replaces that of the name.
  void set(std::string_view name, Attribute value);

  /// The value of a name; null when there is none.
  [[nodiscard]] const Attribute* find(std::string_view name) const noexcept;
  /// Whether there is a value of this name.
  [[nodiscard]] bool contains(std::string_view name) const noexcept { return find(name) != nullptr; }

  /// The value of type A. Throws IndexError when the name is missing or has another
  /// type.
  template <class Value>
  [[nodiscard]] const Value& get(std::string_view name) const {
    const Attribute* value = find(name);
    if (value == nullptr) throw IndexError("Attributes: no value " + detail::quoted_name(name));
    const Value* typed = std::get_if<Value>(value);
    if (typed == nullptr) throw IndexError("Attributes: " + detail::quoted_name(name) + " has another type");
    return *typed;
  }

  /// Number of values.
  [[nodiscard]] std::size_t size() const noexcept;
  /// Whether there is none.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// The first Entry.
  [[nodiscard]] const Entry* begin() const noexcept;
  /// Behind the last Entry.
  [[nodiscard]] const Entry* end() const noexcept;

  /// Same names in the same order with equal values.
  friend bool operator==(const Attributes& a, const Attributes& b) { return a.equals(b); }

 private:
  [[nodiscard]] bool equals(const Attributes& other) const;

  std::vector<Entry> entries_;
  // As in a StateDict: a file names as many values as it likes.
  std::map<std::string, std::size_t, std::less<>> index_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/state/attributes.ipp>
#endif
