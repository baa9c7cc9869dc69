#include "settings.hpp"

#include <QSettings>

namespace desktop::settings {

namespace {

constexpr qsizetype most_recent = 8;

/// The file of the settings, the same for every program that links this.
class Store : public QSettings {
 public:
  Store()
      : QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("wick"),
                  QStringLiteral("wick-desktop")) {}
};

QString key_of(Recent what) {
  return what == Recent::models ? QStringLiteral("recent/models") : QStringLiteral("recent/folders");
}

}  // namespace

QStringList recent(Recent what) { return Store().value(key_of(what)).toStringList().mid(0, most_recent); }

void add_recent(Recent what, const QString& path) {
  QStringList paths = recent(what);
  paths.removeAll(path);
  paths.prepend(path);
  Store().setValue(key_of(what), paths.mid(0, most_recent));
}

void forget_recent() { Store().remove(QStringLiteral("recent")); }

QString last_model() { return recent(Recent::models).value(0); }

QString last_folder() { return Store().value(QStringLiteral("last_folder")).toString(); }
void set_last_folder(const QString& path) { Store().setValue(QStringLiteral("last_folder"), path); }

QString theme() { return Store().value(QStringLiteral("theme")).toString(); }
void set_theme(const QString& name) { Store().setValue(QStringLiteral("theme"), name); }

bool advance() { return Store().value(QStringLiteral("advance"), true).toBool(); }
void set_advance(bool on) { Store().setValue(QStringLiteral("advance"), on); }

WindowState window_state() {
  const Store store;
  return {store.value(QStringLiteral("window/geometry")).toByteArray(),
          store.value(QStringLiteral("window/state")).toByteArray()};
}

void set_window_state(const WindowState& state) {
  Store store;
  store.setValue(QStringLiteral("window/geometry"), state.geometry);
  store.setValue(QStringLiteral("window/state"), state.docks);
}

}  // namespace desktop::settings
