#include <wick/image/picture_format.hpp>

#include "support/files.hpp"

#include <doctest/doctest.h>

#include <string_view>
#include <utility>

TEST_CASE("kinds of pictures that are not read are known by name") {
  using namespace std::string_view_literals;
  const auto name = [](std::string_view text) {
    return wick::detail::other_picture_format(std::as_bytes(std::span(text)));
  };
  for (const auto& [text, expected] : {std::pair{"GIF87a"sv, "GIF"sv},
                                       {"BM\x36\0\0\0"sv, "BMP"sv},
                                       {"8BPS\0\1"sv, "Photoshop"sv},
                                       {"#?RADIANCE\n"sv, "Radiance HDR"sv},
                                       {"\x53\x80\xF6\x34"sv, "Softimage PIC"sv},
                                       {"P5\n2 2\n255\n"sv, "PNM"sv},
                                       {"P6 2 2 255 "sv, "PNM"sv},
                                       {"\0\0\2\0TRUEVISION-XFILE.\0"sv, "TGA"sv},
                                       {"II*\0"sv, "TIFF"sv},
                                       {"MM\0*"sv, "TIFF"sv},
                                       {"RIFF\1\2\3\4WEBPVP8 "sv, "WebP"sv},
                                       {"\0\0\0\x1C"
                                        "ftypavif"sv,
                                        "AVIF"sv},
                                       {"\0\0\0\x18"
                                        "ftypheic"sv,
                                        "HEIC"sv},
                                       {""sv, ""sv},
                                       {"P"sv, ""sv},
                                       {"P5"sv, ""sv},
                                       {"P9\n"sv, ""sv},
                                       {"hello"sv, ""sv},
                                       {"\x89PNG\r\n\x1a\n"sv, ""sv}}) {
    CHECK(name(text) == expected);
  }
  CHECK(wick::detail::is_png(wick_tests::bytes_of({0x89, 'P', 'N', 'G', 13, 10, 26, 10})));
  CHECK_FALSE(wick::detail::is_png(wick_tests::bytes_of({0x89, 'P', 'N', 'G', 13, 10, 26})));
  CHECK(wick::detail::is_jpeg(wick_tests::bytes_of({0xFF, 0xD8, 0xFF})));
  CHECK_FALSE(wick::detail::is_jpeg(wick_tests::bytes_of({0xFF, 0xD8})));
}
