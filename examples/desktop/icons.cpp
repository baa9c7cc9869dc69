#include "icons.hpp"

#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPalette>

#include <array>
#include <memory>

namespace desktop {

namespace {

struct Shape {
  QPainterPath lines = {};   ///< drawn with a pen
  QPainterPath filled = {};  ///< filled
};

void polyline(QPainterPath& path, std::initializer_list<QPointF> points) {
  const auto* point = points.begin();
  path.moveTo(*point);
  for (++point; point != points.end(); ++point) path.lineTo(*point);
}

Shape network() {
  Shape shape;
  const std::array<QPointF, 3> left{{{5, 5}, {5, 12}, {5, 19}}};
  const std::array<QPointF, 2> right{{{19, 8}, {19, 16}}};
  for (const QPointF a : left) {
    for (const QPointF b : right) polyline(shape.lines, {a, b});
    shape.filled.addEllipse(a, 2.4, 2.4);
  }
  for (const QPointF b : right) shape.filled.addEllipse(b, 2.4, 2.4);
  return shape;
}

Shape arrow(bool right) {
  Shape shape;
  const double tip = right ? 16 : 8;
  const double back = right ? 8 : 16;
  polyline(shape.lines, {{back, 4}, {tip, 12}, {back, 20}});
  return shape;
}

/// In a square of 24.
Shape shape_of(Icon which) {
  Shape shape;
  switch (which) {
    case Icon::model:
      return network();
    case Icon::folder:
      polyline(shape.lines, {{3, 19}, {3, 5}, {9, 5}, {11, 8}, {21, 8}, {21, 19}, {3, 19}});
      break;
    case Icon::draw:
      polyline(shape.lines, {{4, 20}, {5, 15}, {16, 4}, {20, 8}, {9, 19}, {4, 20}});
      polyline(shape.lines, {{13.5, 6.5}, {17.5, 10.5}});
      break;
    case Icon::undo:
      polyline(shape.lines, {{9, 4}, {4, 9}, {9, 14}});
      shape.lines.moveTo(4, 9);
      shape.lines.lineTo(14, 9);
      shape.lines.arcTo(QRectF(9, 9, 10, 10), 90, -180);
      shape.lines.lineTo(9, 19);
      break;
    case Icon::train:
      polyline(shape.filled, {{6, 4}, {20, 12}, {6, 20}, {6, 4}});
      break;
    case Icon::stop:
      shape.filled.addRect(5.5, 5.5, 13, 13);
      break;
    case Icon::save:
      polyline(shape.lines, {{12, 3}, {12, 15}});
      polyline(shape.lines, {{7, 10}, {12, 15}, {17, 10}});
      polyline(shape.lines, {{4, 15}, {4, 20}, {20, 20}, {20, 15}});
      break;
    case Icon::previous:
      return arrow(false);
    case Icon::next:
      return arrow(true);
    case Icon::random:
      shape.lines.addRoundedRect(QRectF(4, 4, 16, 16), 3, 3);
      for (const QPointF dot : {QPointF(8.5, 8.5), {15.5, 15.5}, {12, 12}, {8.5, 15.5}, {15.5, 8.5}}) {
        shape.filled.addEllipse(dot, 1.5, 1.5);
      }
      break;
  }
  return shape;
}

class Engine : public QIconEngine {
 public:
  explicit Engine(Icon which) : which_(which) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State /*state*/) override {
    const QPalette::ColorGroup group = mode == QIcon::Disabled ? QPalette::Disabled : QPalette::Active;
    const QColor color = QGuiApplication::palette().color(group, QPalette::ButtonText);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->translate(rect.topLeft());
    painter->scale(rect.width() / 24.0, rect.height() / 24.0);
    const Shape shape = shape_of(which_);
    painter->setPen(QPen(color, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->drawPath(shape.lines);
    painter->fillPath(shape.filled, color);
    painter->restore();
  }

  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap result(size);
    result.fill(Qt::transparent);
    QPainter painter(&result);
    paint(&painter, QRect({0, 0}, size), mode, state);
    return result;
  }

  [[nodiscard]] QIconEngine* clone() const override { return std::make_unique<Engine>(which_).release(); }

 private:
  Icon which_;
};

}  // namespace

QIcon icon(Icon which) { return QIcon(std::make_unique<Engine>(which).release()); }

}  // namespace desktop
