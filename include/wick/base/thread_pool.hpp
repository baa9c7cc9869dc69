#pragma once

// Threads that the program owns: the library never starts one by itself.

#include <wick/base/detail/process_mark.hpp>
#include <wick/base/types.hpp>

#include <atomic>
#include <memory>
#include <type_traits>

WICK_BEGIN_NAMESPACE

namespace detail {

template <class Task>
void call_task(Task& task, Index i, int worker) {
  if constexpr (std::is_invocable_v<Task&, Index, int>) {
    task(i, worker);
  } else {
    task(i);
  }
}

/// The pool whose task a thread runs, and the thread's number there.
struct PoolTask {
  const void* pool = nullptr;
  int worker = 0;
};

}  // namespace detail

/// A fixed set of threads that share the tasks of one parallel_for at a time.
///
/// Every thread begins with a part of the tasks of its own, the same for every job of as many tasks, and then
/// helps the others: what it wrote in one job is in its cache in the next. Workers sleep between jobs, except
/// within a Burst. Which thread runs a task has no influence on any result of the library, nor has the number
/// of threads: work is cut where no sum is.
///
/// A forked child has no threads but the one that forked it: there the tasks run on the calling thread, and
/// the pool can be destroyed.
class ThreadPool {
 public:
  class Background;
  class Burst;
  class Ref;

  /// `threads` counts the calling thread too: 1 starts none. Throws OptionError
  /// unless threads >= 1, and Error when the system refuses to start so many.
  explicit ThreadPool(int threads);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool();

  /// Number of threads, the calling one included.
  [[nodiscard]] int size() const noexcept { return threads_; }

  /// Runs task(i) or task(i, worker) for i in [0, count), each once, and returns
  /// when all are done; worker in [0, size()) tells concurrent tasks apart.
  /// Allocates nothing. What a task throws is thrown again here when no task runs any more, the first one if
  /// several do. A task that calls the same pool runs the new tasks itself, one after the other, and so does
  /// the caller while there is a Background.
  template <class Task>
  void parallel_for(Index count, Task&& task) {
    const bool nested = here.pool == this;
    if (count <= 1 || threads_ == 1 || nested || !mark_.is_here()) {
      for (Index i = 0; i < count; ++i) detail::call_task(task, i, nested ? here.worker : 0);
      return;
    }
    using Callable = std::remove_reference_t<Task>;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): run_job() casts back to the very type
    void* const context = const_cast<void*>(static_cast<const void*>(std::addressof(task)));
    const Run run = [](void* of, Index i, int worker) {
      detail::call_task(*static_cast<Callable*>(of), i, worker);
    };
    run_tasks(run, context, count);
  }

 private:
  using Run = void (*)(void* context, Index i, int worker);
  /// The threads and what they share with the caller. Not here, because `<thread>` and `<condition_variable>`
  /// are much to read for programs that only pass pools on.
  class Team;

  /// What outlives the pool in those that were given it.
  struct Shared {
    std::atomic<bool> alive = true;
    std::atomic<int> bursts = 0;
  };
  // NOLINTNEXTLINE(*-avoid-non-const-global-variables): where each thread is
  static constinit inline thread_local detail::PoolTask here;

  void run_tasks(Run run, void* context, Index count);

  int threads_;
  detail::ProcessMark mark_;
  std::shared_ptr<Shared> shared_;
  std::unique_ptr<Team> team_;
};

/// A pointer to a pool that knows when the pool is gone: get() is null then, and of a moved-from Ref.
class ThreadPool::Ref {
 public:
  Ref() = default;
  /// `pool` may be null.
  explicit Ref(ThreadPool* pool);

  /// The pool; null when there is none any more.
  [[nodiscard]] ThreadPool* get() const noexcept {
    return shared_ != nullptr && shared_->alive.load(std::memory_order_relaxed) ? pool_ : nullptr;
  }

 private:
  ThreadPool* pool_ = nullptr;
  std::shared_ptr<const Shared> shared_;
};

/// While one exists, workers of the pool that have nothing to do look for the next job instead of sleeping:
/// to wake a thread takes longer than many a product. For jobs that follow one another closely, as in a
/// training step.
class ThreadPool::Burst {
 public:
  /// `pool` may be null.
  explicit Burst(ThreadPool* pool) noexcept;
  Burst(const Burst&) = delete;
  Burst& operator=(const Burst&) = delete;
  ~Burst();

 private:
  std::shared_ptr<Shared> shared_;
};

/// Tasks that run on the workers of a pool while the caller does something else. One at a time for a pool:
/// another one runs on its caller in wait().
///
/// Meanwhile parallel_for() of the pool runs on its caller alone, so a pool of its own serves best. The pool
/// has to outlive it.
class ThreadPool::Background {
 public:
  Background() = default;
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  /// Waits.
  ~Background() { wait(); }

  /// Begins task(i) for i in [0, count), which must not throw, and waits for those before. `task` has to live
  /// until wait(). `pool` may be null: the tasks run in wait() then.
  template <class Task>
  void start(ThreadPool* pool, Index count, Task& task) {
    const Run run = [](void* of, Index i, int worker) {
      detail::call_task(*static_cast<Task*>(of), i, worker);
    };
    begin(pool, run, std::addressof(task), count);
  }
  /// Whether tasks were begun that nobody waited for.
  [[nodiscard]] bool pending() const noexcept { return count_ > 0; }
  /// Returns when all tasks are done, of which it runs what no worker has taken.
  void wait();

 private:
  void begin(ThreadPool* pool, Run run, void* context, Index count);

  ThreadPool* pool_ = nullptr;
  void* context_ = nullptr;
  Run run_ = nullptr;
  Index count_ = 0;
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

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/base/thread_pool.ipp>
#endif
