#pragma once

// Definitions of training/detail/run_of.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/number.hpp>
#include <wick/io/file_format.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/training/checkpoint_policy.hpp>
#include <wick/training/detail/run_of.hpp>
#include <wick/training/train_state.hpp>
#include <wick/training/training_error.hpp>

#include <functional>
#include <memory>
#include <ostream>
#include <streambuf>
#include <string>
#include <utility>

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
                                const FilePath& path) {
  throw TrainingError(state.epoch + 1, state.step,
                      found + ", so the run is not saved to " + display_name(path) +
                          "; what was saved before is still there. A smaller learning rate may help",
                      caller);
}

WICK_INLINE void check_first_values(const char* caller, const std::string& found) {
  if (!found.empty()) throw OptionError(std::string(caller) + ": " + found + " before the first step");
}

/// A stream buffer that drops everything.
class Nowhere : public std::streambuf {
 protected:
  int_type overflow(int_type c) override { return traits_type::not_eof(c); }
  std::streamsize xsputn(const char* /*text*/, std::streamsize n) override { return n; }
};

template <Floating T>
RunWriter run_writer_of(std::unique_ptr<const SavedRun<T>> run, const std::function<TrainState()>& state,
                        const CheckpointPolicy& policy, const char* caller) {
  const std::shared_ptr<const SavedRun<T>> shared = std::move(run);
  const bool infinite_from_the_start = holds_infinity(shared->parameters());
  const auto save = [&, shared, infinite_from_the_start, caller](const FilePath& path) {
    const TrainState now = state();
    const CheckpointExtras extras = shared->extras(now, policy.metadata);
    std::string found = not_finite_in(shared->parameters(), !infinite_from_the_start);
    if (found.empty()) found = not_finite_in(*extras.optimizer);
    if (!found.empty()) refuse_to_save(caller, now, found, path);
    shared->save(path, extras, policy.save);
  };
  const auto rehearse = [&, shared](const FilePath& path) {
    Nowhere nowhere;
    std::ostream out(&nowhere);
    shared->write(out, shared->extras(state(), policy.metadata), format_of(path).value_or(FileFormat::wick));
  };
  return {save, rehearse, caller};
}

#ifdef WICK_COMPILED
template RunWriter run_writer_of(std::unique_ptr<const SavedRun<float>>, const std::function<TrainState()>&,
                                 const CheckpointPolicy&, const char*);
template RunWriter run_writer_of(std::unique_ptr<const SavedRun<double>>, const std::function<TrainState()>&,
                                 const CheckpointPolicy&, const char*);
#endif

}  // namespace detail

WICK_END_NAMESPACE
