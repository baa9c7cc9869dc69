#pragma once

// Definitions of state/match_by_shape.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/state/match_by_shape.hpp>
#include <wick/state/module_groups.hpp>
#include <wick/state/rename_keys.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/state/state_dict_spec.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE std::span<const NameMapping::Pair> NameMapping::pairs() const& noexcept { return pairs_; }

WICK_INLINE std::ostream& operator<<(std::ostream& out, const NameMapping& mapping) {
  std::string text;
  for (const auto& pair : mapping.pairs_) {
    text += (text.empty() ? "" : "\n") + detail::shown_name(pair.from) + " -> " +
            detail::shown_name(pair.to) + " " + pair.shape.str();
  }
  return out << text;
}

namespace detail {

/// What is in front of the model's names in the file, when that is the only difference.
inline std::optional<NameMapping> match_by_prefix(const StateDict& sd, const StateDictSpec& spec) {
  constexpr int most_tries = 8;
  if (spec.tensors.empty()) return std::nullopt;
  const std::string& first = spec.tensors.front().name;
  int tries = 0;
  for (const auto& [key, tensor] : sd) {
    if (!key.ends_with(first) || tries++ == most_tries) continue;
    const std::string prefix = key.substr(0, key.size() - first.size());
    std::vector<NameMapping::Pair> pairs;
    for (const auto& t : spec.tensors) {
      const AnyTensor* found = sd.find(prefix + t.name);
      if (found == nullptr || !(found->shape() == t.shape)) break;
      pairs.push_back({prefix + t.name, t.name, t.shape});
    }
    if (pairs.size() == spec.tensors.size()) return NameMapping(std::move(pairs));
  }
  return std::nullopt;
}

/// Makes every tensor a group of its own.
inline std::vector<ModuleGroup> group_one_by_one(std::span<const StateDictSpec::Tensor> tensors) {
  std::vector<ModuleGroup> groups;
  for (const auto& t : tensors) groups.push_back({t.name, {{t.name, "", t.shape}}});
  return groups;
}

/// `bias [512], weight [512, 784]`: groups with equal texts can stand for each other.
inline std::string contents_of(const ModuleGroup& group) {
  std::string text;
  for (const auto& t : group.tensors) {
    text += (text.empty() ? "" : ", ") + t.last + (t.last.empty() ? "" : " ") + t.shape.str();
  }
  return text;
}

WICK_INLINE std::string search_mapping(const StateDict& sd, const StateDictSpec& spec, NameMapping& mapping) {
  if (sd.size() != spec.tensors.size()) {
    return "it has " + std::to_string(sd.size()) + " tensors, the model has " +
           std::to_string(spec.tensors.size());
  }
  if (auto by_prefix = match_by_prefix(sd, spec)) {
    mapping = *std::move(by_prefix);
    return {};
  }

  const auto file_tensors = names_and_shapes(sd);
  std::vector<ModuleGroup> model = group_by_module(spec.tensors);
  std::vector<ModuleGroup> file = group_by_module(file_tensors);
  // The parts of modules go by their names, unless the file's are not the model's.
  std::set<std::string_view> known;
  for (const auto& group : model) {
    for (const auto& t : group.tensors) known.insert(t.last);
  }
  const auto has_unknown = [&](const ModuleGroup& group) {
    return std::ranges::any_of(group.tensors, [&](const auto& t) { return !known.contains(t.last); });
  };
  if (std::ranges::any_of(file, has_unknown)) {
    model = group_one_by_one(spec.tensors);
    file = group_one_by_one(file_tensors);
  }

  std::map<std::string, std::vector<std::size_t>> alike;
  for (std::size_t i = 0; i < file.size(); ++i) alike[contents_of(file[i])].push_back(i);
  std::map<std::string, std::vector<std::size_t>> wanted;
  for (std::size_t i = 0; i < model.size(); ++i) wanted[contents_of(model[i])].push_back(i);

  const bool sorted = sorted_by_name(file_tensors);
  std::map<std::string_view, std::string_view> from;  // of the model's names
  for (const auto& group : model) {                   // in model order, for the message
    const std::string contents = contents_of(group);
    const auto& targets = wanted[contents];
    if (!(&group == &model[targets.front()])) continue;
    const auto& sources = alike[contents];
    if (sources.size() != targets.size()) {
      return "the model has " + std::to_string(targets.size()) + " like " + shown_name(group.path) + " (" +
             shown_name(contents) + "), it has " + std::to_string(sources.size());
    }
    std::vector<std::string_view> names;
    for (const auto i : sources) names.emplace_back(file[i].path);
    const auto order = order_from_names(names, sorted);
    if (!order) {
      std::string reason = "it is not clear in which order ";
      reason += joined_names(names) + " (each " + shown_name(contents) + ") are to be taken, by ";
      reason += sorted ? "their names alone: the file is sorted by name" : "their numbers or as they stand";
      return reason;
    }
    for (std::size_t k = 0; k < targets.size(); ++k) {
      const auto& source = file[sources[(*order)[k]]].tensors;
      const auto& target = model[targets[k]].tensors;
      for (std::size_t t = 0; t < target.size(); ++t) from.emplace(target[t].name, source[t].name);
    }
  }
  std::vector<NameMapping::Pair> pairs;
  for (const auto& t : spec.tensors) pairs.push_back({std::string(from.at(t.name)), t.name, t.shape});
  mapping = NameMapping(std::move(pairs));
  return {};
}

/// `fc1.weight [512, 784], fc1.bias [512], ...`, cut where nobody would read on.
inline std::string list_of(std::span<const StateDictSpec::Tensor> tensors) {
  constexpr std::size_t most = 64;
  std::string text;
  for (const auto& t : tensors.first((std::min)(most, tensors.size()))) {
    text += (text.empty() ? "" : ", ") + shown_name(t.name) + " " + t.shape.str();
  }
  if (tensors.size() > most) text += ", and " + std::to_string(tensors.size() - most) + " more";
  return text;
}

}  // namespace detail

WICK_INLINE NameMapping match_by_shape(const StateDict& sd, const StateDictSpec& spec) {
  NameMapping mapping;
  const std::string reason = detail::search_mapping(sd, spec, mapping);
  if (reason.empty()) return mapping;
  throw StateDictError("match_by_shape: the state dict does not fit " + spec.class_name + ": " + reason +
                           "\n\tstate dict: " + detail::list_of(names_and_shapes(sd)) +
                           "\n\tmodel: " + detail::list_of(spec.tensors),
                       {}, {}, {});
}

WICK_INLINE NameMapping::NameMapping(std::vector<Pair> pairs) : pairs_(std::move(pairs)) {
  for (const auto& pair : pairs_) to_.emplace(pair.from, pair.to);
}

WICK_INLINE std::optional<std::string> NameMapping::operator()(std::string_view from) const {
  const auto it = to_.find(from);
  if (it == to_.end()) return std::nullopt;
  return it->second;
}

WICK_END_NAMESPACE
