#pragma once

// Definitions of autograd/loss_input.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/loss_input.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/loss/nll.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <concepts>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_target(const char* where, const Shape& x, const Shape& target) {
  if (x == target) return;
  throw ShapeError(std::string(where) + ": expected a target of the input's shape " + x.str() + ", got " +
                   target.str());
}

}  // namespace detail

WICK_END_NAMESPACE
