#pragma once

// Gradients cut down to size between backward() and step().

#include <wick/state/parameter_block.hpp>

#include <memory>

WICK_BEGIN_NAMESPACE

/// Options of clip_grad_norm_().
struct ClipGradNormOptions {
  double norm_type = 2;             ///< p of the norm, > 0; may be infinity
  bool error_if_nonfinite = false;  ///< throw when the norm is NaN or infinite
};

/// Scales the gradients of all parameters, taken as one vector, to a norm of at most `max_norm`, and returns
/// the norm that they had:
///
///     loss.backward();
///     wick::clip_grad_norm_(model.parameters(), 1.0);
///     optimizer.step();
///
/// They are multiplied by min(1, max_norm / (norm + 1e-6)). Parameters without a new gradient have no part in
/// it, and stay without one; without any the norm is 0. Sums are in double. Allocates nothing.
///
/// Throws OptionError for a `max_norm` that is negative or NaN and a `norm_type` that is not above 0, and
/// Error, with the gradients as they were, for a norm that is not finite if the options ask for it; otherwise
/// such a norm leaves gradients that are NaN or zero, as in PyTorch.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
template <Floating T>
double clip_grad_norm_(const std::shared_ptr<ParameterBlock<T>>& parameters, double max_norm,
                       const ClipGradNormOptions& options = {});

/// Limits every element of the gradients to [-clip_value, clip_value]. Parameters without a new gradient stay
/// without one. Throws OptionError for a `clip_value` that is negative or NaN.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
template <Floating T>
void clip_grad_value_(const std::shared_ptr<ParameterBlock<T>>& parameters, double clip_value);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/clip_grad.ipp>
#endif
