#pragma once

// The tape, on which operations on variables are recorded.

#include <wick/autograd/arena.hpp>
#include <wick/autograd/detail/nodes.hpp>
#include <wick/autograd/grad_mode.hpp>
#include <wick/autograd/gradients.hpp>
#include <wick/autograd/mask_pool.hpp>
#include <wick/autograd/rule.hpp>
#include <wick/autograd/var.hpp>
#include <wick/base/error.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/graph/epilogue.hpp>
#include <wick/graph/operation.hpp>
#include <wick/ops/gemm_scratch.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/gradient_observer.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/borrowed.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Is told what modules return while a tape has it; see Tape::observe().
class ModuleObserver {
 public:
  /// The number of a module in its model, in the order of construction, and the shape of what it returned.
  virtual void returned(int module, const Shape& shape) = 0;
  virtual ~ModuleObserver() = default;

 protected:
  ModuleObserver() = default;
  ModuleObserver(const ModuleObserver&) = default;
  ModuleObserver& operator=(const ModuleObserver&) = default;
};

/// Records operations and computes derivatives. Made by a Recorder; default_tape() is that of the thread.
///
/// An operation computes its value at once, but products and elementwise operations are put off until a value
/// is asked for, so that up to seven elementwise operations run while the numbers are in the cache. No result
/// depends on that. Memory is kept from step to step: a step that needs no more than those before allocates
/// nothing.
template <Floating T>
class Tape {
 public:
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  // --- For users ---

  /// A new step begins, in the memory of the last one, when no variable shows a value that backward() has not
  /// used up: ahead of what is computed of parameters alone.
  void begin() {
    if (live_ == 0 && nodes_.size() != 0) reset();
  }
  /// A copy of x, ahead of which a new step begins, see begin().
  [[nodiscard]] Var<T> input(TensorArg<T> x, bool requires_grad = false) {
    if (!arena_.contains(x.data())) begin();
    return constant(x, requires_grad);
  }
  /// x itself, which the caller keeps as it is until backward().
  [[nodiscard]] Var<T> input(const Borrowed<T>& x, bool requires_grad = false);
  /// A copy of x in the step that is going on.
  [[nodiscard]] Var<T> constant(TensorArg<T> x, bool requires_grad = false);

  /// Where dropout and other random operations draw from; it has to live as long as it is used.
  [[nodiscard]] Generator& generator() const noexcept { return *generator_; }
  /// Draws from there from now on.
  void set_generator(Generator& generator) noexcept { generator_ = &generator; }

