#include <wick/image/image.hpp>

#include "support/files.hpp"
#include "support/picture_files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#if defined(__linux__)
#include <sys/resource.h>

#include <csignal>
#include <iterator>
#endif

using wick::Image;
using wick::Index;
using wick::Shape;
using wick::Tensor;
using wick_tests::contains;
using wick_tests::message_of;
using Bytes = std::vector<std::byte>;

namespace {

const std::filesystem::path reference = WICK_TEST_DATA;

std::string refusal(const Bytes& bytes, const wick::LoadImageOptions& options = {}) {
  return message_of<wick::FormatError>([&] { static_cast<void>(wick::decode_image(bytes, "f", options)); });
}

Image pattern(const Shape& shape) {
  Image image(shape);
  for (Index i = 0; i < image.numel(); ++i) image.data()[i] = static_cast<std::uint8_t>(i * 37 % 256);
  return image;
}

}  // namespace

TEST_CASE("PNG files of every kind of pixel are read") {
  const auto load = [](const std::string& name, int channels = 0) {
    return wick::load_image(reference / ("png_" + name + ".png"), {.channels = channels});
  };
  for (const char* name : {"gray", "gray16", "gray_alpha"}) {
    CAPTURE(name);
    const Image image = load(name);
    REQUIRE(image.shape() == Shape{2, 3, 1});
    for (Index i = 0; i < 6; ++i) CHECK(image.data()[i] == 40 * i);
    const Image colour = load(name, 3);
    REQUIRE(colour.shape() == Shape{2, 3, 3});
    for (Index i = 0; i < 18; ++i) CHECK(colour.data()[i] == 40 * (i / 3));
  }
  for (const char* name : {"rgb", "rgb_alpha", "palette"}) {
    CAPTURE(name);
    const Image image = load(name);
    REQUIRE(image.shape() == Shape{2, 3, 3});
    for (Index i = 0; i < 6; ++i) {
      CHECK(image.data()[3 * i] == 40 * i);
      CHECK(image.data()[3 * i + 1] == 255 - 40 * i);
      CHECK(image.data()[3 * i + 2] == 7 * i);
    }
    const Image gray = load(name, 1);
    REQUIRE(gray.shape() == Shape{2, 3, 1});
    for (Index i = 0; i < 6; ++i) {
      const double luma = 0.299 * 40 * static_cast<double>(i) + 0.587 * (255 - 40 * static_cast<double>(i)) +
                          0.114 * 7 * static_cast<double>(i);
      CHECK(std::abs(gray.data()[i] - luma) < 2);
    }
  }
  const Image one_bit = load("one_bit");
  CHECK(one_bit.shape() == Shape{2, 3, 1});
  CHECK(std::vector<int>(one_bit.span().begin(), one_bit.span().end()) ==
        std::vector<int>{0, 255, 0, 255, 0, 255});
}

TEST_CASE("transparent parts let the background through, if there is one") {
  const auto load = [](const std::string& name, int channels, std::uint8_t background) {
    return wick::load_image(reference / ("png_" + name + ".png"),
                            {.channels = channels, .background = background});
  };
  const auto blended = [](Index value, Index i, int background) {  // opacity of pixel i: 50 i
    return std::lround(
        (static_cast<double>(value * 50 * i) + background * (255.0 - 50.0 * static_cast<double>(i))) / 255);
  };
  for (const int background : {0, 100, 255}) {
    const auto byte = static_cast<std::uint8_t>(background);
    const Image gray = load("gray_alpha", 0, byte);
    REQUIRE(gray.shape() == Shape{2, 3, 1});
    const Image rgb = load("rgb_alpha", 0, byte);
    REQUIRE(rgb.shape() == Shape{2, 3, 3});
    for (Index i = 0; i < 6; ++i) {
      CHECK(gray.data()[i] == blended(40 * i, i, background));
      CHECK(rgb.data()[3 * i] == blended(40 * i, i, background));
      CHECK(rgb.data()[3 * i + 1] == blended(255 - 40 * i, i, background));
      CHECK(rgb.data()[3 * i + 2] == blended(7 * i, i, background));
    }
    CHECK(load("gray_alpha", 3, byte).shape() == Shape{2, 3, 3});
    CHECK(load("rgb_alpha", 1, byte).shape() == Shape{2, 3, 1});
    CHECK(load("rgb_alpha", 1, byte).at(0, 0, 0) == background);
    // Nothing is transparent in these.
    for (const char* name : {"gray", "rgb", "palette"}) {
      CHECK(load(name, 0, byte) == wick::load_image(reference / ("png_" + std::string(name) + ".png")));
    }
  }
}

