#pragma once

// How a small picture and what it shows look in a list.

#include <QStyledItemDelegate>

namespace desktop {

/// The picture as it is, and its label below. What is selected stands on the colour of selected things, so
/// that the picture itself keeps its colours.
class ThumbnailDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  static constexpr int side = 64;  ///< of the picture

  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace desktop
