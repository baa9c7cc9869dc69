#pragma once

// How fit_table() trains, and what it tells on the way.

#include <wick/base/thread_pool.hpp>
#include <wick/base/types.hpp>
#include <wick/preprocess/options.hpp>
#include <wick/preprocess/target_encoder.hpp>
#include <wick/tabular/tabular_network.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <ostream>
#include <stop_token>
#include <vector>

WICK_BEGIN_NAMESPACE

/// How far fit_table() is.
struct TableProgress {
  double share = 0;       ///< of all epochs that is done, in [0, 1]
  double seconds = 0;     ///< since it began to train
  Index network = 0;      ///< the one that has just completed an epoch, from 1
  Index networks = 0;     ///< that are trained
  Index epoch = 0;        ///< that it has completed, from 1
  Index epochs = 0;       ///< that it trains for
  double loss = 0;        ///< mean over the epoch's batches
  double validation = 0;  ///< loss on its validation rows
  double best = 0;        ///< the best of these so far
};

/// Options of fit_table(). The defaults were chosen on public tables, see docs/tables.md.
struct TableOptions {
  /// What to predict; found from the target's column without, see TargetOptions::task.
  std::optional<Task> task = {};
  /// The share of the rows that is kept for the test, in [0, 0.9]; 0: none.
  double test_share = 0.1;
  /// The rows that are kept for the test instead, by their numbers.
  std::optional<std::vector<Index>> test_rows = {};
  /// Of rows and initial values, and of everything else that is drawn.
  std::uint64_t seed = 0;

  /// Networks that predict together, each validated on another fifth of the rows, 1 to 5; without, as many as
  /// the time is enough for.
  std::optional<Index> networks = {};
  /// Passes of each network over its rows, >= 1; without, up to 256, as the time is enough for.
  std::optional<Index> epochs = {};
  /// What training may take, > 0; nothing: no limit. Networks and epochs are chosen by the amount of work, so
  /// that equal options give equal results. Only where a machine is slower than expected, the clock takes
  /// epochs away.
  std::optional<std::chrono::duration<double>> max_time = std::chrono::seconds(60);

  TabularNetworkOptions network = {.frequencies = 0};  ///< of each network
  /// Of the schedule at its greatest, > 0, for 1500 rows or fewer; more rows take it times rows / 1500, up to
  /// twice as much for classes and 3.5 times as much for numbers.
  double learning_rate = 0.02;
  double weight_decay = 0.02;  ///< of the weights of layers, >= 0
  Index batch_size = 256;      ///< rows to a step, >= 1
  double label_smoothing =
      0.05;  ///< of classes, in [0, 1): fewer wrong classes, probabilities nearer to each other
  PreprocessOptions preprocess = {};  ///< of the columns; the target is left out by itself
  TargetOptions target = {};          ///< of the target; `task` above goes before its own

  /// Times that each column is shuffled for its importance, >= 0; 0: no importances.
  Index importance_repeats = 5;

  /// A folder, made if need be, in which the training is kept while it is under way: the same call goes on
  /// there when the process was killed, and gives the same bytes as if it had not been, unless the clock
  /// takes epochs away; time that was spent counts. It is of no use afterwards; nobody removes it. Empty:
  /// nothing is kept.
  std::filesystem::path state = {};

  ThreadPool* pool = nullptr;   ///< shares out the networks; results do not depend on it
  std::stop_token stop = {};    ///< asked after every epoch; what was learned until then is kept
  std::ostream* out = nullptr;  ///< receives what is found, and a line for each network
  std::function<void(const TableProgress&)> on_progress = {};  ///< after every epoch, of one thread at a time
};

WICK_END_NAMESPACE
