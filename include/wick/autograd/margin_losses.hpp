#pragma once

// Losses of margins, recorded.

#include <wick/autograd/loss_input.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/loss/margin.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <type_traits>

WICK_BEGIN_NAMESPACE

// They throw ShapeError for shapes that do not fit: nothing broadcasts here.

/// x where the target is 1, max(margin - x, 0) where it is -1.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hinge_embedding_loss.html
template <Floating T>
[[nodiscard]] Var<T> hinge_embedding_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                                          const HingeEmbeddingLossOptions& options = {});
/// max(margin - target (x1 - x2), 0): x1 is to be the larger one where the target is 1, x2 where it is -1.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.margin_ranking_loss.html
template <Floating T>
[[nodiscard]] Var<T> margin_ranking_loss(const Var<T>& x1, const std::type_identity_t<LossInput<T>>& x2,
                                         const std::type_identity_t<LossInput<T>>& target,
                                         const MarginRankingLossOptions& options = {});
/// log(1 + exp(-target x)) for targets 1 and -1.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.soft_margin_loss.html
template <Floating T>
[[nodiscard]] Var<T> soft_margin_loss(const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
                                      Reduction reduction = Reduction::mean);
/// With c the cosine of the angle between rows of x1 and x2, (B, D) or (D): 1 - c where the target, (B) or
/// (), is 1, max(c - margin, 0) where it is -1.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cosine_embedding_loss.html
template <Floating T>
[[nodiscard]] Var<T> cosine_embedding_loss(const Var<T>& x1, const std::type_identity_t<LossInput<T>>& x2,
                                           const std::type_identity_t<LossInput<T>>& target,
                                           const CosineEmbeddingLossOptions& options = {});
/// max(|a - p| - |a - n| + margin, 0) with norms over the last dimension of anchor, positive and negative.
/// Throws OptionError for options out of their ranges.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_loss.html
template <Floating T>
[[nodiscard]] Var<T> triplet_margin_loss(const Var<T>& anchor,
                                         const std::type_identity_t<LossInput<T>>& positive,
                                         const std::type_identity_t<LossInput<T>>& negative,
                                         const TripletMarginLossOptions& options = {});
/// sum_i w_t max(margin - x_t + x_i, 0)^p / C over the classes i other than t, for scores (B, C) and classes
/// t (B). Throws IndexError for a class that is not there, OptionError for other p.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multi_margin_loss.html
template <Floating T>
[[nodiscard]] Var<T> multi_margin_loss(const Var<T>& x, TensorArg<std::int64_t> target,
                                       const std::type_identity_t<MultiMarginLossOptions<T>>& options = {});
/// sum_ij max(1 - x_j + x_i, 0) / C for scores (B, C) over the labels j of a row and those i that it does not
/// have. A row of the target, (B, C), names its labels up to the first -1. Throws IndexError for one that is
/// not there. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_margin_loss.html
template <Floating T>
[[nodiscard]] Var<T> multilabel_margin_loss(const Var<T>& x, TensorArg<std::int64_t> target,
                                            Reduction reduction = Reduction::mean);
/// -w (target log(sigmoid(x)) + (1 - target) log(sigmoid(-x))), the mean over the last dimension, one value
/// for each row.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_soft_margin_loss.html
template <Floating T>
[[nodiscard]] Var<T> multilabel_soft_margin_loss(
    const Var<T>& x, const std::type_identity_t<LossInput<T>>& target,
    const std::type_identity_t<MultiLabelSoftMarginLossOptions<T>>& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/margin_losses.ipp>
#endif
