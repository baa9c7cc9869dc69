#pragma once

// A program as a module: a model from a file, without its class.

#include <wick/autograd/replay.hpp>
#include <wick/base/detail/sort_positions.hpp>
#include <wick/base/error.hpp>
#include <wick/graph/program.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/nn/module_description.hpp>
#include <wick/nn/scope.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Asks a model from a file for a vector of all that it computes.
struct AllOutputs {};
inline constexpr AllOutputs all_outputs{};

/// Computes what a program does, with parameters of its own: predicts, trains and is traced as the module did
/// that the program was traced from. Calls that the module made once, when it was traced, such as a branch
/// that looks at values, are as they were then; buffers are constants.
///
///     wick::Model<wick::ProgramModule<float>> model(program, parameters);
template <Floating T = float>
class ProgramModule {
 public:
  /// `parameters` are those of the model that was traced: theirs are the names, the order and the shapes; the
  /// values are zero until they are loaded. `class_name` is what the model is printed as.
  ///
  /// `names` are all names that the parameters have, in the order in which the modules had them, each with
  /// that of the parameter in `parameters`; empty: those alone. `modules` are printed. Throws IndexError for
  /// a program of other parameters and for names that are not there.
  ProgramModule(const Scope<T>& scope, Program<T> program, const ParameterBlock<T>& parameters,
                std::string_view class_name = "ProgramModule",
                const std::vector<std::pair<std::string, std::string>>& names = {},
                const std::vector<ModuleDescription>& modules = {})
      : program_(std::move(program)) {
    scope.is(class_name);
    for (const ModuleDescription& m : modules) (scope / m.path).is(m.type, m.extra);
    const auto& traced = parameters.entries();
    std::vector<Slot> own_slots;  // of `traced`, in their order
    own_slots.reserve(traced.size());
    for (const auto& e : traced) own_slots.push_back(scope.block().add(e.name, e.slot.shape));
    for (const auto& [name, own] : names) {
      const auto dot = name.rfind('.');
      const Scope<T> owner = dot == std::string::npos ? scope : scope / name.substr(0, dot);
      const std::string last = dot == std::string::npos ? name : name.substr(dot + 1);
      const Slot slot = scope.block().slot(own);
      owner.tie(last, slot).add(last, slot.shape);
    }
    const std::vector<std::size_t> by_offset =
        detail::sorted_positions(traced.size(), [&](std::size_t a, std::size_t b) {
          const Index first = traced[a].slot.offset;
          const Index second = traced[b].slot.offset;
          return first != second ? first < second : a < b;  // empty ones have that of the next
        });
    for (const Step<T>& step : program_.steps()) {
      if (step.leaf != Step<T>::Leaf::parameter) continue;
      const auto found =
          std::lower_bound(by_offset.begin(), by_offset.end(), step.place,
                           [&](std::size_t k, Index offset) { return traced[k].slot.offset < offset; });
      if (found == by_offset.end() || traced[*found].slot.offset != step.place ||
          !(own_slots[*found].shape == step.shape))
        throw IndexError("ProgramModule: the program reads parameters of another block");
      read_.push_back(own_slots[*found]);
    }
  }

  /// The only output, for the program's inputs: (B, ...) each. Throws ShapeError for other shapes, and Error
  /// for another number of inputs or a program of several outputs.
  template <std::same_as<Var<T>>... Input>
  [[nodiscard]] Var<T> operator()(const Var<T>& x, const Input&... more) const {
    check_one_output();
    const std::array<Var<T>, 1 + sizeof...(Input)> inputs{x, more...};
    Var<T> result;
    replay<T>(program_, read_, inputs, std::span(&result, 1));
    return result;
  }

  /// The same to be traced.
  template <std::same_as<Symbol<T>>... Input>
  [[nodiscard]] Symbol<T> operator()(const Symbol<T>& x, const Input&... more) const {
    check_one_output();
    const std::array<Symbol<T>, 1 + sizeof...(Input)> inputs{x, more...};
    return retraced(inputs).at(static_cast<std::size_t>(program_.outputs()[0]));
  }

  /// All outputs, of a model too: `model(all_outputs, x)`.
  template <std::same_as<Var<T>>... Input>
  [[nodiscard]] std::vector<Var<T>> operator()(AllOutputs /*tag*/, const Var<T>& x,
                                               const Input&... more) const {
    return outputs(std::array<Var<T>, 1 + sizeof...(Input)>{x, more...});
  }
  /// The same of inputs in a list, for a module that has this one.
  [[nodiscard]] std::vector<Var<T>> outputs(std::span<const Var<T>> inputs) const {
    std::vector<Var<T>> result(program_.outputs().size());
    replay<T>(program_, read_, inputs, result);
    return result;
  }

  /// What it computes, for the values of the model's parameters.
  [[nodiscard]] const Program<T>& program() const& noexcept { return program_; }
  void program() const&& = delete;

 private:
  void check_one_output() const {
    if (program_.outputs().size() == 1) return;
    throw Error("ProgramModule: the program has " + std::to_string(program_.outputs().size()) +
                " outputs; call it with all_outputs before the inputs, model(wick::all_outputs, x), which "
                "gives all of them");
  }

  /// The value of each step.
  [[nodiscard]] std::vector<Symbol<T>> retraced(std::span<const Symbol<T>> inputs) const {
    using Leaf = typename Step<T>::Leaf;
    if (inputs.size() != program_.inputs().size()) {
      throw Error("ProgramModule: expected " + std::to_string(program_.inputs().size()) + " inputs, got " +
                  std::to_string(inputs.size()));
    }
    Trace<T>& trace = inputs[0].tape();
    std::vector<Symbol<T>> values;
    std::size_t next = 0;
    for (const Step<T>& step : program_.steps()) {
      std::vector<Symbol<T>> in;
      for (const int i : step.in) {
        if (i >= 0) in.push_back(values[static_cast<std::size_t>(i)]);
      }
      switch (step.leaf) {
        case Leaf::input:
          values.push_back(checked(inputs[static_cast<std::size_t>(step.place)], step));
          break;
        case Leaf::parameter:
          values.push_back(trace.parameter(read_[next++]));
          break;
        case Leaf::constant:
          values.push_back(
              trace.constant(TensorView<const T>(program_.constants().data() + step.place, step.shape)));
          break;
        case Leaf::none:
          values.push_back(trace.record(*step.operation, in, step.number, step.attributes));
      }
    }
    return values;
  }
  [[nodiscard]] static const Symbol<T>& checked(const Symbol<T>& input, const Step<T>& step) {
    if (input.shape() == step.shape) return input;
    throw ShapeError("ProgramModule: expected an input of shape " + detail::program_shape(step.shape) +
                     ", got " + detail::program_shape(input.shape()));
  }

  Program<T> program_;
  std::vector<Slot> read_;  // by the steps that read parameters, in their order
};

WICK_END_NAMESPACE
