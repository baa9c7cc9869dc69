#pragma once

// The comparison of a state dict with a model, in PyTorch's order and words.

#include <wick/state/parameter_block.hpp>
#include <wick/state/rename_keys.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/state/state_dict_spec.hpp>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

/// How a state dict is taken over. The names change first, in the order of the fields;
/// two tensors that would get the same name are an IndexError.
struct LoadOptions {
  /// Names that are missing or too many are an error; otherwise they are returned.
  bool strict = true;
  /// Tensors of another shape than the model's are passed over and returned; otherwise
  /// they are an error, also when not strict, as in PyTorch.
  bool allow_shape_mismatch = false;
  std::string strip_prefix = {};  ///< removed from the names that start with it, e.g. `module.`
  std::string add_prefix = {};    ///< put in front of every name
  /// From a tensor's name to the model's; nullopt leaves the tensor out.
  RenameFunction rename = {};

  /// Whether any name can change.
  [[nodiscard]] bool renames() const noexcept {
    return !strip_prefix.empty() || !add_prefix.empty() || static_cast<bool>(rename);
  }
  /// The name under which the tensor `name` is loaded, or nullopt.
  [[nodiscard]] std::optional<std::string> name_for(std::string_view name) const;
};

/// A tensor whose shape is not the model's.
struct ShapeMismatch {
  std::string name;  ///< the model's
  Shape found;       ///< in the state dict
  Shape expected;    ///< in the model

  friend bool operator==(const ShapeMismatch&, const ShapeMismatch&) = default;
};

/// What load_state_dict leaves behind when it does not throw. Names are the model's,
/// after renaming, in model order; unexpected ones in the state dict's.
///
/// Streams `<All keys matched successfully>`, or PyTorch's `_IncompatibleKeys(...)`, and
/// a line for each tensor that was passed over because of its shape.
struct LoadResult {
  std::vector<std::string> missing_keys;       ///< in the model alone
  std::vector<std::string> unexpected_keys;    ///< in the state dict alone
  std::vector<ShapeMismatch> mismatched_keys;  ///< of another shape
  std::vector<std::string> loaded_keys;        ///< taken over

  /// Whether every tensor was loaded and none was left over.
  [[nodiscard]] bool all_matched() const noexcept {
    return missing_keys.empty() && unexpected_keys.empty() && mismatched_keys.empty();
  }

  friend std::ostream& operator<<(std::ostream& out, const LoadResult& r);
};

/// Compares `sd`, renamed as the options say, with what the model expects and changes
/// nothing.
///
/// Throws one StateDictError with everything that is wrong, worded and ordered as
/// torch.nn.Module.load_state_dict: missing keys, unexpected keys (both only when
/// strict), then every size mismatch in model order; before them, complex tensors, whose
/// imaginary parts PyTorch would discard with a warning. Hints follow that text where keys
/// are missing and others may be meant. Otherwise returns what was found.
[[nodiscard]] LoadResult check_state_dict(const StateDictSpec& spec, const StateDict& sd,
                                          const LoadOptions& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/state/load_state_dict.ipp>
#endif
