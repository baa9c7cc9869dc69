#include <wick/kernels/log_softmax.hpp>
#include <wick/kernels/row_block.hpp>

#include "support/draw.hpp"

#include <wick/ops/activation.hpp>
#include <wick/ops/gemm.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <vector>

using namespace wick;
using wick_tests::draw;

namespace {

template <class T>
constexpr T infinity = std::numeric_limits<T>::infinity();

}  // namespace

TEST_CASE_TEMPLATE("a layer over a block of rows has the bits of the packed product or of the dot products",
                   T, float, double) {
  const auto& kernels = detail::kernels::row_block_kernels<T>();
  const T nan = std::numeric_limits<T>::quiet_NaN();
  for (const Index rows :
       {Index{1}, Index{2}, kernels.lanes - 1, kernels.lanes, kernels.lanes + 1, kernels.rows}) {
    for (const Index in : {1, 3, 8, 15, 16, 17, 33, 150}) {
      for (const Index out : {1, 2, 5, 8, 10, 16, 17, 20, 32, 67}) {
        CAPTURE(rows);
        CAPTURE(in);
        CAPTURE(out);
        Generator g(1);
        auto x = draw<T>(rows * in, g);
        const auto weight = draw<T>(out * in, g);
        const auto bias = draw<T>(out, g);
        if (rows > 2) x[static_cast<std::size_t>(in)] = nan;  // and no row beside it
        const Index width = kernels.width_of(rows);
        REQUIRE(width >= rows);
        std::vector<T> from(static_cast<std::size_t>(kernels.rows * in), nan);
        std::vector<T> to(static_cast<std::size_t>(kernels.rows * out) + 1, nan);
        kernels.load(x.data(), rows, in, from.data());
        const auto check = [&](bool narrow, bool relu) {
          std::vector<T> expected;
          for (Index r = 0; r < rows; ++r) expected.insert(expected.end(), bias.begin(), bias.end());
          if (narrow) {
            gemm_narrow(rows, out, in, x.data(), weight.data(), expected.data());
          } else {
            GemmScratch<T> scratch;
            gemm_bias(rows, out, in, x.data(), weight.data(), bias.data(), expected.data(), scratch);
          }
          if (relu) relu_forward(expected.data(), expected.data(), rows * out);
          const auto layer = narrow ? kernels.narrow_layer : kernels.layer;
          to.back() = T(5);
          layer(in, out, weight.data(), bias.data(), from.data(), to.data(), width,
                relu ? T(0) : -infinity<T>);
          CHECK(to.back() == T(5));
          std::vector<T> y(static_cast<std::size_t>(rows * out) + 1, T(5));
          kernels.store(to.data(), rows, out, y.data(), false);
          CHECK(y.back() == T(5));
          CHECK(std::equal(expected.begin(), expected.end(), y.begin(),
                           [](T a, T b) { return a == b || (a != a && b != b); }));
        };
        for (const bool relu : {false, true}) {
          check(false, relu);
          check(true, relu);
        }
      }
    }
  }
}

TEST_CASE_TEMPLATE("log-softmax of a block is that of its rows", T, float, double) {
  const auto& kernels = detail::kernels::row_block_kernels<T>();
  for (Index rows = 1; rows <= kernels.rows; ++rows) {
    for (const Index cols : {1, 2, 3, 10, 16, 17, 40}) {
      CAPTURE(rows);
      CAPTURE(cols);
      Generator g(2);
      const auto x = draw<T>(rows * cols, g);
      std::vector<T> block(static_cast<std::size_t>(kernels.rows * cols));
      kernels.load(x.data(), rows, cols, block.data());
      std::vector<T> y(x.size() + 1, T(5));
      kernels.store(block.data(), rows, cols, y.data(), true);
      CHECK(y.back() == T(5));
      for (Index r = 0; r < rows; ++r) {
        std::vector<T> row(static_cast<std::size_t>(cols));
        detail::kernels::log_softmax_rows(Index{1}, cols, x.data() + r * cols, row.data());
        CHECK(std::equal(row.begin(), row.end(), y.begin() + r * cols));
      }
    }
  }
}
