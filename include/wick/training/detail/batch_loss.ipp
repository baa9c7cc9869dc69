#pragma once

// Definitions of training/detail/batch_loss.hpp.

#include <wick/training/detail/batch_loss.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
void refuse_loss(const BadLoss& bad, const StepPlace& at, const ParameterBlock<T>* parameters) {
  throw TrainingError(at.epoch, at.step,
                      "the loss on the " + std::string(at.data) + " data is " + python_repr(bad.loss) + ": " +
                          why_not_finite<T>(bad, parameters),
                      at.caller);
}

#ifdef WICK_COMPILED
template void refuse_loss(const BadLoss&, const StepPlace&, const ParameterBlock<float>*);
template void refuse_loss(const BadLoss&, const StepPlace&, const ParameterBlock<double>*);
#endif

}  // namespace detail

WICK_END_NAMESPACE
