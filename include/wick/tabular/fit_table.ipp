#pragma once

// Definitions of tabular/fit_table.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/number.hpp>
#include <wick/base/printable.hpp>
#include <wick/checksum/sha256.hpp>
#include <wick/nn/trace.hpp>
#include <wick/ops/softmax.hpp>
#include <wick/preprocess/preprocessing.hpp>
#include <wick/table/why_no_numbers.hpp>
#include <wick/tabular/detail/importance.hpp>
#include <wick/tabular/detail/member.hpp>
#include <wick/tabular/detail/predictor_parts.hpp>
#include <wick/tabular/detail/strata.hpp>
#include <wick/tabular/detail/table_targets.hpp>
#include <wick/tabular/evaluate_table.hpp>
#include <wick/tabular/fit_table.hpp>
#include <wick/tabular/table_metrics.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

using TableClock = std::chrono::steady_clock;

[[nodiscard]] inline double seconds_since(TableClock::time_point start) {
  return std::chrono::duration<double>(TableClock::now() - start).count();
}

inline void check_table_options(const TableOptions& o) {
  const auto demand = [](bool ok, const char* what, const std::string& got) {
    if (!ok) throw OptionError("fit_table: expected " + std::string(what) + ", got " + got);
  };
  demand(o.test_share >= 0 && o.test_share <= 0.9, "test_share in [0, 0.9]", python_repr(o.test_share));
  if (o.networks) {
    demand(*o.networks >= 1 && *o.networks <= table_folds, "networks in [1, 5]", std::to_string(*o.networks));
  }
  if (o.epochs) demand(*o.epochs >= 1, "epochs >= 1", std::to_string(*o.epochs));
  if (o.max_time) demand(o.max_time->count() > 0, "max_time > 0", python_repr(o.max_time->count()) + " s");
  demand(o.learning_rate > 0 && is_finite(o.learning_rate), "learning_rate > 0",
         python_repr(o.learning_rate));
  demand(o.weight_decay >= 0 && is_finite(o.weight_decay), "weight_decay >= 0", python_repr(o.weight_decay));
  demand(o.batch_size >= 1, "batch_size >= 1", std::to_string(o.batch_size));
  demand(o.label_smoothing >= 0 && o.label_smoothing < 1, "label_smoothing in [0, 1)",
         python_repr(o.label_smoothing));
  demand(o.importance_repeats >= 0, "importance_repeats >= 0", std::to_string(o.importance_repeats));
}

/// Networks and epochs for the time that there is: as much work as a processor core that is not fast does in
/// it.
struct TablePlan {
  TablePlan(const TableOptions& options, Index rows, const TabularSizes& sizes) {
    constexpr double most_epochs = 256;
    constexpr double enough_epochs = 64;
    double total = most_epochs * static_cast<double>(table_folds);  // epochs of all networks together
    if (options.max_time) {
      total = (std::min)(total, options.max_time->count() * operations_per_second /
                                    TabularWork(sizes, options.network)
                                        .epoch(rows * (table_folds - 1) / table_folds, options.batch_size));
    }
    const auto all = static_cast<double>(table_folds);
    const double each = std::clamp(total / all, enough_epochs, most_epochs);
    const auto within = [](double x, double most) { return static_cast<Index>(std::clamp(x, 1.0, most)); };
    networks = options.networks.value_or(within(std::floor(total / each), all));
    epochs = options.epochs.value_or(within(std::floor(total / static_cast<double>(networks)), most_epochs));
    if (!options.epochs && total < 1) share = total;
  }

  Index networks;
  Index epochs;
  double share = 1;  ///< of an epoch, where there is no time for one
};

/// One call of fit_table().
class TableTraining {
 public:
  TableTraining(const Table& table, std::string_view target, const TableOptions& options)
      : table_(table), column_(table[target]), options_(options) {
    check_table_options(options);
  }

  [[nodiscard]] TableFit run() {
    Generator generator(options_.seed);
    split(generator);
    describe();
    train(generator);
    return finish(generator);
  }

 private:
  void tell(const std::string& text) const {
    if (options_.out != nullptr) *options_.out << text << std::endl;
  }
  /// What a reader of the results has to know as well.
  void note(std::string text) {
    tell(text);
    notes_.push_back(std::move(text));
  }

  // --- Rows ---

