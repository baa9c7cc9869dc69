#pragma once

// When a run is saved, and which of its files are kept.

#include <wick/core/attributes.hpp>
#include <wick/core/error.hpp>
#include <wick/core/types.hpp>
#include <wick/io/save_options.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

/// What makes one report better than another.
enum class BestBy {
  test_loss,     ///< a smaller one
  test_accuracy  ///< a larger one
};

/// Saving during train(). Each file holds the whole run, see save_training_checkpoint().
struct CheckpointPolicy {
  std::filesystem::path path = {};  ///< saved at the end of train(), also when it was stopped; empty: nowhere
  std::int64_t every = 0;           ///< also after every so many steps, >= 0; 0: only at the end
  /// 0: each save replaces `path`. Otherwise each save goes to a file of its own, numbered by the step
  /// (`run-00000120.wick` for `run.wick`), and this many are kept: the oldest is removed when the new one is
  /// safely there. latest_checkpoint() finds the newest.
  Index keep_last = 0;
  std::filesystem::path best = {};  ///< saved at a report that is better than all before; empty: nowhere
  BestBy best_by = BestBy::test_loss;
  Attributes metadata = {};  ///< for all files, e.g. metadata_of(dataset)
  SaveOptions save = {};
};

/// `run.wick`, 120 -> `run-00000120.wick`
[[nodiscard]] std::filesystem::path numbered_checkpoint(const std::filesystem::path& path, std::int64_t step);

namespace detail {

/// The files that numbered_checkpoint(path, ...) names and that exist, by their numbers.
std::vector<std::filesystem::path> numbered_checkpoints(const std::filesystem::path& path);

/// Carries out a policy. `save` writes the run, as it is then, to a path.
class CheckpointKeeper {
 public:
  CheckpointKeeper(const CheckpointPolicy& policy, std::function<void(const std::filesystem::path&)> save)
      : policy_(policy), save_(std::move(save)) {
    if (policy.every < 0) {
      throw OptionError("train: checkpoint.every must be >= 0, got " + std::to_string(policy.every));
    }
    if (policy.keep_last < 0) {
      throw OptionError("train: checkpoint.keep_last must be >= 0, got " + std::to_string(policy.keep_last));
    }
    if (policy.path.empty() && (policy.every > 0 || policy.keep_last > 0)) {
      throw OptionError("train: checkpoint.every and checkpoint.keep_last need checkpoint.path");
    }
    if ((!policy.path.empty() || !policy.best.empty()) && !save_) {
      throw OptionError("train: only a Network can be saved in a checkpoint");
    }
    if (policy.keep_last > 0) kept_ = numbered_checkpoints(policy.path);
  }

  void after_report(bool better_loss, bool better_accuracy) const {
    if (policy_.best.empty()) return;
    const bool better = policy_.best_by == BestBy::test_loss ? better_loss : better_accuracy;
    std::error_code error;
    if (better || !std::filesystem::exists(policy_.best, error)) save_(policy_.best);
  }
  void after_step(std::int64_t step) {
    if (policy_.every > 0 && step % policy_.every == 0) save(step);
  }
  void at_end(std::int64_t step) {
    if (!policy_.path.empty()) save(step);
  }

 private:
  void save(std::int64_t step) {
    if (policy_.keep_last == 0) {
      save_(policy_.path);
      return;
    }
    const auto path = numbered_checkpoint(policy_.path, step);
    save_(path);
    std::erase(kept_, path);
    kept_.push_back(path);
    while (static_cast<Index>(kept_.size()) > policy_.keep_last) {
      std::error_code somebody_else_removed_it;
      std::filesystem::remove(kept_.front(), somebody_else_removed_it);
      kept_.erase(kept_.begin());
    }
  }

  CheckpointPolicy policy_;
  std::function<void(const std::filesystem::path&)> save_;
  std::vector<std::filesystem::path> kept_;  // the oldest first
};

}  // namespace detail

/// The checkpoint that is furthest of those that runs with CheckpointPolicy::path = `path` left: `path`
/// itself or one of its numbered files, by the step that it reached and not by its time. Where both are
/// there, they are read; `path` counts only if a run can be read from it. Nothing when there is no file.
[[nodiscard]] std::optional<std::filesystem::path> latest_checkpoint(const std::filesystem::path& path);

}  // namespace wick::inline WICK_ABI_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/checkpoint_policy.ipp>
#endif