  /// Number of operations, inputs included, of the step that is going on.
  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(nodes_.size()); }

  // --- For models ---

  /// Sets the block whose parameters modules mean, and whether they are trained; returns what was set before.
  struct Binding {
    int block = -1;        ///< which one; -1: none
    bool training = true;  ///< whether it is trained
  };
  /// For the time of a call of a model; give what it returns to rebind().
  Binding bind(const std::shared_ptr<ParameterBlock<T>>& block, bool training);
  /// Sets what was set before.
  void rebind(const Binding& binding) noexcept {
    block_ = binding.block;
    training_ = binding.training;
    if (block_ < 0) {
      parameter_count_ = 0;
      return;
    }
    const Bound& b = bound_[index(block_)];
    first_parameter_ = b.first;
    parameter_count_ = b.shapes.size();
    values_ = b.values;
  }
  /// Whether the model that is called is trained.
  [[nodiscard]] bool training() const noexcept { return training_; }
  /// Whether running averages give every batch the same weight, whatever their momentum; see update_bn().
  [[nodiscard]] bool averages_evenly() const noexcept { return averages_evenly_; }
  /// Changes that.
  void set_averages_evenly(bool on) noexcept { averages_evenly_ = on; }
  /// A parameter of the model that is called, as a variable. Throws Error when none is called, IndexError for
  /// another block's slot.
  [[nodiscard]] Var<T> parameter(const Slot& slot) { return {*this, parameter_node(slot)}; }
  /// The same as the number of its node, which is negative.
  [[nodiscard]] int parameter_node(const Slot& slot) const {
    if (slot.number >= parameter_count_) refuse_slot(slot);
    const int node = ~(first_parameter_ + static_cast<int>(slot.number));
    if (nodes_[node].value != values_ + slot.offset) refuse_slot(slot);
    return node;
  }

  /// The block of the model that is called, for its buffers. Throws Error when none is called.
  [[nodiscard]] ParameterBlock<T>& block() const {
    if (block_ < 0) refuse_slot({});
    return *bound_[index(block_)].owner;
  }

  /// Who is told what modules return, for summaries; null, as at first, for nobody. It has to live as long as
  /// the tape has it.
  void observe(ModuleObserver* observer) noexcept { observer_ = observer; }
  /// That observer.
  [[nodiscard]] ModuleObserver* observer() const noexcept { return observer_; }

  /// Computes what was put off.
  void run() {
    if (chain_length_ != 0) run_chain();
  }

  // --- For operations and their rules ---

  /// A node by its number.
  [[nodiscard]] const Node<T>& node(int id) const noexcept { return nodes_[id]; }
  [[nodiscard]] Node<T>& node(int id) noexcept { return nodes_[id]; }
  /// The shape of a node's value.
  [[nodiscard]] const Shape& shape(int id) const noexcept { return *node(id).shape; }
  /// Whether something that a node depends on requires a gradient.
  [[nodiscard]] bool needs_grad(int id) const noexcept { return node(id).needs_grad; }
  /// The memory of the step.
  [[nodiscard]] Arena& arena() noexcept { return arena_; }
  /// What products compute with.
  [[nodiscard]] GemmScratch<T>& scratch() noexcept { return scratch_; }

  /// The node of a variable; throws Error for one that is not on this tape, or not any more.
  [[nodiscard]] int operand(const Var<T>& v) const {
    if (v.tape_ != this || v.generation_ != generation_ || (v.node_ < 0 && has_moved(node(v.node_))))
      refuse_operand(v);
    return v.node_;
  }
  /// The elements of a node, computed now if they were put off.
  [[nodiscard]] const T* value(int id) {
    const T* const there = node(id).value;
    return there != nullptr ? there : value_after_run(id);
  }
  /// Input k of a node, for its derivative: throws Error for a parameter that was changed since.
  [[nodiscard]] const T* kept_value(int id, int k) {
    check_version(id, k);
    return value(node(id).in[index(k)]);
  }
  /// The same as a variable.
  [[nodiscard]] Var<T> kept(int id, int k) {
    check_version(id, k);
    return {*this, node(id).in[index(k)]};
  }

  /// An elementwise operation of one operand.
  [[nodiscard]] Var<T> elementwise(const Rule<T>& rule, const Var<T>& x, T number = 0) {
    return {*this, elementwise(rule, operand(x), number, nullptr, no_node)};
  }
  /// One of two operands of equal shapes.
  [[nodiscard]] Var<T> elementwise(const Rule<T>& rule, const Var<T>& x, const Var<T>& y, T number = 0) {
    const int other = operand(y);
    const T* const values = value(other);
    return {*this, elementwise(rule, operand(x), number, values, other)};
  }
  [[nodiscard]] Var<T> elementwise(const Rule<T>& rule, const Var<T>& x, int y, T number) {
    return {*this, elementwise_node(rule, x, y, number)};
  }
  /// The same as the number of its node, for Gradients::add().
  [[nodiscard]] int elementwise_node(const Rule<T>& rule, const Var<T>& x, int y, T number) {
    return elementwise(rule, operand(x), number, value(y), y);
  }
  /// The same, after whichever of them was put off. `reversed` is the operation with its operands exchanged:
  /// the rule of a node whose in[0] is y.
  [[nodiscard]] Var<T> elementwise(const Rule<T>& rule, const Rule<T>& reversed, const Var<T>& x,
                                   const Var<T>& y);
  /// One of x and the numbers that the operation of node `of` had for a second operand, a mask.
  [[nodiscard]] Var<T> elementwise_by(const Rule<T>& rule, const Var<T>& x, int of) {
    return {*this, elementwise(rule, operand(x), node(of).number, node(of).other, no_node)};
  }
  /// x times a mask of zeros and `scale`, drawn for probability p in the order of the program.
  [[nodiscard]] Var<T> masked(const Rule<T>& rule, const Var<T>& x, double p, T scale);
  /// A product that is put off, of (rows, cols). The first input's value has to be there.
  [[nodiscard]] Var<T> product(const Rule<T>& rule, const std::array<int, 3>& in, const Shape* shape) {
    return {*this, product_node(rule, in, shape)};
  }
  /// The same as the number of its node.
  [[nodiscard]] int product_node(const Rule<T>& rule, const std::array<int, 3>& in, const Shape* shape);
  /// A node for an operation that runs now, with memory for its value; give it to done().
  [[nodiscard]] int whole(const Rule<T>& rule, const std::array<int, 3>& in, const Shape& shape);
  /// The same with the shape of a node.
  [[nodiscard]] int whole_like(const Rule<T>& rule, const std::array<int, 3>& in, int like);
  /// The variable of a node whose value is computed now.
  [[nodiscard]] Var<T> done(int id) { return {*this, done_node(id)}; }
  /// The same as the number of the node.
  [[nodiscard]] int done_node(int id) {
    if (detail::anomaly_enabled) refuse_nan(id);
    return id;
  }
  /// An operation that runs now.
  [[nodiscard]] Var<T> computed(const Rule<T>& rule, const Operation<T>& operation,
                                const std::array<int, 3>& in, const Shape& shape, T number = 0) {
    const int id = whole(rule, in, shape);
    node(id).number = number;
    operation.run(call(id, node(id).value));
    return done(id);
  }
  /// One whose result has the shape of its first operand.
  [[nodiscard]] Var<T> computed(const Rule<T>& rule, const Operation<T>& operation,
                                const std::array<int, 3>& in) {
    const int id = whole_like(rule, in, in[0]);
    operation.run(call(id, node(id).value));
    return done(id);
  }
  /// The elements of x under another shape.
  [[nodiscard]] Var<T> alias(const Rule<T>& rule, const Var<T>& x, const Shape& shape);
  /// The elements of x, which was computed from these inputs in a way that only the rule knows.
  [[nodiscard]] Var<T> alias(const Rule<T>& rule, const std::array<int, 3>& in, const Var<T>& x);

  /// The shape of x with `cols` in the place of its last dimension, if it has one: for the node that comes
  /// next.
  [[nodiscard]] const Shape* with_last(int x, Index cols) {
    const Shape& from = shape(x);
    if (from.dim() == 0 || node(x).cols == cols) return &from;
    // A step that is like the last one finds it there.
    const Shape* const last = nodes_.next().own_shape;
    if (from.dim() == 2 && last != nullptr && last->dim() == 2 && last->dims()[0] == from.dims()[0] &&
        last->dims()[1] == cols)
      return last;
    return make_with_last(from, cols);
  }

  /// Where the gradient of a parameter goes during backward(), and whether something is there already.
  struct Sink {
    T* data;                ///< that in the block
    Accumulate accumulate;  ///< whether to add to what is there
  };
  /// That of a parameter, for an operation that computes its gradient where it goes.
  [[nodiscard]] Sink sink(int parameter);
  /// Where those of a weight and its bias go, for an operation that computes both at once.
  struct Sinks {
    T* weight;              ///< that of the weight
    T* bias;                ///< that of the bias
    Accumulate accumulate;  ///< whether to add to what is there
  };
  /// Those of both.
  [[nodiscard]] Sinks sinks(int weight, int bias);
  /// Whether gradients of parameters go to their blocks now, and this is one.
  [[nodiscard]] bool has_sink(int id) const noexcept {
    return gradients_.into_blocks_ && id < 0 && gradients_.wants(id);
  }

  // --- Derivatives; for users these are Var::backward() and grad() ---

  /// See Var::backward().
  void backward(const Var<T>& loss, Accumulate accumulate, bool retain_graph,
                GradientObserver* observer = nullptr);
  /// backward() that tells `observer` which gradients of its block are complete.
  void backward(const Var<T>& loss, GradientObserver* observer) {
    backward(loss, Accumulate::yes, false, observer);
  }
  /// The derivatives of the outputs, weighted with `weights` of their shapes (empty: 1, for single numbers),
  /// by the inputs; results are set. An input that has none gets an empty variable.
  void grad(std::span<const Var<T>> outputs, std::span<const Var<T>> inputs, std::span<const Var<T>> weights,
            std::span<Var<T>> results, bool retain_graph, bool create_graph);
  /// The same as plain numbers, with zeros for an input that has none; the graph is retained, and nothing
  /// that was computed on the way stays on the tape.
  void grad(std::span<const Var<T>> outputs, std::span<const Var<T>> inputs, std::span<const Var<T>> weights,
            std::span<const TensorView<T>> results);

 private:
  friend class Var<T>;
  friend class Gradients<T>;
  template <Floating Value>
  friend class Recorder;

  explicit Tape(ThreadPool* pool);
  ~Tape();  // NOLINT(modernize-use-equals-delete): its recorder or its last variable ends it
  /// Its recorder is gone: it goes with the last variable.
  void abandon() noexcept {
    abandoned_ = true;
    if (live_ + spent_ == 0) rest();
  }
  void stay_in_this_thread() noexcept { thread_ = detail::this_thread(); }

  static constexpr std::size_t index(int i) noexcept { return static_cast<std::size_t>(i); }

  void hold(int id) noexcept {
    Node<T>& n = nodes_[id];
    ++n.handles;
    ++(n.consumed ? spent_ : live_);
  }
  void hold(int id, std::uint32_t generation) noexcept {
    if (generation == generation_) {
      hold(id);
    } else {
      ++spent_;
    }
  }
  void let_go(int id, std::uint32_t generation) noexcept {
    if (generation == generation_) {
      Node<T>& n = nodes_[id];
      --n.handles;
      --(n.consumed ? spent_ : live_);
    } else {
      --spent_;
    }
    if (live_ + spent_ == 0) rest();
  }
  /// The last variable is gone: so is an abandoned tape, and nobody reads memory that blocks grow out of.
  /// While a model is called, more variables may come.
  // Inlined into destructors, one after the other, it makes GCC 12 warn that the tape is used after its end.
  WICK_NOINLINE void rest() noexcept;
  void consume(Node<T>& n) noexcept {
    if (std::exchange(n.consumed, true) || n.handles == 0) return;
    live_ -= n.handles;
    spent_ += n.handles;
  }

  struct Bound {
    std::shared_ptr<ParameterBlock<T>> owner;
    const T* values;
    std::shared_ptr<const void> memory;  ///< that they are in, as long as there are variables
    int first;                           ///< its node is ~first
    std::vector<Shape> shapes;           ///< of its parameters
    std::uint64_t freezing;              ///< of the block when its nodes took over what is frozen
    bool open = false;                   ///< gradients are being added
    T* grads = nullptr;
    std::span<char> new_grad = {};  ///< for each parameter, whether it has one
    bool write_over = false;        ///< what has none is to be set to zero
  };

  void reset() noexcept;
  void add_block(const std::shared_ptr<ParameterBlock<T>>& block);
  void take_over_freezing(Bound& bound) noexcept;
  /// The value of a leaf, to which no operation writes. No address would mean that it was put off, and empty
  /// tensors may have none.
  [[nodiscard]] T* present(const T* value) noexcept {
    return value == nullptr ? &nothing_ : const_cast<T*>(value);  // NOLINT(*-const-cast): as said
  }
  [[nodiscard]] const Shape* make_with_last(const Shape& from, Index cols);
  /// The shape of the node that comes next.
  [[nodiscard]] const Shape* keep(const Shape& shape);
  /// A new node, the last one then, without a shape, which the caller sets. Takes the inputs one by one: an
  /// array would be stored in three parts and loaded in two, which waits.
  [[nodiscard]] Node<T>& append(const Rule<T>& rule, int a, int b, int c);
  WICK_NOINLINE [[nodiscard]] Node<T>& append_in_new_room(const Rule<T>& rule, int a, int b, int c);
  /// One of this shape, which has such a last dimension.
  [[nodiscard]] Node<T>& append(const Rule<T>& rule, int a, int b, int c, const Shape* shape, Index cols);
  /// One of the shape of a node.
  [[nodiscard]] Node<T>& append_like(const Rule<T>& rule, int a, int b, int c, int like) {
    Node<T>& n = append(rule, a, b, c);
    const Node<T>& of = nodes_[like];
    n.rows = of.rows;
    n.shape = of.shape;
    n.cols = of.cols;
    return n;
  }
  [[nodiscard]] int last() const noexcept { return nodes_.size() - 1; }
  [[nodiscard]] int append_leaf(const Shape& shape, bool requires_grad);
  [[nodiscard]] int put_off(const Rule<T>& rule, int x, T number, const T* other, int other_node);
  [[nodiscard]] int elementwise(const Rule<T>& rule, int x, T number, const T* other, int other_node) {
    return done_node(put_off(rule, x, number, other, other_node));
  }
  [[nodiscard]] int elementwise(const Rule<T>& rule, const Rule<T>& reversed, int x, int y);
  /// What node `id` computes, whose inputs' values are there.
  [[nodiscard]] Call<T> call(int id, T* out) noexcept;
  void run_chain(int wanted = no_node, const typename Epilogue<T>::Draw* draw = nullptr);
  void run_for(int id);
  /// Away from where values are there as a rule.
  WICK_NOINLINE [[nodiscard]] const T* value_after_run(int id);

  void check_version(int id, int k) const {
    const Node<T>& n = node(id);
    const int in = n.in[index(k)];
    if (in < 0 && version_of(node(in)) != n.version) refuse_version(n, in);
  }
  /// Of the block of a parameter.
  [[nodiscard]] static std::uint64_t version_of(const Node<T>& parameter) noexcept {
    return static_cast<const ParameterBlock<T>*>(parameter.kept)->version();
  }
  /// Whether the block of a parameter has grown since, which moved its parameters.
  [[nodiscard]] bool has_moved(const Bound& b) const noexcept {
    return b.values != std::as_const(*b.owner).values().data();
  }
  [[nodiscard]] bool has_moved(const Node<T>& parameter) const noexcept {
    return has_moved(bound_[index(parameter.block)]);
  }
  bool clear_marks(int last) noexcept;
  void check_way(int last);
  [[nodiscard]] bool reaches(std::span<const Var<T>> outputs, int last);
  void walk(int last, bool retain_graph);
  void derive(int id, Var<T>& dy, bool retain_graph);
  void observe_gradients(GradientObserver* observer, int end);
  void tell_complete(int id);
  [[nodiscard]] bool is_complete(const Bound& b, std::size_t number) const noexcept {
    return gradient_observer_ != nullptr && &b == &bound_[observed_] && number >= complete_;
  }
  void add_to_leaf(Node<T>& leaf, const Var<T>& gradient);
  /// The block of a parameter, whose gradients are being added from here on.
  [[nodiscard]] Bound& opened(const Node<T>& parameter) {
    Bound& b = bound_[index(parameter.block)];
    if (!b.open) open(b);
    return b;
  }
  void open(Bound& bound);
  /// Where the gradient of a parameter of that block goes.
  [[nodiscard]] Sink sink_in(const Bound& bound, int parameter, const Node<T>& p) const {
    const std::size_t number = index(~parameter - bound.first);
    if (is_complete(bound, number)) refuse_complete(parameter);
    char& has_one = bound.new_grad[number];
    return {bound.grads + (p.value - bound.values),
            std::exchange(has_one, char{1}) != 0 ? Accumulate::yes : Accumulate::no};
  }
  void close_blocks() noexcept;
  void refuse_nan(int id);
  [[nodiscard]] std::string name_of(int parameter) const;
  [[nodiscard]] std::string described(int id) const;

  [[noreturn]] void refuse_operand(const Var<T>& v) const;
  [[noreturn]] void refuse_slot(const Slot& slot) const;
  [[noreturn]] void refuse_version(const Node<T>& n, int parameter) const;
  [[noreturn]] void refuse_consumed(int id) const;
  [[noreturn]] void refuse_derivative(int id) const;
  void refuse_backward(int loss) const;  ///< unless that is possible
  [[noreturn]] void refuse_complete(int parameter) const;
  [[noreturn]] void refuse_nested(const char* name) const;
  [[noreturn]] static void refuse_thread();

  detail::Nodes<T> nodes_;
  Arena shapes_;  ///< those that nodes own
  Arena arena_;
  detail::MaskPool<T> masks_;
  GemmScratch<T> scratch_;
  std::vector<Bound> bound_;
  Gradients<T> gradients_;
  Generator* generator_;
  ModuleObserver* observer_ = nullptr;
  std::array<int, Epilogue<T>::most> chain_{};  ///< what was put off, each the input of the next
  int chain_length_ = 0;
  int block_ = -1;           ///< that is bound
  int first_parameter_ = 0;  ///< of that block
  std::size_t parameter_count_ = 0;
  const T* values_ = nullptr;
  int deriving_ = no_node;        ///< whose derivative is being computed
  int first_gradient_ = no_node;  ///< nodes from here on go when backward() ends
  int marked_ = 0;                ///< nodes before that may have marks of an earlier way back
  // What is apart is not loaded together, see Node.
  std::int64_t live_ = 0;         ///< variables that show what is not used up
  const void* thread_ = nullptr;  ///< the only one that may use this tape; null: any, one at a time
  std::int64_t spent_ = 0;        ///< all other variables, those of past steps included
  std::uint32_t generation_ = 1;
  bool training_ = true;
  bool averages_evenly_ = false;
  bool write_over_ = false;
  bool rewinds_ = true;
  T nothing_{};  ///< where empty tensors are
  bool abandoned_ = false;
  GradientObserver* gradient_observer_ = nullptr;  ///< while backward() goes on
  std::size_t observed_ = 0;                       ///< which block it wants to know of
  std::size_t complete_ = 0;                       ///< gradients of that block from here on are complete
  std::vector<int> first_uses_ = {};               ///< of its parameters, by nodes that derive
};

