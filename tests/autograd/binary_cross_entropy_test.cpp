#include <wick/autograd/binary_cross_entropy.hpp>

#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/loss/bce_with_logits.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

// x = torch.tensor([[0., 1.5], [-3., 40.], [2., -90.]], dtype=torch.double, requires_grad=True)
// y = torch.tensor([[1., 0.], [1., 1.], [0.25, 0.]], dtype=torch.double)
// loss = F.binary_cross_entropy_with_logits(x, y, reduction=...)
TEST_CASE("binary cross-entropy of logits has PyTorch's values, also of large ones and of zero") {
  const auto x = Tensor<double>::from({{0, 1.5}, {-3, 40}, {2, -90}});
  const auto y = Tensor<double>::from({{1, 0}, {1, 1}, {0.25, 0}});
  Recorder<double> recorder;
  {
    const auto in = recorder->input(x, true);
    const auto loss = binary_cross_entropy_with_logits(in, y);
    CHECK(loss.item() == doctest::Approx(1.1783459701932353).epsilon(1e-14));
    loss.backward();
    const auto expected = Tensor<double>::from({{-0.08333333333333333, 0.1362624126989406},
                                                {-0.15876235447040554, 0.0},
                                                {0.10513284632964705, 1.3656687706650857e-40}});
    for (Index i = 0; i < 6; ++i) CHECK(std::abs(in.grad().data()[i] - expected.data()[i]) < 1e-16);
  }
  CHECK(binary_cross_entropy_with_logits(recorder->input(x), y, Reduction::sum).item() ==
        doctest::Approx(7.070075821159412).epsilon(1e-14));
  const auto each = binary_cross_entropy_with_logits(recorder->input(x), y, Reduction::none).tensor();
  CHECK(each.shape() == Shape{3, 2});
  const auto expected = Tensor<double>::from({{0.6931471805599453, 1.7014132779827524},
                                              {3.048587351573742, 4.248354255291589e-18},
                                              {1.6269280110429725, 0.0}});
  for (Index i = 0; i < 6; ++i) CHECK(std::abs(each.data()[i] - expected.data()[i]) < 1e-15);

  // As a value.
  std::ostringstream name;
  name << BCEWithLogitsLoss();
  CHECK(name.str() == "BCEWithLogitsLoss()");
  CHECK(BCEWithLogitsLoss<double>({.reduction = Reduction::sum})(recorder->input(x), y).item() ==
        doctest::Approx(7.070075821159412).epsilon(1e-14));
}

TEST_CASE("binary cross-entropy: derivatives of both orders, of any shape") {
  const auto y = numbers({2, 3}, 2, 0, 1);
  for (const Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none}) {
    check_derivatives(
        [&](const Variables& v) { return binary_cross_entropy_with_logits(v[0], y, reduction); },
        {numbers({2, 3}, 1)});
  }
  check_derivatives(
      [&](const Variables& v) {
        return binary_cross_entropy_with_logits(v[0], Tensor<double>::from({1, 0, 1, 0.5}));
      },
      {numbers({4}, 3)});
}

TEST_CASE("binary cross-entropy: targets of another shape are refused") {
  Recorder<float> recorder;
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(binary_cross_entropy_with_logits(recorder->input(Tensor<float>::zeros({4, 1})),
                                                             Tensor<float>::zeros({4})));
        }) == "binary_cross_entropy_with_logits: Target size ([4]) must be the same as input size ([4, 1])");
}
