#pragma once

// Modules of one class, by number.

#include <wick/base/error.hpp>
#include <wick/nn/detail/construct.hpp>
#include <wick/nn/scope.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Where module i is; throws IndexError, in the name of ModuleList.
[[nodiscard]] std::size_t place_in_list(Index i, Index size);

}  // namespace detail

/// Modules of one class, named 0, 1, ... The module that has them calls them as it likes:
///
///     wick::ModuleList<Block> blocks;                      // a member
///     blocks(s / "blocks", 4, 64)                          // four times Block(scope, 64)
///     blocks(s / "blocks", 4, [](const wick::Scope<float>& at, wick::Index i) { return Block(at, 64 << i);
///     }) for (const auto& block : blocks) x = block(x);
///
/// For modules of several classes there is ModuleList<AnyModule<float>>.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
template <class Module>
class ModuleList {
 public:
  /// `count` modules, each constructed from its scope and `arguments`, or from these alone where it takes no
  /// scope. Throws OptionError for a negative count.
  template <Floating T, class... Arguments>
  ModuleList(const Scope<T>& scope, Index count, const Arguments&... arguments) {
    fill(scope, count,
         [&](const Scope<T>& at, Index /*i*/) { return detail::construct<Module>(at, arguments...); });
  }
  /// `count` modules, each of them what `make(scope, i)` returns.
  template <Floating T, class Make>
  requires std::is_invocable_r_v < Module, const Make&, const Scope<T>
  &, Index > ModuleList(const Scope<T>& scope, Index count, const Make& make) {
    fill(scope, count, [&](const Scope<T>& at, Index i) {
      detail::tell_type<Module>(at);
      return make(at, i);
    });
  }

  /// Number of modules.
  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(modules_.size()); }
  /// Whether there is none.
  [[nodiscard]] bool empty() const noexcept { return modules_.empty(); }
  /// Module i; negative numbers count from the end. Throws IndexError.
  [[nodiscard]] const Module& operator[](Index i) const { return modules_[place(i)]; }
  [[nodiscard]] Module& operator[](Index i) { return modules_[place(i)]; }
  /// The first module.
  [[nodiscard]] auto begin() const noexcept { return modules_.begin(); }
  /// Behind the last module.
  [[nodiscard]] auto end() const noexcept { return modules_.end(); }
  /// The first module.
  [[nodiscard]] auto begin() noexcept { return modules_.begin(); }
  /// Behind the last module.
  [[nodiscard]] auto end() noexcept { return modules_.end(); }

 private:
  template <Floating T, class Make>
  void fill(const Scope<T>& scope, Index count, const Make& make) {
    scope.is("ModuleList");
    if (count < 0) {
      throw OptionError(scope.described("ModuleList") + ": expected a count >= 0, got " +
                        std::to_string(count));
    }
    modules_.reserve(static_cast<std::size_t>(count));
    for (Index i = 0; i < count; ++i) modules_.push_back(make(scope / i, i));
  }
  [[nodiscard]] std::size_t place(Index i) const { return detail::place_in_list(i, size()); }

  std::vector<Module> modules_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/module_list.ipp>
#endif
