#include <wick/tensor/eigen.hpp>
#include <wick/tensor/tensor.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::message_of;

namespace {

Tensor<float> counting(const Shape& shape) {
  Tensor<float> t(shape);
  for (Index i = 0; i < t.numel(); ++i) t.data()[i] = static_cast<float>(i);
  return t;
}

constexpr Index huge = Index{1} << (sizeof(Index) > 4 ? 40 : 20);  // twice is too much
constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

// A read-only tensor gives read-only views.
static_assert(std::is_same_v<decltype(std::declval<const Tensor<float>&>().view()), TensorView<const float>>);
static_assert(std::is_same_v<decltype(std::declval<const Tensor<float>&>()[0]), TensorView<const float>>);
static_assert(std::is_same_v<decltype(std::declval<const Tensor<float>&>().at(0)), const float&>);
static_assert(!std::is_convertible_v<const Tensor<float>&, TensorView<float>>);

// Nothing that looks into a temporary tensor outlives it.
template <class X>
concept has_view = requires(X&& x) {
  std::forward<X>(x).view();
};
template <class X>
concept has_span = requires(X&& x) {
  std::forward<X>(x).span();
};
template <class X>
concept has_data = requires(X&& x) {
  std::forward<X>(x).data();
};
template <class X>
concept has_rows = requires(X&& x) {
  std::forward<X>(x).rows(0, 1);
};
template <class X>
concept has_row = requires(X&& x) {
  std::forward<X>(x)[0];
};
template <class X>
concept has_matrix = requires(X&& x) {
  std::forward<X>(x).matrix();
};
template <class X>
concept has_array = requires(X&& x) {
  std::forward<X>(x).array();
};
template <class X>
concept shows = std::convertible_to<X, TensorView<const float>> && has_view<X> && has_span<X> &&
    has_data<X> && has_rows<X> && has_row<X> && has_matrix<X> && has_array<X>;
template <class X>
concept shows_something =
    std::convertible_to<X, TensorView<const float>> || std::convertible_to<X, TensorView<float>> ||
    has_view<X> || has_span<X> || has_data<X> || has_rows<X> || has_row<X> || has_matrix<X> || has_array<X>;
static_assert(shows<Tensor<float>&> && shows<const Tensor<float>&>);
static_assert(!shows_something<Tensor<float>> && !shows_something<const Tensor<float>>);
static_assert(std::is_same_v<decltype(std::declval<Tensor<float>>().at(0)), float>);
static_assert(std::is_same_v<decltype(std::declval<Tensor<float>>().shape()), Shape>);
static_assert(std::is_same_v<decltype(std::declval<TensorView<float>>().shape()), Shape>);
template <class X>
concept has_dims = requires(X&& x) {
  std::forward<X>(x).dims();
};
static_assert(has_dims<Shape&> && !has_dims<Shape>);
// But arguments may be temporary.
static_assert(std::is_convertible_v<Tensor<float>, TensorArg<float>>);
static_assert(std::is_convertible_v<const Tensor<float>&, TensorArg<float>>);
static_assert(std::is_convertible_v<TensorView<float>, TensorArg<float>>);
static_assert(std::is_convertible_v<TensorView<const float>, TensorArg<float>>);
static_assert(!std::is_convertible_v<Tensor<double>, TensorArg<float>>);
static_assert(!std::is_convertible_v<TensorView<const float>, TensorView<float>>);
static_assert(!std::is_assignable_v<TensorView<float>, Tensor<float>&>);
static_assert(!std::is_assignable_v<TensorView<float>, TensorView<float>>);
static_assert(std::is_assignable_v<TensorView<float>&, TensorView<float>>);
static_assert(std::is_trivially_copyable_v<TensorView<float>> == std::is_trivially_copyable_v<Shape>);
static_assert(std::is_nothrow_move_constructible_v<Tensor<float>>);
static_assert(std::is_nothrow_move_assignable_v<Tensor<float>>);

}  // namespace

TEST_CASE("tensors are made from values, shapes and spans") {
  const auto v = Tensor<float>::from({1, 2, 3});
  CHECK(v.shape() == Shape{3});
  CHECK(v.at(2) == 3);

  const auto m = Tensor<double>::from({{1, 2, 3}, {4, 5, 6}});
  CHECK(m.shape() == Shape{2, 3});
  CHECK(m.at(1, 0) == 4);
  CHECK(m.data()[5] == 6);

  const std::vector<std::int64_t> numbers{1, 2, 3, 4, 5, 6};
  const auto t = Tensor<std::int64_t>::from(numbers, {3, 1, 2});
  CHECK(t.shape() == Shape{3, 1, 2});
  CHECK(t.at(2, 0, 1) == 6);

  CHECK(Tensor<float>::zeros({2, 2}) == Tensor<float>::from({{0, 0}, {0, 0}}));
  CHECK(Tensor<float>::ones({2}) == Tensor<float>::from({1, 1}));
  CHECK(Tensor<std::uint8_t>::full({}, 7).item() == 7);
  CHECK(Tensor<float>().shape() == Shape{0});
  CHECK(Tensor<float>(Shape{huge, 0}).numel() == 0);
}

