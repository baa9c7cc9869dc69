#pragma once

// Definitions of nn/detail/construct.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/nn/detail/construct.hpp>

#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_module_name(std::string_view name) {
  if (name.empty()) throw IndexError("module name can't be empty string \"\"");
  if (name.find('.') != std::string_view::npos) {
    throw IndexError("module name can't contain \".\", got: " + shown_name(name));
  }
}

}  // namespace detail

WICK_END_NAMESPACE
