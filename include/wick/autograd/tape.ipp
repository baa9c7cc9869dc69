#pragma once

// Definitions of autograd/tape.hpp.

#include <wick/autograd/detail/add_rule.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/base/detail/at_end.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/ops/dropout.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr Rule<T> input_rule{.name = "input", .is_leaf = true};
template <Floating T>
inline constexpr Rule<T> parameter_rule{.name = "parameter", .is_leaf = true};

/// matrix_rows(), for that many columns.
[[nodiscard]] inline Index row_count(const Shape& shape, Index cols) noexcept {
  // Without a division where that is easy.
  if (shape.dim() < 2) return 1;
  if (shape.dim() == 2) return shape.dims()[0];
  if (cols > 0) return shape.numel() / cols;
  return product_of(shape.dims().first(shape.dim() - 1));
}

}  // namespace detail

template <Floating T>
Tape<T>::Tape(ThreadPool* pool) : scratch_(pool), gradients_(*this), generator_(&default_generator()) {}
template <Floating T>
Tape<T>::~Tape() = default;

// --- Variables ---

template <Floating T>
void Var<T>::refuse_empty() {
  throw Error("Var: this variable shows no value; assign the result of an operation to it first");
}

template <Floating T>
Var<T> Var<T>::detach() const {
  static constexpr Rule<T> rule{.name = "detach", .is_leaf = true};
  const NoGrad no_grad;
  return tape().alias(rule, *this, shape());
}

template <Floating T>
TensorView<const T> Var<T>::grad() const& {
  Tape<T>& tape = this->tape();
  const Node<T>& n = tape.node(tape.operand(*this));
  if (node_ < 0) {
    throw Error("grad: the gradients of parameters are in their block: model.parameters()->grad(\"" +
                tape.name_of(node_) + "\")");
  }
  if (!n.has_grad) {
    throw Error(
        n.rule->is_leaf
            ? "grad: this input has no gradient; make it with requires_grad and call backward()"
            : "grad: only inputs keep a gradient, this is the result of an operation; wick::grad() gives "
              "derivatives by any value");
  }
  return {static_cast<const T*>(n.kept), *n.shape};
}

// --- Inputs and parameters ---

template <Floating T>
Var<T> Tape<T>::constant(TensorArg<T> x, bool requires_grad) {
  const int id = append_leaf(x.shape(), requires_grad);
  T* const copy = arena_.template take<T>(x.numel());
  std::copy_n(x.data(), x.numel(), copy);
  node(id).value = copy;
  return {*this, id};
}

template <Floating T>
Var<T> Tape<T>::input(const Borrowed<T>& x, bool requires_grad) {
  if (!arena_.contains(x.data())) begin();
  const int id = append_leaf(x.shape(), requires_grad);
  node(id).value = present(x.data());
  return {*this, id};
}

template <Floating T>
int Tape<T>::append_leaf(const Shape& shape, bool requires_grad) {
  const Index cols = detail::matrix_cols(shape);
  Node<T>& n = append(detail::input_rule<T>, no_node, no_node, no_node, keep(shape), cols);
  n.needs_grad = requires_grad && is_grad_enabled();
  if (n.needs_grad) n.kept = arena_.template take<T>(shape.numel());
  return last();
}

template <Floating T>
typename Tape<T>::Binding Tape<T>::bind(const std::shared_ptr<ParameterBlock<T>>& block, bool training) {
  const auto is_it = [&](const Bound& b) {
    return b.owner == block && !has_moved(b) && b.shapes.size() == block->entries().size();
  };
  auto found = std::ranges::find_if(bound_, is_it);
  if (found == bound_.end()) {
    add_block(block);
    found = bound_.end() - 1;
  }
  if (found->memory == nullptr) found->memory = block->hold_memory();
  if (found->freezing != block->freezing()) take_over_freezing(*found);
  const Binding before{block_, training_};
  rebind({static_cast<int>(found - bound_.begin()), training});
  return before;
}

