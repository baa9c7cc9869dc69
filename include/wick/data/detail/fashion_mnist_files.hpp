#pragma once

// Where the files of Fashion-MNIST are, and what its classes are called.

#include <wick/version.hpp>

#include <filesystem>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The files of images and of their labels.
struct IdxPaths {
  std::filesystem::path images;
  std::filesystem::path labels;
};

/// The folders to search, in order. One that the user named is searched alone: to
/// use other data than those asked for would be worse than an error.
[[nodiscard]] std::vector<std::filesystem::path> fashion_mnist_folders(const std::filesystem::path& root);

/// See FashionMNIST. Throws FileError when they are not there.
[[nodiscard]] IdxPaths find_fashion_mnist(const std::filesystem::path& root, bool train);

[[nodiscard]] std::vector<std::string> fashion_mnist_classes();

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/data/detail/fashion_mnist_files.ipp>
#endif
