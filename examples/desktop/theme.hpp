#pragma once

// Light, dark, and more contrast.

#include <QPalette>
#include <QString>
#include <QStringList>

namespace desktop {

/// Names of the themes, the system's own first.
[[nodiscard]] QStringList theme_names();
/// Colours of a theme; those that the program started with for the system's and for names of none.
[[nodiscard]] QPalette theme_palette(const QString& name);
/// Changes the colours of the whole program.
void use_theme(const QString& name);

}  // namespace desktop
