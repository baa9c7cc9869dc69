#pragma once

// A model's names for the tensors of a file that has others, found by order and shape.

#include <wick/state/state_dict.hpp>
#include <wick/state/state_dict_spec.hpp>

#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Names of a file and the model's names for them. To be looked at, then given to
/// load_state_dict as `{.rename = mapping}`, or to rename().
class NameMapping {
 public:
  /// A tensor's two names.
  struct Pair {
    std::string from;  ///< the file's name
    std::string to;    ///< the model's
    Shape shape;       ///< of the tensor

    friend bool operator==(const Pair&, const Pair&) = default;
  };

  NameMapping() = default;
  /// In the model's order.
  explicit NameMapping(std::vector<Pair> pairs);

  /// In the model's order.
  [[nodiscard]] std::span<const Pair> pairs() const& noexcept;
  std::span<const Pair> pairs() && = delete;  // would not outlive the mapping

  /// The model's name for the file's; nullopt for a name that has none.
  [[nodiscard]] std::optional<std::string> operator()(std::string_view from) const;

  /// Streams a line for each tensor: `fc1.weight -> hidden_layers.0.weight [512, 784]`.
  friend std::ostream& operator<<(std::ostream& out, const NameMapping& mapping);

 private:
  std::vector<Pair> pairs_;
  std::map<std::string, std::string, std::less<>> to_;
};

namespace detail {

/// Finds `mapping`, or says why there is none; an empty text when it is found.
[[nodiscard]] std::string search_mapping(const StateDict& sd, const StateDictSpec& spec,
                                         NameMapping& mapping);

}  // namespace detail

/// The names that the model `spec` has for the tensors of `sd`: same count, same shapes.
///
/// If only something in front of the names differs, the names decide. Otherwise modules
/// are matched by the names and shapes of their tensors, and modules with equal ones by
/// their order as order_from_names() understands it. Nothing is loaded: look at the mapping,
/// because shapes cannot show that two equal layers changed places.
///
/// Throws StateDictError with the tensors of both sides when there is no such mapping or
/// more than one.
[[nodiscard]] NameMapping match_by_shape(const StateDict& sd, const StateDictSpec& spec);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/state/match_by_shape.ipp>
#endif
