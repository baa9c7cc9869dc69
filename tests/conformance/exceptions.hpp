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
    Exception{"operation", "topk", "result 1: another element",
              "of equal elements those that come first; PyTorch's order is not defined"},
    Exception{"operation", "kthvalue", "result 1: another element",
              "of equal elements those that come first; PyTorch's order is not defined"},
    Exception{"operation", "median", "result 1: another element",
              "of equal elements those that come first; PyTorch's order is not defined"},
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
};

}  // namespace conformance
