#pragma once

// Copies of schedulers, for the files that define them: nobody else compiles one for each.

#include <wick/optim/lr_scheduler.hpp>

#include <memory>

WICK_BEGIN_NAMESPACE

namespace detail {

template <class Scheduler, class Options>
std::unique_ptr<LRScheduler> SchedulerOf<Scheduler, Options>::clone() const {
  return std::make_unique<Scheduler>(static_cast<const Scheduler&>(*this));
}

}  // namespace detail

WICK_END_NAMESPACE
