#pragma once

// Definitions of image/picture_format.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/image/picture_format.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE std::string_view other_picture_format(std::span<const std::byte> bytes) noexcept {
  using std::string_view_literals::operator""sv;
  struct Kind {
    std::size_t at;
    std::string_view begin;
    std::string_view name;
  };
  constexpr std::array kinds{
      Kind{0, "GIF8"sv, "GIF"sv},
      Kind{0, "BM"sv, "BMP"sv},
      Kind{0, "8BPS"sv, "Photoshop"sv},
      Kind{0, "#?RADIANCE"sv, "Radiance HDR"sv},
      Kind{0, "#?RGBE"sv, "Radiance HDR"sv},
      Kind{0, "\x53\x80\xF6\x34"sv, "Softimage PIC"sv},
      Kind{0, "II*\0"sv, "TIFF"sv},
      Kind{0, "MM\0*"sv, "TIFF"sv},
      Kind{8, "WEBP"sv, "WebP"sv},
      Kind{4, "ftypavif"sv, "AVIF"sv},
      Kind{4, "ftypheic"sv, "HEIC"sv},
      Kind{4, "ftypmif1"sv, "HEIC"sv},
      Kind{0, "\xFF\x0A"sv, "JPEG XL"sv},
      Kind{4, "JXL "sv, "JPEG XL"sv},
      Kind{4, "jP  "sv, "JPEG 2000"sv},
      Kind{0, "\0\0\1\0"sv, "Windows icon"sv},
      Kind{0, "<svg"sv, "SVG"sv},
  };
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const Kind& kind : kinds) {
    if (text.size() > kind.at && text.substr(kind.at).starts_with(kind.begin)) return kind.name;
  }
  const bool netpbm = text.size() > 2 && text[0] == 'P' && text[1] >= '1' && text[1] <= '7' &&
                      " \t\r\n#"sv.find(text[2]) != std::string_view::npos;
  if (netpbm) return "PNM";
  // Targa files have nothing at their beginning, and this at their end, mostly.
  if (text.ends_with("TRUEVISION-XFILE.\0"sv)) return "TGA";
  return {};
}

}  // namespace detail

WICK_END_NAMESPACE
