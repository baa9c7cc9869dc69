#pragma once

// What training learns from: images of Fashion-MNIST, and pictures that the user has named.

#include "example.hpp"
#include "sample_list.hpp"

#include <wick/base/error.hpp>
#include <wick/data/dataset.hpp>
#include <wick/data/transforms.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace desktop {

/// The first images of a data set, then examples, all of them several times. A data set for wick::DataLoader.
class TrainingSet {
 public:
  TrainingSet(int side, const wick::Normalize& normalize)
      : pixels_(wick::Index{side} * side), table_(normalize) {}

  void add(FashionPtr images, wick::Index count) {
    images_ = std::move(images);
    image_count_ = std::min(count, images_->size());
  }
  void add(std::vector<Example> examples, wick::Index times) {
    examples_ = std::move(examples);
    times_ = times;
  }

  /// The first `count` of them, at most all.
  [[nodiscard]] TrainingSet first(wick::Index count) const {
    TrainingSet result = *this;
    result.image_count_ = std::min(count, image_count_);
    const auto left = static_cast<std::size_t>(count - result.image_count_);
    if (result.examples_.size() > left) result.examples_.resize(left);
    result.times_ = 1;
    return result;
  }

  [[nodiscard]] wick::Index size() const noexcept {
    return image_count_ + times_ * static_cast<wick::Index>(examples_.size());
  }

  void collate(std::span<const wick::Index> indices, wick::Batch<float>& batch) const {
    const auto count = static_cast<wick::Index>(indices.size());
    batch.inputs.resize(wick::Shape{count, pixels_});
    batch.targets.resize(wick::Shape{count});
    float* out = batch.inputs.data();
    std::int64_t* target = batch.targets.data();
    for (const wick::Index i : indices) {
      wick::detail::check_sample_index(i, size(), "TrainingSet");
      if (i < image_count_) {
        table_.apply({images_->image(i).data(), static_cast<std::size_t>(pixels_)}, out);
        out += pixels_;
        *target++ = images_->label(i);
      } else {
        const auto& [picture, label] =
            examples_[static_cast<std::size_t>(i - image_count_) % examples_.size()];
        for (int y = 0; y < picture.height(); ++y, out += picture.width()) {
          table_.apply({picture.constScanLine(y), static_cast<std::size_t>(picture.width())}, out);
        }
        *target++ = label;
      }
    }
  }

 private:
  wick::Index pixels_;
  wick::PixelTable<float> table_;
  FashionPtr images_;
  wick::Index image_count_ = 0;
  std::vector<Example> examples_;
  wick::Index times_ = 1;
};

}  // namespace desktop
