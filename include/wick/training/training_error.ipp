#pragma once

// Definitions of training/training_error.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/training/training_error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// ` holds nan at element 3`, or nothing.
template <class T>
std::string first_not_finite(std::span<const T> values, bool infinity_too) {
  const auto bad = [&](T x) { return !is_finite(x) && (infinity_too || std::isnan(x)); };
  const auto found = std::ranges::find_if(values, bad);
  if (found == values.end()) return {};
  return " holds " + python_repr(static_cast<double>(*found)) + " at element " +
         std::to_string(found - values.begin());
}

template <Floating T>
std::string not_finite_in(const ParameterBlock<T>& parameters, bool infinity_too) {
  for (const auto& e : parameters.entries()) {
    const std::string found = first_not_finite<T>(parameters.value(e.slot).span(), infinity_too);
    if (!found.empty()) return "parameter \"" + e.name + "\"" + found;
  }
  return {};
}

WICK_INLINE std::string not_finite_in(const OptimizerState& state) {
  for (const auto& [name, tensor] : state.tensors) {
    std::string found;
    if (tensor.dtype() == DType::f32) {
      const Tensor<float> values = tensor.to<float>();
      found = first_not_finite<float>(values.span(), true);
    } else if (tensor.dtype() == DType::f64) {
      const Tensor<double> values = tensor.to<double>();
      found = first_not_finite<double>(values.span(), true);
    }
    if (!found.empty()) return found.insert(0, "\"" + name + "\" of the optimizer");
  }
  return {};
}

template <Floating T>
bool holds_infinity(const ParameterBlock<T>& parameters) noexcept {
  return std::ranges::any_of(parameters.values(), [](T x) { return !is_finite(x) && !std::isnan(x); });
}

template <Floating T>
bool all_finite(std::span<const T> values) noexcept {
  return std::ranges::all_of(values, [](T x) { return is_finite(x); });
}

template <Floating T>
std::string row_not_finite(TensorView<const T> rows, std::span<const Index> samples, const char* data) {
  const Index count = rows.dim() > 0 ? rows.size(0) : 0;
  const Index width = count > 0 ? rows.numel() / count : 0;
  for (Index b = 0; b < count; ++b) {
    const std::span<const T> row(rows.data() + b * width, static_cast<std::size_t>(width));
    const std::string found = first_not_finite<T>(row, true);
    if (found.empty()) continue;
    const bool known = static_cast<std::size_t>(b) < samples.size();
    return (known ? "sample " + std::to_string(samples[static_cast<std::size_t>(b)])
                  : "row " + std::to_string(b) + " of a batch") +
           " of the " + data + " data" + found;
  }
  return {};
}

template <Floating T>
std::string why_not_finite(const BadLoss& bad, const ParameterBlock<T>* parameters) {
  if (!bad.row.empty()) return bad.row;
  if (parameters != nullptr) {
    const std::string found = not_finite_in(*parameters, true);
    if (!found.empty())
      return found + ", where the steps before brought it; a smaller learning rate may help";
  }
  const std::string finite = "the " + std::string(bad.data) + " data and the parameters are finite, but ";
  if (!bad.finite_predictions && bad.operation.empty()) {
    return finite +
           "too large for what is computed of them; scale the data, "
           "or lower the learning rate";
  }
  if (std::isnan(bad.loss) && bad.classes && bad.finite_predictions) {
    return "no row of the batch counts: the target of each is ignore_index, or a class of weight 0";
  }
  if (!bad.operation.empty()) {
    return finite + bad.operation +
           (bad.finite_predictions ? ""
                                   : "; if numbers became too large on the way, scale the data, or lower the "
                                     "learning rate");
  }
  if (std::isnan(bad.loss)) return finite + "not what the loss makes of them";
  return "the sum over the batch is too large";
}

WICK_INLINE std::string sample_out_of_range(TensorView<const std::int64_t> target, Index classes,
                                            std::int64_t ignored, std::span<const Index> samples,
                                            const char* data) {
  if (target.numel() != static_cast<Index>(samples.size())) return {};
  for (std::size_t b = 0; b < samples.size(); ++b) {
    const std::int64_t t = target.data()[b];
    if ((t < 0 || t >= classes) && t != ignored) {
      return " (sample " + std::to_string(samples[b]) + " of the " + data + " data)";
    }
  }
  return {};
}

#ifdef WICK_COMPILED
template std::string not_finite_in(const ParameterBlock<float>&, bool);
template std::string not_finite_in(const ParameterBlock<double>&, bool);
template bool holds_infinity(const ParameterBlock<float>&) noexcept;
template bool holds_infinity(const ParameterBlock<double>&) noexcept;
template bool all_finite(std::span<const float>) noexcept;
template bool all_finite(std::span<const double>) noexcept;
template std::string row_not_finite(TensorView<const float>, std::span<const Index>, const char*);
template std::string row_not_finite(TensorView<const double>, std::span<const Index>, const char*);
template std::string why_not_finite(const BadLoss&, const ParameterBlock<float>*);
template std::string why_not_finite(const BadLoss&, const ParameterBlock<double>*);
#endif

}  // namespace detail

WICK_INLINE TrainingError::TrainingError(Index epoch, std::int64_t step, const std::string& what,
                                         const char* caller)
    : Error(std::string(caller) + ": step " + std::to_string(step) + " (epoch " + std::to_string(epoch) +
            "): " + what),
      epoch_(epoch),
      step_(step) {}

WICK_END_NAMESPACE
