#include "help_dialogs.hpp"

#include "child.hpp"

#include <QAction>
#include <QCoreApplication>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>

namespace desktop {

void show_keys(QWidget* parent, const QMenuBar& menus) {
  QString text;
  for (const QAction* menu : menus.actions()) {
    for (const QAction* action : menu->menu()->actions()) {
      if (action->isSeparator() || !action->isVisible() || action->shortcut().isEmpty()) continue;
      text += action->shortcut().toString(QKeySequence::NativeText) + QStringLiteral("  \u2013  ") +
              action->text().remove(QLatin1Char('&')).remove(QStringLiteral("...")) + QLatin1Char('\n');
    }
  }
  text += QObject::tr(
      "\nIn the picture: arrow keys move, Space paints, Backspace erases.\n"
      "Among the pictures: arrow keys go from one to another, Enter labels, with Shift or Ctrl several are "
      "selected.");
  auto* box = child_of<QMessageBox>(parent, QMessageBox::NoIcon, QObject::tr("Keys - wick"),
                                    QObject::tr("Keys"), QMessageBox::Ok);
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setInformativeText(text);
  box->open();
}

void show_about(QWidget* parent) {
  auto* box = child_of<QMessageBox>(
      parent, QMessageBox::NoIcon, QObject::tr("About wick"),
      QObject::tr("wick-desktop %1").arg(QCoreApplication::applicationVersion()), QMessageBox::Ok);
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setInformativeText(QObject::tr("An example of wick, a C++20 library for multilayer perceptrons: label "
                                      "pictures, train a network on them, and see what it makes of others."
                                      "\n\nQt %1")
                              .arg(QLatin1String(qVersion())));
  box->open();
}

}  // namespace desktop
