#pragma once

// Where a module adds its parameters, and says what it is.

#include <wick/base/error.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/parameter_block.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Asks for a layer or a model whose parameters are zero: they will be loaded or drawn later.
struct Uninitialised {};
inline constexpr Uninitialised uninitialised{};

/// Is told what the modules of a model under construction are and have: the ModuleTree of a Model. A path is
/// that of a module, `blocks.0.norm`, empty for the model's own.
class ModuleRecorder {
 public:
  /// The class name of a module and what is printed in its parentheses; what is told last counts. Returns the
  /// module's number, in the order in which they were told of.
  virtual int module(std::string_view path, std::string_view type, std::string_view extra) = 0;
  /// A parameter of the module at `path`: a new one, or one that is tied.
  virtual void parameter(std::string_view path, std::string_view name, const Slot& slot) = 0;
  /// A buffer of the module at `path`; state dicts have it if it is persistent.
  virtual void buffer(std::string_view path, std::string_view name, const Slot& slot, bool persistent) = 0;
  /// A parameter that will be another module's, see Scope::tie().
  virtual void tied(std::string_view path, std::string_view name) = 0;

  virtual ~ModuleRecorder() = default;

 protected:
  ModuleRecorder() = default;
  ModuleRecorder(const ModuleRecorder&) = default;
  ModuleRecorder& operator=(const ModuleRecorder&) = default;
};

/// The number of a module in its model, for those who watch calls; see summary(). Of none unless a scope gave
/// it.
class ModuleId {
 public:
  ModuleId() = default;
  /// What a ModuleRecorder returned.
  explicit ModuleId(int number) noexcept : number_(number) {}

  /// Says that the module is about to return y.
  template <class Result>
  void tell(const Result& y) const {
    if constexpr (requires { y.tape().observer()->returned(number_, y.shape()); }) {
      if (number_ < 0) return;
      if (auto* const observer = y.tape().observer()) observer->returned(number_, y.shape());
    }
  }
  /// The same in a return statement.
  template <class Result>
  [[nodiscard]] Result returned(Result y) const {
    tell(y);
    return y;
  }

 private:
  int number_ = -1;
};

/// A model under construction, as one of its modules sees it: the block of parameters, the prefix of their
/// names, and the generator that their values are drawn from.
///
/// A module passes `scope / "up"` on to its member `up`. Parameters are named, laid out and drawn in the
/// order in which modules are constructed, which is that of the members.
template <Floating T = float>
class Scope {
 public:
  /// A scope without a model: parameters go to `block`, with names that begin with `prefix` and a dot.
  Scope(ParameterBlock<T>& block, Generator& generator, std::string prefix = {})
      : block_(&block), generator_(&generator), prefix_(std::move(prefix)) {}
  /// For parameters that are loaded next: nothing is drawn, they are zero.
  explicit Scope(ParameterBlock<T>& block, std::string prefix = {})
      : block_(&block), generator_(nullptr), prefix_(std::move(prefix)) {}
  /// Of a whole model, whose modules are recorded. Without a generator nothing is drawn.
  Scope(ParameterBlock<T>& block, ModuleRecorder& modules, Generator* generator)
      : block_(&block), generator_(generator), modules_(&modules) {}

  /// That of the member `name`.
  [[nodiscard]] Scope operator/(const std::string& name) const {
    Scope inner(*this);
    inner.prefix_ = path(name);
    inner.replaced_.clear();
    return inner;
  }
  /// Of element `i` of a list.
  [[nodiscard]] Scope operator/(Index i) const { return *this / std::to_string(i); }

  /// Where parameters and buffers go.
  [[nodiscard]] ParameterBlock<T>& block() const noexcept { return *block_; }
  /// The path of the module: `blocks.0.norm`.
  [[nodiscard]] const std::string& prefix() const noexcept { return prefix_; }
  /// What messages call a module of this class: `Linear blocks.0.up`.
  [[nodiscard]] std::string described(std::string type) const {
    return prefix_.empty() ? type : std::move(type) + " " + prefix_;
  }
  /// Whether values are drawn.
  [[nodiscard]] bool draws() const noexcept { return generator_ != nullptr; }
  /// What values are drawn from, if they are: see draws().
  [[nodiscard]] Generator& generator() const noexcept { return *generator_; }

  /// Says what the module is: the name of its class, and what print() shows in the parentheses, several lines
  /// if need be. The layers of the library say it themselves. So should a class of the user's own that is a
  /// member of another one: without that it is printed as `Module`, because the class that has it as a member
  /// cannot tell. The names of the model's own class and of those in Sequential, ModuleList and ModuleDict
  /// are known.
  ///
  /// With what this returns a module can say what it returns, `return id.returned(y)`, for summary(), as the
  /// library's layers do.
  // NOLINTNEXTLINE(modernize-use-nodiscard): most modules need no number
  ModuleId is(std::string_view type, std::string_view extra = {}) const {
    return modules_ != nullptr ? ModuleId(modules_->module(prefix_, type, extra)) : ModuleId();
  }

