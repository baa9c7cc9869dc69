#pragma once

// One network of those that predict together, trained and validated.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/data/dataset.hpp>
#include <wick/nn/model.hpp>
#include <wick/tabular/tabular_network.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Rows as a network takes them. Their targets, (rows, 1), are numbers, scaled, or classes: those as floats,
/// too, so that one loop is compiled for both.
struct TabularData {
  TensorDataset<float, float> rows;
  bool classes;
};

/// What is known of a member that was kept on its way.
struct MemberPlace {
  double seconds = 0;         ///< that it took
  double seconds_of_all = 0;  ///< since the first one began
  Index epochs = 0;           ///< that are complete
  bool out_of_time = false;   ///< the clock took epochs away
  bool done = false;
};

/// Where a member is kept while it is trained, so that another process can go on.
struct MemberFile {
  std::filesystem::path path = {};  ///< empty: nowhere
  std::string identity = {};        ///< of all that its training depends on
  /// What is saved with it.
  std::function<MemberPlace()> place = {};

  /// Nothing if there is no file. Throws OptionError for one of another identity.
  [[nodiscard]] std::optional<MemberPlace> find() const;
};

/// What training is told beside the network's options.
struct MemberOptions {
  Index epochs = 1;
  Index batch_size = 256;
  double learning_rate = 0.04;
  double weight_decay = 0;
  double label_smoothing = 0;
  std::uint64_t seed = 0;
  double epoch_share = 1;                      ///< of the batches of an epoch that is trained on, in (0, 1]
  std::function<bool()> has_to_end = nullptr;  ///< asked every now and then; ends the epoch where it is
  std::stop_token stop = {};                   ///< when it was asked for, the file keeps an earlier epoch
  MemberFile file = {};
};

/// What an epoch gave.
struct MemberEpoch {
  Index epoch = 0;  ///< from 1
  double loss = 0;
  double validation = 0;
  double best = 0;
  bool complete = true;  ///< false: has_to_end() ended it
};

/// A trained network, with the values that it had after its best epoch.
struct Member {
  std::shared_ptr<Model<TabularNetwork<float>>> model;
  std::vector<double> losses;       ///< of each epoch
  std::vector<double> validations;  ///< of each epoch
  Index best_epoch = 0;             ///< from 1; 0: it was stopped before
  double best = (std::numeric_limits<double>::infinity)();
};

/// Trains on the rows `training` and validates on `validation`. `after` is called with each epoch and says
/// how many more are to follow, 0 to end; the schedule of the rates is that of this number. `pool` shares out
/// each step; results do not depend on it. Where its file has an earlier process left, it goes on there.
/// Throws TrainingError when nothing that it computes is finite.
[[nodiscard]] Member train_member(const TabularData& data, std::span<const Index> training,
                                  std::span<const Index> validation, const TabularSizes& sizes,
                                  const TabularNetworkOptions& network, const MemberOptions& options,
                                  const std::function<Index(const MemberEpoch&)>& after, ThreadPool* pool);

/// By how much the learning rate grows with the rows that there are to learn from.
[[nodiscard]] inline double rate_growth(Index rows, bool classes) noexcept {
  return std::clamp(static_cast<double>(rows) / 1500, 1.0, classes ? 2.0 : 3.5);
}

/// What training takes, in floating-point operations of products.
struct TabularWork {
  TabularWork(const TabularSizes& sizes, const TabularNetworkOptions& network);

  [[nodiscard]] double epoch(Index rows, Index batch_size) const noexcept {
    const double steps = (std::max)(1.0, static_cast<double>(rows) / static_cast<double>(batch_size));
    return static_cast<double>(rows) * row + steps * step;
  }

  double row;   ///< forward and backward
  double step;  ///< what does not depend on the rows of a batch
};

/// What a core that is not fast does of TabularWork.
inline constexpr double operations_per_second = 2.5e10;

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/tabular/detail/member.ipp>
#endif
