#pragma once

// What the user can do: menus, keys and the toolbar.

#include <QKeySequence>
#include <QObject>
#include <QString>

#include <vector>

class QAction;
class QActionGroup;
class QMainWindow;
class QMenu;
class QUndoStack;

namespace desktop {

/// Belongs to a window, which connects what each action does.
class Actions : public QObject {
 public:
  /// Fills the menu bar and the toolbar of `window`.
  explicit Actions(QMainWindow* window, QUndoStack* undo_stack);

  QAction* open = nullptr;
  QAction* open_model = nullptr;
  QAction* open_picture = nullptr;
  QAction* open_folder = nullptr;
  QMenu* recent = nullptr;
  QAction* new_model = nullptr;
  QAction* save_model = nullptr;
  QAction* quit = nullptr;

  QAction* undo = nullptr;
  QAction* redo = nullptr;
  QAction* draw = nullptr;
  QAction* invert = nullptr;
  QAction* paste = nullptr;
  QAction* next = nullptr;
  QAction* previous = nullptr;
  QAction* random = nullptr;

  QAction* label = nullptr;
  QAction* remove_label = nullptr;
  QAction* advance = nullptr;
  QAction* class_names = nullptr;
  QAction* reload = nullptr;
  QAction* forget = nullptr;
  std::vector<QAction*> digits;  ///< label by the keys 0 to 9

  QAction* train = nullptr;
  QAction* keep = nullptr;
  QAction* cancel = nullptr;

  QMenu* view = nullptr;
  QActionGroup* themes = nullptr;  ///< the data of each is the theme's name
  QAction* keys = nullptr;
  QAction* about = nullptr;

 private:
  void make_file_menu();
  void make_picture_menu(QUndoStack* undo_stack);
  void make_label_menu();
  void make_training_menu();
  void make_view_menu();
  void make_help_menu();
  void make_toolbar();
  QAction* add(QMenu* menu, const QString& text, const QKeySequence& shortcut);

  QMainWindow* window_;
};

}  // namespace desktop
