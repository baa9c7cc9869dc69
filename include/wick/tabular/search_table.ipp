#pragma once

// Definitions of tabular/search_table.hpp.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/tabular/detail/member.hpp>
#include <wick/tabular/detail/metrics_text.hpp>
#include <wick/tabular/detail/strata.hpp>
#include <wick/tabular/detail/table_targets.hpp>
#include <wick/tabular/fit_table.hpp>
#include <wick/tabular/search_table.hpp>
#include <wick/tabular/table_metrics.hpp>
#include <wick/training/training_error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <mutex>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE std::string TableTrial::text() const {
  return "width " + std::to_string(network.width) + ", blocks " + std::to_string(network.blocks) +
         ", waves " + std::to_string(network.frequencies) + ", dropout " + python_repr(network.dropout) +
         ", rate " + detail::four_digits(learning_rate) + ", weight decay " + python_repr(weight_decay) +
         ", batches of " + std::to_string(batch_size);
}

namespace detail {

[[nodiscard]] inline TableTrial drawn_trial(const TableOptions& options, Generator& generator) {
  const auto choose = [&]<std::size_t count>(const std::array<double, count>& of) {
    return of[as_integer<std::size_t>(generator.random64() % count)];
  };
  TableTrial trial{.network = options.network};
  trial.network.width = static_cast<Index>(choose(std::array{64.0, 128.0, 256.0, 384.0}));
  trial.network.blocks = static_cast<Index>(choose(std::array{1.0, 2.0, 3.0}));
  trial.network.frequencies = static_cast<Index>(choose(std::array{0.0, 0.0, 4.0, 8.0}));
  trial.network.dropout = choose(std::array{0.0, 0.1, 0.15, 0.25, 0.4});
  const double draw = static_cast<double>(generator.random32()) / 4294967296.0;
  trial.learning_rate = 0.005 * std::pow(16.0, draw);  // to 0.08
  trial.weight_decay = choose(std::array{0.0, 0.02, 0.1});
  trial.batch_size = static_cast<Index>(choose(std::array{64.0, 128.0, 256.0}));
  return trial;
}
[[nodiscard]] inline TableOptions with_trial(TableOptions options, const TableTrial& trial) {
  options.network = trial.network;
  options.learning_rate = trial.learning_rate;
  options.weight_decay = trial.weight_decay;
  options.batch_size = trial.batch_size;
  return options;
}

/// What the trials of a search learn from and for how long, so that all rounds together fit into the time.
struct SearchPlan {
  SearchPlan(const Table& all, std::string_view target, const TableOptions& options, Index rounds,
             std::span<const TableTrial> trials)
      : table(all), training(options) {
    const double growth = std::pow(3.0, static_cast<double>(rounds - 1));
    if (!options.max_time) {
      epochs = options.epochs.value_or(static_cast<Index>(most));
      return;
    }
    const Column& column = all[target];
    PreprocessOptions preprocess = options.preprocess;
    preprocess.leave_out.push_back(column.name());
    const std::vector<Index> rows = rows_with_target(all, column);
    const TableTargets targets(all, column, rows, options);
    const auto inputs = Preprocessor::fit(all, rows, preprocess);
    const auto embedded = static_cast<Index>(inputs.embeddings().size());
    const TabularSizes sizes{inputs.features() - embedded,
                             std::vector<Index>(static_cast<std::size_t>(embedded), 1),
                             (std::max)(Index{1}, targets.encoder.class_count())};
    double work = 0;  // of an epoch of all trials
    for (const TableTrial& trial : trials) {
      work +=
          TabularWork(sizes, trial.network).epoch(static_cast<Index>(rows.size()) * 3 / 4, trial.batch_size);
    }
    const double each = options.max_time->count() * operations_per_second / work;
    // Each round takes as long as the first one: a third of the trials, three times the epochs.
    const double last = each * growth / static_cast<double>(rounds);
    if (last < growth) take_some(all, rows, targets, options, last / growth);
    epochs = static_cast<Index>(std::clamp(last < growth ? growth : last, 1.0, most));
  }

  static constexpr double most = 128;
  Index epochs;           ///< of the last round
  Table table;            ///< all rows, or some of them
  TableOptions training;  ///< of the trials

 private:
  /// There is not time for an epoch of all rows in the first round: a share of those that are not for the
  /// test has to do, each class among them.
  void take_some(const Table& all, const std::vector<Index>& rows, const TableTargets& targets,
                 const TableOptions& options, double share) {
    constexpr double fewest = 500;
    Generator generator(options.seed);
    std::vector<Index> development;
    if (options.test_rows) {
      std::vector<bool> is_test(static_cast<std::size_t>(all.rows()));
      for (const Index row : *options.test_rows) {
        if (row < 0 || row >= all.rows()) return;  // fit_table() says so
        is_test[static_cast<std::size_t>(row)] = true;
      }
      std::ranges::copy_if(rows, std::back_inserter(development),
                           [&](Index row) { return !is_test[static_cast<std::size_t>(row)]; });
    } else {
      development = split_off(rows, options.test_share, targets.values, generator).train;
    }
    const auto count = static_cast<double>(development.size());
    if (count <= fewest) return;
    Split parts = split_off(development, 1 - (std::max)(share, fewest / count), targets.values, generator);
    std::vector<Index> some = std::move(parts.train);
    if (targets.encoder.task() != Task::regression) {
      std::vector<char> seen(static_cast<std::size_t>(targets.encoder.class_count()));
      const auto is_new = [&](Index row) {
        const auto label = static_cast<std::size_t>(targets.values[static_cast<std::size_t>(row)]);
        return std::exchange(seen[label], 1) == 0;
      };
      for (const Index row : some) static_cast<void>(is_new(row));
      std::ranges::copy_if(parts.test, std::back_inserter(some), is_new);
      std::ranges::sort(some);
    }
    table = all.take(some);
    training.task = targets.encoder.task();
    training.test_rows = std::nullopt;
    training.test_share = 0;
  }
};

/// The share of one of the trials that are to run one after the other in what is left of the time: where a
/// machine is slower than expected, the clock ends trials.
[[nodiscard]] inline std::optional<std::chrono::duration<double>> time_of_trial(
    const TableOptions& options, std::chrono::steady_clock::time_point start, Index trials) {
  using Seconds = std::chrono::duration<double>;
  if (!options.max_time) return std::nullopt;
  const Seconds spent = std::chrono::steady_clock::now() - start;
  return (std::max)((*options.max_time - spent) / static_cast<double>(trials), Seconds(1e-3));
}

}  // namespace detail

