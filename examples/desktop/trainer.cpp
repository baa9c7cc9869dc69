#include "trainer.hpp"

#include "measured_set.hpp"
#include "sample_list.hpp"
#include "text.hpp"

#include <wick/base/thread_pool.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>
#include <wick/training/train.hpp>

#include <QMetaObject>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace desktop {

namespace {

using Clock = std::chrono::steady_clock;

constexpr wick::Index batch_size = 64;
constexpr wick::Index measured_of_training = 1000;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// How often each of the user's pictures is in the training set: all of them together make about a tenth of
/// it, and alone twenty batches.
wick::Index times_for(std::size_t pictures, int images) {
  if (pictures == 0) return 1;
  const wick::Index wanted = images > 0 ? images / 10 : 20 * batch_size;
  return std::clamp(wanted / static_cast<wick::Index>(pictures), wick::Index{1}, wick::Index{1000});
}

/// So many test images that measuring them again and again costs less than the training.
wick::Index tested_for(int images) { return std::clamp(images / 6 / 500 * 500, 1000, 10000); }

/// One thread fewer than the machine has, so that the window stays quick.
int threads() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1); }

/// Up to `most` of the pictures, evenly from the first to the last.
std::vector<Example> some_of(const std::vector<Example>& examples, std::size_t most) {
  const std::size_t count = std::min(most, examples.size());
  std::vector<Example> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(examples[i * examples.size() / count]);
  return result;
}

}  // namespace

struct Trainer::Job {
  ModelPtr model;
  TrainingPlan plan;
  std::vector<OwnPicture> pictures;
  std::stop_token stop;
  std::shared_ptr<const std::atomic<bool>> keep;
};

struct Trainer::Data {
  TrainingSet training;
  std::vector<MeasuredSet> measured;
  QStringList unread;
};

struct Trainer::Images {
  FashionPtr training;
  FashionPtr testing;
};

bool fits_fashion_mnist(const Model& model) {
  if (model.network.input_size() != 784 || model.network.output_size() != 10) return false;
  const auto names = wick::FashionMNIST::class_names();
  return !model.named || std::equal(names.begin(), names.end(), model.predictor.class_names().begin());
}

Trainer::Trainer(QObject* parent) : QObject(parent), background_(this) {}

Trainer::~Trainer() { stop_.request_stop(); }

void Trainer::start(ModelPtr model, const TrainingPlan& plan, std::vector<OwnPicture> pictures) {
  if (running_) return;
  running_ = true;
  stop_ = std::stop_source();
  keep_ = std::make_shared<std::atomic<bool>>(false);
  if (!plan.own) pictures.clear();
  Job job{std::move(model), plan, std::move(pictures), stop_.get_token(), keep_};
  Q_EMIT started();
  background_.run([this, job = std::move(job)] { return train(job); },
                  [this](const QString& text) {
                    running_ = false;
                    Q_EMIT failed(text);
                  });
}

void Trainer::finish() {
  if (!running_) return;
  *keep_ = true;
  stop_.request_stop();
}

void Trainer::cancel() {
  if (!running_) return;
  *keep_ = false;
  stop_.request_stop();
}

void Trainer::cancel_and_wait() {
  cancel();
  background_.wait();
}

template <class Function>
void Trainer::post(Function function) {
  QMetaObject::invokeMethod(this, std::move(function), Qt::QueuedConnection);
}

Trainer::Data Trainer::read_data(const Job& job) {
  const Model& model = *job.model;
  const int images = job.plan.images;
  if (images > 0 && images_ == nullptr) {
    const std::filesystem::path usual;
    images_ = std::make_unique<Images>(Images{std::make_shared<const wick::FashionMNIST>(usual, true),
                                              std::make_shared<const wick::FashionMNIST>(usual, false)});
  }
  const SplitPictures split = split_pictures(job.pictures);
  const auto total = static_cast<int>(job.pictures.size());
  int read = 0;
  auto last_shown = Clock::now();
  const auto count = [&] {
    ++read;
    if (Clock::now() - last_shown < std::chrono::milliseconds(40) && read != total) return;
    last_shown = Clock::now();
    post([this, read, total] { Q_EMIT reading(read, total); });
  };
  const wick::Normalize normalize{.mean = model.predictor.mean(), .std = model.predictor.std()};
  const TrainingSet none(model.side, normalize);
  Data data{none, {}, {}};
  const auto learned = read_examples(split.training, model.side, job.stop, count, data.unread);
  const auto checked = read_examples(split.validation, model.side, job.stop, count, data.unread);

  if (images > 0) data.training.add(images_->training, images);
  data.training.add(learned, times_for(learned.size(), images));
  const auto measure = [&](const QString& name, const auto& pictures, wick::Index count_or_times) {
    TrainingSet set = none;
    set.add(pictures, count_or_times);
    if (set.size() > 0) data.measured.emplace_back(name.arg(set.size()), std::move(set));
  };
  if (images > 0) {
    measure(tr("%L1 images, learned"), images_->training,
            std::min<wick::Index>(measured_of_training, images));
    measure(tr("%L1 test images"), images_->testing, tested_for(images));
  }
  measure(tr("%L1 of yours, learned"), some_of(learned, measured_of_training), 1);
  measure(tr("%L1 of yours, not learned"), checked, 1);
  return data;
}

