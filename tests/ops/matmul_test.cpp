#include <wick/ops/matmul.hpp>

#include "support/allocations.hpp"
#include "support/op_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using namespace wick;
using wick_tests::check_result;
using wick_tests::for_each_case;
using wick_tests::message_of;
using wick_tests::OpCase;
using wick_tests::with_type;

namespace {

using F = Tensor<float>;
template <class X, class Y>
concept multiplies = requires(const X& x, const Y& y) {
  matmul(x, y);
};
static_assert(multiplies<F, F> && multiplies<F, TensorView<const float>> && !multiplies<F, Tensor<double>>);

}  // namespace

TEST_CASE("products are PyTorch's") {
  for_each_case("matmul", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      if constexpr (!std::is_same_v<T, bool>) {
        const Tensor<T> x = c.input<T>(0);
        const Tensor<T> y = c.input<T>(1);
        const double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-14;
        check_result(matmul(x, y), c.expected[0], tolerance, tolerance);
        if (x.dim() == 1 && y.dim() == 1) check_result(dot(x, y), c.expected[0], tolerance, tolerance);
        if (x.dim() == 2 && y.dim() == 2) check_result(mm(x, y), c.expected[0], tolerance, tolerance);
        if (x.dim() == 3 && y.dim() == 3 && x.size(0) == y.size(0)) {
          check_result(bmm(x, y), c.expected[0], tolerance, tolerance);
        }
      }
    });
  });
  for_each_case("outer", [](const OpCase& c) {
    with_type(c.given[0],
              [&]<class T>(T) { check_result(outer(c.input<T>(0), c.input<T>(1)), c.expected[0]); });
  });
}

TEST_CASE("products into memory that is there allocate nothing once the scratch has grown") {
  const F x = F::full({7, 20}, 1);
  const F y = F::full({20, 9}, 2);
  F out({7, 9});
  GemmScratch<float> scratch;
  matmul_out(out, x, y, scratch);
  out.fill(0);
  CHECK(wick_tests::allocations_in([&] { matmul_out(out, x, y, scratch); }) == 0);
  CHECK(out == F::full({7, 9}, 40));
  F square = F::full({3, 3}, 1);
  CHECK_THROWS_AS(matmul_out(square, square, square, scratch), Error);
  CHECK_THROWS_AS(matmul_out(square, x, y, scratch), ShapeError);
}

TEST_CASE("shapes that do not fit are refused in PyTorch's words") {
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(matmul(F({2, 3}), F({4, 5})));
        }) == "matmul: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5) (shapes [2, 3] and [4, 5])");
  CHECK(message_of<ShapeError>([] { static_cast<void>(matmul(F(Shape{}), F({3}))); }) ==
        "both arguments to matmul need to be at least 1D, but they are 0D and 1D (shapes [] and [3])");
  CHECK(message_of<ShapeError>([] { static_cast<void>(dot(F({3}), F({4}))); }) ==
        "dot: inconsistent tensor size, expected tensor [3] and src [4] to have the same number of elements, "
        "but got 3 "
        "and 4 elements respectively");
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(matmul(F({2, 2, 3}), F({3, 3, 5})));
        }) ==
        "matmul: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0 "
        "(shapes [2] "
        "and [3])");
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(bmm(F({2, 2, 3}), F({2, 4, 5})));
        }) ==
        "bmm: Expected size for first two dimensions of batch2 tensor to be: [2, 3] but got: [2, 4] (shapes "
        "[2, 2, 3] "
        "and [2, 4, 5]).");
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(bmm(F({2, 3}), F({2, 4, 5})));
        }) == "bmm: batch1 must be a 3D tensor, got shape [2, 3]");
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(dot(F({2, 2}), F({3})));
        }) == "dot: 1D tensors expected, but got 2D and 1D tensors");
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(outer(F({2, 2}), F({3})));
        }) == "outer: Expected 1-D argument self, but got 2-D");
}
