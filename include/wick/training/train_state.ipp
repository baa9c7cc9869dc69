#pragma once

// Definitions of training/train_state.hpp.

#include <optional>
#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/attributes.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/training/fit_state.hpp>
#include <wick/training/train_state.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE std::string best_metric_key(std::string_view metric) {
  std::string key = "best_test_";
  for (const char c : metric) {
    const bool upper = c >= 'A' && c <= 'Z';
    key += c == ' ' ? '_' : upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return key;
}

inline double finite(const Attributes& attributes, const std::string& name) {
  const double value = attributes.get<double>(name);
  if (is_finite(value)) return value;
  throw OptionError("TrainState: " + name + " must be finite, got " + python_repr(value));
}

inline std::int64_t count(const Attributes& attributes, const std::string& name) {
  const auto value = attributes.get<std::int64_t>(name);
  // On a machine with small numbers, as many as it can count.
  constexpr std::int64_t most =
      (std::min)(most_steps, as_integer<std::int64_t>((std::numeric_limits<Index>::max)()));
  if (value >= 0 && value <= most) return value;
  throw OptionError("TrainState: " + name + " must be in [0, " + std::to_string(most) + "], got " +
                    std::to_string(value));
}

inline void put_generator(const std::string& name, const GeneratorState& state, Attributes& attributes,
                          StateDict& tensors) {
  attributes.set(name + ".seed", std::bit_cast<std::int64_t>(state.seed));
  attributes.set(name + ".next", static_cast<std::int64_t>(state.next));
  if (state.cached_normal) attributes.set(name + ".cached_normal", *state.cached_normal);
  Tensor<std::int64_t> words(Shape{static_cast<Index>(state.words.size())});
  std::ranges::copy(state.words, words.data());
  tensors.insert(name + ".words", AnyTensor::copy_of(words));
}

inline GeneratorState get_generator(const std::string& name, const Attributes& attributes,
                                    const StateDict& tensors) {
  GeneratorState state;
  state.seed = std::bit_cast<std::uint64_t>(attributes.get<std::int64_t>(name + ".seed"));
  const auto next = attributes.get<std::int64_t>(name + ".next");
  const auto words = tensors[name + ".words"].to<std::int64_t>();
  const auto is_word = [](std::int64_t w) { return w >= 0 && w <= 0xFFFFFFFFLL; };
  if (next < 0 || next > static_cast<std::int64_t>(state.words.size()) ||
      !(words.shape() == Shape{static_cast<Index>(state.words.size())}) ||
      !std::ranges::all_of(words.span(), is_word)) {
    throw OptionError("TrainState: the state of \"" + name + "\" is not one of a generator");
  }
  state.next = static_cast<std::uint32_t>(next);
  std::ranges::transform(words.span(), state.words.begin(),
                         [](std::int64_t w) { return static_cast<std::uint32_t>(w); });
  const std::string cached = name + ".cached_normal";
  if (attributes.contains(cached)) state.cached_normal = finite(attributes, cached);
  return state;
}

/// The best results that a file has, by what follows `best_test_` in its names.
inline MetricValues best_metrics(const Attributes& attributes) {
  constexpr std::string_view start = "best_test_";
  std::vector<MetricValues::Description> found;
  for (const auto& [name, value] : attributes) {
    if (name.starts_with(start) && name != "best_test_loss") found.push_back({name.substr(start.size())});
  }
  MetricValues best(std::move(found));
  for (std::size_t i = 0; i < best.size(); ++i)
    best.value(i) = finite(attributes, std::string(start) + best.name(i));
  return best;
}

}  // namespace detail

WICK_INLINE std::pair<Attributes, StateDict> to_checkpoint(const TrainState& state) {
  Attributes attributes{{"epoch", static_cast<std::int64_t>(state.epoch)},
                        {"step", state.step},
                        {"running_loss", state.running_loss},
                        {"position", static_cast<std::int64_t>(state.loader.position)}};
  if (state.best_test_loss) attributes.set("best_test_loss", *state.best_test_loss);
  for (std::size_t i = 0; i < state.best_metrics.size(); ++i) {
    const double best = state.best_metrics.value(i);
    if (!std::isnan(best)) attributes.set(detail::best_metric_key(state.best_metrics.name(i)), best);
  }
  StateDict tensors;
  Tensor<std::int64_t> order(Shape{static_cast<Index>(state.loader.order.size())});
  std::ranges::copy(state.loader.order, order.data());
  tensors.insert("order", AnyTensor::copy_of(order));
  detail::put_generator("model_generator", state.model_generator, attributes, tensors);
  detail::put_generator("train_generator", state.train_generator, attributes, tensors);
  detail::put_generator("test_generator", state.test_generator, attributes, tensors);
  if (state.fit) detail::put_fit_state(*state.fit, attributes, tensors);
  return {std::move(attributes), std::move(tensors)};
}

WICK_INLINE TrainState train_state_from_checkpoint(const Attributes& attributes, const StateDict& tensors) {
  TrainState state;
  state.epoch = detail::as_integer<Index>(detail::count(attributes, "epoch"));
  state.step = detail::count(attributes, "step");
  state.running_loss = detail::finite(attributes, "running_loss");
  state.loader.position = detail::as_integer<Index>(detail::count(attributes, "position"));
  if (attributes.contains("best_test_loss"))
    state.best_test_loss = detail::finite(attributes, "best_test_loss");
  state.best_metrics = detail::best_metrics(attributes);
  const auto order = tensors["order"].to<std::int64_t>();
  state.loader.order.assign(order.span().begin(), order.span().end());
  state.model_generator = detail::get_generator("model_generator", attributes, tensors);
  state.train_generator = detail::get_generator("train_generator", attributes, tensors);
  state.test_generator = detail::get_generator("test_generator", attributes, tensors);
  state.fit = detail::get_fit_state(attributes, tensors);
  return state;
}

WICK_INLINE TrainState TrainState::for_new_data() const {
  TrainState state = *this;
  state.loader = {};
  if (state.fit) {
    state.running_loss = 0;
    state.fit->batches = 0;
    state.fit->pass_done = false;
  }
  return state;
}

WICK_END_NAMESPACE
