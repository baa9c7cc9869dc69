#pragma once

// What fit() shows on a terminal beside how far it is: losses, the best so far, a small curve.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/types.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// How a run does.
struct LiveStatus {
  double loss = 0;                           ///< of the last step
  double lr = 0;                             ///< the learning rate of it
  std::optional<double> gradient_norm = {};  ///< shown if it is known
  std::optional<double> last = {};           ///< what is monitored, after the last epoch
  std::optional<double> best = {};           ///< and in the best one,
  Index best_epoch = 0;                      ///< which is this, from 1
  std::span<const double> curve = {};        ///< what is monitored, of each epoch
  bool stop_key = false;                     ///< whether q ends the run
};

/// Numbers as a line of at most `columns` characters, high ones for large numbers: with blocks, in UTF-8, or
/// with
/// `_.-=*#`. More numbers than columns are shown as means of neighbours. What is not finite is a gap.
[[nodiscard]] std::string curve_text(std::span<const double> values, Index columns, bool blocks);

/// What is below the bar, each line in fewer than `columns` characters:
///
///     loss 0.4120  last 0.4301  best 0.4250 (epoch 12)  lr 0.003  norm 1.23  q: stop
///     ▇▅▄▃▂▂▁▁▁
///
/// Of the first line what does not fit is left out, from its end; no second line before the second epoch.
[[nodiscard]] std::vector<std::string> live_lines(const LiveStatus& status, Index columns, bool blocks);

/// Whether the environment says that terminals show UTF-8.
[[nodiscard]] bool terminal_shows_utf8();

/// Whether somebody typed a line that begins with q where the program reads from a terminal, in the
/// foreground. Reads what was typed so far, and waits for nothing.
[[nodiscard]] bool stop_key_was_typed();

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/live_view.ipp>
#endif
