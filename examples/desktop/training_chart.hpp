#pragma once

// How training goes.

#include "trainer.hpp"

#include <QRectF>
#include <QWidget>

#include <cstdint>
#include <vector>

class QPainter;

namespace desktop {

struct Axis;

/// Loss above, accuracy below, over the steps: a curve for each set of pictures, which stay the same from
/// the first point to the last. Below is which curve is of which pictures, and the newest numbers.
class TrainingChart : public QWidget {
  Q_OBJECT

 public:
  explicit TrainingChart(QWidget* parent = nullptr);

  void clear();
  void begin(const TrainingStart& start);
  void add(const TrainingReport& report);

  [[nodiscard]] const TrainingStart& start() const noexcept { return start_; }
  [[nodiscard]] const std::vector<TrainingReport>& reports() const noexcept { return reports_; }

  [[nodiscard]] QSize sizeHint() const override { return {260, 340}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {180, 190}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  [[nodiscard]] QPen pen_of(std::size_t set) const;
  void draw_plot(QPainter& painter, const QRectF& plot, const Axis& x, const Axis& y, const QString& title,
                 bool in_percent) const;
  void draw_curves(QPainter& painter, const QRectF& plot, const Axis& x, const Axis& y,
                   double Measure::*value) const;
  void draw_focus(QPainter& painter) const;
  void draw_legend(QPainter& painter, const QRectF& area) const;

  TrainingStart start_;
  std::vector<TrainingReport> reports_;
};

}  // namespace desktop
