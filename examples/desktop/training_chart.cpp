#include "training_chart.hpp"

#include "axis.hpp"
#include "text.hpp"

#include <QPainter>
#include <QPolygonF>
#include <QStringList>

#include <algorithm>
#include <array>
#include <cstddef>

namespace desktop {

namespace {

constexpr double gap = 6;

/// From the smallest value of all curves to the largest, from zero if that is near.
Axis axis_of(const std::vector<TrainingReport>& reports, double Measure::*value, double most_high,
             int steps) {
  double low = 0;
  double high = most_high;
  bool first = true;
  for (const TrainingReport& report : reports) {
    for (const Measure& measure : report.measures) {
      low = first ? measure.*value : std::min(low, measure.*value);
      high = first ? measure.*value : std::max(high, measure.*value);
      first = false;
    }
  }
  if (low > 0 && low < high / 3) low = 0;
  Axis axis = round_axis(low, high, steps);
  if (axis.high > most_high) axis = round_axis(std::min(low, most_high - 0.1), most_high, steps);
  return axis;
}

}  // namespace

TrainingChart::TrainingChart(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("chart"));
  setFocusPolicy(Qt::TabFocus);  // so that screen readers come by
  setAccessibleName(tr("Loss and accuracy during the training"));
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  clear();
}

void TrainingChart::clear() {
  start_ = {};
  reports_.clear();
  setAccessibleDescription(tr("Nothing yet"));
  update();
}

void TrainingChart::begin(const TrainingStart& start) {
  clear();
  start_ = start;
}

void TrainingChart::add(const TrainingReport& report) {
  reports_.push_back(report);
  QStringList words{tr("Step %1 of %2").arg(report.step).arg(start_.steps)};
  for (std::size_t i = 0; i < report.measures.size() && i < start_.sets.size(); ++i) {
    words.append(tr("%1: loss %2, accuracy %3")
                     .arg(start_.sets[i].name, QString::number(report.measures[i].loss, 'f', 3),
                          percent(report.measures[i].accuracy)));
  }
  setAccessibleDescription(words.join(QStringLiteral(". ")));
  update();
}

QPen TrainingChart::pen_of(std::size_t set) const {
  // Told apart without colours as well.
  const bool dark = palette().color(QPalette::Base).lightness() < 128;
  const std::array<QColor, 4> colors{palette().color(QPalette::Text), palette().color(QPalette::Highlight),
                                     dark ? QColor(240, 170, 80) : QColor(176, 88, 0),
                                     dark ? QColor(130, 210, 130) : QColor(20, 120, 40)};
  const std::array<Qt::PenStyle, 4> styles{Qt::DotLine, Qt::SolidLine, Qt::DashDotLine, Qt::DashLine};
  const std::size_t i = set % colors.size();
  return {colors.at(i), 1.8, styles.at(i), Qt::FlatCap, Qt::RoundJoin};
}

void TrainingChart::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  if (start_.sets.empty()) {
    QColor frame = palette().color(QPalette::WindowText);
    frame.setAlpha(70);
    const QRectF area = QRectF(rect()).adjusted(gap, gap, -gap, -gap);
    painter.setPen(QPen(frame, 1));
    painter.drawRect(area);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(area.adjusted(gap, gap, -gap, -gap), Qt::AlignCenter | Qt::TextWordWrap,
                     tr("Loss and accuracy of a training appear here"));
    draw_focus(painter);
    return;
  }
  const double line = fontMetrics().height();
  const double left = fontMetrics().horizontalAdvance(QStringLiteral("100 %")) + gap;
  const auto rows = static_cast<double>(std::max<std::size_t>(1, start_.sets.size()));
  const double legend = rows * line * 1.15 + gap;
  const double between = line * 1.3;  // the title of the lower plot
  const double below = line * 2.1;    // the numbers of the steps
  const double height = std::max(20.0, (this->height() - legend - below - 2 * between) / 2);
  const double width = std::max(20.0, this->width() - left - 2 * gap);
  const QRectF loss(left, between, width, height);
  const QRectF accuracy(left, loss.bottom() + between, width, height);

  const auto fitting = [&](double room, double each) { return std::max(1, static_cast<int>(room / each)); };
  const double wide = fontMetrics().horizontalAdvance(QStringLiteral("0000000"));
  const double steps = std::max(1.0, static_cast<double>(start_.steps));
  Axis x = round_axis(0, steps, std::min(6, fitting(width, wide)));
  x.high = steps;  // the training ends at the right border
  std::erase_if(x.ticks, [&](double tick) { return tick > steps; });
  const int ticks = std::min(5, fitting(height, line * 1.4));
  const Axis losses = axis_of(reports_, &Measure::loss, 1e30, ticks);
  const Axis accuracies = axis_of(reports_, &Measure::accuracy, 1, ticks);
  draw_plot(painter, loss, x, reports_.empty() ? round_axis(0, 1, ticks) : losses, tr("Loss"), false);
  draw_plot(painter, accuracy, x, accuracies, tr("Accuracy"), true);
  draw_curves(painter, loss, x, losses, &Measure::loss);
  draw_curves(painter, accuracy, x, accuracies, &Measure::accuracy);

  painter.setPen(palette().color(QPalette::WindowText));
  for (const double tick : x.ticks) {
    const double at = accuracy.left() + accuracy.width() * x.part_of(tick);
    const QString number = QString::number(tick, 'f', x.decimals);
    const double half = fontMetrics().horizontalAdvance(number) / 2.0 + 1;
    const double middle = std::min(at, this->width() - half);
    painter.drawText(QRectF(middle - half, accuracy.bottom() + 3, 2 * half, line), Qt::AlignCenter, number);
  }
  painter.drawText(QRectF(left, accuracy.bottom() + line + 1, width, line), Qt::AlignCenter, tr("steps"));
  draw_legend(painter, QRectF(gap, accuracy.bottom() + below + gap, this->width() - 2 * gap, legend));
  draw_focus(painter);
}

