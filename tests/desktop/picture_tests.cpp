#include "desk.hpp"

#include "picture.hpp"

#include <wick/base/error.hpp>

#include <QPainter>

TEST_CASE("pictures keep their proportions and get black sides") {
  QImage wide(40, 20, QImage::Format_Grayscale8);
  wide.fill(200);
  const QImage fitted = desktop::fit_picture(wide, 28, false);
  CHECK(fitted.size() == QSize(28, 28));
  CHECK(qGray(fitted.pixel(14, 3)) == 0);
  CHECK(qGray(fitted.pixel(14, 14)) == 200);
  CHECK(qGray(fitted.pixel(0, 14)) == 200);
  CHECK(qGray(fitted.pixel(14, 25)) == 0);
  CHECK(qGray(desktop::fit_picture(wide, 28, true).pixel(14, 14)) == 55);
  CHECK(qGray(desktop::fit_picture(wide, 28, true).pixel(14, 3)) == 0);
}

TEST_CASE("every pixel is the mean of its area") {
  QImage image(56, 56, QImage::Format_Grayscale8);
  for (int y = 0; y < 56; ++y) {
    for (int x = 0; x < 56; ++x) image.scanLine(y)[x] = static_cast<uchar>((x * 3 + y) % 256);
  }
  const QImage half = desktop::fit_picture(image, 28, false);
  for (int y = 0; y < 28; ++y) {
    for (int x = 0; x < 28; ++x) {
      int sum = 0;
      for (const int dy : {0, 1}) {
        for (const int dx : {0, 1}) sum += image.constScanLine(2 * y + dy)[2 * x + dx];
      }
      REQUIRE(qGray(half.pixel(x, y)) == (sum + 2) / 4);
    }
  }
}

TEST_CASE("light borders are seen") {
  QImage image(30, 30, QImage::Format_Grayscale8);
  image.fill(250);
  {
    QPainter painter(&image);
    painter.fillRect(5, 5, 20, 20, Qt::black);
  }
  CHECK(desktop::has_light_border(image));
  image.invertPixels();
  CHECK_FALSE(desktop::has_light_border(image));
}

TEST_CASE("what is transparent contrasts with what is not") {
  for (const bool dark : {true, false}) {
    QImage image(20, 20, QImage::Format_ARGB32);
    image.fill(Qt::transparent);
    {
      QPainter painter(&image);
      painter.fillRect(8, 8, 4, 4, dark ? Qt::black : Qt::white);
    }
    const QImage grey = desktop::to_grey(image);
    CHECK(grey.format() == QImage::Format_Grayscale8);
    CHECK(qGray(grey.pixel(0, 0)) == (dark ? 255 : 0));
    CHECK(qGray(grey.pixel(10, 10)) == (dark ? 0 : 255));
  }
}

TEST_CASE("pictures that are none are refused in the library's words") {
  Desk desk;
  const QString path = desk.path(QStringLiteral("none.png"));
  write(path, "no picture");
  try {
    static_cast<void>(desktop::read_picture(path));
    FAIL("it was read");
  } catch (const wick::FileError& error) {
    CHECK(std::string(error.what()).find("expected a PNG or JPEG picture") != std::string::npos);
  }
  CHECK_THROWS_AS(static_cast<void>(desktop::read_picture(desk.path(QStringLiteral("missing.png")))),
                  wick::FileError);
}