  void split(Generator& generator) {
    std::vector<Index> rows = rows_with_target(table_, column_);
    if (const Index missing = table_.rows() - static_cast<Index>(rows.size()); missing > 0) {
      note(std::to_string(missing) + " of " + std::to_string(table_.rows()) +
           " rows are left out: " + quoted_name(column_.name()) + " is missing there");
    }
    constexpr std::size_t fewest = 10;
    if (rows.size() < fewest) {
      throw OptionError("fit_table: expected at least " + std::to_string(fewest) + " rows in which " +
                        quoted_name(column_.name()) + " is not missing, got " + std::to_string(rows.size()));
    }
    TableTargets targets(table_, column_, rows, options_);
    target_ = std::move(targets.encoder);
    values_ = std::move(targets.values);
    if (options_.test_rows) {
      keep_for_test(rows, *options_.test_rows);
    } else {
      Split parts = split_off(std::move(rows), options_.test_share, values_, generator);
      split_.development = std::move(parts.train);
      split_.test = std::move(parts.test);
    }
    if (target_->task() == Task::regression) {
      TargetOptions target = TableTargets::encoding(options_);
      target.task = Task::regression;
      target_ = TargetEncoder::fit(column_, split_.development, target);
    }
    folds_ = dealt(split_.development, table_folds, values_, generator);
  }
  void keep_for_test(const std::vector<Index>& rows, const std::vector<Index>& test) {
    std::vector<bool> is_test(static_cast<std::size_t>(table_.rows()));
    for (const Index row : test) {
      if (row < 0 || row >= table_.rows()) {
        throw IndexError("fit_table: the row " + std::to_string(row) + " of test_rows is not in a table of " +
                         std::to_string(table_.rows()) + " rows");
      }
      is_test[static_cast<std::size_t>(row)] = true;
    }
    for (const Index row : rows) {
      (is_test[static_cast<std::size_t>(row)] ? split_.test : split_.development).push_back(row);
    }
    if (split_.development.size() < static_cast<std::size_t>(table_folds)) {
      throw OptionError("fit_table: expected at least 5 rows that are not in test_rows, got " +
                        std::to_string(split_.development.size()));
    }
  }

  // --- Columns ---

  void describe() {
    PreprocessOptions options = options_.preprocess;
    options.leave_out.push_back(column_.name());
    inputs_ = Preprocessor::fit(table_, split_.development, options);
    const std::vector<EmbeddedColumn> embedded = inputs_->embeddings();
    sizes_.numbers = inputs_->features() - static_cast<Index>(embedded.size());
    for (const EmbeddedColumn& column : embedded) sizes_.categories.push_back(column.categories);
    const Task task = target_->task();
    sizes_.outputs = task == Task::regression ? 1 : target_->class_count();
    tell(quoted_name(column_.name()) + " is " +
         (task == Task::regression ? "a number"
                                   : "one of " + std::to_string(sizes_.outputs) +
                                         " classes: " + quoted_names(target_->class_names())) +
         "; " + std::to_string(inputs_->columns().size()) + " columns make " +
         std::to_string(inputs_->features()) + " features");
    if (task != Task::regression) note_rare_classes();
    for (const IgnoredColumn& column : inputs_->ignored()) {
      note("the column " + quoted_name(column.name) + " is not used: " + column.why);
    }
    for (const InputColumn& column : inputs_->columns()) {
      if (column.kind != ColumnKind::categorical) continue;
      if (const std::string why = why_no_numbers(table_[column.name]); !why.empty()) {
        note("the column " + quoted_name(column.name) + " is taken for categories: " + why);
      }
    }
    Tensor<float> features = inputs_->transform<float>(table_.take(split_.development));
    const Column values = column_.take(split_.development);
    Tensor<float> targets;
    if (task == Task::regression) {
      targets = target_->scaled<float>(values);
    } else {
      const Tensor<std::int64_t> classes = target_->classes(values);
      targets.resize(classes.shape());
      std::ranges::transform(classes.span(), targets.data(),
                             [](std::int64_t label) { return static_cast<float>(label); });
    }
    targets.resize(Shape{targets.numel(), 1});
    data_.emplace(TabularData{{std::move(features), std::move(targets)}, task != Task::regression});
    // Networks see rows by their place among those of the development.
    std::vector<Index> places(static_cast<std::size_t>(table_.rows()));
    for (std::size_t i = 0; i < split_.development.size(); ++i) {
      places[static_cast<std::size_t>(split_.development[i])] = static_cast<Index>(i);
    }
    for (auto& fold : folds_) {
      for (Index& row : fold) row = places[static_cast<std::size_t>(row)];
    }
  }

