#pragma once

// All parameters of a model in one block of memory, and their gradients in another.

#include <wick/state/state_dict.hpp>
#include <wick/state/state_dict_spec.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

struct LoadOptions;
struct LoadResult;
template <Floating T>
class ParameterBlock;

/// Where a parameter lies in its block. Layers hold slots, not pointers, so that
/// copying a model copies values and never aliases them.
struct Slot {
  Index offset = 0;          ///< of its first element in the block
  Shape shape{0};            ///< of the parameter
  std::size_t number = 0;    ///< of the parameter in its block, from 0
  std::uint64_t layout = 0;  ///< a hash of names and shapes up to this parameter: which blocks have the slot

  friend bool operator==(const Slot&, const Slot&) = default;
};

namespace detail {

/// ParameterBlock::load_state_dict().
template <Floating T>
LoadResult load_parameters(ParameterBlock<T>& block, const StateDictSpec& spec, const StateDict& sd,
                           const LoadOptions& options);

/// Where a block leaves the memory that it grew out of, for those who still read it. A copy of the block has
/// readers of its own.
template <class T>
class Outgrown {
 public:
  Outgrown() = default;
  Outgrown(const Outgrown&) : Outgrown() {}
  Outgrown& operator=(const Outgrown&) = delete;
  ~Outgrown() = default;
  [[nodiscard]] std::shared_ptr<const void> hold() const noexcept { return memory_; }
  [[nodiscard]] bool is_held() const noexcept { return memory_.use_count() > 1; }
  /// Leaves what `values` were, which become `larger`.
  void replace(Buffer<T>& values, Buffer<T> larger) {
    auto next = std::make_shared<Buffer<T>>();
    *memory_ = std::exchange(values, std::move(larger));
    memory_ = std::move(next);
  }

 private:
  std::shared_ptr<Buffer<T>> memory_ = std::make_shared<Buffer<T>>();
};

}  // namespace detail

/// Named tensors in one contiguous block, each at a multiple of 64 bytes.
///
/// Optimizers, checkpoints and thread pools treat the block as one array of
/// values() and one of grads() with the same layout; the gaps between tensors are
/// zero in both and stay zero. Gradients take memory only after require_grad().
///
/// A block only grows: it cannot be assigned to or moved from, so the slots of a layer stay those of its
/// block. A copy has the same slots. value() and grad() refuse the slots of blocks with other parameters.
template <Floating T>
class ParameterBlock {
 public:
  /// One parameter.
  struct Entry {
    std::string name;           ///< in full: `output.weight`
    Slot slot;                  ///< where it lies
    bool requires_grad = true;  ///< false: frozen, see set_requires_grad()
  };
  /// What is not trained, see add_buffer().
  struct BufferEntry {
    std::string name;  ///< in full: `norm.running_mean`
    Slot slot;         ///< where it lies, among the buffers
    bool persistent;   ///< in state_dict()
  };

  ParameterBlock() = default;
  ParameterBlock(const ParameterBlock&) = default;
  ParameterBlock& operator=(const ParameterBlock&) = delete;
  ~ParameterBlock() = default;
  /// A block for parameters whose values lie in `elements` numbers at `values` already, laid out as add()
  /// lays them out: the parameters that are added keep what is there, as far as that memory reaches. `owner`
  /// keeps it alive; changes of the values are made there. A copy of the block has memory of its own. Throws
  /// ShapeError unless `values` is at a multiple of 64 bytes.
  ParameterBlock(T* values, Index elements, std::shared_ptr<const void> owner);
  /// The same for parameters that lie anywhere in that memory: the first that is added at element
  /// `offsets[0]`, and so on, each with the gap behind it that padded() counts, which is zero. add() throws
  /// ShapeError for an offset that is not a multiple of padded(1) or leads out of the memory.
  ParameterBlock(T* values, Index elements, std::vector<Index> offsets, std::shared_ptr<const void> owner);

  /// Elements that a tensor of `numel` takes up in the block.
  [[nodiscard]] static constexpr Index padded(Index numel) noexcept {
    return (numel + unit - 1) / unit * unit;
  }

