#pragma once

// The batches of a pass: the one in use, and those that were gathered ahead of it.

#include <wick/base/thread_pool.hpp>
#include <wick/base/types.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <span>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What a pass gathers from, whatever its class.
template <class Batch>
struct BatchSource {
  const void* dataset = nullptr;
  void (*collate)(const void* dataset, std::span<const Index> rows, Batch& batch) = nullptr;
};

/// Some batches that are handed out while threads gather as many after them. A copy has the batch in use, and
/// gathers the others anew. Nothing is defined in the class: those of the usual batches are compiled once.
template <class Batch>
class Gathered {
 public:
  Gathered();
  Gathered(const Gathered& other);
  Gathered& operator=(const Gathered& other);
  // As copies, which may throw: the other one is still being written to.
  Gathered(Gathered&& other);             // NOLINT(*-noexcept-move-constructor)
  Gathered& operator=(Gathered&& other);  // NOLINT(*-noexcept-move-constructor)
  ~Gathered();

  [[nodiscard]] const Batch& current() const noexcept { return in_use_.batches[place_]; }

  /// Forgets what was gathered ahead.
  void restart();

  /// Gathers the first batch of `rows`, which are those left of the pass, or takes it from those gathered
  /// ahead. Throws what the dataset throws for it, and gathers it anew when asked again.
  void next(const BatchSource<Batch>& source, std::span<const Index> rows, Index batch_size, Index prefetch,
            ThreadPool* pool);

 private:
  struct Set {
    std::vector<Batch> batches = std::vector<Batch>(1);
    std::vector<std::exception_ptr> failures = {};
    std::size_t count = 0;
  };
  /// What the threads do.
  struct Task {
    BatchSource<Batch> source = {};
    std::span<const Index> rows = {};
    std::size_t size = 0;
    Set* to = nullptr;

    void operator()(Index i) const;
  };

  void take_or_gather(const BatchSource<Batch>& source, std::span<const Index> rows, std::size_t size,
                      std::size_t prefetch, ThreadPool* pool);

  Set in_use_;
  Set ahead_;
  std::size_t place_ = 0;
  Task task_;
  ThreadPool::Background background_;  // last, so that it waits before what it writes to is gone
};

template <class Batch>
Gathered<Batch>::Gathered() = default;
template <class Batch>
Gathered<Batch>::Gathered(const Gathered& other) : in_use_{{other.current()}, {nullptr}, 1} {}
template <class Batch>
Gathered<Batch>& Gathered<Batch>::operator=(const Gathered& other) {
  if (this != &other) {
    restart();
    in_use_ = {{other.current()}, {nullptr}, 1};
  }
  return *this;
}
template <class Batch>
// NOLINTNEXTLINE(*-noexcept-move-constructor,performance-move-constructor-init)
Gathered<Batch>::Gathered(Gathered&& other) : Gathered(std::as_const(other)) {}
template <class Batch>
Gathered<Batch>& Gathered<Batch>::operator=(Gathered&& other) {  // NOLINT(*-noexcept-move-constructor)
  *this = std::as_const(other);
  return *this;
}
template <class Batch>
Gathered<Batch>::~Gathered() = default;

template <class Batch>
void Gathered<Batch>::restart() {
  background_.wait();
  place_ = 0;
  in_use_.count = 0;
  ahead_.count = 0;
}

template <class Batch>
void Gathered<Batch>::next(const BatchSource<Batch>& source, std::span<const Index> rows, Index batch_size,
                           Index prefetch, ThreadPool* pool) {
  const auto size = static_cast<std::size_t>(batch_size);
  if (prefetch == 0 || pool == nullptr) {
    place_ = 0;
    source.collate(source.dataset, rows.first((std::min)(size, rows.size())), in_use_.batches[0]);
    return;
  }
  if (place_ + 1 < in_use_.count) {
    ++place_;
  } else {
    take_or_gather(source, rows, size, static_cast<std::size_t>(prefetch), pool);
  }
  if (std::exception_ptr failure = std::exchange(in_use_.failures[place_], nullptr)) {
    restart();
    std::rethrow_exception(std::move(failure));
  }
}

template <class Batch>
void Gathered<Batch>::Task::operator()(Index i) const {
  const auto place = static_cast<std::size_t>(i);
  const std::size_t from = place * size;
  try {
    source.collate(source.dataset, rows.subspan(from, (std::min)(size, rows.size() - from)),
                   to->batches[place]);
  } catch (...) {
    to->failures[place] = std::current_exception();
  }
}

template <class Batch>
void Gathered<Batch>::take_or_gather(const BatchSource<Batch>& source, std::span<const Index> rows,
                                     std::size_t size, std::size_t prefetch, ThreadPool* pool) {
  place_ = 0;
  if (background_.pending()) {
    background_.wait();
    std::swap(in_use_, ahead_);
  } else {
    // The first of a pass: nobody has to wait for more than this one.
    in_use_.failures.assign(1, nullptr);
    in_use_.count = 1;
    source.collate(source.dataset, rows.first((std::min)(size, rows.size())), in_use_.batches[0]);
  }
  const std::size_t behind = in_use_.count * size;
  if (behind >= rows.size()) return;
  task_ = {source, rows.subspan(behind), size, &ahead_};
  ahead_.count = (std::min)(prefetch, (task_.rows.size() + size - 1) / size);
  if (ahead_.batches.size() < ahead_.count) ahead_.batches.resize(ahead_.count);
  ahead_.failures.assign(ahead_.count, nullptr);
  background_.start(pool, static_cast<Index>(ahead_.count), task_);
}

}  // namespace detail

WICK_END_NAMESPACE
