#pragma once

// Activations as modules, beside ReLU, Tanh and Sigmoid. What they compute is said in ops/activations.hpp.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/nn/scope.hpp>
#include <wick/ops/activations.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>

WICK_BEGIN_NAMESPACE

/// A number that a module is constructed with: its name in what print() shows, none if only the number is
/// shown, and its default.
struct ActivationOption {
  const char* name;  ///< what print() shows before its value; empty: nothing
  double value;      ///< the default
};

/// What activations have in common. The class of one names itself (`name`), its options, of which there are
/// `count`, and calls its function in `apply(x, options...)`; `refuse_wrong(options...)`, if there is one,
/// throws for values that it cannot have. They are constructed from the options, those left out at the end
/// having their defaults, or from a scope and these, as a part of a model that has them in its modules.
template <class Module, std::size_t count = 0>
class ActivationModule {
 public:
  /// With these options, and the defaults of those behind them.
  template <class... Numbers>
  requires(sizeof...(Numbers) <= count &&
           (... && std::convertible_to<Numbers, double>)) explicit ActivationModule(Numbers... numbers) {
    set(std::array<double, sizeof...(Numbers)>{static_cast<double>(numbers)...});
  }
  /// The same as a part of a model that has it in its modules.
  template <Floating T, class... Numbers>
  requires(sizeof...(Numbers) <= count &&
           (... && std::convertible_to<Numbers, double>)) explicit ActivationModule(const Scope<T>& scope,
                                                                                    Numbers... numbers)
      : ActivationModule(numbers...) {
    id_ = scope.is(Module::name, extra_repr());  // NOLINT(*-prefer-member-initializer): of what was set
  }

  /// y for a tensor, variable or symbol x.
  template <class Input>
  [[nodiscard]] auto operator()(const Input& x) const {
    auto y = call(x, std::make_index_sequence<count>());
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const {
    std::string text;
    if constexpr (count > 0) {
      for (std::size_t i = 0; i < count; ++i) {
        const std::string name = Module::options[i].name;
        text += (i > 0 ? ", " : "") + name + (name.empty() ? "" : "=") + python_repr(numbers_[i]);
      }
    }
    return text;
  }
  friend std::ostream& operator<<(std::ostream& out, const Module& m) {
    return out << Module::name << "(" << m.extra_repr() << ")";
  }

 private:
  template <std::size_t given>
  void set([[maybe_unused]] const std::array<double, given>& numbers) {
    if constexpr (count > 0) {
      for (std::size_t i = 0; i < count; ++i) numbers_[i] = Module::options[i].value;
      for (std::size_t i = 0; i < given; ++i) numbers_[i] = numbers[i];
      if constexpr (requires { &Module::refuse_wrong; }) std::apply(&Module::refuse_wrong, numbers_);
    }
  }
  template <class Input, std::size_t... i>
  [[nodiscard]] auto call(const Input& x, std::index_sequence<i...> /*options*/) const {
    return Module::apply(x, numbers_[i]...);
  }

  std::array<double, count> numbers_{};
  ModuleId id_;
};

/// leaky_relu() as a module. https://docs.pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html
class LeakyReLU : public ActivationModule<LeakyReLU, 1> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "LeakyReLU";
  static constexpr std::array<ActivationOption, 1> options{{{"negative_slope", 0.01}}};
  static auto apply(const auto& x, double negative_slope) { return leaky_relu(x, negative_slope); }
};

/// elu() as a module. https://docs.pytorch.org/docs/stable/generated/torch.nn.ELU.html
class ELU : public ActivationModule<ELU, 1> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "ELU";
  static constexpr std::array<ActivationOption, 1> options{{{"alpha", 1.0}}};
  static auto apply(const auto& x, double alpha) { return elu(x, alpha); }
};

/// selu() as a module. https://docs.pytorch.org/docs/stable/generated/torch.nn.SELU.html
class SELU : public ActivationModule<SELU> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "SELU";
  static auto apply(const auto& x) { return selu(x); }
};

/// Throws OptionError for alpha = 0. https://docs.pytorch.org/docs/stable/generated/torch.nn.CELU.html
class CELU : public ActivationModule<CELU, 1> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "CELU";
  static constexpr std::array<ActivationOption, 1> options{{{"alpha", 1.0}}};
  static auto apply(const auto& x, double alpha) { return celu(x, alpha); }
  static void refuse_wrong(double alpha);
};

