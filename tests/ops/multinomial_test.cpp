#include <wick/ops/multinomial.hpp>

#include "support/op_cases.hpp"
#include "support/throws.hpp"

#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using namespace wick;
using wick_tests::check_result;
using wick_tests::for_each_case;
using wick_tests::message_of;
using wick_tests::OpCase;
using wick_tests::with_type;

TEST_CASE("draws are PyTorch's, and what is drawn afterwards") {
  for_each_case("multinomial", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      if constexpr (Floating<T>) {
        Generator g(static_cast<std::uint64_t>(c.arguments[0]));
        check_result(multinomial(c.input<T>(), c.index(1), c.arguments[2] != 0, g), c.expected[0]);
        check_result(randint(0, 1 << 20, {1}, g), c.expected[1]);
      }
    });
  });
}

TEST_CASE("weights that are no distribution are refused before anything is drawn") {
  using F = Tensor<float>;
  Generator g(1);
  const GeneratorState before = g.state();
  const auto refused = [&](const F& p, Index n, bool again = false) {
    return message_of<Error>([&] { static_cast<void>(multinomial(p, n, again, g)); });
  };
  CHECK(refused(F::zeros({3}), 2) ==
        "multinomial: invalid multinomial distribution (sum of probabilities <= 0) in row 0");
  CHECK(wick_tests::contains(refused(F::ones({3}), 4),
                             "cannot sample n_sample > prob_dist.size(-1) samples without replacement"));
  CHECK(refused(F::from({1, -1}), 1) ==
        "multinomial: probability tensor contains either `inf`, `nan` or element < 0");
  CHECK(refused(F::from({1, std::numeric_limits<float>::quiet_NaN()}), 1) ==
        "multinomial: probability tensor contains either `inf`, `nan` or element < 0");
  CHECK(refused(F::from({1, std::numeric_limits<float>::infinity()}), 1, true) ==
        "multinomial: probability tensor contains either `inf`, `nan` or element < 0");
  CHECK(refused(F::ones({3}), 0) == "multinomial: cannot sample n_sample <= 0 samples, got 0");
  CHECK(refused(F::ones({2, 2, 2}), 1) == "multinomial: prob_dist must be 1 or 2 dim, got shape [2, 2, 2]");
  CHECK(g.state() == before);
}
