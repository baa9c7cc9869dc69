#pragma once

// What pictures show, as the user says: in the open folder, or for this session.

#include "folder_store.hpp"
#include "model_store.hpp"
#include "own_pictures.hpp"

#include <QImage>
#include <QObject>
#include <QString>
#include <QStringList>

#include <vector>

class QUndoStack;

namespace desktop {

/// Each label can be undone. Pictures that are in no file go to the open folder, and without one are kept
/// until the program ends.
class Labeller : public QObject {
  Q_OBJECT

 public:
  Labeller(FolderStore* folder, ModelStore* models, QUndoStack* undo, QObject* parent);

  /// An empty label is none. False if the folder's labels cannot be changed.
  bool label_files(const QStringList& files, const QString& label);
  /// `label` is a class of the model in use.
  void keep(const QImage& picture, int label);
  /// Forgets the pictures that are in no folder.
  void forget();
  [[nodiscard]] int taught() const noexcept { return static_cast<int>(taught_.size()); }
  /// The classes of the model get other names.
  void rename_classes(const QStringList& before, const QStringList& after);

  /// All that the model in use can learn from.
  [[nodiscard]] std::vector<OwnPicture> pictures() const;
  [[nodiscard]] OwnCount count() const;

 Q_SIGNALS:
  /// There are other labels or other pictures than before.
  void changed();
  /// A label was undone or done again.
  void went_to(const QString& file);
  void said(const QString& text);

 private:
  class LabelCommand;
  class TeachCommand;

  bool set(const std::vector<LabelChange>& after, const QString& words);

  FolderStore* folder_;
  ModelStore* models_;
  QUndoStack* undo_;
  std::vector<Example> taught_;
};

}  // namespace desktop
