#pragma once

// Batches of a dataset, in PyTorch's order.

#include <wick/core/random.hpp>
#include <wick/data/dataset.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

/// Options of DataLoader, with PyTorch's names and defaults.
struct DataLoaderOptions {
  Index batch_size = 1;            ///< samples per batch, >= 1
  bool shuffle = false;            ///< a new random order for every pass
  bool drop_last = false;          ///< leave out a last batch that is not full
  Generator* generator = nullptr;  ///< must outlive the loader; null: default_generator()
};

/// A place within a pass over the data.
struct LoaderState {
  std::vector<Index> order;  ///< the order of the pass; empty when no pass is under way
  Index position = 0;        ///< samples of it that were handed out, counting the current batch
};

/// Batches of `dataset`, equal to those of torch.utils.data.DataLoader with
/// num_workers = 0, and with the same draws from the same generator.
///
///   for (auto& [images, labels] : loader) { ... }
///
/// One pass at a time: begin() starts a new one, and a batch is valid until the
/// iterator moves on. Leaving a pass early is fine. After the first pass nothing is
/// allocated. The dataset is referenced and must outlive the loader.
///
/// Draws (g is options.generator or the default generator; as in PyTorch 1.13 to
/// 2.13): every pass begins with one random63(g). With shuffle and no generator, a
/// second one seeds a fresh generator whose randperm(n) is the order. With shuffle
/// and a generator, the order is randperm(n) from g, and a further randperm(n) is
/// drawn from g and thrown away when the samples run out: while the last batch is
/// gathered if it is not full, else after it.
template <class Dataset, Floating T = float>
requires DatasetFor<Dataset, T>
class DataLoader {
 public:
  class Iterator {
   public:
    using value_type = Batch<T>;
    using reference = const Batch<T>&;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    Iterator() = default;
    explicit Iterator(DataLoader* loader) : loader_(loader) {}

    [[nodiscard]] const Batch<T>& operator*() const noexcept { return loader_->batch_; }
    [[nodiscard]] const Batch<T>* operator->() const noexcept { return &loader_->batch_; }
    Iterator& operator++() {
      loader_->next_batch();
      return *this;
    }
    void operator++(int) { ++*this; }
    [[nodiscard]] bool operator==(std::default_sentinel_t) const noexcept {
      return loader_ == nullptr || !loader_->running_;
    }

   private:
    DataLoader* loader_ = nullptr;
  };

  /// Throws OptionError unless batch_size >= 1 and the dataset has samples.
  explicit DataLoader(const Dataset& dataset, const DataLoaderOptions& options = {})
      : dataset_(&dataset), options_(options) {
    if (options.batch_size < 1) {
      throw OptionError("DataLoader: batch_size must be >= 1, got " + std::to_string(options.batch_size));
    }
    static_cast<void>(sample_count());
  }
  explicit DataLoader(const Dataset&&, const DataLoaderOptions& = {}) = delete;

  /// Batches per pass: Python's len(loader).
  [[nodiscard]] Index size() const {
    const Index n = sample_count();
    return n / options_.batch_size + (!options_.drop_last && n % options_.batch_size != 0 ? 1 : 0);
  }
  [[nodiscard]] const Dataset& dataset() const noexcept { return *dataset_; }
  [[nodiscard]] Index batch_size() const noexcept { return options_.batch_size; }
  /// The generator that passes draw from.
  [[nodiscard]] Generator& generator() const noexcept {
    return options_.generator != nullptr ? *options_.generator : default_generator();
  }

  /// Starts a pass and gathers its first batch.
  [[nodiscard]] Iterator begin() {
    if (resumed_) {
      resumed_ = false;
    } else {
      running_ = false;
      draw_order();
      position_ = 0;
      exhausted_ = false;
    }
    running_ = true;
    next_batch();
    return Iterator(this);
  }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

