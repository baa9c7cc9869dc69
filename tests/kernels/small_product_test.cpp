#include <wick/kernels/small_product.hpp>

#include "support/draw.hpp"

#include <wick/ops/gemm.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace wick;
using wick_tests::draw;

namespace {

/// The edges that small_product() uses, with a mark behind them.
template <class T>
struct Room {
  explicit Room(Index n) : values(static_cast<std::size_t>(n) + 1, T(7)) {}
  [[nodiscard]] bool is_kept() const { return values.back() == T(7); }
  std::vector<T> values;
};

}  // namespace

TEST_CASE_TEMPLATE("small products have the bits of packed ones, however the left operand lies", T, float,
                   double) {
  for (const Index rows : {1, 2, 3, 5, 6, 8, 12, 13, 14, 32}) {
    for (const Index cols : {1, 2, 4, 7, 8, 9, 16, 17, 31, 32, 40, 67}) {
      for (const Index depth : {1, 2, 9, 64, 150}) {
        CAPTURE(rows);
        CAPTURE(cols);
        CAPTURE(depth);
        Generator g(1);
        const auto left = draw<T>(rows * depth, g);
        const auto right = draw<T>(depth * cols, g);
        const auto before = draw<T>(rows * cols, g);
        GemmScratch<T> scratch;
        for (const bool transposed : {false, true}) {
          for (const bool add : {false, true}) {
            auto expected = before;
            const auto accumulate = add ? Accumulate::yes : Accumulate::no;
            if (transposed) {
              gemm<Trans::yes, Trans::no>(rows, cols, depth, left.data(), right.data(), expected.data(),
                                          accumulate, scratch);
            } else {
              gemm<Trans::no, Trans::no>(rows, cols, depth, left.data(), right.data(), expected.data(),
                                         accumulate, scratch);
            }
            // With gaps between the rows, which stay as they are.
            const Index stride = cols + 3;
            std::vector<T> c(static_cast<std::size_t>(rows * stride), T(5));
            for (Index r = 0; r < rows; ++r) {
              std::copy_n(before.begin() + r * cols, cols, c.begin() + r * stride);
            }
            const detail::SmallProduct<T> product{.rows = rows,
                                                  .cols = cols,
                                                  .depth = depth,
                                                  .left = left.data(),
                                                  .row_step = transposed ? 1 : depth,
                                                  .depth_step = transposed ? rows : 1,
                                                  .right = right.data(),
                                                  .right_stride = cols,
                                                  .c = c.data(),
                                                  .c_stride = stride,
                                                  .start = add ? c.data() : nullptr,
                                                  .start_stride = stride};
            Room<T> room(product.edge_room(rows, depth));
            detail::kernels::small_product(product, room.values.data());
            CHECK(room.is_kept());
            for (Index r = 0; r < rows; ++r) {
              CHECK(std::equal(expected.begin() + r * cols, expected.begin() + (r + 1) * cols,
                               c.begin() + r * stride));
              CHECK(std::all_of(c.begin() + r * stride + cols, c.begin() + (r + 1) * stride,
                                [](T v) { return v == T(5); }));
            }
          }
        }
      }
    }
  }
}

TEST_CASE_TEMPLATE("small layers have the bits of packed ones", T, float, double) {
  for (const Index rows : {1, 2, 7, 32}) {
    for (const Index in : {1, 4, 8, 13, 100}) {
      for (const Index out : {1, 5, 17, 32, 45, 128}) {
        CAPTURE(rows);
        CAPTURE(in);
        CAPTURE(out);
        Generator g(2);
        const auto x = draw<T>(rows * in, g);
        const auto weight = draw<T>(out * in, g);
        const auto bias = draw<T>(out, g);
        GemmScratch<T> scratch;
        std::vector<T> expected(static_cast<std::size_t>(rows * out));
        gemm_bias(rows, out, in, x.data(), weight.data(), bias.data(), expected.data(), scratch);
        std::vector<T> y(expected.size() + 1, T(5));
        Room<T> room(in * out + detail::SmallProduct<T>::edge_room(rows, in));
        detail::kernels::small_layer(rows, in, out, x.data(), weight.data(), bias.data(), y.data(),
                                     room.values.data());
        CHECK(room.is_kept());
        CHECK(std::equal(expected.begin(), expected.end(), y.begin()));
        CHECK(y.back() == T(5));
      }
    }
  }
}
