#pragma once

// Losses, recorded.

#include <wick/autograd/loss_input.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/loss/cross_entropy.hpp>
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

/// -w[t_b] x[b, t_b] for log-probabilities (B, C) and targets (B), as NLLLoss computes it with these options;
/// likewise for one sample, (C) and a scalar, and for several places of each, (B, C, d...) and (B, d...).
/// Throws what NLLLoss throws.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
template <Floating T>
[[nodiscard]] Var<T> nll_loss(const Var<T>& x, TensorArg<std::int64_t> target,
                              const std::type_identity_t<NLLLossOptions<T>>& options = {});

/// nll_loss(log_softmax(x)) for scores and classes of the same shapes. With label_smoothing e, that times 1 -
/// e plus e times the mean of -w_c log_softmax(x)_c over the classes c. Throws what nll_loss() throws, and
/// OptionError for e outside of [0, 1].
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
template <Floating T>
[[nodiscard]] Var<T> cross_entropy(const Var<T>& x, TensorArg<std::int64_t> target,
                                   const std::type_identity_t<CrossEntropyLossOptions<T>>& options = {});
/// The same for the probabilities p of all classes, of the shape of the scores: -sum_c w_c p_c
/// log_softmax(x)_c, of which the mean is that of the rows. Throws ShapeError unless the shapes are equal,
/// OptionError for an ignore_index.
template <Floating T>
[[nodiscard]] Var<T> cross_entropy(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                                   const std::type_identity_t<CrossEntropyLossOptions<T>>& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/losses.ipp>
#endif
