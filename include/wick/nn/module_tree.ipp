#pragma once

// Definitions of nn/module_tree.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/nn/module_tree.hpp>

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

[[nodiscard]] inline std::string dotted(std::string_view path, std::string_view name) {
  std::string result(path);
  if (!path.empty() && !name.empty()) result += '.';
  return result.append(name);
}
[[nodiscard]] inline bool is_place(std::string_view name) noexcept {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}
/// All lines but the first moved to the right by two characters.
[[nodiscard]] inline std::string indented(std::string_view text) {
  std::string result;
  for (const char c : text) {
    result += c;
    if (c == '\n') result += "  ";
  }
  return result;
}
[[nodiscard]] inline std::string printable_text(std::string_view text) {
  std::string result;
  append_printable(result, text);
  return result;
}

}  // namespace detail

WICK_INLINE ModuleTree::ModuleTree(std::string_view type) {
  modules_.push_back({});
  modules_.front().type = type;
  index_.emplace(std::string(), 0);
}

WICK_INLINE std::span<const ModuleInfo> ModuleTree::modules() const noexcept { return modules_; }

/// The number of the module at a path, which is made if it is not there, as are those above it.
WICK_INLINE std::size_t ModuleTree::made(std::string_view path) {
  if (const auto it = index_.find(path); it != index_.end()) return it->second;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = (std::min)(path.find('.', begin), path.size());
    const std::string_view so_far = path.substr(0, end);
    const auto [it, added] = index_.emplace(so_far, modules_.size());
    if (added) {
      modules_[number].children.push_back(it->second);
      ModuleInfo module;
      module.path = so_far;
      module.id = static_cast<int>(modules_.size());
      module.name = path.substr(begin, end - begin);
      modules_.push_back(std::move(module));
    }
    number = it->second;
    begin = end + 1;
  }
  return number;
}

WICK_INLINE int ModuleTree::module(std::string_view path, std::string_view type, std::string_view extra) {
  ModuleInfo& m = modules_[made(path)];
  m.type = type;
  m.extra = extra;
  return m.id;
}

WICK_INLINE void ModuleTree::parameter(std::string_view path, std::string_view name, const Slot& slot) {
  modules_[made(path)].parameters.push_back({std::string(name), slot});
  std::erase(tied_, detail::dotted(path, name));
}

WICK_INLINE void ModuleTree::buffer(std::string_view path, std::string_view name, const Slot& slot,
                                    bool persistent) {
  modules_[made(path)].buffers.push_back({std::string(name), slot, persistent});
}

WICK_INLINE void ModuleTree::tied(std::string_view path, std::string_view name) {
  tied_.push_back(detail::dotted(path, name));
}

WICK_INLINE void ModuleTree::add_by_name(std::string_view name, const Slot& slot, const bool* persistent) {
  const std::size_t dot = name.rfind('.');
  const std::string_view path = dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
  const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  if (persistent != nullptr) return buffer(path, last, slot, *persistent);
  parameter(path, last, slot);
}

/// From the order in which modules were told of to that of the tree, which is the order of PyTorch's names.
WICK_INLINE void ModuleTree::sort() {
  if (!tied_.empty()) {
    const std::size_t dot = tied_.front().rfind('.');
    throw IndexError(
        "Scope::tie: the module " +
        detail::quoted_name(dot == std::string::npos ? "" : tied_.front().substr(0, dot)) +
        " has no parameter " +
        detail::quoted_name(dot == std::string::npos ? tied_.front() : tied_.front().substr(dot + 1)));
  }
  std::vector<ModuleInfo> sorted;
  sorted.reserve(modules_.size());
  // Without recursion: a file may nest modules as deep as it likes.
  struct Open {
    std::size_t from, to, next;
  };
  std::vector<Open> open;
  const auto enter = [&](std::size_t from) {
    open.push_back({from, sorted.size(), 0});
    sorted.push_back(std::move(modules_[from]));
  };
  enter(0);
  while (!open.empty()) {
    Open& now = open.back();
    std::vector<std::size_t>& children = sorted[now.to].children;
    if (now.next == children.size()) {
      sorted[now.to].end = sorted.size();
      open.pop_back();
      continue;
    }
    const std::size_t child = std::exchange(children[now.next++], sorted.size());
    enter(child);
  }
  modules_ = std::move(sorted);
  for (std::size_t i = 0; i < modules_.size(); ++i) index_.find(modules_[i].path)->second = i;
}

