// Losses by PyTorch's names: one row each. `c` has the inputs by position, the constructor's arguments by
// name.

#include "operations.hpp"

#include <wick/autograd.hpp>
#include <wick/loss/bce_with_logits.hpp>
#include <wick/loss/cross_entropy.hpp>
#include <wick/loss/margin.hpp>
#include <wick/loss/mse.hpp>
#include <wick/loss/nll.hpp>
#include <wick/loss/regression.hpp>

#include <array>
#include <sstream>

namespace conformance {

namespace {

wick::Reduction reduction(const Arguments& c) {
  const std::string text = c.text(Arguments::by_name, "reduction", "mean");
  if (text == "mean") return wick::Reduction::mean;
  if (text == "sum") return wick::Reduction::sum;
  if (text == "none") return wick::Reduction::none;
  throw wick::OptionError(text + " is not a valid value for reduction");
}

/// Before anything else is asked for: C++ does not say which of a call's arguments is computed first, so
/// compilers would differ in which of two errors comes.
void check_reduction(const Arguments& c) {
  if (c.text(Arguments::by_name, "reduction", "mean") != "batchmean") static_cast<void>(reduction(c));
}

/// What the loss is of the inputs, and how it is printed.
template <class Loss, class... Input>
Results applied(const Loss& loss, const Input&... input) {
  Results results;
  results.add(loss(input...));
  std::ostringstream text;
  text << loss;
  results.print = text.str();
  return results;
}

template <class Call>
concept IsTaped = !std::same_as<typename Call::Operand, wick::Tensor<typename Call::Scalar>>;

constexpr std::size_t by_name = Arguments::by_name;

double number(const Arguments& c, const char* name, double otherwise) {
  return c.number(by_name, name, otherwise);
}
bool flag(const Arguments& c, const char* name, bool otherwise) { return c.flag(by_name, name, otherwise); }
template <class T>
std::optional<wick::Tensor<T>> tensor_or_nothing(const Arguments& c, const char* name) {
  if (!c.has(by_name, name)) return std::nullopt;
  return c.tensor<T>(by_name, name);
}

/// Constructed from a call, options are those that it names.
template <class T>
wick::NLLLossOptions<T> class_options(const Arguments& c) {
  return {.weight = tensor_or_nothing<T>(c, "weight"),
          .ignore_index = c.index(by_name, "ignore_index", -100),
          .reduction = reduction(c)};
}
template <class T>
wick::CrossEntropyLossOptions<T> score_options(const Arguments& c) {
  return {.weight = tensor_or_nothing<T>(c, "weight"),
          .ignore_index = c.index(by_name, "ignore_index", -100),
          .reduction = reduction(c),
          .label_smoothing = number(c, "label_smoothing", 0)};
}
template <class T>
wick::BCELossOptions<T> bce_options(const Arguments& c) {
  return {.weight = tensor_or_nothing<T>(c, "weight"), .reduction = reduction(c)};
}
template <class T>
wick::BCEWithLogitsLossOptions<T> logit_options(const Arguments& c) {
  return {.weight = tensor_or_nothing<T>(c, "weight"),
          .reduction = reduction(c),
          .pos_weight = tensor_or_nothing<T>(c, "pos_weight")};
}
template <class T>
wick::MultiMarginLossOptions<T> margin_options(const Arguments& c) {
  return {.p = static_cast<int>(c.index(by_name, "p", 1)),
          .margin = number(c, "margin", 1),
          .weight = tensor_or_nothing<T>(c, "weight"),
          .reduction = reduction(c)};
}
template <class T>
wick::MultiLabelSoftMarginLossOptions<T> label_options(const Arguments& c) {
  return {.weight = tensor_or_nothing<T>(c, "weight"), .reduction = reduction(c)};
}
wick::KLDivLossOptions divergence_options(const Arguments& c) {
  const bool batchmean = c.text(by_name, "reduction", "mean") == "batchmean";
  return {.log_target = flag(c, "log_target", false),
          .batchmean = batchmean,
          .reduction = batchmean ? wick::Reduction::sum : reduction(c)};
}
wick::PoissonNLLLossOptions poisson_options(const Arguments& c) {
  return {.log_input = flag(c, "log_input", true),
          .full = flag(c, "full", false),
          .eps = number(c, "eps", 1e-8),
          .reduction = reduction(c)};
}
wick::GaussianNLLLossOptions gaussian_options(const Arguments& c) {
  return {.full = flag(c, "full", false), .eps = number(c, "eps", 1e-6), .reduction = reduction(c)};
}
wick::TripletMarginLossOptions triplet_options(const Arguments& c) {
  return {.margin = number(c, "margin", 1),
          .p = number(c, "p", 2),
          .eps = number(c, "eps", 1e-6),
          .swap = flag(c, "swap", false),
          .reduction = reduction(c)};
}

/// Targets that may be integers in PyTorch.
template <class T>
wick::Tensor<T> numbers(const Arguments& c, std::size_t position) {
  return c.at(position).tensor.to<T>();
}

/// Of classes, or of their probabilities.
template <class Call>
Results cross_entropy_of(Call& c) {
  using T = typename Call::Scalar;
  const wick::CrossEntropyLoss<T> loss(score_options<T>(c));
  if (c.at(1).tensor.dtype() == wick::DType::i64) return applied(loss, c.x(0), c.indices(1));
  return applied(loss, c.x(0), c.x(1));
}

#define CONFORMANCE_LOSS(name, ...)                           \
  operation(                                                  \
      name, []<class Call>(Call & c) requires IsTaped<Call> { \
        using T [[maybe_unused]] = typename Call::Scalar;     \
        check_reduction(c);                                   \
        return __VA_ARGS__;                                   \
      })

constexpr std::array rows{
    CONFORMANCE_LOSS("MSELoss", applied(wick::MSELoss(reduction(c)), c.x(0), c.x(1))),
    CONFORMANCE_LOSS("L1Loss", applied(wick::L1Loss(reduction(c)), c.x(0), c.x(1))),
    CONFORMANCE_LOSS("SmoothL1Loss",
                     applied(wick::SmoothL1Loss({.beta = number(c, "beta", 1), .reduction = reduction(c)}),
                             c.x(0), c.x(1))),
    CONFORMANCE_LOSS("HuberLoss",
                     applied(wick::HuberLoss({.delta = number(c, "delta", 1), .reduction = reduction(c)}),
                             c.x(0), c.x(1))),
    CONFORMANCE_LOSS("NLLLoss", applied(wick::NLLLoss<T>(class_options<T>(c)), c.x(0), c.indices(1))),
    CONFORMANCE_LOSS("CrossEntropyLoss", cross_entropy_of(c)),
    CONFORMANCE_LOSS("BCELoss", applied(wick::BCELoss<T>(bce_options<T>(c)), c.x(0), c.x(1))),
    CONFORMANCE_LOSS("BCEWithLogitsLoss",
                     applied(wick::BCEWithLogitsLoss<T>(logit_options<T>(c)), c.x(0), c.x(1))),
    CONFORMANCE_LOSS("KLDivLoss", applied(wick::KLDivLoss(divergence_options(c)), c.x(0), c.x(1))),
    CONFORMANCE_LOSS("PoissonNLLLoss", applied(wick::PoissonNLLLoss(poisson_options(c)), c.x(0), c.x(1))),
    CONFORMANCE_LOSS("GaussianNLLLoss",
                     applied(wick::GaussianNLLLoss(gaussian_options(c)), c.x(0), c.x(1), c.x(2))),
    CONFORMANCE_LOSS("HingeEmbeddingLoss", applied(wick::HingeEmbeddingLoss({.margin = number(c, "margin", 1),
                                                                             .reduction = reduction(c)}),
                                                   c.x(0), c.x(1))),
    CONFORMANCE_LOSS("MarginRankingLoss", applied(wick::MarginRankingLoss({.margin = number(c, "margin", 0),
                                                                           .reduction = reduction(c)}),
                                                  c.x(0), c.x(1), numbers<T>(c, 2))),
    CONFORMANCE_LOSS(
        "CosineEmbeddingLoss",
        applied(wick::CosineEmbeddingLoss({.margin = number(c, "margin", 0), .reduction = reduction(c)}),
                c.x(0), c.x(1), numbers<T>(c, 2))),
    CONFORMANCE_LOSS("SoftMarginLoss", applied(wick::SoftMarginLoss(reduction(c)), c.x(0), numbers<T>(c, 1))),
    CONFORMANCE_LOSS("TripletMarginLoss",
                     applied(wick::TripletMarginLoss(triplet_options(c)), c.x(0), c.x(1), c.x(2))),
    CONFORMANCE_LOSS("MultiMarginLoss",
                     applied(wick::MultiMarginLoss<T>(margin_options<T>(c)), c.x(0), c.indices(1))),
    CONFORMANCE_LOSS("MultiLabelMarginLoss",
                     applied(wick::MultiLabelMarginLoss(reduction(c)), c.x(0), c.indices(1))),
    CONFORMANCE_LOSS(
        "MultiLabelSoftMarginLoss",
        applied(wick::MultiLabelSoftMarginLoss<T>(label_options<T>(c)), c.x(0), numbers<T>(c, 1))),
};

/// The functions, whose options the database gives by name.
constexpr std::array functional_rows{
    CONFORMANCE_LOSS("nn.functional.mse_loss", mse_loss(c.x(0), c.x(1), reduction(c))),
    CONFORMANCE_LOSS("nn.functional.l1_loss", l1_loss(c.x(0), c.x(1), reduction(c))),
    CONFORMANCE_LOSS(
        "nn.functional.smooth_l1_loss",
        smooth_l1_loss(c.x(0), c.x(1), {.beta = number(c, "beta", 1), .reduction = reduction(c)})),
    CONFORMANCE_LOSS("nn.functional.huber_loss",
                     huber_loss(c.x(0), c.x(1), {.delta = number(c, "delta", 1), .reduction = reduction(c)})),
    CONFORMANCE_LOSS("nn.functional.nll_loss", nll_loss(c.x(0), c.indices(1), class_options<T>(c))),
    CONFORMANCE_LOSS("nn.functional.cross_entropy", cross_entropy_of(c)),
    CONFORMANCE_LOSS("nn.functional.binary_cross_entropy",
                     binary_cross_entropy(c.x(0), c.x(1), bce_options<T>(c))),
    CONFORMANCE_LOSS("nn.functional.binary_cross_entropy_with_logits",
                     binary_cross_entropy_with_logits(c.x(0), c.x(1), logit_options<T>(c))),
    CONFORMANCE_LOSS("nn.functional.kl_div", kl_div(c.x(0), c.x(1), divergence_options(c))),
    CONFORMANCE_LOSS("nn.functional.poisson_nll_loss", poisson_nll_loss(c.x(0), c.x(1), poisson_options(c))),
    CONFORMANCE_LOSS("nn.functional.gaussian_nll_loss",
                     gaussian_nll_loss(c.x(0), c.x(1), c.x(2), gaussian_options(c))),
    CONFORMANCE_LOSS(
        "nn.functional.hinge_embedding_loss",
        hinge_embedding_loss(c.x(0), c.x(1), {.margin = number(c, "margin", 1), .reduction = reduction(c)})),
    CONFORMANCE_LOSS("nn.functional.margin_ranking_loss",
                     margin_ranking_loss(c.x(0), c.x(1), c.x(2),
                                         {.margin = number(c, "margin", 0), .reduction = reduction(c)})),
    CONFORMANCE_LOSS("nn.functional.cosine_embedding_loss",
                     cosine_embedding_loss(c.x(0), c.x(1), numbers<T>(c, 2),
                                           {.margin = number(c, "margin", 0), .reduction = reduction(c)})),
    CONFORMANCE_LOSS("nn.functional.soft_margin_loss",
                     soft_margin_loss(c.x(0), numbers<T>(c, 1), reduction(c))),
    CONFORMANCE_LOSS("nn.functional.triplet_margin_loss",
                     triplet_margin_loss(c.x(0), c.x(1), c.x(2), triplet_options(c))),
    CONFORMANCE_LOSS("nn.functional.multi_margin_loss",
                     multi_margin_loss(c.x(0), c.indices(1), margin_options<T>(c))),
    CONFORMANCE_LOSS("nn.functional.multilabel_margin_loss",
                     multilabel_margin_loss(c.x(0), c.indices(1), reduction(c))),
    CONFORMANCE_LOSS("nn.functional.multilabel_soft_margin_loss",
                     multilabel_soft_margin_loss(c.x(0), numbers<T>(c, 1), label_options<T>(c))),
};

}  // namespace

std::span<const Operation> losses() { return rows; }
std::span<const Operation> functional_losses() { return functional_rows; }

}  // namespace conformance
