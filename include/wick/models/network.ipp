#pragma once

// Definitions of models/network.hpp.

#include <wick/base/cloned.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/kernels/row_block.hpp>
#include <wick/models/network.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/workspace.hpp>
#include <wick/ops/activation.hpp>
#include <wick/ops/affine.hpp>
#include <wick/ops/dropout.hpp>
#include <wick/ops/log_softmax.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
[[nodiscard]] Affine<T> affine_of(const Linear<T>& layer, const ParameterBlock<T>& block) noexcept {
  const T* const values = block.values().data();
  return {layer.in_features(), layer.out_features(), values + layer.weight().offset,
          values + layer.bias().offset};
}

}  // namespace detail

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                    const NetworkOptions& options, Uninitialised /*tag*/)
    : dropout_(options.dropout),
      input_size_(input_size),
      output_(build(input_size, output_size, hidden_layers)) {}

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                    const NetworkOptions& options, std::span<T> values, std::shared_ptr<const void> owner)
    : parameters_(std::in_place, values.data(), static_cast<Index>(values.size()), std::move(owner)),
      dropout_(options.dropout),
      input_size_(input_size),
      output_(build(input_size, output_size, hidden_layers, static_cast<Index>(values.size()))) {}

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                    const NetworkOptions& options, std::span<T> values, std::vector<Index> offsets,
                    std::shared_ptr<const void> owner)
    : parameters_(std::in_place, values.data(), static_cast<Index>(values.size()), std::move(offsets),
                  std::move(owner)),
      dropout_(options.dropout),
      input_size_(input_size),
      output_(build(input_size, output_size, hidden_layers)) {}

template <Floating T>
Network<T>& Network<T>::operator=(const Network& other) {
  // All or nothing: half of another network would be read out of bounds.
  if (this != &other) *this = Network(other);
  return *this;
}

template <Floating T>
void Network<T>::backward(TensorArg<T> grad, Workspace<T>& workspace, Accumulate accumulate) {
  ParameterBlock<T>& parameters = *parameters_;
  const auto recorded = std::exchange(workspace.recorded(), {});
  const auto& own = parameters_.share();
  if (recorded.parameters.owner_before(own) || own.owner_before(recorded.parameters)) {
    throw Error("Network::backward: call forward in training mode with this model and workspace first");
  }
  const Index batch = recorded.rows;
  if (!(grad.shape() == Shape{batch, output_size()})) {
    throw ShapeError("Network::backward: expected a gradient of shape " + Shape{batch, output_size()}.str() +
                     ", got " + grad.shape().str());
  }
  parameters.require_grad();
  const ThreadPool::Burst burst(workspace.scratch().pool());
  const auto activation = [&](std::size_t i) {
    return workspace.buffer(first_activation + i, batch * hidden_[i].out_features());
  };
  const T* const input =
      recorded.borrowed == nullptr ? workspace.buffer(input_buffer, batch * input_size_) : recorded.borrowed;
  const std::size_t n = hidden_.size();
  // Layer i writes to buffer i % 2; what it reads must be in the other one.
  T* dy = workspace.buffer(gradient_buffer + (n + 1) % 2, grad.numel());
  detail::log_softmax_backward_rows<T>(batch, output_size(), workspace.result(recorded.result, grad.numel()),
                                       grad.data(), dy);
  // Zeros that are due need not be written where every gradient is written over.
  const bool all_are_written = parameters.entries().size() == 2 * (n + 1);
  T* grads = nullptr;
  if (all_are_written) {
    const auto to_fill = parameters.grads_to_fill();
    grads = to_fill.data;
    if (to_fill.write_over) accumulate = Accumulate::no;
  } else {
    grads = parameters.grads().data();
  }
  for (std::size_t i = n + 1; i-- > 0;) {
    const Linear<T>& layer = i < n ? hidden_[i] : output_;
    const T* const in = i > 0 ? activation(i - 1) : input;
    const AffineGrad<T> layer_grad{layer.in_features(), layer.out_features(), grads + layer.weight().offset,
                                   grads + layer.bias().offset};
    affine_backward_parameters(batch, in, dy, layer_grad, workspace.scratch(), accumulate);
    if (i == 0) break;
    T* const dx = workspace.buffer(gradient_buffer + i % 2, batch * layer.in_features());
    hidden_backward(layer, batch, dy, in, dx, workspace);
    dy = dx;
  }
}

