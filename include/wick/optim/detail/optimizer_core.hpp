#pragma once

// What every optimizer does, whatever its rule: parameters, groups, counts of steps, state tensors, files.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A tensor that an optimizer keeps for each parameter.
struct StateTensor {
  const char* name;
  bool not_negative;  ///< an average of squares, say: a file with less is damaged
};

/// The shape of the tensor of this number for a parameter, or nothing if it is not kept.
using StateShape = std::optional<Shape> (*)(const Shape& parameter, std::size_t tensor);

/// What there is to know of a class of optimizers ahead of its arithmetic.
struct OptimizerKind {
  const char* name;                      ///< of the class
  std::span<const StateTensor> tensors;  ///< at most as many as bits of `unsigned`
  std::span<const char* const> numbers;  ///< that it keeps for each parameter beside them, as floats
  bool counts_steps = true;              ///< has `step` in its state; SGD has not
  bool has_state_from_start = false;     ///< PyTorch makes its state before the first step: Adagrad
  StateShape shape_of = nullptr;         ///< not larger than the parameter; null: all have its shape
  bool takes_matrices_alone = false;     ///< refuses parameters of other than two dimensions: Muon

  [[nodiscard]] std::optional<Shape> shape(const Shape& parameter, std::size_t tensor) const;
};

/// Options by PyTorch's names. Throws OptionError, in the name of an optimizer, for what is not there.
class OptionReader {
 public:
  /// `own` go before `shared`; all three have to stay.
  OptionReader(const char* optimizer, const Attributes& shared, const Attributes* own)
      : optimizer_(optimizer), shared_(shared), own_(own) {}

  /// Whether Python wrote 0 or 0.0.
  [[nodiscard]] double number(const std::string& name) const;
  /// Nothing where Python has None.
  [[nodiscard]] std::optional<double> optional_number(const std::string& name) const;
  [[nodiscard]] bool has(const std::string& name) const { return find(name) != nullptr; }
  [[nodiscard]] bool flag(const std::string& name) const;
  /// False where older versions of PyTorch have no such option.
  [[nodiscard]] bool newer_flag(const std::string& name) const { return has(name) && flag(name); }
  /// Two numbers.
  [[nodiscard]] std::pair<double, double> pair(const std::string& name) const;
  /// Three.
  [[nodiscard]] std::array<double, 3> triple(const std::string& name) const;
  [[nodiscard]] std::int64_t whole(const std::string& name) const;
  /// Empty where Python has None.
  [[nodiscard]] std::string optional_text(const std::string& name) const;

 private:
  [[nodiscard]] const Attribute* find(const std::string& name) const;
  [[noreturn]] void refuse(const std::string& name) const;
  void numbers(const std::string& name, std::span<double> to) const;

  const char* optimizer_;
  const Attributes& shared_;
  const Attributes* own_;
};

/// Checks of options, with PyTorch's words.
class OptionCheck {
 public:
  explicit OptionCheck(const char* optimizer) : optimizer_(optimizer) {}

  /// `name` of PyTorch's message, "learning rate".
  void at_least_zero(const char* name, double value) const {
    demand(value >= 0 && is_finite(value), name, value, "a finite number >= 0");
  }
  void finite(const char* name, double value) const {
    demand(is_finite(value), name, value, "a finite number");
  }
  void betas(const std::pair<double, double>& betas) const;
  void demand(bool ok, const char* name, double value, const char* range) const {
    if (!ok) refuse(name, value, range);
  }
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  [[noreturn]] void refuse(const char* name, double value, const char* range) const;

  const char* optimizer_;
};

/// The parameters of one optimizer and what it keeps of them.
template <Floating T>
class OptimizerCore {
 public:
  static constexpr std::size_t no_group = (std::numeric_limits<std::size_t>::max)();
  /// A part of one parameter.
  struct Task {
    Index from, count;      ///< in the block
    std::size_t parameter;  ///< its number
  };

  /// One group of all parameters where `paths` is empty. `kind` has to stay. Throws OptionError.
  OptimizerCore(const OptimizerKind& kind, std::shared_ptr<ParameterBlock<T>> parameters,
                std::vector<std::vector<std::string>> paths, ThreadPool* pool);
  // Defined where they are compiled once.
  OptimizerCore(const OptimizerCore&);
  OptimizerCore(OptimizerCore&&) noexcept;
  OptimizerCore& operator=(const OptimizerCore&);
  OptimizerCore& operator=(OptimizerCore&&) noexcept;
  ~OptimizerCore();

