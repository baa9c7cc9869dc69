#pragma once

// The name of a class, as it is written in its definition.

#include <wick/version.hpp>

#include <cstddef>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What the compiler calls a function that is a template on a type, with that type somewhere in it.
template <class Type>
[[nodiscard]] constexpr std::string_view function_of_type() noexcept {
#if defined(_MSC_VER) && !defined(__clang__)
  return __FUNCSIG__;
#else
  return __PRETTY_FUNCTION__;
#endif
}

/// `ns::Block<int>::Inner<float>` to `Inner`; empty where there is no name, as for a lambda.
[[nodiscard]] constexpr std::string_view last_name(std::string_view type) noexcept {
  if (type.ends_with('>')) {
    int depth = 0;
    std::size_t at = type.size();
    while (at > 0) {
      --at;
      if (type[at] == '>') ++depth;
      if (type[at] == '<' && --depth == 0) break;
    }
    type = type.substr(0, at);
  }
  std::size_t begin = type.size();
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80U;
  };
  while (begin > 0 && is_letter(type[begin - 1])) --begin;
  return type.substr(begin);
}

/// The name of a class without namespaces and template arguments: `Block`. `Module` for one that has none.
template <class Type>
[[nodiscard]] constexpr std::string_view type_name() noexcept {
  // What stands before and behind the type is found by means of one whose name is known.
  constexpr std::string_view known = function_of_type<double>();
  constexpr std::size_t before = known.find("double");
  constexpr std::size_t behind = known.size() - before - std::string_view("double").size();
  constexpr std::string_view whole = function_of_type<Type>();
  constexpr std::string_view name = last_name(whole.substr(before, whole.size() - before - behind));
  return name.empty() ? std::string_view("Module") : name;
}

}  // namespace detail

WICK_END_NAMESPACE
