#include "folder_store.hpp"

#include "text.hpp"

#include <wick/base/error.hpp>

#include <QFile>
#include <QMetaObject>

#include <exception>
#include <utility>

namespace desktop {

namespace {

/// Throws what read_labels() and write_labels() throw.
LabelFile update_labels(const QString& folder, const std::vector<LabelChange>& changes) {
  LabelFile labels = read_labels(folder);
  for (const LabelChange& change : changes) {
    // A folder's name needs no row to say the same.
    if (!labels.label(change.file) && change.label == label_by_place(change.file)) continue;
    labels.set_label(change.file, change.label);
  }
  write_labels(folder, labels);
  return labels;
}

/// `drawing-1.png`, or the first number that is free. Never replaces a file.
QString save_under_free_name(const QString& folder, const QImage& picture) {
  for (int number = 1;; ++number) {
    const QString file = QStringLiteral("drawing-%1.png").arg(number);
    QFile out(folder + QLatin1Char('/') + file);
    if (!out.open(QIODevice::WriteOnly | QIODevice::NewOnly)) {
      if (out.exists()) continue;
      throw wick::FileError(out.fileName().toStdString(), out.errorString().toStdString());
    }
    if (picture.save(&out, "PNG") && out.flush()) return file;
    const std::string reason = out.errorString().toStdString();
    out.remove();
    throw wick::FileError(out.fileName().toStdString(), "cannot write the picture: " + reason);
  }
}

}  // namespace

FolderStore::FolderStore(QObject* parent) : QObject(parent), reader_(this), writer_(this) {}

FolderStore::~FolderStore() {
  stop_.request_stop();
  writer_.wait();
  try {
    if (!unwritten_.empty()) static_cast<void>(update_labels(folder_.path, unwritten_));
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): nobody is left to tell
  }
}

QString FolderStore::label_of(const QString& file) const {
  const int row = row_of(file);
  return row < 0 ? QString() : folder_.pictures[static_cast<std::size_t>(row)].label;
}

void FolderStore::open(const QString& path, bool at_start) {
  stop_.request_stop();
  stop_ = std::stop_source();
  reading_ = true;
  const int number = ++number_;
  Q_EMIT started();
  reader_.run(
      [this, path, number, stop = stop_.get_token()]() -> Background::Then {
        const auto tell = [this, number](int count) {
          QMetaObject::invokeMethod(
              this,
              [this, number, count] {
                if (number == number_ && reading_) Q_EMIT found(count);
              },
              Qt::QueuedConnection);
        };
        return [this, number, stop, folder = read_folder(path, stop, tell)] {
          // A newer one has taken its place.
          if (number != number_ || stop.stop_requested()) return;
          reading_ = false;
          use(folder);
          Q_EMIT ended();
        };
      },
      [this, number, at_start](const QString& text) {
        if (number != number_ || !reading_) return;
        reading_ = false;
        Q_EMIT ended();
        if (at_start) {
          Q_EMIT missing_at_start(text);
        } else {
          Q_EMIT failed(tr("Cannot open the folder"), text);
        }
      });
}

void FolderStore::reload() {
  if (is_open()) open(folder_.path);
}

void FolderStore::cancel() {
  if (!reading_) return;
  stop_.request_stop();
  reading_ = false;
  Q_EMIT ended();
}

void FolderStore::use(PictureFolder folder) {
  if (folder.path != folder_.path && !unwritten_.empty()) {
    // They belong to the folder before.
    writer_.run(
        [before = folder_.path, changes = std::exchange(unwritten_, {})]() -> Background::Then {
          static_cast<void>(update_labels(before, changes));
          return {};
        },
        [this](const QString& text) { Q_EMIT failed(tr("Cannot write the labels"), text); });
  }
  folder_ = std::move(folder);
  index();
  // What was changed while the folder was read.
  for (const LabelChange& change : unwritten_) {
    if (const int row = row_of(change.file); row >= 0) {
      folder_.pictures[static_cast<std::size_t>(row)].label = change.label;
    }
  }
  Q_EMIT opened();
  if (!folder_.labels_error.isEmpty()) {
    Q_EMIT failed(tr("The labels of this folder cannot be used"), folder_.labels_error);
  }
}

void FolderStore::index() {
  rows_.clear();
  for (int row = 0; const FolderPicture& picture : folder_.pictures) rows_.insert(picture.file, row++);
}

void FolderStore::set_labels(const std::vector<LabelChange>& changes) {
  if (!folder_.labels_error.isEmpty()) {
    Q_EMIT failed(tr("The labels of this folder cannot be used"), folder_.labels_error);
    return;
  }
  for (const LabelChange& change : changes) {
    const int row = row_of(change.file);
    if (row < 0) continue;
    folder_.pictures[static_cast<std::size_t>(row)].label = change.label;
    unwritten_.push_back(change);
  }
  Q_EMIT labels_changed();
  write();
}

void FolderStore::write() {
  if (writing_ || unwritten_.empty()) return;
  writing_ = true;
  writer_.run(
      [this, path = folder_.path, changes = std::exchange(unwritten_, {})]() -> Background::Then {
        return [this, path, labels = update_labels(path, changes)] {
          writing_ = false;
          if (path == folder_.path) merge(labels);
          write();
        };
      },
      [this](const QString& text) {
        writing_ = false;
        unwritten_.clear();
        Q_EMIT failed(tr("Cannot write the labels"), text);
        reload();  // shows what the file has
      });
}

void FolderStore::merge(const LabelFile& labels) {
  if (!unwritten_.empty()) return;  // newer than the file
  bool changed = false;
  for (FolderPicture& picture : folder_.pictures) {
    QString label = desktop::label_of(labels, picture.file);
    if (label == picture.label) continue;
    picture.label = std::move(label);
    changed = true;
  }
  if (changed) Q_EMIT labels_changed();
}

void FolderStore::add(const QImage& picture, const QString& label) {
  if (!folder_.labels_error.isEmpty()) {
    Q_EMIT failed(tr("The labels of this folder cannot be used"), folder_.labels_error);
    return;
  }
  writer_.run(
      [this, path = folder_.path, picture, label]() -> Background::Then {
        return [this, path, label, file = save_under_free_name(path, picture)] {
          if (path != folder_.path) return;
          folder_.pictures.push_back({file, {}});
          index();
          set_labels({{file, label}});
          Q_EMIT added(file);
        };
      },
      [this](const QString& text) { Q_EMIT failed(tr("Cannot keep the drawing"), text); });
}

}  // namespace desktop