template <Floating T>
void Tape<T>::add_block(const std::shared_ptr<ParameterBlock<T>>& block) {
  const auto number = static_cast<int>(bound_.size());
  Bound bound{block,
              std::as_const(*block).values().data(),
              block->hold_memory(),
              nodes_.parameters(),
              {},
              block->freezing()};
  bound.shapes.reserve(block->entries().size());
  for (const auto& e : block->entries()) bound.shapes.push_back(e.slot.shape);
  bound_.push_back(std::move(bound));
  const Bound& added = bound_.back();
  nodes_.add_parameters(static_cast<int>(added.shapes.size()));
  for (const auto& e : block->entries()) {
    const Shape& shape = added.shapes[e.slot.number];
    Node<T>& p = node(~(added.first + static_cast<int>(e.slot.number)));
    p.rule = &detail::parameter_rule<T>;
    p.shape = &shape;
    p.cols = detail::matrix_cols(shape);
    p.rows = detail::row_count(shape, p.cols);
    p.value = present(added.values + e.slot.offset);
    p.kept = block.get();
    p.block = number;
    p.needs_grad = e.requires_grad;
  }
}

template <Floating T>
void Tape<T>::take_over_freezing(Bound& bound) noexcept {
  for (const auto& e : bound.owner->entries())
    node(~(bound.first + static_cast<int>(e.slot.number))).needs_grad = e.requires_grad;
  bound.freezing = bound.owner->freezing();
}

template <Floating T>
void Tape<T>::reset() noexcept {
  nodes_.cut(0);
  marked_ = 0;
  arena_.rewind({});
  masks_.reset();
  chain_length_ = 0;
  ++generation_;
  // Blocks of models that are gone go too, and memory that blocks grew out of; others stay, with their nodes.
  bool gone = false;
  for (const Bound& b : bound_) gone = gone || b.owner.use_count() == 1 || has_moved(b);
  if (gone && block_ < 0) {
    bound_.clear();
    nodes_.drop_parameters();
  }
  for (int id = -nodes_.parameters(); id < 0; ++id) {
    Node<T>& p = node(id);
    p.consumed = false;
    p.uses = 0;
    p.handles = 0;
  }
}

template <Floating T>
void Tape<T>::rest() noexcept {
  if (abandoned_) {
    delete this;  // NOLINT(cppcoreguidelines-owning-memory): made by a recorder that is gone
    return;
  }
  if (block_ >= 0) return;
  for (Bound& b : bound_) b.memory.reset();
}

// --- Recording ---

template <Floating T>
const Shape* Tape<T>::keep(const Shape& shape) {
  Node<T>& next = nodes_.next();
  if (next.own_shape == nullptr) {
    next.own_shape = shapes_.template make<Shape>(shape);
  } else if (!(*next.own_shape == shape)) {
    *next.own_shape = shape;
  }
  return next.own_shape;
}

template <Floating T>
const Shape* Tape<T>::make_with_last(const Shape& from, Index cols) {
  const std::size_t rank = from.dim();
  std::array<Index, Shape::max_rank> dims{};
  std::ranges::copy(from.dims(), dims.begin());
  dims[rank - 1] = cols;
  return keep(Shape(std::span<const Index>(dims.data(), rank)));
}

template <Floating T>
Node<T>& Tape<T>::append_in_new_room(const Rule<T>& rule, int a, int b, int c) {
  static_cast<void>(nodes_.next());
  return append(rule, a, b, c);
}

template <Floating T>
Node<T>& Tape<T>::append(const Rule<T>& rule, int a, int b, int c) {
  if (thread_ != nullptr && thread_ != detail::this_thread()) refuse_thread();
  // The last call here, so that registers need not be saved for it.
  if (nodes_.full()) return append_in_new_room(rule, a, b, c);
  Node<T>& n = nodes_[nodes_.size()];
  nodes_.add();
  static_cast<NodeState<T>&>(n) = {};
  n.rule = &rule;
  n.in[0] = a;
  n.in[1] = b;
  n.in[2] = c;
  n.gradient = no_node;
  // Inputs end with the first that is not there. One parameter stands for all: a version is that of a block.
  bool needs = false;
  int parameter = 0;
  const auto use = [&](int input) {
    Node<T>& from = node(input);
    ++from.uses;
    needs |= from.needs_grad;
    parameter = input < 0 ? input : parameter;
  };
  if (a != no_node) {
    use(a);
    if (b != no_node) {
      use(b);
      if (c != no_node) use(c);
    }
  }
  n.reads_parameters = parameter < 0;
  if (parameter < 0) n.version = version_of(node(parameter));
  n.needs_grad = needs && is_grad_enabled();
  return n;
}

