#include <wick/training/fit_state.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using wick::AnyTensor;
using wick::Attributes;
using wick::FitReport;
using wick::FitState;
using wick::StateDict;
using wick::Tensor;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

FitState example() {
  wick::MetricValues metrics({{"Accuracy"}, {"MAE", false}});
  metrics.value(0) = std::nan("");
  metrics.value(1) = 0.25;
  FitState state;
  state.reports = {
      {.epoch = 1, .epochs = 9, .step = 7, .training_loss = 0.1 + 0.2, .metrics = metrics, .lr = 0.01},
      {.epoch = 2,
       .epochs = 9,
       .step = 14,
       .training_loss = 0.5,
       .validation_loss = std::numeric_limits<double>::infinity(),
       .metrics = metrics,
       .lr = 0.005,
       .best = true}};
  state.batches = 3;
  state.pass_done = true;
  state.lr = 1e-3;
  state.best = -0.5;
  state.best_epoch = 2;
  state.epochs_without_progress = 4;
  state.scheduler.set("gamma", 0.5);
  state.plateau.set("best", 0.25);
  state.best_model.insert("output.weight", AnyTensor::copy_of(Tensor<float>::from({1, 2})));
  state.model.insert("output.weight", AnyTensor::copy_of(Tensor<float>::from({3, 4})));
  return state;
}

std::pair<Attributes, StateDict> stored(const FitState& state) {
  std::pair<Attributes, StateDict> result;
  wick::detail::put_fit_state(state, result.first, result.second);
  return result;
}

FitState read(const Attributes& attributes, const StateDict& tensors) {
  return wick::detail::get_fit_state(attributes, tensors).value();
}

}  // namespace

TEST_CASE("what fit knows survives being stored") {
  const FitState state = example();
  const auto [attributes, tensors] = stored(state);
  const FitState again = read(attributes, tensors);
  CHECK(stored(again).first == attributes);
  REQUIRE(again.reports.size() == 2);
  CHECK(again.reports[0].training_loss == 0.1 + 0.2);
  CHECK_FALSE(again.reports[0].validation_loss.has_value());
  CHECK(again.reports[1].validation_loss.value() > 1e308);
  CHECK(again.reports[1].best);
  CHECK(again.reports[1].step == 14);
  CHECK(std::isnan(again.reports[0].metrics["Accuracy"]));
  CHECK(again.reports[1].metrics["MAE"] == 0.25);
  CHECK_FALSE(again.reports[1].metrics.description(1).larger_is_better);
  CHECK(again.batches == 3);
  CHECK(again.pass_done);
  CHECK(again.lr == 1e-3);
  CHECK(again.best == state.best);
  CHECK_FALSE(again.reference.has_value());
  CHECK(again.best_epoch == 2);
  CHECK(again.epochs_without_progress == 4);
  CHECK(again.scheduler == state.scheduler);
  CHECK(again.plateau == state.plateau);
  CHECK(again.best_model == state.best_model);
  CHECK(again.model == state.model);
  CHECK_FALSE(wick::detail::get_fit_state({}, {}).has_value());
  const auto [few, none] = stored({});
  CHECK(read(few, none).reports.empty());
}

TEST_CASE("a state that no run of fit has is refused") {
  const auto whole = stored(example());
  for (const auto& entry : whole.first) {
    const std::string& name = entry.first;
    if (name.starts_with("fit.scheduler") || name.starts_with("fit.plateau") || name == "fit.best") continue;
    CAPTURE(name);
    Attributes other = whole.first;
    other.set(name, "text");
    CHECK(contains(message_of<wick::IndexError>([&] { read(other, whole.second); }), "has another type"));
    Attributes fewer;
    for (const auto& [key, value] : whole.first) {
      if (key != name) fewer.set(key, value);
    }
    if (name == "fit.batches") continue;  // what says that there is one
    CHECK(contains(message_of<wick::IndexError>([&] { read(fewer, whole.second); }), name));
  }
  const auto refuses = [&](const char* name, wick::Attribute value, const char* what) {
    CAPTURE(name);
    Attributes bad = whole.first;
    bad.set(name, std::move(value));
    CHECK(contains(message_of<wick::OptionError>([&] { read(bad, whole.second); }), what));
  };
  for (const char* name : {"fit.batches", "fit.best_epoch", "fit.epochs_without_progress"}) {
    refuses(name, std::int64_t{-1}, "must be in [0, ");
    refuses(name, (std::numeric_limits<std::int64_t>::max)(), "must be in [0, ");
  }
  refuses("fit.best", std::nan(""), "must be a number, got nan");
  refuses("fit.metrics", std::vector<std::string>{"Accuracy"}, "are not those of a run");
  refuses("fit.larger_is_better", std::vector<std::int64_t>{}, "are not those of a run");
  refuses("fit.metrics", std::vector<std::string>{"MAE", "MAE"}, "two are called");

  const auto refuses_reports = [&](const Tensor<double>& reports, const char* what) {
    StateDict bad;
    for (const auto& [key, tensor] : whole.second) {
      bad.insert(key, key == "fit.reports" ? AnyTensor::copy_of(reports) : tensor);
    }
    CHECK(contains(message_of<wick::OptionError>([&] { read(whole.first, bad); }), what));
  };
  refuses_reports(Tensor<double>(wick::Shape{9}), "are not those of a run");
  refuses_reports(Tensor<double>::zeros({1, 8}), "are not those of a run");
  for (const double bad : {-1.0, 0.5, std::nan(""), 1e300}) {
    Tensor<double> reports = Tensor<double>::zeros({1, 9});
    reports.at(0, 2) = bad;
    refuses_reports(reports, "where a number counts");
  }
}