Background::Then Trainer::train(const Job& job) {
  const Model& model = *job.model;
  const TrainingPlan& plan = job.plan;
  if (plan.images > 0 && !fits_fashion_mnist(model)) {
    throw wick::OptionError(
        "expected a network with 784 inputs and the 10 classes of Fashion-MNIST, got one with " +
        std::to_string(model.network.input_size()) + " inputs and " +
        std::to_string(model.network.output_size()) + " classes");
  }
  Background::Then when_cancelled = [this] {
    running_ = false;
    Q_EMIT cancelled();
  };
  Data data = read_data(job);
  if (job.stop.stop_requested()) return when_cancelled;
  if (data.training.size() == 0) {
    throw wick::OptionError("none of the pictures to learn from can be read, the first is " +
                            data.unread.value(0).toStdString());
  }

  // Equal plans give equal runs; the default generator belongs to no thread.
  wick::Generator generator(0);
  wick::Generator shuffling(1);
  wick::Generator reporting(2);
  wick::DataLoader<TrainingSet> train_loader(
      data.training, {.batch_size = batch_size, .shuffle = true, .generator = &shuffling});
  // What train() itself reports is not shown: its training loss is of other pictures each time.
  TrainingSet first = data.training.first(1);
  wick::DataLoader<TrainingSet> report_loader(first, {.batch_size = 1, .generator = &reporting});
  const wick::NLLLoss criterion;
  wick::ThreadPool pool(threads());
  wick::Workspace<float> workspace(&pool);
  wick::Network<float> network = model.network;
  wick::Adam<float> optimizer(network.parameters(), {.lr = plan.lr}, &pool);

  const std::int64_t steps = train_loader.size() * plan.epochs;
  const std::int64_t every = std::max<std::int64_t>(1, steps / 20);
  TrainingResult result;
  for (const MeasuredSet& set : data.measured) result.sets.push_back(set.name());
  post([this, start = TrainingStart{steps, result.sets}] { Q_EMIT begun(start); });
  const auto measure = [&](std::int64_t step) {
    TrainingReport report{step, {}};
    for (MeasuredSet& set : data.measured) report.measures.push_back(set.measure(network, workspace));
    post([this, report] { Q_EMIT reported(report); });
    return report.measures;
  };
  result.before = measure(0);

  const auto begin = Clock::now();
  auto last_shown = begin;
  std::int64_t step = 0;
  std::int64_t measured_step = 0;
  wick::TrainOptions options{
      .epochs = plan.epochs, .print_every = every, .stop = job.stop, .generator = &generator, .pool = &pool};
  options.on_step = [&](const std::function<wick::TrainState()>&) {
    ++step;
    if (step % every == 0) {
      result.after = measure(step);
      measured_step = step;
    }
    // More than 25 times a second nobody sees.
    if (Clock::now() - last_shown < std::chrono::milliseconds(40) && step != steps) return;
    last_shown = Clock::now();
    const double left = seconds_since(begin) / static_cast<double>(step) * static_cast<double>(steps - step);
    post([this, progress = TrainingProgress{step, steps, left}] { Q_EMIT progressed(progress); });
  };
  const wick::TrainResult run =
      wick::train(network, train_loader, report_loader, criterion, optimizer, options);
  if (run.stopped && !*job.keep) return when_cancelled;
  if (measured_step != step) result.after = measure(step);

  wick::Attributes metadata = model.metadata;
  if (plan.images > 0 && !model.named) metadata.set(wick::classes_key, wick::FashionMNIST::class_names());
  metadata.set(wick::normalize_mean_key, model.predictor.mean());
  metadata.set(wick::normalize_std_key, model.predictor.std());
  result.model = make_model(std::move(network), std::move(metadata), {});
  result.unread = data.unread;
  result.steps = step;
  result.early = run.stopped;
  return [this, result] {
    running_ = false;
    Q_EMIT finished(result);
  };
}

}  // namespace desktop
