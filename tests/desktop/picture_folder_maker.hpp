#pragma once

// Folders with pictures for the tests.

#include <doctest/doctest.h>

#include <QDir>
#include <QFileInfo>
#include <QImage>
#include <QPainter>
#include <QString>

#include <initializer_list>

/// White on black: a line that lies, stands or leans, moved a little by `number`.
inline QImage stroke_picture(int kind, int number) {
  QImage picture(28, 28, QImage::Format_Grayscale8);
  picture.fill(0);
  QPainter painter(&picture);
  painter.setPen(QPen(QColor(255 - number, 255 - number, 255 - number), 2.5));
  const int at = 8 + 3 * (number % 4);
  if (kind == 0) painter.drawLine(4, at, 24, at);
  if (kind == 1) painter.drawLine(at, 4, at, 24);
  if (kind == 2) painter.drawLine(4, at - 6, 24, at + 8);
  return picture;
}

/// Saves a picture under each of these names within `folder`.
inline void make_pictures(const QString& folder, std::initializer_list<const char*> names) {
  int number = 0;
  for (const char* name : names) {
    const QString path = folder + QLatin1Char('/') + QString::fromUtf8(name);
    REQUIRE(QDir().mkpath(QFileInfo(path).path()));
    REQUIRE(stroke_picture(number % 3, number).save(path));
    ++number;
  }
}
