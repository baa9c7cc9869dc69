#pragma once

// Definitions of optim/rmsprop.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/optimizers.hpp>
#include <wick/optim/detail/rule_steps.hpp>
#include <wick/optim/rmsprop.hpp>

#include <array>
#include <cstdint>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void RMSpropRule::validate(const Options& o) {
  const OptionCheck option(kind.name);
  option.at_least_zero("learning rate", o.lr);
  option.at_least_zero("epsilon value", o.eps);
  option.at_least_zero("momentum value", o.momentum);
  option.at_least_zero("weight_decay value", o.weight_decay);
  option.at_least_zero("alpha value", o.alpha);
}

WICK_INLINE Attributes RMSpropRule::attributes(const Options& o) {
  return {{"lr", o.lr},
          {"alpha", o.alpha},
          {"eps", o.eps},
          {"weight_decay", o.weight_decay},
          {"momentum", o.momentum},
          {"centered", o.centered},
          {"maximize", o.maximize}};
}

WICK_INLINE RMSpropOptions RMSpropRule::read(const OptionReader& in) {
  return {.lr = in.number("lr"),
          .alpha = in.number("alpha"),
          .eps = in.number("eps"),
          .weight_decay = in.number("weight_decay"),
          .momentum = in.number("momentum"),
          .centered = in.flag("centered"),
          .maximize = in.flag("maximize")};
}

template <class T>
RMSpropRule::Scalars<T> RMSpropRule::scalars(const Options& o, std::int64_t /*k*/, float* /*own*/) noexcept {
  return {.gradient = {.sign = o.maximize ? T(-1) : T(1), .weight_decay = static_cast<T>(o.weight_decay)},
          .minus_lr = static_cast<T>(-o.lr),
          .alpha = static_cast<T>(o.alpha),
          .one_minus_alpha = static_cast<T>(1 - o.alpha),
          .eps = static_cast<T>(o.eps),
          .momentum = static_cast<T>(o.momentum),
          .centered = o.centered};
}

template <class T>
void RMSpropRule::update(const Scalars<T>& s, Index n, const T* g, T* p,
                         const std::array<T*, 3>& state) noexcept {
  T* const mean = s.centered ? state[1] : nullptr;
  T* const buffer = s.momentum > 0 ? state[2] : nullptr;
  detail::kernels::rmsprop_update(s, n, g, p, state[0], mean, buffer);
}

#ifdef WICK_COMPILED
template RMSpropRule::Scalars<float> RMSpropRule::scalars<float>(const Options&, std::int64_t,
                                                                 float*) noexcept;
template RMSpropRule::Scalars<double> RMSpropRule::scalars<double>(const Options&, std::int64_t,
                                                                   float*) noexcept;
template void RMSpropRule::update<float>(const Scalars<float>&, Index, const float*, float*,
                                         const std::array<float*, 3>&) noexcept;
template void RMSpropRule::update<double>(const Scalars<double>&, Index, const double*, double*,
                                          const std::array<double*, 3>&) noexcept;
template class RuleOptimizer<float, RMSpropRule>;
template class RuleOptimizer<double, RMSpropRule>;
#endif

}  // namespace detail

WICK_END_NAMESPACE