  /// The same scope, in which the parameter `name` is not a new one but that of `slot`: one that another
  /// module of the model has. Both use and train it, and state dicts have it under both names:
  ///
  ///     Autoencoder(const wick::Scope<float>& s)
  ///         : up(s / "up", 8, 8), down((s / "down").tie("weight", up.weight()), 8, 8) {}
  ///
  /// What the module would draw is drawn and thrown away, as in PyTorch, where the parameter is replaced
  /// later. Throws IndexError for a slot of another model. A name that the module does not have makes the
  /// construction of the Model throw.
  [[nodiscard]] Scope tie(std::string name, const Slot& slot) const {
    static_cast<void>(std::as_const(*block_).value(slot));  // throws for one of another model
    if (modules_ != nullptr) modules_->tied(prefix_, name);
    Scope result(*this);
    result.replaced_.push_back({std::move(name), slot, {}});
    return result;
  }

  /// The same scope, in which the parameter `name` is one that the module does not use as it is: what it uses
  /// is computed of it, see WeightNorm. It is `path` in the block, `parametrizations.weight.original`, and
  /// whoever computes with it records it under that name.
  [[nodiscard]] Scope compute(std::string name, std::string path) const {
    Scope result(*this);
    result.replaced_.push_back({std::move(name), {}, std::move(path)});
    return result;
  }

  /// Adds a parameter of this name below the prefix, filled with `value`. Throws as ParameterBlock::add(),
  /// and ShapeError when the name is tied to a parameter of another shape.
  // NOLINTBEGIN(modernize-use-nodiscard): a module may know its parameters by name
  Slot add(const std::string& name, const Shape& shape, T value = T(0)) const {
    return add(name, shape, [value](TensorView<T> to, Generator& /*of_draws*/) { to.fill(value); });
  }
  /// The same with values that `draw(TensorView<T>, Generator&)` draws.
  template <class Draw>
  requires std::is_invocable_v<const Draw&, TensorView<T>, Generator&> Slot add(const std::string& name,
                                                                                const Shape& shape,
                                                                                const Draw& draw) const {
    const Slot* const tied = tied_to(name, shape);
    const std::string* const computed = computed_of(name);
    const Slot slot =
        tied != nullptr ? *tied : block_->add(path(computed != nullptr ? *computed : name), shape);
    if (draws()) {
      if (tied == nullptr) {
        draw(block_->value(slot), *generator_);
      } else {
        Tensor<T> unused(shape);
        draw(unused.view(), *generator_);
      }
    }
    if (modules_ != nullptr && computed == nullptr) modules_->parameter(prefix_, name, slot);
    return slot;
  }
  /// Adds numbers that are not trained, filled with `value`; see ParameterBlock::add_buffer().
  Slot add_buffer(const std::string& name, const Shape& shape, T value = T(0), bool persistent = true) const {
    const Slot slot = block_->add_buffer(path(name), shape, persistent);
    block_->buffer(slot).fill(value);
    if (modules_ != nullptr) modules_->buffer(prefix_, name, slot, persistent);
    return slot;
  }
  // NOLINTEND(modernize-use-nodiscard)

 private:
  /// A parameter that is another one, or that is computed of the one at a path.
  struct Replaced {
    std::string name;
    Slot slot;
    std::string path;
  };

  [[nodiscard]] std::string path(const std::string& name) const {
    return prefix_.empty() ? name : prefix_ + "." + name;
  }
  [[nodiscard]] const Slot* tied_to(const std::string& name, const Shape& shape) const {
    for (const Replaced& r : replaced_) {
      if (r.name != name || !r.path.empty()) continue;
      if (r.slot.shape == shape) return &r.slot;
      throw ShapeError("Scope::tie: " + path(name) + " has shape " + shape.str() +
                       ", the parameter that it is tied to has " + r.slot.shape.str());
    }
    return nullptr;
  }

  [[nodiscard]] const std::string* computed_of(const std::string& name) const noexcept {
    for (const Replaced& r : replaced_) {
      if (r.name == name && !r.path.empty()) return &r.path;
    }
    return nullptr;
  }

  ParameterBlock<T>* block_;
  Generator* generator_;
  ModuleRecorder* modules_ = nullptr;
  std::string prefix_;
  std::vector<Replaced> replaced_;
};

WICK_END_NAMESPACE
