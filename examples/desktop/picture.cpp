#include "picture.hpp"

#include "text.hpp"

#include <wick/image/image.hpp>
#include <wick/image/resize.hpp>

#include <QFileInfo>
#include <QImageReader>
#include <QPainter>

#include <algorithm>
#include <cstdint>

namespace desktop {

namespace {

QImage from_tensor(const wick::Image& image) {
  QImage result(static_cast<int>(image.size(1)), static_cast<int>(image.size(0)), QImage::Format_Grayscale8);
  for (int y = 0; y < result.height(); ++y) {
    std::copy_n(image.data() + wick::Index{y} * result.width(), result.width(), result.scanLine(y));
  }
  return result;
}

/// Mean brightness of what can be seen, in [0, 255].
double visible_brightness(const QImage& argb) {
  double sum = 0;
  double weight = 0;
  for (int y = 0; y < argb.height(); ++y) {
    const auto* line = reinterpret_cast<const QRgb*>(argb.constScanLine(y));
    for (int x = 0; x < argb.width(); ++x) {
      sum += static_cast<double>(qGray(line[x])) * qAlpha(line[x]);
      weight += qAlpha(line[x]);
    }
  }
  return weight > 0 ? sum / weight : 0;
}

}  // namespace

QImage read_picture(const QString& path) {
  QImageReader reader(path);
  reader.setAutoTransform(true);
  reader.setDecideFormatFromContent(true);
  const QImage image = reader.read();
  if (!image.isNull()) return to_grey(image);
  // Either the library reads it all the same, or its words say what is wrong with the file.
  const wick::Image pixels = wick::load_image(to_path(path), {.channels = 1});
  return from_tensor(pixels.reshape(wick::Shape{pixels.size(0), pixels.size(1)}));
}

QImage to_grey(const QImage& image) {
  if (!image.hasAlphaChannel()) return image.convertToFormat(QImage::Format_Grayscale8);
  const QImage argb = image.convertToFormat(QImage::Format_ARGB32);
  QImage flat(argb.size(), QImage::Format_RGB32);
  flat.fill(visible_brightness(argb) < 128 ? Qt::white : Qt::black);
  {
    QPainter painter(&flat);
    painter.drawImage(0, 0, argb);
  }
  return flat.convertToFormat(QImage::Format_Grayscale8);
}

bool has_light_border(const QImage& grey) {
  double sum = 0;
  int count = 0;
  const auto add = [&](int x, int y) {
    sum += grey.constScanLine(y)[x];
    ++count;
  };
  for (int x = 0; x < grey.width(); ++x) {
    add(x, 0);
    add(x, grey.height() - 1);
  }
  for (int y = 0; y < grey.height(); ++y) {
    add(0, y);
    add(grey.width() - 1, y);
  }
  return count > 0 && sum / count > 127.5;
}

QImage fit_picture(const QImage& grey, int side, bool invert) {
  wick::Image pixels(wick::Shape{grey.height(), grey.width()});
  std::uint8_t* out = pixels.data();
  for (int y = 0; y < grey.height(); ++y, out += grey.width()) {
    std::transform(grey.constScanLine(y), grey.constScanLine(y) + grey.width(), out,
                   [=](std::uint8_t x) { return static_cast<std::uint8_t>(invert ? 255 - x : x); });
  }
  return from_tensor(wick::fit_image(pixels, side, side));
}

QImage blank_picture(int side) {
  QImage picture(side, side, QImage::Format_Grayscale8);
  picture.fill(0);
  return picture;
}

bool is_blank(const QImage& grey) {
  for (int y = 0; y < grey.height(); ++y) {
    const auto* line = grey.constScanLine(y);
    if (std::any_of(line, line + grey.width(), [](auto x) { return x != 0; })) return false;
  }
  return true;
}

bool is_picture_file(const QString& path) {
  return !QImageReader::imageFormat(path).isEmpty() ||
         QImageReader::supportedImageFormats().contains(QFileInfo(path).suffix().toLower().toLatin1());
}

}  // namespace desktop
