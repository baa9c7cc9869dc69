#pragma once

// Definitions of training/detail/usual_steps.hpp.

#include <wick/autograd/losses.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/checkpoint/checkpoint.hpp>
#include <wick/metrics/accuracy.hpp>
#include <wick/nn/model.hpp>
#include <wick/training/detail/program_steps.hpp>
#include <wick/training/detail/recorded_steps.hpp>
#include <wick/training/detail/usual_steps.hpp>

#include <concepts>
#include <cstdint>

WICK_BEGIN_NAMESPACE

#ifdef WICK_COMPILED

namespace detail {

template <Floating T, std::same_as<Batch<T, std::int64_t>> Given>
double usual_gradient(RecordedSteps<Network<T>, NLLLoss<T>>& steps, const Given& batch,
                      const BatchPlace& at) {
  return steps.any_gradient(batch, at);
}
template <Floating T, std::same_as<Batch<T, std::int64_t>> Given, std::same_as<Accuracy> Measured>
double usual_evaluation(PassEvaluation<Network<T>, NLLLoss<T>, T>& pass, const Given& batch,
                        const BatchPlace& at, Measured& accuracy) {
  return pass.any_evaluation(batch, at, accuracy);
}

template double usual_gradient(RecordedSteps<Network<float>, NLLLoss<float>>&,
                               const Batch<float, std::int64_t>&, const BatchPlace&);
template double usual_gradient(RecordedSteps<Network<double>, NLLLoss<double>>&,
                               const Batch<double, std::int64_t>&, const BatchPlace&);
template double usual_evaluation(PassEvaluation<Network<float>, NLLLoss<float>, float>&,
                                 const Batch<float, std::int64_t>&, const BatchPlace&, Accuracy&);
template double usual_evaluation(PassEvaluation<Network<double>, NLLLoss<double>, double>&,
                                 const Batch<double, std::int64_t>&, const BatchPlace&, Accuracy&);

}  // namespace detail

#endif

WICK_END_NAMESPACE
