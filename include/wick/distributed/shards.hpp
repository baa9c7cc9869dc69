#pragma once

// Training on parts of each batch whose gradients are added in a fixed order, in one process.

#include <wick/base/buffer.hpp>
#include <wick/distributed/detail/sum_tree.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/training/replicas.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Options of Shards and MpiRanks.
struct ReplicaOptions {
  /// Parts that each batch is cut into, in [1, 65536], and at least as many as there are processes. Results
  /// depend on it, and on the number of processes they do not.
  Index shards = 8;
  /// The loss of a batch is the sum of those of its rows, as with Reduction::sum, and not their mean.
  bool summed = false;
  /// Steps between two comparisons of the parameters of all processes, >= 1. One more is at the end.
  std::int64_t check_every = 100;
  /// How long a process waits for another one that says nothing before it throws, > 0. More than what one
  /// process may be behind the others, by saving a file for example.
  std::chrono::duration<double> timeout = std::chrono::seconds(25);
};

namespace detail {

/// What the processes add up.
template <class T>
struct ShardSum {
  Index shards = 0;                       ///< of the batch, over all ranks
  std::vector<PartialSum<T>> parts = {};  ///< of this rank, in their order; the last one lies in `out`
  T* out = nullptr;                       ///< where the sum goes
  Index size = 0;
  T factor = 1;                    ///< of the sum
  Index complete = 0;              ///< elements from here on are there in all parts
  std::vector<Index> starts = {};  ///< of the stretches that are exchanged one by one, from the last one on
};

/// What steps of one type of numbers keep.
template <class T>
struct ShardMemory {
  std::vector<Buffer<T>> kept = {};   ///< those of the parts of the sum, but for the last
  std::vector<T*> added = {};         ///< the parts that the current shard completes, the last one first
  std::vector<Index> ends = {};       ///< where the first 0, 1, ... parameters end
  Buffer<T> earlier = {};             ///< a gradient that was there before
  std::vector<T> buffer_values = {};  ///< of the model, before the batch
  ShardSum<T> sum = {};
};

/// How one batch is cut.
struct ShardStep {
  Index rows = 0;
  Index shards = 0;
  ShardRange own = {};     ///< those of this rank
  std::size_t flags = 0;   ///< bytes of a message that say which parameters were reached
  std::size_t record = 0;  ///< bytes of what it says of a shard
};

struct RankMessage;
template <Floating T>
class ShardObserver;

}  // namespace detail

/// Cuts each batch into shards, computes their gradients one after another and adds them up: what MpiRanks
/// does in several processes, with the same bits, in one.
///
/// - A batch of n rows is cut into min(shards, n / 2) parts, at least one, of equal numbers of rows, or one
///   more in the first of them. So no part has one row, which BatchNorm refuses, unless the batch has.
/// - A part's loss is the mean over its rows, and counts by their number, whatever weights classes or samples
///   have. With `summed` losses are added. A model without BatchNorm and dropout has the gradient of the
///   whole batch but for rounding.
/// - Gradients are added by a binary tree over the parts: neighbours in pairs, then pairs of these.
/// - BatchNorm uses the mean and variance of its part, as in PyTorch's DistributedDataParallel. Running
///   averages and all other buffers of the model become the mean, by rows, of what the parts made of them.
/// - With more than one shard each step draws one number of 64 bits from the generator, and each part draws
///   what it needs, dropout for example, from the same generator, seeded by that number and its own. With
///   `shards = 1` everything is drawn, and comes out, as without Shards.
/// - A parameter that some part reaches has a gradient.
///
/// After the first step a step allocates nothing.
class Shards : public Replicas {
 public:
  /// Throws OptionError for options out of range.
  explicit Shards(const ReplicaOptions& options = {});

  /// What it was made with.
  [[nodiscard]] const ReplicaOptions& options() const noexcept { return options_; }
  [[nodiscard]] Index ranks() const noexcept override { return 1; }
  [[nodiscard]] Index rank() const noexcept override { return 0; }

  void begin(std::int64_t step) override;
  double add_gradient(ParameterBlock<float>& block, ShardWork& work, Generator& generator) override;
  double add_gradient(ParameterBlock<double>& block, ShardWork& work, Generator& generator) override;
  void finish(const ParameterBlock<float>& block) override;
  void finish(const ParameterBlock<double>& block) override;
  void abandon(const std::string& why) noexcept override;
  void ask(std::uint32_t bits) noexcept override { asks_ = bits; }
  [[nodiscard]] std::uint32_t asked() const noexcept override { return asked_; }

 protected:
  /// Completes `all`, in which each rank has a block of `each` bytes and this one has filled its own.
  virtual void exchange(std::span<std::byte> all, std::size_t each);
  /// Sends a message in the place of the next ones.
  virtual void leave(std::span<const std::byte> message) noexcept;
  /// Exchanges what is complete, as far as that takes no waiting.
  virtual void advance(detail::ShardSum<float>& sum);
  virtual void advance(detail::ShardSum<double>& sum);
  /// Adds up what all ranks have.
  virtual void add_up(detail::ShardSum<float>& sum);
  virtual void add_up(detail::ShardSum<double>& sum);
  /// The step ended with an error: what is under way is forgotten.
  virtual void drop() noexcept;

 private:
  template <Floating T>
  friend class detail::ShardObserver;

  template <Floating T>
  double add(detail::ShardMemory<T>& memory, ParameterBlock<T>& block, ShardWork& work, Generator& generator);
  template <Floating T>
  void compute(detail::ShardMemory<T>& memory, const detail::ShardStep& step, ParameterBlock<T>& block,
               ShardWork& work, Generator& generator);
  template <Floating T>
  void compute_shard(detail::ShardMemory<T>& memory, const detail::ShardStep& step, ParameterBlock<T>& block,
                     ShardWork& work, Index shard);
  template <Floating T>
  double combine(detail::ShardMemory<T>& memory, const detail::ShardStep& step) const;
  [[nodiscard]] const std::byte* record_of(const detail::ShardStep& step, Index shard) const;
  template <Floating T>
  void meet(const ParameterBlock<T>& block, const ShardWork& work, const Generator& generator);
  template <Floating T>
  void end(const ParameterBlock<T>& block);
  detail::RankMessage& message(std::size_t more = 0);
  [[nodiscard]] detail::RankMessage message_of(Index rank) const;
  void tell();
  void check_parameters() const;

  ReplicaOptions options_;
  const void* block_ = nullptr;  ///< whose gradients are added: all ranks know each other's
  std::int64_t step_ = 0;
  bool begun_ = false;  ///< by begin(): others may wait already
  bool lost_ = false;   ///< another rank
  std::uint32_t asks_ = 0;
  std::uint32_t asked_ = 0;
  std::vector<std::byte> messages_ = {};
  std::size_t each_ = 0;  ///< bytes of a message
  detail::ShardMemory<float> floats_ = {};
  detail::ShardMemory<double> doubles_ = {};
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/distributed/shards.ipp>
#endif
