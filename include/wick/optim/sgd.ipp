#pragma once

// Definitions of optim/sgd.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/optimizers.hpp>
#include <wick/optim/detail/rule_steps.hpp>
#include <wick/optim/sgd.hpp>

#include <array>
#include <cstdint>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void SGDRule::validate(const Options& o) {
  const OptionCheck option(kind.name);
  option.at_least_zero("learning rate", o.lr);
  option.at_least_zero("momentum value", o.momentum);
  option.at_least_zero("weight_decay value", o.weight_decay);
  option.finite("dampening value", o.dampening);
  if (o.nesterov && (o.momentum <= 0 || o.dampening != 0)) {
    option.refuse("Nesterov momentum requires a momentum and zero dampening");
  }
}

WICK_INLINE Attributes SGDRule::attributes(const Options& o) {
  return {{"lr", o.lr},
          {"momentum", o.momentum},
          {"dampening", o.dampening},
          {"weight_decay", o.weight_decay},
          {"nesterov", o.nesterov},
          {"maximize", o.maximize}};
}

WICK_INLINE SGDOptions SGDRule::read(const OptionReader& in) {
  return {.lr = in.number("lr"),
          .momentum = in.number("momentum"),
          .dampening = in.number("dampening"),
          .weight_decay = in.number("weight_decay"),
          .nesterov = in.flag("nesterov"),
          .maximize = in.flag("maximize")};
}

template <class T>
SGDRule::Scalars<T> SGDRule::scalars(const Options& o, std::int64_t k, float* /*own*/) noexcept {
  return {.gradient = {.sign = o.maximize ? T(-1) : T(1), .weight_decay = static_cast<T>(o.weight_decay)},
          .minus_lr = static_cast<T>(-o.lr),
          .momentum = static_cast<T>(o.momentum),
          .one_minus_dampening = static_cast<T>(1 - o.dampening),
          .nesterov = o.nesterov,
          .first = k == 1};
}

template <class T>
void SGDRule::update(const Scalars<T>& s, Index n, const T* g, T* p,
                     const std::array<T*, 1>& state) noexcept {
  T* const buffer = s.momentum == 0 ? nullptr : state[0];
  detail::kernels::sgd_update(s, n, g, p, buffer);
}

#ifdef WICK_COMPILED
template SGDRule::Scalars<float> SGDRule::scalars<float>(const Options&, std::int64_t, float*) noexcept;
template SGDRule::Scalars<double> SGDRule::scalars<double>(const Options&, std::int64_t, float*) noexcept;
template void SGDRule::update<float>(const Scalars<float>&, Index, const float*, float*,
                                     const std::array<float*, 1>&) noexcept;
template void SGDRule::update<double>(const Scalars<double>&, Index, const double*, double*,
                                      const std::array<double*, 1>&) noexcept;
template class RuleOptimizer<float, SGDRule>;
template class RuleOptimizer<double, SGDRule>;
#endif

}  // namespace detail

WICK_END_NAMESPACE
