#pragma once

// Labelled grey images from a pair of IDX files: MNIST and everything shaped like it.

#include <wick/data/dataset.hpp>
#include <wick/data/detail/idx_contents.hpp>
#include <wick/data/detail/pixel_tables.hpp>
#include <wick/data/idx.hpp>
#include <wick/data/transforms.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Images of one size with class labels, kept as bytes and normalised per batch:
/// a quarter of the memory that floats would take.
class IdxImageDataset {
 public:
  /// images: IDX file (N, H, W), N, H and W >= 1; labels: IDX file (N), each less
  /// than classes.size(). Both plain or compressed with gzip. Throws FileError or
  /// FormatError, and OptionError for no classes or an impossible normalisation.
  IdxImageDataset(const std::filesystem::path& images, const std::filesystem::path& labels,
                  std::vector<std::string> classes, const Normalize& normalize = {})
      : classes_(std::move(classes)), tables_(normalize) {
    if (classes_.empty()) throw OptionError("IdxImageDataset: expected the names of the classes, got none");
    images_ = read_idx(images);
    labels_ = read_idx(labels);
    detail::check_idx_images(images_.shape, display_name(images), labels_.view(), display_name(labels),
                             classes_.size());
  }

  /// Number of images.
  [[nodiscard]] Index size() const noexcept { return labels_.data.size(); }
  /// Rows of an image.
  [[nodiscard]] Index height() const { return images_.shape[1]; }
  /// Columns of an image.
  [[nodiscard]] Index width() const { return images_.shape[2]; }
  /// Name of each class, by label.
  [[nodiscard]] const std::vector<std::string>& classes() const& noexcept { return classes_; }
  [[nodiscard]] std::vector<std::string> classes() && noexcept { return std::move(classes_); }

  /// The pixels of image `i`, (H, W). Throws IndexError.
  [[nodiscard]] TensorView<const std::uint8_t> image(Index i) const& {
    detail::check_sample_index(i, size(), "image");
    return images_.view()[i];
  }
  void image(Index i) const&& = delete;
  /// The label of image `i`. Throws IndexError.
  [[nodiscard]] std::int64_t label(Index i) const {
    detail::check_sample_index(i, size(), "label");
    return labels_.data.data()[i];
  }

  /// What collate() does with pixels.
  [[nodiscard]] const Normalize& normalization() const noexcept { return tables_.normalize(); }
  /// Applies to later batches. Throws OptionError and keeps the old one unless mean
  /// and std are finite and std > 0.
  void set_normalization(const Normalize& normalize) { tables_ = detail::PixelTables(normalize); }

  /// Images as (B, 1, H, W), normalised, and labels as (B). Throws IndexError.
  template <Floating T>
  void collate(std::span<const Index> indices, Batch<T>& batch) const {
    for (const Index i : indices) detail::check_sample_index(i, size(), "collate");
    const auto count = static_cast<Index>(indices.size());
    batch.inputs.resize(Shape{count, 1, height(), width()});
    batch.targets.resize(Shape{count});
    const Index pixels = height() * width();
    T* out = batch.inputs.data();
    for (Index b = 0; b < count; ++b, out += pixels) {
      const Index i = indices[static_cast<std::size_t>(b)];
      const std::span<const std::uint8_t> bytes(images_.data.data() + i * pixels,
                                                static_cast<std::size_t>(pixels));
      tables_.of<T>().apply(bytes, out);
      batch.targets.data()[b] = labels_.data.data()[i];
    }
  }

 protected:
  /// Throws FormatError unless the images have this size.
  void expect_image_size(Index height, Index width, const std::filesystem::path& images) const {
    detail::check_idx_image_size(images_.shape, height, width, display_name(images));
  }

 private:
  std::vector<std::string> classes_;
  IdxArray images_;
  IdxArray labels_;
  detail::PixelTables tables_;
};

WICK_END_NAMESPACE
