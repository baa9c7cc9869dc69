#pragma once

// backward() of a loss, of which somebody is told how far it is.

#include <wick/base/types.hpp>
#include <wick/state/gradient_observer.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Tells `observer` unless it is null, or the loss is of a kind that cannot tell.
template <class Loss>
void observed_backward(const Loss& loss, GradientObserver* observer) {
  if constexpr (requires { loss.tape().backward(loss, observer); }) {
    if (observer != nullptr) return loss.tape().backward(loss, observer);
  }
  loss.backward();
}

}  // namespace detail

WICK_END_NAMESPACE
