#pragma once

// What the program remembers from one start to the next.

#include <QByteArray>
#include <QString>

namespace desktop::settings {

/// Path of the model that was used last; empty at the first start.
[[nodiscard]] QString last_model();
void set_last_model(const QString& path);

struct WindowState {
  QByteArray geometry;
  QByteArray docks;
};
[[nodiscard]] WindowState window_state();
void set_window_state(const WindowState& state);

}  // namespace desktop::settings