  /// Appends a parameter, filled with zeros unless its memory was given. Slots given out before stay valid.
  /// Throws IndexError if the name is empty or taken, and ShapeError when the block
  /// would have more elements than Index can count; the block is then as it was.
  Slot add(std::string name, const Shape& shape);
  /// Appends a buffer, filled with zeros: numbers that belong to the model and are not trained, such as
  /// running averages. Buffers lie in memory of their own, which no optimizer sees, and have no gradient.
  /// Those that are persistent are in state dicts. Throws as add().
  Slot add_buffer(std::string name, const Shape& shape, bool persistent = true);
  /// Makes room for `elements` (see padded()) so that add() does not reallocate.
  void reserve(Index elements) {
    const Index size = values_.size();
    grow_values((std::max)(size, elements));
    values_.resize(size);
  }

  /// Value by slot; throws IndexError for a slot of a block with other parameters. Asked for to be written
  /// to, see version(); read through a const block.
  [[nodiscard]] TensorView<T> value(const Slot& s) {
    check_slot(s);
    mark_changed();
    return {values_.data() + s.offset, s.shape};
  }
  [[nodiscard]] TensorView<const T> value(const Slot& s) const {
    check_slot(s);
    return {values_.data() + s.offset, s.shape};
  }
  /// Gradient by slot; throws IndexError as value() does, and Error before the first require_grad(). Asked
  /// for to be written to, see has_new_grad().
  [[nodiscard]] TensorView<T> grad(const Slot& s) {
    check_grad(s);
    write_due_zeros();
    new_grads()[s.number] = 1;
    return {grads_.data() + s.offset, s.shape};
  }
  [[nodiscard]] TensorView<const T> grad(const Slot& s) const {
    check_grad(s);
    write_due_zeros();
    return {grads_.data() + s.offset, s.shape};
  }

  /// Elements of a buffer; throws IndexError for the slot of a parameter, or of another block.
  [[nodiscard]] TensorView<T> buffer(const Slot& s) {
    check_buffer(s);
    return {buffer_values_.data() + s.offset, s.shape};
  }
  [[nodiscard]] TensorView<const T> buffer(const Slot& s) const {
    check_buffer(s);
    return {buffer_values_.data() + s.offset, s.shape};
  }
  /// The whole memory of the buffers, gaps included, in which their slots have their offsets.
  [[nodiscard]] std::span<const T> buffer_values() const noexcept {
    return {buffer_values_.data(), static_cast<std::size_t>(buffer_values_.size())};
  }
  /// All buffers, in their order.
  [[nodiscard]] std::span<const BufferEntry> buffers() const noexcept { return buffers_; }

  /// A parameter that does not require a gradient is frozen: a tape computes none for it, and optimizers
  /// leave it and what they know of it as it is, weight decay included. It has no new gradient from now on.
  void set_requires_grad(const Slot& s, bool on);
  /// Whether it is not frozen. Throws IndexError for a slot of a block with other parameters.
  [[nodiscard]] bool requires_grad(const Slot& s) const {
    check_slot(s);
    return entries_[s.number].requires_grad;
  }
  /// A number that is another one after parameters were frozen or thawed.
  [[nodiscard]] std::uint64_t freezing() const noexcept { return freezing_; }

  /// Value by name; throws IndexError for a name that is not there.
  [[nodiscard]] TensorView<T> value(std::string_view name) { return value(slot(name)); }
  [[nodiscard]] TensorView<const T> value(std::string_view name) const { return value(slot(name)); }
  /// Gradient by name; throws IndexError for a name that is not there, and Error
  /// before the first require_grad().
  [[nodiscard]] TensorView<const T> grad(std::string_view name) const { return grad(slot(name)); }
  [[nodiscard]] TensorView<T> grad(std::string_view name) { return grad(slot(name)); }

  /// Whether there is a parameter of this name.
  [[nodiscard]] bool contains(std::string_view name) const noexcept { return index_.contains(name); }
  /// That of a name; throws IndexError for a name that is not there.
  [[nodiscard]] const Slot& slot(std::string_view name) const;
  /// All parameters, in their order.
  [[nodiscard]] std::span<const Entry> entries() const noexcept { return entries_; }

  /// Number of parameters, without the gaps.
  [[nodiscard]] Index numel() const noexcept {
    Index n = 0;
    for (const auto& e : entries_) n += e.slot.shape.numel();
    return n;
  }

