#pragma once

// Definitions of state/attributes.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/state/attributes.hpp>

#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE Attributes::Attributes() noexcept = default;
WICK_INLINE Attributes::Attributes(const Attributes&) = default;
WICK_INLINE Attributes::Attributes(Attributes&&) noexcept = default;
// By a copy: to assign values one by one would be much code again.
WICK_INLINE Attributes& Attributes::operator=(const Attributes& other) { return *this = Attributes(other); }
WICK_INLINE Attributes& Attributes::operator=(Attributes&&) noexcept = default;
WICK_INLINE Attributes::~Attributes() = default;

WICK_INLINE Attributes::Attributes(std::initializer_list<Entry> entries) {
  for (const auto& [name, value] : entries) set(name, value);
}

WICK_INLINE void Attributes::set(std::string_view name, Attribute value) {
  if (const auto it = index_.find(name); it != index_.end()) {
    entries_[it->second].second = std::move(value);
    return;
  }
  entries_.emplace_back(name, std::move(value));
  try {
    index_.emplace(name, entries_.size() - 1);
  } catch (...) {
    entries_.pop_back();
    throw;
  }
}

WICK_INLINE const Attribute* Attributes::find(std::string_view name) const noexcept {
  const auto it = index_.find(name);
  return it == index_.end() ? nullptr : &entries_[it->second].second;
}

WICK_INLINE bool Attributes::equals(const Attributes& other) const { return entries_ == other.entries_; }

WICK_INLINE std::size_t Attributes::size() const noexcept { return entries_.size(); }
WICK_INLINE const Attributes::Entry* Attributes::begin() const noexcept { return entries_.data(); }
WICK_INLINE const Attributes::Entry* Attributes::end() const noexcept {
  return entries_.data() + entries_.size();
}

WICK_END_NAMESPACE
