#pragma once

// Losses of margins: of pairs, triplets, classes and labels, and their options. What they compute is said in
// autograd/margin_losses.hpp, which has to be included where they are called.

#include <wick/loss/loss_function.hpp>
#include <wick/loss/nll.hpp>
#include <wick/tensor/tensor.hpp>

#include <optional>

WICK_BEGIN_NAMESPACE

struct HingeEmbeddingLossOptions {
  double margin = 1.0;                    ///< what distances of different things should have at least
  Reduction reduction = Reduction::mean;  ///< what becomes of the losses of samples
};
struct MarginRankingLossOptions {
  double margin = 0.0;                    ///< what the difference should be at least
  Reduction reduction = Reduction::mean;  ///< what becomes of the losses of samples
};
struct CosineEmbeddingLossOptions {
  double margin = 0.0;                    ///< what the cosine of different things may be at most
  Reduction reduction = Reduction::mean;  ///< what becomes of the losses of samples
};
struct TripletMarginLossOptions {
  double margin = 1.0;  ///< > 0
  double p = 2.0;       ///< of the norm of differences; >= 1 and finite
  double eps = 1e-6;    ///< added to differences
  bool swap = false;    ///< the negative's distance is the smaller of those to the anchor and to the positive
  Reduction reduction = Reduction::mean;  ///< what becomes of the losses of samples
};
template <Floating T = float>
struct MultiMarginLossOptions {
  int p = 1;                                       ///< 1 or 2
  double margin = 1.0;                             ///< what the target's score should be above the others
  std::optional<Tensor<T>> weight = std::nullopt;  ///< for each class
  Reduction reduction = Reduction::mean;           ///< what becomes of the losses of samples
};
template <Floating T = float>
struct MultiLabelSoftMarginLossOptions {
  std::optional<Tensor<T>> weight = std::nullopt;  ///< for each label
  Reduction reduction = Reduction::mean;           ///< what becomes of the losses of samples
};

/// hinge_embedding_loss() as a value.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html
class HingeEmbeddingLoss : public LossFunction<HingeEmbeddingLoss, HingeEmbeddingLossOptions> {
 public:
  using LossFunction::LossFunction;
  static constexpr const char* name = "HingeEmbeddingLoss";
  static auto compute(const HingeEmbeddingLossOptions& options, const auto& x, const auto& target)
      -> decltype(hinge_embedding_loss(x, target, options)) {
    return hinge_embedding_loss(x, target, options);
  }
};

/// margin_ranking_loss() as a value.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html
class MarginRankingLoss : public LossFunction<MarginRankingLoss, MarginRankingLossOptions> {
 public:
  using LossFunction::LossFunction;
  static constexpr const char* name = "MarginRankingLoss";
  static auto compute(const MarginRankingLossOptions& options, const auto& x1, const auto& x2,
                      const auto& target) -> decltype(margin_ranking_loss(x1, x2, target, options)) {
    return margin_ranking_loss(x1, x2, target, options);
  }
};

/// soft_margin_loss() as a value.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html
class SoftMarginLoss : public LossFunction<SoftMarginLoss, Reduction> {
 public:
  using LossFunction::LossFunction;
  static constexpr const char* name = "SoftMarginLoss";
  static auto compute(Reduction reduction, const auto& x, const auto& target)
      -> decltype(soft_margin_loss(x, target, reduction)) {
    return soft_margin_loss(x, target, reduction);
  }
};

/// cosine_embedding_loss() as a value.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html
class CosineEmbeddingLoss : public LossFunction<CosineEmbeddingLoss, CosineEmbeddingLossOptions> {
 public:
  using LossFunction::LossFunction;
  static constexpr const char* name = "CosineEmbeddingLoss";
  static auto compute(const CosineEmbeddingLossOptions& options, const auto& x1, const auto& x2,
                      const auto& target) -> decltype(cosine_embedding_loss(x1, x2, target, options)) {
    return cosine_embedding_loss(x1, x2, target, options);
  }
};

/// triplet_margin_loss() as a value.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html
class TripletMarginLoss : public LossFunction<TripletMarginLoss, TripletMarginLossOptions> {
 public:
  using LossFunction::LossFunction;
  static constexpr const char* name = "TripletMarginLoss";
  static auto compute(const TripletMarginLossOptions& options, const auto& anchor, const auto& positive,
                      const auto& negative)
      -> decltype(triplet_margin_loss(anchor, positive, negative, options)) {
    return triplet_margin_loss(anchor, positive, negative, options);
  }
};

/// multi_margin_loss() as a value.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html
template <Floating T = float>
class MultiMarginLoss : public LossFunction<MultiMarginLoss<T>, MultiMarginLossOptions<T>> {
 public:
  using LossFunction<MultiMarginLoss, MultiMarginLossOptions<T>>::LossFunction;
  static constexpr const char* name = "MultiMarginLoss";
  static auto compute(const MultiMarginLossOptions<T>& options, const auto& x, const auto& target)
      -> decltype(multi_margin_loss(x, target, options)) {
    return multi_margin_loss(x, target, options);
  }
};

/// multilabel_margin_loss() as a value.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html
class MultiLabelMarginLoss : public LossFunction<MultiLabelMarginLoss, Reduction> {
 public:
  using LossFunction::LossFunction;
  static constexpr const char* name = "MultiLabelMarginLoss";
  static auto compute(Reduction reduction, const auto& x, const auto& target)
      -> decltype(multilabel_margin_loss(x, target, reduction)) {
    return multilabel_margin_loss(x, target, reduction);
  }
};

/// multilabel_soft_margin_loss() as a value.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html
template <Floating T = float>
class MultiLabelSoftMarginLoss
    : public LossFunction<MultiLabelSoftMarginLoss<T>, MultiLabelSoftMarginLossOptions<T>> {
 public:
  using LossFunction<MultiLabelSoftMarginLoss, MultiLabelSoftMarginLossOptions<T>>::LossFunction;
  static constexpr const char* name = "MultiLabelSoftMarginLoss";
  static auto compute(const MultiLabelSoftMarginLossOptions<T>& options, const auto& x, const auto& target)
      -> decltype(multilabel_soft_margin_loss(x, target, options)) {
    return multilabel_soft_margin_loss(x, target, options);
  }
};

WICK_END_NAMESPACE
