#pragma once

// The pictures of the open folder as a list that Qt's views show.

#include "folder_store.hpp"
#include "thumbnails.hpp"

#include <QAbstractListModel>
#include <QString>

#include <optional>
#include <vector>

namespace desktop {

/// All pictures, or those with one label.
class FolderList : public QAbstractListModel {
  Q_OBJECT

 public:
  explicit FolderList(const FolderStore* store, QObject* parent = nullptr);

  /// Nothing: all; an empty text: those without a label.
  void set_filter(const std::optional<QString>& label);
  [[nodiscard]] QString file(int row) const;
  /// -1 if the filter hides it.
  [[nodiscard]] int row_of(const QString& file) const;
  /// Side of the thumbnails in pixels of the screen.
  void set_side(int side) { side_ = side; }

  [[nodiscard]] int rowCount(const QModelIndex& parent) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

 private:
  void select();
  void show_thumbnail(const QString& path);

  const FolderStore* store_;
  mutable Thumbnails thumbnails_;  // data() asks for what it shows
  std::optional<QString> label_;
  std::vector<int> shown_;
  int side_ = 96;
};

}  // namespace desktop
