#pragma once

// The activations between layers that a file can name.

#include <wick/base/types.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

WICK_BEGIN_NAMESPACE

// Complete where an activation is applied to them.
template <Floating T>
class Var;
template <Floating T>
class Symbol;

/// What is applied to each element between layers.
enum class Activation {
  relu,       ///< max(x, 0), see ReLU
  tanh,       ///< see Tanh
  sigmoid,    ///< 1 / (1 + e^-x), see Sigmoid
  gelu_tanh,  ///< see GELU
  identity,   ///< x itself
};

namespace detail {

struct ActivationName {
  Activation activation;
  std::string_view name;   ///< in files
  std::string_view type;   ///< of the module in PyTorch
  std::string_view extra;  ///< printed in its parentheses
};
inline constexpr std::array<ActivationName, 5> activation_names{{
    {Activation::relu, "relu", "ReLU", ""},
    {Activation::tanh, "tanh", "Tanh", ""},
    {Activation::sigmoid, "sigmoid", "Sigmoid", ""},
    {Activation::gelu_tanh, "gelu_tanh", "GELU", "approximate='tanh'"},
    {Activation::identity, "identity", "Identity", ""},
}};

/// Throws OptionError for a number that is none of them.
[[nodiscard]] const ActivationName& names_of(Activation activation);

}  // namespace detail

/// The name in files: `gelu_tanh`. Throws OptionError for a number that is no activation.
[[nodiscard]] std::string_view activation_name(Activation activation);
/// The activation of this name, or nothing.
[[nodiscard]] std::optional<Activation> activation_named(std::string_view name) noexcept;

namespace detail {

/// The numbers of a module such as Hardtanh; those that it does not have are 0.
using ActivationNumbers = std::array<double, 2>;

template <class Input>
struct ActivationCall {
  Input (*call)(const Input& x, const ActivationNumbers& numbers);
};
/// All that is done with the module of an activation, whatever its class.
struct ActivationCalls : ActivationCall<Symbol<float>>,
                         ActivationCall<Symbol<double>>,
                         ActivationCall<Var<float>>,
                         ActivationCall<Var<double>> {
  std::string_view type;  ///< of the module, for print() and files
  std::size_t count;      ///< of its numbers
  /// What print() shows in the parentheses. Throws OptionError for numbers that it cannot have.
  std::string (*extra)(const ActivationNumbers& numbers);
  /// Throws OptionError for another activation than relu, which stands for none, beside it.
  void (*check_alone)(Activation beside);
};

}  // namespace detail

/// A module without parameters, such as SiLU, as an activation: `activation_of<LeakyReLU>(0.2)`, see
/// nn/all_activations.hpp. One that was made by default stands for none.
class ModuleActivation {
 public:
  constexpr ModuleActivation() = default;
  /// For activation_of().
  constexpr ModuleActivation(const detail::ActivationCalls& calls, const detail::ActivationNumbers& numbers)
      : calls_(&calls), numbers_(numbers) {}

  /// Whether it stands for none.
  [[nodiscard]] constexpr bool empty() const noexcept { return calls_ == nullptr; }
  /// The class of the module, e.g. `LeakyReLU`; of one that is not empty, as all below.
  [[nodiscard]] constexpr std::string_view type() const noexcept { return calls_->type; }
  /// The numbers of the module.
  [[nodiscard]] constexpr std::span<const double> numbers() const& noexcept {
    return {numbers_.data(), calls_->count};
  }
  void numbers() const&& = delete;
  /// The same with other numbers.
  [[nodiscard]] constexpr ModuleActivation with(const detail::ActivationNumbers& numbers) const {
    return {*calls_, numbers};
  }
  /// What print() shows in the parentheses. Throws OptionError for numbers that the module cannot have.
  [[nodiscard]] std::string extra_repr() const { return calls_->extra(numbers_); }
  /// Throws OptionError for another activation beside it; relu stands for none.
  void check_alone(Activation beside) const { calls_->check_alone(beside); }

  /// y for a variable or symbol x.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    return static_cast<const detail::ActivationCall<Input>&>(*calls_).call(x, numbers_);
  }

  friend bool operator==(const ModuleActivation&, const ModuleActivation&) = default;

 private:
  const detail::ActivationCalls* calls_ = nullptr;
  detail::ActivationNumbers numbers_{};
};

struct ActivationTable;

namespace detail {

/// The module of this class with these numbers, for the file `name`. Throws FormatError when the table has
/// none, or not with these numbers.
[[nodiscard]] ModuleActivation activation_in(const ActivationTable& table, const std::string& type,
                                             std::span<const double> numbers, const std::string& name);

}  // namespace detail

/// The modules that files may name as activations, with any numbers: all_activations(), or a list of one's
/// own, which has to live as long as the table.
struct ActivationTable {
  std::span<const ModuleActivation> modules;  ///< one of each class
  /// How one is found: by address, so that programs without a table do not have it.
  ModuleActivation (*find)(const ActivationTable& table, const std::string& type,
                           std::span<const double> numbers, const std::string& name) = &detail::activation_in;
};

namespace detail {

/// y for a variable or a symbol x, by the module if there is one; see autograd/elementwise.hpp.
template <class Input>
[[nodiscard]] Input apply_activation(Activation activation, const ModuleActivation& module, const Input& x) {
  if constexpr (std::is_base_of_v<ActivationCall<Input>, ActivationCalls>) {
    if (!module.empty()) return module(x);
  }
  switch (activation) {
    case Activation::relu:
      return relu(x);
    case Activation::tanh:
      return tanh(x);
    case Activation::sigmoid:
      return sigmoid(x);
    case Activation::gelu_tanh:
      return gelu_tanh(x);
    case Activation::identity:
      break;
  }
  return x;
}

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/activation_function.ipp>
#endif
