#include "picture_view.hpp"

#include "picture.hpp"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace desktop {

namespace {

constexpr int margin = 3;

}  // namespace

PictureView::PictureView(QWidget* parent) : QWidget(parent), picture_(blank_picture(28)), cursor_(14, 14) {
  setObjectName(QStringLiteral("picture"));
  setFocusPolicy(Qt::StrongFocus);
  setCursor(Qt::CrossCursor);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  setAccessibleName(tr("Picture as the network sees it"));
  setToolTip(
      tr("Draw with the left mouse button, erase with the right one.\n"
         "Keyboard: arrow keys move, Space paints, Backspace erases."));
  describe();
}

void PictureView::set_picture(const QImage& picture) {
  picture_ = picture;
  cursor_.setX(std::clamp(cursor_.x(), 0, picture_.width() - 1));
  cursor_.setY(std::clamp(cursor_.y(), 0, picture_.height() - 1));
  describe();
  update();
  Q_EMIT changed();
}

void PictureView::set_brush(double diameter) { brush_ = diameter; }

QPointF PictureView::center_of(QPoint pixel) const {
  const QRectF area = square();
  const double size = area.width() / picture_.width();
  return area.topLeft() + QPointF((pixel.x() + 0.5) * size, (pixel.y() + 0.5) * size);
}

void PictureView::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  const QRectF area = square();
  painter.drawImage(area, picture_);
  const double pixel = area.width() / picture_.width();
  if (pixel >= 6) {
    painter.setPen(QPen(QColor(128, 128, 128, 40), 0));
    for (int i = 1; i < picture_.width(); ++i) {
      const double at = i * pixel;
      painter.drawLine(area.topLeft() + QPointF(at, 0), area.bottomLeft() + QPointF(at, 0));
      painter.drawLine(area.topLeft() + QPointF(0, at), area.topRight() + QPointF(0, at));
    }
  }
  if (is_blank(picture_)) {
    painter.setPen(QColor(190, 190, 190));
    painter.drawText(area, Qt::AlignCenter, tr("Draw here, or drop a picture"));
  }
  painter.setPen(hasFocus() ? QPen(palette().highlight().color(), 2)
                            : QPen(palette().color(QPalette::Disabled, QPalette::WindowText), 1));
  painter.drawRect(area.adjusted(-1, -1, 1, 1));
  if (hasFocus() && cursor_shown_) {
    const QRectF place(area.topLeft() + QPointF(cursor_) * pixel, QSizeF(pixel, pixel));
    painter.drawRect(place);
  }
}

void PictureView::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton && event->button() != Qt::RightButton) return;
  cursor_shown_ = false;
  Q_EMIT stroke_begun();
  last_ = to_picture(event->position());
  stroke(last_, last_, event->button() == Qt::RightButton);
}

void PictureView::mouseMoveEvent(QMouseEvent* event) {
  if ((event->buttons() & (Qt::LeftButton | Qt::RightButton)) == Qt::NoButton) return;
  const QPointF here = to_picture(event->position());
  stroke(last_, here, (event->buttons() & Qt::RightButton) != Qt::NoButton);
  last_ = here;
}

void PictureView::mouseReleaseEvent(QMouseEvent* event) {
  describe();
  if (event->button() == Qt::LeftButton || event->button() == Qt::RightButton) Q_EMIT stroke_ended();
}

void PictureView::keyPressEvent(QKeyEvent* event) {
  // With another modifier a key is a shortcut of the window.
  if ((event->modifiers() & ~Qt::KeypadModifier) != Qt::NoModifier) {
    QWidget::keyPressEvent(event);
    return;
  }
  switch (event->key()) {
    case Qt::Key_Left:
      move_cursor({-1, 0});
      break;
    case Qt::Key_Right:
      move_cursor({1, 0});
      break;
    case Qt::Key_Up:
      move_cursor({0, -1});
      break;
    case Qt::Key_Down:
      move_cursor({0, 1});
      break;
    case Qt::Key_Space:
    case Qt::Key_Backspace: {
      cursor_shown_ = true;
      Q_EMIT stroke_begun();
      const QPointF place = QPointF(cursor_) + QPointF(0.5, 0.5);
      stroke(place, place, event->key() == Qt::Key_Backspace);
      describe();
      Q_EMIT stroke_ended();
      break;
    }
    default:
      QWidget::keyPressEvent(event);
  }
}

QRectF PictureView::square() const {
  const double side = std::max(1, std::min(width(), height()) - 2 * margin);
  return {(width() - side) / 2, (height() - side) / 2, side, side};
}

QPointF PictureView::to_picture(QPointF position) const {
  const QRectF area = square();
  return (position - area.topLeft()) * (picture_.width() / area.width());
}

void PictureView::stroke(QPointF from, QPointF to, bool erase) {
  {
    QPainter painter(&picture_);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(erase ? Qt::black : Qt::white, brush_, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    if (from == to) {
      painter.drawPoint(from);
    } else {
      painter.drawLine(from, to);
    }
  }
  update();
  Q_EMIT changed();
}

void PictureView::move_cursor(QPoint by) {
  cursor_shown_ = true;
  cursor_ += by;
  cursor_.setX(std::clamp(cursor_.x(), 0, picture_.width() - 1));
  cursor_.setY(std::clamp(cursor_.y(), 0, picture_.height() - 1));
  describe();
  update();
}

void PictureView::describe() {
  int bright = 0;
  for (int y = 0; y < picture_.height(); ++y) {
    const auto* line = picture_.constScanLine(y);
    bright += static_cast<int>(std::count_if(line, line + picture_.width(), [](auto x) { return x >= 64; }));
  }
  QString text =
      tr("%1 by %2 pixels, %3 of them bright").arg(picture_.width()).arg(picture_.height()).arg(bright);
  if (cursor_shown_) {
    text += tr("; the cursor is in column %1, row %2").arg(cursor_.x() + 1).arg(cursor_.y() + 1);
  }
  setAccessibleDescription(text);
}

}  // namespace desktop
