#pragma once

// Definitions of optim/radam.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/kernels/optimizers.hpp>
#include <wick/optim/detail/rule_steps.hpp>
#include <wick/optim/radam.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void RAdamRule::validate(const Options& o) {
  const OptionCheck option(kind.name);
  option.at_least_zero("learning rate", o.lr);
  option.at_least_zero("epsilon value", o.eps);
  option.betas(o.betas);
  option.at_least_zero("weight_decay value", o.weight_decay);
}

WICK_INLINE Attributes RAdamRule::attributes(const Options& o) {
  return {{"lr", o.lr},
          {"betas", std::vector<double>{o.betas.first, o.betas.second}},
          {"eps", o.eps},
          {"weight_decay", o.weight_decay},
          {"decoupled_weight_decay", o.decoupled_weight_decay},
          {"maximize", o.maximize}};
}

WICK_INLINE RAdamOptions RAdamRule::read(const OptionReader& in) {
  const auto betas = in.pair("betas");
  return {.lr = in.number("lr"),
          .betas = betas,
          .eps = in.number("eps"),
          .weight_decay = in.number("weight_decay"),
          .decoupled_weight_decay = in.newer_flag("decoupled_weight_decay"),
          .maximize = in.newer_flag("maximize")};
}

template <class T>
RAdamRule::Scalars<T> RAdamRule::scalars(const Options& o, std::int64_t k, float* /*own*/,
                                         Memory& memory) noexcept {
  const auto power = powers(std::array<double, 2>{o.betas.first, o.betas.second}, k, memory);
  const double correction = 1 - power[1];
  const double limit = 2 / (1 - o.betas.second) - 1;
  const double length = limit - 2 * static_cast<double>(k) * power[1] / correction;
  const double rectified =
      length > 5 ? std::sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)) : 0;
  return {.gradient = {.sign = o.maximize ? T(-1) : T(1),
                       .weight_decay = o.decoupled_weight_decay ? T(0) : static_cast<T>(o.weight_decay)},
          .beta1 = static_cast<T>(o.betas.first),
          .one_minus_beta1 = static_cast<T>(1 - o.betas.first),
          .beta2 = static_cast<T>(o.betas.second),
          .one_minus_beta2 = static_cast<T>(1 - o.betas.second),
          .correction = static_cast<T>(1 - power[0]),
          .lr = static_cast<T>(o.lr),
          .eps = static_cast<T>(o.eps),
          .root = static_cast<T>(std::sqrt(correction)),
          .rectified = static_cast<T>(rectified),
          .keep = o.decoupled_weight_decay ? static_cast<T>(1 - rounded(o.lr * o.weight_decay)) : T(1)};
}

template <class T>
void RAdamRule::update(const Scalars<T>& s, Index n, const T* g, T* p,
                       const std::array<T*, 2>& state) noexcept {
  detail::kernels::radam_update(s, n, g, p, state[0], state[1]);
}

#ifdef WICK_COMPILED
template RAdamRule::Scalars<float> RAdamRule::scalars<float>(const Options&, std::int64_t, float*,
                                                             Memory&) noexcept;
template RAdamRule::Scalars<double> RAdamRule::scalars<double>(const Options&, std::int64_t, float*,
                                                               Memory&) noexcept;
template void RAdamRule::update<float>(const Scalars<float>&, Index, const float*, float*,
                                       const std::array<float*, 2>&) noexcept;
template void RAdamRule::update<double>(const Scalars<double>&, Index, const double*, double*,
                                        const std::array<double*, 2>&) noexcept;
template class RuleOptimizer<float, RAdamRule>;
template class RuleOptimizer<double, RAdamRule>;
#endif

}  // namespace detail

WICK_END_NAMESPACE
