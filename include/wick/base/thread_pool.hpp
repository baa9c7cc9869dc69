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
#include <string>
#include <system_error>
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
  explicit ThreadPool(int threads) : threads_(threads) {
    if (threads < 1) throw OptionError("ThreadPool: threads must be >= 1, got " + std::to_string(threads));
    parts_ = std::make_unique<Part[]>(static_cast<std::size_t>(threads));  // NOLINT(*-avoid-c-arrays): fixed
    workers_.reserve(static_cast<std::size_t>(threads - 1));
    try {
      for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { work(i); });
    } catch (const std::system_error& e) {
      const std::size_t started = workers_.size() + 1;
      stop();
      throw Error("ThreadPool: could only start " + std::to_string(started) + " of " +
                  std::to_string(threads) + " threads: " + e.what());
    }
  }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() {
    shared_->alive.store(false, std::memory_order_relaxed);
    if (mark_.is_here()) {
      wait_for_tasks();
      stop();
    } else {
      forget_threads();
    }
  }

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
  void begin_job(Index count) noexcept {
    const std::uint64_t job = job_of(part(0).ticket.load(std::memory_order_relaxed));
    for (int w = 0; w < size(); ++w) {
      part(w).ticket.store(job << 32 | no_task, std::memory_order_relaxed);
    }
    count_.store(count, std::memory_order_release);
    for (int w = 0; w < size(); ++w) {
      part(w).ticket.store((job + 1) << 32 | static_cast<std::uint64_t>(first_of(w, count)));
    }
    workers_asleep_.wake();
  }

  /// Lets the workers begin; drain() is what the caller does for its part.
  void start_job(Run run, void* context, Index first, Index count) {
    run_.store(run, std::memory_order_relaxed);
    context_.store(context, std::memory_order_relaxed);
    first_.store(first, std::memory_order_relaxed);
    pending_.store(detail::as_integer<int>(count), std::memory_order_relaxed);
    begin_job(count);
  }
  void run_job(Run run, void* context, Index first, Index count) {
    start_job(run, context, first, count);
    finish_job();
    if (failed_.load(std::memory_order_relaxed)) {
      failed_.store(false, std::memory_order_relaxed);
      std::rethrow_exception(std::exchange(failure_, nullptr));
    }
  }
  void finish_job() {
    const detail::PoolTask before = std::exchange(here, detail::PoolTask{this, 0});
    drain(0);
    here = before;
    wait_for_tasks();
  }
  void wait_for_tasks() {
    detail::Spin spin;
    constexpr int long_enough = 1000;
    while (pending_.load(std::memory_order_acquire) != 0) {
      if (spin.turns() < long_enough) {
        spin();
      } else {
        caller_asleep_.wait([this] { return pending_ == 0; });
      }
    }
  }
  void keep_failure() noexcept {
    if (!failed_.exchange(true)) failure_ = std::current_exception();
  }

  /// Takes tasks until there are none, of its own part first; returns the job of its part that showed it.
  std::uint64_t drain(int worker) {
    const std::uint64_t job = drain(worker, worker);
    for (int i = 1; i < size(); ++i) drain(worker, (worker + i) % size());
    return job;
  }
  std::uint64_t drain(int worker, int of) {
    std::atomic<std::uint64_t>& next = part(of).ticket;
    std::uint64_t ticket = next.load(std::memory_order_acquire);
    while (true) {
      // These may be of a later job than the ticket, which cannot be exchanged then. If it can, a task of its
      // job was still to be taken, and the job cannot end before that is done.
      const Run run = run_.load(std::memory_order_relaxed);
      void* const context = context_.load(std::memory_order_relaxed);
      const Index first = first_.load(std::memory_order_relaxed);
      const std::int64_t i = task_of(ticket);
      if (i >= first_of(of + 1, count_.load(std::memory_order_acquire))) return job_of(ticket);
      if (!next.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acquire)) continue;
      try {
        run(context, first + detail::as_integer<Index>(i), worker);
      } catch (...) {
        keep_failure();
      }
      if (pending_.fetch_sub(1) == 1) caller_asleep_.wake();
      ticket = next.load(std::memory_order_acquire);
    }
  }

  void work(int worker) {
    here = {this, worker};
    std::uint64_t seen = 0;
    while (true) {
      detail::Spin spin;
      const std::atomic<std::uint64_t>& own = part(worker).ticket;
      while (job_of(own.load(std::memory_order_acquire)) == seen) {
        if (shared_->bursts.load(std::memory_order_relaxed) > 0) {
          spin();
        } else {
          workers_asleep_.wait([&] { return job_of(own) != seen; });
        }
      }
      // The job that ends drain() may be the one of stop().
      seen = drain(worker);
      if (stopped_.load(std::memory_order_relaxed)) return;
    }
  }

  void stop() {
    stopped_.store(true, std::memory_order_relaxed);
    begin_job(0);
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
  }

  /// For a forked child. Threads are not joined that do not exist, and what another thread slept on or had
  /// locked is not destroyed, which could take for ever: new objects take their places.
  void forget_threads() noexcept {
    for (std::thread& worker : workers_) std::construct_at(&worker);
    std::construct_at(&workers_asleep_);
    std::construct_at(&caller_asleep_);
    std::construct_at(&job_mutex_);
  }

  int threads_;
  detail::ProcessMark mark_;
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
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
  void wait() {
    const Index count = std::exchange(count_, 0);
    if (count == 0) return;
    if (pool_ != nullptr && pool_->mark_.is_here()) {
      pool_->finish_job();
      pool_->background_ = false;
      return;
    }
    // In a forked child, where nobody else goes on with them, all of them once more.
    for (Index i = 0; i < count; ++i) run_(context_, i, 0);
  }

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
