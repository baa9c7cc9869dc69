#pragma once

// Definitions of autograd/tape.hpp.

#include <wick/autograd/detail/add_rule.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/ops/dropout.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr Rule<T> input_rule{.name = "input", .is_leaf = true};
template <Floating T>
inline constexpr Rule<T> parameter_rule{.name = "parameter", .is_leaf = true};

/// Elements of the last dimension; 1 of a scalar.
[[nodiscard]] inline Index last_size(const Shape& shape) noexcept {
  return shape.dim() == 0 ? 1 : shape.dims()[shape.dim() - 1];
}
/// Rows of that many columns.
[[nodiscard]] inline Index row_count(const Shape& shape, Index cols) noexcept {
  if (cols > 0) return shape.numel() / cols;
  return static_cast<Index>(checked_numel(shape.dims().first(shape.dim() - 1)).value_or(0));
}

/// Runs `end` when it goes.
template <class Function>
class AtEnd {
 public:
  explicit AtEnd(Function end) : end_(std::move(end)) {}
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;
  ~AtEnd() { end_(); }

 private:
  Function end_;
};

}  // namespace detail

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
  node(id).value = const_cast<T*>(x.data());  // no operation writes to a leaf
  return {*this, id};
}

template <Floating T>
int Tape<T>::append_leaf(const Shape& shape, bool requires_grad) {
  const Shape* const kept = keep(shape);
  const Index cols = detail::last_size(shape);
  const int id = append(detail::input_rule<T>, {no_node, no_node, no_node}, kept,
                        detail::row_count(shape, cols), cols, requires_grad);
  if (node(id).needs_grad) node(id).kept = arena_.template take<T>(shape.numel());
  return id;
}

template <Floating T>
typename Tape<T>::Binding Tape<T>::bind(const std::shared_ptr<ParameterBlock<T>>& block, bool training) {
  const auto is_it = [&](const Bound& b) {
    return b.owner == block && b.values == std::as_const(*block).values().data() &&
           b.shapes.size() == block->entries().size();
  };
  auto found = std::ranges::find_if(bound_, is_it);
  if (found == bound_.end()) {
    add_block(block);
    found = bound_.end() - 1;
  }
  if (found->freezing != block->freezing()) take_over_freezing(*found);
  found->used = true;
  const Binding before{block_, training_};
  block_ = static_cast<int>(found - bound_.begin());
  training_ = training;
  return before;
}

template <Floating T>
void Tape<T>::add_block(const std::shared_ptr<ParameterBlock<T>>& block) {
  const auto number = static_cast<int>(bound_.size());
  Bound bound{block,
              std::as_const(*block).values().data(),
              static_cast<int>(parameters_.size()),
              {},
              block->freezing()};
  bound.shapes.reserve(block->entries().size());
  for (const auto& e : block->entries()) bound.shapes.push_back(e.slot.shape);
  bound_.push_back(std::move(bound));
  for (const auto& e : block->entries()) {
    const Shape& shape = bound_.back().shapes[e.slot.number];
    const Index cols = detail::last_size(shape);
    Node<T>& p = parameters_.emplace_back(detail::parameter_rule<T>, std::array{no_node, no_node, no_node},
                                          &shape, detail::row_count(shape, cols), cols, e.requires_grad);
    p.value = const_cast<T*>(bound_.back().values) + e.slot.offset;
    p.offset = e.slot.offset;
    p.block = number;
  }
}

template <Floating T>
void Tape<T>::take_over_freezing(Bound& bound) noexcept {
  for (const auto& e : bound.owner->entries())
    parameters_[index(bound.first) + e.slot.number].needs_grad = e.requires_grad;
  bound.freezing = bound.owner->freezing();
}

template <Floating T>
void Tape<T>::reset() noexcept {
  nodes_.clear();
  arena_.rewind({});
  masks_.reset();
  recent_ = {};
  chain_length_ = 0;
  ++generation_;
  // Blocks of models that are gone go too; those of the others stay, with their nodes.
  bool gone = false;
  for (Bound& b : bound_) {
    b.used = false;
    gone = gone || b.owner.use_count() == 1;
  }
  if (gone && block_ < 0) {
    bound_.clear();
    parameters_.clear();
  }
  for (Node<T>& p : parameters_) {
    p.consumed = false;
    p.uses = 0;
    p.handles = 0;
  }
}

