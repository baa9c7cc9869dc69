#pragma once

// The comparison of a state dict with a model, in PyTorch's order and words.

#include <wick/core/error.hpp>
#include <wick/core/key_hints.hpp>
#include <wick/core/module_tree.hpp>
#include <wick/core/quote.hpp>
#include <wick/core/rename_keys.hpp>
#include <wick/core/state_dict.hpp>
#include <wick/core/state_dict_spec.hpp>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

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
  [[nodiscard]] std::optional<std::string> name_for(std::string_view name) const {
    if (name.starts_with(strip_prefix)) name.remove_prefix(strip_prefix.size());
    std::string result = add_prefix;
    result += name;
    if (rename) return rename(result);
    return result;
  }
};

/// A tensor whose shape is not the model's.
struct ShapeMismatch {
  std::string name;
  Shape found;
  Shape expected;

  friend bool operator==(const ShapeMismatch&, const ShapeMismatch&) = default;
};

/// What load_state_dict leaves behind when it does not throw. Names are the model's,
/// after renaming, in model order; unexpected ones in the state dict's.
///
/// Streams `<All keys matched successfully>`, or PyTorch's `_IncompatibleKeys(...)`, and
/// a line for each tensor that was passed over because of its shape.
struct LoadResult {
  std::vector<std::string> missing_keys;
  std::vector<std::string> unexpected_keys;
  std::vector<ShapeMismatch> mismatched_keys;
  std::vector<std::string> loaded_keys;

  /// Whether every tensor was loaded and none was left over.
  [[nodiscard]] bool all_matched() const noexcept {
    return missing_keys.empty() && unexpected_keys.empty() && mismatched_keys.empty();
  }

  friend std::ostream& operator<<(std::ostream& out, const LoadResult& r) {
    if (r.all_matched()) return out << "<All keys matched successfully>";
    std::string text;
    if (!r.missing_keys.empty() || !r.unexpected_keys.empty()) {
      text = "_IncompatibleKeys(missing_keys=" + detail::python_list(r.missing_keys) +
             ", unexpected_keys=" + detail::python_list(r.unexpected_keys) + ")";
    }
    for (const auto& m : r.mismatched_keys) {
      if (!text.empty()) text += "\n";
      text += m.name + " was not loaded: its shape is " + m.found.torch_str() + " in the checkpoint, " +
              m.expected.torch_str() + " in the model";
    }
    return out << text;
  }
};

namespace detail {

inline std::string quoted_list(const std::vector<std::string>& keys) {
  std::string text;
  for (const auto& key : keys) text += (text.empty() ? "\"" : ", \"") + key + "\"";
  return text;
}

inline LoadResult compare_state_dict(const StateDictSpec& spec, const StateDict& sd,
                                     const LoadOptions& options) {
  LoadResult result;
  for (const auto& t : spec.tensors) {
    const AnyTensor* found = sd.find(t.name);
    if (found == nullptr) {
      result.missing_keys.push_back(t.name);
    } else if (!loadable(found->shape(), t.shape)) {
      result.mismatched_keys.push_back({t.name, found->shape(), t.shape});
    } else {
      result.loaded_keys.push_back(t.name);
    }
  }
  result.unexpected_keys = ModuleNode(spec).unexpected(sd);

  std::vector<std::string> problems;
  if (options.strict && !result.missing_keys.empty()) {
    problems.push_back("Missing key(s) in state_dict: " + quoted_list(result.missing_keys) + ". ");
  }
  if (options.strict && !result.unexpected_keys.empty()) {
    problems.push_back("Unexpected key(s) in state_dict: " + quoted_list(result.unexpected_keys) + ". ");
  }
  if (!options.allow_shape_mismatch) {
    for (const auto& m : result.mismatched_keys) {
      problems.push_back("size mismatch for " + m.name + ": copying a param with shape " +
                         m.found.torch_str() + " from checkpoint, the shape in current model is " +
                         m.expected.torch_str() + ".");
    }
  }
  if (problems.empty()) return result;
  std::string text = "Error(s) in loading state_dict for " + spec.class_name + ":";
  for (const auto& p : problems) text += "\n\t" + p;
  std::vector<std::string> mismatched;
  for (const auto& m : result.mismatched_keys) mismatched.push_back(m.name);
  const std::string hints =
      options.strict ? KeyHints(spec, sd, result.missing_keys, result.unexpected_keys).text() : std::string();
  throw StateDictError(text, result.missing_keys, result.unexpected_keys, mismatched, hints);
}

}  // namespace detail

/// Compares `sd`, renamed as the options say, with what the model expects and changes
/// nothing.
///
/// Throws one StateDictError with everything that is wrong, worded and ordered as
/// torch.nn.Module.load_state_dict: missing keys, unexpected keys (both only when
/// strict), then every size mismatch in model order. Hints follow that text where keys
/// are missing and others may be meant. Otherwise returns what was found.
[[nodiscard]] inline LoadResult check_state_dict(const StateDictSpec& spec, const StateDict& sd,
                                                 const LoadOptions& options = {}) {
  if (!options.renames()) return detail::compare_state_dict(spec, sd, options);
  const StateDict renamed = rename(sd, [&](std::string_view name) { return options.name_for(name); });
  return detail::compare_state_dict(spec, renamed, options);
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
