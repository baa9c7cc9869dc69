#pragma once

// Losses of numbers, and their options. What they compute is said in autograd/regression_losses.hpp, which
// has to be included where they are called.

#include <wick/loss/loss_function.hpp>
#include <wick/loss/nll.hpp>

WICK_BEGIN_NAMESPACE

struct SmoothL1LossOptions {
  double beta = 1.0;                      ///< where squares end; >= 0
  Reduction reduction = Reduction::mean;  ///< what becomes of the losses of elements
};
struct HuberLossOptions {
  double delta = 1.0;                     ///< where squares end; > 0
  Reduction reduction = Reduction::mean;  ///< what becomes of the losses of elements
};
struct PoissonNLLLossOptions {
  bool log_input = true;                  ///< x is the logarithm of the rate
  bool full = false;                      ///< with Stirling's approximation of log(target!)
  double eps = 1e-8;                      ///< added to rates before their logarithm
  Reduction reduction = Reduction::mean;  ///< what becomes of the losses of elements
};
struct GaussianNLLLossOptions {
  bool full = false;                      ///< with log(2 pi) / 2
  double eps = 1e-6;                      ///< the least variance; > 0
  Reduction reduction = Reduction::mean;  ///< what becomes of the losses of elements
};
struct KLDivLossOptions {
  bool log_target = false;  ///< the target is the logarithm of probabilities
  bool batchmean = false;   ///< the sum divided by the number of rows, whatever `reduction` says
  Reduction reduction = Reduction::mean;  ///< what becomes of the losses of elements
};

/// l1_loss() as a value. https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html
class L1Loss : public LossFunction<L1Loss, Reduction> {
 public:
  using LossFunction::LossFunction;
  static constexpr const char* name = "L1Loss";
  static auto compute(Reduction reduction, const auto& x, const auto& target)
      -> decltype(l1_loss(x, target, reduction)) {
    return l1_loss(x, target, reduction);
  }
};

/// smooth_l1_loss() as a value. https://docs.pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html
class SmoothL1Loss : public LossFunction<SmoothL1Loss, SmoothL1LossOptions> {
 public:
  using LossFunction::LossFunction;
  static constexpr const char* name = "SmoothL1Loss";
  static auto compute(const SmoothL1LossOptions& options, const auto& x, const auto& target)
      -> decltype(smooth_l1_loss(x, target, options)) {
    return smooth_l1_loss(x, target, options);
  }
};

/// huber_loss() as a value. https://docs.pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html
class HuberLoss : public LossFunction<HuberLoss, HuberLossOptions> {
 public:
  using LossFunction::LossFunction;
  static constexpr const char* name = "HuberLoss";
  static auto compute(const HuberLossOptions& options, const auto& x, const auto& target)
      -> decltype(huber_loss(x, target, options)) {
    return huber_loss(x, target, options);
  }
};

/// poisson_nll_loss() as a value.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html
class PoissonNLLLoss : public LossFunction<PoissonNLLLoss, PoissonNLLLossOptions> {
 public:
  using LossFunction::LossFunction;
  static constexpr const char* name = "PoissonNLLLoss";
  static auto compute(const PoissonNLLLossOptions& options, const auto& x, const auto& target)
      -> decltype(poisson_nll_loss(x, target, options)) {
    return poisson_nll_loss(x, target, options);
  }
};

/// gaussian_nll_loss() as a value: called with x, targets and variances.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html
class GaussianNLLLoss : public LossFunction<GaussianNLLLoss, GaussianNLLLossOptions> {
 public:
  using LossFunction::LossFunction;
  static constexpr const char* name = "GaussianNLLLoss";
  static auto compute(const GaussianNLLLossOptions& options, const auto& x, const auto& target,
                      const auto& var) -> decltype(gaussian_nll_loss(x, target, var, options)) {
    return gaussian_nll_loss(x, target, var, options);
  }
};

/// kl_div() as a value. https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html
class KLDivLoss : public LossFunction<KLDivLoss, KLDivLossOptions> {
 public:
  using LossFunction::LossFunction;
  static constexpr const char* name = "KLDivLoss";
  static auto compute(const KLDivLossOptions& options, const auto& x, const auto& target)
      -> decltype(kl_div(x, target, options)) {
    return kl_div(x, target, options);
  }
};

WICK_END_NAMESPACE
