#pragma once

// The memory of a forward and backward pass, kept outside the model.

#include <wick/core/tensor.hpp>
#include <wick/ops/gemm_scratch.hpp>

#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

/// Activations, gradients of activations and packed panels.
///
/// A model's passes write here and nowhere else, so one model can serve many
/// threads, each with a workspace of its own. Memory is kept between calls: after
/// the largest batch nothing is allocated any more. What a pass returns is a view
/// into the workspace and lasts until the next pass with it.
template <Floating T = float>
class Workspace {
 public:
  /// `pool` shares the work of each pass out to its threads; results do not depend
  /// on it. It must outlive the workspace.
  explicit Workspace(ThreadPool* pool = nullptr) : scratch_(pool) {}

  [[nodiscard]] GemmScratch<T>& scratch() noexcept { return scratch_; }

  /// Buffer `i` of at least n elements; its contents survive while it is not resized.
  [[nodiscard]] T* buffer(std::size_t i, Index n) {
    if (i >= buffers_.size()) buffers_.resize(i + 1);
    if (n > buffers_[i].size()) buffers_[i].resize(n);
    return buffers_[i].data();
  }

  /// A workspace for thread `worker` of the pool alone, for passes that threads make side by side. Call
  /// reserve_workers() first, before they begin.
  [[nodiscard]] Workspace& of_worker(int worker) noexcept {
    return of_workers_[static_cast<std::size_t>(worker)];
  }
  void reserve_workers(int count) {
    if (of_workers_.size() < static_cast<std::size_t>(count))
      of_workers_.resize(static_cast<std::size_t>(count));
  }

  /// What the last training forward pass read and how many rows it had; backward
  /// starts from it.
  struct Recorded {
    const void* model = nullptr;
    TensorView<const T> input;
  };
  [[nodiscard]] Recorded& recorded() noexcept { return recorded_; }

 private:
  GemmScratch<T> scratch_;
  std::vector<Buffer<T>> buffers_;
  std::vector<Workspace> of_workers_;
  Recorded recorded_;
};

}  // namespace wick::inline WICK_ABI_NAMESPACE
