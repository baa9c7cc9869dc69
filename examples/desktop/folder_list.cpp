#include "folder_list.hpp"

#include <algorithm>
#include <cstddef>

namespace desktop {

FolderList::FolderList(const FolderStore* store, QObject* parent)
    : QAbstractListModel(parent), store_(store), thumbnails_(this) {
  connect(store_, &FolderStore::opened, this, [this] {
    beginResetModel();
    thumbnails_.forget();
    select();
    endResetModel();
  });
  connect(store_, &FolderStore::labels_changed, this, [this] {
    const std::vector<int> before = shown_;
    std::vector<int> now;
    std::swap(now, shown_);
    select();
    if (shown_ == before) {
      if (!shown_.empty()) Q_EMIT dataChanged(index(0), index(rowCount({}) - 1));
      return;
    }
    std::swap(now, shown_);
    beginResetModel();
    std::swap(now, shown_);
    endResetModel();
  });
  connect(&thumbnails_, &Thumbnails::ready, this, &FolderList::show_thumbnail);
}

void FolderList::set_filter(const std::optional<QString>& label) {
  beginResetModel();
  label_ = label;
  select();
  endResetModel();
}

QString FolderList::file(int row) const {
  const int at = shown_.at(static_cast<std::size_t>(row));
  return store_->folder().pictures.at(static_cast<std::size_t>(at)).file;
}

int FolderList::row_of(const QString& file) const {
  const auto found = std::lower_bound(shown_.begin(), shown_.end(), store_->row_of(file));
  if (found == shown_.end() || *found != store_->row_of(file)) return -1;
  return static_cast<int>(found - shown_.begin());
}

int FolderList::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(shown_.size());
}

QVariant FolderList::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount({})) return {};
  const int at = shown_[static_cast<std::size_t>(index.row())];
  const FolderPicture& picture = store_->folder().pictures.at(static_cast<std::size_t>(at));
  const QString path = store_->folder().path_of(picture);
  if (role == Qt::DecorationRole) return thumbnails_.picture(path, side_);
  if (role == Qt::DisplayRole) return picture.label;
  if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole) {
    const QString label = picture.label.isEmpty() ? tr("not labelled") : picture.label;
    return thumbnails_.is_broken(path) ? tr("%1, cannot be read").arg(picture.file)
                                       : tr("%1, %2").arg(picture.file, label);
  }
  return {};
}

void FolderList::select() {
  shown_.clear();
  for (int at = 0; const FolderPicture& picture : store_->folder().pictures) {
    if (!label_ || picture.label == *label_) shown_.push_back(at);
    ++at;
  }
}

void FolderList::show_thumbnail(const QString& path) {
  const qsizetype prefix = store_->folder().path.size() + 1;
  const int row = row_of(path.mid(prefix));
  if (row >= 0) Q_EMIT dataChanged(index(row), index(row), {Qt::DecorationRole});
}

}  // namespace desktop
