#pragma once

// The lesson's steps, which wick::compiled has: most programs that train a Network take them.

#include <wick/base/types.hpp>
#include <wick/data/dataset.hpp>

#include <cstdint>

WICK_BEGIN_NAMESPACE

#ifdef WICK_COMPILED

// Complete where they are taken.
template <Floating T>
class Network;
template <Floating T>
class NLLLoss;
class Accuracy;

namespace detail {

struct BatchPlace;
template <class Model, class Criterion>
class RecordedSteps;
template <class Model, class Criterion, Floating T>
class PassEvaluation;

template <Floating T>
double usual_gradient(RecordedSteps<Network<T>, NLLLoss<T>>& steps, const Batch<T, std::int64_t>& batch,
                      const BatchPlace& at);
template <Floating T>
double usual_evaluation(PassEvaluation<Network<T>, NLLLoss<T>, T>& pass, const Batch<T, std::int64_t>& batch,
                        const BatchPlace& at, Accuracy& accuracy);

}  // namespace detail

#endif

WICK_END_NAMESPACE
