#include "actions.hpp"

#include "child.hpp"
#include "icons.hpp"
#include "settings.hpp"
#include "theme.hpp"

#include <QAction>
#include <QActionGroup>
#include <QMainWindow>
#include <QMenuBar>
#include <QToolBar>
#include <QToolButton>
#include <QUndoStack>

namespace desktop {

Actions::Actions(QMainWindow* window, QUndoStack* undo_stack) : QObject(window), window_(window) {
  make_file_menu();
  make_picture_menu(undo_stack);
  make_label_menu();
  make_training_menu();
  make_view_menu();
  make_help_menu();
  make_toolbar();
}

QAction* Actions::add(QMenu* menu, const QString& text, const QKeySequence& shortcut) {
  QAction* action = menu->addAction(text);
  action->setShortcut(shortcut);
  return action;
}

void Actions::make_file_menu() {
  QMenu* menu = window_->menuBar()->addMenu(tr("&File"));
  open = add(menu, tr("&Open..."), QKeySequence::Open);
  open_model = add(menu, tr("Open &Model..."), tr("Ctrl+M"));
  open_folder = add(menu, tr("Open &Folder of Pictures..."), tr("Ctrl+Shift+O"));
  open_picture = add(menu, tr("Open &Picture..."), tr("Ctrl+P"));
  recent = menu->addMenu(tr("Open &Recent"));
  recent->setObjectName(QStringLiteral("recent"));
  menu->addSeparator();
  new_model = add(menu, tr("&New Model..."), QKeySequence::New);
  save_model = add(menu, tr("&Save Model As..."), QKeySequence::Save);
  menu->addSeparator();
  quit = add(menu, tr("&Quit"), tr("Ctrl+Q"));
}

void Actions::make_picture_menu(QUndoStack* undo_stack) {
  QMenu* menu = window_->menuBar()->addMenu(tr("&Picture"));
  undo = undo_stack->createUndoAction(this, tr("&Undo"));
  undo->setShortcut(QKeySequence::Undo);
  redo = undo_stack->createRedoAction(this, tr("R&edo"));
  redo->setShortcut(tr("Ctrl+Shift+Z"));
  menu->addActions({undo, redo});
  draw = add(menu, tr("New &Drawing"), tr("Ctrl+L"));
  invert = add(menu, tr("&Invert"), tr("Ctrl+I"));
  paste = add(menu, tr("&Paste"), QKeySequence::Paste);
  menu->addSeparator();
  next = add(menu, tr("&Next Picture"), tr("Ctrl+Right"));
  previous = add(menu, tr("Pre&vious Picture"), tr("Ctrl+Left"));
  random = add(menu, tr("&Random Picture"), tr("Ctrl+R"));
}

void Actions::make_label_menu() {
  QMenu* menu = window_->menuBar()->addMenu(tr("La&bels"));
  for (int digit = 0; digit < 10; ++digit) {
    digits.push_back(add(menu, QString(), QString::number(digit)));
    digits.back()->setVisible(false);
  }
  menu->addSeparator();
  label = add(menu, tr("&Label as \"This Is\" Says"), tr("Ctrl+E"));
  remove_label = add(menu, tr("&Remove the Label"), Qt::Key_Delete);
  advance = add(menu, tr("&Go On After Labelling"), tr("Ctrl+G"));
  advance->setObjectName(QStringLiteral("advance"));
  advance->setCheckable(true);
  advance->setChecked(settings::advance());
  menu->addSeparator();
  class_names = add(menu, tr("&Names of the Classes..."), tr("F2"));
  reload = add(menu, tr("Read the Folder &Again"), tr("F5"));
  forget = add(menu, tr("&Forget What Was Taught"), tr("Ctrl+Shift+E"));
}

void Actions::make_training_menu() {
  QMenu* menu = window_->menuBar()->addMenu(tr("&Training"));
  train = add(menu, tr("&Start"), tr("Ctrl+T"));
  keep = add(menu, tr("Stop and &Keep"), tr("Ctrl+Shift+T"));
  cancel = add(menu, tr("&Cancel"), Qt::Key_Escape);
}

void Actions::make_view_menu() {
  view = window_->menuBar()->addMenu(tr("&View"));
  QMenu* menu = view->addMenu(tr("&Colours"));
  themes = child_of<QActionGroup>(this);
  const QStringList words{tr("As the &System"), tr("&Light"), tr("&Dark"), tr("More &Contrast")};
  const QStringList names = theme_names();
  for (int i = 0; i < names.size(); ++i) {
    QAction* action = menu->addAction(words.at(i));
    action->setObjectName(QStringLiteral("theme_") + names.at(i));
    action->setCheckable(true);
    action->setData(names.at(i));
    action->setChecked(settings::theme() == names.at(i) || (i == 0 && settings::theme().isEmpty()));
    themes->addAction(action);
  }
}

void Actions::make_help_menu() {
  QMenu* menu = window_->menuBar()->addMenu(tr("&Help"));
  keys = add(menu, tr("&Keys"), QKeySequence::HelpContents);
  about = add(menu, tr("&About"), tr("Shift+F1"));
}

void Actions::make_toolbar() {
  QToolBar* bar = window_->addToolBar(tr("Toolbar"));
  bar->setObjectName(QStringLiteral("toolbar"));
  bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  bar->setIconSize({20, 20});
  bar->setMovable(false);
  const auto put = [&](QAction* action, Icon which, const QString& text) {
    action->setIcon(icon(which));
    action->setIconVisibleInMenu(false);
    action->setIconText(text);
    action->setToolTip(
        QStringLiteral("%1 (%2)").arg(action->text().remove(QLatin1Char('&')).remove(QStringLiteral("...")),
                                      action->shortcut().toString(QKeySequence::NativeText)));
    bar->addAction(action);
  };
  put(open_model, Icon::model, tr("Model"));
  put(open_folder, Icon::folder, tr("Folder"));
  put(draw, Icon::draw, tr("Draw"));
  bar->addSeparator();
  undo->setIcon(icon(Icon::undo));
  undo->setIconVisibleInMenu(false);
  bar->addAction(undo);
  // Its words change with what there is to undo.
  if (auto* button = qobject_cast<QToolButton*>(bar->widgetForAction(undo)); button != nullptr) {
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
  }
  bar->addSeparator();
  put(train, Icon::train, tr("Train"));
  put(keep, Icon::stop, tr("Stop"));
  bar->addSeparator();
  put(save_model, Icon::save, tr("Save"));
}

}  // namespace desktop
