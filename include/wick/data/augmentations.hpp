#pragma once

// Pictures that are another one each time: flipped, moved, turned, with noise, mixed.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/data/dataset.hpp>
#include <wick/random/distributions.hpp>
#include <wick/random/generator.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A picture to be changed: `channels` planes of `height` rows of `width` values.
template <class T>
struct Picture {
  std::span<T> values;             ///< in this order
  Index channels = 1;              ///< planes
  Index height = 1;                ///< rows of a plane
  Index width = 1;                 ///< values of a row
  std::vector<T>* room = nullptr;  ///< for a copy; keeps its memory from picture to picture

  /// Value x of row y of plane c.
  [[nodiscard]] T& at(Index c, Index y, Index x) const {
    return values[static_cast<std::size_t>((c * height + y) * width + x)];
  }
  /// As at(), of what was copied to `room`; 0 outside.
  [[nodiscard]] T before(Index c, Index y, Index x) const {
    if (y < 0 || y >= height || x < 0 || x >= width) return T(0);
    return (*room)[static_cast<std::size_t>((c * height + y) * width + x)];
  }
  /// Copies the values to `room`.
  void keep() const { room->assign(values.begin(), values.end()); }
};

namespace detail {

void check_probability(const char* where, double p);

/// Whether a number that torch.rand(1) draws is below p.
inline bool happens(double p, Generator& generator) {
  return static_cast<double>(uniform24(generator.random32())) < static_cast<double>(static_cast<float>(p));
}

}  // namespace detail

/// Mirrors left and right with probability p: one draw, as torchvision's RandomHorizontalFlip.
struct RandomHorizontalFlip {
  double p = 0.5;  ///< in [0, 1]

  /// Throws OptionError for a p out of range.
  void check_options() const { detail::check_probability("RandomHorizontalFlip", p); }
  /// Changes the picture, or not.
  template <class T>
  void operator()(const Picture<T>& picture, Generator& generator) const {
    if (!detail::happens(p, generator)) return;
    for (Index row = 0; row < picture.channels * picture.height; ++row) {
      const auto values = picture.values.subspan(static_cast<std::size_t>(row * picture.width),
                                                 static_cast<std::size_t>(picture.width));
      std::ranges::reverse(values);
    }
  }
};

/// Mirrors top and bottom with probability p: one draw, as torchvision's RandomVerticalFlip.
struct RandomVerticalFlip {
  double p = 0.5;  ///< in [0, 1]

  /// Throws OptionError for a p out of range.
  void check_options() const { detail::check_probability("RandomVerticalFlip", p); }
  /// Changes the picture, or not.
  template <class T>
  void operator()(const Picture<T>& picture, Generator& generator) const {
    if (!detail::happens(p, generator)) return;
    for (Index c = 0; c < picture.channels; ++c) {
      for (Index y = 0; y < picture.height / 2; ++y) {
        for (Index x = 0; x < picture.width; ++x)
          std::swap(picture.at(c, y, x), picture.at(c, picture.height - 1 - y, x));
      }
    }
  }
};

/// Surrounds the picture with `padding` zeros and cuts one of its own size out of that: two draws, the row
/// first, as torchvision's RandomCrop(size, padding).
struct RandomCrop {
  Index padding = 2;  ///< >= 0

  /// Throws OptionError for a negative padding.
  void check_options() const {
    if (padding < 0) throw OptionError("RandomCrop: padding must be >= 0, got " + std::to_string(padding));
  }
  /// Moves the picture.
  template <class T>
  void operator()(const Picture<T>& picture, Generator& generator) const {
    if (padding == 0) return;
    const auto places = static_cast<std::uint32_t>(2 * padding + 1);
    const Index down = static_cast<Index>(generator.random32() % places) - padding;
    const Index right = static_cast<Index>(generator.random32() % places) - padding;
    picture.keep();
    for (Index c = 0; c < picture.channels; ++c) {
      for (Index y = 0; y < picture.height; ++y) {
        for (Index x = 0; x < picture.width; ++x)
          picture.at(c, y, x) = picture.before(c, y + down, x + right);
      }
    }
  }
};

/// Turns the picture about its centre, by up to `degrees` counter-clockwise or clockwise; each value is that
/// of the nearest place, 0 outside. One draw, as torchvision's RandomRotation of tensors.
struct RandomRotation {
  double degrees = 10;  ///< >= 0