template <Floating T>
TensorView<const T> Network<T>::predict(TensorArg<T> x, Workspace<T>& workspace) const {
  check_classes("predict");
  return outputs(x, workspace, Outputs::log_probabilities);
}

template <Floating T>
TensorView<const T> Network<T>::logits(TensorArg<T> x, Workspace<T>& workspace) const {
  return outputs(x, workspace, Outputs::raw);
}

template <Floating T>
Tensor<T> Network<T>::logits(TensorArg<T> x) const {
  Workspace<T> workspace;
  return Tensor<T>(logits(x, workspace));
}

template <Floating T>
TensorView<const T> Network<T>::outputs(TensorArg<T> x, Workspace<T>& workspace, Outputs kind) const {
  const ParameterBlock<T>& parameters = *parameters_;
  check_input(x.shape());
  workspace.recorded() = {};
  const ThreadPool::Burst burst(workspace.scratch().pool());
  const Index batch = x.shape()[0];
  const Shape shape{batch, output_size()};
  const std::size_t place = workspace.result_beside(x.data());
  const TensorView<T> result(workspace.result(place, shape.numel()), shape);
  if (batch > 1 && fits_blocks()) {
    outputs_in_blocks(batch, x.data(), result.data(), workspace, kind);
    return result;
  }
  // So many rows go through all layers at a time: their activations stay in a cache, while weights are packed
  // or come from far away for each of these parts. Threads share the products of few rows or far weights, and
  // take rows of their own otherwise, some parts each. A single row would be summed in another order, so none
  // is left over.
  const bool are_far = parameters.values().size() > (std::size_t{1} << 22) / sizeof(T);
  constexpr Index fewest = 16;
  constexpr Index few = 64;
  const Index most = are_far ? 256 : 512;
  ThreadPool* const pool = workspace.scratch().pool();
  const Index workers = pool != nullptr && !are_far && batch > few + 1 ? pool->size() : 1;
  const Index share = (batch + workers - 1) / workers;
  const Index part_rows = workers == 1 ? most : std::clamp(share / 4, few, most);
  const Index rows = std::clamp((share + fewest - 1) / fewest * fewest, fewest, part_rows / fewest * fewest);
  const Index parts = (std::max)((batch + rows - 2) / rows, Index{1});
  const auto pass = [&](Index part, Workspace<T>& own) {
    const Index begin = part * rows;
    const Index end = part + 1 == parts ? batch : begin + rows;
    const T* in = x.data() + begin * input_size_;
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      T* const out = own.buffer(first_activation + i % 2, (end - begin) * hidden_[i].out_features());
      hidden_forward(hidden_[i], end - begin, in, out, nullptr, own, detail::Nothing());
      in = out;
    }
    output_forward(end - begin, in, parts == 1 ? result : result.rows(begin, end), own, kind);
  };
  // Threads may not allocate, and smaller batches must not need to later.
  const auto reserve = [&](Workspace<T>& own, Index count) {
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      static_cast<void>(own.buffer(first_activation + i % 2, count * hidden_[i].out_features()));
      reserve_affine_forward(count, detail::affine_of(hidden_[i], parameters), own.scratch());
    }
    reserve_affine_forward(count, detail::affine_of(output_, parameters), own.scratch());
  };
  if (workers == 1) {
    if (parts > 1) reserve(workspace, rows + 1);
    for (Index part = 0; part < parts; ++part) pass(part, workspace);
    return result;
  }
  reserve(workspace, few + 1);
  workspace.reserve_workers(pool->size());
  for (int worker = 0; worker < pool->size(); ++worker) reserve(workspace.of_worker(worker), rows + 1);
  pool->parallel_for(parts, [&](Index part, int worker) { pass(part, workspace.of_worker(worker)); });
  return result;
}

