#pragma once

// Definitions of data/detail/idx_images.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/data/detail/idx_contents.hpp>
#include <wick/data/detail/idx_images.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE IdxImages::IdxImages(Inflate inflate, const FilePath& images, const FilePath& labels,
                                 std::vector<std::string> classes, const Normalize& normalize)
    : classes_(std::move(classes)), tables_(normalize) {
  if (classes_.empty()) throw OptionError("IdxImageDataset: expected the names of the classes, got none");
  images_ = read_idx_by(inflate, images);
  labels_ = read_idx_by(inflate, labels);
  check_idx_images(images_.shape, display_name(images), labels_.view(), display_name(labels),
                   classes_.size());
}

template <Floating T>
void IdxImages::collate(std::span<const Index> indices, Batch<T>& batch) const {
  for (const Index i : indices) check_sample_index(i, labels_.data.size(), "collate");
  const auto count = static_cast<Index>(indices.size());
  const Index height = images_.shape[1];
  const Index width = images_.shape[2];
  batch.inputs.resize(Shape{count, 1, height, width});
  batch.targets.resize(Shape{count});
  const Index pixels = height * width;
  T* out = batch.inputs.data();
  for (Index b = 0; b < count; ++b, out += pixels) {
    const Index i = indices[static_cast<std::size_t>(b)];
    const std::span<const std::uint8_t> bytes(images_.data.data() + i * pixels,
                                              static_cast<std::size_t>(pixels));
    tables_.of<T>().apply(bytes, out);
    batch.targets.data()[b] = labels_.data.data()[i];
  }
}

#ifdef WICK_COMPILED
template void IdxImages::collate(std::span<const Index>, Batch<float>&) const;
template void IdxImages::collate(std::span<const Index>, Batch<double>&) const;
#endif

}  // namespace detail

WICK_END_NAMESPACE
