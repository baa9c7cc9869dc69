#pragma once

// The open folder: read, labelled and written off the interface thread.

#include "background.hpp"
#include "picture_folder.hpp"

#include <QHash>
#include <QImage>
#include <QObject>
#include <QString>

#include <stop_token>
#include <vector>

namespace desktop {

struct LabelChange {
  QString file;
  QString label;
};

/// What is changed is seen at once, and in labels.csv soon after. Each write reads the file first, so that
/// what others changed meanwhile is kept, and shown.
class FolderStore : public QObject {
  Q_OBJECT

 public:
  explicit FolderStore(QObject* parent = nullptr);
  FolderStore(const FolderStore&) = delete;
  FolderStore& operator=(const FolderStore&) = delete;
  /// Writes what is not written yet.
  ~FolderStore() override;

  [[nodiscard]] bool is_open() const noexcept { return !folder_.path.isEmpty(); }
  [[nodiscard]] bool reading() const noexcept { return reading_; }
  [[nodiscard]] const PictureFolder& folder() const noexcept { return folder_; }
  /// Row of a file in folder().pictures; -1 if it is not there.
  [[nodiscard]] int row_of(const QString& file) const { return rows_.value(file, -1); }
  [[nodiscard]] QString label_of(const QString& file) const;

  /// Reads the folder in place of the one being read. The open one stays until this one is complete.
  void open(const QString& path, bool at_start = false);
  void reload();
  /// Ends reading; the open folder stays.
  void cancel();

  /// Files that are not there are left out. failed() when there is no folder or its labels cannot be used.
  void set_labels(const std::vector<LabelChange>& changes);
  /// Saves a picture under a name that is free, with a label.
  void add(const QImage& picture, const QString& label);

 Q_SIGNALS:
  void started();
  void found(int pictures);
  /// Reading has ended, well or not.
  void ended();
  void opened();
  /// Pictures came or went without the folder being another.
  void labels_changed();
  void added(const QString& file);
  void failed(const QString& headline, const QString& text);
  /// The folder of the last time is not there any more, which is no reason for a dialog.
  void missing_at_start(const QString& text);

 private:
  void use(PictureFolder folder);
  void index();
  void write();
  void merge(const LabelFile& labels);

  PictureFolder folder_;
  QHash<QString, int> rows_;
  std::stop_source stop_;
  bool reading_ = false;
  int number_ = 0;  ///< of the reading under way
  std::vector<LabelChange> unwritten_;
  bool writing_ = false;
  Background reader_;
  Background writer_;
};

}  // namespace desktop
