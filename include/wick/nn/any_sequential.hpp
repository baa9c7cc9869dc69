#pragma once

// Modules one after the other, from a list that is made when the program runs.

#include <wick/base/error.hpp>
#include <wick/nn/any_module.hpp>
#include <wick/nn/scope.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Modules of any classes that are called one after the other:
///
///     std::vector<wick::ModuleMaker<float>> layers;
///     for (const wick::Index size : sizes) {
///       layers.push_back(wick::make_module<wick::Linear<float>>(in, size));
///       layers.push_back(wick::make_module<wick::ReLU>());
///       in = size;
///     }
///     layers.push_back({"output", wick::make_module<wick::Linear<float>>(in, 10)});
///     wick::Model<wick::AnySequential<float>> model(layers);
///
/// It is printed as `Sequential`, and its modules are named as in one.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
template <Floating T = float>
class AnySequential {
 public:
  /// Throws IndexError for two modules of one name, or one that is empty or has a dot.
  AnySequential(const Scope<T>& scope, const std::vector<ModuleMaker<T>>& makers)
      : id_(scope.is("Sequential")) {
    std::map<std::string, std::size_t, std::less<>> places;
    modules_.reserve(makers.size());
    for (const ModuleMaker<T>& make : makers) {
      const std::string name = make.name().empty() ? std::to_string(modules_.size()) : make.name();
      detail::check_module_name(name);
      if (!places.emplace(name, modules_.size()).second) {
        throw IndexError("module " + detail::quoted_name(name) + " already exists");
      }
      modules_.push_back(make(scope / name));
    }
  }

  /// What the last one returns for what the one before returned, and so on; x without modules.
  [[nodiscard]] Var<T> operator()(const Var<T>& x) const { return called(x); }
  /// To be traced; throws Error for a module that cannot be, see AnyModule.
  [[nodiscard]] Symbol<T> operator()(const Symbol<T>& x) const { return called(x); }

  /// Number of modules.
  [[nodiscard]] std::size_t size() const noexcept { return modules_.size(); }
  /// The modules, in order.
  [[nodiscard]] const std::vector<AnyModule<T>>& modules() const& noexcept { return modules_; }
  void modules() const&& = delete;

 private:
  template <class Value>
  [[nodiscard]] Value called(const Value& x) const {
    Value result = x;
    for (const AnyModule<T>& module : modules_) result = module(result);
    id_.tell(result);
    return result;
  }

  std::vector<AnyModule<T>> modules_;
  ModuleId id_;
};

WICK_END_NAMESPACE