void TrainingChart::draw_focus(QPainter& painter) const {
  if (!hasFocus()) return;
  painter.setPen(QPen(palette().highlight().color(), 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void TrainingChart::draw_plot(QPainter& painter, const QRectF& plot, const Axis& x, const Axis& y,
                              const QString& title, bool in_percent) const {
  const double line = fontMetrics().height();
  QColor grid = palette().color(QPalette::Text);
  grid.setAlpha(40);
  painter.fillRect(plot, palette().base());
  for (const double tick : y.ticks) {
    const double at = plot.bottom() - plot.height() * y.part_of(tick);
    painter.setPen(QPen(grid, 1));
    painter.drawLine(QPointF(plot.left(), at), QPointF(plot.right(), at));
    painter.setPen(palette().color(QPalette::WindowText));
    const QString number =
        in_percent ? percent(tick, std::max(0, y.decimals - 2)) : QString::number(tick, 'f', y.decimals);
    painter.drawText(QRectF(0, at - line / 2, plot.left() - 4, line), Qt::AlignRight | Qt::AlignVCenter,
                     number);
  }
  painter.setPen(QPen(grid, 1));
  for (const double tick : x.ticks) {
    const double at = plot.left() + plot.width() * x.part_of(tick);
    painter.drawLine(QPointF(at, plot.top()), QPointF(at, plot.bottom()));
  }
  painter.setPen(palette().color(QPalette::WindowText));
  painter.drawLine(plot.bottomLeft(), plot.bottomRight());
  painter.drawLine(plot.topLeft(), plot.bottomLeft());
  QFont bold = font();
  bold.setBold(true);
  painter.setFont(bold);
  painter.drawText(QRectF(plot.left(), plot.top() - line * 1.2, plot.width(), line),
                   Qt::AlignLeft | Qt::AlignVCenter, title);
  painter.setFont(font());
}

void TrainingChart::draw_curves(QPainter& painter, const QRectF& plot, const Axis& x, const Axis& y,
                                double Measure::*value) const {
  painter.save();
  painter.setClipRect(plot.adjusted(-2, -2, 2, 2));
  painter.setBrush(Qt::NoBrush);
  for (std::size_t set = 0; set < start_.sets.size(); ++set) {
    QPolygonF curve;
    for (const TrainingReport& report : reports_) {
      if (set >= report.measures.size()) continue;
      curve.append({plot.left() + plot.width() * x.part_of(static_cast<double>(report.step)),
                    plot.bottom() - plot.height() * y.part_of(report.measures[set].*value)});
    }
    painter.setPen(pen_of(set));
    painter.drawPolyline(curve);
    if (curve.size() == 1) painter.drawEllipse(curve.front(), 1.5, 1.5);
  }
  painter.restore();
}

void TrainingChart::draw_legend(QPainter& painter, const QRectF& area) const {
  const double line = fontMetrics().height();
  constexpr double sample = 22;
  for (std::size_t set = 0; set < start_.sets.size(); ++set) {
    const QRectF row(area.left(), area.top() + static_cast<double>(set) * line * 1.15, area.width(), line);
    painter.setPen(pen_of(set));
    painter.drawLine(QPointF(row.left(), row.center().y()), QPointF(row.left() + sample, row.center().y()));
    painter.setPen(palette().color(QPalette::WindowText));
    QString numbers;
    if (!reports_.empty() && set < reports_.back().measures.size()) {
      const Measure& newest = reports_.back().measures[set];
      numbers = QString::number(newest.loss, 'f', 3) + QStringLiteral("  ") + percent(newest.accuracy);
    }
    const double right = fontMetrics().horizontalAdvance(numbers);
    const QRectF name = row.adjusted(sample + gap, 0, -right - gap, 0);
    painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, numbers);
    painter.drawText(
        name, Qt::AlignLeft | Qt::AlignVCenter,
        fontMetrics().elidedText(start_.sets[set].name, Qt::ElideRight, static_cast<int>(name.width())));
  }
}

}  // namespace desktop