template <Floating T>
Node<T>& Tape<T>::append(const Rule<T>& rule, int a, int b, int c, const Shape* shape, Index cols) {
  Node<T>& n = append(rule, a, b, c);
  n.rows = detail::row_count(*shape, cols);
  n.shape = shape;
  n.cols = cols;
  return n;
}

template <Floating T>
inline int Tape<T>::put_off(const Rule<T>& rule, int x, T number, const T* other, int other_node) {
  const bool joins =
      chain_length_ > 0 && chain_length_ < Epilogue<T>::most && chain_[index(chain_length_ - 1)] == x;
  if (!joins) {
    static_cast<void>(value(x));
    run();
  }
  Node<T>& n = append_like(rule, x, other_node, no_node, x);
  n.number = number;
  n.other = other;
  const int id = last();
  chain_[index(chain_length_++)] = id;
  return id;
}

template <Floating T>
int Tape<T>::elementwise(const Rule<T>& rule, const Rule<T>& reversed, int x, int y) {
  // The operand that was put off runs on.
  if (node(x).value == nullptr && node(y).value == nullptr) static_cast<void>(value(x));
  if (node(x).value != nullptr && node(y).value == nullptr)
    return elementwise(reversed, y, T(0), value(x), x);
  return elementwise(rule, x, T(0), value(y), y);
}

template <Floating T>
Var<T> Tape<T>::elementwise(const Rule<T>& rule, const Rule<T>& reversed, const Var<T>& x, const Var<T>& y) {
  const int a = operand(x);
  return {*this, elementwise(rule, reversed, a, operand(y))};
}

template <Floating T>
Var<T> Tape<T>::masked(const Rule<T>& rule, const Var<T>& x, double p, T scale) {
  const int in = operand(x);
  const Index count = node(in).numel();
  const int place = masks_.take(count);
  using Draw = typename Epilogue<T>::Draw;
  const Draw draw{masks_.data(place), count, p, generator_, [](const Draw& d) {
                    dropout_mask(TensorView<T>(d.mask, Shape{d.count}), d.p, *d.generator);
                  }};
  // With threads the mask is drawn beside the product, which then cannot wait.
  const bool beside = scratch_.workers() > 1;
  if (!beside) draw.draw(draw);
  const int id = put_off(rule, in, scale, draw.mask, no_node);
  node(id).mask = place + 1;
  if (beside) run_chain(no_node, &draw);
  return done(id);
}

template <Floating T>
inline int Tape<T>::product_node(const Rule<T>& rule, const std::array<int, 3>& in, const Shape* shape) {
  run();
  Node<T>& n = append(rule, in[0], in[1], in[2]);
  n.rows = node(in[0]).rows;
  n.shape = shape;
  n.cols = detail::matrix_cols(*shape);
  const int id = last();
  chain_[0] = id;
  chain_length_ = 1;
  return done_node(id);
}

template <Floating T>
int Tape<T>::whole(const Rule<T>& rule, const std::array<int, 3>& in, const Shape& shape) {
  const Shape* const kept = keep(shape);
  Node<T>& n = append(rule, in[0], in[1], in[2], kept, detail::matrix_cols(*kept));
  n.value = arena_.template take<T>(kept->numel());
  return last();
}

template <Floating T>
inline int Tape<T>::whole_like(const Rule<T>& rule, const std::array<int, 3>& in, int like) {
  Node<T>& n = append_like(rule, in[0], in[1], in[2], like);
  n.value = arena_.template take<T>(n.numel());
  return last();
}

template <Floating T>
Var<T> Tape<T>::alias(const Rule<T>& rule, const Var<T>& x, const Shape& shape) {
  const int in = operand(x);
  const T* const from = value(in);
  const Shape* const kept = keep(shape);
  append(rule, in, no_node, no_node, kept, detail::matrix_cols(*kept)).value = present(from);
  return {*this, last()};
}

template <Floating T>
Var<T> Tape<T>::alias(const Rule<T>& rule, const std::array<int, 3>& in, const Var<T>& x) {
  const int from = operand(x);
  const T* const elements = value(from);
  append_like(rule, in[0], in[1], in[2], from).value = present(elements);
  return {*this, last()};
}

// --- Running what was put off ---

