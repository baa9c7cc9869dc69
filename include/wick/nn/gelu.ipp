#pragma once

// Definitions of nn/gelu.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/nn/gelu.hpp>

#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

WICK_INLINE GELU::GELU(std::string_view approximate) : tanh_(approximate == "tanh") {
  if (!tanh_ && approximate != "none") {
    throw OptionError("GELU: approximate argument must be either none or tanh, got " +
                      detail::python_quoted(approximate));
  }
}

WICK_INLINE std::string GELU::extra_repr() const {
  return tanh_ ? "approximate='tanh'" : "approximate='none'";
}

WICK_END_NAMESPACE
