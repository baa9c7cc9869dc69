#pragma once

// Runs that cannot go on, and why.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/types.hpp>
#include <wick/data/dataset.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>

#include <cstdint>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

/// A loss, a parameter or an average of the optimizer that is NaN or infinite. The text says where that comes
/// from, as far as it can be seen: the sample, or the parameter and with it the layer.
class TrainingError : public Error {
 public:
  TrainingError(Index epoch, std::int64_t step, const std::string& what)
      : Error("train: step " + std::to_string(step) + " (epoch " + std::to_string(epoch) + "): " + what),
        epoch_(epoch),
        step_(step) {}

  [[nodiscard]] Index epoch() const noexcept { return epoch_; }       ///< from 1
  [[nodiscard]] std::int64_t step() const noexcept { return step_; }  ///< from 1, since the start of the run

 private:
  Index epoch_;
  std::int64_t step_;
};

namespace detail {

/// What is the matter with the first parameter that holds NaN, or also infinity: `parameter "output.weight"
/// holds nan at element 3`. Empty when none does.
template <Floating T>
std::string not_finite_in(const ParameterBlock<T>& parameters, bool infinity_too);

/// The same of the optimizer's tensors.
std::string not_finite_in(const OptimizerState& state);

/// True when a parameter is infinite: some people switch a class off by its bias.
template <Floating T>
bool holds_infinity(const ParameterBlock<T>& parameters) noexcept;

/// Why the loss of a batch is not finite. `samples`: the numbers of its rows in the data, if known; `data`:
/// what to call these; `parameters` may be null.
template <Floating T>
std::string why_not_finite(double loss, const Batch<T>& batch, std::span<const Index> samples,
                           const char* data, const ParameterBlock<T>* parameters,
                           TensorView<const T> log_probs);

/// ` (sample 7 of the training data)`: the first row whose target is no class and not `ignored`. Empty when
/// there is none, or no numbers of samples.
std::string sample_out_of_range(TensorView<const std::int64_t> target, Index classes, std::int64_t ignored,
                                std::span<const Index> samples, const char* data);

/// f(), whose errors about sizes, classes and options begin with `where()`.
template <class Where, class Function>
decltype(auto) with_place(const Where& where, Function&& f) {
  try {
    return f();
  } catch (const IndexError& e) {
    throw IndexError(where() + e.what());
  } catch (const ShapeError& e) {
    throw ShapeError(where() + e.what());
  } catch (const OptionError& e) {
    throw OptionError(where() + e.what());
  }
}

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/training_error.ipp>
#endif