template <Floating T>
bool Network<T>::fits_blocks() const noexcept {
  // Each block reads all weights: they have to be near.
  constexpr std::size_t most = (std::size_t{1} << 19) / sizeof(T);
  if (parameters_->values().size() > most) return false;
  const auto fits = [](const Linear<T>& layer) {
    return layer.in_features() <= detail::ProductPanels<T>::max_depth;
  };
  return fits(output_) && std::ranges::all_of(hidden_, fits);
}

template <Floating T>
void Network<T>::outputs_in_blocks(Index batch, const T* x, T* y, Workspace<T>& workspace,
                                   Outputs kind) const {
  const ParameterBlock<T>& parameters = *parameters_;
  const detail::RowBlockKernels<T>& kernels = WICK_CALL(row_block_kernels<T>);
  Index widest = (std::max)(input_size_, output_size());
  for (const Linear<T>& layer : hidden_) widest = (std::max)(widest, layer.out_features());
  const Index room = widest * kernels.rows;
  const auto block = [&](Index begin, Index count, T* from, T* to) {
    const Index width = kernels.width_of(count);
    const auto apply = [&](const Linear<T>& layer, T least) {
      const Affine<T> a = detail::affine_of(layer, parameters);
      const auto kernel = a.out <= narrow_outputs ? kernels.narrow_layer : kernels.layer;
      kernel(a.in, a.out, a.weight, a.bias, from, to, width, least);
      std::swap(from, to);
    };
    kernels.load(x + begin * input_size_, count, input_size_, from);
    for (const Linear<T>& layer : hidden_) apply(layer, T(0));
    apply(output_, -std::numeric_limits<T>::infinity());
    kernels.store(from, count, output_size(), y + begin * output_size(), kind == Outputs::log_probabilities);
  };
  const auto pass = [&](Index begin, Index end, Workspace<T>& own) {
    T* const even = own.buffer(first_activation, room);
    T* const odd = own.buffer(first_activation + 1, room);
    for (Index row = begin; row < end; row += kernels.rows) {
      block(row, (std::min)(kernels.rows, end - row), even, odd);
    }
  };
  // Threads may not allocate, and smaller batches must not need to later.
  const auto reserve = [&](Workspace<T>& own) { pass(0, 0, own); };
  // To share out less takes longer than to do it.
  constexpr Index worth_sharing = 1 << 18;
  ThreadPool* const pool = workspace.scratch().pool();
  if (pool == nullptr || pool->size() == 1 || batch <= kernels.rows ||
      batch * static_cast<Index>(parameters.values().size()) < worth_sharing) {
    return pass(0, batch, workspace);
  }
  reserve(workspace);
  workspace.reserve_workers(pool->size());
  for (int worker = 0; worker < pool->size(); ++worker) reserve(workspace.of_worker(worker));
  const Index parts = 4 * pool->size();
  const Index blocks = (batch + kernels.rows - 1) / kernels.rows;
  const Index rows = (blocks + parts - 1) / parts * kernels.rows;
  pool->parallel_for((batch + rows - 1) / rows, [&](Index part, int worker) {
    pass(part * rows, (std::min)(batch, (part + 1) * rows), workspace.of_worker(worker));
  });
}

template <Floating T>
Tensor<T> Network<T>::predict(TensorArg<T> x) const {
  Workspace<T> workspace;
  return Tensor<T>(predict(x, workspace));
}

template <Floating T>
StateDict Network<T>::state_dict() const {
  return parameters_->state_dict();
}

template <Floating T>
LoadResult Network<T>::load_state_dict(const StateDict& sd, const LoadOptions& options) {
  return parameters_->load_state_dict(spec(), sd, options);
}

template <Floating T>
StateDictSpec Network<T>::spec() const {
  StateDictSpec result = parameters_->spec("Network");
  result.modules = {"hidden_layers", "output", "dropout"};
  return result;
}

