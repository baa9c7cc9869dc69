#pragma once

// What to learn from, and how it goes.

#include "trainer.hpp"

#include <QWidget>

class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QSpinBox;

namespace desktop {

class TrainingChart;

/// Shows a Trainer and starts it through start_wanted().
class TrainingPanel : public QWidget {
  Q_OBJECT

 public:
  explicit TrainingPanel(Trainer* trainer, QWidget* parent = nullptr);

  /// Of the model in use; null without one.
  void set_model(const ModelPtr& model);
  void set_own(const OwnCount& count);
  [[nodiscard]] TrainingPlan plan() const;

 Q_SIGNALS:
  void start_wanted();

 private:
  void make_layout();
  void connect_trainer();
  void show_running(bool running);
  void reset_bar();
  void show_progress(const TrainingProgress& progress);
  void show_result(const TrainingResult& result);
  void update_enabled();

  Trainer* trainer_;
  QCheckBox* use_images_;
  QSpinBox* images_;
  QCheckBox* use_own_;
  QLabel* own_hint_;
  QSpinBox* epochs_;
  QDoubleSpinBox* lr_;
  QPushButton* start_;
  QPushButton* finish_;
  QPushButton* cancel_;
  QProgressBar* bar_;
  QLabel* state_;
  TrainingChart* chart_;
  bool has_model_ = false;
  bool fits_ = false;
  OwnCount own_;
};

}  // namespace desktop
