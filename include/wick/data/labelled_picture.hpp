#pragma once

// Which picture files there are, and what they show.

#include <wick/base/error.hpp>
#include <wick/base/file.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A picture file and the name of its class.
struct LabelledPicture {
  std::filesystem::path path;  ///< a PNG or JPEG file
  std::string label;           ///< the name of its class

  friend bool operator==(const LabelledPicture&, const LabelledPicture&) = default;
};

namespace detail {

[[nodiscard]] inline bool is_picture_name(const std::filesystem::path& path) {
  std::u8string extension = path.extension().u8string();
  for (char8_t& c : extension) {
    if (c >= u8'A' && c <= u8'Z') c = static_cast<char8_t>(c - u8'A' + u8'a');
  }
  return extension == u8".png" || extension == u8".jpg" || extension == u8".jpeg";
}

/// What is in a folder, in the order of the names.
[[nodiscard]] inline std::vector<std::filesystem::directory_entry> sorted_entries(
    const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::directory_entry> entries;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
    entries.push_back(*entry);
  if (error) throw FileError(display_name(folder), "cannot read the folder: " + error.message());
  std::ranges::sort(entries, {}, [](const auto& e) { return e.path().filename().u8string(); });
  return entries;
}

/// Whether it is a folder, and no link to one, which may lead back to where it is.
[[nodiscard]] inline bool is_own_folder(const std::filesystem::directory_entry& entry) {
  std::error_code error;
  return !entry.is_symlink(error) && entry.is_directory(error);
}

}  // namespace detail

/// The pictures in the folders within `root`, as torchvision.datasets.ImageFolder finds them: each folder is
/// a class, with its name; files whose names end in .png, .jpg or .jpeg, in capitals or not, at any depth
/// within; folders and files in the order of their names' bytes. Links to folders are not followed.
///
/// Throws FileError for a folder that cannot be read, that has no folders within, and for a class without
/// pictures.
[[nodiscard]] inline std::vector<LabelledPicture> find_pictures(const std::filesystem::path& root) {
  std::vector<LabelledPicture> pictures;
  bool has_classes = false;
  for (const auto& folder : detail::sorted_entries(root)) {
    if (!detail::is_own_folder(folder)) continue;
    has_classes = true;
    const std::string label = display_name(folder.path().filename());
    const std::size_t before = pictures.size();
    // All folders within, in the order of their paths, as Python sorts what os.walk gives.
    std::vector<std::filesystem::path> folders{folder.path()};
    for (std::size_t i = 0; i < folders.size(); ++i) {
      for (const auto& entry : detail::sorted_entries(folders[i])) {
        if (detail::is_own_folder(entry)) folders.push_back(entry.path());
      }
    }
    std::ranges::sort(folders, {}, [](const auto& path) { return path.generic_u8string(); });
    for (const std::filesystem::path& within : folders) {
      for (const auto& entry : detail::sorted_entries(within)) {
        std::error_code error;
        if (detail::is_picture_name(entry.path()) && entry.is_regular_file(error))
          pictures.push_back({entry.path(), label});
      }
    }
    if (pictures.size() == before) {
      throw FileError(display_name(folder.path()), "found no valid file for the class \"" + label +
                                                       "\"; supported extensions are .png, .jpg and .jpeg");
    }
  }
  if (!has_classes) {
    throw FileError(
        display_name(root),
        "could not find any class folder: expected a folder for each class, with its pictures within");
  }
  return pictures;
}

WICK_END_NAMESPACE
