#pragma once

// The most probable classes.

#include <QString>
#include <QWidget>

#include <vector>

namespace desktop {

struct ClassProbability {
  int label = 0;
  QString name;
  float probability = 0;  ///< in [0, 1]
};

/// A bar for each of up to five classes, best first.
class ProbabilityBars : public QWidget {
  Q_OBJECT

 public:
  static constexpr int most = 5;

  explicit ProbabilityBars(QWidget* parent = nullptr);

  [[nodiscard]] const std::vector<ClassProbability>& rows() const noexcept { return rows_; }
  void set_rows(std::vector<ClassProbability> rows);

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  [[nodiscard]] int row_height() const;

  std::vector<ClassProbability> rows_;
};

}  // namespace desktop
