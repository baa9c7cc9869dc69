#include <wick/training/training_error.hpp>

#include "support/throws.hpp"

#include <wick/data/dataset.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using wick::Index;
using wick::Tensor;
using wick_tests::message_of;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

}  // namespace

TEST_CASE("the error of training names the step and the epoch") {
  const wick::TrainingError error(2, 1000, "why");
  CHECK(std::string(error.what()) == "train: step 1000 (epoch 2): why");
  CHECK(error.epoch() == 2);
  CHECK(error.step() == 1000);
}

TEST_CASE("the first parameter that is not finite is named") {
  wick::ParameterBlock<float> block;
  const auto a = block.add("a.weight", {2, 3});
  const auto b = block.add("b.bias", {3});
  const auto found = [&](bool infinity_too) { return wick::detail::not_finite_in(block, infinity_too); };
  CHECK(found(true).empty());
  CHECK_FALSE(wick::detail::holds_infinity(block));
  block.value(a).at(1, 2) = -infinity;
  CHECK(found(true) == "parameter \"a.weight\" holds -inf at element 5");
  CHECK(found(false).empty());
  CHECK(wick::detail::holds_infinity(block));
  block.value(b).at(1) = NAN;
  CHECK(found(true) == "parameter \"a.weight\" holds -inf at element 5");
  CHECK(found(false) == "parameter \"b.bias\" holds nan at element 1");
}

TEST_CASE("the first tensor of an optimizer that is not finite is named, in both precisions") {
  wick::OptimizerState state;
  state.tensors.insert("a.exp_avg", wick::AnyTensor::copy_of(Tensor<float>::from({1, 2})));
  state.tensors.insert("a.count", wick::AnyTensor::copy_of(Tensor<std::int64_t>::from({1, 2})));
  CHECK(wick::detail::not_finite_in(state).empty());
  state.tensors.insert("b.exp_avg", wick::AnyTensor::copy_of(Tensor<double>::from({1, 2, INFINITY})));
  CHECK(wick::detail::not_finite_in(state) == "\"b.exp_avg\" of the optimizer holds inf at element 2");
  state.tensors.insert("c.exp_avg", wick::AnyTensor::copy_of(Tensor<float>::from({NAN})));
  CHECK(wick::detail::not_finite_in(state) == "\"b.exp_avg\" of the optimizer holds inf at element 2");
}

TEST_CASE("a loss that is not finite is explained by the data, the parameters, the outputs, the targets") {
  wick::Batch<float> batch{Tensor<float>::ones({2, 2, 2}), Tensor<std::int64_t>::zeros({2})};
  const auto outputs = Tensor<float>::zeros({2, 3});
  Tensor<float> spoiled = outputs;
  spoiled.at(1, 1) = NAN;
  wick::ParameterBlock<float> block;
  const auto slot = block.add("a", {2});
  const std::vector<Index> samples{7, 5};
  const auto why = [&](const Tensor<float>& log_probs, double loss = NAN) {
    return wick::detail::why_not_finite<float>(
        {.loss = loss,
         .data = "test",
         .row = wick::detail::row_not_finite<float>(batch.inputs.view(), samples, "test"),
         .finite_predictions = wick::detail::all_finite<float>(log_probs.span()),
         .classes = true},
        &block);
  };
  CHECK(why(outputs).starts_with("no row of the batch counts"));
  CHECK(why(outputs, infinity) == "the sum over the batch is too large");
  CHECK(why(spoiled).starts_with("the test data and the parameters are finite, but too large"));
  block.value(slot).at(1) = NAN;
  CHECK(
      why(spoiled).starts_with("parameter \"a\" holds nan at element 1, where the steps before brought it"));
  batch.inputs.at(1, 0, 1) = infinity;
  CHECK(why(spoiled) == "sample 5 of the test data holds inf at element 1");
  CHECK(wick::detail::row_not_finite<float>(batch.inputs.view(), {}, "test") ==
        "row 1 of a batch of the test data holds inf at element 1");
  const auto of_a_model = [](bool finite_predictions, const char* operation) {
    return wick::detail::why_not_finite<float>(
        {.loss = NAN, .data = "test", .operation = operation, .finite_predictions = finite_predictions},
        nullptr);
  };
  CHECK(of_a_model(false, "log returned nan values at row 0, column 2") ==
        "the test data and the parameters are finite, but log returned nan values at row 0, column 2; if "
        "numbers became too large on the way, scale the data, or lower the learning rate");
  CHECK(of_a_model(true, "") ==
        "the test data and the parameters are finite, but not what the loss makes of them");
}

TEST_CASE("the sample whose target is no class is named") {
  const std::vector<Index> samples{7, 5, 6};
  const auto target = Tensor<std::int64_t>::from({-100, 2, 3});
  const auto named = [&](Index classes, std::int64_t ignored) {
    return wick::detail::sample_out_of_range(target, classes, ignored, samples, "training");
  };
  CHECK(named(3, -100) == " (sample 6 of the training data)");
  CHECK(named(3, -1) == " (sample 7 of the training data)");
  CHECK(named(2, -100) == " (sample 5 of the training data)");
  CHECK(named(4, -100).empty());
  CHECK(wick::detail::sample_out_of_range(target, 3, -100, {}, "training").empty());
}

TEST_CASE("errors keep their kind and get a place") {
  const auto fail_with = [](auto error) {
    wick::detail::with_place([] { return std::string("here: "); }, [&] { throw error; });
  };
  CHECK(message_of<wick::IndexError>([&] { fail_with(wick::IndexError("i")); }) == "here: i");
  CHECK(message_of<wick::ShapeError>([&] { fail_with(wick::ShapeError("s")); }) == "here: s");
  CHECK(message_of<wick::OptionError>([&] { fail_with(wick::OptionError("o")); }) == "here: o");
  CHECK(message_of<wick::FileError>([&] { fail_with(wick::FileError("f", "e")); }) == "f: e");
  CHECK(wick::detail::with_place([] { return std::string(); }, [] { return 3; }) == 3);
}
