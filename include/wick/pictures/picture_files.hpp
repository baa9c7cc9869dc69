#pragma once

// Which pictures there are, and what they show.

#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/printable.hpp>
#include <wick/table/column.hpp>
#include <wick/table/table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Files of pictures and their classes.
struct PictureFiles {
  std::vector<std::filesystem::path> paths;  ///< a picture each
  std::vector<std::int64_t> labels;          ///< for each of them, a place in `classes`
  std::vector<std::string> classes;          ///< names
};

namespace detail {

/// In UTF-8, with slashes: as they are compared, and written in tables.
[[nodiscard]] inline std::string generic_name(const std::filesystem::path& path) {
  const auto text = path.generic_u8string();
  return {text.begin(), text.end()};
}
[[nodiscard]] inline bool is_picture_name(const std::filesystem::path& path) {
  std::string end = generic_name(path.extension());
  for (char& c : end) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return end == ".png" || end == ".jpg" || end == ".jpeg";
}

/// The pictures of `folder` and below it, by their folder and then their name.
[[nodiscard]] inline std::vector<std::filesystem::path> pictures_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && is_picture_name(entry.path())) found.push_back(entry.path());
  }
  const auto key = [](const std::filesystem::path& path) {
    return std::pair(generic_name(path.parent_path()), generic_name(path.filename()));
  };
  std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  return found;
}

}  // namespace detail

/// The pictures in the folders of `folder`, one for each class, see PictureDataset::of_folder(). Throws
/// FileError.
[[nodiscard]] inline PictureFiles find_pictures(const std::filesystem::path& folder) {
  const std::string name = display_name(folder);
  try {
    std::set<std::pair<std::string, std::filesystem::path>> classes;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.is_directory()) classes.emplace(detail::generic_name(entry.path().filename()), entry.path());
    }
    if (classes.empty()) throw FileError(name, "expected a folder for each class, there are none");
    PictureFiles result;
    for (const auto& [label, path] : classes) {
      auto found = detail::pictures_below(path);
      if (found.empty()) {
        throw FileError(name, "expected pictures (.png, .jpg, .jpeg) of the class " +
                                  detail::quoted_name(label) + ", there are none");
      }
      result.labels.insert(result.labels.end(), found.size(),
                           static_cast<std::int64_t>(result.classes.size()));
      result.classes.push_back(label);
      for (auto& file : found) result.paths.push_back(std::move(file));
    }
    return result;
  } catch (const std::filesystem::filesystem_error& e) {
    throw FileError(name, "cannot read the folder: " + e.code().message());
  }
}

/// The pictures that a table names, see PictureDataset::of_table(). Throws IndexError and OptionError.
[[nodiscard]] inline PictureFiles pictures_of(const Table& table, const std::string& files,
                                              const std::string& labels,
                                              const std::filesystem::path& folder = {}) {
  const Column& names = table[files];
  const Column& classes = table[labels];
  std::set<std::string> different;
  for (Index row = 0; row < table.rows(); ++row) {
    for (const Column* column : {&names, &classes}) {
      if (!column->is_missing(row) && !column->text(row).empty()) continue;
      throw OptionError("PictureDataset: row " + std::to_string(row) + " has nothing in the column " +
                        detail::quoted_name(column->name()));
    }
    different.insert(classes.text(row));
  }
  PictureFiles result;
  result.classes.assign(different.begin(), different.end());
  for (Index row = 0; row < table.rows(); ++row) {
    const auto at = std::lower_bound(result.classes.begin(), result.classes.end(), classes.text(row));
    result.labels.push_back(at - result.classes.begin());
    const std::string file = names.text(row);
    result.paths.push_back(folder / std::filesystem::path(std::u8string(file.begin(), file.end())));
  }
  return result;
}

/// Files and the names of their classes, in the columns `file` and `label`.
[[nodiscard]] inline Table table_of(const PictureFiles& pictures) {
  Texts files;
  Categories labels;
  labels.names = pictures.classes;
  for (std::size_t i = 0; i < pictures.paths.size(); ++i) {
    files.add(detail::generic_name(pictures.paths[i]));
    labels.codes.push_back(static_cast<std::int32_t>(pictures.labels[i]));
  }
  return Table({Column("file", std::move(files)), Column("label", std::move(labels))});
}

WICK_END_NAMESPACE
