#pragma once

// Definitions of tensor/any_tensor.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/tensor/any_tensor.hpp>
#include <wick/tensor/dtype.hpp>
#include <wick/tensor/shape.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE AnyTensor::AnyTensor(DType dtype, const Shape& shape, std::span<const std::byte> bytes,
                                 std::shared_ptr<const void> owner)
    : dtype_(dtype), shape_(shape), bytes_(bytes), owner_(std::move(owner)) {
  const auto expected = checked_mul(static_cast<std::uint64_t>(shape.numel()), item_size(dtype));
  if (!expected || *expected != bytes.size()) {
    throw ShapeError("AnyTensor: a " + std::string(name_of(dtype)) + " tensor of shape " + shape.str() +
                     " does not have " + std::to_string(bytes.size()) + " bytes");
  }
}

WICK_INLINE bool AnyTensor::equals(const AnyTensor& other) const noexcept {
  return dtype_ == other.dtype_ && shape_ == other.shape_ && bytes_.size() == other.bytes_.size() &&
         (bytes_.empty() || std::memcmp(bytes_.data(), other.bytes_.data(), bytes_.size()) == 0);
}

WICK_END_NAMESPACE