TEST_CASE("values that do not fill a shape are refused") {
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(Tensor<float>::from({{1, 2}, {3, 4, 5}}));
        }) == "Tensor::from: expected rows of 2 elements, got one of 3");
  const std::vector<float> five(5);
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(Tensor<float>::from(five, {2, 3}));
        }) == "reshape: shape [2, 3] is invalid for input of size 5 with shape [5]");
  CHECK_THROWS_AS((Tensor<double>(Shape{Index{1} << (std::numeric_limits<Index>::digits - 2)})), ShapeError);
}

TEST_CASE("data begin at a multiple of 64 bytes") {
  for (const Index n : {1, 3, 100}) {
    const Tensor<float> numbers(Shape{n});
    const Tensor<std::uint8_t> bytes(Shape{n, n});
    CHECK(reinterpret_cast<std::uintptr_t>(numbers.data()) % 64 == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(bytes.data()) % 64 == 0);
  }
}

TEST_CASE("copies are deep and moves leave an empty tensor") {
  auto a = counting({2, 3});
  auto b = a;
  b.at(0, 0) = 9;
  CHECK(a.at(0, 0) == 0);

  const float* data = a.data();
  auto c = std::move(a);
  CHECK(c.data() == data);
  CHECK(c.shape() == Shape{2, 3});
  CHECK(a.shape() == Shape{0});
  CHECK(a.numel() == 0);
  CHECK(a.span().empty());
  CHECK(a == Tensor<float>());

  b = std::move(c);
  CHECK(b.data() == data);
  CHECK(c.shape() == Shape{0});
  CHECK_NOTHROW(c.fill(1));
  const auto copy_of_empty = c;
  CHECK(copy_of_empty.numel() == 0);

  auto& same = b;
  b = std::move(same);
  CHECK(b.data() == data);
  CHECK(b == counting({2, 3}));

  c = counting({4});  // an emptied tensor is as good as new
  CHECK(c == counting({4}));
  c = b;
  CHECK(c == b);
  CHECK(c.data() != b.data());
}

TEST_CASE("reshape keeps the elements and their order") {
  auto t = counting({2, 6});
  const float* data = t.data();
  CHECK(t.view().reshape({3, 4}).data() == data);
  CHECK(t.view().reshape({3, 4}).at(2, 3) == 11);
  const auto copy = t.reshape({12});
  CHECK(copy.data() != data);
  CHECK(copy == counting({12}));
  const auto moved = std::move(t).reshape({1, 12, 1});
  CHECK(moved.data() == data);
  CHECK(moved.shape() == Shape{1, 12, 1});
  CHECK(t.numel() == 0);
  CHECK(Tensor<float>::full({}, 5).reshape({1, 1}).at(0, 0) == 5);
}

TEST_CASE("a reshape that does not fit throws and changes nothing") {
  auto t = counting({2, 3});
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(t.reshape({4, 2}));
        }) == "reshape: shape [4, 2] is invalid for input of size 6 with shape [2, 3]");
  CHECK_THROWS_AS(static_cast<void>(std::move(t).reshape({7})), ShapeError);
  CHECK(t == counting({2, 3}));
}

TEST_CASE("resize keeps memory that is large enough") {
  Tensor<float> t(Shape{10, 10});
  const float* data = t.data();
  t.resize({3, 5});
  CHECK(t.shape() == Shape{3, 5});
  t.resize({0, 7});
  CHECK(t.numel() == 0);
  t.resize({100});
  CHECK(t.data() == data);
  CHECK_THROWS_AS(t.resize({Index{1} << (std::numeric_limits<Index>::digits - 1)}), ShapeError);
  CHECK(t.shape() == Shape{100});
  CHECK(t.data() == data);
}

