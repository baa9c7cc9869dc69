#include <wick/optim/clip_grad.hpp>

#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

template <class T>
struct Gradients {
  std::shared_ptr<ParameterBlock<T>> block = std::make_shared<ParameterBlock<T>>();

  Gradients() {
    block->add("a", {3});
    block->add("unreached", {5});
    block->add("b", {2, 2});
    block->require_grad();
    std::ranges::copy(std::vector<T>{3, -4, T(0.5)}, block->grad("a").data());
    std::ranges::copy(std::vector<T>{1, -2, 10, T(0.25)}, block->grad("b").data());
  }
  [[nodiscard]] std::vector<double> values() const {
    const ParameterBlock<T>& block_now = *block;
    std::vector<double> all;
    for (const char* name : {"a", "b"}) {
      for (const T g : block_now.grad(name).span()) all.push_back(static_cast<double>(g));
    }
    return all;
  }
};

}  // namespace

TEST_CASE_TEMPLATE("norms and clipped gradients are PyTorch's", T, float, double) {
  // a = torch.tensor([3, -4, 0.5]); b = torch.tensor([[1, -2], [10, 0.25]]), both their own gradients;
  // torch.nn.utils.clip_grad_norm_([a, b], 5.0, norm_type=p), torch 2.13.0, float64
  struct Case {
    double p, norm, first;
  };
  for (const Case& c :
       {Case{2, 11.415450056830874, 1.314008524527305}, Case{1, 20.75, 0.7228915314269142},
        Case{3.5, 10.165655650877603, 1.4755564264218042}, Case{infinity, 10.0, 1.4999998500000151}}) {
    CAPTURE(c.p);
    constexpr double tolerance = sizeof(T) == 4 ? 1e-6 : 1e-14;
    Gradients<T> g;
    const std::vector<double> before = g.values();
    double found = 0;
    const ClipGradNormOptions options{.norm_type = c.p};
    CHECK(wick_tests::allocations_in([&] { found = clip_grad_norm_(g.block, 5.0, options); }) == 0);
    CHECK(wick_tests::close(found, c.norm, tolerance));
    const std::vector<double> after = g.values();
    for (std::size_t i = 0; i < after.size(); ++i) {
      CHECK(wick_tests::close(after[i], before[i] / 3 * c.first, tolerance));
    }
    CHECK_FALSE(g.block->has_new_grad(1));
    CHECK(g.block->has_new_grad(0));
  }
}

TEST_CASE("gradients that are small enough stay as they are, and none are none") {
  Gradients<float> g;
  const auto before = g.values();
  CHECK(wick_tests::close(clip_grad_norm_(g.block, 12.0), 11.415450056830874, 1e-7));
  CHECK(g.values() == before);
  CHECK(wick_tests::close(clip_grad_norm_(g.block, infinity), 11.415450056830874, 1e-7));
  CHECK(g.values() == before);
  g.block->zero_grad();
  CHECK(clip_grad_norm_(g.block, 1.0) == 0);
  clip_grad_value_(g.block, 1.0);
  CHECK_FALSE(g.block->has_new_grad());
}

TEST_CASE("values are clamped, those of reached parameters alone") {
  Gradients<double> g;
  CHECK(wick_tests::allocations_in([&] { clip_grad_value_(g.block, 2.5); }) == 0);
  CHECK(g.values() == std::vector<double>{2.5, -2.5, 0.5, 1, -2, 2.5, 0.25});
  CHECK_FALSE(g.block->has_new_grad(1));
  clip_grad_value_(g.block, 0.0);
  CHECK(std::ranges::all_of(g.values(), [](double x) { return x == 0; }));
}

TEST_CASE("norms of many elements are those of a plain sum") {
  auto block = std::make_shared<ParameterBlock<float>>();
  block->add("a", {1003});
  block->require_grad();
  double squares = 0;
  for (Index i = 0; i < 1003; ++i) {
    const float x = std::sin(static_cast<float>(i));
    block->grad("a").data()[i] = x;
    squares += static_cast<double>(x) * static_cast<double>(x);
  }
  CHECK(wick_tests::close(clip_grad_norm_(block, 1e9), std::sqrt(squares), 1e-14));
}

TEST_CASE("a norm that is not finite, and numbers that are none") {
  for (const double p : {2.0, 1.0, 3.0, infinity}) {
    CAPTURE(p);
    Gradients<float> g;
    g.block->grad("a").data()[1] = std::numeric_limits<float>::quiet_NaN();
    CHECK(contains(message_of<Error>([&] {
                     static_cast<void>(
                         clip_grad_norm_(g.block, 1.0, {.norm_type = p, .error_if_nonfinite = true}));
                   }),
                   "for gradients from `parameters` is non-finite, so it cannot be clipped"));
    CHECK(g.values()[0] == 3);
    CHECK(std::isnan(clip_grad_norm_(g.block, 1.0, {.norm_type = p})));
    CHECK(std::isnan(g.values()[0]));
  }
  Gradients<float> g;
  CHECK(message_of<OptionError>([&] { static_cast<void>(clip_grad_norm_(g.block, -1.0)); }) ==
        "clip_grad_norm_: max_norm must be >= 0, got -1.0");
  CHECK(message_of<OptionError>([&] {
          static_cast<void>(clip_grad_norm_(g.block, 1.0, {.norm_type = 0}));
        }) == "clip_grad_norm_: norm_type must be > 0, got 0.0");
  CHECK(message_of<OptionError>([&] { clip_grad_value_(g.block, not_a_number); }) ==
        "clip_grad_value_: clip_value must be >= 0, got nan");
}
