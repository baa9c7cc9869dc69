#pragma once

// Definitions of nn/all_activations.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/nn/activations.hpp>
#include <wick/nn/all_activations.hpp>
#include <wick/nn/gelu.hpp>

#include <array>

WICK_BEGIN_NAMESPACE

namespace detail {

template <class... Modules>
[[nodiscard]] constexpr std::array<ModuleActivation, sizeof...(Modules)> default_activations() {
  return {default_activation<Modules>()...};
}

}  // namespace detail

WICK_INLINE const ActivationTable& all_activations() noexcept {
  static constexpr auto modules =
      detail::default_activations<LeakyReLU, ELU, SELU, CELU, GELU, SiLU, Mish, Softplus, LogSigmoid,
                                  Hardtanh, ReLU6, Hardsigmoid, Hardswish, Softsign, Tanhshrink, Hardshrink,
                                  Softshrink, Threshold, RReLU>();
  static constexpr ActivationTable table{modules};
  return table;
}

WICK_END_NAMESPACE
