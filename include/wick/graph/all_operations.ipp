#pragma once

// Definitions of graph/all_operations.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/graph/activations.hpp>
#include <wick/graph/all_operations.hpp>
#include <wick/graph/angles.hpp>
#include <wick/graph/clamp.hpp>
#include <wick/graph/cumsum.hpp>
#include <wick/graph/describe.hpp>
#include <wick/graph/elementwise.hpp>
#include <wick/graph/embedding.hpp>
#include <wick/graph/extremes.hpp>
#include <wick/graph/functions.hpp>
#include <wick/graph/index.hpp>
#include <wick/graph/join.hpp>
#include <wick/graph/linear.hpp>
#include <wick/graph/logcumsumexp.hpp>
#include <wick/graph/matmul.hpp>
#include <wick/graph/normalisation.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/pairs.hpp>
#include <wick/graph/parts.hpp>
#include <wick/graph/pow.hpp>
#include <wick/graph/products.hpp>
#include <wick/graph/remainder.hpp>
#include <wick/graph/select.hpp>
#include <wick/graph/shapes.hpp>
#include <wick/graph/signs.hpp>
#include <wick/graph/special.hpp>

#include <array>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr std::array operation_table{
    &add_operation<T>,
    &sub_operation<T>,
    &mul_operation<T>,
    &div_operation<T>,
    &add_number_operation<T>,
    &mul_number_operation<T>,
    &div_number_operation<T>,
    &exp_operation<T>,
    &log_operation<T>,
    &tanh_operation<T>,
    &sigmoid_operation<T>,
    &relu_operation<T>,
    &gelu_tanh_operation<T>,
    &square_operation<T>,
    &dropout_operation<T>,
    &function_operation<Sqrt, T>,
    &function_operation<Rsqrt, T>,
    &function_operation<Reciprocal, T>,
    &function_operation<Expm1, T>,
    &function_operation<Log1p, T>,
    &function_operation<Log2, T>,
    &function_operation<Log10, T>,
    &function_operation<Sin, T>,
    &function_operation<Cos, T>,
    &function_operation<Tan, T>,
    &function_operation<Abs, T>,
    &function_operation<Sign, T>,
    &function_operation<Floor, T>,
    &function_operation<Ceil, T>,
    &function_operation<Trunc, T>,
    &function_operation<Round, T>,
    &function_operation<Asin, T>,
    &function_operation<Acos, T>,
    &function_operation<Atan, T>,
    &function_operation<Sinh, T>,
    &function_operation<Cosh, T>,
    &function_operation<Asinh, T>,
    &function_operation<Acosh, T>,
    &function_operation<Atanh, T>,
    &function_operation<Sinc, T>,
    &function_operation<Exp2, T>,
    &function_operation<Erf, T>,
    &function_operation<Erfc, T>,
    &function_operation<Erfinv, T>,
    &function_operation<Lgamma, T>,
    &function_operation<Digamma, T>,
    &function_operation<Logit, T>,
    &pair_operation<Atan2, T>,
    &pair_operation<Hypot, T>,
    &pair_operation<Fmod, T>,
    &pair_operation<FloorDivide, T>,
    &pair_operation<TruncDivide, T>,
    &pair_operation<Logaddexp, T>,
    &pair_operation<Logaddexp2, T>,
    &pair_operation<Xlogy, T>,
    &pair_operation<Copysign, T>,
    &pair_operation<Fmax, T>,
    &pair_operation<Fmin, T>,
    &pair_operation<Heaviside, T>,
    &pair_operation<ClampMin, T>,
    &pair_operation<ClampMax, T>,
    &polygamma_operation<T>,
    &replace_operation<ReplaceNan, T>,
    &replace_operation<ReplacePosinf, T>,
    &replace_operation<ReplaceNeginf, T>,
    &pow_operation<T>,
    &pow_number_operation<T>,
    &remainder_operation<T>,
    &extreme_operation<LargestOperation<T>, T>,
    &extreme_operation<LeastOperation<T>, T>,
    &cumsum_operation<T>,
    &cumprod_operation<T>,
    &logcumsumexp_operation<T>,
    &extreme_operation<ProductOperation<T>, T>,
    &maximum_operation<T>,
    &minimum_operation<T>,
    &chosen_operation<T>,
    &index_select_operation<T>,
    &index_add_operation<T>,
    &narrow_operation<T>,
    &permute_operation<T>,
    &cat_operation<T>,
    &reshape_operation<T>,
    &expand_operation<T>,
    &sum_to_operation<T>,
    &linear_operation<T>,
    &product_operation<Trans::no, Trans::no, T>,
    &product_operation<Trans::no, Trans::yes, T>,
    &product_operation<Trans::yes, Trans::no, T>,
    &bmm_operation<T>,
    &log_softmax_operation<T>,
    &softmax_operation<T>,
    &layer_norm_operation<T>,
    &activation_operation<LeakyRelu, T>,
    &activation_operation<Elu, T>,
    &activation_operation<Selu, T>,
    &activation_operation<Celu, T>,
    &activation_operation<Silu, T>,
    &activation_operation<Gelu, T>,
    &activation_operation<Mish, T>,
    &activation_operation<Softplus, T>,
    &activation_operation<LogSigmoid, T>,
    &activation_operation<HardtanhMin, T>,
    &activation_operation<HardtanhMax, T>,
    &activation_operation<Hardsigmoid, T>,
    &activation_operation<Hardswish, T>,
    &activation_operation<Hardshrink, T>,
    &activation_operation<Softshrink, T>,
    &activation_operation<AtLeast, T>,
    &activation_operation<Huber, T>,
    &threshold_operation<T>,
    &prelu_operation<T>,
    &alpha_dropout_operation<T>,
    &feature_alpha_dropout_operation<T>,
    &embedding_operation<T>,
};

}  // namespace detail

template <Floating T>
OperationTable<T> all_operations() noexcept {
  return detail::operation_table<T>;
}

#ifdef WICK_COMPILED
template OperationTable<float> all_operations() noexcept;
template OperationTable<double> all_operations() noexcept;
#endif

WICK_END_NAMESPACE
