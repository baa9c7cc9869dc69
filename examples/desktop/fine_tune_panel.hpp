#pragma once

// What to learn from, and how it goes.

#include "fine_tuner.hpp"

#include <QWidget>

class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QSpinBox;

namespace desktop {

class TrainingChart;

/// Shows a FineTuner and starts it through start_wanted().
class FineTunePanel : public QWidget {
  Q_OBJECT

 public:
  explicit FineTunePanel(FineTuner* tuner, QWidget* parent = nullptr);

  /// Of the model in use; null without one.
  void set_model(const ModelPtr& model);
  void set_example_count(int count);
  [[nodiscard]] FineTuneOptions options() const;

 Q_SIGNALS:
  void start_wanted();

 private:
  void show_running(bool running);
  void reset_bar();
  void show_progress(const FineTuneProgress& progress);
  void show_result(const FineTuneResult& result);
  void update_enabled();

  FineTuner* tuner_;
  QCheckBox* use_images_;
  QSpinBox* images_;
  QCheckBox* use_examples_;
  QSpinBox* epochs_;
  QDoubleSpinBox* lr_;
  QPushButton* start_;
  QPushButton* cancel_;
  QProgressBar* bar_;
  QLabel* state_;
  TrainingChart* chart_;
  bool has_model_ = false;
  bool fits_ = false;
  int example_count_ = 0;
};

}  // namespace desktop