WICK_INLINE TableSearch search_table(const Table& table, std::string_view target, Index trials,
                                     const TableOptions& options) {
  if (trials < 1) throw OptionError("search_table: expected trials >= 1, got " + std::to_string(trials));
  TableSearch result{.best = options};
  Generator generator(options.seed);
  result.trials.push_back({.network = options.network,
                           .learning_rate = options.learning_rate,
                           .weight_decay = options.weight_decay,
                           .batch_size = options.batch_size});
  while (static_cast<Index>(result.trials.size()) < trials) {
    result.trials.push_back(detail::drawn_trial(options, generator));
  }
  std::vector<std::size_t> left(result.trials.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  Index rounds = 1;
  for (std::size_t n = left.size(); n > 1; n = (n + 2) / 3) ++rounds;
  const auto start = std::chrono::steady_clock::now();
  const detail::SearchPlan plan(table, target, options, rounds, result.trials);
  const Index threads = options.pool == nullptr ? 1 : options.pool->size();
  std::mutex mutex;
  Index done = 0;
  for (Index round = 0; round < rounds; ++round) {
    const auto epochs = static_cast<Index>((std::max)(
        1.0, static_cast<double>(plan.epochs) / std::pow(3.0, static_cast<double>(rounds - 1 - round))));
    Index begun = 0;
    const auto run = [&](Index i) {
      TableTrial& trial = result.trials[left[static_cast<std::size_t>(i)]];
      if (options.stop.stop_requested()) {
        // Each trial would take some steps until it noticed.
        const std::lock_guard lock(mutex);
        result.stopped = true;
        if (round == 0) trial.validation = (std::numeric_limits<double>::infinity)();
        return;
      }
      TableOptions its = detail::with_trial(plan.training, trial);
      its.networks = 1;
      its.epochs = epochs;
      {
        const std::lock_guard lock(mutex);
        const Index turns = (static_cast<Index>(left.size()) - begun++ + threads - 1) / threads;
        its.max_time = detail::time_of_trial(options, start, turns * (rounds - round));
      }
      its.importance_repeats = 0;
      its.pool = nullptr;
      its.out = nullptr;
      its.on_progress = nullptr;
      if (!options.state.empty()) {
        its.state = options.state / ("trial-" + std::to_string(round + 1) + "-" +
                                     std::to_string(left[static_cast<std::size_t>(i)] + 1));
      }
      double value = (std::numeric_limits<double>::infinity)();
      bool stopped = false;
      bool out_of_time = false;
      try {
        const TableFit fit = fit_table(plan.table, target, its);
        value = fit.metrics().validation.values[main_metric(fit.metrics().task)];
        stopped = fit.stopped();
        out_of_time = fit.out_of_time();
      } catch (const TrainingError&) {
        // Some rates are too large for some tables; such a trial is the worst.
      }
      if (!is_finite(value)) value = (std::numeric_limits<double>::infinity)();
      const std::lock_guard lock(mutex);
      trial.epochs = epochs;
      trial.validation = value;
      result.stopped = result.stopped || stopped;
      result.out_of_time = result.out_of_time || out_of_time;
      ++done;
      if (options.on_progress) {
        options.on_progress({.share = (static_cast<double>(round) +
                                       static_cast<double>(done) / static_cast<double>(left.size())) /
                                      static_cast<double>(rounds),
                             .network = static_cast<Index>(left[static_cast<std::size_t>(i)]) + 1,
                             .networks = trials,
                             .epoch = epochs,
                             .epochs = epochs,
                             .validation = value});
      }
    };
    done = 0;
    if (options.pool != nullptr) {
      options.pool->parallel_for(static_cast<Index>(left.size()), run);
    } else {
      for (Index i = 0; i < static_cast<Index>(left.size()); ++i) run(i);
    }
    std::ranges::stable_sort(left, {}, [&](std::size_t i) { return result.trials[i].validation; });
    if (result.stopped) break;
    left.resize((left.size() + 2) / 3);
  }
  const TableTrial& best = result.trials[left[0]];
  if (is_finite(best.validation) && !result.stopped) result.best = detail::with_trial(options, best);
  if (options.out != nullptr) {
    *options.out << "best of " << trials << " trials, validation " << detail::four_digits(best.validation)
                 << " after " << best.epochs << " epochs: " << best.text() << std::endl;
    if (plan.table.rows() < table.rows()) {
      *options.out << "trials learned from " << plan.table.rows() << " rows, as the time was enough for"
                   << std::endl;
    }
  }
  return result;
}

WICK_END_NAMESPACE
