#pragma once

// The modules behind dotted names: which names of a state dict no module knows.

#include <wick/state/state_dict.hpp>
#include <wick/state/state_dict_spec.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A module: its own tensors, and the modules in it in model order.
class ModuleNode {
 public:
  explicit ModuleNode(const StateDictSpec& spec) {
    for (const auto& path : spec.modules) add(path, false);
    for (const auto& t : spec.tensors) add(t.name, true);
  }

  /// The names of `sd` that the model does not have, in PyTorch's order: module by
  /// module, within a module in the order of `sd`.
  [[nodiscard]] std::vector<std::string> unexpected(const StateDict& sd) const {
    std::vector<std::string_view> keys;
    keys.reserve(sd.size());
    for (const auto& entry : sd) keys.emplace_back(entry.first);
    std::vector<std::string> result;
    collect(keys, 0, result);
    return result;
  }

 private:
  explicit ModuleNode(std::string_view name) : name_(name) {}

  void add(std::string_view path, bool is_tensor) {
    const auto dot = path.find('.');
    if (dot == std::string_view::npos && is_tensor) {
      tensors_.emplace(path);
      return;
    }
    const auto name = path.substr(0, dot);
    const auto [it, added] = index_.emplace(name, children_.size());
    if (added) children_.push_back(ModuleNode(name));
    if (dot != std::string_view::npos) children_[it->second].add(path.substr(dot + 1), is_tensor);
  }

  /// `keys` are those that start with this module's path, which has `start` characters
  /// with its dot. Each goes to one module at most, so that files with many names and
  /// models with many modules are no problem.
  void collect(const std::vector<std::string_view>& keys, std::size_t start,
               std::vector<std::string>& out) const {
    // PyTorch looks for this reserved name first.
    constexpr std::string_view extra_state = "_extra_state";
    for (const auto key : keys) {
      if (key.substr(start) == extra_state) out.emplace_back(key);
    }
    std::vector<std::vector<std::string_view>> of_child(children_.size());
    for (const auto key : keys) {
      const auto rest = key.substr(start);
      if (rest == extra_state) continue;
      const auto dot = rest.find('.');
      if (dot == std::string_view::npos) {
        if (!tensors_.contains(rest)) out.emplace_back(key);
        continue;
      }
      const auto child = index_.find(rest.substr(0, dot));
      if (child == index_.end()) {
        out.emplace_back(key);
      } else {
        of_child[child->second].push_back(key);
      }
    }
    for (std::size_t i = 0; i < children_.size(); ++i) {
      if (!of_child[i].empty()) children_[i].collect(of_child[i], start + children_[i].name_.size() + 1, out);
    }
  }

  std::string name_;
  std::set<std::string, std::less<>> tensors_;
  std::vector<ModuleNode> children_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

}  // namespace detail

WICK_END_NAMESPACE
