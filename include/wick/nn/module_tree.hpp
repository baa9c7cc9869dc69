#pragma once

// The modules of a model: what each one is, and whose parameters are whose.

#include <wick/nn/scope.hpp>
#include <wick/state/parameter_block.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

/// One module of a model.
struct ModuleInfo {
  /// A parameter of it.
  struct Parameter {
    std::string name;  ///< in the module: `weight`
    Slot slot;         ///< its place in the block
  };
  /// A buffer of it.
  struct Buffer {
    std::string name;  ///< in the module: `running_mean`
    Slot slot;         ///< its place in the block
    bool persistent;   ///< whether state dicts have it
  };
  std::string path;                   ///< `blocks.0.norm`; empty for the model's own module
  std::string name;                   ///< in the module that has it: `norm`
  std::string type;                   ///< the name of its class; empty where nobody told
  std::string extra;                  ///< what is printed in its parentheses
  std::vector<Parameter> parameters;  ///< its own, not those of the modules in it
  std::vector<Buffer> buffers;        ///< its own, too
  std::vector<std::size_t> children;  ///< their numbers in the tree, in order
  int id = 0;                         ///< its number in the order of construction, see ModuleId
  std::size_t end = 0;                ///< the number behind the last module that is in it
};

/// The modules of a model, each one before those in it, these in the order of their construction. A model
/// makes it while its modules are constructed from a Scope; then it does not change.
///
/// Streams what `print(model)` writes in Python.
class ModuleTree final : public ModuleRecorder {
 public:
  /// `type` is the class name of the model's own module, unless that says something else.
  explicit ModuleTree(std::string_view type = "Module");

  int module(std::string_view path, std::string_view type, std::string_view extra) override;
  void parameter(std::string_view path, std::string_view name, const Slot& slot) override;
  void buffer(std::string_view path, std::string_view name, const Slot& slot, bool persistent) override;
  void tied(std::string_view path, std::string_view name) override;

  /// Ends the construction: adds the parameters and buffers of the block that nobody recorded, under the
  /// modules that their names tell. Throws IndexError for a tied parameter that its module does not have.
  template <Floating T>
  void finish(const ParameterBlock<T>& block) {
    const std::vector<char> parameters = known(&ModuleInfo::parameters, block.entries().size());
    for (const auto& e : block.entries()) {
      if (parameters[e.slot.number] == 0) add_by_name(e.name, e.slot, nullptr);
    }
    const std::vector<char> buffers = known(&ModuleInfo::buffers, block.buffers().size());
    for (const auto& e : block.buffers()) {
      if (buffers[e.slot.number] == 0) add_by_name(e.name, e.slot, &e.persistent);
    }
    sort();
  }

  /// The first one is the model's own.
  [[nodiscard]] std::span<const ModuleInfo> modules() const noexcept;
  /// The module at this path; throws IndexError with those that come near.
  [[nodiscard]] const ModuleInfo& at(std::string_view path) const;
  /// The module at this path; null when there is none.
  [[nodiscard]] const ModuleInfo* find(std::string_view path) const noexcept;
  /// Those right in the module at this path; throws as at() does.
  [[nodiscard]] std::vector<ModuleInfo> children(std::string_view path) const;
  /// The class name of a module: what was told, `ModuleList` for one of which nobody told more than that
  /// there are modules `0`, `1`, ... in it, else `Module`.
  [[nodiscard]] std::string_view type_of(const ModuleInfo& module) const noexcept;

  /// What print() writes for this module and those in it.
  [[nodiscard]] std::string str(const ModuleInfo& module) const;
  friend std::ostream& operator<<(std::ostream& out, const ModuleTree& tree) { return tree.print(out); }

 private:
  template <class Tensor>
  [[nodiscard]] std::vector<char> known(std::vector<Tensor> ModuleInfo::*member, std::size_t count) const {
    std::vector<char> result(count, 0);
    for (const ModuleInfo& m : modules_) {
      for (const Tensor& t : m.*member) result[t.slot.number] = 1;
    }
    return result;
  }
  std::size_t made(std::string_view path);
  void add_by_name(std::string_view name, const Slot& slot, const bool* persistent);
  void sort();
  std::ostream& print(std::ostream& out) const;

  std::vector<ModuleInfo> modules_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::vector<std::string> tied_;  ///< names that are still to come
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/module_tree.ipp>
#endif