template <Floating T>
Var<T>::Var(Tape<T>& tape, int node) noexcept : tape_(&tape), node_(node), generation_(tape.generation_) {
  tape.hold(node_);
}
template <Floating T>
Var<T>::Var(const Var& other) noexcept
    : tape_(other.tape_), node_(other.node_), generation_(other.generation_) {
  if (tape_ != nullptr) tape_->hold(node_, generation_);
}
template <Floating T>
Var<T>::~Var() {
  if (tape_ != nullptr) tape_->let_go(node_, generation_);
}
template <Floating T>
Shape Var<T>::shape() const {
  return tape().shape(tape_->operand(*this));
}
template <Floating T>
bool Var<T>::requires_grad() const {
  return tape().needs_grad(tape_->operand(*this));
}
template <Floating T>
TensorView<const T> Var<T>::value() const& {
  const int id = tape().operand(*this);
  return {tape_->value(id), tape_->shape(id)};
}
template <Floating T>
Tensor<T> Var<T>::tensor() const {
  return Tensor<T>(value());
}
template <Floating T>
T Var<T>::item() const {
  return value().item();
}
template <Floating T>
void Var<T>::backward(Accumulate accumulate, bool retain_graph) const {
  tape().backward(*this, accumulate, retain_graph);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/tape.ipp>
#endif
