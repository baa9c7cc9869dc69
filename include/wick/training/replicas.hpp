#pragma once

// Replicas of a model that share the batches of one run, as a training loop sees them.

#include <wick/base/types.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/gradient_observer.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/training/detail/observed_backward.hpp>

#include <cstdint>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

/// What a step does with its batch, a part of the rows at a time.
class ShardWork {
 public:
  [[nodiscard]] virtual Index rows() const = 0;  ///< of the whole batch
  /// The numbers that its samples have in the data.
  [[nodiscard]] virtual std::span<const Index> samples() const noexcept = 0;
  virtual void gather(Index first, Index count) = 0;      ///< makes these rows the current ones
  [[nodiscard]] virtual bool draws() const noexcept = 0;  ///< whether gather() draws random numbers
  /// Adds the gradient of the current rows to that of the parameters, and may tell `observer` of it; their
  /// loss.
  [[nodiscard]] virtual double gradient(GradientObserver& observer) = 0;

  ShardWork(const ShardWork&) = delete;
  ShardWork& operator=(const ShardWork&) = delete;
  virtual ~ShardWork() = default;

 protected:
  ShardWork() = default;
};

/// Computes the gradient of a batch in parts, perhaps in several processes with a copy of the model in each,
/// so that the sum is the same in all of them. Shards does it in one process, MpiRanks in those of an MPI
/// communicator; TrainOptions::replicas and FitOptions::replicas take either, and a loop of one's own is
///
///     for (auto batch = loader.begin_by_rows(); batch != loader.end(); ++batch) {
///       optimizer.zero_grad();
///       replicas.gradient(*model.parameters(), batch,
///                         [&](const auto& rows) { return criterion(model(rows.inputs), rows.targets); });
///       optimizer.step();
///     }
///     replicas.finish(*model.parameters());
///
/// What the loss of a part counts, and how random numbers are drawn, is in the description of Shards.
class Replicas {
 public:
  Replicas(const Replicas&) = delete;
  Replicas& operator=(const Replicas&) = delete;
  virtual ~Replicas() = default;

  /// Processes that take part, >= 1.
  [[nodiscard]] virtual Index ranks() const noexcept = 0;
  /// Which of them this is, from 0. Only rank 0 prints and saves.
  [[nodiscard]] virtual Index rank() const noexcept = 0;

  /// Adds the gradient of a batch's loss to that of the parameters, in every process; the loss. `batch` is an
  /// iterator of a DataLoader, whose rows are gathered as they are needed; from begin() instead of
  /// begin_by_rows() the whole batch is gathered before. `step(rows)` gives the loss of the current
  /// rows as a variable. Draws from `generator`, which has to be the one that the tape draws from. Throws
  /// what `step` throws, in this process; in the others Error, which says where and why.
  template <Floating T, class Batch, class Step>
  double gradient(ParameterBlock<T>& block, Batch& batch, const Step& step,
                  Generator& generator = default_generator()) {
    struct Work final : ShardWork {
      Work(Batch& its_batch, const Step& its_step) : batch(its_batch), step(its_step) {}
      [[nodiscard]] Index rows() const override { return batch.rows(); }
      [[nodiscard]] std::span<const Index> samples() const noexcept override { return batch.samples(); }
      void gather(Index first, Index count) override { batch.gather(first, count); }
      [[nodiscard]] bool draws() const noexcept override { return Batch::draws(); }
      [[nodiscard]] double gradient(GradientObserver& observer) override {
        const auto loss = step(*batch);
        const auto value = static_cast<double>(loss.item());
        detail::observed_backward(loss, &observer);
        return value;
      }
      Batch& batch;
      const Step& step;
    } work(batch, step);
    return add_gradient(block, work, generator);
  }

  // --- For loops of training ---

  /// A run begins, after `step` steps that were done before: at the first gradient all processes make sure
  /// that they have the same run.
  virtual void begin(std::int64_t step) = 0;
  /// See gradient().
  virtual double add_gradient(ParameterBlock<float>& block, ShardWork& work, Generator& generator) = 0;
  /// See gradient().
  virtual double add_gradient(ParameterBlock<double>& block, ShardWork& work, Generator& generator) = 0;
  /// The run is over, in all processes: they compare their parameters once more. Throws Error when these
  /// differ, or another process failed.
  virtual void finish(const ParameterBlock<float>& block) = 0;
  /// The same for double.
  virtual void finish(const ParameterBlock<double>& block) = 0;
  /// Tells the others, unless the run is over, that this process left it, and why.
  virtual void abandon(const std::string& why) noexcept = 0;

  /// Bits that this process wants all of them to see after the next gradient.
  virtual void ask(std::uint32_t bits) noexcept = 0;
  /// The bits that any process asked for before the last gradient: the same in all of them.
  [[nodiscard]] virtual std::uint32_t asked() const noexcept = 0;

 protected:
  Replicas() = default;
};

WICK_END_NAMESPACE
