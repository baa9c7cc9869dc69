#pragma once

// Pictures: reading PNG and JPEG, writing PNG, and tensors as pictures.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/file.hpp>
#include <wick/base/number.hpp>
#include <wick/external/stb.hpp>
#include <wick/image/detail/jpeg_structure.hpp>
#include <wick/image/detail/picture_bytes.hpp>
#include <wick/image/detail/png_pixels.hpp>
#include <wick/image/detail/png_structure.hpp>
#include <wick/image/picture_format.hpp>
#include <wick/io/bytes/atomic_file.hpp>
#include <wick/io/bytes/save_options.hpp>
#include <wick/tensor/tensor.hpp>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A picture of bytes: (height, width, channels) with 1 (grey) or 3 (red, green,
/// blue) channels.
using Image = Tensor<std::uint8_t>;

/// Options of load_image, decode_image and image_info.
struct LoadImageOptions {
  int channels = 0;  ///< 1 grey, 3 colour, 0 as in the file
  /// Larger pictures are refused before memory is taken for them: 33,554,432, a photo of 24 megapixels among
  /// them. Decoding takes at most 20 bytes for each pixel, of sides rounded up to whole blocks of 8 to 32
  /// pixels in a JPEG, beside the file.
  std::uint64_t max_pixels = std::uint64_t{32} << 20;
  std::uint64_t max_file_size = std::uint64_t{256} << 20;  ///< in bytes
  /// Grey that transparent parts let through; without it transparency is dropped.
  std::optional<std::uint8_t> background = std::nullopt;
};

/// What a picture file says of itself before it is decoded.
struct ImageInfo {
  ImageFormat format = ImageFormat::png;  ///< of the file
  Index height = 0;                       ///< in pixels
  Index width = 0;                        ///< in pixels
  int channels = 1;  ///< of the picture that decode_image makes of it by default: 1 grey, 3 colour
};

namespace detail {

/// The kind of picture, or FormatError.
[[nodiscard]] inline ImageFormat image_format(std::span<const std::byte> bytes, std::string_view name) {
  if (is_png(bytes)) return ImageFormat::png;
  if (is_jpeg(bytes)) return ImageFormat::jpeg;
  const std::string_view other = other_picture_format(bytes);
  throw FormatError(
      std::string(name), 0,
      "expected a PNG or JPEG picture" +
          (other.empty() ? std::string()
                         : ", got a " + std::string(other) +
                               " file, which is not read; convert it to PNG, which loses nothing"));
}

[[nodiscard]] inline Image decode_png(std::span<const std::byte> bytes, std::string_view name,
                                      const LoadImageOptions& options) {
  const PngStructure png = read_png_structure(bytes, name, options.max_pixels);
  const PictureBytes file(bytes, name);
  const std::uint64_t size = png.header.inflated_size();
  constexpr auto int_max = static_cast<std::uint64_t>((std::numeric_limits<int>::max)());
  if (size > int_max || png.compressed > int_max) {
    file.fail(png.first_data, "the PNG picture has 2 GiB of data or more, which is not read");
  }
  std::vector<std::byte> joined;
  const std::span<const std::byte> compressed = png_compressed(bytes, png, joined);
  // Zeros, because a distance of 0, which stb 2.27 takes for one, copies from where nothing was written.
  std::vector<std::uint8_t> inflated(static_cast<std::size_t>(size));
  const int got = stbi_zlib_decode_buffer(reinterpret_cast<char*>(inflated.data()), static_cast<int>(size),
                                          reinterpret_cast<const char*>(compressed.data()),
                                          static_cast<int>(compressed.size()));
  if (got < 0 || static_cast<std::uint64_t>(got) != size) {
    const std::string what = got < 0 ? "no zlib data, or more than" : std::to_string(got) + " bytes, not";
    file.fail(png.first_data, "the PNG picture is damaged: its compressed pixels are " + what + " the " +
                                  std::to_string(size) + " bytes of its size");
  }
  joined = {};
  const int channels = options.channels != 0 ? options.channels : png.header.is_gray() ? 1 : 3;
  return png_pixels(file, png, inflated, channels, options.background);
}

[[nodiscard]] inline Image decode_jpeg(std::span<const std::byte> bytes, std::string_view name,
                                       const LoadImageOptions& options) {
  const PictureBytes file(bytes, name);
  if (bytes.size() > static_cast<std::size_t>((std::numeric_limits<int>::max)())) {
    file.fail(0, "the JPEG picture has " + std::to_string(bytes.size()) + " bytes, which is too many");
  }
  const CheckedJpeg jpeg = check_jpeg(bytes, name, options.max_pixels);
  const int channels = options.channels != 0 ? options.channels : jpeg.header.components == 1 ? 1 : 3;
  std::vector<std::byte> copy;
  const std::span<const std::byte> read = without_fill(bytes, jpeg, copy);
  int width = 0;
  int height = 0;
  int in_file = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> decoded(
      stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(read.data()), static_cast<int>(read.size()),
                            &width, &height, &in_file, channels),
      stbi_image_free);
  if (decoded == nullptr) {
    const std::string_view why = stbi_failure_reason();
    if (why == "outofmem") throw std::bad_alloc();
    file.fail(0, "stb_image cannot decode the JPEG picture: " + std::string(why));
  }
  return Image(TensorView<const std::uint8_t>(decoded.get(), Shape{height, width, channels}));
}

}  // namespace detail

