#pragma once

// Errors of loading as values.

#include <wick/base/expected.hpp>
#include <wick/inference/predictor_class.hpp>

#include <exception>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What `load` returns, or the text of what it throws.
template <class Load>
[[nodiscard]] Expected<Predictor> caught(Load load) noexcept {
  try {
    return load();
  } catch (const std::exception& error) {
    return Expected<Predictor>::failure(error.what());
  }
}

}  // namespace detail

WICK_END_NAMESPACE
