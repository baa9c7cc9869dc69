#pragma once

// Labelled pictures of a folder, or of files that a table names.

#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/printable.hpp>
#include <wick/data/dataset.hpp>
#include <wick/data/transforms.hpp>
#include <wick/image/image.hpp>
#include <wick/image/resize.hpp>
#include <wick/pictures/picture_files.hpp>
#include <wick/table/table.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// How a PictureDataset keeps its pictures.
struct PictureOptions {
  Index height = 28;  ///< of all pictures, 1 or more
  Index width = 28;   ///< of all pictures, 1 or more
  int channels = 1;   ///< 1 grey, 3 red, green and blue
  /// Whether pictures keep their proportions, with black around them; they are stretched otherwise.
  bool keep_proportions = true;
  Normalize normalize = {};  ///< of pixels in [0, 1], in each channel
  /// Bytes of all pictures together at most.
  std::uint64_t most_bytes = std::uint64_t{8} << 30;
  std::uint64_t max_pixels = LoadImageOptions().max_pixels;        ///< see LoadImageOptions
  std::uint64_t max_file_size = LoadImageOptions().max_file_size;  ///< see LoadImageOptions
};

/// PNG and JPEG pictures with class labels, brought to one size and kept as bytes; they are normalised batch
/// by batch. Made for a DataLoader.
///
///     const auto data = wick::PictureDataset::of_folder("flowers", {.height = 64, .width = 64, .channels =
///     3}); wick::DataLoader<wick::PictureDataset, float> loader(data, {.batch_size = 32, .shuffle = true});
class PictureDataset {
 public:
  /// The pictures of a folder that has a folder for each class, as torchvision's ImageFolder finds them:
  /// classes are sorted, each folder is searched with all below it, files are in the order of their folder
  /// and name. Files whose names do not end in .png, .jpg or .jpeg, in any case, are left out, and so are
  /// links to folders. Throws FileError for a folder that cannot be read, has no folders, or one without
  /// pictures, else as read() does.
  [[nodiscard]] static PictureDataset of_folder(const std::filesystem::path& folder,
                                                const PictureOptions& options = {}) {
    return PictureDataset(find_pictures(folder), options);
  }
  /// The pictures that a table names: a column of files, relative to `folder`, and one of labels, whose
  /// different texts are the classes, sorted. Throws IndexError for columns that are not there, OptionError
  /// for a row without a file or a label, else as read() does.
  [[nodiscard]] static PictureDataset of_table(const Table& table, const std::string& files,
                                               const std::string& labels,
                                               const std::filesystem::path& folder = {},
                                               const PictureOptions& options = {}) {
    return PictureDataset(pictures_of(table, files, labels, folder), options);
  }
  /// Reads pictures. Throws OptionError for options out of range or more bytes than they allow, FileError and
  /// FormatError, with the name of the file, as load_image() does.
  explicit PictureDataset(PictureFiles files, const PictureOptions& options = {})
      : files_(std::move(files)), normalize_(options.normalize) {
    check_options(options);
    table32_ = PixelTable<float>(normalize_);
    table64_ = PixelTable<double>(normalize_);
    pixels_.resize(Shape{size(), options.channels, options.height, options.width});
    for (Index i = 0; i < size(); ++i) read(i, options);
  }

  /// Number of pictures.
  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(files_.paths.size()); }
  /// Name of each class, by label.
  [[nodiscard]] const std::vector<std::string>& classes() const& noexcept { return files_.classes; }
  [[nodiscard]] std::vector<std::string> classes() && noexcept { return std::move(files_.classes); }
  /// Which files they are, with their labels.
  [[nodiscard]] const PictureFiles& files() const& noexcept { return files_; }
  void files() const&& = delete;
  /// The files and the names of their classes as a table with the columns `file` and `label`.
  [[nodiscard]] Table table() const { return table_of(files_); }

  /// The pixels of picture `i`, (channels, H, W). Throws IndexError.
  [[nodiscard]] TensorView<const std::uint8_t> pixels(Index i) const& {
    detail::check_sample_index(i, size(), "pixels");
    return pixels_.view()[i];
  }
  void pixels(Index i) const&& = delete;
  /// The label of picture `i`. Throws IndexError.
  [[nodiscard]] std::int64_t label(Index i) const {
    detail::check_sample_index(i, size(), "label");
    return files_.labels[static_cast<std::size_t>(i)];
  }
  /// What collate() does with pixels.
  [[nodiscard]] const Normalize& normalization() const noexcept { return normalize_; }

  /// Pictures as (B, channels, H, W), normalised, and labels as (B). Throws IndexError.
  template <Floating T>
  void collate(std::span<const Index> indices, Batch<T>& batch) const {
    for (const Index i : indices) detail::check_sample_index(i, size(), "collate");
    const auto count = static_cast<Index>(indices.size());
    batch.inputs.resize(Shape{count, pixels_.size(1), pixels_.size(2), pixels_.size(3)});
    batch.targets.resize(Shape{count});
    const Index each = pixels_.size(1) * pixels_.size(2) * pixels_.size(3);
    T* out = batch.inputs.data();
    for (Index b = 0; b < count; ++b, out += each) {
      const Index i = indices[static_cast<std::size_t>(b)];
      const std::span<const std::uint8_t> bytes(pixels_.data() + i * each, static_cast<std::size_t>(each));
      if constexpr (std::is_same_v<T, float>) {
        table32_.apply(bytes, out);
      } else {
        table64_.apply(bytes, out);
      }
      batch.targets.data()[b] = files_.labels[static_cast<std::size_t>(i)];
    }
  }

 private:
  void check_options(const PictureOptions& options) const {
    if (options.channels != 1 && options.channels != 3) {
      throw OptionError("PictureOptions: channels must be 1 or 3, got " + std::to_string(options.channels));
    }
    constexpr Index most = Index{1} << 15;
    for (const auto& [name, side] :
         {std::pair{"height", options.height}, std::pair{"width", options.width}}) {
      if (side < 1 || side > most) {
        throw OptionError(std::string("PictureOptions: ") + name + " must be 1 to " + std::to_string(most) +
                          ", got " + std::to_string(side));
      }
    }
    const auto each = static_cast<std::uint64_t>(options.channels * options.height * options.width);
    if (static_cast<std::uint64_t>(size()) > options.most_bytes / each) {
      throw OptionError("PictureDataset: " + std::to_string(size()) + " pictures of " + std::to_string(each) +
                        " bytes are more than " + std::to_string(options.most_bytes) +
                        " bytes (PictureOptions::most_bytes)");
    }
  }
  void read(Index i, const PictureOptions& options) {
    const Image loaded =
        load_image(files_.paths[static_cast<std::size_t>(i)], {.channels = options.channels,
                                                               .max_pixels = options.max_pixels,
                                                               .max_file_size = options.max_file_size});
    const Image fitted = options.keep_proportions ? fit_image(loaded, options.height, options.width)
                                                  : resize_image(loaded, options.height, options.width);
    // Channels follow one another here, and alternate in a picture.
    const Index area = options.height * options.width;
    std::uint8_t* out = pixels_.data() + i * options.channels * area;
    for (Index c = 0; c < options.channels; ++c) {
      for (Index p = 0; p < area; ++p) *out++ = fitted.data()[p * options.channels + c];
    }
  }

  PictureFiles files_;
  Tensor<std::uint8_t> pixels_;
  Normalize normalize_;
  PixelTable<float> table32_;
  PixelTable<double> table64_;
};

WICK_END_NAMESPACE
