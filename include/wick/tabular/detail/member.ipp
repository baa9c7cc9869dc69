#pragma once

// Definitions of tabular/detail/member.hpp.

#include <wick/autograd.hpp>
#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/number.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/io/any_file.hpp>
#include <wick/loss/cross_entropy.hpp>
#include <wick/optim/adamw.hpp>
#include <wick/random/distributions.hpp>
#include <wick/random/generator.hpp>
#include <wick/tabular/detail/member.hpp>
#include <wick/tabular/detail/waves.hpp>
#include <wick/training/fit_session.hpp>
#include <wick/training/training_checkpoint.hpp>
#include <wick/training/training_error.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// So many rows in a random order: what is left over is in other epochs' batches.
struct SomeRows {
  Index rows;
  Index count;

  [[nodiscard]] Index size() const noexcept { return count; }
  void draw(std::vector<Index>& order, Generator& generator) const {
    order.resize(static_cast<std::size_t>(rows));
    randperm_(order, generator);
    order.resize(static_cast<std::size_t>(count));
  }
};

/// What epochs are compared by: the mean over all rows of the cross-entropy, without smoothing, or of the
/// squared error.
class ValidationLoss {
 public:
  static constexpr bool larger_is_better = false;
  [[nodiscard]] static constexpr const char* name() noexcept { return "validation"; }

  explicit ValidationLoss(bool classes) noexcept : classes_(classes) {}

  void accumulate(TensorView<const float> outputs, const Tensor<float>& targets) {
    const Index width = outputs.size(1);
    for (Index i = 0; i < outputs.size(0); ++i) {
      const float* const y = outputs.data() + i * width;
      const float target = targets.data()[i];
      if (!classes_) {
        const double off = static_cast<double>(*y) - static_cast<double>(target);
        sum_ += off * off;
        continue;
      }
      const double most = static_cast<double>(*std::max_element(y, y + width));
      double all = 0;
      for (Index c = 0; c < width; ++c) all += std::exp(static_cast<double>(y[c]) - most);
      sum_ += std::log(all) + most - static_cast<double>(y[static_cast<Index>(target)]);
    }
    rows_ += outputs.size(0);
  }
  [[nodiscard]] double result() const noexcept { return sum_ / static_cast<double>(rows_); }

 private:
  bool classes_;
  double sum_ = 0;
  Index rows_ = 0;
};

/// What is trained on: cross-entropy, or the squared error.
class TabularLoss {
 public:
  TabularLoss(bool classes, double label_smoothing)
      : classes_(classes), options_{.label_smoothing = label_smoothing} {}

  [[nodiscard]] Var<float> operator()(const Var<float>& outputs, const Tensor<float>& targets) const {
    if (!classes_) return mse_loss(outputs, targets);
    labels_.resize(Shape{targets.numel()});
    std::ranges::transform(targets.span(), labels_.data(),
                           [](float label) { return static_cast<std::int64_t>(label); });
    return cross_entropy(outputs, labels_, options_);
  }

 private:
  bool classes_;
  CrossEntropyLossOptions<float> options_;
  mutable Tensor<std::int64_t> labels_ = {};  // of the batch: the tape reads them on its way back
};

WICK_INLINE TabularWork::TabularWork(const TabularSizes& sizes, const TabularNetworkOptions& network) {
  const auto width = static_cast<double>(network.width);
  const auto waves = static_cast<double>(sizes.numbers * network.frequencies);
  const double inputs = static_cast<double>(sizes.numbers) + waves +
                        static_cast<double>(sizes.categories.size()) * static_cast<double>(network.embedding);
  const double weights =
      width * (inputs + width * static_cast<double>(network.blocks) + static_cast<double>(sizes.outputs));
  // As measured: activations, dropout and waves of a row; the optimizer and what else a step does.
  row = 6 * weights + 100 * width * static_cast<double>(network.blocks + 1) + 16'000 * waves;
  step = 20 * weights + 1e6;
}

WICK_INLINE std::optional<MemberPlace> MemberFile::find() const {
  std::error_code ignored;  // what cannot be examined cannot be gone on with
  if (path.empty() || !std::filesystem::exists(path, ignored)) return std::nullopt;
  const Archive archive = read_any(path).archive;
  const Attributes* const metadata = archive.find_attributes("metadata");
  const auto* const found = metadata == nullptr ? nullptr : metadata->find("identity");
  if (found == nullptr || *found != Attribute(identity)) {
    throw OptionError("fit_table: " + display_name(path) +
                      " is of another table, of other options, or of another version of the library; remove "
                      "it to begin anew");
  }
  return MemberPlace{.seconds = metadata->get<double>("seconds"),
                     .seconds_of_all = metadata->get<double>("seconds of all"),
                     .epochs = as_integer<Index>(metadata->get<std::int64_t>("epochs")),
                     .out_of_time = metadata->get<bool>("out of time"),
                     .done = metadata->get<bool>("done")};
}

/// Saves a member, so seldom that it takes a twentieth of the time at most.
class MemberKeeper {
 public:
  using Clock = std::chrono::steady_clock;

  explicit MemberKeeper(const MemberFile& file) : file_(file) {}

