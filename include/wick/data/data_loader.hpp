#pragma once

// Batches of a dataset, in PyTorch's order.

#include <wick/base/cloned.hpp>
#include <wick/base/error.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/data/dataset.hpp>
#include <wick/data/detail/gathered.hpp>
#include <wick/data/samplers.hpp>
#include <wick/random/distributions.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Options of DataLoader, with PyTorch's names and defaults.
struct DataLoaderOptions {
  Index batch_size = 1;            ///< samples per batch, >= 1
  bool shuffle = false;            ///< a new random order for every pass
  bool drop_last = false;          ///< leave out a last batch that is not full
  Generator* generator = nullptr;  ///< must outlive the loader; null: default_generator()
  /// Only these rows of the dataset, as of torch.utils.data.Subset; nothing: all. A row may be there more
  /// than once. See train_test_split() and k_fold().
  std::optional<std::vector<Index>> rows = {};
  /// So many batches, >= 0, are gathered ahead, on threads of `pool`, while those before are in use: for
  /// datasets that take long, as pictures to be read and decoded. They, their order and what is drawn do not
  /// depend on it. The dataset's collate() is called by several threads then, and the dataset stays as it is
  /// during a pass.
  Index prefetch = 0;
  /// For `prefetch`, and best for nothing else: meanwhile its other users wait for no thread, but get none.
  /// Must outlive the loader. Null: batches are gathered when they are asked for.
  ThreadPool* pool = nullptr;
  AnySampler sampler = {};  ///< which rows a pass takes, by their numbers in `rows`; without `shuffle`
};

/// A place within a pass over the data.
struct LoaderState {
  std::vector<Index> order;  ///< the order of the pass; empty when no pass is under way
  Index position = 0;        ///< samples of it that were handed out, counting the current batch
};

namespace detail {

/// What a DataLoader does that does not depend on what the samples are; `n` is how many there are.
class LoaderOrder {
 public:
  /// Throws for options that do not fit.
  static void check_options(const DataLoaderOptions& options, bool draws, Index n);
  /// Samples of a pass.
  [[nodiscard]] static Index count(const DataLoaderOptions& options, Index n);
  /// Draws the order of a pass.
  static void draw(const DataLoaderOptions& options, Index n, Generator& generator,
                   std::vector<Index>& order);
  /// Throws unless a pass can go on there.
  static void check_state(const DataLoaderOptions& options, Index n, const LoaderState& state);
  [[noreturn]] static void refuse_empty();
  [[noreturn]] static void refuse_prefetch(Index prefetch);
  [[noreturn]] static void refuse_rows(Index rows, Index from, Index n);
};

/// One pass over the data. The loader keeps it for the next one, iterators share it.
template <class Batch>
struct LoaderPass {
  BatchSource<Batch> source;
  DataLoaderOptions options;
  std::vector<Index> order = {};
  Index position = 0;      // samples handed out
  Index count = 0;         // of them in the batch
  bool exhausted = false;  // the samples ran out, and PyTorch's last draw with them
  bool running = false;
  bool by_rows = false;  // nothing is gathered before it is asked for
  Index first = 0;       // of the rows of the batch that are gathered
  Index gathered = 0;
  Gathered<Batch> batches = {};

  void next_batch();
  [[nodiscard]] LoaderState state() const;
  [[nodiscard]] std::span<const Index> numbers(Index from, Index n) const noexcept {
    return {order.data() + (position - count + from), static_cast<std::size_t>(n)};
  }
  void gather(Index from, Index n);
};

/// The passes of a loader. As in Gathered, nothing is defined in the class.
template <class Batch>
class LoaderPasses {
 public:
  LoaderPasses();
  LoaderPasses(const LoaderPasses& other);
  LoaderPasses(LoaderPasses&& other) noexcept;
  LoaderPasses& operator=(const LoaderPasses& other);
  LoaderPasses& operator=(LoaderPasses&& other) noexcept;
  ~LoaderPasses();

  [[nodiscard]] bool is_resumed() const noexcept { return resumed_.has_value(); }
  /// Begins a pass; `samples` of the dataset count unless it is resumed.
  [[nodiscard]] std::shared_ptr<LoaderPass<Batch>> begin(const BatchSource<Batch>& source,
                                                         const DataLoaderOptions& options, Index samples,
                                                         Generator& generator, bool by_rows);
  [[nodiscard]] LoaderState state() const;
  /// The next pass goes on there, or is another one. Throws for a place where none can go on.
  void resume(const DataLoaderOptions& options, Index samples, LoaderState state);

