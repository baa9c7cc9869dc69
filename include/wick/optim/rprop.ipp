#pragma once

// Definitions of optim/rprop.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/optimizers.hpp>
#include <wick/optim/detail/rule_steps.hpp>
#include <wick/optim/rprop.hpp>

#include <array>
#include <cstdint>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void RpropRule::validate(const Options& o) {
  const OptionCheck option(kind.name);
  option.at_least_zero("learning rate", o.lr);
  if (!(0 < o.etas.first && o.etas.first < 1 && 1 < o.etas.second && is_finite(o.etas.second))) {
    option.refuse("Invalid eta values: " + python_repr(o.etas.first) + ", " + python_repr(o.etas.second) +
                  ", expected 0 < first < 1 < second");
  }
  if (!(0 <= o.step_sizes.first && o.step_sizes.first <= o.step_sizes.second &&
        is_finite(o.step_sizes.second))) {
    option.refuse("Invalid step sizes: " + python_repr(o.step_sizes.first) + ", " +
                  python_repr(o.step_sizes.second) + ", expected 0 <= first <= second");
  }
}

WICK_INLINE Attributes RpropRule::attributes(const Options& o) {
  return {{"lr", o.lr},
          {"etas", std::vector<double>{o.etas.first, o.etas.second}},
          {"step_sizes", std::vector<double>{o.step_sizes.first, o.step_sizes.second}},
          {"maximize", o.maximize}};
}

WICK_INLINE RpropOptions RpropRule::read(const OptionReader& in) {
  const auto etas = in.pair("etas");
  const auto step_sizes = in.pair("step_sizes");
  return {.lr = in.number("lr"), .etas = etas, .step_sizes = step_sizes, .maximize = in.flag("maximize")};
}

template <class T>
RpropRule::Scalars<T> RpropRule::scalars(const Options& o, std::int64_t k, float* /*own*/) noexcept {
  return {.sign = o.maximize ? T(-1) : T(1),
          .eta_minus = static_cast<T>(o.etas.first),
          .eta_plus = static_cast<T>(o.etas.second),
          .least = static_cast<T>(o.step_sizes.first),
          .most = static_cast<T>(o.step_sizes.second),
          .start = static_cast<T>(o.lr),
          .first = k == 1};
}

template <class T>
void RpropRule::update(const Scalars<T>& s, Index n, const T* g, T* p,
                       const std::array<T*, 2>& state) noexcept {
  detail::kernels::rprop_update(s, n, g, p, state[0], state[1]);
}

#ifdef WICK_COMPILED
template RpropRule::Scalars<float> RpropRule::scalars<float>(const Options&, std::int64_t, float*) noexcept;
template RpropRule::Scalars<double> RpropRule::scalars<double>(const Options&, std::int64_t, float*) noexcept;
template void RpropRule::update<float>(const Scalars<float>&, Index, const float*, float*,
                                       const std::array<float*, 2>&) noexcept;
template void RpropRule::update<double>(const Scalars<double>&, Index, const double*, double*,
                                        const std::array<double*, 2>&) noexcept;
template class RuleOptimizer<float, RpropRule>;
template class RuleOptimizer<double, RpropRule>;
#endif

}  // namespace detail

WICK_END_NAMESPACE
