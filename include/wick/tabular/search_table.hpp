#pragma once

// Better options for fit_table() by trial.

#include <wick/base/detail/compiled.hpp>
#include <wick/table/table.hpp>
#include <wick/tabular/table_options.hpp>

#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

/// One set of options and how it did.
struct TableTrial {
  TabularNetworkOptions network = {};  ///< of the network
  double learning_rate = 0;            ///< see TableOptions
  double weight_decay = 0;             ///< see TableOptions
  Index batch_size = 0;                ///< see TableOptions
  Index epochs = 0;                    ///< of the last round that it was in
  double validation = 0;               ///< the main metric on the validation rows after that

  /// `width 256, blocks 2, ...`
  [[nodiscard]] std::string text() const;
};

/// What search_table() found.
struct TableSearch {
  TableOptions best = {};  ///< those that were given, with what was best in its place
  std::vector<TableTrial> trials =
      {};                    ///< the first is that of the defaults; those of the last round have most epochs
  bool stopped = false;      ///< before all trials were done
  bool out_of_time = false;  ///< the clock ended trials: another run may find others
};

/// A random search with successive halving: draws `trials` sets of options, the first of which are the given
/// ones, trains one network with each for some epochs, goes on with the better third for three times as many,
/// until one is left. Width, blocks, dropout, waves, learning rate, weight decay and batch size are drawn;
/// what is best is decided by the main metric on the validation rows, and the test rows are those of
/// fit_table() with the same seed. `max_time` is for the whole search, by the amount of work; where it is not
/// enough for an epoch of all rows with each, they learn from a share of the rows. Without it the last round
/// has `epochs`, or 128. Equal options give equal results, for any number of threads, unless stopped or out
/// of time. Throws as fit_table() does, and OptionError unless trials >= 1. K. Jamieson, A. Talwalkar,
/// https://arxiv.org/abs/1502.07943
[[nodiscard]] TableSearch search_table(const Table& table, std::string_view target, Index trials,
                                       const TableOptions& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/tabular/search_table.ipp>
#endif
