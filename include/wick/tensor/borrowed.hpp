#pragma once

// Inputs that are not copied.

#include <wick/tensor/tensor.hpp>

#include <type_traits>

WICK_BEGIN_NAMESPACE

/// An input that the caller keeps as it is until backward(): `model(wick::Borrowed(x))` takes no copy of it.
/// For loops that own their batches; the memory must not be freed or changed before.
template <class T>
struct Borrowed : TensorView<const T> {
  /// Of a view.
  explicit Borrowed(const TensorView<const T>& input) noexcept : TensorView<const T>(input) {}
  explicit Borrowed(const TensorView<T>& input) noexcept : TensorView<const T>(input) {}
  /// Of a tensor, which has to live as long: no temporary one.
  explicit Borrowed(const Tensor<T>& input) noexcept : TensorView<const T>(input) {}
  explicit Borrowed(const Tensor<T>&& input) = delete;
};
template <class T>
Borrowed(const TensorView<T>&) -> Borrowed<std::remove_const_t<T>>;

WICK_END_NAMESPACE
