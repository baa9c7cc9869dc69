#pragma once

// Threads that the program owns: the library never starts one by itself.

#include <wick/core/error.hpp>
#include <wick/core/types.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <type_traits>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

template <class Task>
void call_task(Task& task, Index i, int worker) {
  if constexpr (std::is_invocable_v<Task&, Index, int>) {
    task(i, worker);
  } else {
    task(i);
  }
}

}  // namespace detail

/// A fixed set of threads that share the tasks of one parallel_for at a time.
///
/// Workers sleep between jobs. Which thread runs a task has no influence on any
/// result of the library: work is cut into the same tasks for every thread count.
class ThreadPool {
 public:
  /// `threads` counts the calling thread too: 1 starts none. Throws OptionError
  /// unless threads >= 1, and Error when the system refuses to start so many.
  explicit ThreadPool(int threads) {
    if (threads < 1) throw OptionError("ThreadPool: threads must be >= 1, got " + std::to_string(threads));
    workers_.reserve(static_cast<std::size_t>(threads - 1));
    try {
      for (int i = 1; i < threads; ++i) {
        workers_.emplace_back([this, i](const std::stop_token& stop) { work(stop, i); });
      }
    } catch (const std::system_error& e) {
      const int started = size();
      stop();
      throw Error("ThreadPool: could only start " + std::to_string(started) + " of " +
                  std::to_string(threads) + " threads: " + e.what());
    }
  }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() { stop(); }

  [[nodiscard]] int size() const noexcept { return static_cast<int>(workers_.size()) + 1; }

  /// Runs task(i) or task(i, worker) for i in [0, count), each once, and returns
  /// when all are done; worker in [0, size()) tells concurrent tasks apart.
  /// Allocates nothing. Tasks must not throw and must not call the same pool.
  template <class Task>
  void parallel_for(Index count, Task&& task) {
    if (count <= 1 || workers_.empty()) {
      for (Index i = 0; i < count; ++i) detail::call_task(task, i, 0);
      return;
    }
    using Callable = std::remove_reference_t<Task>;
    const std::scoped_lock one_job(job_mutex_);
    {
      const std::scoped_lock lock(mutex_);
      // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): run_ below casts back to the very type
      context_ = const_cast<void*>(static_cast<const void*>(std::addressof(task)));
      run_ = [](void* context, Index i, int worker) {
        detail::call_task(*static_cast<Callable*>(context), i, worker);
      };
      count_ = count;
      next_ = 0;
      pending_ = count;
      ++generation_;
    }
    wake_.notify_all();
    drain(0);
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return pending_ == 0; });
  }

 private:
  // Sleeping workers wait for `wake_`, not for their stop token: wake them to see it.
  void stop() {
    for (auto& w : workers_) w.request_stop();
    {
      const std::scoped_lock lock(mutex_);
      ++generation_;
    }
    wake_.notify_all();
    workers_.clear();
  }
  void drain(int worker) {
    std::unique_lock lock(mutex_);
    while (next_ < count_) {
      const Index i = next_++;
      const auto run = run_;
      void* const context = context_;
      lock.unlock();
      run(context, i, worker);
      lock.lock();
      if (--pending_ == 0) done_.notify_all();
    }
  }
  void work(const std::stop_token& stop, int worker) {
    std::uint64_t seen = 0;
    while (true) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return generation_ != seen; });
        seen = generation_;
      }
      if (stop.stop_requested()) return;
      drain(worker);
    }
  }

  std::mutex job_mutex_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::uint64_t generation_ = 0;
  void (*run_)(void*, Index, int) = nullptr;
  void* context_ = nullptr;
  Index count_ = 0;
  Index next_ = 0;
  Index pending_ = 0;
  std::vector<std::jthread> workers_;
};

/// Runs task(i) for i in [0, count) on `pool`, or here when there is none.
template <class Task>
void parallel_for(ThreadPool* pool, Index count, Task&& task) {
  if (pool != nullptr) {
    pool->parallel_for(count, task);
  } else {
    for (Index i = 0; i < count; ++i) detail::call_task(task, i, 0);
  }
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
