#pragma once

// Definitions of nn/all_normalisations.hpp.

#include <wick/autograd/functions.hpp>
#include <wick/autograd/layer_norm.hpp>
#include <wick/autograd/recorder.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/graph/functions.hpp>
#include <wick/graph/normalisation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/reductions.hpp>
#include <wick/graph/shapes.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/nn/all_normalisations.hpp>
#include <wick/nn/scope.hpp>
#include <wick/state/attributes.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/tensor/any_tensor.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

// --- Options, in files and out of them ---

/// As normalisation_prefix of io/archive/group_names.hpp, which this room does not know.
inline constexpr std::string_view option_prefix = "normalisation.";

[[nodiscard]] inline std::string normalisation_problem(const NormalisationCalls& calls,
                                                       const NormalisationSettings& settings,
                                                       std::span<const Index> features) {
  const std::string type(calls.type);
  const double least = calls.least_eps;
  if (settings.eps && !(std::isfinite(*settings.eps) && *settings.eps >= least)) {
    return type + ": expected a finite eps " + (least > 0 ? "> 0" : ">= 0") + ", got " +
           python_repr(*settings.eps);
  }
  if (settings.momentum && !(*settings.momentum >= 0 && *settings.momentum <= 1))
    return type + ": expected a momentum in [0, 1], got " + python_repr(*settings.momentum);
  if (!settings.track_running_stats) {
    return type +
           ": a Network predicts each row by itself, by running statistics: expected track_running_stats, a "
           "Sequential or a class of one's own does without";
  }
  if (settings.num_groups < 1)
    return type + ": expected num_groups >= 1, got " + std::to_string(settings.num_groups);
  for (const Index n : features) {
    if (n >= 1 && n % settings.num_groups == 0) continue;
    return type + ": num_channels (" + std::to_string(n) + ") must be divisible by num_groups (" +
           std::to_string(settings.num_groups) + ")";
  }
  return {};
}

inline void write_normalisation(const NormalisationCalls& calls, const NormalisationSettings& settings,
                                Attributes& group) {
  const auto set = [&](std::string_view option, Attribute value) {
    group.set(std::string(option_prefix).append(option), std::move(value));
  };
  if (calls.has_groups) set("num_groups", std::int64_t{settings.num_groups});
  if (settings.eps) set("eps", *settings.eps);
  if (settings.momentum) set("momentum", *settings.momentum);
  set(calls.affine, settings.affine);
  if (calls.may_have_bias) set("bias", settings.bias);
  if (calls.may_run) set("track_running_stats", settings.track_running_stats);
}

[[nodiscard]] inline NormalisationSettings read_normalisation(const NormalisationCalls& calls,
                                                              const Attributes& group,
                                                              const std::string& name) {
  std::size_t known = 0;
  // Sets `to` to the option's value if it is there, with the right type.
  const auto read = [&]<class Value>(std::string_view option, auto& to, std::in_place_type_t<Value>,
                                     bool needed) {
    const std::string key = std::string(option_prefix).append(option);
    const Attribute* const found = group.find(key);
    const Value* const value = found == nullptr ? nullptr : std::get_if<Value>(found);
    if (value != nullptr) {
      to = *value;
      ++known;
    } else if (needed || found != nullptr) {
      throw FormatError(name, "the network cannot be built: its normalisation " + std::string(calls.type) +
                                  (found == nullptr ? " has no " : " has another type of ") +
                                  python_quoted(key));
    }
  };
  NormalisationSettings result{.eps = {}, .affine = true};
  std::int64_t groups = 1;
  if (calls.has_groups) read("num_groups", groups, std::in_place_type<std::int64_t>, true);
  read("eps", result.eps, std::in_place_type<double>, calls.needs_eps);
  if (calls.may_run) read("momentum", result.momentum, std::in_place_type<double>, false);
  read(calls.affine, result.affine, std::in_place_type<bool>, true);
  if (calls.may_have_bias) read("bias", result.bias, std::in_place_type<bool>, true);
  if (calls.may_run) read("track_running_stats", result.track_running_stats, std::in_place_type<bool>, true);
  result.num_groups = groups < 1 || !std::in_range<Index>(groups) ? Index{0} : as_integer<Index>(groups);
  for (const auto& [key, value] : group) {
    if (key.starts_with(option_prefix) && known-- == 0) {
      throw FormatError(name, "the network cannot be built: its normalisation " + std::string(calls.type) +
                                  " has options that this version does not know");
    }
  }
  return result;
}

[[noreturn]] inline void refuse_beside(const NormalisationCalls& calls, std::string_view other) {
  throw OptionError("Network: expected `normalisation` or `normalisation_module`, got both, " +
                    std::string(other) + " and " + std::string(calls.type));
}

// --- The modules ---

