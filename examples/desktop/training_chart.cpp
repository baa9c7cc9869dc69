#include "training_chart.hpp"

#include "text.hpp"

#include <QPainter>
#include <QPolygonF>

#include <algorithm>

namespace desktop {

TrainingChart::TrainingChart(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("chart"));
  setAccessibleName(tr("Training loss and accuracy"));
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  clear();
}

void TrainingChart::clear() {
  points_.clear();
  setAccessibleDescription(tr("Nothing yet"));
  update();
}

void TrainingChart::add(double part, double loss, double accuracy) {
  points_.push_back({part, loss, accuracy});
  setAccessibleDescription(tr("After %1: loss %2, accuracy %3")
                               .arg(percent(part, 0), QString::number(loss, 'f', 3), percent(accuracy)));
  update();
}

void TrainingChart::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const int line = fontMetrics().height();
  const QRectF plot = QRectF(rect()).adjusted(4, 4, -4, -2.5 * line - 4);
  QColor frame = palette().color(QPalette::WindowText);
  frame.setAlpha(70);
  painter.setPen(QPen(frame, 1));
  painter.setBrush(palette().base());
  painter.drawRect(plot);
  const QColor loss_color = palette().color(QPalette::Text);
  const QColor accuracy_color = palette().color(QPalette::Highlight);
  const auto legend = [&](int row, const QColor& color, Qt::PenStyle style, const QString& text) {
    const double y = plot.bottom() + line * (0.75 + 1.15 * row);
    painter.setPen(QPen(color, 2, style));
    painter.drawLine(QPointF(plot.left(), y), QPointF(plot.left() + 22, y));
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QRectF(plot.left() + 28, y - line, plot.width() - 28, 2.0 * line), Qt::AlignVCenter,
                     text);
  };
  if (points_.empty()) {
    legend(0, loss_color, Qt::DotLine, tr("Training loss"));
    legend(1, accuracy_color, Qt::SolidLine, tr("Accuracy"));
    return;
  }
  legend(0, loss_color, Qt::DotLine, tr("Training loss %1").arg(points_.back().loss, 0, 'f', 3));
  legend(1, accuracy_color, Qt::SolidLine, tr("Accuracy %1").arg(percent(points_.back().accuracy)));

  // Each curve has a scale of its own: the loss from 0 up, the accuracy as far as it goes.
  double most_loss = 0;
  double least = 1;
  double most = 0;
  for (const Point& p : points_) {
    most_loss = std::max(most_loss, p.loss);
    least = std::min(least, p.accuracy);
    most = std::max(most, p.accuracy);
  }
  const double room = std::max(0.1, most - least);
  QPolygonF loss;
  QPolygonF accuracy;
  for (const Point& p : points_) {
    const double x = plot.left() + plot.width() * p.part;
    const double height = plot.height();
    loss.append({x, plot.bottom() - height * 0.9 * (most_loss > 0 ? p.loss / most_loss : 0)});
    accuracy.append({x, plot.bottom() - height * (0.1 + 0.8 * (p.accuracy - least) / room)});
  }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(loss_color, 1.6, Qt::DotLine));
  painter.drawPolyline(loss);
  painter.setPen(QPen(accuracy_color, 2));
  painter.drawPolyline(accuracy);
  if (points_.size() == 1) painter.drawEllipse(accuracy.front(), 1.5, 1.5);
}

}  // namespace desktop
