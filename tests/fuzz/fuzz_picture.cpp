// Pictures, from the bytes of a PNG or JPEG file to what a network sees in them.

#include "fuzz/picture_mutator.hpp"

#include <wick/image/resize.hpp>
#include <wick/inference/make_predictor.hpp>
#include <wick/models/network.hpp>

#include <cmath>
#include <cstring>

namespace wick_fuzz {

namespace {

constexpr std::uint64_t most_pixels = 4096;

const wick::Predictor& predictor() {
  static const wick::Predictor model = [] {
    wick::Network<float> network(16, 3, {5});
    float x = -0.5F;
    for (float& value : network.parameters()->values()) value = x = x > 0.4F ? -0.5F : x + 0.07F;
    return wick::make_predictor(network);
  }();
  return model;
}

void predict(const wick::Image& picture) {
  static wick::Predictor::Workspace workspace = predictor().workspace();
  const wick::Image gray = picture.reshape(wick::Shape{picture.size(0), picture.size(1)});
  const wick::Image small = wick::fit_image(gray, 4, 4);
  std::array<wick::Prediction, 3> top;
  require(predictor().predict(wick::Pixels::bytes(small.data(), 4, 4), top, workspace) == 3, "no prediction");
  float sum = 0;
  for (const wick::Prediction& p : top) sum += p.probability;
  require(std::abs(sum - 1) < 1e-4F, "the probabilities are not 1 together");
}

/// What the checks let pass, stb has to decode: else they and stb disagree on what the file says.
wick::Image decode(View input, const wick::LoadImageOptions& options) {
  try {
    return wick::decode_image(input, "input", options);
  } catch (const wick::FormatError& e) {
    require(std::string_view(e.what()).find("stb_image") == std::string_view::npos,
            "stb refuses what was checked");
    throw;
  }
}

}  // namespace

void read(View input) {
  // One of the ways to ask, by the input itself.
  const std::size_t way = input.size() % 6;
  wick::LoadImageOptions options{.channels = way % 3 == 0   ? 1
                                             : way % 3 == 1 ? 3
                                                            : 0,
                                 .max_pixels = most_pixels};
  if (way >= 3) options.background = std::uint8_t{200};
  const wick::Image picture = decode(input, options);
  touch(std::as_bytes(picture.span()));
  const wick::ImageInfo info = wick::image_info(input, "input", options);
  const wick::Index channels = options.channels != 0 ? options.channels : info.channels;
  require(picture.shape() == wick::Shape{info.height, info.width, channels}, "the header says another shape");
  require(static_cast<std::uint64_t>(info.height * info.width) <= most_pixels, "the limit is not obeyed");
  require(wick::decode_image(wick::encode_png(picture), "again") == picture,
          "a saved picture reads back otherwise");
  predict(picture.size(2) == 1 ? picture : decode(input, {.channels = 1}));
}

void mutate(Bytes& file, std::size_t limit, Random& random) { mutate_picture(file, limit, random); }

std::vector<Bytes> seeds() {
  std::vector<Bytes> files;
  for (const char* name :
       {"png_gray", "png_gray16", "png_gray_alpha", "png_one_bit", "png_palette", "png_rgb", "png_rgb_alpha",
        "jpeg_gray", "jpeg_444", "jpeg_422", "jpeg_420", "jpeg_one", "jpeg_optimized", "jpeg_restart_blocks",
        "jpeg_restart_rows", "jpeg_progressive", "jpeg_progressive_444", "jpeg_progressive_gray",
        "jpeg_progressive_restart"}) {
    const std::string text = name;
    files.push_back(reference(text + (text.starts_with("png") ? ".png" : ".jpg")));
  }
  return files;
}

}  // namespace wick_fuzz
