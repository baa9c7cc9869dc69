#pragma once

// A folder of the user's own pictures, with those in the folders within.

#include "label_file.hpp"

#include <QString>
#include <QStringList>

#include <functional>
#include <stop_token>
#include <vector>

namespace desktop {

struct FolderPicture {
  QString file;   ///< path within the folder, `/` between its parts
  QString label;  ///< empty without one
};

struct PictureFolder {
  QString path;
  std::vector<FolderPicture> pictures;  ///< by file name, numbers in them by value
  QString labels_error;  ///< why labels.csv cannot be used; the file is left alone then. Empty if it can
  bool complete = true;  ///< there are more than `most_pictures` otherwise

  static constexpr int most_pictures = 100000;

  [[nodiscard]] QString path_of(const FolderPicture& picture) const {
    return path + QLatin1Char('/') + picture.file;
  }
};

/// What a picture shows if no table says it: the name of the folder within `folder` that it is in, as in
/// torchvision.datasets.ImageFolder. Empty for a picture in `folder` itself.
[[nodiscard]] QString label_by_place(const QString& file);
/// What `file` shows: what the table says, else label_by_place().
[[nodiscard]] QString label_of(const LabelFile& labels, const QString& file);

/// Finds the pictures, by the extensions that Qt reads, and their labels. Hidden files and folders and links
/// to folders are left out. `found` is told how many there are so far. Returns an incomplete folder when
/// asked to stop. Throws wick::FileError for a folder that is not there or cannot be read.
[[nodiscard]] PictureFolder read_folder(const QString& path, const std::stop_token& stop,
                                        const std::function<void(int)>& found);

}  // namespace desktop
