#pragma once

// What matrix products need from their caller.

#include <wick/base/buffer.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/base/types.hpp>

#include <cstddef>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Whether gemm() overwrites its result or adds to it.
enum class Accumulate { no, yes };

/// Packed panels for gemm(), kept between calls. One scratch serves one call at a
/// time; a pool's workers share it.
template <Floating T>
class GemmScratch {
 public:
  /// `pool` shares the work out; no result depends on it, nor on whether it still exists.
  explicit GemmScratch(ThreadPool* pool = nullptr) : pool_(pool) {}

  /// The pool, or null if there is none or it is gone.
  [[nodiscard]] ThreadPool* pool() const noexcept { return pool_.get(); }
  /// Threads that share the work.
  [[nodiscard]] Index workers() const noexcept {
    const ThreadPool* const threads = pool();
    return threads != nullptr ? threads->size() : 1;
  }

  /// Memory for n numbers that all threads read.
  [[nodiscard]] T* shared_panel(Index n) {
    if (n > shared_.size()) shared_.resize(n);
    return shared_.data();
  }
  /// Makes memory for n numbers for each thread, before they ask for it.
  void reserve_worker_panels(Index n) {
    const auto count = static_cast<std::size_t>(workers());
    if (workers_.size() < count) workers_.resize(count);
    for (auto& w : workers_) {
      if (n > w.size()) w.resize(n);
    }
  }
  /// That of one thread, in [0, workers()).
  [[nodiscard]] T* worker_panel(int worker) { return workers_[static_cast<std::size_t>(worker)].data(); }

 private:
  ThreadPool::Ref pool_;
  Buffer<T> shared_;
  std::vector<Buffer<T>> workers_;
};

WICK_END_NAMESPACE
