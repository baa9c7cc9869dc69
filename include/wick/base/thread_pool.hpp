#pragma once

// Threads that the program owns: the library never starts one by itself.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/process_mark.hpp>
#include <wick/base/error.hpp>
#include <wick/base/types.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

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

/// One turn of a loop that waits for another thread: short at first, then leaves the processor to others.
class Spin {
 public:
  void operator()() noexcept {
    if (++turns_ % 32 == 0) {
      std::this_thread::yield();
    } else {
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
      __builtin_ia32_pause();
#endif
    }
  }
  [[nodiscard]] int turns() const noexcept { return turns_; }

 private:
  int turns_ = 0;
};

/// Threads that wait until something is true. std::atomic's wait() would be shorter, but GCC 12's loses
/// notifications on systems without futexes, Windows among them.
class Sleepers {
 public:
  /// Returns once `awake()`, which reads atomic variables with the default memory order.
  template <class Condition>
  void wait(Condition awake) {
    std::unique_lock lock(mutex_);
    ++sleeping_;
    changed_.wait(lock, awake);
    --sleeping_;
  }
  /// To be called after a change with the default memory order: either the sleeper has seen the change, or it
  /// is counted here.
  void wake() {
    if (sleeping_ == 0) return;
    const std::scoped_lock between_look_and_sleep(mutex_);
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<int> sleeping_ = 0;
};

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
    const std::scoped_lock one_job(job_mutex_);
    if (background_) {
      for (Index i = 0; i < count; ++i) detail::call_task(task, i, 0);
      return;
    }
    constexpr Index most = (std::numeric_limits<int>::max)();
    for (Index from = 0; from < count; from += most) {
      run_job(run, context, from, (std::min)(most, count - from));
    }
  }

 private:
  using Run = void (*)(void* context, Index i, int worker);

  /// What outlives the pool in those that were given it.
  struct Shared {
    std::atomic<bool> alive = true;
    std::atomic<int> bursts = 0;
  };
  // NOLINTNEXTLINE(*-avoid-non-const-global-variables): where each thread is
  static constinit inline thread_local detail::PoolTask here;

  // A ticket is the number of a job, in the upper half, and the next task to be taken of a part, in the
  // lower.
  static constexpr std::uint64_t no_task = 0xFFFFFFFFU;
  static constexpr std::uint64_t job_of(std::uint64_t ticket) noexcept { return ticket >> 32; }
  // Not Index, which is too small for no_task, and for products of counts, in 32 bits.
  static constexpr std::int64_t task_of(std::uint64_t ticket) noexcept {
    return static_cast<std::int64_t>(ticket & no_task);
  }
  /// A part of the tasks, alone in its lines of the cache.
  struct alignas(128) Part {
    std::atomic<std::uint64_t> ticket = 0;
  };
  [[nodiscard]] Part& part(int worker) const noexcept { return parts_[static_cast<std::size_t>(worker)]; }
  /// First task of a part of `count` tasks.
  [[nodiscard]] std::int64_t first_of(int worker, std::int64_t count) const noexcept {
    return count * worker / size();
  }

  /// Called while no task of the job before is left. Nobody can take one between then and the new ticket:
  /// whoever reads the new count sees that the ticket has changed.
  void begin_job(Index count) noexcept;

  /// Lets the workers begin; drain() is what the caller does for its part.
  void start_job(Run run, void* context, Index first, Index count);
  void run_job(Run run, void* context, Index first, Index count);
  void finish_job();
  void wait_for_tasks();
  void keep_failure() noexcept;

  /// Takes tasks until there are none, of its own part first; returns the job of its part that showed it.
  std::uint64_t drain(int worker);
  std::uint64_t drain(int worker, int of);

  void work(int worker);

  void stop();

  /// For a forked child. Threads are not joined that do not exist, and what another thread slept on or had
  /// locked is not destroyed, which could take for ever: new objects take their places.
  void forget_threads() noexcept;

  int threads_;
  detail::ProcessMark mark_;
  std::shared_ptr<Shared> shared_;
  std::mutex job_mutex_;
  std::unique_ptr<Part[]> parts_;  // NOLINT(*-avoid-c-arrays): as many as threads, which cannot be moved
  std::atomic<Run> run_ = nullptr;
  std::atomic<void*> context_ = nullptr;
  std::atomic<Index> first_ = 0;
  std::atomic<Index> count_ = 0;
  std::atomic<int> pending_ = 0;
  std::atomic<bool> stopped_ = false;
  std::atomic<bool> failed_ = false;
  std::atomic<bool> background_ = false;  // changed under job_mutex_ when a job begins
  std::exception_ptr failure_;
  detail::Sleepers workers_asleep_;
  detail::Sleepers caller_asleep_;
  std::vector<std::thread> workers_;
};

/// A pointer to a pool that knows when the pool is gone: get() is null then, and of a moved-from Ref.
class ThreadPool::Ref {
 public:
  Ref() = default;
  /// `pool` may be null.
  explicit Ref(ThreadPool* pool) : pool_(pool), shared_(pool != nullptr ? pool->shared_ : nullptr) {}

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
  explicit Burst(ThreadPool* pool) noexcept {
    if (pool == nullptr) return;
    shared_ = pool->shared_;
    shared_->bursts.fetch_add(1, std::memory_order_relaxed);
  }
  Burst(const Burst&) = delete;
  Burst& operator=(const Burst&) = delete;
  ~Burst() {
    if (shared_ != nullptr) shared_->bursts.fetch_sub(1, std::memory_order_relaxed);
  }

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
    wait();
    context_ = std::addressof(task);
    run_ = [](void* of, Index i, int worker) { detail::call_task(*static_cast<Task*>(of), i, worker); };
    count_ = count;
    pool_ = nullptr;
    if (pool == nullptr || pool->threads_ == 1 || here.pool == pool || !pool->mark_.is_here()) return;
    const std::scoped_lock one_job(pool->job_mutex_);
    if (pool->background_) return;
    pool->background_ = true;
    pool_ = pool;
    pool->start_job(run_, context_, 0, count);
  }
  /// Whether tasks were begun that nobody waited for.
  [[nodiscard]] bool pending() const noexcept { return count_ > 0; }
  /// Returns when all tasks are done, of which it runs what no worker has taken.
  void wait();

 private:
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
