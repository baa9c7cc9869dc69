#pragma once

// A line on a terminal that says how far a run is.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/types.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// True when `out` is the program's standard output or error and a person sees it.
[[nodiscard]] bool is_terminal(const std::ostream& out);

/// Seconds as `0:07`, `12:30` or `1:02:30`; negative ones and NaN as `0:00`.
[[nodiscard]] std::string duration_text(double seconds);

/// The columns of the terminal behind `out`, at this moment: windows are resized. Nothing where is_terminal()
/// is false, and for terminals that cannot go back in a line (TERM=dumb). 80 for terminals that do not say.
[[nodiscard]] std::optional<Index> terminal_columns(const std::ostream& out);

/// How far a run is.
struct Progress {
  std::string label;              ///< in front, e.g. `Epoch 1/2`
  double share = 0;               ///< of the whole that is done, in [0, 1]
  double samples_per_second = 0;  ///< 0: not known yet
  double seconds_left = 0;        ///< known together with the rate
};

/// `Epoch 1/2 [######..................] 25%  6400 samples/s  ETA 0:12`, in fewer than `columns` characters
/// so that no terminal breaks the line: with a shorter bar, without rate, bar, time left, label, in this
/// order.
[[nodiscard]] std::string progress_line(const Progress& progress, Index columns);

/// Bar, rate and time left, redrawn in place at most ten times a second. Where nothing can be redrawn, in a
/// file or a pipe, a line for every tenth of the run instead, without control characters.
class ProgressBar {
 public:
  /// What times are taken with.
  using Clock = std::chrono::steady_clock;

  /// `total` steps in all, of which `done` are behind us. `columns`: the width, instead of the terminal's.
  ProgressBar(std::ostream& out, Index total, Index done = 0, std::optional<Index> columns = {})
      : out_(out), total_(total), first_(done), columns_(columns) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() { clear(); }

  /// The run ends in so many seconds from now, if its steps are not done before.
  void end_in(double seconds);

  /// `samples` were processed since construction. `below(columns)` are further lines, on terminals alone, and
  /// asked for only when they are drawn.
  void update(Index done, Index samples, const std::string& label,
              const std::function<std::vector<std::string>(Index)>& below = {});

  /// Removes the line, and those below it, before something else is printed.
  void clear();

 private:
  std::ostream& out_;
  Index total_;
  Index first_;
  std::optional<Index> columns_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_;
  std::optional<Clock::time_point> ends_ = {};
  int tenth_ = -1;  // of the last line in a file
  bool drawn_ = false;
  std::size_t lines_below_ = 0;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/progress.ipp>
#endif
