#include <wick/base/thread_pool.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#endif

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

TEST_CASE("between one job and the next no thread finds a task that neither has") {
  ThreadPool pool(6);
  const ThreadPool::Burst burst(&pool);
  std::atomic<long> outside = 0;
  for (int job = 0; job < 50000 && outside == 0; ++job) {
    const Index count = 2 + job % 7;
    pool.parallel_for(count, [&](Index i) {
      if (i < 0 || i >= count) ++outside;
    });
  }
  CHECK(outside == 0);
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

TEST_CASE("what a task throws is thrown to the caller, and the pool works on") {
  for (const int threads : {1, 2, 4}) {
    ThreadPool pool(threads);
    for (int job = 0; job < 200; ++job) {
      std::vector<int> there(50, 0);
      CHECK(message_of<std::runtime_error>([&] {
              pool.parallel_for(50, [&](Index i) {
                there[static_cast<std::size_t>(i)] = 1;
                if (i % 10 == 3) throw std::runtime_error("bad task");
              });
            }) == "bad task");
      std::atomic<int> runs = 0;
      pool.parallel_for(50, [&](Index) { ++runs; });
      CHECK(runs == 50);
    }
  }
}

TEST_CASE("a task that calls its own pool runs the new tasks itself") {
  ThreadPool pool(3);
  std::atomic<int> runs = 0;
  std::atomic<bool> other_worker = false;
  pool.parallel_for(20, [&](Index, int worker) {
    pool.parallel_for(10, [&](Index, int inner) {
      ++runs;
      if (inner != worker) other_worker = true;
    });
  });
  CHECK(runs == 200);
  CHECK_FALSE(other_worker);
  pool.parallel_for(10, [&](Index) { ++runs; });
  CHECK(runs == 210);
}

TEST_CASE("a Ref knows when the pool is gone, and a Burst may outlive it") {
  auto pool = std::make_unique<ThreadPool>(2);
  ThreadPool::Ref ref(pool.get());
  const ThreadPool::Ref copy = ref;
  CHECK(ref.get() == pool.get());
  const ThreadPool::Ref moved = std::move(ref);
  CHECK(ref.get() == nullptr);
  const ThreadPool::Burst burst(pool.get());
  pool.reset();
  CHECK(copy.get() == nullptr);
  CHECK(moved.get() == nullptr);
  CHECK(ThreadPool::Ref().get() == nullptr);
  CHECK(ThreadPool::Ref(nullptr).get() == nullptr);
}

TEST_CASE("tasks in the background run once each, beside what the caller does") {
  ThreadPool pool(3);
  ThreadPool one(1);
  for (ThreadPool* const used : {&pool, &one, static_cast<ThreadPool*>(nullptr)}) {
    for (int round = 0; round < 200; ++round) {
      std::vector<std::atomic<int>> runs(1 + static_cast<std::size_t>(round) % 7);
      auto task = [&](Index i) { ++runs[static_cast<std::size_t>(i)]; };
      ThreadPool::Background background;
      CHECK_FALSE(background.pending());
      background.start(used, static_cast<Index>(runs.size()), task);
      CHECK(background.pending());
      // The pool still does what it is asked for.
      Index sum = 0;
      parallel_for(used, 10, [&](Index i) {
        if (used != &pool) sum += i;
      });
      if (used != &pool) CHECK(sum == 45);
      if (round % 3 != 0) background.wait();
      if (round % 3 == 1) background.start(used, 1, task);  // its destructor waits
    }
  }
  // Tasks of two: the second runs on its caller. All are done after wait().
  std::atomic<int> first = 0;
  std::atomic<int> second = 0;
  auto count_first = [&](Index) { ++first; };
  auto count_second = [&](Index) { ++second; };
  ThreadPool::Background a;
  ThreadPool::Background b;
  a.start(&pool, 50, count_first);
  b.start(&pool, 50, count_second);
  b.wait();
  CHECK(second == 50);
  a.wait();
  CHECK(first == 50);
  a.wait();
  CHECK(first == 50);
  std::atomic<int> after = 0;
  pool.parallel_for(30, [&](Index) { ++after; });
  CHECK(after == 30);
}

TEST_CASE("workers take tasks in the background without the caller") {
  ThreadPool pool(2);
  std::atomic<bool> done = false;
  auto task = [&](Index) { done = true; };
  ThreadPool::Background background;
  background.start(&pool, 1, task);
  for (int i = 0; i < 10000 && !done; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(done);
}

#if !defined(_WIN32) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a forked child runs tasks itself, and the pool can be destroyed there") {
  // Between jobs, when the workers are about to sleep, asleep, and looking for work.
  for (const int wait : {0, 0, 0, 20, 300, -1}) {
    auto pool = std::make_unique<ThreadPool>(3);
    std::optional<ThreadPool::Burst> burst;
    if (wait < 0) burst.emplace(pool.get());
    std::atomic<int> runs = 0;
    for (int job = 0; job < 20; ++job) pool->parallel_for(30, [&](Index) { ++runs; });
    if (wait > 0) std::this_thread::sleep_for(std::chrono::milliseconds(wait));
    std::atomic<int> behind = 0;
    auto task = [&](Index) { ++behind; };
    ThreadPool::Background background;
    background.start(pool.get(), 4, task);
    const pid_t child = ::fork();
    if (child == 0) {
      ::alarm(60);
      behind = 0;
      background.wait();
      if (behind != 4) ::_exit(2);
      std::vector<int> there(30, 0);
      pool->parallel_for(30, [&](Index i) { there[static_cast<std::size_t>(i)] = 1; });
      const bool all = std::ranges::count(there, 1) == 30;
      burst.reset();
      pool.reset();
      // A pool of its own has threads.
      ThreadPool own(2);
      std::atomic<int> more = 0;
      own.parallel_for(30, [&](Index) { ++more; });
      ::_exit(all && more == 30 ? 0 : 1);
    }
    REQUIRE(child > 0);
    int status = -1;
    ::waitpid(child, &status, 0);
    CAPTURE(wait);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    background.wait();
    CHECK(behind == 4);
    pool->parallel_for(30, [&](Index) { ++runs; });
    CHECK(runs == 21 * 30);
  }
}
#endif