template <Floating T>
inline Call<T> Tape<T>::call(int id, T* out) noexcept {
  const Node<T>& n = node(id);
  Call<T> call;
  const auto set = [&](Operand<T>& operand, int in) {
    if (in == no_node) {
      operand.data = nullptr;
      return;
    }
    const Node<T>& from = node(in);
    operand = {from.value, from.rows, from.cols, from.shape};
  };
  set(call.in[0], n.in[0]);
  set(call.in[1], n.in[1]);
  set(call.in[2], n.in[2]);
  call.out = out;
  call.rows = n.rows;
  call.cols = n.cols;
  call.shape = n.shape;
  call.number = n.number;
  call.scratch = &scratch_;
  return call;
}

/// Runs it, keeping the value of node `wanted` in any case. The value that it begins with is there.
template <Floating T>
void Tape<T>::run_chain(int wanted, const typename Epilogue<T>::Draw* draw) {
  const int length = std::exchange(chain_length_, 0);
  const std::span<const int> chain = std::span(chain_).first(index(length));
  // Parameters that were changed since would give a value of neither time.
  for (const int id : chain) {
    const Node<T>& n = node(id);
    if (!n.reads_parameters) continue;
    for (const int in : n.in) {
      if (in < 0 && version_of(node(in)) != n.version) refuse_version(n, in);
    }
  }
  const int first = chain[0];
  Node<T>& head = node(first);
  Epilogue<T> stages;
  int count = 0;
  T* const out = arena_.template take<T>(head.numel());
  T* now = out;
  const auto multiply = head.rule->multiply;
  if (multiply == nullptr)
    stages[count++] = {node(head.in[0]).value, head.rule->apply, out, head.other, head.number};
  int last = first;
  Node<T>* end = &head;
  for (const int id : chain.subspan(1)) {
    Node<T>& before = *end;
    Node<T>& n = node(id);
    end = &n;
    const bool asked = std::exchange(last, id) == wanted || before.uses > 1;
    if (n.rule->is_mask && before.rule->with_mask != nullptr && !asked) {
      n.rule = before.rule->with_mask;
      n.in[0] = before.in[0];
      before.uses = 0;
      before.bypassed = true;
      stages[count - 1].apply = n.rule->apply;
      stages[count - 1].other = n.other;
      continue;
    }
    const bool keeps = asked || (n.needs_grad && n.rule->keeps == Keeps::input) ||
                       (before.needs_grad && before.rule->keeps == Keeps::output);
    T* const to = keeps ? arena_.template take<T>(n.numel()) : now;
    if (keeps) before.value = now;
    stages[count++] = {now, n.rule->apply, to, n.other, n.number};
    now = to;
  }
  stages.set_count(count);
  stages.set_draw(draw);
  if (multiply != nullptr) {
    multiply(call(first, out), stages);
  } else {
    if (draw != nullptr) stages.draw_mask();
    stages.over(head.numel());
  }
  end->value = now;
  // The derivative of a mask and what was before it needs the output alone.
  if (end->mask != 0 && !end->rule->is_mask) masks_.give_back(std::exchange(end->mask, 0) - 1);
}

/// For a value that is not there: put off, or overwritten by what came after it and to be computed again.
template <Floating T>
void Tape<T>::run_for(int id) {
  if (chain_length_ != 0) run_chain(id);
  if (node(id).value != nullptr) return;
  // Memory that is handed out while gradients are computed would be taken back with them.
  if (id < first_gradient_) rewinds_ = false;
  static_cast<void>(value(node(id).in[0]));
  Node<T>& n = node(id);
  if (std::exchange(n.bypassed, false)) ++node(n.in[0]).uses;
  chain_[0] = id;
  chain_length_ = 1;
  run_chain(id);
}

template <Floating T>
const T* Tape<T>::value_after_run(int id) {
  run_for(id);
  return node(id).value;
}

// --- Derivatives ---

template <Floating T>
void Gradients<T>::accumulate(int node, int part) {
  Node<T>& n = tape_.node(node);
  if (into_blocks_ && node < 0) {
    const T* const gradient = tape_.value(part);
    const auto sink = tape_.sink(node);
    if (sink.accumulate == Accumulate::no) {
      std::copy_n(gradient, n.numel(), sink.data);
    } else {
      const T* const before = sink.data;
      detail::kernels::add(gradient, before, sink.data, n.numel());
    }
    return;
  }
  if (n.gradient == no_node) {
    n.gradient = part;
    return;
  }
  const int sum = tape_.elementwise(detail::add_rule<T>, detail::add_rule<T>, n.gradient, part);
  tape_.node(node).gradient = sum;
}