// --- Recording ---

template <Floating T>
const Shape* Tape<T>::keep(const Shape& shape) {
  for (const Shape* const recent : recent_) {
    if (recent != nullptr && *recent == shape) return recent;
  }
  const Shape* const kept = new (arena_.template take<Shape>(1)) Shape(shape);
  recent_[next_recent_++ % recent_.size()] = kept;
  return kept;
}

template <Floating T>
const Shape* Tape<T>::with_last(int x, Index cols) {
  const Shape& from = shape(x);
  if (from.dim() == 0) return &from;
  if (from.dim() == 2) {
    const Index rows = from.dims()[0];
    for (const Shape* const recent : recent_) {
      if (recent != nullptr && recent->dim() == 2 && recent->dims()[0] == rows && recent->dims()[1] == cols)
        return recent;
    }
  }
  std::array<Index, Shape::max_rank> dims{};
  std::ranges::copy(from.dims(), dims.begin());
  dims[from.dim() - 1] = cols;
  return keep(Shape(std::span<const Index>(dims.data(), from.dim())));
}

template <Floating T>
int Tape<T>::append(const Rule<T>& rule, const std::array<int, 3>& in, const Shape* shape, Index rows,
                    Index cols, bool needs) {
  if (thread_ != std::thread::id() && thread_ != std::this_thread::get_id()) refuse_thread();
  nodes_.emplace_back(rule, in, shape, rows, cols, needs && is_grad_enabled());
  for (const int i : in) {
    if (i == no_node) continue;
    ++node(i).uses;
    if (i < 0) nodes_.back().version = bound_[index(node(i).block)].owner->version();
  }
  return static_cast<int>(nodes_.size()) - 1;
}

template <Floating T>
int Tape<T>::elementwise(const Rule<T>& rule, int x, T number, const T* other, int other_node, int mask,
                         const typename Epilogue<T>::Draw* draw) {
  const bool joins =
      chain_length_ > 0 && chain_length_ < Epilogue<T>::most && chain_[index(chain_length_ - 1)] == x;
  if (!joins) {
    static_cast<void>(value(x));
    run_chain();
  }
  const Node<T>& from = node(x);
  const bool needs = from.needs_grad || (other_node != no_node && needs_grad(other_node));
  const int id = append(rule, {x, other_node, no_node}, from.shape, from.rows, from.cols, needs);
  Node<T>& n = node(id);
  n.number = number;
  n.other = other;
  n.mask = mask;
  chain_[index(chain_length_++)] = id;
  if (draw != nullptr) run_chain(no_node, draw);
  if (detail::anomaly_enabled) refuse_nan(id);
  return id;
}

template <Floating T>
Var<T> Tape<T>::elementwise(const Rule<T>& rule, const Rule<T>& reversed, const Var<T>& x, const Var<T>& y) {
  int a = operand(x);
  int b = operand(y);
  const Rule<T>* of = &rule;
  // The operand that was put off runs on.
  if (node(a).value == nullptr && node(b).value == nullptr) static_cast<void>(value(a));
  if (node(a).value != nullptr && node(b).value == nullptr) {
    std::swap(a, b);
    of = &reversed;
  }
  const T* const other = value(b);
  return {*this, elementwise(*of, a, T(0), other, b, -1, nullptr)};
}

template <Floating T>
Var<T> Tape<T>::masked(const Rule<T>& rule, const Var<T>& x, double p, T scale) {
  const int id = operand(x);
  const Index count = node(id).numel();
  const int place = masks_.take(count);
  const typename Epilogue<T>::Draw draw{masks_.data(place), count, p, generator_};
  // With threads the mask is drawn beside the product, which then cannot wait.
  const bool beside = scratch_.workers() > 1;
  if (!beside) dropout_mask(TensorView<T>(draw.mask, Shape{count}), p, *generator_);
  return {*this, elementwise(rule, id, scale, draw.mask, no_node, place, beside ? &draw : nullptr)};
}

