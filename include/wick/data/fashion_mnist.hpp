#pragma once

// Fashion-MNIST: 60,000 + 10,000 grey images of clothing, 28 x 28, ten classes.
// Source: https://github.com/zalandoresearch/fashion-mnist

#include <wick/base/file_path.hpp>
#include <wick/data/detail/fashion_mnist_files.hpp>
#include <wick/data/idx_image_dataset.hpp>

#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// The Fashion-MNIST data set, as torchvision.datasets.FashionMNIST with
/// transforms ToTensor and Normalize.
///
/// Files are searched in `root` if it is not empty, else in the folder that the
/// environment variable WICK_FASHION_MNIST names if it is set, else in
/// ./data/fashion-mnist, else in /usr/share/datasets/fashion-mnist (where Debian's
/// package dataset-fashion-mnist puts them), each plain or compressed (.gz).
/// Throws FileError when they are not there, listing where it looked and how to get
/// them, and FormatError when they are not what they should be.
class FashionMNIST : public IdxImageDataset {
 public:
  /// The 60,000 images to train with, or the 10,000 to test with.
  explicit FashionMNIST(const FilePath& root = {}, bool train = true, const Normalize& normalize = {})
      : IdxImageDataset(
            detail::fashion_mnist_images(stbi_zlib_decode_noheader_buffer, root, train, normalize)) {}

  /// The names of the ten classes, by label.
  [[nodiscard]] static std::vector<std::string> class_names() { return detail::fashion_mnist_classes(); }
};

WICK_END_NAMESPACE
