#pragma once

// The images of Fashion-MNIST as a list that Qt's views show.

#include <wick/data/fashion_mnist.hpp>

#include <QAbstractListModel>
#include <QImage>
#include <QString>

#include <memory>
#include <vector>

namespace desktop {

using FashionPtr = std::shared_ptr<const wick::FashionMNIST>;

/// Image `index` of a data set, grey.
[[nodiscard]] QImage picture_of(const wick::FashionMNIST& set, int index);

/// All images, or those of one class.
class SampleList : public QAbstractListModel {
  Q_OBJECT

 public:
  static constexpr int all_classes = -1;

  using QAbstractListModel::QAbstractListModel;

  void set_samples(FashionPtr samples);
  void set_filter(int label);

  /// Number of the image in row `row` within the data set.
  [[nodiscard]] int sample(int row) const;
  [[nodiscard]] const FashionPtr& samples() const noexcept { return samples_; }

  [[nodiscard]] int rowCount(const QModelIndex& parent) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

 private:
  void select();

  FashionPtr samples_;
  int label_ = all_classes;
  std::vector<int> shown_;
};

}  // namespace desktop
