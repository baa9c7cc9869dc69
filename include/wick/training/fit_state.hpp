#pragma once

// What fit() knows beside the place of a run: what was best, how long ago, and where the scheduler is.

#include <wick/state/attributes.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/training/fit_report.hpp>

#include <cstdint>
#include <optional>
#include <vector>

WICK_BEGIN_NAMESPACE

/// The part of a TrainState that only fit() has.
struct FitState {
  std::vector<FitReport> reports = {};   ///< of the epochs that are complete
  std::int64_t batches = 0;              ///< of the epoch under way that were trained on
  bool pass_done = false;                ///< these are all of them, and what is left is to validate
  double lr = 0;                         ///< of the last step
  std::optional<double> best = {};       ///< the best of what is monitored so far
  Index best_epoch = 0;                  ///< the epoch that had it, from 1
  StateDict best_model = {};             ///< the model as it was then, if it is to be restored
  std::optional<double> reference = {};  ///< what has to be beaten by `min_delta`
  Index epochs_without_progress = 0;     ///< since then
  Attributes scheduler = {};             ///< its state
  Attributes plateau = {};               ///< that of ReduceLROnPlateau
  /// The model as it was when the run ended, where that of the best epoch was restored since; else empty.
  StateDict model = {};
};

namespace detail {

/// Adds what a checkpoint stores of it, under names that begin with `fit.`.
void put_fit_state(const FitState& state, Attributes& attributes, StateDict& tensors);

/// The reverse; nothing where there is none. Throws IndexError for what is missing and OptionError for values
/// that no run produces.
std::optional<FitState> get_fit_state(const Attributes& attributes, const StateDict& tensors);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/fit_state.ipp>
#endif
