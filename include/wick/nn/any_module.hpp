#pragma once

// A module of any class, as a value: for layers that are known when the program runs only.

#include <wick/autograd/var.hpp>
#include <wick/base/detail/type_name.hpp>
#include <wick/base/error.hpp>
#include <wick/graph/trace.hpp>
#include <wick/nn/detail/construct.hpp>
#include <wick/nn/scope.hpp>

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Holds a module of any class that is called with one variable and returns one. A copy holds a copy. A call
/// costs an indirect one more than that of the module. One that was moved from holds nothing, and throws
/// Error when it is called.
///
/// It can be traced if the module can, that is, if its call operator is a template, as those of the library's
/// are. Otherwise, where it takes variables alone, to call it with a symbol throws Error.
template <Floating T = float>
class AnyModule {
 public:
  /// Implicit: any module is one.
  template <class Module>
  requires(!std::same_as<Module, AnyModule> && std::is_invocable_r_v<Var<T>, const Module&, const Var<T>&>)
      AnyModule(Module module)
      : held_(std::make_unique<Holder<Module>>(std::move(module))) {}
  AnyModule(const AnyModule& other) : held_(other.held_ ? other.held_->clone() : nullptr) {}
  AnyModule(AnyModule&&) noexcept = default;
  AnyModule& operator=(const AnyModule& other) {
    AnyModule copy(other);
    held_.swap(copy.held_);
    return *this;
  }
  AnyModule& operator=(AnyModule&&) noexcept = default;
  ~AnyModule() = default;

  /// What the module returns. Throws Error when there is none.
  [[nodiscard]] Var<T> operator()(const Var<T>& x) const { return held().call(x); }
  [[nodiscard]] Symbol<T> operator()(const Symbol<T>& x) const { return held().call(x); }

  /// The module, if it is of this class: `any.get_if<Linear<float>>()`. Otherwise null.
  template <class Module>
  [[nodiscard]] const Module* get_if() const noexcept {
    const void* const found = held_ ? held_->get(&class_of<Module>) : nullptr;
    return static_cast<const Module*>(found);
  }

 private:
  template <class Module>
  static constexpr char class_of{};  // its address stands for the class

  struct Held {
    Held() = default;
    Held(const Held&) = default;
    Held& operator=(const Held&) = delete;
    virtual ~Held() = default;
    [[nodiscard]] virtual std::unique_ptr<Held> clone() const = 0;
    [[nodiscard]] virtual Var<T> call(const Var<T>& x) const = 0;
    [[nodiscard]] virtual Symbol<T> call(const Symbol<T>& x) const = 0;
    [[nodiscard]] virtual const void* get(const char* of) const noexcept = 0;
  };
  template <class Module>
  struct Holder final : Held {
    explicit Holder(Module&& of) : module(std::move(of)) {}
    [[nodiscard]] std::unique_ptr<Held> clone() const override { return std::make_unique<Holder>(*this); }
    [[nodiscard]] Var<T> call(const Var<T>& x) const override { return module(x); }
    [[nodiscard]] Symbol<T> call(const Symbol<T>& x) const override {
      if constexpr (std::is_invocable_r_v<Symbol<T>, const Module&, const Symbol<T>&>) {
        return module(x);
      } else {
        throw Error("AnyModule: " + std::string(detail::type_name<Module>()) +
                    " cannot be traced, as it takes variables alone; make its call a template: auto "
                    "operator()(const auto& x) const");
      }
    }
    [[nodiscard]] const void* get(const char* of) const noexcept override {
      return of == &class_of<Module> ? &module : nullptr;
    }
    Module module;
  };

  [[nodiscard]] const Held& held() const {
    if (held_ == nullptr) throw Error("AnyModule: this module was moved from; assign a module to it first");
    return *held_;
  }

  std::unique_ptr<Held> held_;
};

namespace detail {

template <Floating T>
inline constexpr bool is_erased<AnyModule<T>> = true;

/// What make_module() returns.
template <class Module, class... Arguments>
struct ModuleArguments {
  std::tuple<Arguments...> arguments;
};

}  // namespace detail

/// Says which module a ModuleMaker makes: `make_module<Linear<float>>(784, 256)`, without the scope.
template <class Module, class... Arguments>
[[nodiscard]] detail::ModuleArguments<Module, Arguments...> make_module(Arguments... arguments) {
  return {{std::move(arguments)...}};
}

/// Makes a module when it is given a scope: one entry of a list of layers that is built when the program
/// runs, from a configuration, say. A name of its own stands for the number in the list.
template <Floating T = float>
class ModuleMaker {
 public:
  /// Named by its number in the list.
  template <class Module, class... Arguments>
  ModuleMaker(detail::ModuleArguments<Module, Arguments...> what)
      : ModuleMaker(std::string(), std::move(what)) {}
  /// Of this name.
  template <class Module, class... Arguments>
  ModuleMaker(std::string name, detail::ModuleArguments<Module, Arguments...> what)
      : name_(std::move(name)), make_([what = std::move(what)](const Scope<T>& scope) {
          return std::apply(
              [&](const Arguments&... a) { return AnyModule<T>(detail::construct<Module>(scope, a...)); },
              what.arguments);
        }) {}

  /// Empty: named by its number.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// A new module of this scope.
  [[nodiscard]] AnyModule<T> operator()(const Scope<T>& scope) const { return make_(scope); }

 private:
  std::string name_;
  std::function<AnyModule<T>(const Scope<T>&)> make_;
};

WICK_END_NAMESPACE
