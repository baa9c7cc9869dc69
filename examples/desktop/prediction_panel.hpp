#pragma once

// What the network says of the picture in view, or how to get one.

#include "prediction_service.hpp"

#include <QString>
#include <QWidget>

class QLabel;
class QStackedWidget;

namespace desktop {

class ProbabilityBars;

class PredictionPanel : public QWidget {
  Q_OBJECT

 public:
  explicit PredictionPanel(QWidget* parent = nullptr);

  /// Words about how to get a model, after `before`.
  void show_no_model(const QString& before = {});
  void show_no_picture();
  /// Until there is an answer by another model.
  void show_waiting();
  void show_answer(const Answer& answer);
  /// What is known about the picture without the network.
  void set_truth(const QString& text);

 Q_SIGNALS:
  void open_wanted();
  void new_wanted();

 private:
  [[nodiscard]] QWidget* make_empty_page();
  [[nodiscard]] QWidget* make_answer_page();

  QStackedWidget* pages_;
  QLabel* empty_ = nullptr;
  QLabel* headline_ = nullptr;
  QLabel* truth_ = nullptr;
  ProbabilityBars* bars_ = nullptr;
  QLabel* latency_ = nullptr;
};

}  // namespace desktop