TEST_CASE("a picture that is saved comes back, whatever its shape and the name of the file") {
  const wick_tests::TempDir dir;
  const auto path = dir / u8"bild-größe-画像.png";
  for (const Shape& shape : {Shape{1, 1}, Shape{28, 28}, Shape{5, 7, 1}, Shape{7, 5, 3}, Shape{1, 300, 3}}) {
    CAPTURE(shape.str());
    const Image image = pattern(shape);
    wick::save_png(image, path);
    const Image got = wick::load_image(path);
    CHECK(got.shape() == Shape{shape[0], shape[1], shape.dim() == 3 ? shape[2] : 1});
    CHECK(std::ranges::equal(got.span(), image.span()));
  }
}

TEST_CASE(
    "JPEG files may have FF any number of times before a marker, and other bytes behind the data of a scan") {
  for (const char* name : {"gray", "444", "restart_blocks", "progressive", "progressive_restart"}) {
    CAPTURE(name);
    const auto path = reference / ("jpeg_" + std::string(name) + ".jpg");
    const std::vector<std::byte> file = wick_tests::read_bytes(path);
    const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(file[i]); };
    std::vector<std::byte> filled;
    std::size_t i = 0;
    const auto copy = [&](std::size_t count) {
      for (; count > 0; --count) filled.push_back(file[i++]);
    };
    copy(2);  // the first marker
    while (i < file.size()) {
      REQUIRE(at(i) == 0xFF);
      for (std::size_t more = filled.size() % 4; more > 0; --more) filled.push_back(std::byte{0xFF});
      const unsigned marker = at(i + 1);
      copy(2);
      const bool restarts = marker >= 0xD0 && marker <= 0xD7;
      if (marker != 0xD9 && !restarts) copy((at(i) << 8) + at(i + 1));
      if (marker != 0xDA && !restarts) continue;
      while (at(i) != 0xFF || at(i + 1) == 0) copy(1);
      if (at(i + 1) >= 0xD0 && at(i + 1) <= 0xD7) continue;
      filled.insert(filled.end(), 8, std::byte{0});
    }
    REQUIRE(filled.size() > file.size());
    CHECK(wick::decode_image(filled, "filled") == wick::decode_image(file, "file"));
  }
}

TEST_CASE("JPEG files of libjpeg-turbo are read as it reads them, to within rounding") {
  for (const char* name :
       {"gray", "444", "422", "420", "optimized", "one", "restart_blocks", "restart_rows", "progressive",
        "progressive_444", "progressive_gray", "progressive_restart", "exif", "noise"}) {
    CAPTURE(name);
    const std::string path = "jpeg_" + std::string(name);
    const Image got = wick::load_image(reference / (path + ".jpg"));
    const Image expected = wick::load_image(reference / (path + ".png"));
    REQUIRE(got.shape() == expected.shape());
    const auto info = wick::image_info(wick_tests::read_bytes(reference / (path + ".jpg")), "f");
    CHECK(info.format == wick::ImageFormat::jpeg);
    CHECK(Shape{info.height, info.width, info.channels} == got.shape());
    // Where colours are halved in width alone, stb gets the last one of a row wrong, and rounds otherwise.
    const bool halved = std::string_view(name) == "422";
    const Index columns = halved ? got.size(1) - 1 : got.size(1);
    int most = 0;
    for (Index y = 0; y < got.size(0); ++y) {
      for (Index x = 0; x < columns; ++x) {
        for (Index c = 0; c < got.size(2); ++c)
          most = (std::max)(most, std::abs(got.at(y, x, c) - expected.at(y, x, c)));
      }
    }
    CHECK(most <= (halved ? 3 : 2));
    // The grey of a colour picture is its brightness, as JPEG stores it.
    const Image gray =
        wick::load_image(reference / (path + ".jpg"), {.channels = 1, .background = std::uint8_t{9}});
    REQUIRE(gray.shape() == Shape{got.size(0), got.size(1), 1});
    for (Index i = 0; i < gray.numel() && got.size(2) == 3; ++i) {
      const std::uint8_t* p = got.data() + 3 * i;
      if (p[0] % 255 == 0 || p[1] % 255 == 0 || p[2] % 255 == 0) continue;  // cut off
      CHECK(std::abs(gray.data()[i] - (0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2])) < 2);
    }
  }
}

