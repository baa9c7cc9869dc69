#pragma once

// Definitions of ops/arithmetic.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/kernels/level.hpp>
#include <wick/ops/arithmetic.hpp>
#include <wick/ops/detail/binary.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

[[noreturn]] WICK_INLINE void refuse_rounding(std::string_view mode) {
  throw OptionError(R"(div expected rounding_mode to be one of "trunc" or "floor" but found ")" +
                    std::string(mode) + "\"");
}

}  // namespace detail

WICK_END_NAMESPACE
