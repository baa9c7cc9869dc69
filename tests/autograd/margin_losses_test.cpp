#include <wick/autograd/margin_losses.hpp>

#include "support/allocations.hpp"

#include <wick/autograd/activations.hpp>
#include <wick/autograd/binary_cross_entropy.hpp>
#include <wick/autograd/losses.hpp>
#include <wick/autograd/regression_losses.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/nn/batch_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/prelu.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <optional>

using namespace wick;

namespace {

struct Net {
  Linear<float> first, last;
  BatchNorm1d<float> norm;
  PReLU<float> slopes;
  explicit Net(const Scope<float>& s)
      : first(s / "first", 5, 32), last(s / "last", 32, 4), norm(s / "norm", 32), slopes(s / "slopes", 32) {}
  auto operator()(auto x) const {
    x = slopes(norm(first(x)));
    x = gelu(x) + hardtanh(mish(x)) - threshold(softplus(x, 2), 0.5, 0.1);
    return last(alpha_dropout(rrelu(x, 0.1, 0.3), 0.1));
  }
};

/// A step with every loss, and what it leaves in the parameters' gradients.
struct EveryLoss {
  Tensor<float> x, y, p;
  Tensor<std::int64_t> classes, labels;
  std::optional<Tensor<float>> weight = Tensor<float>::from({1, 2, 3, 0.5F});
  MultiMarginLossOptions<float> multi{.weight = weight};
  CrossEntropyLossOptions<float> smooth{.weight = weight, .label_smoothing = 0.1};
  BCEWithLogitsLossOptions<float> logits{.weight = weight, .pos_weight = weight};

  EveryLoss() : x(Shape{64, 5}), y(Shape{64, 4}), p(Shape{64, 4}), classes(Shape{64}), labels(Shape{64, 4}) {
    Generator data(3);
    uniform_(x.view(), -1, 1, data);
    uniform_(y.view(), -1, 1, data);
    uniform_(p.view(), 0.1, 0.9, data);
    for (Index i = 0; i < 64; ++i) {
      classes.data()[i] = i % 4;
      for (Index k = 0; k < 4; ++k) labels.data()[4 * i + k] = k < i % 3 ? (i + k) % 4 : -1;
    }
  }

  float operator()(const Model<Net>& model, Recorder<float>& recorder) const {
    const auto out = model(recorder->input(x));
    auto loss = l1_loss(out, y) + smooth_l1_loss(out, y) + huber_loss(out, y) + poisson_nll_loss(out, p);
    loss = loss + gaussian_nll_loss(out, y, p) + kl_div(log_softmax(out), p) +
           binary_cross_entropy(sigmoid(out), p);
    loss = loss + binary_cross_entropy_with_logits(out, p, logits) + hinge_embedding_loss(out, y);
    loss = loss + margin_ranking_loss(out, y, p) + soft_margin_loss(out, p) + triplet_margin_loss(out, y, p);
    loss = loss + multi_margin_loss(out, classes, multi) + multilabel_margin_loss(out, labels);
    loss = loss + multilabel_soft_margin_loss(out, p) + cross_entropy(out, classes, smooth) +
           cross_entropy(out, p, smooth);
    loss = loss + weighted(mse_loss(out, y, Reduction::none), x.view().reshape({320}).rows(0, 64));
    loss.backward(Accumulate::no);
    return loss.item();
  }
};

}  // namespace

TEST_CASE("losses and activations: a training step allocates nothing after warm-up") {
  Generator generator(1);
  const Model<Net> model(generator);
  Recorder<float> recorder;
  Generator draws(2);
  recorder->set_generator(draws);
  const EveryLoss step;
  for (int i = 0; i < 3; ++i) static_cast<void>(step(model, recorder));
  CHECK(wick_tests::allocations_in([&] { static_cast<void>(step(model, recorder)); }) == 0);
}

TEST_CASE("losses and activations: the same bits with any number of threads") {
  const EveryLoss step;
  Tensor<float> expected;
  for (const int threads : {1, 2, 3}) {
    CAPTURE(threads);
    ThreadPool pool(threads);
    Generator generator(1);
    Model<Net> model(generator);
    Recorder<float> recorder(&pool);
    Generator draws(2);
    recorder->set_generator(draws);
    static_cast<void>(step(model, recorder));
    auto& block = *model.parameters();
    Tensor<float> gradients(Shape{static_cast<Index>(block.grads().size())});
    std::ranges::copy(block.grads(), gradients.data());
    if (threads == 1) {
      expected = gradients;
    } else {
      CHECK(gradients == expected);
    }
  }
}
