#pragma once

// Tensors and shapes as PyTorch prints them.

#include <wick/core/any_tensor.hpp>
#include <wick/core/compiled.hpp>
#include <wick/core/shape.hpp>
#include <wick/core/tensor.hpp>

#include <ostream>
#include <string>
#include <type_traits>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {
template <class T>
std::string tensor_text(TensorView<const T> t);
}  // namespace detail

/// `torch.Size([2, 3])`.
inline std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.torch_str(); }

/// `tensor([[1.0000, 2.5000]])`: what Python's print() shows with PyTorch's default
/// options, in every locale. More than 1000 elements are summarised.
/// Rules: https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html
template <class T>
std::ostream& operator<<(std::ostream& out, const TensorView<T>& t) {
  return out << detail::tensor_text<std::remove_const_t<T>>(t);
}
template <class T>
std::ostream& operator<<(std::ostream& out, const Tensor<T>& t) {
  return out << detail::tensor_text<T>(t.view());
}
std::ostream& operator<<(std::ostream& out, const AnyTensor& t);

}  // namespace wick::inline WICK_ABI_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/core/print.ipp>
#endif
