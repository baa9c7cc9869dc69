#pragma once

// Keys, and what this program is.

class QMenuBar;
class QWidget;

namespace desktop {

/// All keys of the menus, and those without one.
void show_keys(QWidget* parent, const QMenuBar& menus);
void show_about(QWidget* parent);

}  // namespace desktop
