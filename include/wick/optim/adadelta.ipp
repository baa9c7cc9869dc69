#pragma once

// Definitions of optim/adadelta.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/optimizers.hpp>
#include <wick/optim/adadelta.hpp>
#include <wick/optim/detail/rule_steps.hpp>

#include <array>
#include <cstdint>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void AdadeltaRule::validate(const Options& o) {
  const OptionCheck option(kind.name);
  option.at_least_zero("learning rate", o.lr);
  option.demand(o.rho >= 0 && o.rho <= 1, "rho value", o.rho, "[0, 1]");
  option.at_least_zero("epsilon value", o.eps);
  option.at_least_zero("weight_decay value", o.weight_decay);
}

WICK_INLINE Attributes AdadeltaRule::attributes(const Options& o) {
  return {{"lr", o.lr},
          {"rho", o.rho},
          {"eps", o.eps},
          {"weight_decay", o.weight_decay},
          {"maximize", o.maximize}};
}

WICK_INLINE AdadeltaOptions AdadeltaRule::read(const OptionReader& in) {
  return {.lr = in.number("lr"),
          .rho = in.number("rho"),
          .eps = in.number("eps"),
          .weight_decay = in.number("weight_decay"),
          .maximize = in.flag("maximize")};
}

template <class T>
AdadeltaRule::Scalars<T> AdadeltaRule::scalars(const Options& o, std::int64_t /*k*/,
                                               float* /*own*/) noexcept {
  return {.gradient = {.sign = o.maximize ? T(-1) : T(1), .weight_decay = static_cast<T>(o.weight_decay)},
          .minus_lr = static_cast<T>(-o.lr),
          .rho = static_cast<T>(o.rho),
          .one_minus_rho = static_cast<T>(1 - o.rho),
          .eps = static_cast<T>(o.eps)};
}

template <class T>
void AdadeltaRule::update(const Scalars<T>& s, Index n, const T* g, T* p,
                          const std::array<T*, 2>& state) noexcept {
  detail::kernels::adadelta_update(s, n, g, p, state[0], state[1]);
}

#ifdef WICK_COMPILED
template AdadeltaRule::Scalars<float> AdadeltaRule::scalars<float>(const Options&, std::int64_t,
                                                                   float*) noexcept;
template AdadeltaRule::Scalars<double> AdadeltaRule::scalars<double>(const Options&, std::int64_t,
                                                                     float*) noexcept;
template void AdadeltaRule::update<float>(const Scalars<float>&, Index, const float*, float*,
                                          const std::array<float*, 2>&) noexcept;
template void AdadeltaRule::update<double>(const Scalars<double>&, Index, const double*, double*,
                                           const std::array<double*, 2>&) noexcept;
template class RuleOptimizer<float, AdadeltaRule>;
template class RuleOptimizer<double, AdadeltaRule>;
#endif

}  // namespace detail

WICK_END_NAMESPACE