  /// The whole block, gaps included. Asked for to be written to, see version().
  [[nodiscard]] std::span<T> values() noexcept {
    mark_changed();
    return {values_.data(), static_cast<std::size_t>(values_.size())};
  }
  [[nodiscard]] std::span<const T> values() const noexcept {
    return {values_.data(), static_cast<std::size_t>(values_.size())};
  }
  /// The whole block of gradients; empty before require_grad().
  [[nodiscard]] std::span<T> grads() noexcept {
    new_grad_ = NewGrad::all;
    return all_grads();
  }
  [[nodiscard]] std::span<const T> grads() const noexcept {
    write_due_zeros();
    return {grads_.data(), static_cast<std::size_t>(grads_.size())};
  }

  /// Keeps the memory that the values lie in now, also when the block grows out of it, which then counts as a
  /// change of the values: for those that have addresses of them.
  [[nodiscard]] std::shared_ptr<const void> hold_memory() const noexcept { return outgrown_.hold(); }

  /// Whether the values lie in memory that was given, e.g. that of a mapped file.
  [[nodiscard]] bool is_foreign() const noexcept { return values_.is_foreign(); }

  /// Whether the gradients are allocated.
  [[nodiscard]] bool has_grad() const noexcept {
    return grads_.size() == values_.size() && values_.size() > 0;
  }
  /// Allocates the gradients, zeroed, unless they exist.
  void require_grad() {
    if (has_grad()) return;
    grads_.resize(values_.size());
    std::fill_n(grads_.data(), grads_.size(), T(0));
    new_grad_of_.assign(entries_.size(), 0);
    zeros_due_ = false;
    new_grad_ = NewGrad::none;
  }
  /// Sets the gradients to zero. The zeros are written when somebody asks for the gradients; what writes over
  /// all of them, see grads_to_fill(), does without. So the first look at them after zero_grad() must not be
  /// taken by several threads at once.
  void zero_grad() noexcept {
    zeros_due_ = true;
    new_grad_ = NewGrad::none;
  }
  /// The gradients, and whether each of them has to be written over because they are zero and
  /// these zeros were not written. The gaps are zero in any case.
  struct GradsToFill {
    T* data;          ///< of the whole block
    bool write_over;  ///< zeros are due
  };
  /// For what writes all of them.
  [[nodiscard]] GradsToFill grads_to_fill() noexcept {
    new_grad_ = NewGrad::all;
    return {grads_.data(), std::exchange(zeros_due_, false)};
  }
  /// Takes `other` for the memory of the gradients, and gives what was there: for what keeps gradients of
  /// several passes without copies. `other` has to have the same size, or is empty and filled with zeros
  /// first; its gaps are zero. Throws ShapeError for another size, and Error before the first require_grad().
  void swap_grads(Buffer<T>& other);
  /// For what writes some of them, and says which: `of_one` has a 1 for each parameter with a new gradient. A
  /// gradient that is not new counts as zero and may be written over.
  struct GradsToReach {
    T* data;                 ///< of the whole block
    bool write_over;         ///< zeros are due
    std::span<char> of_one;  ///< for each parameter
  };
  /// For what writes the gradients of some parameters.
  [[nodiscard]] GradsToReach grads_to_reach() noexcept {
    return {grads_.data(), std::exchange(zeros_due_, false), new_grads()};
  }

  /// A number that is another one after the values were changed or asked for to be written to: by an
  /// optimizer, a file, or value() and values() of a block that is not const. What somebody writes through a
  /// view that was taken before does not show.
  [[nodiscard]] std::uint64_t version() const noexcept { return version_; }
  /// Says that values were changed through a view that was taken before.
  void mark_changed() noexcept { ++version_; }

  /// True when somebody asked for gradients to write to, as every backward() does, since they were allocated
  /// or zero_grad() was called. Without that a step of an optimizer has nothing to go by. A step changes
  /// nothing about it: another step with the same gradient is as legal as in PyTorch, and so is one after
  /// several backward() that add up.
  [[nodiscard]] bool has_new_grad() const noexcept { return new_grad_ != NewGrad::none; }
  /// The same for the parameter of this number. Without one its gradient is zero, and an optimizer leaves the
  /// parameter alone: PyTorch says that its gradient is None.
  [[nodiscard]] bool has_new_grad(std::size_t number) const noexcept {
    return new_grad_ == NewGrad::all || (new_grad_ == NewGrad::some && new_grad_of_[number] != 0);
  }

