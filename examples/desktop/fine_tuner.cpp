#include "fine_tuner.hpp"

#include "text.hpp"

#include <wick/core/random.hpp>
#include <wick/core/thread_pool.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/io/groups.hpp>
#include <wick/loss/nll.hpp>
#include <wick/optim/adam.hpp>
#include <wick/training/evaluate.hpp>
#include <wick/training/train.hpp>

#include <QMetaObject>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>

namespace desktop {

namespace {

using Clock = std::chrono::steady_clock;
using Loader = wick::DataLoader<TrainingSet>;

constexpr wick::Index batch_size = 64;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// How often each example is in the training set: all of them together make about a tenth of it, and alone
/// twenty batches.
wick::Index times_for(std::size_t examples, int images) {
  if (examples == 0) return 1;
  const wick::Index wanted = images > 0 ? images / 10 : 20 * batch_size;
  return std::clamp(wanted / static_cast<wick::Index>(examples), wick::Index{1}, wick::Index{1000});
}

/// One thread fewer than the machine has, so that the window stays quick.
int threads() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1); }

}  // namespace

struct FineTuner::Job {
  ModelPtr model;
  FineTuneOptions options;
  std::vector<Example> examples;
  std::stop_token stop;
};

bool fits_fashion_mnist(const Model& model) {
  return model.network.input_size() == 784 && model.network.output_size() == 10;
}

FineTuner::FineTuner(QObject* parent) : QObject(parent), background_(this) {}

FineTuner::~FineTuner() { stop_.request_stop(); }

void FineTuner::start(ModelPtr model, const FineTuneOptions& options, std::vector<Example> examples) {
  if (running_) return;
  running_ = true;
  stop_ = std::stop_source();
  if (!options.examples) examples.clear();
  Job job{std::move(model), options, std::move(examples), stop_.get_token()};
  Q_EMIT started();
  background_.run([this, job = std::move(job)] { return train(job); },
                  [this](const QString& text) {
                    running_ = false;
                    Q_EMIT failed(text);
                  });
}

void FineTuner::cancel() { stop_.request_stop(); }

void FineTuner::cancel_and_wait() {
  cancel();
  background_.wait();
}

template <class Function>
void FineTuner::post(Function function) {
  QMetaObject::invokeMethod(this, std::move(function), Qt::QueuedConnection);
}

Background::Then FineTuner::train(const Job& job) {
  const Model& model = *job.model;
  const FineTuneOptions& options = job.options;
  const wick::Normalize normalize{.mean = model.predictor.mean(), .std = model.predictor.std()};
  const bool use_images = options.images > 0;
  if (use_images && !fits_fashion_mnist(model)) {
    throw wick::OptionError(
        "expected a network with 784 inputs and 10 outputs for Fashion-MNIST, got one with " +
        std::to_string(model.network.input_size()) + " and " + std::to_string(model.network.output_size()));
  }
  if (use_images && train_images_ == nullptr) {
    train_images_ = std::make_shared<const wick::FashionMNIST>(std::filesystem::path(), true);
    test_images_ = std::make_shared<const wick::FashionMNIST>(std::filesystem::path(), false);
  }
  Background::Then when_cancelled = [this] {
    running_ = false;
    Q_EMIT cancelled();
  };
  if (job.stop.stop_requested()) return when_cancelled;

  TrainingSet training(model.side, normalize);
  TrainingSet reporting(model.side, normalize);  // few, because each line of the log costs a pass over them
  TrainingSet testing(model.side, normalize);
  if (use_images) {
    training.add(train_images_, options.images);
    reporting.add(test_images_, 2000);
    testing.add(test_images_, test_images_->size());
  } else {
    reporting.add(job.examples, 1);
    testing.add(job.examples, 1);
  }
  training.add(job.examples, times_for(job.examples.size(), options.images));

  // Equal options give equal runs; the default generator belongs to no thread.
  wick::Generator generator(0);
  Loader train_loader(training, {.batch_size = batch_size, .shuffle = true, .generator = &generator});
  // Of equal batches, so that the mean over them is the one over the pictures.
  const wick::Index tested_at_once = use_images ? 200 : testing.size();
  Loader report_loader(reporting, {.batch_size = tested_at_once, .generator = &generator});
  Loader test_loader(testing, {.batch_size = tested_at_once, .generator = &generator});
  const wick::NLLLoss criterion;
  wick::ThreadPool pool(threads());
  wick::Workspace<float> workspace(&pool);
  wick::Network<float> network = model.network;
  wick::Adam<float> optimizer(network.parameters(), {.lr = options.lr}, &pool);
  const double before = wick::evaluate(network, test_loader, criterion, workspace).accuracy;

  const std::int64_t steps = train_loader.size() * options.epochs;
  const auto begin = Clock::now();
  auto last_shown = begin;
  std::int64_t step = 0;
  wick::TrainOptions train_options{.epochs = options.epochs,
                                   .print_every = std::max<wick::Index>(1, steps / 30),
                                   .stop = job.stop,
                                   .generator = &generator,
                                   .pool = &pool};
  train_options.on_report = [&](const wick::TrainReport& r) {
    post([this, report = FineTuneReport{r.step, steps, r.training_loss, r.test_accuracy}] {
      Q_EMIT reported(report);
    });
  };
  train_options.on_step = [&](const std::function<wick::TrainState()>&) {
    ++step;
    // More than 25 times a second nobody sees.
    if (Clock::now() - last_shown < std::chrono::milliseconds(40) && step != steps) return;
    last_shown = Clock::now();
    const double left = seconds_since(begin) / static_cast<double>(step) * static_cast<double>(steps - step);
    post([this, progress = FineTuneProgress{step, steps, left}] { Q_EMIT progressed(progress); });
  };
  const wick::TrainResult run =
      wick::train(network, train_loader, report_loader, criterion, optimizer, train_options);
  if (run.stopped) return when_cancelled;

  const double after = wick::evaluate(network, test_loader, criterion, workspace).accuracy;
  wick::Attributes metadata = model.metadata;
  if (use_images && !metadata.contains(wick::classes_key)) {
    metadata.set(wick::classes_key, wick::FashionMNIST::class_names());
  }
  metadata.set(wick::normalize_mean_key, normalize.mean);
  metadata.set(wick::normalize_std_key, normalize.std);
  const FineTuneResult result{make_model(std::move(network), std::move(metadata), {}), before, after,
                              testing.size(), !use_images};
  return [this, result] {
    running_ = false;
    Q_EMIT finished(result);
  };
}

}  // namespace desktop
