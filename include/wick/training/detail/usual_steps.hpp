#pragma once

// The lesson's steps, which wick::compiled has: most programs that train a Network take them. Steps find them
// by their arguments.

#include <wick/training/detail/program_steps.hpp>
#include <wick/training/detail/recorded_steps.hpp>

#include <concepts>
#include <cstdint>

WICK_BEGIN_NAMESPACE

#ifdef WICK_COMPILED

namespace detail {

// NOLINTBEGIN(readability-redundant-declaration): the others are what the steps call
template <Floating T, std::same_as<Batch<T, std::int64_t>> Given>
double usual_gradient(RecordedSteps<Network<T>, NLLLoss<T>>& steps, const Given& batch, const BatchPlace& at);
template <Floating T, std::same_as<Batch<T, std::int64_t>> Given, std::same_as<Accuracy> Measured>
double usual_evaluation(PassEvaluation<Network<T>, NLLLoss<T>, T>& pass, const Given& batch,
                        const BatchPlace& at, Measured& accuracy);
// NOLINTEND(readability-redundant-declaration)

}  // namespace detail

#endif

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/detail/usual_steps.ipp>
#endif
