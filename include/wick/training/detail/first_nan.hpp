#pragma once

// Which operation of a pass made the first NaN.

#include <wick/autograd/grad_mode.hpp>
#include <wick/base/error.hpp>
#include <wick/random/generator.hpp>

#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The first operation that makes a NaN in what `pass()` computes, and where; empty if none does.
template <class Pass>
[[nodiscard]] std::string first_nan(Generator& generator, const Pass& pass) {
  const GeneratorState before = generator.state();
  std::string found;
  try {
    const DetectAnomaly look_closely;
    static_cast<void>(pass());
  } catch (const Error& e) {
    constexpr std::string_view start = "anomaly: ";
    if (std::string_view(e.what()).starts_with(start)) found = std::string(e.what()).substr(start.size());
  }
  generator.set_state(before);
  return found;
}

}  // namespace detail

WICK_END_NAMESPACE
