#pragma once

// Definitions of tabular/detail/member.hpp.

#include <wick/autograd.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/ops/arrange.hpp>
#include <wick/optim/adamw.hpp>
#include <wick/random/generator.hpp>
#include <wick/tabular/detail/member.hpp>
#include <wick/tabular/detail/table_split.hpp>
#include <wick/training/training_error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Steps of an optimizer for a TabularNetwork: the rate of each group is a factor of its own times that of
/// the schedule. A rate divided by the root of a layer's inputs is what the weights of all layers do well
/// with.
class TabularOptimizer {
 public:
  TabularOptimizer(Model<TabularNetwork<float>>& model, double rate, double weight_decay, ThreadPool* pool)
      : rate_(rate), adam_(model.parameters(), groups(model, rate, weight_decay), pool) {}

  /// `share` of the schedule that is done, in [0, 1): four waves, each half as long as the one before it was.
  /// RealMLP's; its rate begins and ends with 0.
  void set_progress(double share) {
    const double at = (1 - std::cos(2 * std::numbers::pi * std::log2(1 + 15 * share))) / 2;
    for (std::size_t g = 0; g < factors_.size(); ++g) adam_.set_lr(g, rate_ * factors_[g] * at);
  }
  [[nodiscard]] AdamW<float>& adam() noexcept { return adam_; }

