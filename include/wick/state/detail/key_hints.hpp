#pragma once

// What a missing name of a state dict may be called there.

#include <wick/base/printable.hpp>
#include <wick/state/match_by_shape.hpp>
#include <wick/state/module_groups.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/state/state_dict_spec.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <numeric>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Insertions, deletions and replacements that lead from `a` to `b` (Levenshtein).
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = (std::min)({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
}

inline std::string_view last_component(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

/// The hints below StateDictError's text: a block of lines, each with what stands before
/// it there, or nothing. A file can hold any number of names; those beyond the limits
/// get no hint.
class KeyHints {
 public:
  static constexpr std::size_t most_lines = 8;
  static constexpr std::size_t most_candidates = 128;
  static constexpr std::size_t most_characters = 64;

  KeyHints(const StateDictSpec& spec, const StateDict& sd, std::span<const std::string> missing,
           std::span<const std::string> unexpected)
      : spec_(spec), sd_(sd), missing_(missing), unexpected_(unexpected) {}

  [[nodiscard]] std::string text() const {
    if (missing_.empty() || unexpected_.empty()) return {};
    std::string hint = strip_hint(missing_.size());
    if (hint.empty()) hint = add_hint(missing_.size());
    if (hint.empty()) hint = shape_hint();
    if (hint.empty()) hint = strip_hint(2);
    return hint.empty() ? nearest_hints() : hint;
  }

 private:
  static constexpr std::string_view start = "\n\tdid you mean ";
  static constexpr std::size_t most_tries = 4;

  using JoinNames = std::function<std::string(const std::string&, const std::string&)>;

  /// The prefix that explains the most missing names, and `least` of them.
  [[nodiscard]] std::string prefix_hint(std::size_t least, const char* verb, const char* option,
                                        const JoinNames& prefix_in, const JoinNames& name_with) const {
    std::set<std::string, std::less<>> tried;
    std::string best;
    std::size_t best_count = 0;
    for (const auto& missing : missing_.first((std::min)(most_tries, missing_.size()))) {
      for (const auto& key : unexpected_) {
        const std::string prefix = prefix_in(missing, key);
        if (prefix.empty() || tried.size() == most_tries || !tried.insert(prefix).second) continue;
        const auto count = static_cast<std::size_t>(std::ranges::count_if(
            missing_, [&](const std::string& name) { return sd_.contains(name_with(prefix, name)); }));
        if (count > best_count) {
          best = prefix;
          best_count = count;
        }
      }
    }
    if (best_count < least) return {};
    const std::string shown = quoted_name(best);
    return std::string(start) + "to " + verb + " " + shown + "? With ." + option + " = " + shown +
           " the state dict has " + std::to_string(best_count) + " of the " +
           std::to_string(missing_.size()) + " missing keys" +
           (best_count == missing_.size() ? hint_for_others(best, name_with) : std::string());
  }
  /// What is still in the way when the names with `prefix` are the missing ones, such as the `n_averaged` of
  /// an average of models.
  [[nodiscard]] std::string hint_for_others(const std::string& prefix, const JoinNames& name_with) const {
    std::set<std::string, std::less<>> explained;
    for (const auto& missing : missing_) explained.insert(name_with(prefix, missing));
    const auto is_other = [&](const std::string& key) {
      return !explained.contains(key) && !key.starts_with(prefix);
    };
    const auto first = std::ranges::find_if(unexpected_, is_other);
    if (first == unexpected_.end()) return {};
    return "; .strict = false passes over " + quoted_name(*first) +
           (std::ranges::count_if(unexpected_, is_other) > 1 ? " and other keys" : "");
  }
  [[nodiscard]] std::string strip_hint(std::size_t least) const {
    return prefix_hint(
        least, "strip the prefix", "strip_prefix",
        [](const std::string& missing, const std::string& key) {
          return key.ends_with("." + missing) ? key.substr(0, key.size() - missing.size()) : std::string();
        },
        [](const std::string& prefix, const std::string& name) { return prefix + name; });
  }
  [[nodiscard]] std::string add_hint(std::size_t least) const {
    return prefix_hint(
        least, "add the prefix", "add_prefix",
        [](const std::string& missing, const std::string& key) {
          return missing.ends_with("." + key) ? missing.substr(0, missing.size() - key.size())
                                              : std::string();
        },
        [](const std::string& prefix, const std::string& name) {
          return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
        });
  }

  /// When all names differ, but the tensors are the model's.
  [[nodiscard]] std::string shape_hint() const {
    if (missing_.size() != spec_.tensors.size() || missing_.size() < 2) return {};
    NameMapping unused;
    if (!search_mapping(sd_, spec_, unused).empty()) return {};
    return std::string(start) +
           "the same tensors under other names? They fit in order and shape: match_by_shape() maps them";
  }

  /// A line for each missing name that has a likely counterpart; none is given twice.
  [[nodiscard]] std::string nearest_hints() const {
    std::string text;
    std::vector<bool> used((std::min)(most_candidates, unexpected_.size()));
    for (const auto& name : missing_.first((std::min)(most_lines, missing_.size()))) {
      const std::size_t best = nearest(name, used);
      if (best == used.size()) continue;
      used[best] = true;
      text.append(start) += quoted_name(unexpected_[best]) + " for " + quoted_name(name) + "?";
    }
    return text;
  }

  [[nodiscard]] std::size_t nearest(const std::string& name, const std::vector<bool>& used) const {
    std::size_t best = used.size();
    if (name.size() > most_characters) return best;
    const auto expected = std::ranges::find(spec_.tensors, name, &StateDictSpec::Tensor::name);
    std::size_t best_score = (std::numeric_limits<std::size_t>::max)();
    for (std::size_t i = 0; i < used.size(); ++i) {
      const std::string& key = unexpected_[i];
      if (used[i] || key.empty() || key.size() > most_characters) continue;
      const bool fits = expected != spec_.tensors.end() && loadable(sd_[key].shape(), expected->shape);
      const std::size_t distance = edit_distance(name, key);
      // Another number is another layer, not a slip of the pen.
      const bool similar = distance * 4 <= (std::max)(name.size(), key.size()) &&
                           (fits || text_and_numbers(name).second == text_and_numbers(key).second);
      const bool same_role = fits && last_component(name) == last_component(key);
      if (!similar && !same_role) continue;
      const std::size_t score = distance + (fits ? 0 : 2 * most_characters);
      if (score < best_score) {
        best = i;
        best_score = score;
      }
    }
    return best;
  }

  const StateDictSpec& spec_;
  const StateDict& sd_;
  std::span<const std::string> missing_;
  std::span<const std::string> unexpected_;
};

}  // namespace detail

WICK_END_NAMESPACE