/// Makes a block ready for gradients.
template <Floating T>
void Tape<T>::open(Bound& b) {
  b.open = true;
  b.owner->require_grad();
  if (write_over_) b.owner->zero_grad();
  const auto grads = b.owner->grads_to_reach();
  b.grads = grads.data;
  b.new_grad = grads.of_one;
  b.write_over = grads.write_over;
}

template <Floating T>
typename Tape<T>::Sink Tape<T>::sink(int parameter) {
  const Node<T>& p = node(parameter);
  return sink_in(opened(p), parameter, p);
}

template <Floating T>
inline typename Tape<T>::Sinks Tape<T>::sinks(int weight, int bias) {
  const Node<T>& of_weight = node(weight);
  const Node<T>& of_bias = node(bias);
  const Bound& bound = opened(of_weight);
  const Sink w = sink_in(bound, weight, of_weight);
  const Sink b = sink_in(of_bias.block == of_weight.block ? bound : opened(of_bias), bias, of_bias);
  if (w.accumulate == b.accumulate) return {w.data, b.data, w.accumulate};
  // A tied weight with a bias of its own, or the other way round: the part that is new begins at zero.
  if (w.accumulate == Accumulate::no) {
    std::fill_n(w.data, node(weight).numel(), T(0));
  } else {
    std::fill_n(b.data, node(bias).numel(), T(0));
  }
  return {w.data, b.data, Accumulate::yes};
}

/// Gradients that were to be written over and were not reached are zero.
template <Floating T>
void Tape<T>::close_blocks() noexcept {
  for (Bound& b : bound_) {
    if (!std::exchange(b.open, false)) continue;
    if (!b.write_over) continue;
    // All that the block has now: some may have been added since it was bound.
    for (const auto& e : b.owner->entries()) {
      const std::size_t number = e.slot.number;
      if (b.new_grad[number] != 0 || is_complete(b, number)) continue;
      std::fill_n(b.grads + e.slot.offset, e.slot.shape.numel(), T(0));
    }
  }
}

template <Floating T>
void Tape<T>::add_to_leaf(Node<T>& leaf, const Var<T>& gradient) {
  const T* const from = value(operand(gradient));
  auto* const sum = static_cast<T*>(leaf.kept);
  if (!std::exchange(leaf.has_grad, true)) {
    std::copy_n(from, leaf.numel(), sum);
  } else {
    const T* const before = sum;
    detail::kernels::add(from, before, sum, leaf.numel());
  }
}

/// Cuts what is wanted down to what the outputs were computed from, and says whether anything is left. Throws
/// for what was used up.
template <Floating T>
bool Tape<T>::reaches(std::span<const Var<T>> outputs, int last) {
  constexpr char reached = Gradients<T>::reached;
  bool any = false;
  for (const Var<T>& v : outputs) {
    char& output = node(operand(v)).wanted;
    any = any || output != 0;
    if (output != 0) output |= reached;
  }
  for (int id = last; id >= 0; --id) {
    Node<T>& n = node(id);
    if ((n.wanted & reached) == 0) {
      n.wanted = 0;
      continue;
    }
    if (n.rule->is_leaf) continue;
    if (n.consumed) refuse_consumed(id);
    for (const int in : n.in) {
      if (in == no_node) break;
      char& input = node(in).wanted;
      if (input != 0) input |= reached;
    }
  }
  return any;
}

/// Of parameters and of nodes up to `last`; says whether there was an earlier way back in this step.
template <Floating T>
bool Tape<T>::clear_marks(int last) noexcept {
  const bool again = marked_ != 0;
  const int end = (std::min)(last + 1, marked_);
  for (int id = -nodes_.parameters(); id < end; ++id) {
    Node<T>& n = node(id);
    n.wanted = 0;
    n.gradient = no_node;
  }
  marked_ = (std::max)(marked_, last + 1);
  return again;
}

/// Throws for what was used up of what the node was computed from.
template <Floating T>
void Tape<T>::check_way(int last) {
  constexpr char way = Gradients<T>::on_the_way | Gradients<T>::reached;
  if (last >= 0) node(last).wanted = way;
  for (int id = last; id >= 0; --id) {
    const Node<T>& n = node(id);
    if (n.wanted == 0 || n.rule->is_leaf) continue;
    if (n.consumed) refuse_consumed(id);
    for (const int in : n.in) {
      if (in == no_node) break;
      if (Node<T>& from = node(in); from.needs_grad) from.wanted = way;
    }
  }
}

