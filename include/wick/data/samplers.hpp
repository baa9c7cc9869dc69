#pragma once

// In what order, and how often, a DataLoader takes rows.

#include <wick/base/error.hpp>
#include <wick/base/types.hpp>
#include <wick/random/generator.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
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
  WeightedRandomSampler(std::vector<double> weights, Index num_samples, bool replacement = true);

  /// Rows of a pass.
  [[nodiscard]] Index size() const noexcept { return num_samples_; }
  /// Number of weights, one for each row of the data.
  [[nodiscard]] Index rows() const noexcept { return static_cast<Index>(weights_.size()); }
  /// The rows of a pass.
  void draw(std::vector<Index>& order, Generator& generator) const;

 private:
  void draw_each_once(std::vector<Index>& order, Generator& generator) const;

  std::vector<double> weights_;
  std::vector<double> cumulative_;
  Index num_samples_;
  bool replacement_;
};

/// Draws every class equally often: a WeightedRandomSampler of as many rows as there are `classes`, each with
/// the weight 1 / rows of its class. Rows of rare classes come several times in a pass, some of common ones
/// not at all. Throws OptionError when there are no rows.
[[nodiscard]] WeightedRandomSampler balanced_sampler(std::span<const std::int64_t> classes);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/data/samplers.ipp>
#endif
