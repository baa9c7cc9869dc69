#pragma once

// A time series as samples: a window of rows, and what comes after it.

#include <wick/base/error.hpp>
#include <wick/data/dataset.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Options of WindowDataset.
struct WindowOptions {
  Index length = 1;   ///< rows that are known, >= 1
  Index horizon = 1;  ///< rows after them that are expected, >= 1
  Index stride = 1;   ///< rows from the begin of a window to that of the next, >= 1
  Index target = 0;   ///< the column that is expected
};

/// Windows of a series (rows, columns): inputs (B, length, columns), and as targets (B, horizon) the column
/// `target` in the rows after the window. They are gathered from the series, which is there once.
///
///     const wick::WindowDataset data(series, {.length = 24, .horizon = 1});
///     const auto splits = wick::time_series_split(data.size(), 3, data.overlap());
template <Floating T>
class WindowDataset {
 public:
  /// What collate() fills.
  using Batch = wick::Batch<T, T>;

  /// Throws ShapeError for a series that is no matrix, and OptionError for options out of range and for a
  /// series that is shorter than one window with its horizon.
  WindowDataset(Tensor<T> series, const WindowOptions& options)
      : series_(std::move(series)), options_(options) {
    if (series_.dim() != 2) {
      throw ShapeError("WindowDataset: expected a series of shape (rows, columns), got " +
                       series_.shape().str());
    }
    const auto demand = [](bool ok, const char* what, Index got) {
      if (!ok) throw OptionError(std::string("WindowDataset: ") + what + ", got " + std::to_string(got));
    };
    demand(options.length >= 1, "length must be >= 1", options.length);
    demand(options.horizon >= 1, "horizon must be >= 1", options.horizon);
    demand(options.stride >= 1, "stride must be >= 1", options.stride);
    demand(options.target >= 0 && options.target < series_.size(1), "target must be a column of the series",
           options.target);
    const Index rows = series_.size(0);
    if (options.length > rows || options.horizon > rows - options.length) {
      throw OptionError("WindowDataset: a series of " + std::to_string(rows) + " rows has no window of " +
                        std::to_string(options.length) + " rows with " + std::to_string(options.horizon) +
                        " after it");
    }
    size_ = (rows - options.length - options.horizon) / options.stride + 1;
  }

  /// Number of windows.
  [[nodiscard]] Index size() const noexcept { return size_; }
  /// The series.
  [[nodiscard]] const Tensor<T>& series() const& noexcept { return series_; }
  /// The row of the series that is the first target of window i.
  [[nodiscard]] Index row_of(Index i) const noexcept { return i * options_.stride + options_.length; }
  /// With how many windows after it a window shares rows: the gap to leave between those to train with and
  /// those to test with.
  [[nodiscard]] Index overlap() const noexcept {
    return (options_.length + options_.horizon - 1) / options_.stride;
  }

  /// Windows `indices`. Throws IndexError.
  void collate(std::span<const Index> indices, Batch& batch) const {
    const auto count = static_cast<Index>(indices.size());
    const Index columns = series_.size(1);
    batch.inputs.resize(Shape{count, options_.length, columns});
    batch.targets.resize(Shape{count, options_.horizon});
    T* input = batch.inputs.data();
    T* target = batch.targets.data();
    for (const Index i : indices) {
      detail::check_sample_index(i, size_, "WindowDataset");
      input = std::copy_n(series_.data() + i * options_.stride * columns, options_.length * columns, input);
      for (Index k = 0; k < options_.horizon; ++k) *target++ = series_.at(row_of(i) + k, options_.target);
    }
  }

 private:
  Tensor<T> series_;
  WindowOptions options_;
  Index size_ = 0;
};

WICK_END_NAMESPACE
