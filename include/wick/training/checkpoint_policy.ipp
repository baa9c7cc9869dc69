#pragma once

// Definitions of training/checkpoint_policy.hpp.

#include <wick/core/attributes.hpp>
#include <wick/core/compiled.hpp>
#include <wick/core/error.hpp>
#include <wick/core/types.hpp>
#include <wick/io/any_file.hpp>
#include <wick/io/atomic_file.hpp>
#include <wick/io/groups.hpp>
#include <wick/training/checkpoint_policy.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

WICK_INLINE std::filesystem::path numbered_checkpoint(const std::filesystem::path& path, std::int64_t step) {
  constexpr std::size_t digits = 8;
  std::string number = std::to_string(step);
  if (number.size() < digits) number.insert(0, digits - number.size(), '0');
  std::filesystem::path name = path.stem();
  name += "-" + number;
  name += path.extension();
  return path.parent_path() / name;
}

namespace detail {

WICK_INLINE std::vector<std::filesystem::path> numbered_checkpoints(const std::filesystem::path& path) {
  struct Found {
    std::int64_t step;
    std::filesystem::path path;
  };
  std::vector<Found> found;
  const std::string start = display_name(path.stem()) + "-";
  std::error_code error;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string stem = display_name(entry->path().stem());
    if (!stem.starts_with(start)) continue;
    const std::string_view number = std::string_view(stem).substr(start.size());
    std::int64_t step = -1;
    const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), step);
    if (failed != std::errc() || end != number.data() + number.size() || step < 0) continue;
    const auto name = path.parent_path() / entry->path().filename();
    if (name == numbered_checkpoint(path, step)) found.push_back({step, name});
  }
  // By what they hold: clocks are set back, and files are copied.
  std::ranges::sort(found, {}, &Found::step);
  std::vector<std::filesystem::path> result;
  result.reserve(found.size());
  for (auto& f : found) result.push_back(std::move(f.path));
  return result;
}

}  // namespace detail

namespace detail {

/// The step that the run in this file had reached; -1 when that cannot be found out.
inline std::int64_t step_in_checkpoint(const std::filesystem::path& path) {
  try {
    const AnyFile file = read_any(path);
    const Attributes* training = file.archive.find_attributes(training_group);
    return training == nullptr ? -1 : training->get<std::int64_t>("step");
  } catch (const Error&) {
    return -1;
  }
}

}  // namespace detail

WICK_INLINE std::optional<std::filesystem::path> latest_checkpoint(const std::filesystem::path& path) {
  const auto numbered = detail::numbered_checkpoints(path);
  std::error_code ignored;
  const bool exists = std::filesystem::exists(path, ignored);
  if (numbered.empty()) return exists ? std::optional(path) : std::nullopt;
  if (!exists) return numbered.back();
  const std::int64_t step = detail::step_in_checkpoint(path);
  return step >= 0 && step >= detail::step_in_checkpoint(numbered.back()) ? path : numbered.back();
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