  [[nodiscard]] bool due() const {
    constexpr int pause = 20;
    return !file_.path.empty() && Clock::now() - last_ >= pause * took_;
  }
  void save(const Model<TabularNetwork<float>>& model, const AdamW<float>& optimizer, const TrainState& state,
            bool done) {
    if (file_.path.empty()) return;
    const Clock::time_point begin = Clock::now();
    const MemberPlace place = file_.place();
    Attributes metadata;
    metadata.set("identity", file_.identity);
    metadata.set("seconds", place.seconds);
    metadata.set("seconds of all", place.seconds_of_all);
    metadata.set("epochs", static_cast<std::int64_t>(state.epoch));
    metadata.set("out of time", place.out_of_time);
    metadata.set("done", done);
    save_training_checkpoint(model, optimizer, state, file_.path, metadata);
    last_ = Clock::now();
    took_ = last_ - begin;
  }

 private:
  const MemberFile& file_;
  Clock::time_point last_ = {};
  Clock::duration took_ = {};
};

WICK_INLINE Member train_member(const TabularData& data, std::span<const Index> training,
                                std::span<const Index> validation, const TabularSizes& sizes,
                                const TabularNetworkOptions& network, const MemberOptions& options,
                                const std::function<Index(const MemberEpoch&)>& after, ThreadPool* pool) {
  Generator generator(options.seed);
  Member result;
  result.model = std::make_shared<Model<TabularNetwork<float>>>(generator, sizes, network);
  Model<TabularNetwork<float>>& model = *result.model;
  AdamW<float> optimizer(model.parameters(),
                         tabular_groups(model, options.learning_rate, options.weight_decay), pool);
  WavesLR schedule(optimizer);

  const auto rows = static_cast<Index>(training.size());
  const Index size = (std::min)(options.batch_size, rows);
  const Index batches = rows / size;
  const double steps = (std::max)(1.0, std::floor(static_cast<double>(batches) * options.epoch_share));
  DataLoader train_loader(data.rows, {.batch_size = size,
                                      .generator = &generator,
                                      .rows = std::vector<Index>(training.begin(), training.end()),
                                      .sampler = SomeRows{rows, static_cast<Index>(steps) * size}});
  constexpr Index most = 4096;  // rows at a time, so that memory does not grow with the table
  DataLoader validation_loader(data.rows, {.batch_size = most,
                                           .generator = &generator,
                                           .rows = std::vector<Index>(validation.begin(), validation.end())});

  MemberKeeper keeper(options.file);
  bool cut_short = false;
  FitOptions fit_options{.epochs = options.epochs,
                         .monitor = ValidationLoss::name(),
                         .scheduler = &schedule,
                         .schedule_steps = true,
                         .generator = &generator,
                         .pool = pool};
  fit_options.on_step = [&](FitStep& step) {
    constexpr std::int64_t patience = 16;
    cut_short = step.step % patience == patience - 1 && options.has_to_end && options.has_to_end();
    step.stop = cut_short;
  };
  const auto note = [&](const FitReport& report) {
    result.losses.push_back(report.training_loss);
    result.validations.push_back(report.metrics.value(0));
    result.best = (std::min)(result.best, result.validations.back());
    if (report.best) result.best_epoch = report.epoch;
  };
  const auto epoch_of = [&](const FitReport& report, bool complete) {
    return MemberEpoch{.epoch = report.epoch,
                       .loss = report.training_loss,
                       .validation = report.metrics.value(0),
                       .best = result.best,
                       .complete = complete};
  };
  fit_options.on_epoch = [&](const FitReport& report, FitStep& step) {
    note(report);
    const Index left = after(epoch_of(report, true));
    if (left == 0) {
      step.stop = true;
      return;
    }
    schedule.set_left(static_cast<double>(left) * steps);
    if (keeper.due()) keeper.save(model, optimizer, (*step.state)(), false);
  };
  schedule.set_left(static_cast<double>(options.epochs) * steps);
  if (const auto before = options.file.find()) {
    TrainState state = load_training_checkpoint(model, optimizer, options.file.path).state;
    for (const FitReport& report : state.fit->reports) note(report);
    if (before->done) {
      static_cast<void>(model.load_state_dict(state.fit->best_model));
      model.eval();
      return result;
    }
    fit_options.resume = std::move(state);
  }

  FitSession session(model, train_loader, validation_loader,
                     TabularLoss(data.classes, options.label_smoothing), optimizer, fit_options,
                     ValidationLoss(data.classes));
  try {
    while (session.step()) {
    }
    const FitResult fitted = session.finish();
    for (std::size_t i = result.losses.size(); i < fitted.reports.size(); ++i) {
      note(fitted.reports[i]);  // of an epoch that was cut short
      static_cast<void>(after(epoch_of(fitted.reports[i], false)));
    }
    if (!options.stop.stop_requested()) {
      TrainState state = fitted.state;
      state.fit->reports = fitted.reports;
      state.fit->best_model = model.state_dict();
      state.fit->model = {};
      keeper.save(model, optimizer, state, true);
    }
  } catch (const TrainingError& e) {
    // What was best is kept, and the model was brought back to it.
    if (result.best_epoch == 0) {
      throw TrainingError(session.progress().epoch, session.progress().step,
                          std::string("training diverges; try a smaller learning rate than ") +
                              python_repr(options.learning_rate) + ": " + e.what(),
                          "fit_table");
    }
  }
  model.eval();
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE
