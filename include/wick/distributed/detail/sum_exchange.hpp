#pragma once

// How processes add up what each of them has, a stretch at a time.

#include <wick/base/buffer.hpp>
#include <wick/base/types.hpp>
#include <wick/distributed/detail/sum_tree.hpp>
#include <wick/distributed/shards.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Each rank gets a share of every stretch of all parts, adds them up and gives everybody the sum. What is
/// complete is sent, added up and given back while the rest is still computed.
///
/// `Messages` are some that are under way together: receive() and send() add one, is_complete() looks after
/// them, wait() waits for all, forget() gives them up. They are matched in the order of the calls.
template <class T, class Messages>
class SumExchange {
 public:
  SumExchange(int rank, int ranks, Messages none) : rank_(rank), ranks_(ranks), none_(std::move(none)) {}

  /// Does what takes no waiting.
  void advance(const ShardSum<T>& sum) {
    if (!std::exchange(begun_, true)) begin(sum);
    while (sent_ < sum.starts.size() && sum.starts[sent_] >= sum.complete) send_parts(sum);
    while (added_ < sent_ && group(receiving, added_).is_complete()) add_parts(sum);
    // A sum goes to where a part was sent from.
    while (awaited_ < sent_ && group(sending, awaited_).is_complete()) receive_sums(sum);
  }
  /// Does all of it.
  void finish(const ShardSum<T>& sum) {
    advance(sum);
    while (added_ < sum.starts.size()) {
      group(receiving, added_).wait();
      add_parts(sum);
      advance(sum);
    }
    while (awaited_ < sum.starts.size()) {
      group(sending, awaited_).wait();
      receive_sums(sum);
    }
    sums_.wait();
    begun_ = false;
  }
  void forget() noexcept {
    for (Messages& group : groups_) group.forget();
    sums_.forget();
    begun_ = false;
  }

 private:
  static constexpr int tag_part = 2;
  static constexpr int tag_sum = 3;
  static constexpr Index unit = 64;  ///< numbers: whole lines of the cache
  enum Direction : std::size_t { receiving, sending };

  [[nodiscard]] Messages& group(Direction direction, std::size_t segment) {
    return groups_[2 * segment + direction];
  }
  template <class Function>
  void for_others(const Function& f) const {
    // Each begins with the next, so that not all send to the same one.
    for (int k = 1; k < ranks_; ++k) f((rank_ + k) % ranks_);
  }
  /// The elements of a stretch that rank r adds up for all.
  [[nodiscard]] ShardRange share(const ShardSum<T>& sum, std::size_t segment, int r) const noexcept {
    const Index start = sum.starts[segment];
    const Index size = (segment == 0 ? sum.size : sum.starts[segment - 1]) - start;
    const Index units = (size + unit - 1) / unit;
    const Index first = (std::min)(size, units * r / ranks_ * unit);
    const Index end = (std::min)(size, units * (r + 1) / ranks_ * unit);
    return {start + first, end - first};
  }

  /// Waits for parts of others from now on.
  void begin(const ShardSum<T>& sum) {
    const std::size_t count = sum.starts.size();
    while (groups_.size() < 2 * count) groups_.push_back(none_);
    sent_ = added_ = awaited_ = 0;
    all_nodes_.clear();
    Index others = 0;
    for (int r = 0; r < ranks_; ++r) {
      nodes_of(shards_of_rank(sum.shards, ranks_, r), sum.shards, nodes_);
      for (const ShardRange& node : nodes_) all_nodes_.push_back({node, r});
      if (r != rank_) others += static_cast<Index>(nodes_.size());
    }
    Index incoming = 0;
    for (std::size_t s = 0; s < count; ++s) incoming += others * share(sum, s, rank_).count;
    received_.resize(incoming);
    T* next = received_.data();
    for (std::size_t s = 0; s < count; ++s) {
      const Index n = share(sum, s, rank_).count;
      for (const Node& node : all_nodes_) {
        if (node.rank == rank_) continue;
        group(receiving, s).receive(next, n, node.rank, tag_part);
        next += n;
      }
    }
    next_ = received_.data();
  }
  void send_parts(const ShardSum<T>& sum) {
    const std::size_t s = sent_++;
    for_others([&](int r) {
      const ShardRange its = share(sum, s, r);
      for (const PartialSum<T>& part : sum.parts)
        group(sending, s).send(part.values + its.first, its.count, r, tag_part);
    });
  }
  void add_parts(const ShardSum<T>& sum) {
    const ShardRange own = share(sum, added_++, rank_);
    auto part = sum.parts.begin();
    tree_.clear();
    for (const Node& node : all_nodes_) {
      if (node.rank == rank_) {
        tree_.push_back({node.shards, (part++)->values + own.first});
      } else {
        tree_.push_back({node.shards, std::exchange(next_, next_ + own.count)});
      }
      add_siblings(tree_, sum.shards, own.count);
    }
    scale_values(tree_.front().values, sum.factor, sum.out + own.first, own.count);
    for_others([&](int r) { sums_.send(sum.out + own.first, own.count, r, tag_sum); });
  }
  void receive_sums(const ShardSum<T>& sum) {
    const std::size_t s = awaited_++;
    for_others([&](int r) {
      const ShardRange its = share(sum, s, r);
      sums_.receive(sum.out + its.first, its.count, r, tag_sum);
    });
  }

  struct Node {
    ShardRange shards;
    int rank;  ///< who has it
  };

  int rank_;
  int ranks_;
  Messages none_;
  Messages sums_ = none_;
  std::vector<Messages> groups_ = {};
  bool begun_ = false;
  // Stretches whose parts were sent, whose own share was added up, and whose sums are awaited.
  std::size_t sent_ = 0;
  std::size_t added_ = 0;
  std::size_t awaited_ = 0;
  Buffer<T> received_ = {};
  T* next_ = nullptr;  ///< what was received of the next stretch
  std::vector<Node> all_nodes_ = {};
  std::vector<ShardRange> nodes_ = {};
  std::vector<PartialSum<T>> tree_ = {};
};

}  // namespace detail

WICK_END_NAMESPACE
