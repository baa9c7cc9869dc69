#pragma once

// Modules of one class, by name.

#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/nn/detail/construct.hpp>
#include <wick/nn/scope.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Modules of one class by name, in the order of their construction:
///
///     heads(s / "heads", {"policy", "value"}, 64, 1)                      // a member: Linear(scope, 64, 1)
///     twice heads(s / "heads", {"policy", "value"}, [](const wick::Scope<float>& at, const std::string&
///     name) {
///       return wick::Linear<float>(at, 64, name == "value" ? 1 : 4);
///     })
///     const auto value = heads["value"](x);
///
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html
template <class Module>
class ModuleDict {
 public:
  /// A name and its module.
  using Entry = std::pair<std::string, Module>;

  /// A module of each name, constructed from its scope and `arguments`, or from these alone where it takes no
  /// scope. Throws IndexError for a name that is there twice, is empty or has a dot.
  template <Floating T, class... Arguments>
  ModuleDict(const Scope<T>& scope, const std::vector<std::string>& names, const Arguments&... arguments) {
    fill(scope, names, [&](const Scope<T>& at, const std::string& /*name*/) {
      return detail::construct<Module>(at, arguments...);
    });
  }
  /// The same with what `make(scope, name)` returns.
  template <Floating T, class Make>
  requires std::is_invocable_r_v < Module, const Make&, const Scope<T>
  &, const std::string& >
         ModuleDict(const Scope<T>& scope, const std::vector<std::string>& names, const Make& make) {
    fill(scope, names, [&](const Scope<T>& at, const std::string& name) {
      detail::tell_type<Module>(at);
      return make(at, name);
    });
  }

  /// Number of modules.
  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(entries_.size()); }
  /// Whether there is none.
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  /// Whether there is a module of this name.
  [[nodiscard]] bool contains(std::string_view name) const noexcept { return find(name) != nullptr; }
  /// The module of this name; null when there is none.
  [[nodiscard]] const Module* find(std::string_view name) const noexcept {
    const std::size_t i = place(name);
    return i < entries_.size() ? &entries_[i].second : nullptr;
  }
  /// The module of this name. Throws IndexError with the names that there are.
  [[nodiscard]] const Module& operator[](std::string_view name) const { return entries_[known(name)].second; }
  [[nodiscard]] Module& operator[](std::string_view name) { return entries_[known(name)].second; }
  /// The first Entry.
  [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
  /// Behind the last Entry.
  [[nodiscard]] auto end() const noexcept { return entries_.end(); }

 private:
  template <Floating T, class Make>
  void fill(const Scope<T>& scope, const std::vector<std::string>& names, const Make& make) {
    scope.is("ModuleDict");
    entries_.reserve(names.size());
    for (const std::string& name : names) {
      detail::check_module_name(name);
      if (contains(name))
        throw IndexError("ModuleDict: the key " + detail::quoted_name(name) + " is there twice");
      entries_.emplace_back(name, make(scope / name, name));
    }
  }

  [[nodiscard]] std::size_t place(std::string_view name) const noexcept {
    return static_cast<std::size_t>(std::ranges::find(entries_, name, &Entry::first) - entries_.begin());
  }
  [[nodiscard]] std::size_t known(std::string_view name) const {
    const std::size_t i = place(name);
    if (i < entries_.size()) return i;
    std::string names;
    for (const auto& entry : entries_) {
      if (!names.empty()) names += ", ";
      names += detail::shown_name(entry.first);
    }
    throw IndexError("ModuleDict: no module " + detail::quoted_name(name) + "; there are: " + names);
  }

  std::vector<Entry> entries_;
};

WICK_END_NAMESPACE
