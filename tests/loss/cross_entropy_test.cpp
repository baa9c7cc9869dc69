#include <wick/loss/cross_entropy.hpp>

#include "support/throws.hpp"

#include <wick/autograd/losses.hpp>
#include <wick/autograd/recorder.hpp>
#include <wick/loss/nll.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <sstream>
#include <type_traits>

using namespace wick;

// x = torch.tensor([[0.5, -1., 2.], [3., 0., -0.25]], dtype=torch.double); t = torch.tensor([2, 1])
// F.cross_entropy(x, t), F.cross_entropy(x, t, weight=torch.tensor([0.5, 2, 0.25]), reduction='sum')
TEST_CASE("CrossEntropyLoss is cross_entropy, with its options") {
  Recorder<double> recorder;
  const auto x = Tensor<double>::from({{0.5, -1, 2}, {3, 0, -0.25}});
  const auto t = Tensor<std::int64_t>::from({2, 1});
  CHECK(CrossEntropyLoss<double>()(recorder->input(x), t).item() ==
        doctest::Approx(1.6630840954655342).epsilon(1e-14));
  const CrossEntropyLoss<double> weighted(
      {.weight = Tensor<double>::from({0.5, 2, 0.25}), .reduction = Reduction::sum});
  CHECK(weighted(recorder->input(x), t).item() == doctest::Approx(6.230041612712111).epsilon(1e-14));
  CHECK(weighted.options().weight->numel() == 3);
  CHECK_THROWS_AS(CrossEntropyLoss<double>({.weight = Tensor<double>::from({std::nan("")})}), OptionError);
  CHECK_THROWS_AS(
      static_cast<void>(CrossEntropyLoss<double>()(recorder->input(x), Tensor<std::int64_t>::from({3, 1}))),
      IndexError);
  std::ostringstream name;
  name << CrossEntropyLoss();
  CHECK(name.str() == "CrossEntropyLoss()");
  static_assert(std::is_same_v<decltype(CrossEntropyLoss()), CrossEntropyLoss<float>>);
}

TEST_CASE("NLLLoss takes variables, too, and plain numbers as ever") {
  Recorder<float> recorder;
  const auto log_probs = Tensor<float>::from({{-1, -0.5}, {-2, -0.25}});
  const auto t = Tensor<std::int64_t>::from({0, 1});
  const NLLLoss<float> criterion;
  CHECK(criterion(recorder->input(log_probs), t).item() == criterion(log_probs, t));
  CHECK(NLLLoss<float>({.reduction = Reduction::none})(recorder->input(log_probs), t).tensor() ==
        Tensor<float>::from({1, 0.25}));
}
