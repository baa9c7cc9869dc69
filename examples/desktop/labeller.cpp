#include "labeller.hpp"

#include <QUndoCommand>
#include <QUndoStack>

#include <cstddef>
#include <memory>
#include <utility>

namespace desktop {

class Labeller::LabelCommand : public QUndoCommand {
 public:
  LabelCommand(Labeller* owner, std::vector<LabelChange> before, std::vector<LabelChange> after,
               const QString& text)
      : QUndoCommand(text), owner_(owner), before_(std::move(before)), after_(std::move(after)) {}

  void undo() override { apply(before_, true); }
  void redo() override { apply(after_, std::exchange(done_before_, true)); }

 private:
  void apply(const std::vector<LabelChange>& changes, bool go_there) {
    owner_->folder_->set_labels(changes);
    if (go_there) Q_EMIT owner_->went_to(changes.front().file);
  }

  Labeller* owner_;
  std::vector<LabelChange> before_;
  std::vector<LabelChange> after_;
  bool done_before_ = false;
};

class Labeller::TeachCommand : public QUndoCommand {
 public:
  TeachCommand(Labeller* owner, Example example, const QString& text)
      : QUndoCommand(text), owner_(owner), example_(std::move(example)) {}

  void redo() override {
    owner_->taught_.push_back(example_);
    Q_EMIT owner_->changed();
  }
  void undo() override {
    if (!owner_->taught_.empty()) owner_->taught_.pop_back();
    Q_EMIT owner_->changed();
  }

 private:
  Labeller* owner_;
  Example example_;
};

Labeller::Labeller(FolderStore* folder, ModelStore* models, QUndoStack* undo, QObject* parent)
    : QObject(parent), folder_(folder), models_(models), undo_(undo) {
  connect(folder_, &FolderStore::labels_changed, this, &Labeller::changed);
  connect(folder_, &FolderStore::opened, this, &Labeller::changed);
}

bool Labeller::set(const std::vector<LabelChange>& after, const QString& words) {
  std::vector<LabelChange> before;
  for (const LabelChange& change : after) before.push_back({change.file, folder_->label_of(change.file)});
  if (after.empty()) return true;
  if (!folder_->folder().labels_error.isEmpty()) {
    folder_->set_labels(after);  // says why not
    return false;
  }
  undo_->push(std::make_unique<LabelCommand>(this, std::move(before), after, words).release());
  return true;
}

bool Labeller::label_files(const QStringList& files, const QString& label) {
  std::vector<LabelChange> changes;
  for (const QString& file : files) {
    if (folder_->row_of(file) >= 0 && folder_->label_of(file) != label) changes.push_back({file, label});
  }
  if (!set(changes, label.isEmpty() ? tr("removing a label") : tr("label \"%1\"").arg(label.left(30)))) {
    return false;
  }
  const QString what = files.size() == 1 ? files.front() : tr("%1 pictures").arg(files.size());
  Q_EMIT said(label.isEmpty() ? tr("%1: no label").arg(what) : tr("%1: %2").arg(what, label));
  return true;
}

void Labeller::keep(const QImage& picture, int label) {
  const QString name = models_->model()->classes.value(label);
  if (folder_->is_open()) {
    folder_->add(picture, name);
    Q_EMIT said(tr("Kept in the folder: %1").arg(name));
    return;
  }
  undo_->push(
      std::make_unique<TeachCommand>(this, Example{picture, label}, tr("teaching \"%1\"").arg(name.left(30)))
          .release());
  Q_EMIT said(
      tr("Kept until the program ends: this is \"%1\". %2 pictures so far; open a folder to keep them "
         "longer")
          .arg(name)
          .arg(taught()));
}

void Labeller::forget() {
  if (taught_.empty()) return;
  taught_.clear();
  undo_->clear();  // it would take back what is not there
  Q_EMIT changed();
}

void Labeller::rename_classes(const QStringList& before, const QStringList& after) {
  std::vector<LabelChange> changes;
  for (const FolderPicture& picture : folder_->folder().pictures) {
    const auto number = before.indexOf(picture.label);
    if (number >= 0 && after.value(number) != picture.label) {
      changes.push_back({picture.file, after.value(number)});
    }
  }
  set(changes, tr("new names of classes"));
}

std::vector<OwnPicture> Labeller::pictures() const {
  std::vector<OwnPicture> result;
  if (models_->model() == nullptr) return result;
  const PictureFolder& folder = folder_->folder();
  for (const FolderPicture& picture : folder.pictures) {
    const int label = class_index(*models_->model(), picture.label);
    if (label >= 0) result.push_back({.path = folder.path_of(picture), .key = picture.file, .label = label});
  }
  for (int number = 0; const Example& example : taught_) {
    result.push_back(
        {.picture = example.picture, .key = tr("drawing %1").arg(++number), .label = example.label});
  }
  return result;
}

OwnCount Labeller::count() const {
  OwnCount count{.usable = taught(), .unusable = 0};
  if (models_->model() == nullptr) return count;
  for (const FolderPicture& picture : folder_->folder().pictures) {
    if (picture.label.isEmpty()) continue;
    ++(class_index(*models_->model(), picture.label) >= 0 ? count.usable : count.unusable);
  }
  return count;
}

}  // namespace desktop
