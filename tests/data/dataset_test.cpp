#include <wick/data/dataset.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>
#include <vector>

using wick::Index;
using wick::Shape;
using wick::Tensor;
using wick_tests::message_of;

static_assert(wick::DatasetFor<wick::TensorDataset<float>, float>);
static_assert(wick::DatasetFor<wick::TensorDataset<double>, double>);
static_assert(!wick::DatasetFor<wick::TensorDataset<float>, double>);
static_assert(!wick::DatasetFor<int, float>);

TEST_CASE("collate gathers rows and labels in the order asked for") {
  Tensor<float> features(Shape{4, 2, 3});
  for (Index i = 0; i < features.numel(); ++i) features.data()[i] = static_cast<float>(i);
  const wick::TensorDataset<float> data(features, Tensor<std::int64_t>::from({10, 11, 12, 13}));
  CHECK(data.size() == 4);
  wick::Batch<float> batch;
  const std::vector<Index> indices{3, 0, 3};
  data.collate(indices, batch);
  auto& [inputs, targets] = batch;
  CHECK(inputs.shape() == Shape{3, 2, 3});
  CHECK(targets == Tensor<std::int64_t>::from({13, 10, 13}));
  for (Index b = 0; b < 3; ++b) {
    for (Index i = 0; i < 6; ++i) {
      CHECK(inputs.data()[b * 6 + i] == static_cast<float>(indices[static_cast<std::size_t>(b)] * 6 + i));
    }
  }
}

TEST_CASE("features may be a vector, and a smaller batch keeps its memory") {
  const wick::TensorDataset<double> data(Tensor<double>::from({1.0, 2.0, 3.0}),
                                         Tensor<std::int64_t>::from({0, 1, 2}));
  wick::Batch<double> batch;
  data.collate(std::vector<Index>{0, 1, 2}, batch);
  CHECK(batch.inputs == Tensor<double>::from({1.0, 2.0, 3.0}));
  const double* memory = batch.inputs.data();
  data.collate(std::vector<Index>{2}, batch);
  CHECK(batch.inputs == Tensor<double>::from({3.0}));
  CHECK(batch.inputs.data() == memory);
  data.collate(std::vector<Index>{}, batch);
  CHECK(batch.inputs.shape() == Shape{0});
}

TEST_CASE("sizes that do not fit are refused") {
  using Data = wick::TensorDataset<float>;
  using Labels = Tensor<std::int64_t>;
  const auto refusal = [](Tensor<float> features, Labels labels) {
    return message_of<wick::ShapeError>([&] { Data(std::move(features), std::move(labels)); });
  };
  CHECK(refusal(Tensor<float>::zeros(Shape{3, 2}), Labels::zeros(Shape{4})) ==
        "TensorDataset: expected labels of shape [3] for features of shape [3, 2], got [4]");
  CHECK(refusal(Tensor<float>::zeros(Shape{3, 2}), Labels::zeros(Shape{3, 1})) ==
        "TensorDataset: expected labels of shape [3] for features of shape [3, 2], got [3, 1]");
  CHECK(refusal(Tensor<float>::zeros(Shape{}), Labels::zeros(Shape{1})) ==
        "TensorDataset: features need at least one dimension, got shape []");
  CHECK(Data(Tensor<float>::zeros(Shape{0, 2}), Labels::zeros(Shape{0})).size() == 0);
}

TEST_CASE("numbers may be what is expected, of any shape") {
  const wick::TensorDataset data(Tensor<float>::from({{1, 2}, {3, 4}, {5, 6}}),
                                 Tensor<float>::from({{10, 11}, {20, 21}, {30, 31}}));
  static_assert(std::is_same_v<decltype(data), const wick::TensorDataset<float, float>>);
  static_assert(wick::DatasetFor<wick::TensorDataset<float, float>, float>);
  static_assert(!wick::DatasetFor<wick::TensorDataset<double, float>, float>);
  wick::Batch<float, float> batch;
  data.collate(std::vector<Index>{2, 0}, batch);
  auto& [inputs, targets] = batch;
  CHECK(inputs == Tensor<float>::from({{5, 6}, {1, 2}}));
  CHECK(targets == Tensor<float>::from({{30, 31}, {10, 11}}));
  CHECK(message_of<wick::ShapeError>([] {
          wick::TensorDataset(Tensor<float>::zeros(Shape{3, 2}), Tensor<float>::zeros(Shape{2, 1}));
        }) == "TensorDataset: expected labels of shape [3, ...] for features of shape [3, 2], got [2, 1]");
  CHECK(message_of<wick::ShapeError>([] {
          wick::TensorDataset(Tensor<float>::zeros(Shape{3, 2}), Tensor<float>::zeros(Shape{}));
        }) == "TensorDataset: expected labels of shape [3, ...] for features of shape [3, 2], got []");
}

TEST_CASE("more tensors make batches that are tuples") {
  const wick::TensorDataset<float, std::int64_t, double> data(
      Tensor<float>::from({{1, 2}, {3, 4}}), Tensor<std::int64_t>::from({{1, 2, 3}, {4, 5, 6}}),
      Tensor<double>::from({0.5, 0.25}));
  static_assert(wick::DatasetFor<decltype(data), float> && !wick::DatasetFor<decltype(data), double>);
  wick::TensorDataset<float, std::int64_t, double>::Batch batch;
  data.collate(std::vector<Index>{1, 1, 0}, batch);
  const auto& [a, b, c] = batch;
  CHECK(a == Tensor<float>::from({{3, 4}, {3, 4}, {1, 2}}));
  CHECK(b == Tensor<std::int64_t>::from({{4, 5, 6}, {4, 5, 6}, {1, 2, 3}}));
  CHECK(c == Tensor<double>::from({0.25, 0.25, 0.5}));
  using Data = wick::TensorDataset<float, std::int64_t, double>;
  CHECK_THROWS_AS(Data(Tensor<float>::zeros(Shape{2, 2}), Tensor<std::int64_t>::zeros(Shape{2}),
                       Tensor<double>::zeros(Shape{3})),
                  wick::ShapeError);
}

TEST_CASE("an index outside the dataset is refused and the batch stays as it was") {
  const wick::TensorDataset<float> data(Tensor<float>::from({5.0F, 6.0F}),
                                        Tensor<std::int64_t>::from({0, 1}));
  wick::Batch<float> batch;
  data.collate(std::vector<Index>{1}, batch);
  for (const Index bad : {Index{2}, Index{-1}}) {
    const auto text = message_of<wick::IndexError>([&] { data.collate(std::vector<Index>{0, bad}, batch); });
    CHECK(text ==
          "TensorDataset: index " + std::to_string(bad) + " is out of range for a dataset of 2 samples");
    CHECK(batch.inputs == Tensor<float>::from({6.0F}));
  }
}
