#pragma once

// Definitions of optim/asgd.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/kernels/optimizers.hpp>
#include <wick/optim/asgd.hpp>
#include <wick/optim/detail/rule_steps.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void ASGDRule::validate(const Options& o) {
  const OptionCheck option(kind.name);
  option.at_least_zero("learning rate", o.lr);
  option.at_least_zero("weight_decay value", o.weight_decay);
  option.finite("lambd value", o.lambd);
  option.finite("alpha value", o.alpha);
  option.finite("t0 value", o.t0);
}

WICK_INLINE Attributes ASGDRule::attributes(const Options& o) {
  return {{"lr", o.lr},
          {"lambd", o.lambd},
          {"alpha", o.alpha},
          {"t0", o.t0},
          {"weight_decay", o.weight_decay},
          {"maximize", o.maximize}};
}

WICK_INLINE ASGDOptions ASGDRule::read(const OptionReader& in) {
  return {.lr = in.number("lr"),
          .lambd = in.number("lambd"),
          .alpha = in.number("alpha"),
          .t0 = in.number("t0"),
          .weight_decay = in.number("weight_decay"),
          .maximize = in.flag("maximize")};
}

template <class T>
ASGDRule::Scalars<T> ASGDRule::scalars(const Options& o, std::int64_t k, float* own) noexcept {
  if (k == 1) {
    own[0] = static_cast<float>(o.lr);
    own[1] = 1;
  }
  const auto eta = static_cast<double>(own[0]);
  const auto mu = static_cast<double>(own[1]);
  const auto step = static_cast<double>(k);
  own[0] = static_cast<float>(o.lr / power(1 + rounded(o.lambd * o.lr * step), o.alpha));
  own[1] = static_cast<float>(1 / (std::max)(1.0, step - o.t0));
  return {.gradient = {.sign = o.maximize ? T(-1) : T(1), .weight_decay = static_cast<T>(o.weight_decay)},
          .keep = static_cast<T>(1 - rounded(o.lambd * eta)),
          .minus_eta = static_cast<T>(-eta),
          .mu = static_cast<T>(mu)};
}

template <class T>
void ASGDRule::update(const Scalars<T>& s, Index n, const T* g, T* p,
                      const std::array<T*, 1>& state) noexcept {
  detail::kernels::asgd_update(s, n, g, p, state[0]);
}

#ifdef WICK_COMPILED
template ASGDRule::Scalars<float> ASGDRule::scalars<float>(const Options&, std::int64_t, float*) noexcept;
template ASGDRule::Scalars<double> ASGDRule::scalars<double>(const Options&, std::int64_t, float*) noexcept;
template void ASGDRule::update<float>(const Scalars<float>&, Index, const float*, float*,
                                      const std::array<float*, 1>&) noexcept;
template void ASGDRule::update<double>(const Scalars<double>&, Index, const double*, double*,
                                       const std::array<double*, 1>&) noexcept;
template class RuleOptimizer<float, ASGDRule>;
template class RuleOptimizer<double, ASGDRule>;
#endif

}  // namespace detail

WICK_END_NAMESPACE
