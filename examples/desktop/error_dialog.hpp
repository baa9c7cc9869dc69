#pragma once

// How errors appear.

#include <QString>
#include <QWidget>

namespace desktop {

/// A dialog over `parent` with a short headline and the words of the library, which can be selected and
/// copied. It does not wait: the program goes on behind it.
void show_error(QWidget* parent, const QString& headline, const QString& text);

}  // namespace desktop