/// Passes the gradient of a node, which `dy` is made to show, on to its inputs.
template <Floating T>
inline void Tape<T>::derive(int id, Var<T>& dy, bool retain_graph) {
  constexpr char way = Gradients<T>::on_the_way | Gradients<T>::reached;
  const bool into_blocks = gradients_.into_blocks_;
  Node<T>& n = node(id);
  dy.node_ = n.gradient;
  if ((n.wanted & Gradients<T>::asked) == 0) n.gradient = no_node;
  if (n.rule->is_leaf) {
    if (into_blocks) add_to_leaf(n, dy);
  } else {
    if (n.rule->derive == nullptr) refuse_derivative(id);
    for (const int in : n.in) {
      if (in == no_node) break;
      Node<T>& from = node(in);
      if (into_blocks && from.needs_grad) from.wanted = way;
      if (!retain_graph && from.in[0] == no_node) consume(from);  // a leaf
    }
    deriving_ = id;
    n.rule->derive(*this, id, dy, gradients_);
  }
  if (!retain_graph) consume(node(id));  // where it is now that nodes were added
}

template <Floating T>
void Tape<T>::walk(int last, bool retain_graph) {
  // One variable that shows the gradients in turn and is not counted: there are others, those of the caller.
  Var<T> dy;
  dy.generation_ = generation_;
  const detail::AtEnd uncounted([&] { dy.tape_ = nullptr; });
  dy.tape_ = this;
  for (int id = last; id >= 0; --id) {
    if (node(id).gradient != no_node) derive(id, dy, retain_graph);
    if (gradient_observer_ != nullptr) tell_complete(id);
  }
}

/// Finds out which node is the last to add to the gradient of each parameter: the first that reads it.
template <Floating T>
void Tape<T>::observe_gradients(GradientObserver* observer, int end) {
  const auto is_it = [&](const Bound& b) { return b.owner.get() == observer->block(); };
  const auto found = std::ranges::find_if(bound_, is_it);
  // A block that grew while it was used is bound twice: whoever asks looks at the gradients in the end.
  if (found == bound_.end() || std::ranges::count_if(bound_, is_it) != 1 || has_moved(*found)) return;
  observed_ = static_cast<std::size_t>(found - bound_.begin());
  complete_ = found->shapes.size();
  first_uses_.assign(complete_, (std::numeric_limits<int>::max)());
  for (int id = end; id >= 0; --id) {
    if (node(id).wanted == 0) continue;
    for (const int in : node(id).in) {
      if (in < 0 && node(in).block == static_cast<int>(observed_))
        first_uses_[index(~in - found->first)] = id;
    }
  }
  open(*found);
  gradient_observer_ = observer;
}

/// After node `id` is done.
template <Floating T>
void Tape<T>::tell_complete(int id) {
  const Bound& b = bound_[observed_];
  while (complete_ > 0 && first_uses_[complete_ - 1] >= id) {
    --complete_;
    if (b.write_over && b.new_grad[complete_] == 0) {
      const Slot& slot = b.owner->entries()[complete_].slot;
      std::fill_n(b.grads + slot.offset, slot.shape.numel(), T(0));
    }
  }
  gradient_observer_->complete(complete_);
}

template <Floating T>
void Tape<T>::backward(const Var<T>& loss, Accumulate accumulate, bool retain_graph,
                       GradientObserver* observer) {
  if (deriving_ != no_node) refuse_nested("backward");
  const int last = operand(loss);
  refuse_backward(last);
  static_cast<void>(value(last));
  run();
  const Arena::Mark mark = arena_.mark();
  const int count = nodes_.size();
  const int end = (std::max)(last, -1);
  // What the way back leads through is marked as it goes there, unless somebody has to know it before.
  if (clear_marks(end) || observer != nullptr) check_way(end);
  node(last).wanted = Gradients<T>::on_the_way | Gradients<T>::reached;

  const NoGrad no_grad;
  gradients_.into_blocks_ = true;
  write_over_ = accumulate == Accumulate::no;
  rewinds_ = true;
  first_gradient_ = count;
  const detail::AtEnd clear([&] {
    close_blocks();
    gradient_observer_ = nullptr;
    gradients_.into_blocks_ = false;
    deriving_ = no_node;
    first_gradient_ = no_node;
    chain_length_ = 0;
    nodes_.cut(count);
    if (rewinds_) arena_.rewind(mark);
  });
  if (observer != nullptr) observe_gradients(observer, end);
  const ThreadPool::Burst burst(scratch_.pool());
  const int seed = whole_like(detail::input_rule<T>, {no_node, no_node, no_node}, last);
  *node(seed).value = T(1);
  gradients_.add(last, [&] { return seed; });
  walk(end, retain_graph);
}

