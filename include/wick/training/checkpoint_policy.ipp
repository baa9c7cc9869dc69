#pragma once

// Definitions of training/checkpoint_policy.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/path_of.hpp>
#include <wick/base/detail/sort_positions.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/file_path.hpp>
#include <wick/base/types.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/io/bytes/atomic_file.hpp>
#include <wick/io/file_format.hpp>
#include <wick/io/model_file.hpp>
#include <wick/state/attributes.hpp>
#include <wick/training/checkpoint_policy.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE FilePath numbered_checkpoint(const FilePath& path, std::int64_t step) {
  constexpr std::size_t digits = 8;
  std::string number = std::to_string(step);
  if (number.size() < digits) number.insert(0, digits - number.size(), '0');
  std::filesystem::path name = detail::whole_stem(path);
  name += "-";
  name += number;
  name += detail::whole_extension(path);
  return detail::path_of(path).parent_path() / name;
}

namespace detail {

/// The step in the name of a numbered file of `path`, or nothing when `file` has no such name.
inline std::optional<std::int64_t> step_in_name(const std::filesystem::path& path,
                                                const std::filesystem::path& file) {
  const std::string start = display_name(whole_stem(path)) + "-";
  const std::string stem = display_name(whole_stem(file));
  if (!stem.starts_with(start)) return {};
  const std::string_view number = std::string_view(stem).substr(start.size());
  std::int64_t step = -1;
  const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), step);
  if (failed != std::errc() || end != number.data() + number.size() || step < 0) return {};
  if (path_of(numbered_checkpoint(path, step)).filename() != file.filename()) return {};
  return step;
}

/// The step after which the run in a file was saved; nothing for other files and for none.
inline std::optional<std::int64_t> step_in_file(const std::filesystem::path& path) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(path, none)) return {};
  try {
    const Archive archive = read_model(path).archive;
    const Attributes* const training = archive.find_attributes(training_group);
    return training == nullptr ? std::nullopt : std::optional(training->get<std::int64_t>("step"));
  } catch (const Error&) {
    return {};
  }
}

WICK_INLINE std::vector<NumberedCheckpoint> numbered_checkpoints(const FilePath& path) {
  const std::filesystem::path name = path;
  std::vector<NumberedCheckpoint> found;
  std::error_code error;
  const auto folder = name.has_parent_path() ? name.parent_path() : std::filesystem::path(".");
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::error_code gone;
    const auto step = step_in_name(name, entry->path());
    if (step && entry->is_regular_file(gone)) {
      found.push_back({*step, name.parent_path() / entry->path().filename()});
    }
  }
  std::vector<NumberedCheckpoint> sorted;
  sorted.reserve(found.size());
  for (const std::size_t i : sorted_positions(
           found.size(), [&found](std::size_t a, std::size_t b) { return found[a].step < found[b].step; })) {
    sorted.push_back(std::move(found[i]));
  }
  return sorted;
}

WICK_INLINE CheckpointKeeper::CheckpointKeeper(const CheckpointPolicy& policy, RunWriter writer)
    : policy_(policy), writer_(std::move(writer)) {
  const std::string where = std::string(writer_.caller) + ": checkpoint.";
  const auto require_not_negative = [&where](const char* name, std::int64_t value) {
    if (value >= 0) return;
    throw OptionError(where + name + " must be >= 0, got " + std::to_string(value));
  };
  require_not_negative("every", policy.every);
  require_not_negative("keep_last", policy.keep_last);
  if (policy.path.empty() && (policy.every > 0 || policy.keep_last > 0)) {
    throw OptionError(where + "every and checkpoint.keep_last need checkpoint.path");
  }
  if ((!policy.path.empty() || !policy.best.empty()) && !writer_.save) {
    throw OptionError(
        std::string(writer_.caller) +
        ": this run cannot be saved in a checkpoint: the model needs state_dict() and load_state_dict(), "
        "and the optimizer state() and load_state()");
  }
  if (policy.path.empty() || policy.best.empty()) return;
  const auto whole = [](const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::absolute(path, ignored).lexically_normal();
  };
  const bool numbered = whole(policy.path).parent_path() == whole(policy.best).parent_path() &&
                        step_in_name(policy.path, policy.best).has_value();
  if (numbered || whole(policy.path) == whole(policy.best)) {
    throw OptionError(where + "best has the name of a file of checkpoint.path, \"" +
                      display_name(policy.best) +
                      "\", which would be replaced or removed; choose another one");
  }
}

WICK_INLINE void CheckpointKeeper::refuse_files_of_others(std::int64_t step, bool resumed) {
  const auto files = numbered_checkpoints(policy_.path);
  const auto refuse = [&](const FilePath& file, const std::string& number) {
    throw OptionError(std::string(writer_.caller) + ": checkpoint.path: \"" + display_name(file) + "\"" +
                      number +
                      (resumed ? " is of a later step than the one that this run goes on from, " +
                                     std::to_string(step) + ": resume from that file"
                               : " is of another run: resume that run") +
                      ", remove it, or choose another path");
  };
  if (!files.empty() && (!resumed || files.back().step > step)) {
    refuse(files.back().path,
           files.size() > 1 ? ", one of " + std::to_string(files.size()) + " numbered files," : "");
  }
  if (policy_.keep_last == 0) return;
  const auto unnumbered = step_in_file(policy_.path);
  if (unnumbered && (!resumed || *unnumbered > step)) refuse(policy_.path, "");
  // The run that goes on is the one that left these files if the last of them is where it begins.
  if (files.empty() || files.back().step != step) return;
  for (const auto& file : files) kept_.push_back(file.path);
}

WICK_INLINE void CheckpointKeeper::prepare(std::int64_t step, bool resumed) {
  if (!policy_.path.empty()) refuse_files_of_others(step, resumed);
  const auto numbered = [&] { return numbered_checkpoint(policy_.path, step); };
  for (const auto& path : {policy_.keep_last > 0 ? numbered() : policy_.path, policy_.best}) {
    if (path.empty()) continue;
    { const AtomicFile removed_at_once(path, policy_.save); }
    writer_.rehearse(path);
  }
}

WICK_INLINE void CheckpointKeeper::after_report(bool better) const {
  if (policy_.best.empty()) return;
  std::error_code error;
  if (better || !std::filesystem::exists(path_of(policy_.best), error)) writer_.save(policy_.best);
}

WICK_INLINE void CheckpointKeeper::save(std::int64_t step) {
  if (policy_.keep_last == 0) {
    writer_.save(policy_.path);
    return;
  }
  const auto path = numbered_checkpoint(policy_.path, step);
  writer_.save(path);
  std::erase_if(kept_, [&path](const FilePath& kept) { return kept.text() == path.text(); });
  kept_.push_back(path);
  while (static_cast<Index>(kept_.size()) > policy_.keep_last) {
    std::error_code somebody_else_removed_it;
    std::filesystem::remove(path_of(kept_.front()), somebody_else_removed_it);
    kept_.erase(kept_.begin());
  }
}

}  // namespace detail

WICK_INLINE std::optional<FilePath> latest_checkpoint(const FilePath& path) {
  const auto numbered = detail::numbered_checkpoints(path);
  std::error_code missing;
  const bool unnumbered = std::filesystem::is_regular_file(detail::path_of(path), missing);
  if (numbered.empty()) return unnumbered ? std::optional(path) : std::nullopt;
  const auto step = unnumbered ? detail::step_in_file(path) : std::nullopt;
  return step && *step > numbered.back().step ? path : numbered.back().path;
}

WICK_END_NAMESPACE
