#pragma once

// Definitions of state/load_state_dict.hpp.

#include <optional>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/state/detail/key_hints.hpp>
#include <wick/state/detail/module_tree.hpp>
#include <wick/state/load_state_dict.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/state/rename_keys.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/state/state_dict_spec.hpp>
#include <wick/tensor/dtype.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE std::ostream& operator<<(std::ostream& out, const LoadResult& r) {
  if (r.all_matched()) return out << "<All keys matched successfully>";
  std::string text;
  if (!r.missing_keys.empty() || !r.unexpected_keys.empty()) {
    text = "_IncompatibleKeys(missing_keys=" + detail::python_list(r.missing_keys) +
           ", unexpected_keys=" + detail::python_list(r.unexpected_keys) + ")";
  }
  for (const auto& m : r.mismatched_keys) {
    if (!text.empty()) text += "\n";
    text += detail::shown_name(m.name) + " was not loaded: its shape is " + m.found.torch_str() +
            " in the checkpoint, " + m.expected.torch_str() + " in the model";
  }
  return out << text;
}

namespace detail {

inline LoadResult compare_state_dict(const StateDictSpec& spec, const StateDict& sd,
                                     const LoadOptions& options) {
  LoadResult result;
  std::vector<std::string> complex;
  for (const auto& t : spec.tensors) {
    const AnyTensor* found = sd.find(t.name);
    if (found == nullptr) {
      result.missing_keys.push_back(t.name);
    } else if (!loadable(found->shape(), t.shape)) {
      result.mismatched_keys.push_back({t.name, found->shape(), t.shape});
    } else if (is_complex(found->dtype())) {
      complex.push_back(complex_problem(t.name, found->dtype()));
    } else {
      result.loaded_keys.push_back(t.name);
    }
  }
  result.unexpected_keys = ModuleNode(spec).unexpected(sd);

  std::vector<std::string> problems = std::move(complex);
  if (options.strict && !result.missing_keys.empty()) {
    problems.push_back("Missing key(s) in state_dict: " + quoted_names(result.missing_keys) + ". ");
  }
  if (options.strict && !result.unexpected_keys.empty()) {
    problems.push_back("Unexpected key(s) in state_dict: " + quoted_names(result.unexpected_keys) + ". ");
  }
  if (!options.allow_shape_mismatch) {
    for (const auto& m : result.mismatched_keys) {
      if (&m - result.mismatched_keys.data() == most_shown_items) {
        problems.push_back("and " + std::to_string(result.mismatched_keys.size() - most_shown_items) +
                           " more size mismatches.");
        break;
      }
      problems.push_back("size mismatch for " + shown_name(m.name) + ": copying a param with shape " +
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
  throw StateDictError(text, std::move(result.missing_keys), std::move(result.unexpected_keys),
                       std::move(mismatched), hints);
}

}  // namespace detail

WICK_INLINE LoadResult check_state_dict(const StateDictSpec& spec, const StateDict& sd,
                                        const LoadOptions& options) {
  if (!options.renames()) return detail::compare_state_dict(spec, sd, options);
  const StateDict renamed = rename(sd, [&](std::string_view name) { return options.name_for(name); });
  return detail::compare_state_dict(spec, renamed, options);
}

WICK_INLINE std::optional<std::string> LoadOptions::name_for(std::string_view name) const {
  if (name.starts_with(strip_prefix)) name.remove_prefix(strip_prefix.size());
  std::string result = add_prefix;
  result += name;
  if (rename) return rename(result);
  return result;
}

namespace detail {

template <Floating T>
LoadResult load_parameters(ParameterBlock<T>& block, const StateDictSpec& spec, const StateDict& sd,
                           const LoadOptions& options) {
  if (!options.renames()) {
    LoadResult result = check_state_dict(spec, sd, options);
    block.assign(sd);
    return result;
  }
  const StateDict renamed = rename(sd, [&](std::string_view name) { return options.name_for(name); });
  return load_parameters(block, spec, renamed,
                         {.strict = options.strict, .allow_shape_mismatch = options.allow_shape_mismatch});
}

#ifdef WICK_COMPILED
template LoadResult load_parameters(ParameterBlock<float>&, const StateDictSpec&, const StateDict&,
                                    const LoadOptions&);
template LoadResult load_parameters(ParameterBlock<double>&, const StateDictSpec&, const StateDict&,
                                    const LoadOptions&);
#endif

}  // namespace detail

WICK_END_NAMESPACE
