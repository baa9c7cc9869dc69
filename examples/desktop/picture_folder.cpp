#include "picture_folder.hpp"

#include "text.hpp"

#include <wick/base/error.hpp>
#include <wick/base/file.hpp>

#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QImageReader>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <utility>

namespace desktop {

namespace {

/// As people sort: `b9` before `b10`, and capitals among the others, whatever the language of the system is.
bool comes_before(const QString& a, const QString& b) {
  qsizetype i = 0;
  qsizetype k = 0;
  const auto skip = [](const QString& text, qsizetype at, auto predicate) {
    while (at < text.size() && predicate(text.at(at))) ++at;
    return at;
  };
  const auto is_digit = [](QChar c) { return c >= QLatin1Char('0') && c <= QLatin1Char('9'); };
  const auto is_zero = [](QChar c) { return c == QLatin1Char('0'); };
  while (i < a.size() && k < b.size()) {
    if (is_digit(a.at(i)) && is_digit(b.at(k))) {
      const qsizetype begin_a = skip(a, i, is_zero);
      const qsizetype begin_b = skip(b, k, is_zero);
      i = skip(a, begin_a, is_digit);
      k = skip(b, begin_b, is_digit);
      const qsizetype digits_a = i - begin_a;
      const qsizetype digits_b = k - begin_b;
      if (digits_a != digits_b) return digits_a < digits_b;
      const int order = QStringView(a).mid(begin_a, digits_a).compare(QStringView(b).mid(begin_b, digits_b));
      if (order != 0) return order < 0;
      continue;
    }
    const QChar x = a.at(i++).toCaseFolded();
    const QChar y = b.at(k++).toCaseFolded();
    if (x != y) return x < y;
  }
  const qsizetype left_a = a.size() - i;
  const qsizetype left_b = b.size() - k;
  return left_a != left_b ? left_a < left_b : a < b;
}

}  // namespace

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
  std::sort(folder.pictures.begin(), folder.pictures.end(),
            [](const auto& a, const auto& b) { return comes_before(a.file, b.file); });
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