  /// Throws OptionError unless degrees is finite and >= 0.
  void check_options() const;
  /// Turns the picture.
  template <class T>
  void operator()(const Picture<T>& picture, Generator& generator) const {
    float drawn = 0;
    uniform_(TensorView<float>(&drawn, Shape{}), -degrees, degrees, generator);
    const double angle = static_cast<double>(drawn) * std::numbers::pi / 180;
    const double cosine = std::cos(angle);
    const double sine = std::sin(angle);
    const double centre_x = static_cast<double>(picture.width - 1) / 2;
    const double centre_y = static_cast<double>(picture.height - 1) / 2;
    picture.keep();
    for (Index y = 0; y < picture.height; ++y) {
      for (Index x = 0; x < picture.width; ++x) {
        const double right = static_cast<double>(x) - centre_x;
        const double down = static_cast<double>(y) - centre_y;
        const auto from_x = static_cast<Index>(std::nearbyint(cosine * right - sine * down + centre_x));
        const auto from_y = static_cast<Index>(std::nearbyint(sine * right + cosine * down + centre_y));
        for (Index c = 0; c < picture.channels; ++c) picture.at(c, y, x) = picture.before(c, from_y, from_x);
      }
    }
  }
};

/// Adds normal numbers of standard deviation `sigma`, drawn as torch.randn_like(picture).
struct GaussianNoise {
  double sigma = 0.1;  ///< >= 0

  /// Throws OptionError unless sigma is finite and >= 0.
  void check_options() const;
  /// Adds the noise.
  template <class T>
  void operator()(const Picture<T>& picture, Generator& generator) const {
    auto& room = *picture.room;
    room.resize(picture.values.size());
    const TensorView<T> noise(room.data(), Shape{static_cast<Index>(room.size())});
    normal_(noise, 0.0, 1.0, generator);
    for (std::size_t i = 0; i < room.size(); ++i) picture.values[i] += static_cast<T>(sigma) * room[i];
  }
};

/// A dataset whose pictures are changed each time they are gathered:
///
///     wick::Augmented data(training_data, wick::RandomCrop{.padding = 2}, wick::RandomHorizontalFlip{});
///     wick::DataLoader loader(data, {.batch_size = 64, .shuffle = true});
///
/// Samples are changed one after the other, each by all augmentations in their order, as a transform of a
/// dataset in PyTorch; what is drawn comes from the thread's default_generator(), so that a run that is saved
/// goes on with the same pictures. Inputs are (B, H, W) or (B, C, H, W). An augmentation is any function of a
/// Picture and a Generator. For one loader at a time.
template <class Dataset, class... Augmentations>
class Augmented {
 public:
  static constexpr bool draws = true;  ///< so its batches are gathered one after the other
  /// References the dataset, which must outlive it. Throws OptionError for options out of range.
  explicit Augmented(const Dataset& data, Augmentations... augmentations)
      : data_(&data), augmentations_(std::move(augmentations)...) {
    const auto demand = [](const auto& each) {
      if constexpr (requires { each.check_options(); }) each.check_options();
    };
    std::apply([&](const auto&... each) { (demand(each), ...); }, augmentations_);
  }
  explicit Augmented(const Dataset&&, Augmentations...) = delete;

  /// Number of samples.
  [[nodiscard]] Index size() const { return data_->size(); }
  /// Rows `indices`, changed. Throws IndexError, and ShapeError for inputs that are no pictures.
  template <Floating T, class Target>
  requires requires(const Dataset& data, std::span<const Index> indices, Batch<T, Target>& batch) {
    data.collate(indices, batch);
  }
  void collate(std::span<const Index> indices, Batch<T, Target>& batch) const {
    data_->collate(indices, batch);
    const Shape& shape = batch.inputs.shape();
    if (shape.dim() != 3 && shape.dim() != 4) {
      throw ShapeError("Augmented: expected pictures of shape (B, H, W) or (B, C, H, W), got " + shape.str());
    }
    const std::size_t rank = shape.dim();
    const auto dims = shape.dims();
    const Index size = shape[0] == 0 ? 0 : shape.numel() / shape[0];
    Generator& generator = default_generator();
    for (Index b = 0; b < shape[0]; ++b) {
      const Picture<T> picture{.values = {batch.inputs.data() + b * size, static_cast<std::size_t>(size)},
                               .channels = rank == 4 ? dims[1] : 1,
                               .height = dims[rank - 2],
                               .width = dims[rank - 1],
                               .room = &std::get<std::vector<T>>(room_)};
      std::apply([&](const auto&... each) { (each(picture, generator), ...); }, augmentations_);
    }
  }

 private:
  const Dataset* data_;
  std::tuple<Augmentations...> augmentations_;
  mutable std::tuple<std::vector<float>, std::vector<double>> room_;
};

namespace detail {

/// Batches are those of the dataset.
template <class Data, class... Augmentations, class T>
struct BatchOf<Augmented<Data, Augmentations...>, T> : BatchOf<Data, T> {};

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/data/augmentations.ipp>
#endif