  [[nodiscard]] const OptimizerKind& kind() const noexcept { return *kind_; }
  /// The parameters; throws Error when the optimizer was moved from.
  [[nodiscard]] ParameterBlock<T>& block() const {
    if (parameters_ == nullptr) refuse_moved();
    return *parameters_;
  }
  [[nodiscard]] const std::shared_ptr<ParameterBlock<T>>& parameters() const {
    static_cast<void>(block());
    return parameters_;
  }
  [[nodiscard]] std::size_t groups() const noexcept { return paths_.empty() ? 1 : paths_.size(); }
  /// The group of the parameter of this number, or no_group.
  [[nodiscard]] std::size_t group_of(std::size_t number) const noexcept {
    return paths_.empty() ? 0 : group_of_[number];
  }
  /// Throws IndexError for a group that is not there.
  void demand_group(std::size_t group) const;

  /// Checks that there is something to go by, and makes room for the tensors whose bits are set. Allocates at
  /// the first call, and after parameters joined.
  void begin_step(unsigned used);
  /// Of the parameter of this number; one more than at the last call.
  std::int64_t count_step(std::size_t number) noexcept { return ++steps_[number]; }
  [[nodiscard]] std::int64_t steps() const noexcept;
  [[nodiscard]] float* numbers(std::size_t number) noexcept {
    return numbers_.data() + number * kind_->numbers.size();
  }
  [[nodiscard]] std::span<const Task> tasks() const noexcept { return tasks_; }
  [[nodiscard]] ThreadPool* pool() const noexcept { return pool_.get(); }
  /// Null for what no group uses.
  [[nodiscard]] T* tensor(std::size_t which) noexcept { return tensors_[which].data(); }
  /// Between the parameters all is zero, and a rule that divides by it leaves NaN.
  void clear_gaps(T* values) const noexcept;

  /// `options` and `used` of each group; `start` is what tensors hold before the first step where there is a
  /// state from the start.
  [[nodiscard]] OptimizerState state(std::span<const Attributes> options, std::span<const unsigned> used,
                                     std::span<const double> start) const;
  /// The part of load_state() before the options are known. Throws OptionError.
  void check_state(const OptimizerState& state) const;
  /// The options of its own that a group has in the state; null if there are none.
  [[nodiscard]] const Attributes* own_options(const OptimizerState& state, std::size_t group) const;
  /// The part that needs them. Throws OptionError and StateDictError, and changes nothing then.
  void load(const OptimizerState& state, std::span<const unsigned> used);

 private:
  [[noreturn]] void refuse_moved() const;
  /// The options and the groups of state().
  void put_options(std::span<const Attributes> options, OptimizerState& state) const;
  [[nodiscard]] std::string in_load_state(const std::string& what) const;
  void sort_into_groups();
  void check_dimensions() const;
  void check_one_group(const OptimizerState& state) const;
  void check_groups(const OptimizerState& state) const;
  [[nodiscard]] std::size_t members() const;
  [[nodiscard]] bool has_tensors(const OptimizerState& state, const std::string& parameter) const;
  [[nodiscard]] std::int64_t step_of(const OptimizerState& state, const std::string& parameter) const;
  [[nodiscard]] std::vector<std::int64_t> steps_in(const OptimizerState& state) const;
  void check_tensors(const OptimizerState& state, std::span<const unsigned> used,
                     std::span<const std::int64_t> steps) const;
  [[nodiscard]] Buffer<T> tensor_in(const OptimizerState& state, const StateTensor& tensor) const;
  [[nodiscard]] std::vector<float> numbers_in(const OptimizerState& state) const;
  /// Sets the size; what is there is kept, what is new is zero.
  static void grow(Buffer<T>& block, Index n);
  void make_tasks();

  const OptimizerKind* kind_;
  std::shared_ptr<ParameterBlock<T>> parameters_;
  ThreadPool::Ref pool_;
  std::vector<std::vector<std::string>> paths_;  ///< of each group; none at all: one group of all
  std::vector<std::size_t> group_of_;            ///< each parameter, where there are paths
  std::vector<Task> tasks_;
  std::vector<std::int64_t> steps_;  ///< that each parameter took
  std::vector<float> numbers_;       ///< kind().numbers of each parameter, one parameter after the other
  std::vector<Buffer<T>> tensors_;   ///< kind().tensors, laid out like the parameters
};

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/detail/optimizer_core.ipp>
#endif
