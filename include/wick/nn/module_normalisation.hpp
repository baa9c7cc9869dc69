#pragma once

// Modules that normalise rows of features, for networks whose options name one.

#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/base/types.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

// Complete where a module is made or called.
template <Floating T>
class Var;
template <Floating T>
class Symbol;
template <Floating T>
class Scope;
template <Floating T>
class ParameterBlock;
class Attributes;
class StateDict;

/// The modules of a network that normalise x (B, features) of its hidden layers, such as BatchNorm1d,
/// whatever their class.
template <Floating T>
class NormalisationLayers {
 public:
  NormalisationLayers(const NormalisationLayers&) = delete;
  NormalisationLayers& operator=(const NormalisationLayers&) = delete;
  virtual ~NormalisationLayers() = default;

  /// What that of hidden layer `i` gives. Throws as the module does.
  [[nodiscard]] virtual Var<T> call(Index i, const Var<T>& x) const = 0;
  [[nodiscard]] virtual Symbol<T> call(Index i, const Symbol<T>& x) const = 0;
  /// Sets each `weight` to ones and each `bias` to zeros, where there are such.
  virtual void reset_parameters(ParameterBlock<T>& block) const = 0;
  /// Gives all parameters and buffers of `block`, or these alone, the numbers of the tensors of their names,
  /// which are there and have their shapes.
  virtual void load(const StateDict& tensors, ParameterBlock<T>& block, bool buffers_alone) const = 0;

 protected:
  NormalisationLayers() = default;
};

namespace detail {

/// What such modules are made with; each has some of them.
struct NormalisationSettings {
  std::optional<double> eps = 1e-5;
  std::optional<double> momentum = {};
  bool affine = true;
  bool bias = true;
  bool track_running_stats = true;
  Index num_groups = 1;

  friend bool operator==(const NormalisationSettings&, const NormalisationSettings&) = default;
};

/// Which tensors a module has, each of one number for each feature, and the count of batches.
struct NormalisationTensors {
  bool weight = false;
  bool bias = false;
  bool running = false;  ///< running_mean, running_var, num_batches_tracked

  [[nodiscard]] constexpr Index parameters() const noexcept { return (weight ? 1 : 0) + (bias ? 1 : 0); }
};

template <Floating T>
struct NormalisationMaker {
  using Layers = std::shared_ptr<const NormalisationLayers<T>>;
  Layers (*of_scope)(const Scope<T>& scope, std::span<const Index> sizes,
                     const NormalisationSettings& settings);
  Layers (*of_block)(ParameterBlock<T>& block, std::span<const Index> sizes,
                     const NormalisationSettings& settings);
};
/// The name of a class, and which options it has.
struct NormalisationTraits {
  std::string_view type;    ///< for print() and files
  std::string_view affine;  ///< what it calls that option
  bool may_have_bias = false;
  bool may_run = false;     ///< has running averages, momentum and track_running_stats
  bool needs_eps = true;    ///< it cannot be None
  bool has_groups = false;  ///< num_groups
  double least_eps = 0;
};
/// All that is done with a module, whatever its class: by address, so that programs which name none have
/// none.
struct NormalisationCalls : NormalisationMaker<float>, NormalisationMaker<double>, NormalisationTraits {
  /// Says what is wrong with the settings, for so many features in each layer; empty: nothing.
  std::string (*problem)(const NormalisationCalls& calls, const NormalisationSettings& settings,
                         std::span<const Index> features);
  /// Into the attributes of a file, and back; throws FormatError for what is missing or unknown.
  void (*write)(const NormalisationCalls& calls, const NormalisationSettings& settings, Attributes& group);
  NormalisationSettings (*read)(const NormalisationCalls& calls, const Attributes& group,
                                const std::string& name);
  /// Throws OptionError, for another normalisation beside it.
  void (*refuse_beside)(const NormalisationCalls& calls, std::string_view other);
};

}  // namespace detail

/// A module that normalises, with its options, as the normalisation of a network's hidden layers:
/// `normalisation_of<BatchNorm1d>({.momentum = 0.05})`, see nn/all_normalisations.hpp. One that was made by
/// default stands for none.
class ModuleNormalisation {
 public:
  constexpr ModuleNormalisation() = default;
  /// For normalisation_of().
  constexpr ModuleNormalisation(const detail::NormalisationCalls& calls,
                                const detail::NormalisationSettings& settings)
      : calls_(&calls), settings_(settings) {}

