#pragma once

// Definitions of state/state_dict.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/state/state_dict.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE StateDict::StateDict() noexcept = default;
WICK_INLINE StateDict::StateDict(const StateDict&) = default;
WICK_INLINE StateDict::StateDict(StateDict&&) noexcept = default;
WICK_INLINE StateDict& StateDict::operator=(const StateDict& other) { return *this = StateDict(other); }
WICK_INLINE StateDict& StateDict::operator=(StateDict&&) noexcept = default;
WICK_INLINE StateDict::~StateDict() = default;

WICK_INLINE StateDict::StateDict(std::initializer_list<Entry> entries) {
  for (const auto& [name, tensor] : entries) insert(name, tensor);
}

WICK_INLINE void StateDict::insert(std::string name, const AnyTensor& tensor) {
  if (contains(name)) throw IndexError("StateDict: the key " + detail::quoted_name(name) + " exists already");
  entries_.emplace_back(std::move(name), tensor);
  index_.emplace(entries_.back().first, entries_.size() - 1);
}

WICK_INLINE const AnyTensor* StateDict::find(std::string_view name) const& noexcept {
  const auto it = index_.find(name);
  return it == index_.end() ? nullptr : &entries_[it->second].second;
}

WICK_INLINE const AnyTensor& StateDict::operator[](std::string_view name) const& {
  if (const AnyTensor* t = find(name)) return *t;
  throw IndexError("StateDict: no key " + detail::quoted_name(name) + " among " + std::to_string(size()) +
                   " keys");
}

WICK_INLINE std::string StateDict::Keys::str() const {
  return "odict_keys(" + detail::python_list(*this) + ")";
}

WICK_INLINE StateDict::Keys StateDict::keys() const {
  Keys keys;
  keys.reserve(size());
  for (const auto& entry : entries_) keys.push_back(entry.first);
  return keys;
}

WICK_INLINE bool StateDict::equals(const StateDict& other) const { return entries_ == other.entries_; }

WICK_END_NAMESPACE