 private:
  std::shared_ptr<LoaderPass<Batch>> free_pass(const BatchSource<Batch>& source,
                                               const DataLoaderOptions& options);
  /// A pass that was left early is not the one that state() is asked for any more.
  void forget_abandoned();

  std::vector<Cloned<LoaderPass<Batch>>> passes_;  // the one that began first in front
  std::optional<LoaderState> resumed_;
};

template <class Batch>
void LoaderPass<Batch>::next_batch() {
  const auto n = static_cast<Index>(order.size());
  const Index left = n - position;
  if (left < options.batch_size && !exhausted) {
    exhausted = true;
    if (options.shuffle && options.generator != nullptr) {
      for (Index i = 0; i + 1 < n; ++i) static_cast<void>(options.generator->random32());
    }
  }
  count = (std::min)(left, options.batch_size);
  if (count <= 0 || (options.drop_last && count < options.batch_size)) {
    count = 0;
    running = false;
    return;
  }
  first = 0;
  gathered = by_rows ? 0 : count;
  if (!by_rows) {
    batches.next(source, std::span<const Index>(order).subspan(static_cast<std::size_t>(position)),
                 options.batch_size, options.prefetch, options.pool);
  }
  position += count;
}

/// An empty order when the pass is over.
template <class Batch>
LoaderState LoaderPass<Batch>::state() const {
  if (!running) return {};
  return {order, position};
}

template <class Batch>
void LoaderPass<Batch>::gather(Index from, Index n) {
  if (!by_rows && options.prefetch > 0) LoaderOrder::refuse_prefetch(options.prefetch);
  if (from < 0 || n < 1 || from + n > count) LoaderOrder::refuse_rows(count, from, n);
  batches.next(source, numbers(from, n), n, 0, nullptr);
  first = from;
  gathered = n;
}

template <class Batch>
LoaderPasses<Batch>::LoaderPasses() = default;
template <class Batch>
LoaderPasses<Batch>::LoaderPasses(const LoaderPasses& other) = default;
template <class Batch>
LoaderPasses<Batch>::LoaderPasses(LoaderPasses&& other) noexcept = default;
template <class Batch>
LoaderPasses<Batch>& LoaderPasses<Batch>::operator=(const LoaderPasses& other) = default;
template <class Batch>
LoaderPasses<Batch>& LoaderPasses<Batch>::operator=(LoaderPasses&& other) noexcept = default;
template <class Batch>
LoaderPasses<Batch>::~LoaderPasses() = default;

template <class Batch>
std::shared_ptr<LoaderPass<Batch>> LoaderPasses<Batch>::begin(const BatchSource<Batch>& source,
                                                              const DataLoaderOptions& options, Index samples,
                                                              Generator& generator, bool by_rows) {
  std::shared_ptr<LoaderPass<Batch>> pass = free_pass(source, options);
  pass->running = false;
  pass->by_rows = by_rows;
  pass->batches.restart();
  if (resumed_) {
    pass->order = std::move(resumed_->order);
    pass->position = resumed_->position;
    const auto n = static_cast<Index>(pass->order.size());
    pass->exhausted = pass->position == n && n % options.batch_size != 0;
    resumed_.reset();
  } else {
    LoaderOrder::draw(options, samples, generator, pass->order);
    pass->position = 0;
    pass->exhausted = false;
  }
  pass->running = true;
  pass->next_batch();
  return pass;
}

template <class Batch>
LoaderState LoaderPasses<Batch>::state() const {
  if (resumed_) return *resumed_;
  return passes_.empty() ? LoaderState() : passes_.front()->state();
}

template <class Batch>
void LoaderPasses<Batch>::resume(const DataLoaderOptions& options, Index samples, LoaderState state) {
  if (state.order.empty() && state.position == 0) {
    resumed_.reset();
  } else {
    LoaderOrder::check_state(options, samples, state);
    resumed_ = std::move(state);
  }
  forget_abandoned();
}

/// One that no iterator is on, or whose iterators are at its end.
template <class Batch>
std::shared_ptr<LoaderPass<Batch>> LoaderPasses<Batch>::free_pass(const BatchSource<Batch>& source,
                                                                  const DataLoaderOptions& options) {
  for (auto& pass : passes_) {
    if (pass.share().use_count() == 1 || !pass->running) return pass.share();
  }
  return passes_
      .emplace_back(LoaderPass<Batch>{.source = source,
                                      .options = {.batch_size = options.batch_size,
                                                  .shuffle = options.shuffle,
                                                  .drop_last = options.drop_last,
                                                  .generator = options.generator,
                                                  .prefetch = options.prefetch,
                                                  .pool = options.pool}})
      .share();
}

template <class Batch>
void LoaderPasses<Batch>::forget_abandoned() {
  for (auto& pass : passes_) {
    if (pass.share().use_count() == 1) pass->running = false;
  }
}

#ifdef WICK_COMPILED
extern template struct LoaderPass<Batch<float>>;
extern template class LoaderPasses<Batch<float>>;
extern template class Gathered<Batch<float>>;
extern template struct LoaderPass<Batch<double>>;
extern template class LoaderPasses<Batch<double>>;
extern template class Gathered<Batch<double>>;
extern template struct LoaderPass<Batch<float, float>>;
extern template class LoaderPasses<Batch<float, float>>;
extern template class Gathered<Batch<float, float>>;
#endif

}  // namespace detail

