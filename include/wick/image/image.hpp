#pragma once

// Pictures: reading PNG and JPEG, writing PNG, and tensors as pictures.

#include <wick/core/file.hpp>
#include <wick/core/number.hpp>
#include <wick/core/tensor.hpp>
#include <wick/external/stb.hpp>
#include <wick/io/atomic_file.hpp>
#include <wick/io/save_options.hpp>

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

namespace wick::inline WICK_ABI_NAMESPACE {

/// A picture of bytes: (height, width, channels) with 1 (grey) or 3 (red, green,
/// blue) channels.
using Image = Tensor<std::uint8_t>;

/// Options of load_image and decode_image.
struct LoadImageOptions {
  int channels = 0;                                        ///< 1 grey, 3 colour, 0 as in the file
  std::uint64_t max_pixels = std::uint64_t{64} << 20;      ///< larger pictures are refused unread
  std::uint64_t max_file_size = std::uint64_t{256} << 20;  ///< in bytes
  /// Grey that transparent parts let through; without it transparency is dropped.
  std::optional<std::uint8_t> background = std::nullopt;
};

namespace detail {

/// True when `bytes` begin as such a file does.
[[nodiscard]] inline bool is_png_or_jpeg(std::span<const std::byte> bytes) noexcept {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return text.starts_with("\x89PNG\r\n\x1a\n") || text.starts_with("\xFF\xD8\xFF");
}

/// `pixels` (H, W, channels + 1), the last one opacity, over `background`, rounded.
[[nodiscard]] inline Image over_background(TensorView<const std::uint8_t> pixels, std::uint8_t background) {
  const Index channels = pixels.size(2) - 1;
  Image image(Shape{pixels.size(0), pixels.size(1), channels});
  const std::uint8_t* in = pixels.data();
  std::uint8_t* out = image.data();
  for (Index i = 0; i < pixels.size(0) * pixels.size(1); ++i) {
    const unsigned opacity = in[channels];
    for (Index c = 0; c < channels; ++c) {
      *out++ = static_cast<std::uint8_t>((*in++ * opacity + background * (255 - opacity) + 127) / 255);
    }
    ++in;
  }
  return image;
}

}  // namespace detail

/// Decodes a PNG or JPEG file in memory; 16 bits become 8. `name` is for messages. Throws FormatError when it
/// is neither, is damaged or has too many pixels (known from its header, before memory is taken), and
/// OptionError for channels other than 0, 1, 3.
[[nodiscard]] inline Image decode_image(std::span<const std::byte> bytes, std::string_view name,
                                        const LoadImageOptions& options = {}) {
  if (options.channels != 0 && options.channels != 1 && options.channels != 3) {
    throw OptionError("load_image: channels must be 0, 1 or 3, got " + std::to_string(options.channels));
  }
  const auto fail = [&](const std::string& what) -> void { throw FormatError(std::string(name), 0, what); };
  if (bytes.size() > static_cast<std::size_t>((std::numeric_limits<int>::max)())) {
    fail("the file has " + std::to_string(bytes.size()) + " bytes, which is too large for a picture");
  }
  const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
  const int size = static_cast<int>(bytes.size());
  int width = 0;
  int height = 0;
  int in_file = 0;
  if (!detail::is_png_or_jpeg(bytes)) fail("expected a PNG or JPEG picture");
  if (stbi_info_from_memory(data, size, &width, &height, &in_file) == 0) {
    fail("the picture is damaged or too large: its header cannot be read");
  }
  const std::uint64_t pixels = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
  if (width < 1 || height < 1 || pixels > options.max_pixels) {
    fail("the picture has " + std::to_string(width) + " x " + std::to_string(height) +
         " pixels, the limit is " + std::to_string(options.max_pixels));
  }
  const int channels = options.channels != 0 ? options.channels : in_file <= 2 ? 1 : 3;
  const int with_opacity = channels + (options.background ? 1 : 0);
  const std::unique_ptr<stbi_uc, void (*)(void*)> decoded(
      stbi_load_from_memory(data, size, &width, &height, &in_file, with_opacity), stbi_image_free);
  if (decoded == nullptr) fail(std::string("the picture is damaged: ") + stbi_failure_reason());
  const TensorView<const std::uint8_t> view(decoded.get(), Shape{height, width, with_opacity});
  return options.background ? detail::over_background(view, *options.background) : Image(view);
}

/// Reads a PNG or JPEG file. Throws FileError when it cannot be read, else as
/// decode_image.
[[nodiscard]] inline Image load_image(const std::filesystem::path& path,
                                      const LoadImageOptions& options = {}) {
  const Buffer<std::byte> file = read_file(path, options.max_file_size);
  return decode_image({file.data(), static_cast<std::size_t>(file.size())}, display_name(path), options);
}

/// Encodes a picture of shape (H, W), (H, W, 1) or (H, W, 3) as PNG.
/// Throws ShapeError for other shapes, no pixels, and 2 GiB or more of them.
[[nodiscard]] inline std::vector<std::byte> encode_png(TensorView<const std::uint8_t> image) {
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
  const int height = static_cast<int>(image.size(0));
  const int width = static_cast<int>(image.size(1));
  const int count = static_cast<int>(channels);
  if (stbi_write_png_to_func(append, &png, width, height, count, image.data(), width * count) == 0) {
    throw std::bad_alloc();
  }
  return png;
}

/// Writes a picture of shape (H, W), (H, W, 1) or (H, W, 3) as a PNG file, replacing it as a whole (see
/// AtomicFile). Throws FileError with the system's reason, and ShapeError as encode_png; an existing file is
/// intact then.
inline void save_png(const std::filesystem::path& path, TensorView<const std::uint8_t> image,
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
    const auto side = static_cast<Index>(std::llround(std::sqrt(static_cast<double>(dims[0]))));
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

}  // namespace wick::inline WICK_ABI_NAMESPACE