template <Floating T>
[[nodiscard]] LayerNorm<T> normalisation_module(const Scope<T>& scope, Index features,
                                                const NormalisationSettings& s,
                                                std::type_identity<LayerNorm<T>>) {
  return LayerNorm<T>(scope, features, {.eps = *s.eps, .elementwise_affine = s.affine, .bias = s.bias});
}
template <Floating T>
[[nodiscard]] RMSNorm<T> normalisation_module(const Scope<T>& scope, Index features,
                                              const NormalisationSettings& s,
                                              std::type_identity<RMSNorm<T>>) {
  return RMSNorm<T>(scope, features, {.eps = s.eps, .elementwise_affine = s.affine});
}
template <Floating T>
[[nodiscard]] BatchNorm1d<T> normalisation_module(const Scope<T>& scope, Index features,
                                                  const NormalisationSettings& s,
                                                  std::type_identity<BatchNorm1d<T>>) {
  return BatchNorm1d<T>(scope, features,
                        {.eps = *s.eps,
                         .momentum = s.momentum,
                         .affine = s.affine,
                         .bias = s.bias,
                         .track_running_stats = s.track_running_stats});
}
template <Floating T>
[[nodiscard]] GroupNorm<T> normalisation_module(const Scope<T>& scope, Index features,
                                                const NormalisationSettings& s,
                                                std::type_identity<GroupNorm<T>>) {
  return GroupNorm<T>(scope, s.num_groups, features, {.eps = *s.eps, .affine = s.affine, .bias = s.bias});
}

template <class Module, Floating T>
class NormalisationLayersOf final : public NormalisationLayers<T> {
 public:
  NormalisationLayersOf(const Scope<T>& scope, std::span<const Index> sizes,
                        const NormalisationSettings& settings) {
    scope.is("ModuleList");
    modules_.reserve(sizes.size());
    for (const Index size : sizes) {
      modules_.push_back(normalisation_module(scope / static_cast<Index>(modules_.size()), size, settings,
                                              std::type_identity<Module>()));
    }
  }

  [[nodiscard]] Var<T> call(Index i, const Var<T>& x) const override { return module(i)(x); }
  [[nodiscard]] Symbol<T> call(Index i, const Symbol<T>& x) const override { return module(i)(x); }
  void reset_parameters(ParameterBlock<T>& block) const override {
    for (const Module& m : modules_) {
      fill(block, m.weight(), T(1));
      if constexpr (requires { m.bias(); }) fill(block, m.bias(), T(0));
    }
  }
  void load(const StateDict& tensors, ParameterBlock<T>& block, bool buffers_alone) const override {
    if (!buffers_alone) return block.assign(tensors);
    for (const auto& e : block.buffers()) tensors[e.name].copy_to(block.buffer(e.slot).data());
  }

 private:
  [[nodiscard]] const Module& module(Index i) const noexcept { return modules_[static_cast<std::size_t>(i)]; }
  // A slot of no parameter has no elements.
  static void fill(ParameterBlock<T>& block, const Slot& slot, T value) {
    if (slot.shape.numel() > 0) block.value(slot).fill(value);
  }

  std::vector<Module> modules_;
};

template <template <class> class Module, Floating T>
[[nodiscard]] std::shared_ptr<const NormalisationLayers<T>> layers_of_scope(
    const Scope<T>& scope, std::span<const Index> sizes, const NormalisationSettings& settings) {
  return std::make_shared<const NormalisationLayersOf<Module<T>, T>>(scope, sizes, settings);
}
template <template <class> class Module, Floating T>
[[nodiscard]] std::shared_ptr<const NormalisationLayers<T>> layers_of_block(
    ParameterBlock<T>& block, std::span<const Index> sizes, const NormalisationSettings& settings) {
  return layers_of_scope<Module, T>(Scope<T>(block, "norms"), sizes, settings);
}

template <template <class> class Module>
inline constexpr NormalisationTraits normalisation_traits{};
template <>
inline constexpr NormalisationTraits normalisation_traits<LayerNorm>{
    .type = "LayerNorm", .affine = "elementwise_affine", .may_have_bias = true};
template <>
inline constexpr NormalisationTraits normalisation_traits<RMSNorm>{
    .type = "RMSNorm", .affine = "elementwise_affine", .needs_eps = false};
template <>
inline constexpr NormalisationTraits normalisation_traits<GroupNorm>{
    .type = "GroupNorm", .affine = "affine", .may_have_bias = true, .has_groups = true};
template <>
inline constexpr NormalisationTraits normalisation_traits<BatchNorm1d>{
    .type = "BatchNorm1d",
    .affine = "affine",
    .may_have_bias = true,
    .may_run = true,
    .least_eps = (std::numeric_limits<double>::min)()};  // PyTorch trains with none of 0

template <template <class> class Module>
const NormalisationCalls& normalisation_calls() noexcept {
  static constexpr NormalisationCalls calls{
      {&layers_of_scope<Module, float>, &layers_of_block<Module, float>},
      {&layers_of_scope<Module, double>, &layers_of_block<Module, double>},
      normalisation_traits<Module>,
      &normalisation_problem,
      &write_normalisation,
      &read_normalisation,
      &refuse_beside};
  return calls;
}

}  // namespace detail

WICK_INLINE const NormalisationTable& all_normalisations() noexcept {
  static const std::array<ModuleNormalisation, 4> modules{
      ModuleNormalisation(detail::normalisation_calls<LayerNorm>(), {}),
      ModuleNormalisation(detail::normalisation_calls<BatchNorm1d>(), {}),
      ModuleNormalisation(detail::normalisation_calls<RMSNorm>(), {}),
      ModuleNormalisation(detail::normalisation_calls<GroupNorm>(), {})};
  static const NormalisationTable table{modules};
  return table;
}

#ifdef WICK_COMPILED
namespace detail {
template const NormalisationCalls& normalisation_calls<LayerNorm>() noexcept;
template const NormalisationCalls& normalisation_calls<BatchNorm1d>() noexcept;
template const NormalisationCalls& normalisation_calls<RMSNorm>() noexcept;
template const NormalisationCalls& normalisation_calls<GroupNorm>() noexcept;
}  // namespace detail
#endif

WICK_END_NAMESPACE