/// silu() as a module. https://docs.pytorch.org/docs/stable/generated/torch.nn.SiLU.html
class SiLU : public ActivationModule<SiLU> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "SiLU";
  static auto apply(const auto& x) { return silu(x); }
};

/// mish() as a module. https://docs.pytorch.org/docs/stable/generated/torch.nn.Mish.html
class Mish : public ActivationModule<Mish> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "Mish";
  static auto apply(const auto& x) { return mish(x); }
};

/// softplus() as a module. https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html
class Softplus : public ActivationModule<Softplus, 2> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "Softplus";
  static constexpr std::array<ActivationOption, 2> options{{{"beta", 1.0}, {"threshold", 20.0}}};
  static auto apply(const auto& x, double beta, double threshold) { return softplus(x, beta, threshold); }
};

/// logsigmoid() as a module. https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html
class LogSigmoid : public ActivationModule<LogSigmoid> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "LogSigmoid";
  static auto apply(const auto& x) { return logsigmoid(x); }
};

/// Throws OptionError unless min_val < max_val.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html
class Hardtanh : public ActivationModule<Hardtanh, 2> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "Hardtanh";
  static constexpr std::array<ActivationOption, 2> options{{{"min_val", -1.0}, {"max_val", 1.0}}};
  static auto apply(const auto& x, double min_val, double max_val) { return hardtanh(x, min_val, max_val); }
  static void refuse_wrong(double min_val, double max_val);
};

/// relu6() as a module. https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU6.html
class ReLU6 : public ActivationModule<ReLU6> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "ReLU6";
  static auto apply(const auto& x) { return relu6(x); }
};

/// hardsigmoid() as a module. https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html
class Hardsigmoid : public ActivationModule<Hardsigmoid> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "Hardsigmoid";
  static auto apply(const auto& x) { return hardsigmoid(x); }
};

/// hardswish() as a module. https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardswish.html
class Hardswish : public ActivationModule<Hardswish> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "Hardswish";
  static auto apply(const auto& x) { return hardswish(x); }
};

/// softsign() as a module. https://docs.pytorch.org/docs/stable/generated/torch.nn.Softsign.html
class Softsign : public ActivationModule<Softsign> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "Softsign";
  static auto apply(const auto& x) { return softsign(x); }
};

/// tanhshrink() as a module. https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html
class Tanhshrink : public ActivationModule<Tanhshrink> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "Tanhshrink";
  static auto apply(const auto& x) { return tanhshrink(x); }
};

/// hardshrink() as a module. https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html
class Hardshrink : public ActivationModule<Hardshrink, 1> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "Hardshrink";
  static constexpr std::array<ActivationOption, 1> options{{{"", 0.5}}};
  static auto apply(const auto& x, double lambd) { return hardshrink(x, lambd); }
};

/// Called with lambd < 0, it throws OptionError.
/// softshrink() as a module. https://docs.pytorch.org/docs/stable/generated/torch.nn.Softshrink.html
class Softshrink : public ActivationModule<Softshrink, 1> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "Softshrink";
  static constexpr std::array<ActivationOption, 1> options{{{"", 0.5}}};
  static auto apply(const auto& x, double lambd) { return softshrink(x, lambd); }
};

/// x above `threshold`, else `value`; both have to be given.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Threshold.html
class Threshold : public ActivationModule<Threshold, 2> {
 public:
  /// x above `threshold`, else `value`.
  Threshold(double threshold, double value);
  /// The same as a part of a model that has it in its modules.
  template <Floating T>
  Threshold(const Scope<T>& scope, double threshold, double value)
      : ActivationModule(scope, threshold, value) {}
  static constexpr const char* name = "Threshold";
  static constexpr std::array<ActivationOption, 2> options{{{"threshold", 0.0}, {"value", 0.0}}};
  static auto apply(const auto& x, double above, double value) { return threshold(x, above, value); }
};

/// Leaky ReLU, whose slope is random in training. Of variables and symbols. Throws OptionError unless
/// lower <= upper. https://docs.pytorch.org/docs/stable/generated/torch.nn.RReLU.html
class RReLU : public ActivationModule<RReLU, 2> {
 public:
  using ActivationModule::ActivationModule;
  static constexpr const char* name = "RReLU";
  static constexpr std::array<ActivationOption, 2> options{{{"lower", 1.0 / 8}, {"upper", 1.0 / 3}}};
  static auto apply(const auto& x, double lower, double upper) { return rrelu(x, lower, upper); }
  static void refuse_wrong(double lower, double upper);
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/activations.ipp>
#endif
