#pragma once

// What the program remembers from one start to the next.

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace desktop::settings {

/// Files and folders that were used, the last one first, at most eight of each. Those that are gone stay:
/// they may be on a disk that comes back.
enum class Recent { models, folders };
[[nodiscard]] QStringList recent(Recent what);
void add_recent(Recent what, const QString& path);
void forget_recent();

/// Path of the model that was used last; empty at the first start.
[[nodiscard]] QString last_model();
/// The folder that was open at the end; empty if there was none.
[[nodiscard]] QString last_folder();
void set_last_folder(const QString& path);

/// Name of a Theme.
[[nodiscard]] QString theme();
void set_theme(const QString& name);

/// Whether labelling a picture goes on to the next.
[[nodiscard]] bool advance();
void set_advance(bool on);

struct WindowState {
  QByteArray geometry;
  QByteArray docks;
};
[[nodiscard]] WindowState window_state();
void set_window_state(const WindowState& state);

}  // namespace desktop::settings
