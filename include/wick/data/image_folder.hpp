#pragma once

// Labelled pictures in files: a folder for each class, or any list of files and names.

#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/base/types.hpp>
#include <wick/data/dataset.hpp>
#include <wick/data/detail/pixel_tables.hpp>
#include <wick/data/labelled_picture.hpp>
#include <wick/data/transforms.hpp>
#include <wick/image/image.hpp>
#include <wick/image/resize.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// What becomes of the pictures of an ImageFolder.
struct ImageFolderOptions {
  Index height = 28;  ///< of every picture, in pixels, >= 1
  Index width = 28;   ///< of every picture, in pixels, >= 1
  int channels = 1;   ///< 1 grey, 3 red, green and blue
  /// Whether pictures of other proportions are stretched; they are in the middle of `background` otherwise.
  bool stretch = false;
  std::uint8_t background = 0;    ///< of what a picture leaves free, in every channel
  bool invert = false;            ///< black becomes white, for dark things on a light ground
  Normalize normalize = {};       ///< of pixels in [0, 1], in every channel
  LoadImageOptions reading = {};  ///< limits of each file, and what transparent parts let through
  ThreadPool* pool = nullptr;     ///< shares the files out; results do not depend on it
};

/// Labelled pictures of one size, like torchvision.datasets.ImageFolder, read and resized once and kept as
/// bytes. Classes are numbered in the order of their names.
///
///     wick::ImageFolder pets("pets", {.height = 32, .width = 32, .channels = 3});  // pets/cat/*.png, ...
///     wick::DataLoader loader(pets, {.batch_size = 64, .shuffle = true});
///
/// Files are untrusted, see decode_image().
class ImageFolder {
 public:
  /// The pictures that find_pictures(root) finds. Throws as that does and as the other constructor.
  explicit ImageFolder(const std::filesystem::path& root, const ImageFolderOptions& options = {})
      : ImageFolder(find_pictures(root), options) {}
  /// The pictures of a list, in its order; pictures_of() makes one of a table. Throws FileError and
  /// FormatError for a file that is no picture, the first in the list, OptionError for options out of range,
  /// no pictures and a label without letters, and ShapeError for more pixels than memory can hold.
  explicit ImageFolder(std::vector<LabelledPicture> pictures, const ImageFolderOptions& options = {});

  /// Number of pictures.
  [[nodiscard]] Index size() const noexcept { return pixels_.size(0); }
  /// Rows of a picture.
  [[nodiscard]] Index height() const noexcept { return pixels_.size(1); }
  /// Columns of a picture.
  [[nodiscard]] Index width() const noexcept { return pixels_.size(2); }
  /// 1 or 3.
  [[nodiscard]] Index channels() const noexcept { return pixels_.size(3); }
  /// Name of each class, by label.
  [[nodiscard]] const std::vector<std::string>& classes() const& noexcept { return classes_; }
  [[nodiscard]] std::vector<std::string> classes() && noexcept { return std::move(classes_); }
  /// The files and their labels, in order: a table of what there is.
  [[nodiscard]] std::span<const LabelledPicture> pictures() const& noexcept { return pictures_; }
  void pictures() const&& = delete;

  /// The pixels of picture `i`, (height, width, channels). Throws IndexError.
  [[nodiscard]] TensorView<const std::uint8_t> image(Index i) const& {
    detail::check_sample_index(i, size(), "image");
    return pixels_.view()[i];
  }
  void image(Index i) const&& = delete;
  /// The label of picture `i`. Throws IndexError.
  [[nodiscard]] std::int64_t label(Index i) const {
    detail::check_sample_index(i, size(), "label");
    return labels_[static_cast<std::size_t>(i)];
  }

  /// What collate() does with pixels.
  [[nodiscard]] const Normalize& normalization() const noexcept { return tables_.normalize(); }
  /// Applies to later batches. Throws OptionError and keeps the old one unless mean and std are finite and
  /// std > 0.
  void set_normalization(const Normalize& normalize) { tables_ = detail::PixelTables(normalize); }

