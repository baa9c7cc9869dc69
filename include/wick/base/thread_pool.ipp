#pragma once

// Definitions of base/thread_pool.hpp.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/spin.hpp>
#include <wick/base/error.hpp>
#include <wick/base/thread_pool.hpp>
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
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

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

}  // namespace detail

class ThreadPool::Team {
 public:
  /// Throws Error when the system refuses to start so many.
  Team(const ThreadPool& pool, int threads);
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;
  ~Team() = default;

  void run_tasks(Run run, void* context, Index count);
  /// Whether the workers begin with these tasks, which end with finish_background().
  [[nodiscard]] bool begin_background(Run run, void* context, Index count);
  void finish_background();

  /// Waits for the tasks and ends the threads.
  void end();
  /// For a forked child. Threads are not joined that do not exist, and what another thread slept on or had
  /// locked is not destroyed, which could take for ever: new objects take their places.
  void forget_threads() noexcept;

 private:
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
  [[nodiscard]] int size() const noexcept { return threads_; }
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

  const ThreadPool* pool_;
  int threads_;
  std::shared_ptr<const Shared> shared_;
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

WICK_INLINE ThreadPool::Team::Team(const ThreadPool& pool, int threads)
    : pool_(&pool), threads_(threads), shared_(pool.shared_) {
  parts_ = std::make_unique<Part[]>(static_cast<std::size_t>(threads));  // NOLINT(*-avoid-c-arrays): fixed
  workers_.reserve(static_cast<std::size_t>(threads - 1));
  try {
    for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { work(i); });
  } catch (const std::system_error& e) {
    const std::size_t started = workers_.size() + 1;
    stop();
    throw Error("ThreadPool: could only start " + std::to_string(started) + " of " + std::to_string(threads) +
                " threads: " + e.what());
  }
}

WICK_INLINE void ThreadPool::Team::end() {
  wait_for_tasks();
  stop();
}

WICK_INLINE void ThreadPool::Team::run_tasks(Run run, void* context, Index count) {
  const std::scoped_lock one_job(job_mutex_);
  if (background_) {
    for (Index i = 0; i < count; ++i) run(context, i, 0);
    return;
  }
  constexpr Index most = (std::numeric_limits<int>::max)();
  for (Index from = 0; from < count; from += most) {
    run_job(run, context, from, (std::min)(most, count - from));
  }
}

WICK_INLINE bool ThreadPool::Team::begin_background(Run run, void* context, Index count) {
  const std::scoped_lock one_job(job_mutex_);
  if (background_) return false;
  background_ = true;
  start_job(run, context, 0, count);
  return true;
}

WICK_INLINE void ThreadPool::Team::finish_background() {
  finish_job();
  background_ = false;
}

WICK_INLINE void ThreadPool::Team::begin_job(Index count) noexcept {
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

WICK_INLINE void ThreadPool::Team::start_job(Run run, void* context, Index first, Index count) {
  run_.store(run, std::memory_order_relaxed);
  context_.store(context, std::memory_order_relaxed);
  first_.store(first, std::memory_order_relaxed);
  pending_.store(detail::as_integer<int>(count), std::memory_order_relaxed);
  begin_job(count);
}

WICK_INLINE void ThreadPool::Team::run_job(Run run, void* context, Index first, Index count) {
  start_job(run, context, first, count);
  finish_job();
  if (failed_.load(std::memory_order_relaxed)) {
    failed_.store(false, std::memory_order_relaxed);
    std::rethrow_exception(std::exchange(failure_, nullptr));
  }
}

WICK_INLINE void ThreadPool::Team::finish_job() {
  const detail::PoolTask before = std::exchange(here, detail::PoolTask{pool_, 0});
  drain(0);
  here = before;
  wait_for_tasks();
}

WICK_INLINE void ThreadPool::Team::wait_for_tasks() {
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

WICK_INLINE void ThreadPool::Team::keep_failure() noexcept {
  if (!failed_.exchange(true)) failure_ = std::current_exception();
}

WICK_INLINE std::uint64_t ThreadPool::Team::drain(int worker) {
  const std::uint64_t job = drain(worker, worker);
  for (int i = 1; i < size(); ++i) drain(worker, (worker + i) % size());
  return job;
}

WICK_INLINE std::uint64_t ThreadPool::Team::drain(int worker, int of) {
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

WICK_INLINE void ThreadPool::Team::work(int worker) {
  here = {pool_, worker};
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

WICK_INLINE void ThreadPool::Team::stop() {
  stopped_.store(true, std::memory_order_relaxed);
  begin_job(0);
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

WICK_INLINE void ThreadPool::Team::forget_threads() noexcept {
  for (std::thread& worker : workers_) std::construct_at(&worker);
  std::construct_at(&workers_asleep_);
  std::construct_at(&caller_asleep_);
  std::construct_at(&job_mutex_);
}

WICK_INLINE ThreadPool::ThreadPool(int threads) : threads_(threads), shared_(std::make_shared<Shared>()) {
  if (threads < 1) throw OptionError("ThreadPool: threads must be >= 1, got " + std::to_string(threads));
  team_ = std::make_unique<Team>(*this, threads);
}

WICK_INLINE ThreadPool::~ThreadPool() {
  shared_->alive.store(false, std::memory_order_relaxed);
  if (mark_.is_here()) {
    team_->end();
  } else {
    team_->forget_threads();
  }
}

WICK_INLINE void ThreadPool::run_tasks(Run run, void* context, Index count) {
  team_->run_tasks(run, context, count);
}

WICK_INLINE ThreadPool::Ref::Ref(ThreadPool* pool)
    : pool_(pool), shared_(pool != nullptr ? pool->shared_ : nullptr) {}

WICK_INLINE ThreadPool::Burst::Burst(ThreadPool* pool) noexcept {
  if (pool == nullptr) return;
  shared_ = pool->shared_;
  shared_->bursts.fetch_add(1, std::memory_order_relaxed);
}
WICK_INLINE ThreadPool::Burst::~Burst() {
  if (shared_ != nullptr) shared_->bursts.fetch_sub(1, std::memory_order_relaxed);
}

WICK_INLINE void ThreadPool::Background::begin(ThreadPool* pool, Run run, void* context, Index count) {
  wait();
  context_ = context;
  run_ = run;
  count_ = count;
  pool_ = nullptr;
  if (pool == nullptr || pool->threads_ == 1 || here.pool == pool || !pool->mark_.is_here()) return;
  if (pool->team_->begin_background(run, context, count)) pool_ = pool;
}

WICK_INLINE void ThreadPool::Background::wait() {
  const Index count = std::exchange(count_, 0);
  if (count == 0) return;
  if (pool_ != nullptr && pool_->mark_.is_here()) {
    pool_->team_->finish_background();
    return;
  }
  // In a forked child, where nobody else goes on with them, all of them once more.
  for (Index i = 0; i < count; ++i) run_(context_, i, 0);
}

WICK_END_NAMESPACE
