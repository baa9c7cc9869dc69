#pragma once

// What an IdxImageDataset holds, without what decompresses.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/file_path.hpp>
#include <wick/data/dataset.hpp>
#include <wick/data/detail/gzip_member.hpp>
#include <wick/data/detail/pixel_tables.hpp>
#include <wick/data/idx_array.hpp>
#include <wick/data/transforms.hpp>

#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Images, their labels, and how pixels become numbers.
class IdxImages {
 public:
  /// Throws what IdxImageDataset throws.
  IdxImages(Inflate inflate, const FilePath& images, const FilePath& labels, std::vector<std::string> classes,
            const Normalize& normalize);

  [[nodiscard]] const std::vector<std::string>& classes() const& noexcept { return classes_; }
  [[nodiscard]] std::vector<std::string> classes() && noexcept { return std::move(classes_); }
  [[nodiscard]] const IdxArray& images() const noexcept { return images_; }
  [[nodiscard]] const IdxArray& labels() const noexcept { return labels_; }
  [[nodiscard]] const Normalize& normalize() const noexcept { return tables_.normalize(); }
  void set_normalize(const Normalize& normalize) { tables_ = PixelTables(normalize); }

  template <Floating T>
  void collate(std::span<const Index> indices, Batch<T>& batch) const;

 private:
  std::vector<std::string> classes_;
  IdxArray images_;
  IdxArray labels_;
  PixelTables tables_;
};

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/data/detail/idx_images.ipp>
#endif