template <Floating T>
void Tape<T>::grad(std::span<const Var<T>> outputs, std::span<const Var<T>> inputs,
                   std::span<const Var<T>> weights, std::span<Var<T>> results, bool retain_graph,
                   bool create_graph) {
  if (deriving_ != no_node) refuse_nested("grad");
  if (!weights.empty() && weights.size() != outputs.size()) {
    throw Error("grad: got " + std::to_string(outputs.size()) + " outputs and " +
                std::to_string(weights.size()) + " grad_outputs");
  }
  int last = -1;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const int id = operand(outputs[i]);
    const bool weighted = i < weights.size() && !weights[i].empty();
    if (!weighted && node(id).numel() != 1) {
      throw Error("grad: grad can be implicitly created only for scalar outputs, output " +
                  std::to_string(i) + " has shape " + shape(id).str());
    }
    if (weighted && !(shape(operand(weights[i])) == shape(id))) {
      throw ShapeError("grad: Mismatch in shape: grad_output[" + std::to_string(i) + "] has a shape of " +
                       shape(operand(weights[i])).torch_str() + " and output[" + std::to_string(i) +
                       "] has a shape of " + shape(id).torch_str() + ".");
    }
    static_cast<void>(value(id));
    last = (std::max)(last, id);
  }
  run();
  static_cast<void>(clear_marks(last));
  const detail::AtEnd clear([&] { deriving_ = no_node; });
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const int id = operand(inputs[i]);
    if (!needs_grad(id)) {
      throw Error("grad: One of the differentiated Tensors does not require grad: input " +
                  std::to_string(i));
    }
    if (id <= last) node(id).wanted = Gradients<T>::asked;
  }
  for (int id = 0; id <= last; ++id) {
    if (!needs_grad(id)) continue;
    for (const int in : node(id).in) {
      if (in != no_node && node(in).wanted != 0) node(id).wanted |= Gradients<T>::on_the_way;
    }
  }
  if (reaches(outputs, last)) {
    const GradMode mode(create_graph);
    const ThreadPool::Burst burst(scratch_.pool());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const int id = operand(outputs[i]);
      if (i < weights.size() && !weights[i].empty()) {
        gradients_.add(id, [&] { return weights[i]; });
      } else {
        gradients_.add(id, [&] {
          const int seed = whole_like(detail::input_rule<T>, {no_node, no_node, no_node}, id);
          *node(seed).value = T(1);
          return Var<T>(*this, seed);
        });
      }
    }
    walk(last, retain_graph);
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const int id = operand(inputs[i]);
    results[i] = id <= last && node(id).gradient != no_node ? Var<T>(*this, node(id).gradient) : Var<T>();
  }
}

template <Floating T>
void Tape<T>::grad(std::span<const Var<T>> outputs, std::span<const Var<T>> inputs,
                   std::span<const Var<T>> weights, std::span<const TensorView<T>> results) {
  if (deriving_ != no_node) refuse_nested("grad");
  for (const Var<T>& v : outputs) static_cast<void>(value(operand(v)));
  run();
  const Arena::Mark mark = arena_.mark();
  const int count = nodes_.size();
  rewinds_ = true;
  first_gradient_ = count;
  const detail::AtEnd clear([&] {
    deriving_ = no_node;
    first_gradient_ = no_node;
    chain_length_ = 0;
    nodes_.cut(count);
    if (rewinds_) arena_.rewind(mark);
  });
  std::vector<Var<T>> derivatives(inputs.size());
  grad(outputs, inputs, weights, derivatives, true, false);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (derivatives[i].empty()) {
      results[i].fill(T(0));
    } else {
      results[i].copy_(derivatives[i].value());
    }
  }
}

// --- Errors ---

template <Floating T>
std::string Tape<T>::name_of(int parameter) const {
  const Node<T>& p = node(parameter);
  const Bound& b = bound_[index(p.block)];
  for (const auto& e : b.owner->entries()) {
    if (b.values + e.slot.offset == p.value) return e.name;
  }
  return "?";
}

