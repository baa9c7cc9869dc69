#pragma once

// Training off the interface thread.

#include "background.hpp"
#include "measure.hpp"
#include "model.hpp"
#include "own_pictures.hpp"

#include <QObject>
#include <QString>
#include <QStringList>

#include <atomic>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

namespace desktop {

struct TrainingPlan {
  int images = 60000;  ///< of Fashion-MNIST's training images, from the first; 0 for none
  bool own = true;     ///< the user's own pictures
  int epochs = 1;
  double lr = 0.0005;
};

struct TrainingProgress {
  std::int64_t step = 0;
  std::int64_t steps = 0;
  double seconds_left = 0;
};

/// What is measured, before the first step.
struct TrainingStart {
  std::int64_t steps = 0;
  std::vector<SetName> sets;  ///< the first is a part of what is learned
};

struct TrainingReport {
  std::int64_t step = 0;          ///< 0 before the first step
  std::vector<Measure> measures;  ///< by set
};

struct TrainingResult {
  ModelPtr model;
  std::vector<SetName> sets;
  std::vector<Measure> before;
  std::vector<Measure> after;
  QStringList unread;      ///< pictures that could not be read
  std::int64_t steps = 0;  ///< as many as were taken
  bool early = false;      ///< finish() was called
};

/// True for networks that Fashion-MNIST can teach: of its size, with its classes or with none that have
/// names.
[[nodiscard]] bool fits_fashion_mnist(const Model& model);

/// Trains a copy of a model. The model itself stays as it is, and in use.
class Trainer : public QObject {
  Q_OBJECT

 public:
  explicit Trainer(QObject* parent = nullptr);
  ~Trainer() override;
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  [[nodiscard]] bool running() const noexcept { return running_; }
  /// Does nothing while it is running.
  void start(ModelPtr model, const TrainingPlan& plan, std::vector<OwnPicture> pictures);
  /// Ends after the step under way, by finished().
  void finish();
  /// Ends after the step under way, by cancelled().
  void cancel();
  /// The same, and waits for it.
  void cancel_and_wait();

 Q_SIGNALS:
  void started();
  /// `done` of `total` pictures are read.
  void reading(int done, int total);
  void begun(const desktop::TrainingStart& start);
  void progressed(const desktop::TrainingProgress& progress);
  void reported(const desktop::TrainingReport& report);
  void finished(const desktop::TrainingResult& result);
  void cancelled();
  void failed(const QString& text);

 private:
  struct Job;
  struct Data;
  struct Images;

  [[nodiscard]] Background::Then train(const Job& job);
  [[nodiscard]] Data read_data(const Job& job);
  template <class Function>
  void post(Function function);

  std::unique_ptr<Images> images_;  // of the background thread
  std::stop_source stop_;
  std::shared_ptr<std::atomic<bool>> keep_;  ///< what was learned when stopped
  bool running_ = false;
  Background background_;
};

}  // namespace desktop
