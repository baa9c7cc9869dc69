#pragma once

// Losses of numbers, recorded.

#include <wick/autograd/loss_input.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/loss/regression.hpp>

#include <type_traits>

WICK_BEGIN_NAMESPACE

// Of each element of x and of a target, a tensor or variable; then reduced. They throw ShapeError unless the
// shapes are equal: nothing broadcasts here.

/// |x - target|. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.l1_loss.html
template <Floating T>
[[nodiscard]] Var<T> l1_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                             Reduction reduction = Reduction::mean);
/// With d = |x - target|: d^2 / (2 beta) below beta, else d - beta / 2. Throws OptionError for beta < 0.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.smooth_l1_loss.html
template <Floating T>
[[nodiscard]] Var<T> smooth_l1_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                                    const SmoothL1LossOptions& options = {});
/// With d = |x - target|: d^2 / 2 up to delta, else delta (d - delta / 2). Throws OptionError for delta <= 0.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.huber_loss.html
template <Floating T>
[[nodiscard]] Var<T> huber_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                                const HuberLossOptions& options = {});
/// exp(x) - target x, or with log_input = false x - target log(x + eps); `full` adds, where target > 1,
/// target log(target) - target + log(2 pi target) / 2.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.poisson_nll_loss.html
template <Floating T>
[[nodiscard]] Var<T> poisson_nll_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                                      const PoissonNLLLossOptions& options = {});
/// (log(v) + (x - target)^2 / v) / 2 with v = max(var, eps), whose derivative by var is that by v. `var` has
/// the shape of x, x's shape without the last dimension (one variance for each row), or with 1 for one of the
/// dimensions; the target may broadcast to x. Throws ShapeError for others, OptionError for eps <= 0, Error
/// for a negative variance.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gaussian_nll_loss.html
template <Floating T>
[[nodiscard]] Var<T> gaussian_nll_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                                       const std::type_identity_t<LossInput<T>>& var,
                                       const GaussianNLLLossOptions& options = {});
/// target (log(target) - x) for log-probabilities x, 0 where target is 0; with log_target
/// exp(target) (target - x).
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.kl_div.html
template <Floating T>
[[nodiscard]] Var<T> kl_div(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                            const KLDivLossOptions& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/regression_losses.ipp>
#endif
