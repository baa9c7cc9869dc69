#pragma once

// When a run is saved, and which of its files are kept.

#include <wick/base/file_path.hpp>
#include <wick/base/types.hpp>
#include <wick/io/bytes/save_options.hpp>
#include <wick/state/attributes.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Saving during train(). Each file holds the whole run, see save_training_checkpoint().
///
/// Before the first step train() makes sure that it can save: that files can be made in these folders, and
/// that the formats can hold the run. A run whose parameters or averages are no longer finite is not saved:
/// train() throws TrainingError, and the files that are there stay.
struct CheckpointPolicy {
  /// Saved at the end of train(), also when it was stopped; empty: nowhere. A file of that name is replaced,
  /// but numbered files of another run, or of later steps, are refused: latest_checkpoint() would mix them
  /// up.
  FilePath path = {};
  std::int64_t every = 0;  ///< also after every so many steps, >= 0; 0: only at the end
  /// 0: each save replaces `path`. Otherwise each save goes to a file of its own, numbered by the step
  /// (`run-00000120.wick` for `run.wick`), and this many are kept: the one of the smallest step is removed
  /// when the new one is safely there. Of files that were there before, those count that the resumed run
  /// left.
  Index keep_last = 0;
  /// Saved at a report that is better than all before in this run; empty: nowhere. What another run left
  /// under that name is replaced.
  FilePath best = {};
  /// What makes one report better than another: the metric of this name, such as `Accuracy`; empty: the loss
  /// on the test data.
  std::string best_by = {};
  Attributes metadata = {};  ///< for all files, e.g. metadata_of(dataset)
  SaveOptions save = {};     ///< how files are written

  /// Whether there is anything to save.
  [[nodiscard]] bool saves() const noexcept { return !path.empty() || !best.empty(); }
};

/// `run.wick`, 120 -> `run-00000120.wick`
[[nodiscard]] FilePath numbered_checkpoint(const FilePath& path, std::int64_t step);

namespace detail {

struct NumberedCheckpoint {
  std::int64_t step = 0;
  FilePath path;
};

/// The files that numbered_checkpoint(path, ...) names and that exist, by step.
std::vector<NumberedCheckpoint> numbered_checkpoints(const FilePath& path);

/// How a keeper writes the run as it is then.
struct RunWriter {
  std::function<void(const FilePath&)> save;  ///< none for what no checkpoint can hold
  /// Writes to nowhere what save() would write, and throws as it would.
  std::function<void(const FilePath&)> rehearse;
  const char* caller = "train";  ///< who trains, for messages
};

/// Carries out a policy.
class CheckpointKeeper {
 public:
  /// Throws OptionError for a policy that makes no sense.
  CheckpointKeeper(const CheckpointPolicy& policy, RunWriter writer);

  /// To be called before the first step of a run that goes on after `step`, or is new (0, false). Throws
  /// OptionError for files of other runs that are in the way, FileError when files cannot be made, and what
  /// rehearse() throws.
  void prepare(std::int64_t step, bool resumed);

  /// `better`: than all reports before.
  void after_report(bool better) const;
  void after_step(std::int64_t step) {
    if (policy_.every > 0 && step % policy_.every == 0) save(step);
  }
  void at_end(std::int64_t step) {
    if (!policy_.path.empty()) save(step);
  }

 private:
  void refuse_files_of_others(std::int64_t step, bool resumed);
  void save(std::int64_t step);

  CheckpointPolicy policy_;
  RunWriter writer_;
  std::vector<FilePath> kept_;  // the oldest first
};

}  // namespace detail

/// The last checkpoint that a run with CheckpointPolicy::path = `path` left: of `path` itself and its
/// numbered files the one of the largest step. Nothing when there is none.
[[nodiscard]] std::optional<FilePath> latest_checkpoint(const FilePath& path);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/checkpoint_policy.ipp>
#endif