/// `linear of up.weight`, or the operation and the parameters that were used last before it.
template <Floating T>
std::string Tape<T>::described(int id) const {
  const std::string number = " (node " + std::to_string(id) + ")";
  for (int at = id; at >= 0; --at) {
    for (const int in : node(at).in) {
      if (in < 0)
        return node(id).rule->name + std::string(at == id ? " of " : " after ") + name_of(in) + number;
    }
  }
  return node(id).rule->name + number;
}

template <Floating T>
void Tape<T>::refuse_backward(int loss) const {
  if (node(loss).numel() != 1) {
    throw Error("backward: grad can be implicitly created only for scalar outputs, this one has shape " +
                shape(loss).str() + "; reduce it with sum() or mean() first");
  }
  if (!needs_grad(loss)) {
    throw Error(
        "backward: element 0 of tensors does not require grad and does not have a grad_fn: it was not "
        "computed from parameters of a model or an input with requires_grad, or under NoGrad");
  }
}

template <Floating T>
void Tape<T>::refuse_derivative(int id) const {
  throw Error("derivative for " + described(id) + " is not implemented: its Rule has no `derive`");
}

template <Floating T>
void Tape<T>::refuse_consumed(int id) const {
  throw Error("Trying to backward through the graph a second time: the values that " + described(id) +
              " kept were used up when backward() or grad() was called before. Retain the graph there if "
              "you need to go through it again");
}

template <Floating T>
void Tape<T>::refuse_nan(int id) {
  const T* const x = value(id);
  const Node<T>& n = node(id);
  for (Index i = 0; i < n.numel(); ++i) {
    if (x[i] == x[i]) continue;
    const std::string place =
        n.cols > 0 ? " at row " + std::to_string(i / n.cols) + ", column " + std::to_string(i % n.cols)
                   : std::string();
    if (deriving_ != no_node) {
      throw Error("anomaly: the derivative of " + described(deriving_) + " returned nan values" + place);
    }
    throw Error("anomaly: " + described(id) + " returned nan values" + place);
  }
}

template <Floating T>
void Tape<T>::refuse_operand(const Var<T>& v) const {
  if (v.tape_ == nullptr) v.refuse_empty();
  if (v.tape_ != this) {
    throw Error("this variable is on another tape than the other operand; make all inputs of a step on one");
  }
  if (v.generation_ == generation_) {
    throw Error("parameters were added since the variable of " + name_of(v.node_) +
                " was made, which moved it; take it again");
  }
  throw Error(
      "this variable was used up by backward() and its memory by a new step; copy its value before that, or "
      "retain the graph");
}

template <Floating T>
void Tape<T>::refuse_slot(const Slot& slot) const {
  if (block_ < 0) {
    throw Error("a module was called by itself, without parameters; call the Model that holds it");
  }
  throw IndexError("the slot of shape " + slot.shape.str() + ", parameter " + std::to_string(slot.number) +
                   ", is not one of the model's that is called; a module belongs to the Model that made it");
}

template <Floating T>
void Tape<T>::refuse_version(const Node<T>& n, int parameter) const {
  throw Error(
      "one of the variables needed for gradient computation has been modified by an inplace operation: " +
      name_of(parameter) + ", which " + n.rule->name + " used, is at version " +
      std::to_string(bound_[index(node(parameter).block)].owner->version()) + "; expected version " +
      std::to_string(n.version) +
      " instead. Call backward() before optimizer.step() and other changes of parameters; to read them "
      "in between, use a const block");
}

template <Floating T>
void Tape<T>::refuse_complete(int parameter) const {
  throw Error("backward: " + described(deriving_) + " adds to the gradient of " + name_of(parameter) +
              ", which is not among its inputs, after that was complete");
}

template <Floating T>
void Tape<T>::refuse_nested(const char* name) const {
  throw Error(
      std::string(name) + ": called while the derivative of " + described(deriving_) +
      " is computed on this tape, whose gradients it would mix up; return an expression of dy and the "
      "inputs, or use a Recorder of its own");
}

template <Floating T>
void Tape<T>::refuse_thread() {
  throw Error(
      "this tape belongs to another thread; give each thread inputs of its own, or a Recorder that it uses "
      "alone");
}

#ifdef WICK_COMPILED
template class Var<float>;
template class Var<double>;
template class Gradients<float>;
template class Gradients<double>;
template class Tape<float>;
template class Tape<double>;
#endif

WICK_END_NAMESPACE