/// What the header of a PNG or JPEG file says; nothing is decoded. Throws FormatError as decode_image does,
/// as far as the header tells.
[[nodiscard]] inline ImageInfo image_info(std::span<const std::byte> bytes, std::string_view name,
                                          const LoadImageOptions& options = {}) {
  if (detail::image_format(bytes, name) == ImageFormat::png) {
    const auto png = detail::read_png_header(detail::PictureBytes(bytes, name), options.max_pixels);
    return {ImageFormat::png, detail::as_integer<Index>(png.height), detail::as_integer<Index>(png.width),
            png.is_gray() ? 1 : 3};
  }
  const auto jpeg = detail::read_jpeg_header(bytes, name, options.max_pixels);
  return {ImageFormat::jpeg, detail::as_integer<Index>(jpeg.height), detail::as_integer<Index>(jpeg.width),
          jpeg.components == 1 ? 1 : 3};
}

/// Decodes a PNG or JPEG file in memory; 16 bits become 8. `name` is for messages.
///
/// Nobody has to vouch for the file. Its structure is checked before any of it is decoded, and time and
/// memory are in proportion to `max_pixels` and the size of the file, whatever it says: see
/// docs/reliability.md. Throws FormatError when it is neither PNG nor JPEG, is damaged or has too many
/// pixels, and OptionError for channels other than 0, 1, 3.
[[nodiscard]] inline Image decode_image(std::span<const std::byte> bytes, std::string_view name,
                                        const LoadImageOptions& options = {}) {
  if (options.channels != 0 && options.channels != 1 && options.channels != 3) {
    throw OptionError("load_image: channels must be 0, 1 or 3, got " + std::to_string(options.channels));
  }
  return detail::image_format(bytes, name) == ImageFormat::png ? detail::decode_png(bytes, name, options)
                                                               : detail::decode_jpeg(bytes, name, options);
}

/// Reads a PNG or JPEG file. Throws FileError when it cannot be read, else as
/// decode_image.
[[nodiscard]] inline Image load_image(const std::filesystem::path& path,
                                      const LoadImageOptions& options = {}) {
  const Buffer<std::byte> file = read_file(path, options.max_file_size, "LoadImageOptions::max_file_size");
  return decode_image({file.data(), static_cast<std::size_t>(file.size())}, display_name(path), options);
}

