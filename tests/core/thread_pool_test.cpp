#include <wick/core/thread_pool.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

using namespace wick;
using wick_tests::message_of;

TEST_CASE("every index runs exactly once, whatever the number of threads") {
  for (const int threads : {1, 2, 3, 4, 8}) {
    ThreadPool pool(threads);
    CHECK(pool.size() == threads);
    for (const Index count : {0, 1, 2, 3, 7, 64, 1000}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(count));
      std::atomic<bool> bad_worker = false;
      pool.parallel_for(count, [&](Index i, int worker) {
        ++runs[static_cast<std::size_t>(i)];
        if (worker < 0 || worker >= threads) bad_worker = true;
      });
      CHECK(std::ranges::all_of(runs, [](const auto& n) { return n == 1; }));
      CHECK_FALSE(bad_worker);
    }
    pool.parallel_for(-3, [](Index) { FAIL("there is nothing to do"); });
  }
}

TEST_CASE("tasks of one worker never overlap") {
  ThreadPool pool(4);
  std::vector<std::atomic<int>> busy(4);
  std::atomic<bool> overlap = false;
  pool.parallel_for(500, [&](Index, int worker) {
    if (busy[static_cast<std::size_t>(worker)]++ != 0) overlap = true;
    std::this_thread::yield();
    --busy[static_cast<std::size_t>(worker)];
  });
  CHECK_FALSE(overlap);
}

TEST_CASE("many small jobs follow one another and see each other's results") {
  for (const int threads : {1, 2, 4}) {
    ThreadPool pool(threads);
    std::vector<long> sums(7, 0);  // plain memory: parallel_for must order the jobs
    for (long job = 1; job <= 5000; ++job) {
      pool.parallel_for(7, [&](Index i) { sums[static_cast<std::size_t>(i)] += job; });
    }
    CHECK(std::ranges::count(sums, 5000L * 5001 / 2) == 7);
  }
}

TEST_CASE("other threads do take tasks") {
  ThreadPool pool(2);
  // Each task waits until both have begun, which one thread alone could never do.
  std::atomic<int> begun = 0;
  std::atomic<bool> late = false;
  pool.parallel_for(2, [&](Index) {
    ++begun;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (begun < 2 && !late) {
      if (std::chrono::steady_clock::now() > deadline) late = true;
      std::this_thread::yield();
    }
  });
  CHECK_FALSE(late);
}

TEST_CASE("every thread begins with its own part of the tasks") {
  ThreadPool pool(3);
  for (int job = 0; job < 100; ++job) {
    std::vector<int> workers(12, -1);
    // The first task of each part waits for the others, so that nobody is done early and helps with a part
    // that its thread has not begun.
    std::atomic<int> begun = 0;
    std::atomic<bool> late = false;
    pool.parallel_for(12, [&](Index i, int worker) {
      workers[static_cast<std::size_t>(i)] = worker;
      if (i % 4 != 0) return;
      ++begun;
      const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
      while (begun < 3 && !late) {
        if (std::chrono::steady_clock::now() > deadline) late = true;
        std::this_thread::yield();
      }
    });
    CHECK_FALSE(late);
    CHECK(workers[0] == 0);
    CHECK(workers[4] == 1);
    CHECK(workers[8] == 2);
  }
}

TEST_CASE("two threads may share a pool: their jobs take turns") {
  ThreadPool pool(3);
  const auto count_up = [&pool](std::vector<int>& numbers) {
    for (int job = 0; job < 300; ++job) {
      pool.parallel_for(static_cast<Index>(numbers.size()),
                        [&](Index i) { ++numbers[static_cast<std::size_t>(i)]; });
    }
  };
  std::vector<int> a(5), b(9);
  {
    const std::jthread other([&] { count_up(b); });
    count_up(a);
  }
  CHECK(std::ranges::count(a, 300) == 5);
  CHECK(std::ranges::count(b, 300) == 9);
}

TEST_CASE("jobs within a burst are whole, and so is what comes after it") {
  ThreadPool pool(3);
  std::atomic<int> runs = 0;
  for (int i = 0; i < 200; ++i) {
    const ThreadPool::Burst outer(&pool);
    for (int job = 0; job < 5; ++job) {
      const ThreadPool::Burst inner(&pool);
      pool.parallel_for(7, [&](Index) { ++runs; });
    }
    const ThreadPool::Burst none(nullptr);
  }
  CHECK(runs == 7000);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));  // the workers fall asleep
  pool.parallel_for(7, [&](Index) { ++runs; });
  CHECK(runs == 7007);
}

TEST_CASE("a pool can be destroyed while idle, unused or right after a job") {
  for (int i = 0; i < 50; ++i) ThreadPool unused(4);
  // Often, because what goes wrong is a matter of moments: a worker that is still at its last task.
  for (int i = 0; i < 3000; ++i) {
    ThreadPool pool(2 + i % 3);
    std::atomic<int> runs = 0;
    for (int job = 0; job <= i % 3; ++job) pool.parallel_for(5, [&](Index) { ++runs; });
    if (i % 100 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    CHECK(runs == 5 * (i % 3 + 1));
  }
}

TEST_CASE("without a pool tasks run here, in order") {
  std::vector<Index> order;
  parallel_for(nullptr, 4, [&](Index i) { order.push_back(i); });
  CHECK(order == std::vector<Index>{0, 1, 2, 3});
  ThreadPool one(1);
  order.clear();
  const auto here = std::this_thread::get_id();
  bool elsewhere = false;
  parallel_for(&one, 4, [&](Index i, int worker) {
    order.push_back(i + worker);
    elsewhere = elsewhere || std::this_thread::get_id() != here;
  });
  CHECK(order == std::vector<Index>{0, 1, 2, 3});
  CHECK_FALSE(elsewhere);
}

TEST_CASE("a pool without threads is refused") {
  CHECK(message_of<OptionError>([] { ThreadPool pool(0); }) == "ThreadPool: threads must be >= 1, got 0");
  CHECK_THROWS_AS(ThreadPool(-1), OptionError);
}
