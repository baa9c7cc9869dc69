#pragma once

// Cases in which the library is not as PyTorch: on purpose, or not yet. They are known by what goes wrong.

#include <array>
#include <string_view>

namespace conformance {

struct Exception {
  std::string_view kind;
  std::string_view name;
  std::string_view text;  ///< part of the case's name and of what is wrong
  bool on_purpose;        ///< else it is not supported yet
  std::string_view reason;
};

inline constexpr bool on_purpose = true;
inline constexpr bool not_yet = false;

inline constexpr std::array exceptions{
    Exception{"operation", "maximum", "error/", on_purpose,
              "takes numbers too, where PyTorch demands tensors"},
    Exception{"operation", "minimum", "error/", on_purpose,
              "takes numbers too, where PyTorch demands tensors"},
    Exception{"operation", "topk", "result 1: another element", on_purpose,
              "of equal elements those that come first; PyTorch's order is not defined"},
    Exception{"operation", "kthvalue", "result 1: another element", on_purpose,
              "of equal elements those that come first; PyTorch's order is not defined"},
    Exception{"operation", "median", "result 1: another element", on_purpose,
              "of equal elements those that come first; PyTorch's order is not defined"},
    Exception{"operation", "any", "uint8, expected", on_purpose,
              "of uint8 PyTorch makes uint8, this library a truth value"},
    Exception{"operation", "all", "uint8, expected", on_purpose,
              "of uint8 PyTorch makes uint8, this library a truth value"},
    Exception{"operation", "any", "bool, expected uint8", on_purpose,
              "of uint8 PyTorch makes uint8, this library a truth value"},
    Exception{"operation", "all", "bool, expected uint8", on_purpose,
              "of uint8 PyTorch makes uint8, this library a truth value"},

    Exception{"operation", "addmv", "float32, expected", on_purpose,
              "a fraction makes floats of integers, where PyTorch cuts it"},
    Exception{"operation", "addmm", "float32, expected", on_purpose,
              "a fraction makes floats of integers, where PyTorch cuts it"},
    Exception{"operation", "baddbmm", "float32, expected", on_purpose,
              "a fraction makes floats of integers, where PyTorch cuts it"},
    Exception{"operation", "index_put", "gradient by input 1", on_purpose,
              "of values for equal indices only that which stays has a derivative"},
    Exception{"loss", "CrossEntropyLoss", "weights must be finite and >= 0", on_purpose,
              "weights of classes are at least 0"},
    Exception{"operation", "nn.functional.nll_loss", "weights must be finite and >= 0", on_purpose,
              "weights of classes are at least 0"},
    Exception{"operation", "nn.functional.cross_entropy", "weights must be finite and >= 0", on_purpose,
              "weights of classes are at least 0"},
    Exception{"operation", "nn.functional.multilabel_soft_margin_loss", "inconsistent weight size", not_yet,
              "weights for each element"},
    Exception{"operation", "nn.functional.gaussian_nll_loss", "expected a target of the input's shape",
              on_purpose, "nothing broadcasts in a loss"},
};

}  // namespace conformance