TEST_CASE("compressed pixels are as many as the size says") {
  using namespace wick_tests;
  const auto with = [](std::size_t n) {
    return refusal(png_file(
        {png_header(16, 16, 8, 0), png_chunk("IDAT", zlib_stored(Bytes(n))), png_chunk("IEND", {})}));
  };
  CHECK(with(271) ==
        "f: at byte 33: the PNG picture is damaged: its compressed pixels are 271 bytes, not the 272 bytes "
        "of its size");
  CHECK(
      contains(with(273), "its compressed pixels are no zlib data, or more than the 272 bytes of its size"));
  // 1 MB of zeros, of which 272 bytes fit.
  CHECK(contains(with(1 << 20), "are no zlib data, or more than the 272 bytes"));
  // What follows the end of the compressed data in its chunk is no part of it.
  Bytes data = zlib_stored(Bytes(272));
  append(data, Bytes(20));
  const Bytes file = png_file({png_header(16, 16, 8, 0), png_chunk("IDAT", data), png_chunk("IEND", {})});
  CHECK(wick::decode_image(file, "f").numel() == 256);
  for (const unsigned wrong : {0x79U, 0x08U, 0x00U}) {  // no zlib header
    Bytes broken = zlib_stored(Bytes(272));
    broken[0] = static_cast<std::byte>(wrong);
    CHECK(contains(
        refusal(png_file({png_header(16, 16, 8, 0), png_chunk("IDAT", broken), png_chunk("IEND", {})})),
        "are no zlib data"));
  }
}

TEST_CASE("a distance of 0 in compressed pixels copies nothing of the memory before") {
  using namespace wick_tests;
  // Fixed codes: a length of 3 (0000001) and distance code 30 (11110), which deflate does not have. stb 2.27
  // takes it for 0 and copies from where it writes. Then the end (0000000).
  std::string bits = "1 10";
  for (int i = 0; i < 90; ++i) bits += " 0000001 11110";
  bits += " 00110000 00110000 0000000";  // two zeros
  Bytes data = numbers({0x78, 0x01});
  unsigned byte = 0;
  unsigned n = 0;
  for (const char c : bits) {
    if (c == ' ') continue;
    byte |= (c == '1' ? 1U : 0U) << n++;
    if (n == 8) {
      append(data, numbers({byte}));
      byte = n = 0;
    }
  }
  append(data, numbers({byte, 0, 0, 0, 0, 0, 0}));
  const Bytes file = png_file({png_header(16, 16, 8, 0), png_chunk("IDAT", data), png_chunk("IEND", {})});
  for (int attempt = 0; attempt < 20; ++attempt) {
    const Bytes other(272, std::byte{0x5A});  // where the next block of that size may be
    try {
      const Image image = wick::decode_image(file, "f");
      for (const std::uint8_t x : image.span()) CHECK(x == 0);
    } catch (const wick::FormatError& e) {
      CHECK(contains(e.what(), "are no zlib data"));  // stb 2.30
    }
  }
}

TEST_CASE("a JPEG file is read to within its losses") {
  std::vector<std::byte> jpeg;
  const auto append = [](void* context, void* data, int size) {
    const auto* bytes = static_cast<const std::byte*>(data);
    auto* out = static_cast<std::vector<std::byte>*>(context);
    out->insert(out->end(), bytes, bytes + size);
  };
  Image image(Shape{16, 24, 3});
  for (Index i = 0; i < image.numel(); ++i) image.data()[i] = static_cast<std::uint8_t>(60 + 50 * (i % 3));
  REQUIRE(stbi_write_jpg_to_func(append, &jpeg, 24, 16, 3, image.data(), 95) != 0);
  const Image got = wick::decode_image(jpeg, "jpeg");
  REQUIRE(got.shape() == Shape{16, 24, 3});
  for (Index i = 0; i < got.numel(); ++i) CHECK(std::abs(got.data()[i] - image.data()[i]) <= 3);
}

TEST_CASE("what is no picture is refused") {
  CHECK(refusal({}) == "f: at byte 0: expected a PNG or JPEG picture");
  CHECK(refusal(wick_tests::bytes_of({'h', 'e', 'l', 'l', 'o'})) ==
        "f: at byte 0: expected a PNG or JPEG picture");
  CHECK(
      contains(refusal(wick_tests::read_bytes(reference / "images.idx3")), "expected a PNG or JPEG picture"));
  CHECK(refusal(wick_tests::bytes_of({'G', 'I', 'F', '8', '9', 'a'})) ==
        "f: at byte 0: expected a PNG or JPEG picture, got a GIF file, which is not read; convert it to PNG, "
        "which "
        "loses nothing");
}

