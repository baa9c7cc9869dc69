#include "settings.hpp"

#include <QSettings>

namespace desktop::settings {

namespace {

/// The file of the settings, the same for every program that links this.
class Store : public QSettings {
 public:
  Store()
      : QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("wick"),
                  QStringLiteral("wick-desktop")) {}
};

}  // namespace

QString last_model() { return Store().value(QStringLiteral("last_model")).toString(); }
void set_last_model(const QString& path) { Store().setValue(QStringLiteral("last_model"), path); }

WindowState window_state() {
  const Store store;
  return {store.value(QStringLiteral("window/geometry")).toByteArray(),
          store.value(QStringLiteral("window/docks")).toByteArray()};
}

void set_window_state(const WindowState& state) {
  Store store;
  store.setValue(QStringLiteral("window/geometry"), state.geometry);
  store.setValue(QStringLiteral("window/docks"), state.docks);
}

}  // namespace desktop::settings