template <Floating T>
Linear<T> Network<T>::build(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                            Index given) {
  using Block = ParameterBlock<T>;
  // Sizes below 1 count as 0 here: the layers refuse them by name.
  Index in = (std::max)(input_size, Index{0});
  Index elements = 0;
  const auto count = [&](Index size) {
    const Index out = (std::max)(size, Index{0});
    for (const Index n : {Shape{out, in}.numel(), out}) {
      if (n > (std::numeric_limits<Index>::max)() / 2 - elements) {
        throw ShapeError("Network: the parameters up to layer Linear(" + std::to_string(in) + " -> " +
                         std::to_string(out) + ") do not fit in memory");
      }
      elements += Block::padded(n);
    }
    in = out;
  };
  for (const Index size : hidden_layers) count(size);
  count(output_size);
  if (given >= 0 && given != elements) {
    throw ShapeError("Network: parameters of these sizes take " + std::to_string(elements) +
                     " elements, the memory has " + std::to_string(given));
  }
  if (!parameters_->is_foreign()) parameters_->reserve(elements);

  in = input_size;
  hidden_.reserve(hidden_layers.size());
  for (std::size_t i = 0; i < hidden_layers.size(); ++i) {
    hidden_.emplace_back(*parameters_, "hidden_layers." + std::to_string(i), in, hidden_layers[i],
                         uninitialised);
    in = hidden_layers[i];
  }
  return {*parameters_, "output", in, output_size, uninitialised};
}

template <Floating T>
void Network<T>::check_input(const Shape& x) const {
  if (x.dim() == 2 && x[1] == input_size_) return;
  const Linear<T>& first = hidden_.empty() ? output_ : hidden_.front();
  std::string text = std::string("Network: layer ") + (hidden_.empty() ? "output" : "hidden_layers.0") +
                     " Linear(" + std::to_string(first.in_features()) + " -> " +
                     std::to_string(first.out_features()) + ") expected input [*, " +
                     std::to_string(input_size_) + "], got " + x.str();
  if (x.dim() > 2 && x[0] > 0 && x.numel() / x[0] == input_size_) {
    text += "; flatten it first with reshape({" + std::to_string(x[0]) + ", " + std::to_string(input_size_) +
            "})";
  }
  throw ShapeError(text);
}

template <Floating T>
void Network<T>::check_classes(const char* function) const {
  if (output_size() > 1) return;
  throw Error(std::string("Network::") + function +
              ": expected a network with two outputs or more, got one, whose log-softmax is always 0; "
              "logits() gives it "
              "raw");
}

template <Floating T>
template <class Beside>
void Network<T>::hidden_forward(const Linear<T>& layer, Index batch, const T* x, T* y, const T* mask,
                                Workspace<T>& workspace, const Beside& draw_mask) const {
  const Index width = layer.out_features();
  affine_forward(
      batch, x, detail::affine_of(layer, *parameters_), y, workspace.scratch(),
      [=](T* part, Index row, Index column, Index count) {
        if (mask != nullptr) {
          relu_mask_forward(part, mask + row * width + column, part, count);
        } else {
          relu_forward(part, part, count);
        }
      },
      draw_mask);
}

template <Floating T>
void Network<T>::output_forward(Index batch, const T* x, TensorView<T> y, Workspace<T>& workspace,
                                Outputs kind) const {
  affine_forward(batch, x, detail::affine_of(output_, *parameters_), y.data(), workspace.scratch(),
                 [](T*, Index, Index, Index) {});
  if (kind == Outputs::log_probabilities)
    detail::log_softmax_rows<T>(batch, output_size(), y.data(), y.data());
}

