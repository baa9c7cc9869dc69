#pragma once

// Pictures from the command line, as a network takes them.

#include "limits.hpp"

#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/data/idx.hpp>
#include <wick/image/image.hpp>
#include <wick/image/resize.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace tool {

/// A picture file, or one item of an IDX file.
struct PictureSource {
  std::filesystem::path file;
  std::optional<wick::Index> item;
};

[[nodiscard]] inline std::filesystem::path path_from_utf8(std::string_view text) {
  return std::u8string(text.begin(), text.end());
}

/// `shoe.png`, or `images.gz:7` unless a file of that whole name exists.
[[nodiscard]] inline PictureSource picture_source(std::string_view text) {
  PictureSource source{path_from_utf8(text), std::nullopt};
  std::error_code ignored;
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || std::filesystem::exists(source.file, ignored)) return source;
  wick::Index item = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, item);
  if (parsed.ec == std::errc() && parsed.ptr == end && item >= 0) {
    return {path_from_utf8(text.substr(0, colon)), item};
  }
  return source;
}

/// What the network sees, and how it came about.
struct Picture {
  wick::Image pixels;      ///< (height, width)
  wick::Index height = 0;  ///< of the original
  wick::Index width = 0;
  bool color = false;
  bool resized = false;
  bool padded = false;
};

/// How pictures are made to fit.
struct PictureOptions {
  wick::Index height = 28;
  wick::Index width = 28;
  bool invert = false;
  bool stretch = false;  ///< to the size of the network whatever the proportions
  Limits limits = {};
};

class PictureReader {
 public:
  explicit PictureReader(const PictureOptions& options) : options_(options) {
    load_options_.max_pixels = options.limits.max_pixels.value_or(load_options_.max_pixels);
    load_options_.max_file_size = options.limits.max_file_size.value_or(load_options_.max_file_size);
  }

  /// Throws wick::FileError and wick::FormatError, wick::IndexError for an item that is not there.
  [[nodiscard]] Picture read(const PictureSource& source) {
    Picture picture = source.item ? item(source.file, *source.item) : file(source.file);
    picture.height = picture.pixels.size(0);
    picture.width = picture.pixels.size(1);
    if (options_.invert) {
      for (std::uint8_t& x : picture.pixels.span()) x = static_cast<std::uint8_t>(255 - x);
    }
    const wick::Index height = options_.height;
    const wick::Index width = options_.width;
    picture.resized = picture.height != height || picture.width != width;
    picture.padded = picture.resized && !options_.stretch && picture.height * width != picture.width * height;
    picture.pixels = picture.padded ? wick::fit_image(picture.pixels, height, width)
                                    : wick::resize_image(picture.pixels, height, width);
    return picture;
  }

 private:
  [[nodiscard]] Picture file(const std::filesystem::path& path) const {
    const wick::Buffer<std::byte> contents =
        wick::read_file(path, load_options_.max_file_size, "LoadImageOptions::max_file_size");
    const std::span<const std::byte> bytes(contents.data(), static_cast<std::size_t>(contents.size()));
    const std::string name = wick::display_name(path);
    const bool zeros = bytes.size() >= 4 && bytes[0] == std::byte{0} && bytes[1] == std::byte{0};
    if (zeros || wick::is_gzip(bytes)) {
      throw wick::FormatError(
          name, "expected a PNG or JPEG picture; one image of an IDX file is written as " + name + ":0");
    }
    // What is transparent becomes the black that networks see around things.
    const auto background = static_cast<std::uint8_t>(options_.invert ? 255 : 0);
    Picture picture;
    picture.color = wick::image_info(bytes, name, load_options_).channels == 3;
    wick::LoadImageOptions load = load_options_;
    load.channels = 1;
    load.background = background;
    const wick::Image gray = wick::decode_image(bytes, name, load);
    picture.pixels = gray.reshape(wick::Shape{gray.size(0), gray.size(1)});
    return picture;
  }

  [[nodiscard]] Picture item(const std::filesystem::path& path, wick::Index index) {
    auto found = idx_files_.find(path);
    if (found == idx_files_.end())
      found = idx_files_.emplace(path, wick::read_idx(path, options_.limits.contents_limit)).first;
    const wick::IdxArray& images = found->second;
    const std::string name = wick::display_name(path);
    if (images.shape.dim() != 3 || images.shape.numel() == 0) {
      throw wick::FormatError(name, 3,
                              "expected images of shape [N, height, width], got " + images.shape.str());
    }
    if (index < 0 || index >= images.shape[0]) {
      throw wick::IndexError(name + ": image " + std::to_string(index) + " is not among its " +
                             std::to_string(images.shape[0]) + " images, which are numbered from 0");
    }
    Picture picture;
    picture.pixels = wick::Image(images.view()[index]);
    return picture;
  }

  PictureOptions options_;
  wick::LoadImageOptions load_options_;
  std::map<std::filesystem::path, wick::IdxArray> idx_files_;
};

}  // namespace tool
