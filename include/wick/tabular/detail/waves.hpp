#pragma once

// The learning rates of a TabularNetwork: which parameters go together, and how the rates come and go.

#include <wick/nn/model.hpp>
#include <wick/optim/adamw.hpp>
#include <wick/optim/lr_scheduler.hpp>
#include <wick/optim/parameter_group.hpp>
#include <wick/tabular/tabular_network.hpp>

#include <cmath>
#include <cstddef>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Groups with a factor of their own times `rate`. A rate divided by the root of a layer's inputs is what the
/// weights of all layers do well with.
[[nodiscard]] inline std::vector<ParameterGroup<AdamWOptions>> tabular_groups(
    const Model<TabularNetwork<float>>& model, double rate, double weight_decay) {
  std::vector<ParameterGroup<AdamWOptions>> result;
  const auto add = [&](std::vector<std::string> paths, double factor, double decay) {
    if (paths.empty()) return;
    result.emplace_back(std::move(paths),
                        AdamWOptions{.lr = rate * factor, .betas = {0.9, 0.95}, .weight_decay = decay});
  };
  std::vector<std::string> biases;
  std::vector<std::string> embeddings;
  std::vector<std::string> hidden;
  std::vector<std::string> scales;
  std::vector<std::string> waves;
  for (const auto& entry : model.parameters()->entries()) {
    const std::string& name = entry.name;
    if (name.starts_with("embeddings.")) {
      embeddings.push_back(name);
    } else if (name.ends_with(".bias")) {
      biases.push_back(name);
    } else if (name == "scale") {
      scales.push_back(name);
    } else if (name == "frequencies" || name == "phases") {
      waves.push_back(name);
    } else if (name != "first.weight") {
      hidden.push_back(name);
    }
  }
  const auto root = [](Index n) { return 1 / std::sqrt(static_cast<double>(n)); };
  add(std::move(scales), 6, 0);
  add(std::move(waves), 0.1, 0);
  add(std::move(embeddings), 1, 0);
  add({"first.weight"}, root(model.module().features()), weight_decay);
  add(std::move(hidden), root(model.module().options().width), weight_decay);
  add(std::move(biases), 0.1, 0);
  return result;
}

/// Four waves over all steps, each half as long as the one before it was. RealMLP's; its rate begins and ends
/// with 0. How many steps there are may change on the way.
class WavesLR final : public LRScheduler {
 public:
  template <ScheduledOptimizer Optimizer>
  explicit WavesLR(Optimizer& optimizer) {
    start(optimizer);
  }

  /// So many steps are to follow.
  void set_left(double steps) { share_ = (1 - done_) / steps; }
  [[nodiscard]] const char* name() const noexcept override { return "WavesLR"; }

 private:
  void advance(ScheduledRates& rates) override {
    done_ += share_;
    LRScheduler::advance(rates);
  }
  [[nodiscard]] double rate(const ScheduledRates& /*rates*/, std::size_t group) const override {
    return base_lrs_[group] * (1 - std::cos(2 * std::numbers::pi * std::log2(1 + 15 * done_))) / 2;
  }
  void transfer(SchedulerFields& fields) override {
    LRScheduler::transfer(fields);
    fields("done", done_);
    fields("share", share_);
  }
  void check_options() const override {
    demand(done_ >= 0 && done_ <= 2, "the place has to be in [0, 2]");
    demand(share_ >= 0 && share_ <= 1, "the share of a step has to be in [0, 1]");
  }
  [[nodiscard]] std::unique_ptr<LRScheduler> clone() const override {
    return std::make_unique<WavesLR>(*this);
  }

  double done_ = 0;   // of the schedule, in [0, 1)
  double share_ = 0;  // of a step
};

}  // namespace detail

WICK_END_NAMESPACE
