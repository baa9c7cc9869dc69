#pragma once

// How training goes.

#include <QWidget>

#include <vector>

namespace desktop {

/// Two curves over the steps: training loss, and accuracy.
class TrainingChart : public QWidget {
  Q_OBJECT

 public:
  explicit TrainingChart(QWidget* parent = nullptr);

  void clear();
  /// `part` of the training is done, in [0, 1].
  void add(double part, double loss, double accuracy);

  [[nodiscard]] QSize sizeHint() const override { return {240, 240}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {160, 110}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  struct Point {
    double part;
    double loss;
    double accuracy;
  };

  std::vector<Point> points_;
};

}  // namespace desktop
