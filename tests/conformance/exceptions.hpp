#pragma once

// Cases in which the library is not as PyTorch: on purpose. They are known by what goes wrong.

#include <array>
#include <string_view>

namespace conformance {

struct Exception {
  std::string_view kind;
  std::string_view name;
  std::string_view text;  ///< part of the case's name and of what is wrong
  std::string_view reason;
};

inline constexpr std::array exceptions{
    Exception{"operation", "maximum", "error/", "takes numbers too, where PyTorch demands tensors"},
    Exception{"operation", "minimum", "error/", "takes numbers too, where PyTorch demands tensors"},
    Exception{"operation", "any", "uint8, expected",
              "of uint8 PyTorch makes uint8, this library a truth value"},
    Exception{"operation", "all", "uint8, expected",
              "of uint8 PyTorch makes uint8, this library a truth value"},
    Exception{"operation", "any", "bool, expected uint8",
              "of uint8 PyTorch makes uint8, this library a truth value"},
    Exception{"operation", "all", "bool, expected uint8",
              "of uint8 PyTorch makes uint8, this library a truth value"},

    Exception{"operation", "index_put", "gradient by input 1",
              "of values for equal indices only that which stays has a derivative"},
    // At the edges: edges.py.
    Exception{"module", "CELU", "/nan: gradient by input 0",
              "there is no derivative at NaN: PyTorch's vectors and what is left of them differ"},
    Exception{"module", "ELU", "/nan: gradient by input 0",
              "there is no derivative at NaN: PyTorch's vectors and what is left of them differ"},
    Exception{"module", "Hardswish", "/nan: gradient by input 0",
              "there is no derivative at NaN: PyTorch's vectors and what is left of them differ"},
    Exception{"module", "SELU", "/nan: gradient by input 0",
              "there is no derivative at NaN: PyTorch's vectors and what is left of them differ"},
    Exception{"operation", "nn.functional.celu", "/nan: gradient by input 0",
              "there is no derivative at NaN: PyTorch's vectors and what is left of them differ"},
    Exception{"operation", "nn.functional.elu", "/nan: gradient by input 0",
              "there is no derivative at NaN: PyTorch's vectors and what is left of them differ"},
    Exception{"operation", "nn.functional.hardswish", "/nan: gradient by input 0",
              "there is no derivative at NaN: PyTorch's vectors and what is left of them differ"},
    Exception{"operation", "nn.functional.selu", "/nan: gradient by input 0",
              "there is no derivative at NaN: PyTorch's vectors and what is left of them differ"},
    Exception{"operation", "nn.functional.relu6", "/nan: gradient by input 0",
              "at NaN as the module ReLU6, from which PyTorch's function differs"},
    Exception{"operation", "nn.functional.relu6", "/infinite: gradient by input 0",
              "at the bounds as the module ReLU6, from which PyTorch's function differs"},
    Exception{"operation", "clamp", "/nan: gradient by input 2", "beside a NaN among the other bounds"},
    Exception{"loss", "BCEWithLogitsLoss", "/infinite: gradient by input 0",
              "NaN for infinite scores, as of log_softmax"},
    Exception{"operation", "nn.functional.binary_cross_entropy_with_logits", "/infinite: gradient by input 0",
              "NaN for infinite scores, as of log_softmax"},
    Exception{"loss", "SoftMarginLoss", "/infinite: gradient by input 0",
              "the limit, where PyTorch divides infinities"},
    Exception{"operation", "nn.functional.soft_margin_loss", "/infinite: gradient by input 0",
              "the limit, where PyTorch divides infinities"},
    Exception{"operation", "copysign", "gradient by input 0",
              "the sign, where PyTorch divides infinities and NaN"},
    Exception{"module", "InstanceNorm1d", "/empty/eval: throws", "other channels than num_features"},
    Exception{"operation", "cdist", "/infinite: result 0",
              "with p = 0 infinities and NaN count as differences, as of dist"},
    Exception{"operation", "cdist", "/nan: result 0",
              "with p = 0 infinities and NaN count as differences, as of dist"},
    Exception{"operation", "cumprod", "/infinite: gradient by input",
              "products with infinities, zeros and NaN in another order"},
    Exception{"operation", "prod", "/infinite: gradient by input",
              "products with infinities, zeros and NaN in another order"},
    Exception{"operation", "scatter_reduce.prod", "/infinite: gradient by input",
              "products with infinities, zeros and NaN in another order"},
    Exception{"operation", "__rdiv__", "/infinite: gradient by input",
              "products with infinities, zeros and NaN in another order"},
    Exception{"operation", "__rmod__", "/infinite: gradient by input",
              "products with infinities, zeros and NaN in another order"},
    Exception{"operation", "logcumsumexp", "/infinite: gradient by input",
              "products with infinities, zeros and NaN in another order"},
    Exception{"operation", "scatter_reduce.prod", "/nan: gradient by input",
              "products with infinities, zeros and NaN in another order"},
    Exception{"operation", "logcumsumexp", "/nan: gradient by input",
              "products with infinities, zeros and NaN in another order"},
    Exception{"operation", "max.reduction_no_dim", "/nan: gradient by input 0",
              "of NaN the derivative is NaN, or that of the element that was found"},
    Exception{"operation", "min.reduction_no_dim", "/nan: gradient by input 0",
              "of NaN the derivative is NaN, or that of the element that was found"},
    Exception{"operation", "norm.inf", "/nan: gradient by input 0",
              "of NaN the derivative is NaN, or that of the element that was found"},
    Exception{"operation", "quantile", "/nan: gradient by input 0",
              "of NaN the derivative is NaN, or that of the element that was found"},
    Exception{"operation", "median", "gradient by input 0",
              "of equal elements that which was found has the derivative"},
    Exception{"operation", "median", "/empty: throws", "of nothing there is no median"},
    Exception{"operation", "mode", "/nan: result 0", "NaN is never the most frequent element"},
    Exception{"operation", "renorm", "/nan: result 0", "a slice with a NaN becomes NaN"},
    Exception{"operation", "take_along_dim", "/row: throws", "PyTorch reads beyond the end"},
    Exception{"operation", "logit", "/infinite: gradient by input 0",
              "where the value is NaN, the derivative is that of the formula"},
    Exception{"operation", "nn.functional.embedding_bag", "/infinite: gradient by input 0",
              "0 times what is not finite"},
    Exception{"operation", "nn.functional.embedding_bag", "/nan: gradient by input 0",
              "0 times what is not finite"},
};

}  // namespace conformance
