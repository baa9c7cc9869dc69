#pragma once

// Definitions of optim/adagrad.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/kernels/optimizers.hpp>
#include <wick/optim/adagrad.hpp>
#include <wick/optim/detail/rule_steps.hpp>

#include <array>
#include <cstdint>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void AdagradRule::validate(const Options& o) {
  const OptionCheck option(kind.name);
  option.at_least_zero("learning rate", o.lr);
  option.at_least_zero("lr_decay value", o.lr_decay);
  option.at_least_zero("weight_decay value", o.weight_decay);
  option.at_least_zero("initial_accumulator_value value", o.initial_accumulator_value);
  option.at_least_zero("epsilon value", o.eps);
}

WICK_INLINE Attributes AdagradRule::attributes(const Options& o) {
  return {{"lr", o.lr},
          {"lr_decay", o.lr_decay},
          {"weight_decay", o.weight_decay},
          {"initial_accumulator_value", o.initial_accumulator_value},
          {"eps", o.eps},
          {"maximize", o.maximize}};
}

WICK_INLINE AdagradOptions AdagradRule::read(const OptionReader& in) {
  return {.lr = in.number("lr"),
          .lr_decay = in.number("lr_decay"),
          .weight_decay = in.number("weight_decay"),
          .initial_accumulator_value = in.number("initial_accumulator_value"),
          .eps = in.number("eps"),
          .maximize = in.flag("maximize")};
}

template <class T>
AdagradRule::Scalars<T> AdagradRule::scalars(const Options& o, std::int64_t k, float* /*own*/) noexcept {
  return {.gradient = {.sign = o.maximize ? T(-1) : T(1), .weight_decay = static_cast<T>(o.weight_decay)},
          .minus_lr = static_cast<T>(-o.lr / (1 + rounded(static_cast<double>(k - 1) * o.lr_decay))),
          .eps = static_cast<T>(o.eps),
          .start = static_cast<T>(o.initial_accumulator_value),
          .first = k == 1};
}

template <class T>
void AdagradRule::update(const Scalars<T>& s, Index n, const T* g, T* p,
                         const std::array<T*, 1>& state) noexcept {
  detail::kernels::adagrad_update(s, n, g, p, state[0]);
}

#ifdef WICK_COMPILED
template AdagradRule::Scalars<float> AdagradRule::scalars<float>(const Options&, std::int64_t,
                                                                 float*) noexcept;
template AdagradRule::Scalars<double> AdagradRule::scalars<double>(const Options&, std::int64_t,
                                                                   float*) noexcept;
template void AdagradRule::update<float>(const Scalars<float>&, Index, const float*, float*,
                                         const std::array<float*, 1>&) noexcept;
template void AdagradRule::update<double>(const Scalars<double>&, Index, const double*, double*,
                                          const std::array<double*, 1>&) noexcept;
template class RuleOptimizer<float, AdagradRule>;
template class RuleOptimizer<double, AdagradRule>;
#endif

}  // namespace detail

WICK_END_NAMESPACE
