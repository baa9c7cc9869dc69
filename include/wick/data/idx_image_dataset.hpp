#pragma once

// Labelled grey images from a pair of IDX files: MNIST and everything shaped like it.

#include <wick/base/file_path.hpp>
#include <wick/data/dataset.hpp>
#include <wick/data/detail/idx_images.hpp>
#include <wick/data/idx.hpp>
#include <wick/data/transforms.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
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
  IdxImageDataset(const FilePath& images, const FilePath& labels, std::vector<std::string> classes,
                  const Normalize& normalize = {})
      : data_(stbi_zlib_decode_noheader_buffer, images, labels, std::move(classes), normalize) {}

  /// Number of images.
  [[nodiscard]] Index size() const noexcept { return data_.labels().data.size(); }
  /// Rows of an image.
  [[nodiscard]] Index height() const { return data_.images().shape[1]; }
  /// Columns of an image.
  [[nodiscard]] Index width() const { return data_.images().shape[2]; }
  /// Name of each class, by label.
  [[nodiscard]] const std::vector<std::string>& classes() const& noexcept { return data_.classes(); }
  [[nodiscard]] std::vector<std::string> classes() && noexcept { return std::move(data_).classes(); }

  /// The pixels of image `i`, (H, W). Throws IndexError.
  [[nodiscard]] TensorView<const std::uint8_t> image(Index i) const& {
    detail::check_sample_index(i, size(), "image");
    return data_.images().view()[i];
  }
  void image(Index i) const&& = delete;
  /// The label of image `i`. Throws IndexError.
  [[nodiscard]] std::int64_t label(Index i) const {
    detail::check_sample_index(i, size(), "label");
    return data_.labels().data.data()[i];
  }

  /// What collate() does with pixels.
  [[nodiscard]] const Normalize& normalization() const noexcept { return data_.normalize(); }
  /// Applies to later batches. Throws OptionError and keeps the old one unless mean
  /// and std are finite and std > 0.
  void set_normalization(const Normalize& normalize) { data_.set_normalize(normalize); }

  /// Images as (B, 1, H, W), normalised, and labels as (B). Throws IndexError.
  template <Floating T>
  void collate(std::span<const Index> indices, Batch<T>& batch) const {
    data_.collate(indices, batch);
  }

 protected:
  explicit IdxImageDataset(detail::IdxImages data) : data_(std::move(data)) {}

 private:
  detail::IdxImages data_;
};

WICK_END_NAMESPACE