/// Batches of `dataset`, equal to those of torch.utils.data.DataLoader with
/// num_workers = 0, and with the same draws from the same generator.
///
///   for (auto& [images, labels] : loader) { ... }
///
/// begin() starts a pass of its own, as iter() does in Python: passes may run side by side and within each
/// other, evaluations of the training data amid an epoch, say. A batch is valid until its iterator moves on
/// or, without one, until the next begin(). Leaving a pass early is fine. Nothing is allocated after the
/// first pass, or the first time that so many run at once. The dataset is referenced and must outlive the
/// loader.
///
/// With `rows`, an order is one of these: samples keep the numbers that they have in the dataset, in
/// Iterator::indices(), in LoaderState and in messages.
///
/// Draws (g is options.generator or the default generator; as in PyTorch 1.13 to
/// 2.13): every pass begins with one random63(g). With shuffle and no generator, a
/// second one seeds a fresh generator whose randperm(n) is the order. With shuffle
/// and a generator, the order is randperm(n) from g, and a further randperm(n) is
/// drawn from g and thrown away when the samples run out: while the last batch is
/// gathered if it is not full, else after it. A sampler draws from g as well.
template <class Dataset, Floating T = float>
requires DatasetFor<Dataset, T>
class DataLoader {
  using Pass = detail::LoaderPass<BatchOf<Dataset, T>>;

 public:
  /// What a pass gives, the same object each time, with other samples.
  using Batch = BatchOf<Dataset, T>;

  /// Where a pass is: an input iterator over its batches.
  class Iterator {
   public:
    /// As iterators of the standard library have it.
    using value_type = Batch;
    /// As iterators of the standard library have it.
    using reference = const Batch&;
    /// As iterators of the standard library have it.
    using difference_type = std::ptrdiff_t;
    /// As iterators of the standard library have it.
    using iterator_concept = std::input_iterator_tag;

    Iterator() = default;

    /// The current batch, until the next one.
    [[nodiscard]] const Batch& operator*() const noexcept { return pass_->batches.current(); }
    /// Of the current batch.
    [[nodiscard]] const Batch* operator->() const noexcept { return &pass_->batches.current(); }
    /// Gathers the next batch.
    Iterator& operator++() {
      pass_->next_batch();
      return *this;
    }
    void operator++(int) { ++*this; }
    /// Whether the pass is over.
    [[nodiscard]] bool operator==(std::default_sentinel_t) const noexcept {
      return pass_ == nullptr || !pass_->running;
    }

    /// Where this pass is, counting the current batch as done; an empty order after its end.
    [[nodiscard]] LoaderState state() const { return pass_ == nullptr ? LoaderState() : pass_->state(); }
    /// The numbers that the samples of the current batch have in the dataset; after gather(), of the rows
    /// that were gathered.
    [[nodiscard]] std::span<const Index> indices() const noexcept {
      if (*this == std::default_sentinel) return {};
      return pass_->numbers(pass_->first, pass_->gathered);
    }
    /// The numbers of all samples of the current batch, whatever is gathered of it.
    [[nodiscard]] std::span<const Index> samples() const noexcept {
      if (*this == std::default_sentinel) return {};
      return pass_->numbers(0, pass_->count);
    }
    /// How many these are.
    [[nodiscard]] Index rows() const noexcept { return static_cast<Index>(samples().size()); }
    /// Makes the current batch `count` of its rows, from row `first` on, until the iterator moves on: those
    /// of one replica of a model, see Replicas. Throws IndexError unless there are such rows, and OptionError
    /// when batches are gathered ahead.
    void gather(Index first, Index count) {
      if (*this == std::default_sentinel) throw IndexError("DataLoader: rows of a batch after the last");
      pass_->gather(first, count);
    }

