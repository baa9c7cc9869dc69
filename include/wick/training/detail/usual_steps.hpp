#pragma once

// The lesson's steps, which wick::compiled has: most programs that train a Network take them. Steps find them
// by their arguments.

#include <wick/training/detail/program_steps.hpp>
#include <wick/training/detail/recorded_steps.hpp>

#include <cstdint>

WICK_BEGIN_NAMESPACE

#ifdef WICK_COMPILED

namespace detail {

template <Floating T>
double usual_gradient(RecordedSteps<Network<T>, NLLLoss<T>>& steps, const Batch<T, std::int64_t>& batch,
                      const BatchPlace& at);
template <Floating T>
double usual_evaluation(PassEvaluation<Network<T>, NLLLoss<T>, T>& pass, const Batch<T, std::int64_t>& batch,
                        const BatchPlace& at, Accuracy& accuracy);

}  // namespace detail

#endif

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/detail/usual_steps.ipp>
#endif
