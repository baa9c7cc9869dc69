#pragma once

// Definitions of data/data_loader.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/data/dataset.hpp>
#include <wick/random/distributions.hpp>
#include <wick/random/generator.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline void check_permutation(const std::vector<Index>& order) {
  const auto n = static_cast<Index>(order.size());
  std::vector<bool> seen(order.size());
  for (const Index i : order) {
    if (i < 0 || i >= n || seen[static_cast<std::size_t>(i)]) {
      throw OptionError("DataLoader::resume: the order must hold every index from 0 to " +
                        std::to_string(n - 1) + " once, but " + std::to_string(i) +
                        (i < 0 || i >= n ? " is out of range" : " is there twice"));
    }
    seen[static_cast<std::size_t>(i)] = true;
  }
}

[[noreturn]] inline void refuse_row(Index row, const char* where) {
  throw OptionError("DataLoader::resume: the order holds row " + std::to_string(row) +
                    ", which is not among " + where + ", or more often than there");
}

/// Throws unless an order can be one of the options' rows or sampler.
inline void check_rows_of(const DataLoaderOptions& options, Index n, const std::vector<Index>& order) {
  if (!options.rows) {
    for (const Index i : order) {
      if (i < 0 || i >= n) refuse_row(i, "the dataset");
    }
    return;
  }
  std::vector<Index> left(static_cast<std::size_t>(n), 0);
  for (const Index row : *options.rows) ++left[static_cast<std::size_t>(row)];
  for (const Index i : order) {
    if (i < 0 || i >= n || left[static_cast<std::size_t>(i)] == 0) refuse_row(i, "the rows of the loader");
    if (!options.sampler) --left[static_cast<std::size_t>(i)];
  }
}

WICK_INLINE void LoaderOrder::refuse_empty() {
  throw OptionError("DataLoader: the dataset is empty, expected at least one sample");
}

WICK_INLINE void LoaderOrder::check_options(const DataLoaderOptions& options, bool draws, Index n) {
  if (options.batch_size < 1) {
    throw OptionError("DataLoader: batch_size must be >= 1, got " + std::to_string(options.batch_size));
  }
  if (options.prefetch < 0) {
    throw OptionError("DataLoader: prefetch must be >= 0, got " + std::to_string(options.prefetch));
  }
  if (draws && options.prefetch > 0) {
    throw OptionError(
        "DataLoader: prefetch must be 0 for a dataset that draws random numbers, as these are drawn in the "
        "order of the batches");
  }
  if (options.rows) {
    if (options.rows->empty()) throw OptionError("DataLoader: rows: expected at least one, got none");
    for (const Index row : *options.rows) check_sample_index(row, n, "DataLoader: rows");
  }
  if (options.sampler && options.shuffle) {
    throw OptionError("DataLoader: sampler option is mutually exclusive with shuffle");
  }
  static_cast<void>(count(options, n));
}

WICK_INLINE Index LoaderOrder::count(const DataLoaderOptions& options, Index n) {
  if (options.sampler) {
    const Index drawn = options.sampler.size();
    if (drawn < 1) {
      throw OptionError("DataLoader: the sampler gives " + std::to_string(drawn) +
                        " samples, expected at least one");
    }
    return drawn;
  }
  return options.rows ? static_cast<Index>(options.rows->size()) : n;
}

WICK_INLINE void LoaderOrder::check_state(const DataLoaderOptions& options, Index n,
                                          const LoaderState& state) {
  const Index drawn = count(options, n);
  if (static_cast<Index>(state.order.size()) != drawn) {
    throw OptionError("DataLoader::resume: expected an order of " + std::to_string(drawn) + " samples, got " +
                      std::to_string(state.order.size()));
  }
  if (state.position < 0 || state.position > drawn) {
    throw OptionError("DataLoader::resume: position must be in [0, " + std::to_string(drawn) + "], got " +
                      std::to_string(state.position));
  }
  if (options.rows || options.sampler) {
    check_rows_of(options, n, state.order);
  } else {
    check_permutation(state.order);
  }
}

WICK_INLINE void LoaderOrder::draw(const DataLoaderOptions& options, Index n, Generator& generator,
                                   std::vector<Index>& order) {
  order.resize(static_cast<std::size_t>(count(options, n)));
  // The seed that PyTorch hands to worker processes, drawn even without any.
  static_cast<void>(random63(generator));
  if (options.sampler) {
    options.sampler.draw(order, generator);
    const Index rows = options.rows ? static_cast<Index>(options.rows->size()) : n;
    if (static_cast<Index>(order.size()) != count(options, n)) {
      throw OptionError("DataLoader: the sampler was to give " + std::to_string(count(options, n)) +
                        " samples, got " + std::to_string(order.size()));
    }
    for (const Index i : order) check_sample_index(i, rows, "DataLoader: sampler");
  } else if (!options.shuffle) {
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Index>(i);
  } else if (options.generator != nullptr) {
    randperm_(order, *options.generator);
  } else {
    Generator fresh(static_cast<std::uint64_t>(random63(generator)));
    randperm_(order, fresh);
  }
  if (!options.rows) return;
  for (Index& i : order) i = (*options.rows)[static_cast<std::size_t>(i)];
}

[[noreturn]] WICK_INLINE void LoaderOrder::refuse_prefetch(Index prefetch) {
  throw OptionError("DataLoader: rows of a batch: expected prefetch 0 or begin_by_rows(), got prefetch " +
                    std::to_string(prefetch));
}
[[noreturn]] WICK_INLINE void LoaderOrder::refuse_rows(Index rows, Index from, Index n) {
  throw IndexError("DataLoader: rows of a batch: expected some of its " + std::to_string(rows) + ", got " +
                   std::to_string(n) + " from " + std::to_string(from));
}

#ifdef WICK_COMPILED
template struct LoaderPass<Batch<float>>;
template class LoaderPasses<Batch<float>>;
template class Gathered<Batch<float>>;
template struct LoaderPass<Batch<double>>;
template class LoaderPasses<Batch<double>>;
template class Gathered<Batch<double>>;
template struct LoaderPass<Batch<float, float>>;
template class LoaderPasses<Batch<float, float>>;
template class Gathered<Batch<float, float>>;
#endif

}  // namespace detail

WICK_END_NAMESPACE