TEST_CASE("a picture that is truncated anywhere is refused, and any byte may change without a crash") {
  for (const char* name : {"gray", "rgb_alpha", "palette", "gray16"}) {
    const Bytes file = wick_tests::read_bytes(reference / ("png_" + std::string(name) + ".png"));
    for (std::size_t n = 0; n < file.size(); ++n) {
      CAPTURE(n);
      const Bytes part(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(n));
      CHECK_THROWS_AS(static_cast<void>(wick::decode_image(part, "f")), wick::FormatError);
    }
    int refused = 0;
    int harmless = 0;
    for (std::size_t i = 0; i < file.size(); ++i) {
      for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
        Bytes damaged = file;
        damaged[i] ^= static_cast<std::byte>(flip);
        try {
          const Image image = wick::decode_image(damaged, "f", {.max_pixels = 1 << 20});
          harmless += image.numel() > 0 ? 1 : 0;
        } catch (const wick::FormatError&) {
          ++refused;
        }
      }
    }
    CHECK(refused > 100);
    CHECK(refused + harmless == static_cast<int>(3 * file.size()));
  }
}

TEST_CASE("the number of pixels is limited before memory is taken") {
  using namespace wick_tests;
  const Bytes pixels = png_chunk("IDAT", zlib_stored(Bytes(8)));
  const auto claims = [&](std::uint64_t width, std::uint64_t height) {
    return refusal(png_file({png_header(width, height, 8, 0), pixels, png_chunk("IEND", {})}));
  };
  CHECK(claims(16384, 16384) ==
        "f: at byte 16: the picture has 16384 x 16384 pixels, the limit is 33554432 "
        "(LoadImageOptions::max_pixels)");
  CHECK(contains(claims(65535, 65535), "the picture has 65535 x 65535 pixels, the limit"));
  CHECK(contains(claims(8192, 4096), "compressed bytes cannot hold its 8192 x 4096 pixels"));
  const Bytes small = read_bytes(reference / "png_gray.png");
  CHECK(contains(refusal(small, {.max_pixels = 5}),
                 "the picture has 3 x 2 pixels, the limit is 5 (LoadImageOptions::max_pixels)"));
  CHECK(wick::decode_image(small, "f", {.max_pixels = 6}).numel() == 6);
  CHECK_THROWS_AS(static_cast<void>(wick::load_image(reference / "png_gray.png", {.max_file_size = 10})),
                  wick::FileError);
  for (const int bad : {-1, 2, 4}) {
    CHECK(message_of<wick::OptionError>([&] {
            static_cast<void>(wick::decode_image(small, "f", {.channels = bad}));
          }) == "load_image: channels must be 0, 1 or 3, got " + std::to_string(bad));
  }
}

TEST_CASE("paths that cannot be read or written are named with the reason") {
  const wick_tests::TempDir dir;
  CHECK(contains(message_of<wick::FileError>([&] { static_cast<void>(wick::load_image(dir / u8"ä.png")); }),
                 "ä.png: cannot open: "));
  const Image image = pattern(Shape{2, 2});
  const auto save = [&](const std::filesystem::path& path) {
    return message_of<wick::FileError>([&] { wick::save_png(image, path); });
  };
  CHECK(contains(save(dir / "missing" / u8"ö.png"),
                 "ö.png: cannot create ö.png.wick-unfinished: No such file or directory"));
  CHECK(contains(save(dir.path()), "expected a file, got a directory"));
  if (std::filesystem::exists("/dev/full")) {
    CHECK(save("/dev/full") == "/dev/full: expected a regular file, got a device, pipe or socket");
  }
}