template <Floating T>
void Network<T>::hidden_backward(const Linear<T>& layer, Index batch, const T* dy, const T* in, T* dx,
                                 Workspace<T>& workspace) const {
  const Index width = layer.in_features();
  const double p = dropout_.p();
  const T scale = p > 0 && p < 1 ? dropout_scale<T>(p) : T(1);
  affine_backward_input(batch, dy, detail::affine_of(layer, *parameters_), dx, workspace.scratch(),
                        [=](T* part, Index row, Index column, Index count) {
                          relu_mask_backward(in + row * width + column, scale, part, part, count);
                        });
}

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::span<const Index> hidden_layers,
                    const NetworkOptions& options, Generator& generator)
    : Network(input_size, output_size, hidden_layers, options, uninitialised) {
  for (const auto& layer : hidden_) layer.reset_parameters(*parameters_, generator);
  output_.reset_parameters(*parameters_, generator);
}

template <Floating T>
Network<T>::Network(Index input_size, Index output_size, std::initializer_list<Index> hidden_layers,
                    const NetworkOptions& options, Generator& generator)
    : Network(input_size, output_size, std::span<const Index>(hidden_layers.begin(), hidden_layers.size()),
              options, generator) {}

template <Floating T>
TensorView<const T> Network<T>::forward(TensorArg<T> x, Workspace<T>& workspace, Generator& generator) const {
  if (!training_) return predict(x, workspace);
  static_cast<void>(*parameters_);
  check_classes("forward");
  check_input(x.shape());
  T* const copy = workspace.buffer(input_buffer, x.numel());
  std::copy_n(x.data(), x.numel(), copy);
  return training_forward(x.shape()[0], copy, nullptr, workspace, generator);
}

template <Floating T>
TensorView<const T> Network<T>::forward(Borrowed<T> x, Workspace<T>& workspace, Generator& generator) const {
  if (!training_) return predict(x, workspace);
  static_cast<void>(*parameters_);
  check_classes("forward");
  check_input(x.shape());
  return training_forward(x.shape()[0], x.data(), x.data(), workspace, generator);
}

template <Floating T>
TensorView<const T> Network<T>::training_forward(Index batch, const T* input, const T* borrowed,
                                                 Workspace<T>& workspace, Generator& generator) const {
  workspace.recorded() = {};
  const ThreadPool::Burst burst(workspace.scratch().pool());
  const double p = dropout_.p();
  const T* in = input;
  for (std::size_t i = 0; i < hidden_.size(); ++i) {
    const Shape shape{batch, hidden_[i].out_features()};
    T* const mask = p > 0 ? workspace.buffer(mask_buffer, shape.numel()) : nullptr;
    T* const out = workspace.buffer(first_activation + i, shape.numel());
    hidden_forward(hidden_[i], batch, in, out, mask, workspace, [&] {
      if (mask != nullptr) dropout_mask(TensorView<T>(mask, shape), p, generator);
    });
    in = out;
  }
  const Shape shape{batch, output_size()};
  const std::size_t place = workspace.result_beside(input);
  const TensorView<T> result(workspace.result(place, shape.numel()), shape);
  output_forward(batch, in, result, workspace, Outputs::log_probabilities);
  workspace.recorded() = {parameters_.share(), batch, place, borrowed};
  return result;
}

template <Floating T>
std::ostream& Network<T>::print(std::ostream& out) const {
  out << "Network(\n  (hidden_layers): ModuleList(";
  for (std::size_t i = 0; i < hidden_.size();) {
    // PyTorch 2 merges consecutive children that print the same.
    std::size_t end = i + 1;
    while (end < hidden_.size() && hidden_[end].in_features() == hidden_[i].in_features() &&
           hidden_[end].out_features() == hidden_[i].out_features()) {
      ++end;
    }
    out << "\n    (" << i;
    if (end - i > 1) out << '-' << end - 1;
    out << "): ";
    if (end - i > 1) out << end - i << " x ";
    out << hidden_[i];
    i = end;
  }
  out << (hidden_.empty() ? ")" : "\n  )");
  return out << "\n  (output): " << output_ << "\n  (dropout): " << dropout_ << "\n)";
}

#ifdef WICK_COMPILED
template class Network<float>;
template class Network<double>;
#endif

WICK_END_NAMESPACE
