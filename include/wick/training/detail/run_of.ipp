#pragma once

// Definitions of training/detail/run_of.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/number.hpp>
#include <wick/training/detail/run_of.hpp>
#include <wick/training/train_state.hpp>
#include <wick/training/training_error.hpp>

#include <filesystem>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void refuse_other_parameters(const char* caller) {
  throw OptionError(
      std::string(caller) +
      ": the optimizer works on the parameters of another model; was this one copied or assigned "
      "anew after the optimizer was made? Make the optimizer of model.parameters() as they are now");
}

WICK_INLINE void refuse_rate(const char* caller, double rate) {
  throw OptionError(std::string(caller) + ": the optimizer's learning rate is " + python_repr(rate) +
                    ", which moves no parameter");
}

WICK_INLINE void refuse_no_batches(const char* caller, const char* loader) {
  throw OptionError(std::string(caller) + ": " + loader +
                    " has no batches; with drop_last it needs at least batch_size samples");
}

WICK_INLINE void refuse_other_data(const OptionError& error) {
  throw OptionError(std::string(error.what()) +
                    "; to go on with other data, resume from TrainState::for_new_data()");
}

WICK_INLINE void refuse_to_save(const char* caller, const TrainState& state, const std::string& found,
                                const std::filesystem::path& path) {
  throw TrainingError(state.epoch + 1, state.step,
                      found + ", so the run is not saved to " + display_name(path) +
                          "; what was saved before is still there. A smaller learning rate may help",
                      caller);
}

WICK_INLINE void check_first_values(const char* caller, const std::string& found) {
  if (!found.empty()) throw OptionError(std::string(caller) + ": " + found + " before the first step");
}

}  // namespace detail

WICK_END_NAMESPACE