  /// A snapshot of all parameters, and of the persistent buffers after them.
  [[nodiscard]] StateDict state_dict() const;

  /// Names and shapes, for check_state_dict.
  [[nodiscard]] StateDictSpec spec(std::string class_name) const;

  /// Takes over the tensors of `sd`, renamed and checked as the options say, converting
  /// dtypes. Throws what check_state_dict throws; nothing is changed then. Returns a LoadResult. For those
  /// who include state/load_state_dict.hpp: to predict takes nothing of it.
  template <std::same_as<LoadOptions> Options = LoadOptions>
  auto load_state_dict(const StateDictSpec& spec, const StateDict& sd, const Options& options = {}) {
    return detail::load_parameters(*this, spec, sd, options);
  }

  /// Moves every value towards that of another block: p = p + weight (q - p), so 1 copies them. With 0.005,
  /// say, and after each step, this is the slow copy that learning from one's own predictions needs, or an
  /// average of the weights. Throws IndexError, and changes nothing, unless the other block has the same
  /// parameters. https://docs.pytorch.org/docs/stable/generated/torch.lerp.html
  void lerp(const ParameterBlock& other, double weight);

  /// Copies every tensor of `sd` that has a parameter or persistent buffer of its name, converting the
  /// dtype. Check with check_state_dict first: what does not fit is passed over.
  void assign(const StateDict& sd) noexcept;

 private:
  /// Throws IndexError unless `s` is the slot of a parameter of this block.
  void check_slot(const Slot& s) const {
    if (s.number >= entries_.size() || !(entries_[s.number].slot == s)) refuse(s);
  }
  void check_grad(const Slot& s) const {
    check_slot(s);
    if (!has_grad()) refuse_grad(s);
  }
  void check_buffer(const Slot& s) const {
    if (s.number >= buffers_.size() || !(buffers_[s.number].slot == s)) refuse_buffer(s);
  }
  /// Throws unless `name` may be added.
  void check_name(const char* function, const std::string& name) const;
  void grow_values(Index size);
  [[noreturn]] void refuse(const Slot& s) const;
  [[noreturn]] void refuse_buffer(const Slot& s) const;
  [[noreturn]] void refuse_grad(const Slot& s) const;

  static constexpr Index unit = static_cast<Index>(Buffer<T>::alignment / sizeof(T));

  void write_due_zeros() const noexcept {
    if (!std::exchange(zeros_due_, false)) return;
    std::fill_n(grads_.data(), grads_.size(), T(0));
  }

  /// Which parameters have a new gradient, one by one.
  [[nodiscard]] std::span<char> new_grads() noexcept;

  /// For a parameter that joins when there are gradients already; there is room for it.
  void add_new_grad() noexcept;

  [[nodiscard]] std::span<T> all_grads() noexcept {
    write_due_zeros();
    return {grads_.data(), static_cast<std::size_t>(grads_.size())};
  }

  std::vector<Entry> entries_;
  // A model from a file has as many parameters as the file likes.
  std::map<std::string, std::size_t, std::less<>> index_;
  std::vector<Index> offsets_;  // of parameters that lie where they were given
  Buffer<T> values_;
  detail::Outgrown<T> outgrown_;
  mutable Buffer<T> grads_;         // mutable: zeros are written when they are read
  mutable bool zeros_due_ = false;  // what is there counts as zero, gaps aside
  enum class NewGrad : char { none, some, all };
  NewGrad new_grad_ = NewGrad::none;
  std::vector<char> new_grad_of_;  // of each parameter once there are gradients; counts where some have one
  std::uint64_t version_ = 0;
  std::uint64_t freezing_ = 0;
  std::vector<BufferEntry> buffers_;
  std::map<std::string, std::size_t, std::less<>> buffer_index_;
  Buffer<T> buffer_values_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/state/parameter_block.ipp>
#endif
