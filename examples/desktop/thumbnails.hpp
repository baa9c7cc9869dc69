#pragma once

// Small versions of picture files, made off the interface thread.

#include "background.hpp"

#include <QCache>
#include <QImage>
#include <QObject>
#include <QSet>
#include <QString>

#include <vector>

namespace desktop {

/// Remembers some thousand pictures. What was asked for last comes first, so that a list that is scrolled
/// shows what is in view.
class Thumbnails : public QObject {
  Q_OBJECT

 public:
  explicit Thumbnails(QObject* parent = nullptr);

  /// The picture in a file, within a square of `side` pixels; null while it is not ready, which ready()
  /// tells, and where it cannot be read.
  [[nodiscard]] QImage picture(const QString& path, int side);
  /// True after a file could not be read.
  [[nodiscard]] bool is_broken(const QString& path) const;
  void forget();

 Q_SIGNALS:
  void ready(const QString& path);

 private:
  void start_next();

  struct Wanted {
    QString path;
    int side;
  };

  QCache<QString, QImage> known_;
  QSet<QString> broken_;
  std::vector<Wanted> wanted_;  ///< the last one is next
  bool busy_ = false;
  Background background_;
};

}  // namespace desktop
