#pragma once

// What a model's modules return, have and cost, as a table.

#include <wick/autograd/recorder.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/module_tree.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// One module in a summary.
struct SummaryRow {
  std::string path;                   ///< `blocks.0.norm`; empty for the model's own module
  std::string type;                   ///< name of its class
  std::size_t depth = 0;              ///< 0: the model's own module
  bool has_modules = false;           ///< modules in it
  std::optional<Shape> output;        ///< of its last call; nothing where it does not say, see Scope::is()
  std::int64_t calls = 0;             ///< how often it was called
  std::int64_t params = 0;            ///< in it and the modules in it, each one once
  std::int64_t own_params = 0;        ///< that are its own
  std::int64_t trainable_params = 0;  ///< of params, those that are not frozen
  std::int64_t mult_adds =
      0;  ///< of all calls: rows of the output times `weight` and `bias`, as torchinfo counts
  std::int64_t output_bytes = 0;  ///< of all calls
};

/// A model in a table; streams what torchinfo.summary() prints.
struct Summary {
  std::vector<SummaryRow> rows;       ///< in the order of named_modules()
  std::int64_t total_params = 0;      ///< of all modules, each one once
  std::int64_t trainable_params = 0;  ///< of these, those that are not frozen
  std::int64_t mult_adds = 0;         ///< of all modules
  std::int64_t input_bytes = 0;       ///< of all inputs
  /// Outputs of the modules that have parameters and no modules, and as much again for their gradients.
  std::int64_t pass_bytes = 0;
  std::int64_t param_bytes = 0;  ///< of all parameters
  std::size_t max_depth = 3;     ///< modules deeper than that are not printed, but counted

  friend std::ostream& operator<<(std::ostream& out, const Summary& summary) { return summary.print(out); }

 private:
  std::ostream& print(std::ostream& out) const;
};

namespace detail {

/// Notes what modules return.
class CallNotes final : public ModuleObserver {
 public:
  void returned(int module, const Shape& shape) override;
  std::vector<int> callees;   // of each call the module
  std::vector<Shape> shapes;  // and what it returned
};

/// The slots of parameters whose gradients are not computed are in `frozen`, by number.
[[nodiscard]] Summary summary_of(const ModuleTree& tree, const CallNotes& notes,
                                 const std::vector<char>& frozen, std::size_t element_size);

}  // namespace detail

/// What the modules of a model return for inputs of these shapes, their parameters, multiplications with
/// additions, and bytes: `std::cout << summary(model, {64, 784})`. The model is called once, in evaluation
/// mode, with zeros. The shape that a class of the user's own returns is shown if the class says it, see
/// Scope::is(). https://github.com/TylerYep/torchinfo
template <class Module, Floating T, class... Shapes>
requires(std::same_as<Shapes, Shape>&&...) [[nodiscard]] Summary
    summary(const Model<Module, T>& model, const Shape& input, const Shapes&... more) {
  Recorder<T> recorder;
  detail::CallNotes notes;
  recorder->observe(&notes);
  const auto result =
      model.predict(recorder->input(Tensor<T>::zeros(input)), recorder->constant(Tensor<T>::zeros(more))...);
  // The model's own module, which may be of a class that does not say it. Of several results none is shown.
  if constexpr (requires { result.shape(); }) notes.returned(0, result.shape());
  const auto& block = *model.parameters();
  std::vector<char> frozen(block.entries().size(), 0);
  for (const auto& e : block.entries()) frozen[e.slot.number] = e.requires_grad ? 0 : 1;
  Summary made = detail::summary_of(model.modules(), notes, frozen, sizeof(T));
  made.input_bytes = static_cast<std::int64_t>(sizeof(T)) * (input.numel() + ... + more.numel());
  return made;
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/summary.ipp>
#endif
