#pragma once

// The loop of fit() for those that only start it, without reading it.

#include <wick/training/detail/fit_run.hpp>
#include <wick/training/fit_options.hpp>

#include <memory>

WICK_BEGIN_NAMESPACE

namespace detail {

class FitLoop;

struct DeleteFitLoop {
  void operator()(FitLoop* loop) const noexcept;
};

/// A FitLoop of this run, which must outlive it. Throws what the loop's constructor throws.
[[nodiscard]] std::unique_ptr<FitLoop, DeleteFitLoop> make_fit_loop(FitRun& run, const FitOptions& options,
                                                                    bool validates);

/// The loop from its beginning to its end.
[[nodiscard]] FitResult run_fit(FitRun& run, const FitOptions& options, bool validates);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/detail/run_fit.ipp>
#endif