/// Encodes a picture of shape (H, W), (H, W, 1) or (H, W, 3) as PNG.
/// Throws ShapeError for other shapes, no pixels, and 2 GiB or more of them.
[[nodiscard]] inline std::vector<std::byte> encode_png(TensorArg<std::uint8_t> image) {
  const Index channels = image.dim() == 3 ? image.size(2) : 1;
  if (image.dim() < 2 || image.dim() > 3 || (channels != 1 && channels != 3) || image.numel() == 0) {
    throw ShapeError("encode_png: expected a picture of shape [H, W], [H, W, 1] or [H, W, 3], got " +
                     image.shape().str());
  }
  // stb counts bytes in int: the rows with one filter byte each, twice while compressing.
  if (image.numel() + image.size(0) > (std::numeric_limits<int>::max)() / 2) {
    throw ShapeError("encode_png: a picture of shape " + image.shape().str() + " is too large");
  }
  std::vector<std::byte> png;
  const auto append = [](void* context, void* data, int size) {
    const auto* first = static_cast<const std::byte*>(data);
    static_cast<std::vector<std::byte>*>(context)->assign(first, first + size);
  };
  const int height = detail::as_integer<int>(image.size(0));
  const int width = detail::as_integer<int>(image.size(1));
  const int count = static_cast<int>(channels);
  if (stbi_write_png_to_func(append, &png, width, height, count, image.data(), width * count) == 0) {
    throw std::bad_alloc();
  }
  return png;
}

/// Writes a picture of shape (H, W), (H, W, 1) or (H, W, 3) as a PNG file, replacing it as a whole (see
/// AtomicFile). Throws FileError with the system's reason, and ShapeError as encode_png; an existing file is
/// intact then.
inline void save_png(TensorArg<std::uint8_t> image, const std::filesystem::path& path,
                     const SaveOptions& options = {}) {
  const std::vector<std::byte> png = encode_png(image);
  AtomicFile file(path, options);
  file.write(png);
  file.commit();
}

/// The values that become black and white.
struct ValueRange {
  double min = -1;  ///< finite, becomes 0
  double max = 1;   ///< finite, > min, becomes 255
};

/// A grey picture, (H, W), of normalised values: 255 (x - min) / (max - min), rounded,
/// values outside the range clamped, NaN black.
///
/// `values` is (H, W) with any number of dimensions of size 1 before it, or one row
/// of a square picture, such as 784 for 28 x 28. Throws ShapeError for other shapes
/// and OptionError for an impossible range.
template <class T>
requires Floating<std::remove_const_t<T>>
[[nodiscard]] Image to_image(TensorView<T> values, const ValueRange& range = {}) {
  if (!std::isfinite(range.min) || !std::isfinite(range.max) || !(range.min < range.max)) {
    throw OptionError("to_image: expected finite min < max, got min=" + python_repr(range.min) +
                      " and max=" + python_repr(range.max));
  }
  std::span<const Index> dims = values.shape().dims();
  while (dims.size() > 2 && dims.front() == 1) dims = dims.subspan(1);
  if (dims.size() == 2 && dims[0] == 1) dims = dims.subspan(1);
  Shape shape(dims);
  if (dims.size() == 1) {
    const auto side = detail::as_integer<Index>(std::llround(std::sqrt(static_cast<double>(dims[0]))));
    shape = side * side == dims[0] ? Shape{side, side} : Shape{1, dims[0]};
  }
  if (shape.dim() != 2 || shape.numel() == 0) {
    throw ShapeError("to_image: expected values of shape [H, W], [1, H, W] or [H * H], got " +
                     values.shape().str());
  }
  Image image(shape);
  for (Index i = 0; i < values.numel(); ++i) {
    const double x = (static_cast<double>(values.data()[i]) - range.min) / (range.max - range.min);
    image.data()[i] = x > 0 ? static_cast<std::uint8_t>(std::lround((x < 1 ? x : 1) * 255)) : std::uint8_t{0};
  }
  return image;
}
template <Floating T>
[[nodiscard]] Image to_image(const Tensor<T>& values, const ValueRange& range = {}) {
  return to_image(values.view(), range);
}

WICK_END_NAMESPACE
