#pragma once

// Definitions of autograd/replay.hpp.

#include <wick/autograd/activations.hpp>
#include <wick/autograd/angles.hpp>
#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/clamp.hpp>
#include <wick/autograd/cumsum.hpp>
#include <wick/autograd/dropout.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/embedding.hpp>
#include <wick/autograd/extremes.hpp>
#include <wick/autograd/functions.hpp>
#include <wick/autograd/index.hpp>
#include <wick/autograd/join.hpp>
#include <wick/autograd/layer_norm.hpp>
#include <wick/autograd/linear.hpp>
#include <wick/autograd/log_softmax.hpp>
#include <wick/autograd/logcumsumexp.hpp>
#include <wick/autograd/matmul.hpp>
#include <wick/autograd/pairs.hpp>
#include <wick/autograd/pow.hpp>
#include <wick/autograd/products.hpp>
#include <wick/autograd/remainder.hpp>
#include <wick/autograd/replay.hpp>
#include <wick/autograd/select.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/autograd/signs.hpp>
#include <wick/autograd/softmax.hpp>
#include <wick/autograd/special.hpp>
#include <wick/base/detail/at_end.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/graph/all_operations.hpp>
#include <wick/graph/normalisation.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The indices of a step, behind its dimension.
template <Floating T>
[[nodiscard]] Tensor<std::int64_t> replayed_index(const Replayed<T>& s) {
  Tensor<std::int64_t> index({static_cast<Index>(s.attributes.size()) - 1});
  std::ranges::copy(s.attributes.subspan(1), index.data());
  return index;
}

template <class Function, Floating T>
inline constexpr RecordedOperation<T> recorded_activation{
    &activation_operation<Function, T>,
    [](const Replayed<T>& s) { return activated(Function(), s.in[0], static_cast<double>(s.number)); }};

template <class Function, Floating T>
inline constexpr RecordedOperation<T> recorded_function{
    &function_operation<Function, T>, [](const Replayed<T>& s) { return applied(Function(), s.in[0]); }};
template <class Function, Floating T>
inline constexpr RecordedOperation<T> recorded_pair{
    &pair_operation<Function, T>, [](const Replayed<T>& s) { return applied(Function(), s.in[0], s.in[1]); }};
template <class Which, Floating T>
inline constexpr RecordedOperation<T> recorded_replacement{
    &replace_operation<Which, T>, [](const Replayed<T>& s) { return replaced(Which(), s.in[0], s.number); }};
/// The products that leave this shape, which x is reduced to one dimension after the other.
template <Floating T>
[[nodiscard]] Var<T> replayed_product(const Var<T>& x, const Shape& shape) {
  const Shape whole = x.shape();
  Var<T> y = x;
  for (std::size_t d = 0; d < whole.dim(); ++d) {
    if (size_from_end(shape, whole.dim() - 1 - d) != whole.dims()[d]) y = multiplied(ProductAlong{d}, y);
  }
  return reshape(y, shape);
}
template <Floating T>
[[nodiscard]] Var<T> replayed_polygamma(const Replayed<T>& s) {
  if (!(s.number >= T(0) && s.number <= T(100))) throw OptionError("polygamma: no such derivative");
  return polygamma(static_cast<Index>(s.number), s.in[0]);
}
template <class Reduction, Floating T>
inline constexpr RecordedOperation<T> recorded_extreme{
    &extreme_operation<Reduction, T>,
    [](const Replayed<T>& s) { return extreme_to(Reduction(), s.in[0], Shape(s.attributes)); }};

