#pragma once

// Tensors and shapes as PyTorch prints them.

#include <wick/base/detail/compiled.hpp>
#include <wick/tensor/any_tensor.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <ostream>
#include <string>
#include <type_traits>

WICK_BEGIN_NAMESPACE

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

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/tensor/print.ipp>
#endif
