#pragma once

// Losses, recorded.

#include <wick/autograd/tape.hpp>
#include <wick/loss/nll.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <type_traits>

WICK_BEGIN_NAMESPACE

/// (x - target)^2, its mean or sum, or each element's. Throws ShapeError unless the shapes are equal: nothing
/// broadcasts here.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
template <Floating T>
[[nodiscard]] Var<T> mse_loss(const Var<T>& x, const Var<T>& target, Reduction reduction = Reduction::mean);
template <Floating T>
[[nodiscard]] Var<T> mse_loss(const Var<T>& x, const std::type_identity_t<TensorArg<T>>& target,
                              Reduction reduction = Reduction::mean) {
  return mse_loss(x, x.tape().constant(target), reduction);
}

/// -w[t_b] x[b, t_b] for log-probabilities (B, C) and targets (B), as NLLLoss computes it with these options.
/// Throws what that throws.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
template <Floating T>
[[nodiscard]] Var<T> nll_loss(const Var<T>& x, TensorArg<std::int64_t> target,
                              const std::type_identity_t<NLLLossOptions<T>>& options = {});

/// nll_loss(log_softmax(x)): for scores (B, C).
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
template <Floating T>
[[nodiscard]] Var<T> cross_entropy(const Var<T>& x, TensorArg<std::int64_t> target,
                                   const std::type_identity_t<NLLLossOptions<T>>& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/losses.ipp>
#endif
