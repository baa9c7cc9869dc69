#pragma once

// The losses of questions of yes and no, recorded.

#include <wick/autograd/loss_input.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/loss/bce_with_logits.hpp>

#include <type_traits>

WICK_BEGIN_NAMESPACE

/// -w (y log(x) + (1 - y) log(1 - x)) for probabilities x and targets y in [0, 1] of the same shape, its mean
/// or sum, or each element's. Logarithms are at least -100. Throws ShapeError unless the shapes are equal and
/// w broadcasts to them, Error for x outside of [0, 1].
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy.html
template <Floating T>
[[nodiscard]] Var<T> binary_cross_entropy(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                                          const std::type_identity_t<BCELossOptions<T>>& options = {});

/// -w (p y log(sigmoid(x)) + (1 - y) log(1 - sigmoid(x))) for logits x and targets y in [0, 1] of the same
/// shape, its mean or sum, or each element's; p is `pos_weight`. Throws ShapeError unless the shapes are
/// equal and the weights broadcast to them.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
template <Floating T>
[[nodiscard]] Var<T> binary_cross_entropy_with_logits(
    const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
    const std::type_identity_t<BCEWithLogitsLossOptions<T>>& options);
/// The same without weights.
template <Floating T>
[[nodiscard]] Var<T> binary_cross_entropy_with_logits(const Var<T>& x,
                                                      const std::type_identity_t<LossInput<T>>& target,
                                                      Reduction reduction = Reduction::mean);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/binary_cross_entropy.ipp>
#endif
