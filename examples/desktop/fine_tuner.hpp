#pragma once

// Training off the interface thread.

#include "background.hpp"
#include "model.hpp"
#include "sample_list.hpp"
#include "training_set.hpp"

#include <QObject>
#include <QString>

#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

namespace desktop {

struct FineTuneOptions {
  int images = 60000;  ///< of Fashion-MNIST's training images, from the first; 0 for none
  bool examples = true;
  int epochs = 1;
  double lr = 0.0005;
};

struct FineTuneProgress {
  std::int64_t step = 0;
  std::int64_t steps = 0;
  double seconds_left = 0;
};

struct FineTuneReport {
  std::int64_t step = 0;
  std::int64_t steps = 0;
  double training_loss = 0;
  double accuracy = 0;  ///< on some of the test images, or on the examples if those are all that is learned
};

struct FineTuneResult {
  ModelPtr model;
  double accuracy_before = 0;
  double accuracy_after = 0;
  std::int64_t tested = 0;   ///< number of pictures that both were measured on
  bool on_examples = false;  ///< these were the examples themselves
};

/// True for networks that Fashion-MNIST can teach.
[[nodiscard]] bool fits_fashion_mnist(const Model& model);

/// Trains a copy of a model. The model itself stays as it is, and in use.
class FineTuner : public QObject {
  Q_OBJECT

 public:
  explicit FineTuner(QObject* parent = nullptr);
  ~FineTuner() override;
  FineTuner(const FineTuner&) = delete;
  FineTuner& operator=(const FineTuner&) = delete;

  [[nodiscard]] bool running() const noexcept { return running_; }
  /// Does nothing while it is running.
  void start(ModelPtr model, const FineTuneOptions& options, std::vector<Example> examples);
  /// Ends after the step under way, by cancelled().
  void cancel();
  /// The same, and waits for it.
  void cancel_and_wait();

 Q_SIGNALS:
  void started();
  void progressed(const desktop::FineTuneProgress& progress);
  void reported(const desktop::FineTuneReport& report);
  void finished(const desktop::FineTuneResult& result);
  void cancelled();
  void failed(const QString& text);

 private:
  struct Job;

  [[nodiscard]] Background::Then train(const Job& job);
  template <class Function>
  void post(Function function);

  FashionPtr train_images_;  // of the background thread, as is the next
  FashionPtr test_images_;
  std::stop_source stop_;
  bool running_ = false;
  Background background_;
};

}  // namespace desktop
