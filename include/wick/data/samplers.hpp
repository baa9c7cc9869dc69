#pragma once

// In what order, and how often, a DataLoader takes rows.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/types.hpp>
#include <wick/random/distributions.hpp>
#include <wick/random/generator.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A rule by which a pass takes rows. `draw()` fills `order` with `size()` numbers from 0 on, and draws what
/// it needs from the generator alone, so that a pass can be interrupted and resumed.
template <class Type>
concept Sampler = std::copyable<Type> &&
    requires(const Type& sampler, std::vector<Index>& order, Generator& generator) {
  { sampler.size() } -> std::convertible_to<Index>;
  sampler.draw(order, generator);
};

/// Any sampler, or none, as an option of DataLoader: `.sampler = WeightedRandomSampler(weights, 1000)`.
class AnySampler {
 public:
  AnySampler() = default;
  /// Holds a copy.
  template <class Type>
  requires(!std::same_as<Type, AnySampler> && Sampler<Type>)
      AnySampler(Type sampler)  // NOLINT(google-explicit-constructor)
      : sampler_(std::make_shared<const Held<Type>>(std::move(sampler))) {}

  /// Whether there is one.
  [[nodiscard]] explicit operator bool() const noexcept { return sampler_ != nullptr; }
  /// Rows of a pass; 0 without a sampler.
  [[nodiscard]] Index size() const { return sampler_ == nullptr ? 0 : sampler_->size(); }
  /// Those rows. Does nothing without a sampler.
  void draw(std::vector<Index>& order, Generator& generator) const {
    if (sampler_ != nullptr) sampler_->draw(order, generator);
  }

 private:
  struct Interface {
    Interface() = default;
    Interface(const Interface&) = delete;
    Interface& operator=(const Interface&) = delete;
    virtual ~Interface() = default;
    [[nodiscard]] virtual Index size() const = 0;
    virtual void draw(std::vector<Index>& order, Generator& generator) const = 0;
  };
  template <class Type>
  struct Held final : Interface {
    explicit Held(Type its_sampler) : sampler(std::move(its_sampler)) {}
    [[nodiscard]] Index size() const override { return sampler.size(); }
    void draw(std::vector<Index>& order, Generator& generator) const override {
      sampler.draw(order, generator);
    }
    Type sampler;
  };

  std::shared_ptr<const Interface> sampler_;
};

/// Rows by their weights: each of `num_samples` is row i with probability w_i / sum of w. With replacement,
/// the default, the draws are those of torch.utils.data.WeightedRandomSampler, one of 64 bits for each;
/// without, a row is taken at most once, by keys log(u) / w_i of which the largest are taken (P. Efraimidis,
/// P. Spirakis, "Weighted random sampling with a reservoir", 2006), where PyTorch's draws depend on how it
/// was built. https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.WeightedRandomSampler
class WeightedRandomSampler {
 public:
  /// A weight for each row. Throws OptionError unless the weights are finite, >= 0 and have a sum > 0 that is
  /// finite, num_samples >= 1, and, without replacement, there are so many rows with a weight > 0.
  WeightedRandomSampler(std::vector<double> weights, Index num_samples, bool replacement = true)
      : weights_(std::move(weights)), num_samples_(num_samples), replacement_(replacement) {
    double sum = 0;
    Index positive = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      if (!(weights_[i] >= 0) || !is_finite(weights_[i])) {
        throw OptionError("WeightedRandomSampler: weights must be finite and >= 0, got " +
                          python_repr(weights_[i]) + " for row " + std::to_string(i));
      }
      if (weights_[i] > 0) ++positive;
      sum += weights_[i];
      cumulative_.push_back(sum);
    }
    if (!(sum > 0) || !is_finite(sum)) {
      throw OptionError("WeightedRandomSampler: expected weights with a sum > 0 that is finite, got " +
                        python_repr(sum));
    }
    if (num_samples_ < 1) {
      throw OptionError(
          "WeightedRandomSampler: num_samples should be a positive integer value, but got num_samples=" +
          std::to_string(num_samples_));
    }
    if (!replacement_ && num_samples_ > positive) {
      throw OptionError("WeightedRandomSampler: cannot sample " + std::to_string(num_samples_) +
                        " rows without replacement: " + std::to_string(positive) + " have a weight > 0");
    }
    for (double& c : cumulative_) c /= sum;
    cumulative_.back() = 1;
  }

  /// Rows of a pass.
  [[nodiscard]] Index size() const noexcept { return num_samples_; }
  /// Number of weights, one for each row of the data.
  [[nodiscard]] Index rows() const noexcept { return static_cast<Index>(weights_.size()); }
  /// The rows of a pass.
  void draw(std::vector<Index>& order, Generator& generator) const {
    order.resize(static_cast<std::size_t>(num_samples_));
    if (!replacement_) {
      draw_each_once(order, generator);
      return;
    }
    for (Index& row : order) {
      const double u = detail::uniform53(generator);
      row = std::ranges::lower_bound(cumulative_, u) - cumulative_.begin();
    }
  }

 private:
  void draw_each_once(std::vector<Index>& order, Generator& generator) const {
    std::vector<std::pair<double, Index>> keys;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      const double u = 1 - detail::uniform53(generator);
      if (weights_[i] > 0) keys.emplace_back(-detail::log(u) / weights_[i], static_cast<Index>(i));
    }
    std::ranges::sort(keys);
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = keys[i].second;
  }

  std::vector<double> weights_;
  std::vector<double> cumulative_;
  Index num_samples_;
  bool replacement_;
};

/// Draws every class equally often: a WeightedRandomSampler of as many rows as there are `classes`, each with
/// the weight 1 / rows of its class. Rows of rare classes come several times in a pass, some of common ones
/// not at all. Throws OptionError when there are no rows.
[[nodiscard]] inline WeightedRandomSampler balanced_sampler(std::span<const std::int64_t> classes) {
  std::map<std::int64_t, double> counts;
  for (const std::int64_t label : classes) ++counts[label];
  std::vector<double> weights;
  weights.reserve(classes.size());
  for (const std::int64_t label : classes) weights.push_back(1 / counts[label]);
  return {std::move(weights), static_cast<Index>(classes.size())};
}

WICK_END_NAMESPACE