    /// Whether gathering draws random numbers.
    [[nodiscard]] static constexpr bool draws() noexcept {
      return requires { requires Dataset::draws; };
    }

   private:
    friend class DataLoader;
    explicit Iterator(std::shared_ptr<Pass> pass) : pass_(std::move(pass)) {}

    std::shared_ptr<Pass> pass_;
  };

  /// Throws OptionError unless batch_size >= 1 and the dataset has samples, and for both `shuffle` and
  /// `sampler`; IndexError for a row that the dataset does not have.
  explicit DataLoader(const Dataset& dataset, const DataLoaderOptions& options = {})
      : dataset_(&dataset), options_(options) {
    detail::LoaderOrder::check_options(options, Iterator::draws(), dataset_size());
  }
  explicit DataLoader(const Dataset&&, const DataLoaderOptions& = {}) = delete;

  /// Batches per pass: Python's len(loader). 0 when drop_last leaves none, which train() and evaluate()
  /// refuse.
  [[nodiscard]] Index size() const {
    const Index n = sample_count();
    return n / options_.batch_size + (!options_.drop_last && n % options_.batch_size != 0 ? 1 : 0);
  }
  /// What it was made for.
  [[nodiscard]] const Dataset& dataset() const noexcept { return *dataset_; }
  /// Samples of a batch, but perhaps of the last.
  [[nodiscard]] Index batch_size() const noexcept { return options_.batch_size; }
  /// The generator that passes draw from.
  [[nodiscard]] Generator& generator() const noexcept {
    return options_.generator != nullptr ? *options_.generator : default_generator();
  }

  /// Starts a pass and gathers its first batch.
  [[nodiscard]] Iterator begin() { return begin_pass(false); }
  /// Starts a pass whose batches are not gathered before rows of them are asked for by Iterator::gather(), so
  /// that nothing is gathered in vain; `prefetch` has no part in it.
  [[nodiscard]] Iterator begin_by_rows() { return begin_pass(true); }
  /// Compares equal to an iterator whose pass is over.
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

  /// Where the pass is that began first; an empty order before the first pass and after a complete
  /// one. Taken while a batch is in use, it counts that batch as done.
  [[nodiscard]] LoaderState state() const { return passes_.state(); }

  /// Makes the next begin() continue a pass with the batch after `state.position`,
  /// drawing no random numbers for what was drawn already; with an empty order the
  /// next begin() starts a pass as usual. Together with the generator's state, the
  /// continued pass is the interrupted one. Throws OptionError, and changes nothing,
  /// unless order is a permutation of 0..n-1, or of the options' rows, or rows that the sampler can give, and
  /// position is in [0, n].
  void resume(LoaderState state) { passes_.resume(options_, dataset_size(), std::move(state)); }

 private:
  [[nodiscard]] Iterator begin_pass(bool by_rows) {
    const detail::BatchSource<Batch> source{
        dataset_, [](const void* dataset, std::span<const Index> rows, Batch& batch) {
          static_cast<const Dataset*>(dataset)->collate(rows, batch);
        }};
    return Iterator(
        passes_.begin(source, options_, passes_.is_resumed() ? 0 : dataset_size(), generator(), by_rows));
  }
  [[nodiscard]] Index dataset_size() const {
    const Index n = dataset_->size();
    if (n < 1) detail::LoaderOrder::refuse_empty();
    return n;
  }
  /// Of a pass.
  [[nodiscard]] Index sample_count() const { return detail::LoaderOrder::count(options_, dataset_size()); }

  const Dataset* dataset_;
  DataLoaderOptions options_;
  detail::LoaderPasses<Batch> passes_;
};

/// The scalar is float unless the dataset gathers only double batches.
template <class Dataset>
DataLoader(const Dataset&, const DataLoaderOptions& = {})
    -> DataLoader<Dataset, std::conditional_t<DatasetFor<Dataset, float>, float, double>>;

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/data/data_loader.ipp>
#endif
