#include <wick/data/augmentations.hpp>

#include "support/throws.hpp"

#include <wick/data/data_loader.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using wick::Augmented;
using wick::GaussianNoise;
using wick::Index;
using wick::RandomCrop;
using wick::RandomHorizontalFlip;
using wick::RandomRotation;
using wick::RandomVerticalFlip;
using wick::Shape;
using wick::Tensor;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

/// Two pictures of two channels, five rows and four columns: 1, 2, ...
wick::TensorDataset<float> pictures() {
  Tensor<float> x(Shape{2, 2, 5, 4});
  for (Index i = 0; i < 80; ++i) x.data()[i] = static_cast<float>(i + 1);
  return {std::move(x), Tensor<std::int64_t>::zeros(Shape{2})};
}

template <class... Each>
Tensor<float> changed(std::uint64_t seed, const Each&... each) {
  const auto data = pictures();
  const Augmented augmented(data, each...);
  wick::Batch<float> batch;
  wick::manual_seed(seed);
  augmented.collate(std::vector<Index>{0, 1}, batch);
  return batch.inputs;
}

}  // namespace

TEST_CASE("pictures are changed as torchvision changes them, with its draws") {
  std::ifstream file(std::string(WICK_TEST_DATA) + "/augmentations.txt");
  REQUIRE(file);
  std::set<std::string> names;
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    std::string name;
    std::string values;
    std::string bar;
    std::uint64_t seed = 0;
    std::uint32_t after = 0;
    in >> name >> seed >> values >> bar >> after;
    CAPTURE(name);
    CAPTURE(seed);
    names.insert(name);
    const Tensor<float> got =
        name == "horizontal" ? changed(seed, RandomHorizontalFlip{})
        : name == "vertical" ? changed(seed, RandomVerticalFlip{.p = 0.3})
        : name == "crop"     ? changed(seed, RandomCrop{.padding = 2})
        : name == "rotation" ? changed(seed, RandomRotation{.degrees = 40})
        : name == "noise"
            ? changed(seed, GaussianNoise{.sigma = 0.1})
            : changed(seed, RandomCrop{.padding = 2}, RandomHorizontalFlip{}, RandomRotation{.degrees = 40},
                      GaussianNoise{.sigma = 0.1}, RandomVerticalFlip{.p = 0.3});
    std::istringstream items(values);
    std::string item;
    for (Index i = 0; i < 80; ++i) {
      std::getline(items, item, ',');
      CHECK(std::abs(got.data()[i] - std::stof(item)) < 1e-4F);
    }
    CHECK(wick::default_generator().random32() % (1U << 20) == after);
  }
  CHECK(names.size() == 6);
}

TEST_CASE("an augmented dataset is one for a loader, and for augmentations of one's own") {
  const auto data = pictures();
  const auto negative = [](const wick::Picture<float>& picture, wick::Generator& /*generator*/) {
    for (float& value : picture.values) value = -value;
  };
  const Augmented augmented(data, negative, RandomCrop{.padding = 0}, RandomRotation{.degrees = 0},
                            RandomHorizontalFlip{.p = 1});
  wick::DataLoader loader(augmented, {.batch_size = 2});
  CHECK(loader.begin()->inputs.at(1, 0, 2, 1) == -51);
  CHECK(data.features().at(1, 0, 2, 2) == 51);

  // Grey pictures without a dimension of channels, and numbers as targets.
  Tensor<double> x = Tensor<double>::ones(Shape{1, 2, 3});
  x.at(0, 0, 0) = 7;
  const wick::TensorDataset<double, double> grey(x, Tensor<double>::ones(Shape{1}));
  const Augmented flipped(grey, RandomVerticalFlip{.p = 1});
  wick::DataLoader grey_loader(flipped);
  CHECK(grey_loader.begin()->inputs.at(0, 1, 0) == 7);
  CHECK(grey_loader.begin()->targets.data()[0] == 1);
}

TEST_CASE("augmentations refuse what cannot be") {
  const auto data = pictures();
  const auto refuses = [&](const auto& augmentation, const char* what) {
    CHECK(contains(message_of<wick::OptionError>([&] { static_cast<void>(Augmented(data, augmentation)); }),
                   what));
  };
  refuses(RandomHorizontalFlip{.p = 1.5}, "RandomHorizontalFlip: expected p in [0, 1], got 1.5");
  refuses(RandomVerticalFlip{.p = std::nan("")}, "RandomVerticalFlip: expected p in [0, 1], got nan");
  refuses(RandomCrop{.padding = -1}, "RandomCrop: padding must be >= 0, got -1");
  refuses(RandomRotation{.degrees = -1}, "RandomRotation: degrees must be finite and >= 0, got -1.0");
  refuses(GaussianNoise{.sigma = HUGE_VAL}, "GaussianNoise: sigma must be finite and >= 0, got inf");
  const wick::TensorDataset<float> rows(Tensor<float>::ones(Shape{3, 4}),
                                        Tensor<std::int64_t>::zeros(Shape{3}));
  const Augmented drawing(data, RandomHorizontalFlip{});
  CHECK(contains(message_of<wick::OptionError>([&] { wick::DataLoader(drawing, {.prefetch = 2}); }),
                 "prefetch must be 0 for a dataset that draws random numbers"));
  const Augmented no_pictures(rows, RandomHorizontalFlip{});
  wick::Batch<float> batch;
  CHECK(contains(message_of<wick::ShapeError>([&] { no_pictures.collate(std::vector<Index>{0}, batch); }),
                 "expected pictures of shape (B, H, W) or (B, C, H, W), got [1, 4]"));
}