template <Floating T>
Var<T> Tape<T>::product(const Rule<T>& rule, const std::array<int, 3>& in, const Shape* shape) {
  run_chain();
  bool needs = false;
  for (const int i : in) needs = needs || (i != no_node && needs_grad(i));
  const Index cols = detail::last_size(*shape);
  const int id = append(rule, in, shape, node(in[0]).rows, cols, needs);
  chain_[0] = id;
  chain_length_ = 1;
  if (detail::anomaly_enabled) refuse_nan(id);
  return {*this, id};
}

template <Floating T>
int Tape<T>::whole(const Rule<T>& rule, const std::array<int, 3>& in, const Shape& shape) {
  bool needs = false;
  for (const int i : in) needs = needs || (i != no_node && needs_grad(i));
  const Shape* const kept = keep(shape);
  const Index cols = detail::last_size(*kept);
  const int id = append(rule, in, kept, detail::row_count(*kept, cols), cols, needs);
  node(id).value = arena_.template take<T>(kept->numel());
  return id;
}

template <Floating T>
Var<T> Tape<T>::alias(const Rule<T>& rule, const Var<T>& x, const Shape& shape) {
  const int in = operand(x);
  const T* const from = value(in);
  const Shape* const kept = keep(shape);
  const Index cols = detail::last_size(*kept);
  const int id =
      append(rule, {in, no_node, no_node}, kept, detail::row_count(*kept, cols), cols, needs_grad(in));
  node(id).value = const_cast<T*>(from);  // only the memory of what is put off is written to
  return {*this, id};
}

template <Floating T>
Var<T> Tape<T>::alias(const Rule<T>& rule, const std::array<int, 3>& in, const Var<T>& x) {
  const int from = operand(x);
  const T* const elements = value(from);
  bool needs = false;
  for (const int i : in) needs = needs || (i != no_node && needs_grad(i));
  const int id = append(rule, in, node(from).shape, node(from).rows, node(from).cols, needs);
  node(id).value = const_cast<T*>(elements);
  return {*this, id};
}

// --- Running what was put off ---

template <Floating T>
Call<T> Tape<T>::call(int id, T* out) noexcept {
  const Node<T>& n = node(id);
  Call<T> call;
  for (std::size_t k = 0; k < n.in.size(); ++k) {
    call.in[k].data = nullptr;
    if (n.in[k] == no_node) continue;
    const Node<T>& from = node(n.in[k]);
    call.in[k] = {from.value, from.rows, from.cols, from.shape};
  }
  call.out = out;
  call.rows = n.rows;
  call.cols = n.cols;
  call.shape = n.shape;
  call.number = n.number;
  call.scratch = &scratch_;
  return call;
}

/// Runs it, keeping the value of node `wanted` in any case.
template <Floating T>
void Tape<T>::run_chain(int wanted, const typename Epilogue<T>::Draw* draw) {
  if (chain_length_ == 0) return;
  const auto chain = chain_;
  const int length = std::exchange(chain_length_, 0);
  // Parameters that were changed since would give a value of neither time.
  for (int i = 0; i < length; ++i) {
    for (int k = 0; k < 3; ++k) {
      if (node(chain[index(i)]).in[index(k)] < 0) check_version(chain[index(i)], k);
    }
  }
  Node<T>& head = node(chain[0]);
  Epilogue<T> stages;
  stages.draw = draw;
  T* const out = arena_.template take<T>(head.numel());
  T* now = out;
  if (head.rule->multiply == nullptr)
    stages.add({head.rule->apply, value(head.in[0]), out, head.other, head.number});
  for (int i = 1; i < length; ++i) {
    Node<T>& before = node(chain[index(i - 1)]);
    Node<T>& n = node(chain[index(i)]);
    const bool asked = chain[index(i - 1)] == wanted || before.uses > 1;
    if (n.rule->is_mask && before.rule->with_mask != nullptr && !asked) {
      n.rule = before.rule->with_mask;
      n.in[0] = before.in[0];
      before.uses = 0;
      before.bypassed = true;
      stages.last().apply = n.rule->apply;
      stages.last().other = n.other;
      continue;
    }
    const bool keeps = asked || (n.needs_grad && n.rule->keeps == Keeps::input) ||
                       (before.needs_grad && before.rule->keeps == Keeps::output);
    T* const to = keeps ? arena_.template take<T>(n.numel()) : now;
    if (keeps) before.value = now;
    stages.add({n.rule->apply, now, to, n.other, n.number});
    now = to;
  }
  if (head.rule->multiply != nullptr) {
    head.rule->multiply(call(chain[0], out), stages);
  } else {
    if (draw != nullptr) stages.draw_mask();
    stages.over(head.numel());
  }
  Node<T>& end = node(chain[index(length - 1)]);
  end.value = now;
  // The derivative of a mask and what was before it needs the output alone.
  if (end.mask >= 0 && !end.rule->is_mask) masks_.give_back(std::exchange(end.mask, -1));
}