TEST_CASE("rows and sub-tensors are views of the same elements") {
  auto t = counting({4, 2, 3});
  const auto rows = t.rows(1, 3);
  CHECK(rows.shape() == Shape{2, 2, 3});
  CHECK(rows.data() == t.data() + 6);
  CHECK(rows.at(1, 1, 2) == 17);
  CHECK(t[3].shape() == Shape{2, 3});
  CHECK(t[3][1].at(2) == 23);
  CHECK(t[0][0][0].item() == 0);
  t[2].fill(-1);
  CHECK(t.at(2, 0, 0) == -1);
  CHECK(t.at(3, 0, 0) == 18);
  CHECK(t.rows(4, 4).numel() == 0);
  CHECK(t.rows(0, 0).shape() == Shape{0, 2, 3});
  CHECK(t.rows(0, 4).shape() == t.shape());
  CHECK(t.size(-1) == 3);
}

TEST_CASE(
    "elements are written by copy_(); a temporary view cannot be assigned to, which would write nothing") {
  Tensor<float> t = Tensor<float>::from({{1, 2}, {3, 4}, {5, 6}});
  t[0].copy_(Tensor<float>::from({7, 8}));
  t.rows(1, 3).copy_(t.rows(0, 2));
  CHECK(t == Tensor<float>::from({{7, 8}, {7, 8}, {3, 4}}));
  t.copy_(Tensor<float>::zeros({3, 2}));
  CHECK(t == Tensor<float>::zeros({3, 2}));
  TensorView<float> row = t[0];
  row = t[1];  // another row from now on
  CHECK(row.data() == t.data() + 2);
  try {
    t[0].copy_(t.rows(0, 1));
    FAIL("copied");
  } catch (const ShapeError& e) {
    CHECK(std::string(e.what()) == "copy_: expected a tensor of shape [2], got [1, 2]");
  }
}