  /// Pictures as (B, channels, height, width), normalised, and labels as (B). Throws IndexError.
  template <Floating T>
  void collate(std::span<const Index> indices, Batch<T>& batch) const {
    for (const Index i : indices) detail::check_sample_index(i, size(), "collate");
    const auto count = static_cast<Index>(indices.size());
    batch.inputs.resize(Shape{count, channels(), height(), width()});
    batch.targets.resize(Shape{count});
    const PixelTable<T>& table = tables_.of<T>();
    const Index plane = height() * width();
    T* out = batch.inputs.data();
    for (Index b = 0; b < count; ++b) {
      const Index i = indices[static_cast<std::size_t>(b)];
      const std::uint8_t* const pixels = pixels_.data() + i * plane * channels();
      for (Index c = 0; c < channels(); ++c) {
        for (Index p = 0; p < plane; ++p) *out++ = table[pixels[p * channels() + c]];
      }
      batch.targets.data()[b] = labels_[static_cast<std::size_t>(i)];
    }
  }

 private:
  std::vector<LabelledPicture> pictures_;
  std::vector<std::string> classes_;
  std::vector<std::int64_t> labels_;
  Tensor<std::uint8_t> pixels_;  // (N, height, width, channels)
  detail::PixelTables tables_;
};

namespace detail {

/// A picture of the options' size and channels, (height, width, channels), at `out`.
inline void read_picture(const std::filesystem::path& path, const ImageFolderOptions& options,
                         std::uint8_t* out) {
  LoadImageOptions reading = options.reading;
  reading.channels = options.channels;
  const Image file = load_image(path, reading);
  const Image picture = options.stretch
                            ? resize_image(file, options.height, options.width)
                            : fit_image(file, options.height, options.width,
                                        options.invert ? static_cast<std::uint8_t>(255 - options.background)
                                                       : options.background);
  std::ranges::transform(picture.span(), out, [&](std::uint8_t x) {
    return options.invert ? static_cast<std::uint8_t>(255 - x) : x;
  });
}

}  // namespace detail

inline ImageFolder::ImageFolder(std::vector<LabelledPicture> pictures, const ImageFolderOptions& options)
    : pictures_(std::move(pictures)), tables_(options.normalize) {
  if (pictures_.empty()) throw OptionError("ImageFolder: expected at least one picture, got none");
  if (options.channels != 1 && options.channels != 3) {
    throw OptionError("ImageFolder: channels must be 1 or 3, got " + std::to_string(options.channels));
  }
  detail::check_resize("ImageFolder", Shape{1, 1}, options.height, options.width);
  for (const LabelledPicture& picture : pictures_) {
    if (picture.label.empty()) {
      throw OptionError("ImageFolder: expected a label for each picture, got none for " +
                        display_name(picture.path));
    }
    classes_.push_back(picture.label);
  }
  std::ranges::sort(classes_);
  classes_.erase(std::unique(classes_.begin(), classes_.end()), classes_.end());
  for (const LabelledPicture& picture : pictures_) {
    labels_.push_back(std::ranges::lower_bound(classes_, picture.label) - classes_.begin());
  }

  const auto count = static_cast<Index>(pictures_.size());
  const Index size = options.height * options.width * options.channels;
  pixels_.resize(Shape{count, options.height, options.width, options.channels});
  std::vector<std::exception_ptr> errors(pictures_.size());
  parallel_for(options.pool, count, [&](Index i) {
    try {
      detail::read_picture(pictures_[static_cast<std::size_t>(i)].path, options, pixels_.data() + i * size);
    } catch (...) {
      errors[static_cast<std::size_t>(i)] = std::current_exception();
    }
  });
  // Of several the first, whoever came to it first.
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

WICK_END_NAMESPACE