/// For a value that is not there: put off, or overwritten by what came after it and to be computed again.
template <Floating T>
void Tape<T>::run_for(int id) {
  run_chain(id);
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

// --- Derivatives ---

template <Floating T>
void Gradients<T>::accumulate(int node, Var<T>&& part) {
  Tape<T>& tape = part.tape();
  if (into_blocks_ && node < 0) {
    const T* const from = tape.value(tape.operand(part));
    const Index n = tape.node(node).numel();
    const auto sink = tape.sink(node);
    if (sink.accumulate == Accumulate::no) {
      std::copy_n(from, n, sink.data);
    } else {
      const T* const before = sink.data;
      WICK_CALL(add(from, before, sink.data, n));
    }
    return;
  }
  Var<T>& sum = at(node);
  if (sum.empty()) {
    sum = std::move(part);
    return;
  }
  sum = tape.elementwise(detail::add_rule<T>, detail::add_rule<T>, sum, part);
}

template <Floating T>
typename Tape<T>::Sink Tape<T>::sink(int parameter) {
  Node<T>& p = node(parameter);
  Bound& b = bound_[index(p.block)];
  if (!std::exchange(b.open, true)) {
    b.owner->require_grad();
    const auto grads = b.owner->grads_to_fill();
    b.grads = grads.data;
    for (std::size_t i = 0; i < b.shapes.size(); ++i) {
      parameters_[index(b.first) + i].has_grad = !grads.write_over && !write_over_;
    }
  }
  return {b.grads + p.offset, std::exchange(p.has_grad, true) ? Accumulate::yes : Accumulate::no};
}

template <Floating T>
typename Tape<T>::Sinks Tape<T>::sinks(int weight, int bias) {
  const Sink w = sink(weight);
  const Sink b = sink(bias);
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
    for (std::size_t i = 0; i < b.shapes.size(); ++i) {
      const Node<T>& p = parameters_[index(b.first) + i];
      if (!p.has_grad) std::fill_n(b.grads + p.offset, p.numel(), T(0));
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
    WICK_CALL(add(from, before, sum, leaf.numel()));
  }
}

/// Cuts what is wanted down to what the outputs were computed from, and says whether anything is left. Throws
/// for what was used up.
template <Floating T>
bool Tape<T>::reaches(std::span<const Var<T>> outputs, int last) {
  constexpr char reached = 2;
  bool any = false;
  for (const Var<T>& v : outputs) {
    char& output = gradients_.wanted(operand(v));
    any = any || output != 0;
    if (output != 0) output |= reached;
  }
  for (int id = last; id >= 0; --id) {
    if ((gradients_.wanted(id) & reached) == 0) {
      gradients_.wanted(id) = 0;
      continue;
    }
    const Node<T>& n = node(id);
    if (n.rule->is_leaf) continue;
    if (n.consumed) {
      throw Error("Trying to backward through the graph a second time: the values that " + described(id) +
                  " kept were used up when backward() or grad() was called before. Retain the graph there if "
                  "you need "
                  "to go through it again");
    }
    for (const int in : n.in) {
      if (in != no_node && gradients_.wanted(in) != 0) gradients_.wanted(in) |= reached;
    }
  }
  return any;
}

template <Floating T>
void Tape<T>::walk(int last, bool retain_graph) {
  constexpr char asked = 4;
  for (int id = last; id >= 0; --id) {
    Var<T>& gradient = gradients_.at(id);
    if (gradient.empty()) continue;
    const Var<T> dy = (gradients_.wanted(id) & asked) != 0 ? gradient : std::move(gradient);
    if (node(id).rule->is_leaf) {
      if (gradients_.into_blocks_) add_to_leaf(node(id), dy);
    } else {
      if (node(id).rule->derive == nullptr) {
        throw Error("derivative for " + described(id) + " is not implemented: its Rule has no `derive`");
      }
      deriving_ = id;
      node(id).rule->derive(*this, id, dy, gradients_);
    }
    if (retain_graph) continue;
    consume(node(id));
    for (const int in : node(id).in) {
      if (in != no_node && node(in).rule->is_leaf) consume(node(in));
    }
  }
}

template <Floating T>
void Tape<T>::backward(const Var<T>& loss, Accumulate accumulate, bool retain_graph) {
  const int last = operand(loss);
  if (node(last).numel() != 1) {
    throw Error("backward: grad can be implicitly created only for scalar outputs, this one has shape " +
                shape(last).str() + "; reduce it with sum() or mean() first");
  }
  if (!needs_grad(last)) {
    throw Error(
        "backward: element 0 of tensors does not require grad and does not have a grad_fn: it was not "
        "computed from parameters of a model or an input with requires_grad, or under NoGrad");
  }
  static_cast<void>(value(last));
  run_chain();
  const Arena::Mark mark = arena_.mark();
  const std::size_t count = nodes_.size();
  const int end = last < 0 ? 0 : last + 1;
  gradients_.begin(index(end), parameters_.size());
  for (int id = 0; id < end; ++id) gradients_.wanted(id) = needs_grad(id) ? 1 : 0;
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    gradients_.wanted_parameters_[i] = parameters_[i].needs_grad ? 1 : 0;
  static_cast<void>(reaches({&loss, 1}, end - 1));

  const NoGrad no_grad;
  gradients_.into_blocks_ = true;
  write_over_ = accumulate == Accumulate::no;
  rewinds_ = true;
  first_gradient_ = static_cast<int>(count);
  const detail::AtEnd clear([&] {
    close_blocks();
    gradients_.into_blocks_ = false;
    gradients_.clear();
    deriving_ = no_node;
    first_gradient_ = no_node;
    chain_length_ = 0;
    nodes_.erase(nodes_.begin() + static_cast<std::ptrdiff_t>(count), nodes_.end());
    if (rewinds_) {
      arena_.rewind(mark);
      recent_ = {};
    }
  });
  const ThreadPool::Burst burst(scratch_.pool());
  const int seed = whole(detail::input_rule<T>, {no_node, no_node, no_node}, shape(last));
  *node(seed).value = T(1);
  gradients_.add(last, [&] { return Var<T>(*this, seed); });
  walk(end - 1, retain_graph);
}

template <Floating T>
void Tape<T>::grad(std::span<const Var<T>> outputs, std::span<const Var<T>> inputs,
                   std::span<const Var<T>> weights, std::span<Var<T>> results, bool retain_graph,
                   bool create_graph) {
  constexpr char asked = 4;
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
  run_chain();
  gradients_.begin(index(last + 1), parameters_.size());
  const detail::AtEnd clear([&] {
    gradients_.clear();
    deriving_ = no_node;
  });
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const int id = operand(inputs[i]);
    if (!needs_grad(id)) {
      throw Error("grad: One of the differentiated Tensors does not require grad: input " +
                  std::to_string(i));
    }
    if (id <= last) gradients_.wanted(id) = asked;
  }
  for (int id = 0; id <= last; ++id) {
    if (!needs_grad(id)) continue;
    for (const int in : node(id).in) {
      if (in != no_node && gradients_.wanted(in) != 0) gradients_.wanted(id) |= 1;
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
          const int seed = whole(detail::input_rule<T>, {no_node, no_node, no_node}, shape(id));
          *node(seed).value = T(1);
          return Var<T>(*this, seed);
        });
      }
    }
    walk(last, retain_graph);
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const int id = operand(inputs[i]);
    results[i] = id <= last ? gradients_.at(id) : Var<T>();
  }
}

// --- Errors ---

template <Floating T>
std::string Tape<T>::name_of(int parameter) const {
  const Node<T>& p = node(parameter);
  for (const auto& e : bound_[index(p.block)].owner->entries()) {
    if (e.slot.offset == p.offset) return e.name;
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