TEST_CASE("a picture replaces the old one as a whole") {
  const wick_tests::TempDir dir;
  const auto path = dir / "p.png";
  wick::save_png(pattern(Shape{2, 2}), path);
  const auto before = wick_tests::read_bytes(path);
  CHECK_THROWS_AS(wick::save_png(Image::zeros(Shape{2, 2, 2}), path), wick::ShapeError);
  CHECK(wick_tests::read_bytes(path) == before);
#if defined(__linux__)
  // A file that is written into where it is would follow the link to the old picture.
  std::filesystem::create_hard_link(path, dir / "old.png");
  std::filesystem::create_symlink("p.png", dir / "link.png");
  wick::save_png(pattern(Shape{3, 3}), dir / "link.png");
  CHECK(wick::load_image(path).size(0) == 3);
  CHECK(std::filesystem::is_symlink(dir / "link.png"));
  CHECK(wick_tests::read_bytes(dir / "old.png") == before);
  // No room for the new one: the old one is there still, and nothing beside it.
  struct rlimit limit {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &limit) == 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = limit;
  small.rlim_cur = 64;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  std::string message;
  try {
    wick::save_png(pattern(Shape{100, 100, 3}), path);
  } catch (const wick::FileError& e) {
    message = e.what();
  }
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  std::signal(SIGXFSZ, old_handler);
  CHECK(contains(message, "cannot write: File too large"));
  CHECK(wick::load_image(path).size(0) == 3);
  CHECK(std::distance(std::filesystem::directory_iterator(dir.path()), {}) == 3);
#endif
}

TEST_CASE("only pictures can be written") {
  for (const Shape& shape :
       {Shape{}, Shape{4}, Shape{2, 2, 2}, Shape{2, 2, 4}, Shape{1, 2, 2, 1}, Shape{0, 3}}) {
    CHECK(message_of<wick::ShapeError>([&] { static_cast<void>(wick::encode_png(Image::zeros(shape))); }) ==
          "encode_png: expected a picture of shape [H, W], [H, W, 1] or [H, W, 3], got " + shape.str());
  }
  // No memory behind it: the size is refused first.
  const wick::TensorView<const std::uint8_t> huge(nullptr, Shape{40000, 40000});
  CHECK(contains(message_of<wick::ShapeError>([&] { static_cast<void>(wick::encode_png(huge)); }),
                 "is too large"));
}

TEST_CASE("normalised values become bytes, clamped, with NaN black") {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr float inf = std::numeric_limits<float>::infinity();
  const auto values = Tensor<float>::from({{-1.0F, 1.0F, 0.0F, -2.0F}, {2.0F, nan, inf, -inf}});
  const Image image = wick::to_image(values);
  CHECK(image.shape() == Shape{2, 4});
  CHECK(std::vector<int>(image.span().begin(), image.span().end()) ==
        std::vector<int>{0, 255, 128, 0, 255, 0, 255, 0});
  const Image other = wick::to_image(Tensor<double>::from({{0.0, 5.0, 10.0}}), {.min = 0, .max = 10});
  CHECK(std::vector<int>(other.span().begin(), other.span().end()) == std::vector<int>{0, 128, 255});
}

TEST_CASE("the 256 pixel values survive normalisation and its inverse") {
  Tensor<float> values(Shape{16, 16});
  for (Index i = 0; i < 256; ++i) values.data()[i] = (static_cast<float>(i) / 255.0F - 0.5F) / 0.5F;
  const Image image = wick::to_image(values);
  for (Index i = 0; i < 256; ++i) CHECK(image.data()[i] == i);
}

TEST_CASE("a picture may come as a row, a channel or an item of a batch") {
  const Tensor<float> values = Tensor<float>::zeros(Shape{784});
  for (const Shape& shape :
       {Shape{784}, Shape{1, 784}, Shape{1, 28, 28}, Shape{1, 1, 28, 28}, Shape{28, 28}}) {
    CHECK(wick::to_image(values.view().reshape(shape)).shape() == Shape{28, 28});
  }
  Tensor<float> batch = Tensor<float>::zeros(Shape{5, 1, 28, 28});
  CHECK(wick::to_image(batch[3]).shape() == Shape{28, 28});
  CHECK(wick::to_image(Tensor<float>::zeros(Shape{3, 1})).shape() == Shape{3, 1});
  CHECK(wick::to_image(Tensor<float>::zeros(Shape{5})).shape() == Shape{1, 5});
  for (const Shape& shape : {Shape{2, 28, 28}, Shape{0, 28}, Shape{}}) {
    CHECK_THROWS_AS(static_cast<void>(wick::to_image(Tensor<float>::zeros(shape))), wick::ShapeError);
  }
  CHECK_THROWS_AS(static_cast<void>(wick::to_image(values, {.min = 1, .max = 1})), wick::OptionError);
  CHECK_THROWS_AS(static_cast<void>(wick::to_image(values, {.min = std::nan(""), .max = 1})),
                  wick::OptionError);
}