  /// Classes of which not every fold has a row: what is said of them is worth little.
  void note_rare_classes() {
    std::vector<Index> counts(static_cast<std::size_t>(sizes_.outputs));
    for (const auto* part : {&split_.development, &split_.test}) {
      for (const Index row : *part) {
        ++counts[static_cast<std::size_t>(values_[static_cast<std::size_t>(row)])];
      }
    }
    std::vector<std::string> rare;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] < table_folds) rare.push_back(target_->class_names()[i]);
    }
    if (rare.empty()) return;
    constexpr std::size_t most = 5;
    note("fewer than " + std::to_string(table_folds) + " rows are of " +
         (rare.size() > most ? std::to_string(rare.size()) + " of the classes" : quoted_names(rare)) +
         ": too few to learn them, or to measure how well they are known");
  }

  // --- Networks ---

  [[nodiscard]] Member train_one(Index number, std::uint64_t seed, const TablePlan& plan) {
    std::vector<Index> training;
    for (std::size_t fold = 0; fold < folds_.size(); ++fold) {
      if (fold == static_cast<std::size_t>(number)) continue;
      training.insert(training.end(), folds_[fold].begin(), folds_[fold].end());
    }
    std::ranges::sort(training);
    const MemberPlace before = places_[static_cast<std::size_t>(number)].value_or(MemberPlace());
    const TableClock::time_point begin = earlier(before.seconds);
    double allowance = (std::numeric_limits<double>::infinity)();
    if (options_.max_time) {
      const std::lock_guard lock(mutex_);
      const Index rounds = (plan.networks - begun_++ + threads() - 1) / threads();
      allowance = (options_.max_time->count() * 0.85 - (seconds_since(start_) - before.seconds)) /
                  static_cast<double>(rounds);
    }
    const bool alone = plan.networks == 1;
    return train_member(
        *data_, training, folds_[static_cast<std::size_t>(number)], sizes_, options_.network,
        {.epochs = plan.epochs,
         .batch_size = options_.batch_size,
         .learning_rate = options_.learning_rate * rate_growth(static_cast<Index>(split_.development.size()),
                                                               target_->task() != Task::regression),
         .weight_decay = options_.weight_decay,
         .label_smoothing = options_.label_smoothing,
         .seed = seed,
         .epoch_share = plan.share,
         .has_to_end = [&] { return options_.stop.stop_requested() || seconds_since(begin) > allowance; },
         .stop = options_.stop,
         .file = {file_of(number), identity_,
                  [&] {
                    const std::lock_guard lock(mutex_);
                    return MemberPlace{.seconds = seconds_since(begin),
                                       .seconds_of_all = seconds_since(start_),
                                       .out_of_time = out_of_time_};
                  }}},
        [&](const MemberEpoch& epoch) {
          return after_epoch(number, plan, epoch, seconds_since(begin), allowance);
        },
        alone ? options_.pool : nullptr);
  }
  /// How many epochs are to follow.
  [[nodiscard]] Index after_epoch(Index number, const TablePlan& plan, const MemberEpoch& epoch,
                                  double seconds, double allowance) {
    const std::lock_guard lock(mutex_);
    ++epochs_done_;
    if (options_.on_progress) {
      options_.on_progress(
          {.share = static_cast<double>(epochs_done_) / static_cast<double>(plan.epochs * plan.networks),
           .seconds = seconds_since(start_),
           .network = number + 1,
           .networks = plan.networks,
           .epoch = epoch.epoch,
           .epochs = plan.epochs,
           .loss = epoch.loss,
           .validation = epoch.validation,
           .best = epoch.best});
    }
    Index left = plan.epochs - epoch.epoch;
    if (options_.stop.stop_requested()) {
      left = 0;
      stopped_ = true;
    } else if (seconds > allowance / 4) {  // what the first epochs take says little
      const double fit =
          (std::max)(0.0, (allowance - seconds) / (seconds / static_cast<double>(epoch.epoch)));
      if (!epoch.complete || fit < static_cast<double>(left)) {
        left = (std::min)(left, static_cast<Index>(fit));
        out_of_time_ = true;
      }
    }
    if (left == 0) epochs_done_ += plan.epochs - epoch.epoch;
    return left;
  }
  // --- What is kept on the way ---

  [[nodiscard]] std::filesystem::path file_of(Index number) const {
    if (options_.state.empty()) return {};
    return options_.state / ("network-" + std::to_string(number + 1) + ".wick");
  }
  [[nodiscard]] static TableClock::time_point earlier(double seconds) {
    return TableClock::now() -
           std::chrono::duration_cast<TableClock::duration>(std::chrono::duration<double>(seconds));
  }
  /// Of all that the networks depend on.
  [[nodiscard]] std::string identity(const TablePlan& plan, std::uint64_t seed) const {
    Sha256 hash;
    const auto bytes = [&](const auto& values) { hash.update(std::as_bytes(std::span(values))); };
    bytes(data_->rows.features().span());
    bytes(data_->rows.labels().span());
    for (const auto& fold : folds_) bytes(fold);
    std::string text = Preprocessing{*inputs_, *target_}.json();
    const TabularNetworkOptions& n = options_.network;
    for (const Index number :
         {n.width, n.blocks, n.embedding, n.frequencies, plan.networks, plan.epochs, options_.batch_size}) {
      text += ' ' + std::to_string(number);
    }
    for (const double number : {n.frequency, n.dropout, options_.learning_rate, options_.weight_decay,
                                options_.label_smoothing, plan.share}) {
      text += ' ' + python_repr(number);
    }
    bytes(text + ' ' + std::to_string(seed));
    return hash.hex();
  }
  /// What an earlier process left.
  void look_back(const TablePlan& plan, std::uint64_t seed) {
    places_.resize(static_cast<std::size_t>(plan.networks));
    if (options_.state.empty()) return;
    std::error_code error;
    std::filesystem::create_directories(options_.state, error);
    if (error) {
      throw FileError(display_name(options_.state), "cannot make the folder: " + error.message());
    }
    identity_ = identity(plan, seed);
    double seconds = 0;
    for (Index i = 0; i < plan.networks; ++i) {
      const auto place = MemberFile{file_of(i), identity_}.find();
      places_[static_cast<std::size_t>(i)] = place;
      if (!place) continue;
      seconds = (std::max)(seconds, place->seconds_of_all);
      out_of_time_ = out_of_time_ || place->out_of_time;
      epochs_done_ += place->done ? plan.epochs : place->epochs;
    }
    start_ = earlier(seconds);
    if (seconds > 0) {
      tell("goes on where it was ended after " + fixed(seconds, 1) + " seconds, in " +
           display_name(options_.state));
    }
  }
  [[nodiscard]] Index threads() const { return options_.pool == nullptr ? 1 : options_.pool->size(); }

  void train(Generator& generator) {
    start_ = TableClock::now();
    const TablePlan plan(options_, static_cast<Index>(split_.development.size()), sizes_);
    epochs_ = plan.epochs;
    options_.networks = plan.networks;
    options_.epochs = plan.epochs;
    tell(std::to_string(plan.networks) + (plan.networks == 1 ? " network" : " networks") + " of " +
         std::to_string(options_.network.blocks + 1) + " hidden layers with " +
         std::to_string(options_.network.width) + " outputs each, " + std::to_string(plan.epochs) +
         " epochs");
    std::vector<std::uint64_t> seeds;
    for (Index i = 0; i < plan.networks; ++i) seeds.push_back(generator.random64());
    look_back(plan, seeds[0]);
    members_.resize(static_cast<std::size_t>(plan.networks));
    const auto task = [&](Index i) {
      const auto at = static_cast<std::size_t>(i);
      // After a stop those that have not begun are left out, if there is one.
      if (options_.stop.stop_requested()) {
        const std::lock_guard lock(mutex_);
        if (epochs_done_ > 0) return;
      }
      members_[at] = train_one(i, seeds[at], plan);
      if (options_.out == nullptr) return;
      const std::lock_guard lock(mutex_);
      *options_.out << "network " << i + 1 << ": validation loss " << fixed(members_[at].best, 4)
                    << " after epoch " << members_[at].best_epoch << " of " << members_[at].losses.size()
                    << std::endl;
    };
    if (options_.pool != nullptr && plan.networks > 1) {
      options_.pool->parallel_for(plan.networks, task);
    } else {
      for (Index i = 0; i < plan.networks; ++i) task(i);
    }
    seconds_ = seconds_since(start_);
  }

  // --- Results ---

  [[nodiscard]] TableFit finish(Generator& generator) {
    std::vector<std::size_t> used;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (members_[i].model != nullptr) used.push_back(i);
    }
    const bool classes = target_->task() != Task::regression;
    const auto count = static_cast<Index>(used.size());
    auto model = std::make_shared<Model<TabularEnsemble<float>>>(uninitialised, count, classes, sizes_,
                                                                 options_.network);
    for (Index i = 0; i < count; ++i) {
      const Member& member = members_[used[static_cast<std::size_t>(i)]];
      for (const auto& entry : std::as_const(*member.model->parameters()).entries()) {
        const auto from = std::as_const(*member.model->parameters()).value(entry.slot);
        const auto to = model->parameters()->value("members." + std::to_string(i) + "." + entry.name);
        std::copy_n(from.data(), from.numel(), to.data());
      }
    }
    model->eval();
    const auto predictor_parts = std::make_shared<const TablePredictorParts>(TablePredictorParts{
        {*inputs_, *target_}, trace(*model, Shape{inputs_->features()}), std::as_const(*model).parameters()});
    TableFit::Parts parts{.predictor = TablePredictor(predictor_parts), .model = model};
    parts.metrics.task = target_->task();
    parts.metrics.train = measured_on(parts.predictor, split_.development);
    parts.metrics.validation = measured_by_folds(used);
    parts.metrics.test = measured_on(parts.predictor, split_.test);
    for (const std::size_t i : used) {
      parts.history.push_back({members_[i].losses, members_[i].validations, members_[i].best_epoch});
      for (const Index place : folds_[i]) {
        split_.validation.push_back(split_.development[static_cast<std::size_t>(place)]);
      }
    }
    std::ranges::sort(split_.validation);
    const double seconds = options_.max_time ? (std::min)(2.0, options_.max_time->count() / 20) : 2;
    parts.importances =
        column_importances(*predictor_parts, table_, split_.test.empty() ? split_.validation : split_.test,
                           options_.importance_repeats,
                           TabularWork(sizes_, options_.network).row * static_cast<double>(count) / 3,
                           seconds * operations_per_second, generator);
    if (out_of_time_) note("the time was not enough for all epochs: another run may give other results");
    if (stopped_) note("it was stopped before all epochs were done");
    parts.split = std::move(split_);
    parts.notes = std::move(notes_);
    parts.options = options_;
    parts.epochs = epochs_;
    parts.seconds = seconds_;
    parts.stopped = stopped_;
    parts.out_of_time = out_of_time_;
    return TableFit(std::move(parts));
  }
  [[nodiscard]] SplitMetrics measured_on(const TablePredictor& predictor,
                                         const std::vector<Index>& rows) const {
    if (rows.empty()) return {};
    return {static_cast<Index>(rows.size()), evaluate_table(predictor, table_.take(rows), options_.pool)};
  }
  /// Each network on the rows that it was validated on.
  [[nodiscard]] SplitMetrics measured_by_folds(const std::vector<std::size_t>& used) const {
    Index rows = 0;
    for (const std::size_t i : used) rows += static_cast<Index>(folds_[i].size());
    const bool classes = target_->task() != Task::regression;
    Tensor<double> predictions =
        classes ? Tensor<double>(Shape{rows, sizes_.outputs}) : Tensor<double>(Shape{rows});
    Tensor<std::int64_t> labels(Shape{classes ? rows : 0});
    Tensor<double> numbers(Shape{classes ? 0 : rows});
    Index at = 0;
    for (const std::size_t i : used) {
      Batch<float, float> batch;
      data_->rows.collate(folds_[i], batch);
      const Tensor<float> y = members_[i].model->predict(batch.inputs);
      const Tensor<float> p = classes ? softmax(y, 1) : y;
      for (Index row = 0; row < p.size(0); ++row, ++at) {
        if (classes) {
          labels.data()[at] = static_cast<std::int64_t>(batch.targets.data()[row]);
          for (Index c = 0; c < sizes_.outputs; ++c) {
            predictions.data()[at * sizes_.outputs + c] =
                static_cast<double>(p.data()[row * sizes_.outputs + c]);
          }
        } else {
          predictions.data()[at] = number_of(*target_, p.data()[row]);
          numbers.data()[at] = values_[static_cast<std::size_t>(
              split_.development[static_cast<std::size_t>(folds_[i][static_cast<std::size_t>(row)])])];
        }
      }
    }
    return {rows, classes ? class_metrics(predictions, labels) : number_metrics(predictions, numbers)};
  }

  const Table& table_;
  const Column& column_;
  TableOptions options_;
  std::optional<TargetEncoder> target_;
  std::optional<Preprocessor> inputs_;
  std::vector<double> values_;  ///< the target of each row, classes by their numbers
  TableSplit split_;
  std::vector<std::vector<Index>> folds_;
  TabularSizes sizes_;
  std::optional<TabularData> data_;
  std::vector<std::optional<MemberPlace>> places_;  ///< of each network, in an earlier process
  std::string identity_;
  std::vector<Member> members_;
  std::vector<std::string> notes_;
  std::mutex mutex_;
  TableClock::time_point start_;
  Index begun_ = 0;
  Index epochs_ = 0;
  Index epochs_done_ = 0;
  double seconds_ = 0;
  bool stopped_ = false;
  bool out_of_time_ = false;
};

}  // namespace detail

WICK_INLINE TableFit fit_table(const Table& table, std::string_view target, const TableOptions& options) {
  return detail::TableTraining(table, target, options).run();
}

WICK_END_NAMESPACE
