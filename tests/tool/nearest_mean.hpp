#pragma once

// A classifier of Fashion-MNIST that needs no training: the class whose mean picture is nearest.

#include <wick/base/error.hpp>
#include <wick/data/fashion_mnist.hpp>
#include <wick/data/idx_image_dataset.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

namespace wick_tests {

/// The 10,000 test images, and the file that has them.
struct FashionTestSet {
  std::filesystem::path images_path;
  wick::IdxImageDataset images;
};

/// Nothing where they are not installed.
[[nodiscard]] inline std::optional<FashionTestSet> fashion_test_set() {
  try {
    const auto paths = wick::detail::find_fashion_mnist({}, false);
    return FashionTestSet{
        std::filesystem::absolute(paths.images),
        wick::IdxImageDataset(paths.images, paths.labels, wick::FashionMNIST::class_names())};
  } catch (const wick::FileError&) {
    return std::nullopt;
  }
}

/// For the mean m of each class: -|x - m|^2 / 20 = weight x + bias and a term that all have.
struct NearestMean {
  std::vector<std::vector<double>> means = std::vector(10, std::vector<double>(784));
  std::vector<float> weight = std::vector<float>(7840);  ///< (10, 784), m / 10
  std::vector<float> bias = std::vector<float>(10);      ///< -|m|^2 / 20
};

/// Pixel k of image i, normalised to [-1, 1].
[[nodiscard]] inline double pixel(const wick::IdxImageDataset& images, wick::Index i, std::size_t k) {
  return images.image(i).data()[k] / 127.5 - 1;
}

[[nodiscard]] inline NearestMean nearest_mean(const wick::IdxImageDataset& images) {
  NearestMean result;
  std::vector<double> counts(10);
  for (wick::Index i = 0; i < images.size(); ++i) {
    const auto label = static_cast<std::size_t>(images.label(i));
    ++counts[label];
    for (std::size_t k = 0; k < 784; ++k) result.means[label][k] += pixel(images, i, k);
  }
  for (std::size_t c = 0; c < 10; ++c) {
    double square = 0;
    for (std::size_t k = 0; k < 784; ++k) {
      double& m = result.means[c][k];
      m /= counts[c];
      square += m * m;
      result.weight[c * 784 + k] = static_cast<float>(m / 10);
    }
    result.bias[c] = static_cast<float>(-square / 20);
  }
  return result;
}

}  // namespace wick_tests
