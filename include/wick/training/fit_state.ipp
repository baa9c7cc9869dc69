#pragma once

// Definitions of training/fit_state.hpp.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/tensor/tensor.hpp>
#include <wick/training/fit_state.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

// What a row of the reports begins with: epoch, epochs, step, both losses, learning rate, best.
inline constexpr Index numbers_of_report = 7;

inline void put_prefixed(const std::string& prefix, const Attributes& from, Attributes& to) {
  for (const auto& [name, value] : from) to.set(prefix + name, value);
}
inline void put_prefixed(const std::string& prefix, const StateDict& from, StateDict& to) {
  for (const auto& [name, tensor] : from) to.insert(prefix + name, tensor);
}
inline Attributes get_prefixed(const std::string& prefix, const Attributes& from) {
  Attributes found;
  for (const auto& [name, value] : from) {
    if (name.starts_with(prefix)) found.set(name.substr(prefix.size()), value);
  }
  return found;
}
inline StateDict get_prefixed(const std::string& prefix, const StateDict& from) {
  StateDict found;
  for (const auto& [name, tensor] : from) {
    if (name.starts_with(prefix)) found.insert(name.substr(prefix.size()), tensor);
  }
  return found;
}

WICK_INLINE void put_fit_state(const FitState& state, Attributes& attributes, StateDict& tensors) {
  attributes.set("fit.batches", state.batches);
  attributes.set("fit.pass_done", state.pass_done);
  attributes.set("fit.lr", state.lr);
  if (state.best) attributes.set("fit.best", *state.best);
  if (state.reference) attributes.set("fit.reference", *state.reference);
  attributes.set("fit.best_epoch", static_cast<std::int64_t>(state.best_epoch));
  attributes.set("fit.epochs_without_progress", static_cast<std::int64_t>(state.epochs_without_progress));
  put_prefixed("fit.scheduler.", state.scheduler, attributes);
  put_prefixed("fit.plateau.", state.plateau, attributes);

  std::vector<std::string> names;
  std::vector<std::int64_t> larger;
  if (!state.reports.empty()) {
    const MetricValues& metrics = state.reports.front().metrics;
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      names.push_back(metrics.name(i));
      larger.push_back(metrics.description(i).larger_is_better ? 1 : 0);
    }
  }
  const auto width = numbers_of_report + static_cast<Index>(names.size());
  Tensor<double> reports(Shape{static_cast<Index>(state.reports.size()), width});
  double* out = reports.data();
  for (const FitReport& r : state.reports) {
    *out++ = static_cast<double>(r.epoch);
    *out++ = static_cast<double>(r.epochs);
    *out++ = static_cast<double>(r.step);
    *out++ = r.training_loss;
    *out++ = r.validation_loss.value_or(std::numeric_limits<double>::quiet_NaN());
    *out++ = r.lr;
    *out++ = r.best ? 1 : 0;
    for (std::size_t i = 0; i < names.size(); ++i) *out++ = r.metrics.value(i);
  }
  attributes.set("fit.metrics", std::move(names));
  attributes.set("fit.larger_is_better", std::move(larger));
  tensors.insert("fit.reports", AnyTensor::copy_of(reports));
  put_prefixed("fit.best_model.", state.best_model, tensors);
  put_prefixed("fit.model.", state.model, tensors);
}

inline std::int64_t fit_count(const Attributes& attributes, const std::string& name) {
  const auto value = attributes.get<std::int64_t>(name);
  constexpr std::int64_t most =
      (std::min)(most_steps, as_integer<std::int64_t>((std::numeric_limits<Index>::max)()));
  if (value >= 0 && value <= most) return value;
  throw OptionError("TrainState: " + name + " must be in [0, " + std::to_string(most) + "], got " +
                    std::to_string(value));
}
inline std::optional<double> fit_value(const Attributes& attributes, const std::string& name) {
  if (!attributes.contains(name)) return {};
  const double value = attributes.get<double>(name);
  if (!std::isnan(value)) return value;
  throw OptionError("TrainState: " + name + " must be a number, got " + python_repr(value));
}

inline std::vector<FitReport> fit_reports(const Attributes& attributes, const StateDict& tensors) {
  const auto& names = attributes.get<std::vector<std::string>>("fit.metrics");
  const auto& larger = attributes.get<std::vector<std::int64_t>>("fit.larger_is_better");
  const auto values = tensors["fit.reports"].to<double>();
  const bool fits = names.size() == larger.size() && names.size() <= MetricValues::most &&
                    values.dim() == 2 &&
                    values.size(1) == numbers_of_report + static_cast<Index>(names.size());
  if (!fits) throw OptionError(R"(TrainState: "fit.reports" and "fit.metrics" are not those of a run)");
  std::vector<MetricValues::Description> descriptions;
  for (std::size_t i = 0; i < names.size(); ++i) descriptions.push_back({names[i], larger[i] != 0});
  const MetricValues metrics(std::move(descriptions));
  const auto number = [](double x) {
    if (x >= 0 && x <= static_cast<double>(most_steps) && x == std::floor(x)) {
      return static_cast<std::int64_t>(x);
    }
    throw OptionError("TrainState: \"fit.reports\" has " + python_repr(x) + " where a number counts");
  };
  std::vector<FitReport> reports(static_cast<std::size_t>(values.size(0)));
  const double* from = values.data();
  for (FitReport& r : reports) {
    r.epoch = as_integer<Index>(number(*from++));
    r.epochs = as_integer<Index>(number(*from++));
    r.step = number(*from++);
    r.training_loss = *from++;
    const double validation = *from++;
    if (!std::isnan(validation)) r.validation_loss = validation;
    r.lr = *from++;
    r.best = *from++ != 0;
    r.metrics = metrics;
    for (std::size_t i = 0; i < names.size(); ++i) r.metrics.value(i) = *from++;
  }
  return reports;
}

WICK_INLINE std::optional<FitState> get_fit_state(const Attributes& attributes, const StateDict& tensors) {
  if (!attributes.contains("fit.batches")) return {};
  FitState state;
  state.batches = fit_count(attributes, "fit.batches");
  state.pass_done = attributes.get<bool>("fit.pass_done");
  state.lr = attributes.get<double>("fit.lr");
  state.best = fit_value(attributes, "fit.best");
  state.reference = fit_value(attributes, "fit.reference");
  state.best_epoch = as_integer<Index>(fit_count(attributes, "fit.best_epoch"));
  state.epochs_without_progress = as_integer<Index>(fit_count(attributes, "fit.epochs_without_progress"));
  state.scheduler = get_prefixed("fit.scheduler.", attributes);
  state.plateau = get_prefixed("fit.plateau.", attributes);
  state.reports = fit_reports(attributes, tensors);
  state.best_model = get_prefixed("fit.best_model.", tensors);
  state.model = get_prefixed("fit.model.", tensors);
  return state;
}

}  // namespace detail

WICK_END_NAMESPACE