WICK_INLINE const ModuleInfo* ModuleTree::find(std::string_view path) const noexcept {
  const auto it = index_.find(path);
  return it == index_.end() ? nullptr : &modules_[it->second];
}

WICK_INLINE const ModuleInfo& ModuleTree::at(std::string_view path) const {
  if (const ModuleInfo* const found = find(path)) return *found;
  // The nearest module above it that is there, and what is in that.
  std::string_view above = path;
  const ModuleInfo* parent = nullptr;
  while (parent == nullptr) {
    const std::size_t dot = above.rfind('.');
    above = dot == std::string_view::npos ? std::string_view() : above.substr(0, dot);
    parent = find(above);
  }
  std::string known;
  std::size_t count = 0;
  for (const std::size_t child : parent->children) {
    if (count++ == detail::most_shown_items) break;
    known += (known.empty() ? "" : ", ") + detail::shown_name(modules_[child].name);
  }
  throw IndexError("the model has no module " + detail::quoted_name(path) + "; " +
                   (above.empty() ? std::string("it") : detail::quoted_name(above)) +
                   (known.empty() ? " has no modules" : " has " + known));
}

WICK_INLINE std::string_view ModuleTree::type_of(const ModuleInfo& module) const noexcept {
  if (!module.type.empty()) return module.type;
  const bool is_list = module.parameters.empty() && module.buffers.empty() && !module.children.empty() &&
                       std::ranges::all_of(module.children, [this](std::size_t child) {
                         return detail::is_place(modules_[child].name);
                       });
  return is_list ? "ModuleList" : "Module";
}

WICK_INLINE std::string ModuleTree::str(const ModuleInfo& module) const {
  // From the last module to the first, so that those in a module are printed before it.
  const auto begin = static_cast<std::size_t>(&module - modules_.data());
  std::vector<std::string> texts(module.end - begin);
  for (std::size_t i = module.end; i-- > begin;) {
    const ModuleInfo& m = modules_[i];
    const std::string_view type = type_of(m);
    std::vector<std::string> lines;
    std::string_view extra = m.extra;
    while (!extra.empty()) {
      const std::size_t end = (std::min)(extra.find('\n'), extra.size());
      lines.push_back(detail::printable_text(extra.substr(0, end)));
      extra.remove_prefix((std::min)(end + 1, extra.size()));
    }
    std::string& text = texts[i - begin];
    text = detail::printable_text(type) + "(";
    if (lines.size() == 1 && m.children.empty()) {
      text += lines.front() + ")";
      continue;
    }
    // A ModuleList counts modules that are printed alike together.
    const bool counts = type == "ModuleList";
    for (std::size_t first = 0; first < m.children.size();) {
      std::string& of_child = texts[m.children[first] - begin];
      std::size_t last = first;
      while (counts && last + 1 < m.children.size() && texts[m.children[last + 1] - begin] == of_child)
        texts[m.children[++last] - begin].clear();
      std::string name =
          counts ? std::to_string(first) : detail::printable_text(modules_[m.children[first]].name);
      if (last > first) name += "-" + std::to_string(last);
      std::string shown = "(";
      shown.append(name).append("): ");
      if (last > first) shown.append(std::to_string(last - first + 1)).append(" x ");
      lines.push_back(shown.append(detail::indented(of_child)));
      of_child = {};
      first = last + 1;
    }
    for (const std::string& line : lines) text += "\n  " + line;
    text += lines.empty() ? ")" : "\n)";
  }
  return texts.front();
}

WICK_INLINE std::ostream& ModuleTree::print(std::ostream& out) const { return out << str(modules_.front()); }

WICK_INLINE std::vector<ModuleInfo> ModuleTree::children(std::string_view path) const {
  std::vector<ModuleInfo> result;
  for (const std::size_t child : at(path).children) result.push_back(modules_[child]);
  return result;
}

WICK_END_NAMESPACE
