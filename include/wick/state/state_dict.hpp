#pragma once

// StateDict: ordered names and tensors.

#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/tensor/any_tensor.hpp>

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Ordered map from names to tensors, like the OrderedDict of a PyTorch module.
///
/// A snapshot: later changes of the model do not show in it. Names are unique.
class StateDict {
 public:
  /// A name and its tensor.
  using Entry = std::pair<std::string, AnyTensor>;

  // Defaulted out of line, as those of Attributes.
  StateDict() noexcept;
  StateDict(const StateDict&);
  StateDict(StateDict&&) noexcept;
  StateDict& operator=(const StateDict&);
  StateDict& operator=(StateDict&&) noexcept;
  ~StateDict();
  /// The entries in order. Throws IndexError for two of one name.
  StateDict(std::initializer_list<Entry> entries);

  /// Appends an entry. Throws IndexError if the name is taken.
  void insert(std::string name, const AnyTensor& tensor);

  /// The tensor of a name; null when there is none.
  [[nodiscard]] const AnyTensor* find(std::string_view name) const& noexcept;
  void find(std::string_view name) const&& = delete;
  /// Whether there is a tensor of this name.
  [[nodiscard]] bool contains(std::string_view name) const noexcept { return find(name) != nullptr; }
  /// Throws IndexError for a name that is not there.
  [[nodiscard]] AnyTensor operator[](std::string_view name) const&& { return std::as_const(*this)[name]; }
  [[nodiscard]] const AnyTensor& operator[](std::string_view name) const&;

  /// Number of tensors.
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  /// Whether there is none.
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  /// The first Entry.
  [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
  /// Behind the last Entry.
  [[nodiscard]] auto end() const noexcept { return entries_.end(); }

  /// The names in order; streams as Python prints `state_dict().keys()`.
  class Keys : public std::vector<std::string> {
   public:
    using std::vector<std::string>::vector;
    friend std::ostream& operator<<(std::ostream& out, const Keys& keys) { return out << keys.str(); }

   private:
    [[nodiscard]] std::string str() const;
  };
  /// The names, in order.
  [[nodiscard]] Keys keys() const;

  /// Same keys in the same order with equal tensors.
  friend bool operator==(const StateDict& a, const StateDict& b) { return a.equals(b); }

 private:
  [[nodiscard]] bool equals(const StateDict& other) const;

  std::vector<Entry> entries_;
  // Files name as many tensors as they like: looking a name up must not take longer
  // and longer.
  std::map<std::string, std::size_t, std::less<>> index_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/state/state_dict.ipp>
#endif
