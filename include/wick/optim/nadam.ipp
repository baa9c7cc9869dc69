#pragma once

// Definitions of optim/nadam.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/kernels/optimizers.hpp>
#include <wick/optim/detail/rule_steps.hpp>
#include <wick/optim/nadam.hpp>

#include <array>
#include <cstdint>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void NAdamRule::validate(const Options& o) {
  const OptionCheck option(kind.name);
  option.at_least_zero("learning rate", o.lr);
  option.at_least_zero("epsilon value", o.eps);
  option.betas(o.betas);
  option.at_least_zero("weight_decay value", o.weight_decay);
  option.at_least_zero("momentum_decay value", o.momentum_decay);
}

WICK_INLINE Attributes NAdamRule::attributes(const Options& o) {
  return {{"lr", o.lr},
          {"betas", std::vector<double>{o.betas.first, o.betas.second}},
          {"eps", o.eps},
          {"weight_decay", o.weight_decay},
          {"momentum_decay", o.momentum_decay},
          {"decoupled_weight_decay", o.decoupled_weight_decay},
          {"maximize", o.maximize}};
}

WICK_INLINE NAdamOptions NAdamRule::read(const OptionReader& in) {
  const auto betas = in.pair("betas");
  return {.lr = in.number("lr"),
          .betas = betas,
          .eps = in.number("eps"),
          .weight_decay = in.number("weight_decay"),
          .momentum_decay = in.number("momentum_decay"),
          .decoupled_weight_decay = in.newer_flag("decoupled_weight_decay"),
          .maximize = in.newer_flag("maximize")};
}

template <class T>
NAdamRule::Scalars<T> NAdamRule::scalars(const Options& o, std::int64_t k, float* own,
                                         Memory& memory) noexcept {
  const auto mu_of = [&](double step) {
    return o.betas.first * (1 - rounded(0.5 * power(0.96, step * o.momentum_decay)));
  };
  const auto step = static_cast<double>(k);
  const double mu = mu_of(step);
  const double mu_next = mu_of(step + 1);
  if (k == 1) own[0] = 1;
  own[0] *= static_cast<float>(mu);
  const auto mu_product = static_cast<double>(own[0]);
  return {.gradient = {.sign = o.maximize ? T(-1) : T(1),
                       .weight_decay = o.decoupled_weight_decay ? T(0) : static_cast<T>(o.weight_decay)},
          .beta1 = static_cast<T>(o.betas.first),
          .one_minus_beta1 = static_cast<T>(1 - o.betas.first),
          .beta2 = static_cast<T>(o.betas.second),
          .one_minus_beta2 = static_cast<T>(1 - o.betas.second),
          .correction = static_cast<T>(1 - powers(std::array<double, 1>{o.betas.second}, k, memory)[0]),
          .eps = static_cast<T>(o.eps),
          .of_gradient = static_cast<T>(-o.lr * (1 - mu) / (1 - mu_product)),
          .of_average = static_cast<T>(-o.lr * mu_next / (1 - rounded(mu_product * mu_next))),
          .keep = o.decoupled_weight_decay ? static_cast<T>(1 - rounded(o.lr * o.weight_decay)) : T(1)};
}

template <class T>
void NAdamRule::update(const Scalars<T>& s, Index n, const T* g, T* p,
                       const std::array<T*, 2>& state) noexcept {
  detail::kernels::nadam_update(s, n, g, p, state[0], state[1]);
}

#ifdef WICK_COMPILED
template NAdamRule::Scalars<float> NAdamRule::scalars<float>(const Options&, std::int64_t, float*,
                                                             Memory&) noexcept;
template NAdamRule::Scalars<double> NAdamRule::scalars<double>(const Options&, std::int64_t, float*,
                                                               Memory&) noexcept;
template void NAdamRule::update<float>(const Scalars<float>&, Index, const float*, float*,
                                       const std::array<float*, 2>&) noexcept;
template void NAdamRule::update<double>(const Scalars<double>&, Index, const double*, double*,
                                        const std::array<double*, 2>&) noexcept;
template class RuleOptimizer<float, NAdamRule>;
template class RuleOptimizer<double, NAdamRule>;
#endif

}  // namespace detail

WICK_END_NAMESPACE