 private:
  std::vector<ParameterGroup<AdamWOptions>> groups(const Model<TabularNetwork<float>>& model, double rate,
                                                   double weight_decay) {
    std::vector<ParameterGroup<AdamWOptions>> result;
    const auto add = [&](std::vector<std::string> paths, double factor, double decay) {
      if (paths.empty()) return;
      factors_.push_back(factor);
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

  double rate_;
  std::vector<double> factors_;
  AdamW<float> adam_;
};

/// Rows of data, one after the other.
struct TabularBatch {
  void take(const TabularData& data, std::span<const Index> rows) {
    const auto count = static_cast<Index>(rows.size());
    const Index width = data.features.size(1);
    features.resize(Shape{count, width});
    classes.resize(Shape{data.classes.numel() > 0 ? count : 0});
    numbers.resize(Shape{data.numbers.numel() > 0 ? count : 0, 1});
    for (Index i = 0; i < count; ++i) {
      const Index row = rows[static_cast<std::size_t>(i)];
      std::copy_n(data.features.data() + row * width, width, features.data() + i * width);
      if (classes.numel() > 0) classes.data()[i] = data.classes.data()[row];
      if (numbers.numel() > 0) numbers.data()[i] = data.numbers.data()[row];
    }
  }

  Tensor<float> features;
  Tensor<std::int64_t> classes;
  Tensor<float> numbers;
};

/// The loss of all rows together: cross-entropy of classes, squared error of numbers.
[[nodiscard]] inline double loss_of(const Tensor<float>& outputs, const TabularBatch& targets) {
  const Index rows = outputs.size(0);
  const Index width = outputs.size(1);
  double sum = 0;
  for (Index i = 0; i < rows; ++i) {
    const float* const y = outputs.data() + i * width;
    if (targets.numbers.numel() > 0) {
      const double off = static_cast<double>(y[0]) - static_cast<double>(targets.numbers.data()[i]);
      sum += off * off;
      continue;
    }
    const double most = static_cast<double>(*std::max_element(y, y + width));
    double all = 0;
    for (Index c = 0; c < width; ++c) all += std::exp(static_cast<double>(y[c]) - most);
    sum += std::log(all) + most - static_cast<double>(y[targets.classes.data()[i]]);
  }
  return sum;
}

/// The mean loss of some rows, in evaluation mode, a part of them at a time, so that memory does not grow
/// with the table.
[[nodiscard]] inline double loss_on(Model<TabularNetwork<float>>& model, Recorder<float>& recorder,
                                    const TabularData& data, std::span<const Index> rows,
                                    TabularBatch& batch) {
  constexpr std::size_t most = 4096;
  const NoGrad no_grad;
  model.eval();
  double sum = 0;
  for (std::size_t first = 0; first < rows.size(); first += most) {
    batch.take(data, rows.subspan(first, (std::min)(most, rows.size() - first)));
    sum += loss_of(model(recorder->input(Borrowed(batch.features))).tensor(), batch);
  }
  model.train();
  return sum / static_cast<double>(rows.size());
}

WICK_INLINE TabularWork::TabularWork(const TabularSizes& sizes, const TabularNetworkOptions& network) {
  const auto width = static_cast<double>(network.width);
  const auto waves = static_cast<double>(sizes.numbers * network.frequencies);
  const double inputs = static_cast<double>(sizes.numbers) + waves +
                        static_cast<double>(sizes.categories.size()) * static_cast<double>(network.embedding);
  const double weights =
      width * (inputs + width * static_cast<double>(network.blocks) + static_cast<double>(sizes.outputs));
  // As measured: activations, dropout and waves of a row; the optimizer and what else a step does.
  row = 6 * weights + 100 * width * static_cast<double>(network.blocks + 1) + 16'000 * waves;
  step = 20 * weights + 1e6;
}

WICK_INLINE Member train_member(const TabularData& data, std::span<const Index> training,
                                std::span<const Index> validation, const TabularSizes& sizes,
                                const TabularNetworkOptions& network, const MemberOptions& options,
                                const std::function<Index(const MemberEpoch&)>& after, ThreadPool* pool) {
  Generator generator(options.seed);
  Member result;
  result.model = std::make_shared<Model<TabularNetwork<float>>>(generator, sizes, network);
  Model<TabularNetwork<float>>& model = *result.model;
  TabularOptimizer optimizer(model, options.learning_rate, options.weight_decay, pool);
  Recorder<float> recorder(pool);
  recorder->set_generator(generator);
  const CrossEntropyLossOptions<float> smoothing{.label_smoothing = options.label_smoothing};

  TabularBatch batch;
  std::vector<Index> order(training.begin(), training.end());
  const auto rows = static_cast<Index>(order.size());
  const Index size = (std::min)(options.batch_size, rows);
  // What is left over is in other epochs' batches.
  const Index whole_batches = rows / size;
  const auto steps = static_cast<Index>(
      (std::max)(1.0, std::floor(static_cast<double>(whole_batches) * options.epoch_share)));
  std::vector<float> best;
  double done = 0;
  Index left = options.epochs;
  for (Index epoch = 1; left > 0; ++epoch) {
    shuffle(order, generator);
    const double share = (1 - done) / static_cast<double>(left * steps);
    double total = 0;
    Index step = 0;
    for (; step < steps; ++step, done += share) {
      constexpr Index patience = 16;
      if (step % patience == patience - 1 && options.has_to_end && options.has_to_end()) break;
      optimizer.set_progress(done);
      batch.take(data, std::span<const Index>(order).subspan(static_cast<std::size_t>(step * size),
                                                             static_cast<std::size_t>(size)));
      optimizer.adam().zero_grad();
      const Var<float> outputs = model(recorder->input(Borrowed(batch.features)));
      const Var<float> loss = batch.numbers.numel() > 0 ? mse_loss(outputs, batch.numbers)
                                                        : cross_entropy(outputs, batch.classes, smoothing);
      total += static_cast<double>(loss.item());
      loss.backward();
      optimizer.adam().step();
    }
    MemberEpoch report{.epoch = epoch, .loss = total / static_cast<double>(step), .complete = step == steps};
    report.validation = loss_on(model, recorder, data, validation, batch);
    result.losses.push_back(report.loss);
    result.validations.push_back(report.validation);
    if (report.validation <= result.best) {
      result.best = report.validation;
      result.best_epoch = epoch;
      const auto values = std::as_const(*model.parameters()).values();
      best.assign(values.begin(), values.end());
    }
    report.best = result.best;
    if (!is_finite(report.loss)) {
      if (result.best_epoch > 0) break;  // what was best is kept
      throw TrainingError(epoch, epoch * steps,
                          "the loss is " + python_repr(report.loss) + "; try a smaller learning rate than " +
                              python_repr(options.learning_rate),
                          "fit_table");
    }
    left = after(report);
  }
  if (!best.empty()) std::ranges::copy(best, model.parameters()->values().begin());
  model.eval();
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE
