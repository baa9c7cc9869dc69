#pragma once

// Definitions of ops/arithmetic.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/arithmetic.hpp>

#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

[[noreturn]] WICK_INLINE void refuse_rounding(std::string_view mode) {
  throw OptionError(R"(div expected rounding_mode to be one of "trunc" or "floor" but found ")" +
                    std::string(mode) + "\"");
}

}  // namespace detail

WICK_END_NAMESPACE
