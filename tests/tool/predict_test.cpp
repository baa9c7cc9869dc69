#include "support/throws.hpp"
#include "tool/nearest_mean.hpp"
#include "tool/tool.hpp"

#include <wick/checkpoint/checkpoint.hpp>
#include <wick/image/image.hpp>
#include <wick/io/any_file.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

using wick::Image;
using wick::Index;
using wick::Shape;
using wick_tests::contains;
using wick_tests::run_tool;
using wick_tests::TempDir;
using wick_tests::tensor_of;
using wick_tests::write_model;

namespace {

const wick::Attributes names{{"classes", std::vector<std::string>{"left", "right", "ground"}}};

/// A network without hidden layers for pictures of 2 x 2: the logits are twice the upper left
/// pixel, twice the upper right pixel, and 0, of pixels in [-1, 1].
wick::Archive corners(const wick::Attributes& metadata = names) {
  wick::Archive archive;
  archive.architecture =
      wick::Architecture{.input_size = 4, .output_size = 3, .hidden_layers = {}, .dropout = 0.5};
  archive.tensors.emplace_back(
      "model",
      wick::StateDict{{"output.weight", tensor_of<float>({2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0}, Shape{3, 4})},
                      {"output.bias", tensor_of<float>({0, 0, 0})}});
  if (!metadata.empty()) archive.attributes.emplace_back("metadata", metadata);
  return archive;
}

Image picture(const std::vector<std::uint8_t>& pixels, const Shape& shape = Shape{2, 2}) {
  return Image(wick::TensorView<const std::uint8_t>(pixels.data(), shape));
}

/// softmax of (left, right, 0) in percent with one digit.
std::array<std::string, 3> percents(double left, double right) {
  const double sum = std::exp(left) + std::exp(right) + 1;
  return {wick::fixed(100 * std::exp(left) / sum, 1), wick::fixed(100 * std::exp(right) / sum, 1),
          wick::fixed(100 / sum, 1)};
}

struct Files {
  TempDir dir;
  Files() {
    wick::write_archive(corners(), dir / "corners.wick");
    // 255 is 1, 0 is -1: logits 2, -2, 0.
    wick::save_png(picture({255, 0, 0, 0}), dir / "left.png");
    wick::save_png(picture({0, 255, 0, 0}), dir / "right.png");
  }
  [[nodiscard]] wick_tests::ProgramResult predict(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "predict");
    return run_tool(arguments, dir.path());
  }
};

std::vector<std::byte> idx3(unsigned count, unsigned height, unsigned width,
                            const std::vector<std::uint8_t>& pixels) {
  auto bytes = wick_tests::bytes_of({0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, height, 0, 0, 0, width});
  for (const std::uint8_t p : pixels) bytes.push_back(std::byte{p});
  return bytes;
}

}  // namespace

TEST_CASE("predict prints the most probable classes by name") {
  const Files files;
  const auto result = files.predict({"corners.wick", "left.png", "right.png"});
  CHECK(result.code == 0);
  CHECK(result.err.empty());
  const auto [left, right, ground] = percents(2, -2);
  CHECK(result.out == "left.png\n  2 x 2; mean 0.5 (assumed), std 0.5 (assumed)\n  " + left + " %  left\n  " +
                          ground + " %  ground\n   " + right +
                          " %  right\nright.png\n  2 x 2; mean 0.5 (assumed), std 0.5 (assumed)\n  " + left +
                          " %  right\n  " + ground + " %  ground\n   " + right + " %  left\n");
  const auto one = files.predict({"--top", "1", "corners.wick", "left.png"});
  CHECK(one.out.ends_with(")\n  " + left + " %  left\n"));
  CHECK(files.predict({"--top", "99", "corners.wick", "left.png"}).out ==
        files.predict({"corners.wick", "left.png"}).out);
}