  /// Where the pass is; an empty order before the first pass and after a complete
  /// one. Taken while a batch is in use, it counts that batch as done.
  [[nodiscard]] LoaderState state() const {
    if (!running_ && !resumed_) return {};
    return {order_, position_};
  }

  /// Makes the next begin() continue a pass with the batch after `state.position`,
  /// drawing no random numbers for what was drawn already; with an empty order the
  /// next begin() starts a pass as usual. Together with the generator's state, the
  /// continued pass is the interrupted one. Throws OptionError, and changes nothing,
  /// unless order is a permutation of 0..n-1 and position is in [0, n].
  void resume(LoaderState state) {
    if (state.order.empty() && state.position == 0) {
      running_ = resumed_ = false;
      return;
    }
    const Index n = sample_count();
    if (static_cast<Index>(state.order.size()) != n) {
      throw OptionError("DataLoader::resume: expected an order of " + std::to_string(n) + " samples, got " +
                        std::to_string(state.order.size()));
    }
    if (state.position < 0 || state.position > n) {
      throw OptionError("DataLoader::resume: position must be in [0, " + std::to_string(n) + "], got " +
                        std::to_string(state.position));
    }
    std::vector<bool> seen(state.order.size());
    for (const Index i : state.order) {
      if (i < 0 || i >= n || seen[static_cast<std::size_t>(i)]) {
        throw OptionError("DataLoader::resume: the order must hold every index from 0 to " +
                          std::to_string(n - 1) + " once, but " + std::to_string(i) +
                          (i < 0 || i >= n ? " is out of range" : " is there twice"));
      }
      seen[static_cast<std::size_t>(i)] = true;
    }
    order_ = std::move(state.order);
    position_ = state.position;
    exhausted_ = position_ == n && n % options_.batch_size != 0;
    running_ = false;
    resumed_ = true;
  }

 private:
  [[nodiscard]] Index sample_count() const {
    const Index n = dataset_->size();
    if (n < 1) throw OptionError("DataLoader: the dataset is empty, expected at least one sample");
    return n;
  }

  void draw_order() {
    order_.resize(static_cast<std::size_t>(sample_count()));
    // The seed that PyTorch hands to worker processes, drawn even without any.
    static_cast<void>(random63(generator()));
    if (!options_.shuffle) {
      for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = static_cast<Index>(i);
    } else if (options_.generator != nullptr) {
      randperm_(order_, *options_.generator);
    } else {
      Generator fresh(static_cast<std::uint64_t>(random63(generator())));
      randperm_(order_, fresh);
    }
  }

  void next_batch() {
    const auto n = static_cast<Index>(order_.size());
    const Index left = n - position_;
    if (left < options_.batch_size && !exhausted_) {
      exhausted_ = true;
      if (options_.shuffle && options_.generator != nullptr) {
        for (Index i = 0; i + 1 < n; ++i) static_cast<void>(options_.generator->random32());
      }
    }
    const Index count = (std::min)(left, options_.batch_size);
    // Less than none: the order went with a loader that was moved from.
    if (count <= 0 || (options_.drop_last && count < options_.batch_size)) {
      running_ = false;
      return;
    }
    const std::span<const Index> indices(order_);
    dataset_->collate(indices.subspan(static_cast<std::size_t>(position_), static_cast<std::size_t>(count)),
                      batch_);
    position_ += count;
  }

  const Dataset* dataset_;
  DataLoaderOptions options_;
  std::vector<Index> order_;
  Index position_ = 0;
  bool exhausted_ = false;  // the samples ran out, and PyTorch's last draw with them
  bool running_ = false;
  bool resumed_ = false;
  Batch<T> batch_;
};

/// The scalar is float unless the dataset gathers only double batches.
template <class Dataset>
DataLoader(const Dataset&, const DataLoaderOptions& = {})
    -> DataLoader<Dataset, std::conditional_t<DatasetFor<Dataset, float>, float, double>>;

}  // namespace wick::inline WICK_ABI_NAMESPACE
