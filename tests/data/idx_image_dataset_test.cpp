#include <wick/data/idx_image_dataset.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <vector>

using wick::Index;
using wick::Shape;
using wick_tests::bytes_of;
using wick_tests::contains;
using wick_tests::message_of;

static_assert(wick::DatasetFor<wick::IdxImageDataset, float>);
static_assert(wick::DatasetFor<wick::IdxImageDataset, double>);

namespace {

/// Three images of 1 x 2 pixels, and the files they come from.
struct Files {
  wick_tests::TempDir dir;
  std::filesystem::path images = dir / u8"bilder-ü";
  std::filesystem::path labels = dir / "labels";
  Files() {
    wick_tests::write_bytes(images, bytes_of({0, 0,   8,  3,   0,   0,  0, 3, 0, 0, 0, 1, 0, 0, 0, 2,  //
                                              0, 255, 51, 102, 153, 204}));
    wick_tests::write_bytes(labels, bytes_of({0, 0, 8, 1, 0, 0, 0, 3, 2, 0, 1}));
  }
  [[nodiscard]] wick::IdxImageDataset open(const wick::Normalize& normalize = {}) const {
    return {images, labels, {"a", "b", "c"}, normalize};
  }
  [[nodiscard]] std::string refusal() const {
    return message_of<wick::FormatError>([&] { static_cast<void>(open()); });
  }
};

}  // namespace

TEST_CASE("images and labels are read and gathered, normalised") {
  const Files files;
  auto data = files.open();
  CHECK(data.size() == 3);
  CHECK(data.height() == 1);
  CHECK(data.width() == 2);
  CHECK(data.label(0) == 2);
  CHECK(data.classes() == std::vector<std::string>{"a", "b", "c"});
  CHECK(data.image(1).shape() == Shape{1, 2});
  CHECK(data.image(1).at(0, 1) == 102);

  wick::Batch<double> batch;
  data.collate(std::vector<Index>{2, 0}, batch);
  CHECK(batch.inputs.shape() == Shape{2, 1, 1, 2});
  CHECK(batch.targets == wick::Tensor<std::int64_t>::from({1, 2}));
  CHECK(batch.inputs.data()[0] == doctest::Approx(0.2));
  CHECK(batch.inputs.data()[1] == doctest::Approx(0.6));
  CHECK(batch.inputs.data()[2] == -1.0);
  CHECK(batch.inputs.data()[3] == 1.0);
}

TEST_CASE("the normalisation can be changed, and an impossible one changes nothing") {
  const Files files;
  auto data = files.open({.mean = 0, .std = 1});
  wick::Batch<float> batch;
  data.collate(std::vector<Index>{0}, batch);
  CHECK(batch.inputs.data()[1] == 1.0F);
  data.set_normalization({.mean = 0, .std = 0.25});
  data.collate(std::vector<Index>{0}, batch);
  CHECK(batch.inputs.data()[1] == 4.0F);
  CHECK_THROWS_AS(data.set_normalization({.mean = 0, .std = 0}), wick::OptionError);
  CHECK_THROWS_AS(data.set_normalization({.mean = 1e300, .std = 1}), wick::OptionError);
  CHECK(data.normalization() == wick::Normalize{.mean = 0, .std = 0.25});
  data.collate(std::vector<Index>{0}, batch);
  CHECK(batch.inputs.data()[1] == 4.0F);
}

TEST_CASE("indices outside the data are refused") {
  const Files files;
  const auto data = files.open();
  wick::Batch<float> batch;
  for (const Index bad : {Index{-1}, Index{3}}) {
    CHECK_THROWS_AS(static_cast<void>(data.image(bad)), wick::IndexError);
    CHECK_THROWS_AS(static_cast<void>(data.label(bad)), wick::IndexError);
    CHECK_THROWS_AS(data.collate(std::vector<Index>{0, bad}, batch), wick::IndexError);
  }
}

TEST_CASE("files that do not belong together are refused") {
  Files files;
  SUBCASE("a label that no class has") {
    wick_tests::write_bytes(files.labels, bytes_of({0, 0, 8, 1, 0, 0, 0, 3, 2, 3, 1}));
    CHECK(contains(files.refusal(), "labels: at byte 9: expected labels below 3, got label 3 at index 1"));
  }
  SUBCASE("other numbers of images and labels") {
    wick_tests::write_bytes(files.labels, bytes_of({0, 0, 8, 1, 0, 0, 0, 2, 2, 0}));
    const std::string text = files.refusal();
    CHECK(contains(text, "labels: at byte 4: expected 3 labels, one for each image of "));
    CHECK(contains(text, "bilder-ü, got 2"));
  }
  SUBCASE("swapped") {
    std::swap(files.images, files.labels);
    CHECK(contains(files.refusal(), "expected images of shape [N, height, width], got [3]; are the paths"));
  }
  SUBCASE("images as labels") {
    files.labels = files.images;
    CHECK(contains(files.refusal(), "expected labels of shape [N], got [3, 1, 2]"));
  }
  SUBCASE("no images") {
    wick_tests::write_bytes(files.images, bytes_of({0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2}));
    wick_tests::write_bytes(files.labels, bytes_of({0, 0, 8, 1, 0, 0, 0, 0}));
    CHECK(contains(files.refusal(), "there are no images: the shape is [0, 1, 2]"));
  }
  SUBCASE("images without pixels") {
    wick_tests::write_bytes(files.images, bytes_of({0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 2}));
    CHECK(contains(files.refusal(), "there are no images: the shape is [3, 0, 2]"));
  }
  SUBCASE("no names of classes") {
    CHECK_THROWS_AS(wick::IdxImageDataset(files.images, files.labels, {}), wick::OptionError);
  }
}
