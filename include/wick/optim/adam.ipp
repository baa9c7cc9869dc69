#pragma once

// Definitions of optim/adam.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/adam.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/optim/adam.hpp>
#include <wick/optim/detail/rule_steps.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void AdamRule::validate(const Options& o) {
  const OptionCheck option(kind.name);
  option.at_least_zero("learning rate", o.lr);
  option.at_least_zero("epsilon value", o.eps);
  option.betas(o.betas);
  option.at_least_zero("weight_decay value", o.weight_decay);
}

WICK_INLINE Attributes AdamRule::attributes(const Options& o) {
  return {{"lr", o.lr},           {"betas", std::vector<double>{o.betas.first, o.betas.second}},
          {"eps", o.eps},         {"weight_decay", o.weight_decay},
          {"amsgrad", o.amsgrad}, {"maximize", o.maximize}};
}

WICK_INLINE AdamOptions AdamRule::read(const OptionReader& in) {
  const auto betas = in.pair("betas");
  return {.lr = in.number("lr"),
          .betas = betas,
          .eps = in.number("eps"),
          .weight_decay = in.number("weight_decay"),
          .amsgrad = in.flag("amsgrad"),
          .maximize = in.flag("maximize")};
}

template <class T>
AdamRule::Scalars<T> AdamRule::scalars(const Options& o, std::int64_t k, float* /*own*/,
                                       Memory& memory) noexcept {
  const auto power = powers(std::array<double, 2>{o.betas.first, o.betas.second}, k, memory);
  const auto root = static_cast<T>(std::sqrt(1 - power[1]));
  const auto rate = static_cast<T>(-o.lr / (1 - power[0]));
  return {.beta1 = static_cast<T>(o.betas.first),
          .one_minus_beta1 = static_cast<T>(1 - o.betas.first),
          .beta2 = static_cast<T>(o.betas.second),
          .one_minus_beta2 = static_cast<T>(1 - o.betas.second),
          .step_size = rate * root,
          .eps = static_cast<T>(o.eps) * root,
          .sign = o.maximize ? T(-1) : T(1),
          .weight_decay = static_cast<T>(o.weight_decay),
          .amsgrad = o.amsgrad};
}

template <class T>
void AdamRule::update(const Scalars<T>& s, Index n, const T* g, T* p,
                      const std::array<T*, 3>& state) noexcept {
  const bool changed_gradient = s.sign != 1 || s.weight_decay != 0;
  detail::kernels::adam_update(changed_gradient, s.amsgrad, s, n, g, p, state[0], state[1], state[2]);
}

#ifdef WICK_COMPILED
template AdamRule::Scalars<float> AdamRule::scalars<float>(const Options&, std::int64_t, float*,
                                                           Memory&) noexcept;
template AdamRule::Scalars<double> AdamRule::scalars<double>(const Options&, std::int64_t, float*,
                                                             Memory&) noexcept;
template void AdamRule::update<float>(const Scalars<float>&, Index, const float*, float*,
                                      const std::array<float*, 3>&) noexcept;
template void AdamRule::update<double>(const Scalars<double>&, Index, const double*, double*,
                                       const std::array<double*, 3>&) noexcept;
template class RuleOptimizer<float, AdamRule>;
template class RuleOptimizer<double, AdamRule>;
#endif

}  // namespace detail

WICK_END_NAMESPACE
