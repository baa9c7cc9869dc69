#pragma once

// Definitions of data/detail/fashion_mnist_files.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/file_path.hpp>
#include <wick/data/detail/fashion_mnist_files.hpp>
#include <wick/data/detail/idx_contents.hpp>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// `folder/name`, or `folder/name.gz`, or nothing.
inline std::optional<std::filesystem::path> find_idx(const std::filesystem::path& folder,
                                                     const std::string& name) {
  std::error_code ignored;
  for (const char* suffix : {"", ".gz"}) {
    std::filesystem::path path = folder / (name + suffix);
    if (std::filesystem::exists(path, ignored)) return path;
  }
  return std::nullopt;
}

WICK_INLINE std::vector<FilePath> fashion_mnist_folders(const FilePath& root) {
  if (!root.empty()) return {root};
  if (const char* named = std::getenv("WICK_FASHION_MNIST"); named != nullptr && *named != '\0') {
    return {FilePath(named)};
  }
  return {"./data/fashion-mnist", "/usr/share/datasets/fashion-mnist"};
}

WICK_INLINE IdxPaths find_fashion_mnist(const FilePath& root, bool train) {
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

WICK_INLINE std::vector<std::string> fashion_mnist_classes() {
  return {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
          "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
}

WICK_INLINE IdxImages fashion_mnist_images(Inflate inflate, const FilePath& root, bool train,
                                           const Normalize& normalize) {
  const IdxPaths paths = find_fashion_mnist(root, train);
  IdxImages images(inflate, paths.images, paths.labels, fashion_mnist_classes(), normalize);
  check_idx_image_size(images.images().shape, 28, 28, display_name(paths.images));
  return images;
}

}  // namespace detail

WICK_END_NAMESPACE
