#include "desk.hpp"

#include "picture.hpp"
#include "picture_view.hpp"

#include <wick/checkpoint/checkpoint.hpp>

#include <QCheckBox>
#include <QSlider>

namespace {

int bright(const QImage& picture) {
  int count = 0;
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) count += qGray(picture.pixel(x, y)) > 127 ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("the mouse draws, and each drawing is classified") {
  Desk desk;
  desk.open_model();
  const auto network = wick::load_checkpoint(WICK_DESKTOP_MODEL);
  CHECK(desk.title() == QStringLiteral("wick"));
  desk.drag({8, 4}, {8, 24});
  const QImage one = desk.picture();
  CHECK(qGray(one.pixel(8, 14)) == 255);
  CHECK(qGray(one.pixel(20, 14)) == 0);
  desk.wait_for(network);
  desk.drag({18, 4}, {18, 24});
  CHECK(qGray(desk.picture().pixel(18, 14)) == 255);
  CHECK(qGray(desk.picture().pixel(8, 14)) == 255);
  desk.wait_for(network);

  // Two legs.
  desk.click("clear");
  desk.find<QSlider>("brush").setValue(8);
  desk.drag({11, 4}, {11, 24});
  desk.drag({17, 4}, {17, 24});
  desk.wait_for(network);
  desk.screenshot("drawing");
  CHECK(desk.title().startsWith(QLatin1String("Trouser - ")));
}

TEST_CASE("the right button erases, a wider brush paints more") {
  Desk desk;
  desk.drag({4, 14}, {24, 14});
  const int thin = bright(desk.picture());
  CHECK(thin >= 20);
  desk.drag({14, 10}, {14, 18}, Qt::RightButton);
  CHECK(qGray(desk.picture().pixel(14, 14)) == 0);
  CHECK(qGray(desk.picture().pixel(6, 14)) == 255);
  desk.click("clear");
  CHECK(desktop::is_blank(desk.picture()));
  desk.find<QSlider>("brush").setValue(12);
  desk.drag({4, 14}, {24, 14});
  CHECK(bright(desk.picture()) > 2 * thin);
}

TEST_CASE("strokes are undone one by one, up to the first") {
  Desk desk;
  std::vector<QImage> seen{desk.picture()};
  for (int i = 0; i < 3; ++i) {
    desk.drag({4, 4 + 6 * i}, {24, 4 + 6 * i});
    seen.push_back(desk.picture());
  }
  desk.click("clear");
  for (int i = 3; i >= 0; --i) {
    desk.key(Qt::Key_Z, Qt::ControlModifier);
    CHECK(desk.picture() == seen[static_cast<std::size_t>(i)]);
  }
  desk.key(Qt::Key_Z, Qt::ControlModifier);
  CHECK(desk.picture() == seen[0]);
}

TEST_CASE("the keyboard draws as well") {
  Desk desk;
  desk.open_model();
  desk.find<desktop::PictureView>("picture").setFocus();
  for (int i = 0; i < 4; ++i) desk.key(Qt::Key_Up);
  for (int i = 0; i < 5; ++i) {
    desk.key(Qt::Key_Space);
    desk.key(Qt::Key_Down);
  }
  for (int y = 10; y < 15; ++y) CHECK(qGray(desk.picture().pixel(14, y)) == 255);
  CHECK(desk.find<desktop::PictureView>("picture").accessibleDescription().endsWith(
      QLatin1String("the cursor is in column 15, row 16")));
  desk.wait_for(wick::load_checkpoint(WICK_DESKTOP_MODEL));
  desk.key(Qt::Key_Up);
  desk.key(Qt::Key_Backspace);
  CHECK(qGray(desk.picture().pixel(14, 14)) == 0);
}

TEST_CASE("what is drawn on a test image is no test image any more") {
  Desk desk;
  desk.open_model();
  desk.wait_for_samples();
  desk.click("next");
  CHECK(desk.text("source") == QStringLiteral("Test image 0"));
  desk.drag({4, 4}, {24, 4});
  CHECK(desk.text("source") == QStringLiteral("Your drawing on Test image 0"));
  CHECK(desk.text("truth").isEmpty());
  desk.click("invert");
  CHECK(qGray(desk.picture().pixel(0, 0)) == 255);
  desk.click("invert");
  CHECK(qGray(desk.picture().pixel(0, 0)) == 0);
}
