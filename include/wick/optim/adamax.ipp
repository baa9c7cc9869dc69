#pragma once

// Definitions of optim/adamax.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/kernels/optimizers.hpp>
#include <wick/optim/adamax.hpp>
#include <wick/optim/detail/rule_steps.hpp>

#include <array>
#include <cstdint>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void AdamaxRule::validate(const Options& o) {
  const OptionCheck option(kind.name);
  option.at_least_zero("learning rate", o.lr);
  option.at_least_zero("epsilon value", o.eps);
  option.betas(o.betas);
  option.at_least_zero("weight_decay value", o.weight_decay);
}

WICK_INLINE Attributes AdamaxRule::attributes(const Options& o) {
  return {{"lr", o.lr},
          {"betas", std::vector<double>{o.betas.first, o.betas.second}},
          {"eps", o.eps},
          {"weight_decay", o.weight_decay},
          {"maximize", o.maximize}};
}

WICK_INLINE AdamaxOptions AdamaxRule::read(const OptionReader& in) {
  const auto betas = in.pair("betas");
  return {.lr = in.number("lr"),
          .betas = betas,
          .eps = in.number("eps"),
          .weight_decay = in.number("weight_decay"),
          .maximize = in.flag("maximize")};
}

template <class T>
AdamaxRule::Scalars<T> AdamaxRule::scalars(const Options& o, std::int64_t k, float* /*own*/,
                                           Memory& memory) noexcept {
  const auto power = powers(std::array<double, 1>{o.betas.first}, k, memory);
  return {.gradient = {.sign = o.maximize ? T(-1) : T(1), .weight_decay = static_cast<T>(o.weight_decay)},
          .minus_lr = static_cast<T>(-o.lr / (1 - power[0])),
          .beta1 = static_cast<T>(o.betas.first),
          .one_minus_beta1 = static_cast<T>(1 - o.betas.first),
          .beta2 = static_cast<T>(o.betas.second),
          .eps = static_cast<T>(o.eps)};
}

template <class T>
void AdamaxRule::update(const Scalars<T>& s, Index n, const T* g, T* p,
                        const std::array<T*, 2>& state) noexcept {
  detail::kernels::adamax_update(s, n, g, p, state[0], state[1]);
}

#ifdef WICK_COMPILED
template AdamaxRule::Scalars<float> AdamaxRule::scalars<float>(const Options&, std::int64_t, float*,
                                                               Memory&) noexcept;
template AdamaxRule::Scalars<double> AdamaxRule::scalars<double>(const Options&, std::int64_t, float*,
                                                                 Memory&) noexcept;
template void AdamaxRule::update<float>(const Scalars<float>&, Index, const float*, float*,
                                        const std::array<float*, 2>&) noexcept;
template void AdamaxRule::update<double>(const Scalars<double>&, Index, const double*, double*,
                                         const std::array<double*, 2>&) noexcept;
template class RuleOptimizer<float, AdamaxRule>;
template class RuleOptimizer<double, AdamaxRule>;
#endif

}  // namespace detail

WICK_END_NAMESPACE
