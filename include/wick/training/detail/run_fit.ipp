#pragma once

// Definitions of training/detail/run_fit.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/training/detail/fit_loop.hpp>
#include <wick/training/detail/run_fit.hpp>

#include <memory>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void DeleteFitLoop::operator()(FitLoop* loop) const noexcept {
  std::default_delete<FitLoop>()(loop);
}

WICK_INLINE std::unique_ptr<FitLoop, DeleteFitLoop> make_fit_loop(FitRun& run, const FitOptions& options,
                                                                  bool validates) {
  return std::unique_ptr<FitLoop, DeleteFitLoop>(new FitLoop(run, options, validates));
}

WICK_INLINE FitResult run_fit(FitRun& run, const FitOptions& options, bool validates) {
  FitLoop loop(run, options, validates);
  while (loop.advance()) {
  }
  return loop.finish();
}

}  // namespace detail

WICK_END_NAMESPACE
