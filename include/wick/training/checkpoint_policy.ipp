#pragma once

// Definitions of training/checkpoint_policy.hpp.

#include <wick/core/attributes.hpp>
#include <wick/core/compiled.hpp>
#include <wick/core/error.hpp>
#include <wick/core/types.hpp>
#include <wick/io/atomic_file.hpp>
#include <wick/io/file_format.hpp>
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
  std::filesystem::path name = detail::whole_stem(path);
  name += "-" + number;
  name += detail::whole_extension(path);
  return path.parent_path() / name;
}

namespace detail {

WICK_INLINE std::vector<std::filesystem::path> numbered_checkpoints(const std::filesystem::path& path) {
  struct Found {
    std::filesystem::file_time_type time;
    std::int64_t step;
    std::filesystem::path path;
  };
  std::vector<Found> found;
  const std::string start = display_name(whole_stem(path)) + "-";
  std::error_code error;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string stem = display_name(whole_stem(entry->path()));
    if (!stem.starts_with(start)) continue;
    const std::string_view number = std::string_view(stem).substr(start.size());
    std::int64_t step = -1;
    const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), step);
    if (failed != std::errc() || end != number.data() + number.size() || step < 0) continue;
    const auto name = path.parent_path() / entry->path().filename();
    std::error_code gone;
    const auto time = entry->last_write_time(gone);
    if (!gone && name == numbered_checkpoint(path, step)) found.push_back({time, step, name});
  }
  std::ranges::sort(found, [](const Found& a, const Found& b) {
    return a.time != b.time ? a.time < b.time : a.step < b.step;
  });
  std::vector<std::filesystem::path> result;
  result.reserve(found.size());
  for (auto& f : found) result.push_back(std::move(f.path));
  return result;
}

}  // namespace detail

WICK_INLINE std::optional<std::filesystem::path> latest_checkpoint(const std::filesystem::path& path) {
  const auto numbered = detail::numbered_checkpoints(path);
  std::error_code missing;
  const auto time = std::filesystem::last_write_time(path, missing);
  if (numbered.empty()) return missing ? std::nullopt : std::optional(path);
  if (missing) return numbered.back();
  std::error_code gone;
  return time > std::filesystem::last_write_time(numbered.back(), gone) ? path : numbered.back();
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
