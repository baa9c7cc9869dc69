#include "thumbnail_delegate.hpp"

#include <QImage>
#include <QPainter>

namespace desktop {

namespace {

constexpr int frame = 5;

}  // namespace

QSize ThumbnailDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& /*index*/) const {
  return {side + 2 * frame + 6, side + 2 * frame + option.fontMetrics.height() + 2};
}

void ThumbnailDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setRenderHint(QPainter::SmoothPixmapTransform);
  const bool selected = option.state.testFlag(QStyle::State_Selected);
  const bool focused = option.state.testFlag(QStyle::State_HasFocus);
  const QPalette& palette = option.palette;
  const QRectF cell = QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5);
  if (selected) {
    painter->setPen(Qt::NoPen);
    painter->setBrush(palette.color(QPalette::Active, QPalette::Highlight));
    painter->drawRoundedRect(cell, 4, 4);
  }
  const QRectF square(cell.center().x() - side / 2.0, cell.top() + frame - 1.5, side, side);
  const auto image = index.data(Qt::DecorationRole).value<QImage>();
  if (image.isNull()) {
    // Not there yet, or a file that cannot be read, which the tip says.
    painter->setPen(QPen(palette.color(QPalette::Disabled, QPalette::Text), 1, Qt::DotLine));
    painter->setBrush(Qt::NoBrush);
    painter->drawRect(square.adjusted(1, 1, -1, -1));
  } else {
    const QSizeF size = QSizeF(image.size()).scaled(square.size(), Qt::KeepAspectRatio);
    painter->drawImage(QRectF(square.center() - QPointF(size.width() / 2, size.height() / 2), size), image);
  }
  const QString label = index.data(Qt::DisplayRole).toString();
  const QPalette::ColorGroup group = label.isEmpty() && !selected ? QPalette::Disabled : QPalette::Active;
  painter->setPen(palette.color(group, selected ? QPalette::HighlightedText : QPalette::Text));
  const QRectF text(cell.left() + 2, square.bottom() + 1, cell.width() - 4, option.fontMetrics.height());
  painter->drawText(text, Qt::AlignCenter,
                    option.fontMetrics.elidedText(label.isEmpty() ? QStringLiteral("\u2013") : label,
                                                  Qt::ElideRight, static_cast<int>(text.width())));
  if (focused) {
    painter->setPen(QPen(palette.color(QPalette::Text), 1, Qt::DotLine));
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(cell, 4, 4);
  }
  painter->restore();
}

}  // namespace desktop
