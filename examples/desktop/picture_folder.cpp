#include "picture_folder.hpp"

#include "text.hpp"

#include <wick/core/error.hpp>
#include <wick/core/file.hpp>

#include <QCollator>
#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QImageReader>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <utility>

namespace desktop {

QString label_by_place(const QString& file) {
  const auto slash = file.indexOf(QLatin1Char('/'));
  return slash < 0 ? QString() : file.left(slash);
}

QString label_of(const LabelFile& labels, const QString& file) {
  return labels.label(file).value_or(label_by_place(file));
}

PictureFolder read_folder(const QString& path, const std::stop_token& stop,
                          const std::function<void(int)>& found) {
  const QFileInfo info(path);
  const std::string name = wick::display_name(to_path(path));
  if (!info.exists()) throw wick::FileError(name, "there is no such folder");
  if (!info.isDir()) throw wick::FileError(name, "expected a folder, got a file");
  if (!info.isReadable() || !info.isExecutable()) throw wick::FileError(name, "this folder may not be read");

  PictureFolder folder;
  folder.path = info.absoluteFilePath();
  QStringList patterns;
  for (const QByteArray& format : QImageReader::supportedImageFormats()) {
    patterns.append(QStringLiteral("*.") + QString::fromLatin1(format));
  }
  const auto prefix = folder.path.size() + (folder.path.endsWith(QLatin1Char('/')) ? 0 : 1);
  QDirIterator entries(folder.path, patterns, QDir::Files | QDir::Readable, QDirIterator::Subdirectories);
  while (entries.hasNext() && !stop.stop_requested()) {
    const QString file = entries.next().mid(prefix);
    if (folder.pictures.size() == std::size_t{PictureFolder::most_pictures}) {
      folder.complete = false;
      break;
    }
    folder.pictures.push_back({file, {}});
    constexpr std::size_t often = 200;
    if (folder.pictures.size() % often == 0) found(static_cast<int>(folder.pictures.size()));
  }
  QCollator order;
  order.setNumericMode(true);
  std::sort(folder.pictures.begin(), folder.pictures.end(),
            [&](const auto& a, const auto& b) { return order(a.file, b.file); });
  LabelFile labels;
  try {
    labels = read_labels(folder.path);
  } catch (const std::exception& error) {
    folder.labels_error = to_text(error.what());
  }
  for (FolderPicture& picture : folder.pictures) picture.label = label_of(labels, picture.file);
  return folder;
}

}  // namespace desktop
