#include "sample_list.hpp"

#include "text.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace desktop {

QImage picture_of(const wick::FashionMNIST& set, int index) {
  const auto pixels = set.image(index);
  QImage picture(static_cast<int>(set.width()), static_cast<int>(set.height()), QImage::Format_Grayscale8);
  for (int y = 0; y < picture.height(); ++y) {
    std::copy_n(pixels.data() + wick::Index{y} * set.width(), set.width(), picture.scanLine(y));
  }
  return picture;
}

void SampleList::set_samples(FashionPtr samples) {
  beginResetModel();
  samples_ = std::move(samples);
  select();
  endResetModel();
}

void SampleList::set_filter(int label) {
  beginResetModel();
  label_ = label;
  select();
  endResetModel();
}

int SampleList::sample(int row) const { return shown_.at(static_cast<std::size_t>(row)); }

int SampleList::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(shown_.size());
}

QVariant SampleList::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount({})) return {};
  const int number = sample(index.row());
  if (role == Qt::DecorationRole) return picture_of(*samples_, number);
  const auto label = static_cast<std::size_t>(samples_->label(number));
  if (role == Qt::DisplayRole) return to_text(samples_->classes().at(label));
  if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole) {
    return tr("Test image %1, %2").arg(number).arg(to_text(samples_->classes().at(label)));
  }
  return {};
}

void SampleList::select() {
  shown_.clear();
  if (samples_ == nullptr) return;
  const int count = static_cast<int>(samples_->size());
  for (int i = 0; i < count; ++i) {
    if (label_ == all_classes || samples_->label(i) == label_) shown_.push_back(i);
  }
}

}  // namespace desktop