TEST_CASE("predict --json gives programs the same") {
  const Files files;
  const auto result = files.predict({"--json", "--top", "2", "corners.wick", "left.png"});
  CHECK(result.code == 0);
  CHECK(result.err.empty());
  CHECK(contains(result.out, R"({
  "model": "corners.wick",
  "mean": 0.5,
  "std": 0.5,
  "images": [
    {
      "image": "left.png",
      "width": 2,
      "height": 2,
      "color": false,
      "inverted": false,
      "resized": false,
      "padded": false,
      "predictions": [
        {
          "class": 0,
          "name": "left",
          "probability": 0.8)"));
  CHECK(contains(result.out, "\"name\": \"ground\""));
  CHECK(result.out.ends_with("        }\n      ]\n    }\n  ]\n}\n"));
}

TEST_CASE("the normalisation of the file is used, or the one that is given") {
  const Files files;
  wick::Attributes metadata = names;
  metadata.set("normalize.mean", 0.0);
  metadata.set("normalize.std", std::vector<double>{0.25});
  wick::write_archive(corners(metadata), files.dir / "scaled.wick");
  // Pixels 1 and 0 become 4 and 0: logits 8, 0, 0.
  const auto [left, right, ground] = percents(8, 0);
  const auto result = files.predict({"scaled.wick", "left.png"});
  CHECK(contains(result.out, "2 x 2; mean 0.0 (of the file), std 0.25 (of the file)\n"));
  CHECK(contains(result.out, left + " %  left\n   " + right + " %  right\n"));
  const auto given = files.predict({"--mean", "0.5", "--std", "0.5", "scaled.wick", "left.png"});
  CHECK(contains(given.out, "mean 0.5 (given), std 0.5 (given)\n  " + percents(2, -2)[0] + " %  left\n"));
  CHECK(files.predict({"--std", "0", "corners.wick", "left.png"}).code == 2);
  metadata.set("normalize.std", "wide");
  wick::write_archive(corners(metadata), files.dir / "wrong.wick");
  const auto wrong = files.predict({"wrong.wick", "left.png"});
  CHECK(wrong.code == 1);
  CHECK(contains(wrong.err,
                 "wrong.wick: the metadata \"normalize.std\" should be a number or a list of one, it is "
                 "a text"));
}

TEST_CASE("without names of the classes there are numbers") {
  const Files files;
  wick::write_archive(corners({}), files.dir / "nameless.wick");
  const auto result = files.predict({"nameless.wick", "left.png"});
  CHECK(result.code == 0);
  CHECK(result.err.empty());
  CHECK(contains(result.out, " %  class 0\n"));
  const auto given = files.predict({"--classes", "L,R,\x1b", "nameless.wick", "left.png"});
  CHECK(contains(given.out, " %  L\n"));
  CHECK(contains(given.out, " %  \\x1b\n"));
  wick::write_archive(corners({{"classes", std::vector<std::string>{"left"}}}), files.dir / "few.wick");
  const auto few = files.predict({"few.wick", "left.png"});
  CHECK(few.code == 0);
  CHECK(contains(few.out, " %  class 0\n"));
  CHECK(few.err ==
        "wick predict: note: the file has 1 class name, the network has 3 outputs; classes are shown as "
        "numbers\n");
}

TEST_CASE("colour becomes grey, transparency black, and larger pictures are reduced by areas") {
  const Files files;
  // Left half white, right half black, 4 x 4 colour.
  std::vector<std::uint8_t> pixels;
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) pixels.insert(pixels.end(), 3, x < 2 ? 255 : 0);
  }
  wick::save_png(picture(pixels, Shape{4, 4, 3}), files.dir / "half.png");
  const auto result = files.predict({"corners.wick", "half.png"});
  CHECK(result.out.starts_with(
      "half.png\n  4 x 4, made grey, resized to 2 x 2; mean 0.5 (assumed), std 0.5 (assumed)\n  " +
      percents(2, -2)[0] + " %  left\n"));
  // A quarter of the upper left corner is white: 64 of 255.
  std::vector<std::uint8_t> corner(16, 0);
  corner[0] = 255;
  wick::save_png(picture(corner, Shape{4, 4}), files.dir / "corner.png");
  CHECK(contains(files.predict({"corners.wick", "corner.png"}).out,
                 percents(2 * (2 * 64.0 / 255 - 1), -2)[0] + " %  left\n"));
}

TEST_CASE("other proportions are kept with black at the sides, unless stretched") {
  const Files files;
  wick::save_png(picture(std::vector<std::uint8_t>(32, 255), Shape{8, 4}), files.dir / "tall.png");
  // 8 x 4 fits into 2 x 2 as 2 x 1, on the left; the rest is black.
  const auto fitted = files.predict({"corners.wick", "tall.png"});
  CHECK(fitted.out.starts_with(
      "tall.png\n  4 x 8, fitted into 2 x 2; mean 0.5 (assumed), std 0.5 (assumed)\n  " + percents(2, -2)[0] +
      " %  left\n"));
  const auto stretched = files.predict({"--stretch", "corners.wick", "tall.png"});
  CHECK(contains(stretched.out, "tall.png\n  4 x 8, resized to 2 x 2; "));
  CHECK(contains(stretched.out, percents(2, 2)[0] + " %  right\n"));
}

TEST_CASE("--invert makes dark things on light ground what the network knows") {
  const Files files;
  wick::save_png(picture({0, 255, 255, 255}), files.dir / "dark.png");
  const auto plain = files.predict({"corners.wick", "dark.png"});
  CHECK(plain.code == 0);
  CHECK(plain.err ==
        "wick predict: note: dark.png is light at its edges; for a network that learned light things on "
        "black, --invert it\n");
  const auto inverted = files.predict({"--invert", "corners.wick", "dark.png"});
  CHECK(inverted.err.empty());
  CHECK(inverted.out.starts_with("dark.png\n  2 x 2, inverted; mean 0.5 (assumed), std 0.5 (assumed)\n  " +
                                 percents(2, -2)[0] + " %  left\n"));
}

TEST_CASE("transparent parts are ground for the network, light or dark") {
  const Files files;
  // A white pixel, the others transparent white, as RGBA with stored deflate blocks would be long:
  // png_gray_alpha.png has grey 40 i and opacity 50 i in pixel i of 2 x 3.
  const auto result =
      run_tool({"predict", "--json", (files.dir / "corners.wick").string(), "png_gray_alpha.png"});
  CHECK(result.code == 0);
  const auto black =
      wick::load_image(wick_tests::tool_reference / "png_gray_alpha.png", {.background = std::uint8_t{0}});
  wick::save_png(black, files.dir / "black.png");
  const auto expected = files.predict({"--json", "corners.wick", "black.png"});
  const auto tail = [](const std::string& out) { return out.substr(out.find("\"width\"")); };
  CHECK(tail(result.out) == tail(expected.out));
  const auto white =
      wick::load_image(wick_tests::tool_reference / "png_gray_alpha.png", {.background = std::uint8_t{255}});
  wick::save_png(white, files.dir / "white.png");
  CHECK(tail(run_tool({"predict", "--json", "--invert", (files.dir / "corners.wick").string(),
                       "png_gray_alpha.png"})
                 .out) == tail(files.predict({"--json", "--invert", "corners.wick", "white.png"}).out));
}

TEST_CASE("JPEG pictures are read") {
  const Files files;
  std::vector<std::byte> jpeg;
  const auto append = [](void* context, void* data, int size) {
    const auto* bytes = static_cast<const std::byte*>(data);
    auto* out = static_cast<std::vector<std::byte>*>(context);
    out->insert(out->end(), bytes, bytes + size);
  };
  std::vector<std::uint8_t> pixels(16 * 16, 0);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = i % 16 < 8 ? 255 : 0;
  REQUIRE(stbi_write_jpg_to_func(append, &jpeg, 16, 16, 1, pixels.data(), 95) != 0);
  wick_tests::write_bytes(files.dir / "half.jpg", jpeg);
  const auto result = files.predict({"--top", "1", "corners.wick", "half.jpg"});
  CHECK(result.code == 0);
  CHECK(contains(result.out, " %  left\n"));
}

TEST_CASE("images of IDX files are named by their number") {
  const Files files;
  wick_tests::write_bytes(files.dir / "two.idx", idx3(2, 2, 2, {255, 0, 0, 0, 0, 255, 0, 0}));
  const auto result = files.predict({"--top", "1", "corners.wick", "two.idx:1", "two.idx:0"});
  CHECK(result.code == 0);
  const std::string left = percents(2, -2)[0];
  CHECK(result.out == "two.idx:1\n  2 x 2; mean 0.5 (assumed), std 0.5 (assumed)\n  " + left +
                          " %  right\ntwo.idx:0\n  2 x 2; mean 0.5 (assumed), std 0.5 (assumed)\n  " + left +
                          " %  left\n");
  CHECK(files.predict({"--top", "1", "corners.wick", "--idx", "two.idx", "--item", "1,0"}).out == result.out);
  CHECK(files.predict({"--top", "1", "corners.wick", "--idx", "two.idx", "--item", "1", "--item", "0"}).out ==
        result.out);
  const auto beyond = files.predict({"corners.wick", "two.idx:2"});
  CHECK(beyond.code == 2);
  CHECK(beyond.err ==
        "wick predict: two.idx: image 2 is not among its 2 images, which are numbered from 0\n");
  const auto whole = files.predict({"corners.wick", "two.idx"});
  CHECK(whole.code == 1);
  CHECK(whole.err ==
        "wick predict: two.idx: expected a PNG or JPEG picture; one image of an IDX file is "
        "written as two.idx:0\n");
  wick_tests::write_bytes(files.dir / "labels.idx", wick_tests::bytes_of({0, 0, 8, 1, 0, 0, 0, 1, 7}));
  CHECK(files.predict({"corners.wick", "labels.idx:0"}).err ==
        "wick predict: labels.idx: at byte 3: expected images of shape [N, height, width], got [1]\n");
  // images_fixed.gz is a compressed IDX file with images of 3 x 2.
  const auto packed = run_tool({"predict", (files.dir / "corners.wick").string(), "images_fixed.gz:1"});
  CHECK(packed.code == 0);
  // A file of that very name is meant before an item.
  wick::save_png(picture({255, 0, 0, 0}), files.dir / "odd:1");
  CHECK(files.predict({"corners.wick", "odd:1"}).out.starts_with("odd:1\n  2 x 2; "));
}

TEST_CASE("a picture that is none does not keep the others from being seen") {
  const Files files;
  wick_tests::write_bytes(files.dir / "text.png", wick_tests::bytes_of({'h', 'e', 'l', 'l', 'o'}));
  const auto result = files.predict({"corners.wick", "text.png", "left.png"});
  CHECK(result.code == 1);
  CHECK(result.out.starts_with("left.png\n"));
  CHECK(result.err == "wick predict: text.png: at byte 0: expected a PNG or JPEG picture\n");
  const auto missing = files.predict({"--json", "corners.wick", "missing.png", "text.png"});
  CHECK(missing.code == 2);
  CHECK(missing.out ==
        "{\n  \"model\": \"corners.wick\",\n  \"mean\": 0.5,\n  \"std\": 0.5,\n  \"images\": []\n}\n");
}

TEST_CASE("--show draws what the network sees, in plain characters where there is no terminal") {
  const Files files;
  const auto result = files.predict({"--show", "--top", "1", "corners.wick", "left.png"});
  CHECK(contains(result.out, "(assumed)\n= \n"));
  CHECK(!contains(result.out, "\x1b"));
  CHECK(files.predict({"--show", "--json", "corners.wick", "left.png"}).code == 2);
}

TEST_CASE("networks of PyTorch's files predict, with parameters of other names on request") {
  const Files files;
  const wick::Archive own = corners();
  for (const char* name : {"corners.pth", "corners.safetensors"}) {
    CAPTURE(name);
    wick::write_any(own, files.dir / name);
    const auto result = files.predict({name, "left.png"});
    CHECK(result.code == 0);
    CHECK(result.out == files.predict({"corners.wick", "left.png"}).out);
  }
  // nn.Sequential names parameters by number; a bare state dict has no sizes.
  const wick::StateDict& model = own.tensors[0].second;
  wick::Archive sequential;
  sequential.tensors.emplace_back(
      "model", wick::StateDict{{"0.weight", model["output.weight"]}, {"0.bias", model["output.bias"]}});
  wick::write_any(sequential, files.dir / "sequential.pth");
  const auto refused = files.predict({"sequential.pth", "left.png"});
  CHECK(refused.code == 1);
  CHECK(contains(refused.err, "\"0.bias\" is not a parameter of a Network"));
  const auto result =
      files.predict({"--by-shape", "--classes", "left,right,ground", "sequential.pth", "left.png"});
  CHECK(result.code == 0);
  CHECK(result.out == files.predict({"corners.wick", "left.png"}).out);
}

TEST_CASE("files without a network for pictures are refused") {
  const Files files;
  write_model(files.dir / "bare.wick", {{"w", tensor_of<float>({1})}});
  const auto bare = files.predict({"bare.wick", "left.png"});
  CHECK(bare.code == 1);
  CHECK(contains(bare.err, "wick predict: bare.wick: the file does not say how to build the network"));
  wick::save_checkpoint(wick::Network<float>(5, 2, {3}), files.dir / "five.wick");
  const auto five = files.predict({"five.wick", "left.png"});
  CHECK(five.code == 2);
  CHECK(five.err ==
        "wick predict: expected a network for square grey pictures, such as one with 784 inputs, got one "
        "with 5 inputs\n");
  wick::Archive damaged = corners();
  damaged.tensors[0].second = wick::StateDict{
      {"output.weight",
       tensor_of<float>(std::vector<float>(12, std::numeric_limits<float>::quiet_NaN()), Shape{3, 4})},
      {"output.bias", tensor_of<float>({0, 0, 0})}};
  wick::write_archive(damaged, files.dir / "nan.wick");
  const auto nan = files.predict({"nan.wick", "left.png"});
  CHECK(nan.code == 1);
  CHECK(nan.err ==
        "wick predict: nan.wick: the network gives NaN for left.png; its parameters are damaged "
        "or too large\n");
}

TEST_CASE("images of Fashion-MNIST are taken for the class with the nearest mean") {
  const auto found = wick_tests::fashion_test_set();
  if (!found) {
    MESSAGE("skipped: Fashion-MNIST is not installed");
    return;
  }
  const wick::IdxImageDataset& data = found->images;
  const auto [means, weight, bias] = wick_tests::nearest_mean(data);
  const TempDir dir;
  wick::Archive archive;
  archive.architecture =
      wick::Architecture{.input_size = 784, .output_size = 10, .hidden_layers = {}, .dropout = 0};
  archive.tensors.emplace_back("model", wick::StateDict{{"output.weight", tensor_of(weight, Shape{10, 784})},
                                                        {"output.bias", tensor_of(bias)}});
  archive.attributes.emplace_back("metadata", wick::Attributes{{"classes", data.classes()}});
  wick::write_archive(archive, dir / "means.wick");

  std::vector<std::string> arguments{"predict", "--top", "1", "means.wick"};
  std::string expected;
  std::string expected_of_files;
  std::vector<std::string> with_files = arguments;
  constexpr Index images = 20;
  for (Index i = 0; i < images; ++i) {
    std::vector<double> logits;
    for (std::size_t c = 0; c < 10; ++c) {
      double distance = 0;
      for (std::size_t k = 0; k < 784; ++k)
        distance += std::pow(wick_tests::pixel(data, i, k) - means[c][k], 2);
      logits.push_back(-distance / 20);
    }
    const auto best = std::ranges::max_element(logits);
    double sum = 0;
    for (const double x : logits) sum += std::exp(x - *best);
    const std::string number = std::to_string(i);
    const std::string rest = "\n  28 x 28; mean 0.5 (assumed), std 0.5 (assumed)\n  " +
                             wick::fixed(100 / sum, 1) + " %  " +
                             data.classes()[static_cast<std::size_t>(best - logits.begin())] + "\n";
    const std::string item = found->images_path.string() + ":" + number;
    arguments.push_back(item);
    expected += item + rest;
    wick::save_png(data.image(i), dir / (number + ".png"));
    with_files.push_back(number + ".png");
    expected_of_files += number + ".png" + rest;
  }
  const auto result = run_tool(arguments, dir.path());
  CHECK(result.code == 0);
  CHECK(result.out == expected);
  // The second image of the test set is a pullover, the third a pair of trousers.
  CHECK(contains(expected, " %  Pullover\n"));
  CHECK(contains(expected, " %  Trouser\n"));
  const auto of_files = run_tool(with_files, dir.path());
  CHECK(of_files.code == 0);
  CHECK(of_files.out == expected_of_files);
}