template <Floating T>
inline constexpr std::array recorded_table{
    RecordedOperation<T>{&add_operation<T>, [](const Replayed<T>& s) { return add(s.in[0], s.in[1]); }},
    RecordedOperation<T>{&sub_operation<T>, [](const Replayed<T>& s) { return sub(s.in[0], s.in[1]); }},
    RecordedOperation<T>{&mul_operation<T>, [](const Replayed<T>& s) { return mul(s.in[0], s.in[1]); }},
    RecordedOperation<T>{&div_operation<T>, [](const Replayed<T>& s) { return div(s.in[0], s.in[1]); }},
    RecordedOperation<T>{&add_number_operation<T>,
                         [](const Replayed<T>& s) { return add(s.in[0], s.number); }},
    RecordedOperation<T>{&mul_number_operation<T>,
                         [](const Replayed<T>& s) { return mul(s.in[0], s.number); }},
    RecordedOperation<T>{&div_number_operation<T>,
                         [](const Replayed<T>& s) { return div(s.in[0], s.number); }},
    RecordedOperation<T>{&exp_operation<T>, [](const Replayed<T>& s) { return exp(s.in[0]); }},
    RecordedOperation<T>{&log_operation<T>, [](const Replayed<T>& s) { return log(s.in[0]); }},
    RecordedOperation<T>{&tanh_operation<T>, [](const Replayed<T>& s) { return tanh(s.in[0]); }},
    RecordedOperation<T>{&sigmoid_operation<T>, [](const Replayed<T>& s) { return sigmoid(s.in[0]); }},
    RecordedOperation<T>{&relu_operation<T>, [](const Replayed<T>& s) { return relu(s.in[0]); }},
    RecordedOperation<T>{&gelu_tanh_operation<T>, [](const Replayed<T>& s) { return gelu_tanh(s.in[0]); }},
    RecordedOperation<T>{&square_operation<T>, [](const Replayed<T>& s) { return square(s.in[0]); }},
    RecordedOperation<T>{
        &dropout_operation<T>,
        [](const Replayed<T>& s) { return dropout(s.in[0], static_cast<double>(s.number)); }},
    recorded_function<Sqrt, T>,
    recorded_function<Rsqrt, T>,
    recorded_function<Reciprocal, T>,
    recorded_function<Expm1, T>,
    recorded_function<Log1p, T>,
    recorded_function<Log2, T>,
    recorded_function<Log10, T>,
    recorded_function<Sin, T>,
    recorded_function<Cos, T>,
    recorded_function<Tan, T>,
    recorded_function<Abs, T>,
    recorded_function<Sign, T>,
    recorded_function<Floor, T>,
    recorded_function<Ceil, T>,
    recorded_function<Trunc, T>,
    recorded_function<Round, T>,
    recorded_function<Asin, T>,
    recorded_function<Acos, T>,
    recorded_function<Atan, T>,
    recorded_function<Sinh, T>,
    recorded_function<Cosh, T>,
    recorded_function<Asinh, T>,
    recorded_function<Acosh, T>,
    recorded_function<Atanh, T>,
    recorded_function<Sinc, T>,
    recorded_function<Exp2, T>,
    recorded_function<Erf, T>,
    recorded_function<Erfc, T>,
    recorded_function<Erfinv, T>,
    recorded_function<Lgamma, T>,
    recorded_function<Digamma, T>,
    recorded_function<Logit, T>,
    recorded_pair<Atan2, T>,
    recorded_pair<Hypot, T>,
    recorded_pair<Fmod, T>,
    recorded_pair<FloorDivide, T>,
    recorded_pair<TruncDivide, T>,
    recorded_pair<Logaddexp, T>,
    recorded_pair<Logaddexp2, T>,
    recorded_pair<Xlogy, T>,
    recorded_pair<Copysign, T>,
    recorded_pair<Fmax, T>,
    recorded_pair<Fmin, T>,
    recorded_pair<Heaviside, T>,
    recorded_pair<ClampMin, T>,
    recorded_pair<ClampMax, T>,
    recorded_replacement<ReplaceNan, T>,
    recorded_replacement<ReplacePosinf, T>,
    recorded_replacement<ReplaceNeginf, T>,
    RecordedOperation<T>{&polygamma_operation<T>, [](const Replayed<T>& s) { return replayed_polygamma(s); }},
    RecordedOperation<T>{&pow_operation<T>, [](const Replayed<T>& s) { return pow(s.in[0], s.in[1]); }},
    RecordedOperation<T>{&pow_number_operation<T>,
                         [](const Replayed<T>& s) { return pow(s.in[0], s.number); }},
    RecordedOperation<T>{&remainder_operation<T>,
                         [](const Replayed<T>& s) { return remainder(s.in[0], s.in[1]); }},
    recorded_extreme<LargestOperation<T>, T>,
    recorded_extreme<LeastOperation<T>, T>,
    RecordedOperation<T>{&extreme_operation<ProductOperation<T>, T>,
                         [](const Replayed<T>& s) { return replayed_product(s.in[0], Shape(s.attributes)); }},
    RecordedOperation<T>{&cumprod_operation<T>,
                         [](const Replayed<T>& s) {
                           return multiplied(RunningProduct{s.attributes[0], s.number == T(1)}, s.in[0]);
                         }},
    RecordedOperation<T>{&logcumsumexp_operation<T>,
                         [](const Replayed<T>& s) { return summed(RunningLog{s.attributes[0]}, s.in[0]); }},
    RecordedOperation<T>{&cumsum_operation<T>,
                         [](const Replayed<T>& s) {
                           return summed(RunningSum{s.attributes[0], s.number == T(1)}, s.in[0]);
                         }},
    RecordedOperation<T>{&maximum_operation<T>,
                         [](const Replayed<T>& s) { return maximum(s.in[0], s.in[1]); }},
    RecordedOperation<T>{&minimum_operation<T>,
                         [](const Replayed<T>& s) { return minimum(s.in[0], s.in[1]); }},
    RecordedOperation<T>{&chosen_operation<T>,
                         [](const Replayed<T>& s) { return chosen(s.in[1], s.in[0], s.number == T(1)); }},
    RecordedOperation<T>{
        &index_select_operation<T>,
        [](const Replayed<T>& s) { return index_select(s.in[0], s.attributes[0], replayed_index(s)); }},
    RecordedOperation<T>{
        &index_add_operation<T>,
        [](const Replayed<T>& s) { return index_add(s.in[0], s.attributes[0], replayed_index(s), s.in[1]); }},
    RecordedOperation<T>{&narrow_operation<T>,
                         [](const Replayed<T>& s) {
                           return narrow(s.in[0], s.attributes[0], s.attributes[1], s.attributes[2]);
                         }},
    RecordedOperation<T>{&permute_operation<T>,
                         [](const Replayed<T>& s) { return permute(s.in[0], s.attributes); }},
    RecordedOperation<T>{&cat_operation<T>, [](const Replayed<T>& s) { return cat(s.in, s.attributes[0]); }},
    RecordedOperation<T>{&reshape_operation<T>,
                         [](const Replayed<T>& s) { return reshape(s.in[0], Shape(s.attributes)); }},
    RecordedOperation<T>{&expand_operation<T>,
                         [](const Replayed<T>& s) { return expand(s.in[0], Shape(s.attributes)); }},
    RecordedOperation<T>{&sum_to_operation<T>,
                         [](const Replayed<T>& s) { return sum_to(s.in[0], Shape(s.attributes)); }},
    RecordedOperation<T>{&linear_operation<T>,
                         [](const Replayed<T>& s) { return linear(s.in[0], s.in[1], s.in[2]); }},
    RecordedOperation<T>{
        &product_operation<Trans::no, Trans::no, T>,
        [](const Replayed<T>& s) { return product<Trans::no, Trans::no>(s.in[0], s.in[1]); }},
    RecordedOperation<T>{
        &product_operation<Trans::no, Trans::yes, T>,
        [](const Replayed<T>& s) { return product<Trans::no, Trans::yes>(s.in[0], s.in[1]); }},
    RecordedOperation<T>{
        &product_operation<Trans::yes, Trans::no, T>,
        [](const Replayed<T>& s) { return product<Trans::yes, Trans::no>(s.in[0], s.in[1]); }},
    RecordedOperation<T>{&bmm_operation<T>,
                         [](const Replayed<T>& s) { return products(EachProduct(), s.in[0], s.in[1]); }},
    RecordedOperation<T>{&log_softmax_operation<T>,
                         [](const Replayed<T>& s) { return log_softmax(s.in[0]); }},
    RecordedOperation<T>{&softmax_operation<T>, [](const Replayed<T>& s) { return softmax(s.in[0]); }},
    RecordedOperation<T>{
        &layer_norm_operation<T>,
        [](const Replayed<T>&
               s) { return layer_norm(s.in[0], s.in[1], s.in[2], static_cast<double>(s.number)); }},
    recorded_activation<LeakyRelu, T>,
    recorded_activation<Elu, T>,
    recorded_activation<Selu, T>,
    recorded_activation<Celu, T>,
    recorded_activation<Silu, T>,
    recorded_activation<Gelu, T>,
    recorded_activation<Mish, T>,
    recorded_activation<Softplus, T>,
    recorded_activation<LogSigmoid, T>,
    recorded_activation<HardtanhMin, T>,
    recorded_activation<HardtanhMax, T>,
    recorded_activation<Hardsigmoid, T>,
    recorded_activation<Hardswish, T>,
    recorded_activation<Hardshrink, T>,
    recorded_activation<Softshrink, T>,
    recorded_activation<AtLeast, T>,
    recorded_activation<Huber, T>,
    RecordedOperation<T>{
        &threshold_operation<T>,
        [](const Replayed<T>&
               s) { return activated(Threshold(), s.in[0], static_cast<double>(s.number), s.in[1]); }},
    RecordedOperation<T>{&prelu_operation<T>,
                         [](const Replayed<T>& s) { return activated(Prelu(), s.in[0], s.in[1]); }},
    RecordedOperation<T>{
        &alpha_dropout_operation<T>,
        [](const Replayed<T>& s) { return alpha_dropout(s.in[0], static_cast<double>(s.number)); }},
    RecordedOperation<T>{
        &feature_alpha_dropout_operation<T>,
        [](const Replayed<T>& s) { return feature_alpha_dropout(s.in[0], static_cast<double>(s.number)); }},
    RecordedOperation<T>{&embedding_operation<T>,
                         [](const Replayed<T>& s) { return embedding(s.in[0], s.in[1]); }},
};

