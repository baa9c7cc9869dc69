#pragma once

// Where the files of Fashion-MNIST are, and what its classes are called.

#include <wick/base/file_path.hpp>
#include <wick/data/detail/gzip_member.hpp>
#include <wick/data/detail/idx_images.hpp>
#include <wick/data/transforms.hpp>
#include <wick/version.hpp>

#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The files of images and of their labels.
struct IdxPaths {
  FilePath images;
  FilePath labels;
};

/// The folders to search, in order. One that the user named is searched alone: to
/// use other data than those asked for would be worse than an error.
[[nodiscard]] std::vector<FilePath> fashion_mnist_folders(const FilePath& root);

/// See FashionMNIST. Throws FileError when they are not there.
[[nodiscard]] IdxPaths find_fashion_mnist(const FilePath& root, bool train);

[[nodiscard]] std::vector<std::string> fashion_mnist_classes();

/// What is in them, read by a function that decompresses. Throws what FashionMNIST throws.
[[nodiscard]] IdxImages fashion_mnist_images(Inflate inflate, const FilePath& root, bool train,
                                             const Normalize& normalize);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/data/detail/fashion_mnist_files.ipp>
#endif
