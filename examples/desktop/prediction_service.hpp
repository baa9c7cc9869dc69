#pragma once

// Predictions off the interface thread.

#include "background.hpp"
#include "model.hpp"
#include "probability_bars.hpp"

#include <QImage>
#include <QObject>

#include <memory>
#include <optional>
#include <vector>

namespace desktop {

struct Answer {
  ModelPtr model;
  QImage picture;
  std::vector<ClassProbability> top;  ///< best first; empty where the network gives NaN
  double microseconds = 0;            ///< of this prediction
  double median = 0;                  ///< of this and up to 14 before it by the same model
};

/// Predicts what was asked for last: while one picture is worked on, a newer one replaces those that wait.
class PredictionService : public QObject {
  Q_OBJECT

 public:
  explicit PredictionService(QObject* parent = nullptr);
  ~PredictionService() override;
  PredictionService(const PredictionService&) = delete;
  PredictionService& operator=(const PredictionService&) = delete;

  /// `picture` is grey and has the model's side.
  void request(ModelPtr model, const QImage& picture);

 Q_SIGNALS:
  void answered(const desktop::Answer& answer);
  void failed(const QString& text);

 private:
  struct Request {
    ModelPtr model;
    QImage picture;
  };
  struct Memory;

  void start(Request request);
  void finish();
  [[nodiscard]] static Answer predict(const Request& request, Memory& memory);

  std::unique_ptr<Memory> memory_;  // of the background thread
  bool busy_ = false;
  std::optional<Request> next_;
  Background background_;
};

}  // namespace desktop
