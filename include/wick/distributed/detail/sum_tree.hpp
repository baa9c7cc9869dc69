#pragma once

// How a batch is cut into shards, and the tree by which what they give is added up.

#include <wick/base/types.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Consecutive rows of a batch, or consecutive shards.
struct ShardRange {
  Index first = 0;
  Index count = 0;
};

/// Into how many shards a batch is cut: two rows at least in each, as BatchNorm needs, if it has so many.
[[nodiscard]] constexpr Index shard_count(Index rows, Index most) noexcept {
  return (std::max)(Index{1}, (std::min)(most, rows / 2));
}
/// The rows of a shard; the first ones have one more if they cannot be equal.
[[nodiscard]] constexpr ShardRange shard_rows(Index rows, Index shards, Index shard) noexcept {
  const Index least = rows / shards;
  const Index longer = rows % shards;
  return {shard * least + (std::min)(shard, longer), least + (shard < longer ? 1 : 0)};
}
/// The shards of a rank. Nothing but the time of a step depends on who has which.
[[nodiscard]] constexpr ShardRange shards_of_rank(Index shards, Index ranks, Index rank) noexcept {
  const Index least = shards / ranks;
  const Index longer = shards % ranks;
  return {rank * least + (std::min)(rank, longer), least + (rank < longer ? 1 : 0)};
}

// The tree is that of a tournament: neighbours in pairs, then pairs of these, and who has no neighbour goes
// on alone. A node is the sum of consecutive shards.

/// Whether `right` is what a node has on the right of `left`, in a tree over so many shards.
[[nodiscard]] constexpr bool are_siblings(const ShardRange& left, const ShardRange& right,
                                          Index shards) noexcept {
  return left.first % (2 * left.count) == 0 && right.first == left.first + left.count &&
         right.first + right.count == (std::min)(shards, left.first + 2 * left.count);
}

/// Numbers of a node, of which a rank adds up what it has.
template <class T>
struct PartialSum {
  ShardRange shards;
  T* values;
};

template <Floating T>
void add_values(T* to, const T* from, Index n) noexcept {
  detail::kernels::add(to, from, to, n);
}
template <Floating T>
void scale_values(const T* from, T factor, T* to, Index n) noexcept {
  if (factor != T(1)) {
    detail::kernels::multiply_by_number(from, factor, to, n);
  } else if (from != to) {
    std::copy_n(from, n, to);
  }
}

/// Makes the last of `sums` that of its siblings too, as long as it has some, which go to `joined`: they are
/// to be added to its values, the first of them first.
template <Floating T>
void join_siblings(std::vector<PartialSum<T>>& sums, Index shards, std::vector<T*>& joined) {
  joined.clear();
  while (sums.size() > 1) {
    const PartialSum<T>& left = sums[sums.size() - 2];
    PartialSum<T>& right = sums.back();
    if (!are_siblings(left.shards, right.shards, shards)) return;
    joined.push_back(left.values);
    right.shards = {left.shards.first, left.shards.count + right.shards.count};
    sums.erase(sums.end() - 2);
  }
}

/// Adds the last two of `sums` up as long as they are siblings.
template <Floating T>
void add_siblings(std::vector<PartialSum<T>>& sums, Index shards, Index n) {
  while (sums.size() > 1) {
    PartialSum<T>& left = sums[sums.size() - 2];
    const PartialSum<T>& right = sums.back();
    if (!are_siblings(left.shards, right.shards, shards)) return;
    add_values(left.values, right.values, n);
    left.shards.count += right.shards.count;
    sums.pop_back();
  }
}

/// The nodes that are left when a rank has added up what it can.
inline void nodes_of(const ShardRange& own, Index shards, std::vector<ShardRange>& nodes) {
  nodes.clear();
  for (Index s = own.first; s < own.first + own.count; ++s) {
    nodes.push_back({s, 1});
    while (nodes.size() > 1 && are_siblings(nodes[nodes.size() - 2], nodes.back(), shards)) {
      nodes[nodes.size() - 2].count += nodes.back().count;
      nodes.pop_back();
    }
  }
}

/// Where stretches of a block begin that are exchanged one by one, from its end, whose gradients come first,
/// to its begin: with parameters, whole ones if they are small, and parts of large ones.
template <Floating T>
void cut_segments(const ParameterBlock<T>& block, Index size, std::vector<Index>& starts) {
  const auto entries = block.entries();
  constexpr Index least = Index{1} << 15;
  constexpr Index most = Index{1} << 18;
  starts.clear();
  Index end = size;
  Index start = size;
  for (std::size_t k = entries.size(); k-- > 0;) {
    start = k == 0 ? Index{0} : (std::min)(start, entries[k].slot.offset);
    if (end - start < least && k > 0) continue;
    const Index parts = (end - start + most - 1) / most;
    for (Index part = parts; part-- > 0;) starts.push_back(start + (end - start) / 64 * part / parts * 64);
    end = start;
  }
}

/// Where the memory ends that the first 0, 1, 2, ... parameters lie in.
template <Floating T>
void ends_of(const ParameterBlock<T>& block, std::vector<Index>& ends) {
  ends.assign(1, 0);
  for (const auto& e : block.entries()) {
    ends.push_back((std::max)(ends.back(), e.slot.offset + ParameterBlock<T>::padded(e.slot.shape.numel())));
  }
}

}  // namespace detail

WICK_END_NAMESPACE
