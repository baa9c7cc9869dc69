#pragma once

// Runs that cannot go on, and why.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/types.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <typeinfo>

WICK_BEGIN_NAMESPACE

/// A loss, a parameter or an average of the optimizer that is NaN or infinite. The text says where that comes
/// from, as far as it can be seen: the sample, or the parameter and with it the layer.
class TrainingError : public Error {
 public:
  /// The place of the fault, and what it is; `caller` is who trains.
  TrainingError(Index epoch, std::int64_t step, const std::string& what, const char* caller = "train");

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

/// `sample 7 of the test data holds nan at element 3`: the first row that is not finite. Empty when there is
/// none. `samples`: the numbers of the rows in the data, if known; `data`: what to call these.
template <Floating T>
std::string row_not_finite(TensorView<const T> rows, std::span<const Index> samples, const char* data);

/// What is known of a loss that is not finite.
struct BadLoss {
  double loss = 0;
  const char* data = "";           ///< what to call the data
  std::string row = {};            ///< row_not_finite() of the batch
  std::string operation = {};      ///< the first one that made a NaN
  bool finite_predictions = true;  ///< as far as known
  bool classes = false;            ///< the targets are classes, which may be ignored
};

/// Why the loss of a batch is not finite; `parameters` may be null.
template <Floating T>
std::string why_not_finite(const BadLoss& bad, const ParameterBlock<T>* parameters);

/// Whether all elements are finite.
template <Floating T>
bool all_finite(std::span<const T> values) noexcept;

/// ` (sample 7 of the training data)`: the first row whose target is no class and not `ignored`. Empty when
/// there is none, or no numbers of samples.
std::string sample_out_of_range(TensorView<const std::int64_t> target, Index classes, std::int64_t ignored,
                                std::span<const Index> samples, const char* data);

/// f(), whose errors about sizes, classes, options and use begin with `where()`.
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
  } catch (const Error& e) {
    if (typeid(e) != typeid(Error)) throw;
    throw Error(where() + e.what());
  }
}

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/training_error.ipp>
#endif