TEST_CASE("rows that are not there are refused") {
  auto t = counting({4, 2});
  CHECK(message_of<IndexError>([&] { static_cast<void>(t.rows(1, 5)); }) ==
        "rows: [1, 5) is out of range for a tensor of shape [4, 2]");
  CHECK_THROWS_AS(static_cast<void>(t.rows(-1, 2)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(t.rows(3, 2)), IndexError);
  CHECK(message_of<IndexError>([&] { static_cast<void>(t[4]); }) ==
        "index 4 is out of range for a tensor of shape [4, 2]");
  CHECK_THROWS_AS(static_cast<void>(t[-1]), IndexError);
  auto scalar = Tensor<float>::full({}, 1);
  CHECK_THROWS_AS(static_cast<void>(scalar.rows(0, 0)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(scalar[0]), IndexError);
  Tensor<float> empty;
  CHECK(empty.rows(0, 0).numel() == 0);
  CHECK_THROWS_AS(static_cast<void>(empty[0]), IndexError);
}

TEST_CASE("elements are found by all their coordinates and by no others") {
  auto t = counting({2, 3});
  t.at(1, 2) = 50;
  CHECK(t.data()[5] == 50);
  CHECK(message_of<IndexError>([&] { static_cast<void>(t.at(1)); }) ==
        "at: 1 coordinates for a tensor of shape [2, 3]");
  CHECK(message_of<IndexError>([&] { static_cast<void>(t.at(1, 3)); }) ==
        "at: coordinate 3 is out of range for dimension 1 of a tensor of shape [2, 3]");
  CHECK_THROWS_AS(static_cast<void>(t.at(-1, 0)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(t.at(2, 0)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(t.at()), IndexError);
  CHECK(Tensor<float>::full({}, 3).at() == 3);
}

TEST_CASE("only a tensor with one element is a number") {
  CHECK(Tensor<float>::full({1, 1}, 4).item() == 4);
  CHECK(message_of<ShapeError>([] { static_cast<void>(counting({3}).item()); }) ==
        "item: a tensor with 3 elements cannot be converted to one number");
  CHECK_THROWS_AS(static_cast<void>(Tensor<float>().item()), ShapeError);
}

TEST_CASE("a tensor is an Eigen matrix without a copy") {
  auto t = counting({2, 2, 3});
  auto m = t.matrix();
  CHECK(m.rows() == 4);
  CHECK(m.cols() == 3);
  CHECK(m(3, 1) == 10);
  m(0, 0) = 42;
  CHECK(t.at(0, 0, 0) == 42);
  CHECK(t.matrix().data() == t.data());
  t.array() *= 2;
  CHECK(t.at(0, 0, 0) == 84);
  CHECK(std::as_const(t).matrix()(0, 0) == 84);

  const auto vector = counting({5});
  CHECK(vector.matrix().rows() == 1);
  CHECK(vector.matrix().cols() == 5);
  const auto scalar = Tensor<float>::full({}, 2);
  CHECK(scalar.matrix()(0, 0) == 2);

  const auto size_of = [](const Shape& shape) {
    const Tensor<float> x(shape);
    return std::pair{x.matrix().rows(), x.matrix().cols()};
  };
  CHECK(size_of({4, 0}).first == 4);
  CHECK(size_of({0, 4}).second == 4);
  CHECK(size_of({0, huge, 4}).first == 0);
  CHECK(size_of({huge, 5, 0}).first == huge * 5);
}

TEST_CASE("views of empty tensors with huge dimensions do not overflow") {
  Tensor<float> t(Shape{3, huge, 0});
  CHECK(t.rows(1, 2).numel() == 0);
  CHECK(t[2].shape() == Shape{huge, 0});
  Tensor<float> u(Shape{0, huge});
  CHECK(u.rows(0, 0).shape() == Shape{0, huge});
}

TEST_CASE("an Eigen matrix is viewed without a copy and copied whatever its order") {
  Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> row_major(2, 3);
  row_major << 1, 2, 3, 4, 5, 6;
  auto view = view_of(row_major);
  CHECK(view.data() == row_major.data());
  CHECK(view.shape() == Shape{2, 3});
  view.at(1, 1) = 50;
  CHECK(row_major(1, 1) == 50);
  static_assert(std::is_same_v<decltype(view_of(std::as_const(row_major))), TensorView<const float>>);

  Eigen::VectorXd column(3);
  column << 1, 2, 3;
  CHECK(view_of(column).shape() == Shape{3, 1});
  CHECK(view_of(column).at(2, 0) == 3);

  Eigen::MatrixXd column_major(2, 3);
  column_major << 1, 2, 3, 4, 5, 6;
  CHECK(Tensor<double>::from(column_major) == Tensor<double>::from({{1, 2, 3}, {4, 5, 6}}));
  CHECK(Tensor<double>::from(column_major.transpose()) == Tensor<double>::from({{1, 4}, {2, 5}, {3, 6}}));
  CHECK(Tensor<double>::from(column_major.array() + 1).at(1, 2) == 7);
  CHECK(Tensor<double>::from(column_major.leftCols(1)).shape() == Shape{2, 1});
}

TEST_CASE("tensors are equal when shapes and all elements are") {
  const auto t = counting({2, 3});
  CHECK(t == counting({2, 3}));
  CHECK_FALSE(t == counting({3, 2}));
  auto other = t;
  other.at(1, 2) += 1;
  CHECK(t != other);
  CHECK(Tensor<float>() == Tensor<float>());
  CHECK_FALSE(Tensor<float>(Shape{0}) == Tensor<float>(Shape{0, 2}));
  const auto nan = Tensor<double>::from({nan_value});
  CHECK_FALSE(nan == nan);
  CHECK(Tensor<double>::from({0.0}) == Tensor<double>::from({-0.0}));
}

TEST_CASE("all_close allows atol + rtol * |b| and follows torch.allclose at the edges") {
  const auto close = [](double a, double b, double rtol, double atol) {
    return all_close(Tensor<double>::from({a}), Tensor<double>::from({b}), rtol, atol);
  };
  CHECK(close(1.5, 1.0, 0.5, 0));
  CHECK_FALSE(close(1.0, 1.5, 0.3, 0));
  CHECK(close(1.5, 1.0, 0.3, 0.2));
  CHECK_FALSE(close(1.5, 1.0, 0.25, 0.125));
  CHECK(close(0.5, 0, 9, 0.5));
  CHECK_FALSE(close(0.5, 0, 9, 0.25));
  CHECK(close(inf, inf, 0, 0));
  CHECK_FALSE(close(inf, -inf, 1, 1));
  CHECK_FALSE(close(1, inf, 1, 1));
  CHECK_FALSE(close(inf, 1, 1, inf));
  CHECK_FALSE(close(nan_value, nan_value, 1, 1));
  CHECK_FALSE(close(1, nan_value, 1, 1));
  const auto nan = Tensor<double>::from({nan_value});
  CHECK(all_close(nan, nan, 0, 0, true));
  CHECK_FALSE(all_close(nan, Tensor<double>::from({1.0}), 1, 1, true));

  const auto one = Tensor<float>::from({1, 2});
  CHECK(all_close(one, Tensor<float>::from({1.000009F, 2})));
  CHECK_FALSE(all_close(one, Tensor<float>::from({1.00002F, 2})));
  CHECK_FALSE(all_close(one, Tensor<float>::from({{1, 2}})));
  CHECK(all_close(Tensor<float>(), Tensor<float>()));
}

TEST_CASE("float and double live in one program") {
  const auto f = Tensor<float>::full({2}, 0.1F);
  const auto d = Tensor<double>::full({2}, 0.1);
  CHECK(static_cast<double>(f.at(0)) != d.at(0));
}
