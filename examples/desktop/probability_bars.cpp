#include "probability_bars.hpp"

#include "text.hpp"

#include <QPainter>
#include <QStringList>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace desktop {

ProbabilityBars::ProbabilityBars(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("bars"));
  setFocusPolicy(Qt::TabFocus);  // so that screen readers come by
  setAccessibleName(tr("Most probable classes"));
  setAccessibleDescription(tr("No prediction"));
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ProbabilityBars::set_rows(std::vector<ClassProbability> rows) {
  rows_ = std::move(rows);
  QStringList texts;
  for (const ClassProbability& row : rows_) {
    texts.append(row.name + QLatin1Char(' ') + percent(static_cast<double>(row.probability)));
  }
  setAccessibleDescription(texts.isEmpty() ? tr("No prediction") : texts.join(QStringLiteral(", ")));
  update();
}

QSize ProbabilityBars::sizeHint() const {
  return {fontMetrics().averageCharWidth() * 48, most * row_height()};
}

QSize ProbabilityBars::minimumSizeHint() const {
  return {fontMetrics().averageCharWidth() * 30, most * row_height()};
}

void ProbabilityBars::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QFontMetrics metrics = fontMetrics();
  const int gap = metrics.averageCharWidth();
  const int names = std::min(width() / 3, metrics.averageCharWidth() * 16);
  QFont bold = font();
  bold.setBold(true);
  const int numbers = QFontMetrics(bold).horizontalAdvance(QStringLiteral("100.0 %"));
  const int bars = std::max(1, width() - names - numbers - 3 * gap);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const ClassProbability& row = rows_[i];
    const int top = static_cast<int>(i) * row_height();
    const QRect text_area(gap / 2, top, names, row_height());
    painter.setFont(i == 0 ? bold : font());
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(text_area, Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(row.name, Qt::ElideRight, names));
    const double thickness = row_height() * 0.5;
    const QRectF track(text_area.right() + gap, top + (row_height() - thickness) / 2, bars, thickness);
    QColor fill = palette().color(QPalette::Highlight);
    QColor groove = palette().color(QPalette::WindowText);
    groove.setAlpha(28);
    if (i > 0) fill.setAlpha(150);
    painter.setPen(Qt::NoPen);
    painter.setBrush(groove);
    painter.drawRoundedRect(track, 3, 3);
    QRectF bar = track;
    bar.setWidth(track.width() * static_cast<double>(std::clamp(row.probability, 0.0F, 1.0F)));
    painter.setBrush(fill);
    painter.drawRoundedRect(bar, 3, 3);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QRect(width() - numbers - gap / 2, top, numbers, row_height()),
                     Qt::AlignVCenter | Qt::AlignRight, percent(static_cast<double>(row.probability)));
  }
  if (hasFocus()) {
    painter.setPen(QPen(palette().highlight().color(), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
  }
}

int ProbabilityBars::row_height() const { return fontMetrics().height() * 9 / 5; }

}  // namespace desktop
