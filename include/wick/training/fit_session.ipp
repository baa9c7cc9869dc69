#pragma once

// Definitions of training/fit_session.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/training/detail/fit_loop.hpp>
#include <wick/training/fit_session.hpp>

#include <chrono>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE bool FitSession::step() { return loop_->advance(); }
WICK_INLINE bool FitSession::run_for(std::chrono::duration<double> time) { return loop_->run_for(time); }
WICK_INLINE bool FitSession::over() const noexcept { return loop_->over(); }
WICK_INLINE const FitStep& FitSession::progress() const noexcept { return loop_->progress(); }
WICK_INLINE const std::vector<FitReport>& FitSession::reports() const noexcept { return loop_->reports(); }
WICK_INLINE TrainState FitSession::state() const { return loop_->state(); }
WICK_INLINE FitResult FitSession::finish() { return loop_->finish(); }

WICK_END_NAMESPACE
