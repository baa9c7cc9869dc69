#pragma once

// Definitions of base/thread_pool.hpp.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/base/types.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE ThreadPool::ThreadPool(int threads) : threads_(threads), shared_(std::make_shared<Shared>()) {
  if (threads < 1) throw OptionError("ThreadPool: threads must be >= 1, got " + std::to_string(threads));
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

WICK_INLINE ThreadPool::~ThreadPool() {
  shared_->alive.store(false, std::memory_order_relaxed);
  if (mark_.is_here()) {
    wait_for_tasks();
    stop();
  } else {
    forget_threads();
  }
}

WICK_INLINE void ThreadPool::begin_job(Index count) noexcept {
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

WICK_INLINE void ThreadPool::start_job(Run run, void* context, Index first, Index count) {
  run_.store(run, std::memory_order_relaxed);
  context_.store(context, std::memory_order_relaxed);
  first_.store(first, std::memory_order_relaxed);
  pending_.store(detail::as_integer<int>(count), std::memory_order_relaxed);
  begin_job(count);
}

WICK_INLINE void ThreadPool::run_job(Run run, void* context, Index first, Index count) {
  start_job(run, context, first, count);
  finish_job();
  if (failed_.load(std::memory_order_relaxed)) {
    failed_.store(false, std::memory_order_relaxed);
    std::rethrow_exception(std::exchange(failure_, nullptr));
  }
}

WICK_INLINE void ThreadPool::finish_job() {
  const detail::PoolTask before = std::exchange(here, detail::PoolTask{this, 0});
  drain(0);
  here = before;
  wait_for_tasks();
}

WICK_INLINE void ThreadPool::wait_for_tasks() {
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

WICK_INLINE void ThreadPool::keep_failure() noexcept {
  if (!failed_.exchange(true)) failure_ = std::current_exception();
}

WICK_INLINE std::uint64_t ThreadPool::drain(int worker) {
  const std::uint64_t job = drain(worker, worker);
  for (int i = 1; i < size(); ++i) drain(worker, (worker + i) % size());
  return job;
}

WICK_INLINE std::uint64_t ThreadPool::drain(int worker, int of) {
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

WICK_INLINE void ThreadPool::work(int worker) {
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

WICK_INLINE void ThreadPool::stop() {
  stopped_.store(true, std::memory_order_relaxed);
  begin_job(0);
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

WICK_INLINE void ThreadPool::forget_threads() noexcept {
  for (std::thread& worker : workers_) std::construct_at(&worker);
  std::construct_at(&workers_asleep_);
  std::construct_at(&caller_asleep_);
  std::construct_at(&job_mutex_);
}

WICK_INLINE void ThreadPool::Background::wait() {
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

WICK_END_NAMESPACE