/// What replay() works with; kept by each thread, so that a later call allocates nothing.
template <Floating T>
struct ReplayMemory {
  std::vector<Var<T>> values;  // of each step
  std::vector<Index> attributes;
};

/// The number of samples of all inputs, which are checked.
template <Floating T>
[[nodiscard]] Index replayed_rows(const Program<T>& program, std::span<const Var<T>> inputs) {
  const Shape first = inputs[0].shape();
  const Index rows = first.dim() == 0 ? 0 : first.dims()[0];
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Shape shape = inputs[i].shape();
    if (shape.dim() > 0 && shape == program.input_shape(i, rows)) continue;
    const Step<T>& step = program.steps()[static_cast<std::size_t>(program.inputs()[i])];
    throw ShapeError("program: expected input " + std::to_string(i) + " of shape " +
                     program_shape(step.shape) + ", * for " + std::to_string(rows) + " samples, got " +
                     shape.str());
  }
  return rows;
}

}  // namespace detail

template <Floating T>
std::span<const RecordedOperation<T>> recorded_operations() noexcept {
  return detail::recorded_table<T>;
}

template <Floating T>
void replay(const Program<T>& program, std::span<const Slot> parameters, std::span<const Var<T>> inputs,
            std::span<Var<T>> outputs) {
  using Leaf = typename Step<T>::Leaf;
  if (inputs.size() != program.inputs().size() || inputs.empty() ||
      outputs.size() != program.outputs().size()) {
    throw Error("program: expected " + std::to_string(program.inputs().size()) + " inputs and " +
                std::to_string(program.outputs().size()) + " outputs, got " + std::to_string(inputs.size()) +
                " and " + std::to_string(outputs.size()));
  }
  const Index rows = detail::replayed_rows(program, inputs);
  Tape<T>& tape = inputs[0].tape();
  thread_local detail::ReplayMemory<T> memory;
  std::vector<Var<T>>& values = memory.values;
  std::vector<Index>& attributes = memory.attributes;
  const detail::AtEnd clear([] { memory.values.clear(); });
  values.reserve(program.steps().size());
  std::size_t next = 0;
  const auto recorded = [&](const Step<T>& s) -> Var<T> {
    switch (s.leaf) {
      case Leaf::input:
        return inputs[static_cast<std::size_t>(s.place)];
      case Leaf::parameter:
        if (next >= parameters.size()) throw Error("program: it reads more parameters than were given");
        return tape.parameter(parameters[next++]);
      case Leaf::constant:
        return tape.constant(TensorView<const T>(program.constants().data() + s.place, s.shape));
      case Leaf::none:
        break;
    }
    const auto& table = detail::recorded_table<T>;
    const auto found = std::ranges::find(table, s.operation, &RecordedOperation<T>::operation);
    if (found == table.end())
      throw Error(std::string("program: ") + s.operation->name + " cannot be recorded on a tape");
    std::array<Var<T>, 3> in;
    const auto count = static_cast<std::size_t>(s.operation->operands);
    for (std::size_t k = 0; k < count; ++k) in[k] = values[static_cast<std::size_t>(s.in[k])];
    attributes.assign(s.attributes.begin(), s.attributes.end());
    for (Index& size : attributes) {
      if (detail::counts_samples(size)) size = size / any_rows * rows;
    }
    return found->record({std::span<const Var<T>>(in.data(), count), s.number, attributes});
  };
  for (const Step<T>& s : program.steps()) values.push_back(recorded(s));
  for (std::size_t i = 0; i < outputs.size(); ++i)
    outputs[i] = values[static_cast<std::size_t>(program.outputs()[i])];
}

#ifdef WICK_COMPILED
template std::span<const RecordedOperation<float>> recorded_operations() noexcept;
template std::span<const RecordedOperation<double>> recorded_operations() noexcept;
template void replay(const Program<float>&, std::span<const Slot>, std::span<const Var<float>>,
                     std::span<Var<float>>);
template void replay(const Program<double>&, std::span<const Slot>, std::span<const Var<double>>,
                     std::span<Var<double>>);
#endif

WICK_END_NAMESPACE