  /// Whether it stands for none.
  [[nodiscard]] constexpr bool empty() const noexcept { return calls_ == nullptr; }
  /// The class of the module, e.g. `BatchNorm1d`; of one that is not empty, as all below.
  [[nodiscard]] constexpr std::string_view type() const noexcept { return calls_->type; }
  /// Which tensors a layer has.
  [[nodiscard]] constexpr detail::NormalisationTensors tensors() const noexcept {
    return {settings_.affine, settings_.affine && settings_.bias && calls_->may_have_bias,
            settings_.track_running_stats && calls_->may_run};
  }
  /// What is wrong with the options, for layers of so many features; empty: nothing.
  [[nodiscard]] std::string problem(std::span<const Index> features = {}) const {
    return calls_->problem(*calls_, settings_, features);
  }
  /// A layer for each of so many features. Throws OptionError for what the module cannot have.
  template <Floating T>
  [[nodiscard]] std::shared_ptr<const NormalisationLayers<T>> layers(const Scope<T>& scope,
                                                                     std::span<const Index> sizes) const {
    return static_cast<const detail::NormalisationMaker<T>&>(*calls_).of_scope(scope, sizes, settings_);
  }
  /// The same with parameters and buffers `norms.0.weight` and so on in `block`.
  template <Floating T>
  [[nodiscard]] std::shared_ptr<const NormalisationLayers<T>> layers(ParameterBlock<T>& block,
                                                                     std::span<const Index> sizes) const {
    return static_cast<const detail::NormalisationMaker<T>&>(*calls_).of_block(block, sizes, settings_);
  }
  /// Sets the options in the attributes of a file, as `normalisation.eps` and so on.
  void write(Attributes& group) const { calls_->write(*calls_, settings_, group); }
  /// The same module with the options in the attributes of the file `name`. Throws FormatError.
  [[nodiscard]] ModuleNormalisation read(const Attributes& group, const std::string& name) const {
    return {*calls_, calls_->read(*calls_, group, name)};
  }
  /// Throws OptionError that names it and `other`, beside which it stands.
  void refuse_beside(std::string_view other) const { calls_->refuse_beside(*calls_, other); }

  friend bool operator==(const ModuleNormalisation&, const ModuleNormalisation&) = default;

 private:
  const detail::NormalisationCalls* calls_ = nullptr;
  detail::NormalisationSettings settings_;
};

struct NormalisationTable;

namespace detail {

/// The module of this class with the options of `group`, for layers of these sizes in the file `name`. Throws
/// FormatError when the table has none, or not with these options.
[[nodiscard]] inline ModuleNormalisation normalisation_in(const NormalisationTable& table,
                                                          const std::string& type, const Attributes& group,
                                                          std::span<const Index> features,
                                                          const std::string& name);

}  // namespace detail

/// The modules that files may name as normalisations: all_normalisations(), or a list of one's own, which has
/// to live as long as the table.
struct NormalisationTable {
  std::span<const ModuleNormalisation> modules;  ///< one of each class, with any options
  /// How one is found: by address, so that programs without a table do not have it.
  ModuleNormalisation (*find)(const NormalisationTable& table, const std::string& type,
                              const Attributes& group, std::span<const Index> features,
                              const std::string& name) = &detail::normalisation_in;
};

namespace detail {

inline ModuleNormalisation normalisation_in(const NormalisationTable& table, const std::string& type,
                                            const Attributes& group, std::span<const Index> features,
                                            const std::string& name) {
  for (const ModuleNormalisation& module : table.modules) {
    if (module.type() != type) continue;
    const ModuleNormalisation result = module.read(group, name);
    if (const std::string problem = result.problem(features); !problem.empty())
      throw FormatError(name, "the network cannot be built: " + problem);
    return result;
  }
  throw FormatError(name, "the network cannot be built: its \"normalisation\" is " + python_quoted(type) +
                              ", which this version does not know");
}

}  // namespace detail

WICK_END_NAMESPACE
