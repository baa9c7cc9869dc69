#pragma once

// Fashion-MNIST: 60,000 + 10,000 grey images of clothing, 28 x 28, ten classes.
// Source: https://github.com/zalandoresearch/fashion-mnist

#include <wick/data/idx_image_dataset.hpp>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

struct IdxPaths {
  std::filesystem::path images;
  std::filesystem::path labels;
};

/// `folder/name`, or `folder/name.gz`, or nothing.
[[nodiscard]] inline std::optional<std::filesystem::path> find_idx(const std::filesystem::path& folder,
                                                                   const std::string& name) {
  std::error_code ignored;
  for (const char* suffix : {"", ".gz"}) {
    std::filesystem::path path = folder / (name + suffix);
    if (std::filesystem::exists(path, ignored)) return path;
  }
  return std::nullopt;
}

/// The folders to search, in order. One that the user named is searched alone: to
/// use other data than those asked for would be worse than an error.
[[nodiscard]] inline std::vector<std::filesystem::path> fashion_mnist_folders(
    const std::filesystem::path& root) {
  if (!root.empty()) return {root};
  if (const char* named = std::getenv("WICK_FASHION_MNIST"); named != nullptr && *named != '\0') {
    return {std::filesystem::path(named)};
  }
  return {"./data/fashion-mnist", "/usr/share/datasets/fashion-mnist"};
}

[[nodiscard]] inline IdxPaths find_fashion_mnist(const std::filesystem::path& root, bool train) {
  const std::string prefix = train ? "train" : "t10k";
  const std::string images = prefix + "-images-idx3-ubyte";
  const std::string labels = prefix + "-labels-idx1-ubyte";
  const auto folders = fashion_mnist_folders(root);
  std::string looked;
  for (const auto& folder : folders) {
    const auto images_path = find_idx(folder, images);
    const auto labels_path = find_idx(folder, labels);
    if (images_path && labels_path) return {*images_path, *labels_path};
    looked +=
        "\n  " + display_name(folder) + (images_path || labels_path ? " (only one of the two files)" : "");
  }
  throw FileError(display_name(folders.front()),
                  "Fashion-MNIST was not found. Looked for " + images + " and " + labels +
                      ", each plain or with .gz, in:" + looked +
                      "\nGet the data with one of\n"
                      "  sudo apt-get install dataset-fashion-mnist   (Debian, Ubuntu)\n"
                      "  ./examples/quickstart.sh                     (downloads it, checks the checksums)\n"
                      "or name the folder that has it, as the argument or in the environment variable "
                      "WICK_FASHION_MNIST.");
}

}  // namespace detail

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
  explicit FashionMNIST(const std::filesystem::path& root = {}, bool train = true,
                        const Normalize& normalize = {})
      : FashionMNIST(detail::find_fashion_mnist(root, train), normalize) {}

  /// The names of the ten classes, by label.
  [[nodiscard]] static std::vector<std::string> class_names() {
    return {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
            "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  }

 private:
  FashionMNIST(const detail::IdxPaths& paths, const Normalize& normalize)
      : IdxImageDataset(paths.images, paths.labels, class_names(), normalize) {
    expect_image_size(28, 28, paths.images);
  }
};

WICK_END_NAMESPACE
