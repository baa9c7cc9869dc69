#pragma once

// A tensor whose element type is known at run time: what files and state dicts hold.

#include <wick/tensor/dtype.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Immutable row-major tensor of any DType over shared bytes.
///
/// Because nobody can change the bytes, copies share them: a state dict costs one
/// copy of the parameters, and tensors read from a file are views into the one
/// block that holds the file.
class AnyTensor {
 public:
  AnyTensor() : shape_{0} {}

  /// Views `bytes`, which `owner` keeps alive. Throws ShapeError unless
  /// bytes.size() == shape.numel() * item_size(dtype).
  AnyTensor(DType dtype, const Shape& shape, std::span<const std::byte> bytes,
            std::shared_ptr<const void> owner);

  // No moves: a moved-from tensor would keep its span but not its owner. Copies are
  // as cheap.
  AnyTensor(const AnyTensor&) = default;
  AnyTensor& operator=(const AnyTensor&) = default;
  ~AnyTensor() = default;

  /// A copy of a typed tensor.
  template <class T>
  [[nodiscard]] static AnyTensor copy_of(TensorView<const T> view) {
    auto data = std::make_shared<const Tensor<T>>(view);
    const auto bytes = std::as_bytes(data->span());
    return {dtype_of<T>, view.shape(), bytes, std::move(data)};
  }
  template <class T>
  [[nodiscard]] static AnyTensor copy_of(const Tensor<T>& tensor) {
    return copy_of(tensor.view());
  }

  /// Type of the elements.
  [[nodiscard]] DType dtype() const noexcept { return dtype_; }
  /// Sizes of the dimensions.
  [[nodiscard]] const Shape& shape() const& noexcept { return shape_; }
  [[nodiscard]] Shape shape() const&& noexcept { return shape_; }
  /// Number of elements.
  [[nodiscard]] Index numel() const noexcept { return shape_.numel(); }
  /// The elements as they lie in memory, at any address.
  [[nodiscard]] std::span<const std::byte> bytes() const& noexcept { return bytes_; }
  void bytes() const&& = delete;  // this tensor may be the last that keeps them alive

  /// Writes the elements, converted to T, to `out`, which must hold numel().
  /// Works whatever the alignment of the bytes; any nonzero byte is a true bool.
  template <class T>
  void copy_to(T* out) const {
    visit_dtype(dtype_, [&]<class From>(From) {
      const Index n = numel();
      if constexpr (std::is_same_v<From, bool>) {
        for (Index i = 0; i < n; ++i) {
          out[i] = convert_element<T>(bytes_[static_cast<std::size_t>(i)] != std::byte{0});
        }
      } else if constexpr (std::is_same_v<From, T>) {
        if (n > 0) std::memcpy(out, bytes_.data(), bytes_.size());
      } else {
        for (Index i = 0; i < n; ++i) {
          From x;
          std::memcpy(&x, bytes_.data() + static_cast<std::size_t>(i) * sizeof(From), sizeof(From));
          out[i] = convert_element<T>(x);
        }
      }
    });
  }

  /// The elements as a Tensor<T>, converted if need be.
  template <class T>
  [[nodiscard]] Tensor<T> to() const {
    Tensor<T> t(shape_);
    copy_to(t.data());
    return t;
  }

  /// Same dtype, shape and bytes.
  friend bool operator==(const AnyTensor& a, const AnyTensor& b) noexcept { return a.equals(b); }

 private:
  [[nodiscard]] bool equals(const AnyTensor& other) const noexcept;

  DType dtype_ = DType::f32;
  Shape shape_;
  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> owner_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/tensor/any_tensor.ipp>
#endif
