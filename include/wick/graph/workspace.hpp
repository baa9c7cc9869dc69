#pragma once

// The memory of a prediction, kept outside the model.

#include <wick/ops/gemm_scratch.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Activations and packed panels.
///
/// A model's passes write here and nowhere else, so one model can serve many
/// threads, each with a workspace of its own. Memory is kept between calls: after
/// the largest batch nothing is allocated any more. What a pass returns is a view
/// into the workspace and shows the result until the next pass with it; a pass may read the result of the one
/// before. Workspaces can be moved and copied; one that was moved from is as good as new, without a pool.
template <Floating T = float>
class Workspace {
 public:
  /// `pool` shares the work of each pass out to its threads; results do not depend
  /// on it, nor on whether it still exists.
  explicit Workspace(ThreadPool* pool = nullptr);
  // Defined where they are compiled once.
  Workspace(const Workspace&);
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(const Workspace&);
  Workspace& operator=(Workspace&&) noexcept;
  ~Workspace();

  /// What products compute with.
  [[nodiscard]] GemmScratch<T>& scratch() noexcept { return scratch_; }

  /// Buffer `i` of at least n elements; its contents survive while it is not resized.
  [[nodiscard]] T* buffer(std::size_t i, Index n) {
    if (i >= buffers_.size()) buffers_.resize(i + 1);
    if (n > buffers_[i].size()) buffers_[i].resize(n);
    return buffers_[i].data();
  }

  /// Room for n addresses, whose contents survive until more are asked for.
  [[nodiscard]] T** pointers(std::size_t n) {
    if (n > pointers_.size()) pointers_.resize(n);
    return pointers_.data();
  }

  /// Which of the two places for results does not hold `input`: a pass that reads the last result writes its
  /// own to the other one.
  [[nodiscard]] std::size_t result_beside(const T* input) const noexcept {
    const Buffer<T>& first = results_[0];
    const std::less<const T*> before;
    return !before(input, first.data()) && before(input, first.data() + first.size()) ? 1 : 0;
  }
  /// Place `i` (0 or 1) for a result of n elements. Memory that becomes too small is kept as long as the
  /// workspace, because the caller may still hold a view of it; new memory has at least twice the size then.
  [[nodiscard]] T* result(std::size_t i, Index n) {
    Buffer<T>& now = results_[i];
    if (n > now.size()) {
      Buffer<T> larger((std::max)(n, 2 * now.size()));
      if (now.size() > 0) outgrown_.push_back(std::move(now));
      now = std::move(larger);
    }
    return now.data();
  }

  /// A workspace for thread `worker` of the pool alone, for passes that threads make side by side. Call
  /// reserve_workers() first, before they begin; throws IndexError otherwise.
  [[nodiscard]] Workspace& of_worker(int worker) {
    if (worker < 0 || static_cast<std::size_t>(worker) >= of_workers_.size()) {
      throw IndexError("Workspace::of_worker: expected a worker in [0, " +
                       std::to_string(of_workers_.size()) + "), got " + std::to_string(worker) +
                       "; call reserve_workers() first");
    }
    return of_workers_[static_cast<std::size_t>(worker)];
  }
  /// Makes workspaces for so many threads.
  void reserve_workers(int count) {
    if (count > 0 && of_workers_.size() < static_cast<std::size_t>(count))
      of_workers_.resize(static_cast<std::size_t>(count));
  }

 private:
  GemmScratch<T> scratch_;
  std::vector<Buffer<T>> buffers_;
  std::vector<T*> pointers_;
  std::array<Buffer<T>, 2> results_;
  std::vector<Buffer<T>> outgrown_;
  std::vector<Workspace> of_workers_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/workspace.ipp>
#endif
