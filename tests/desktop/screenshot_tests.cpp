#include "desk.hpp"

#include <wick/model/checkpoint.hpp>

#include <QPalette>
#include <QStyleFactory>

namespace {

QPalette dark_palette() {
  QPalette palette(QColor(50, 54, 60), QColor(40, 43, 48));
  palette.setColor(QPalette::Base, QColor(30, 32, 36));
  palette.setColor(QPalette::AlternateBase, QColor(40, 43, 48));
  palette.setColor(QPalette::Highlight, QColor(82, 160, 220));
  palette.setColor(QPalette::HighlightedText, Qt::black);
  return palette;
}

}  // namespace

TEST_CASE("the window in light and dark, with and without a model") {
  const QPalette before = QApplication::palette();
  for (const bool dark : {false, true}) {
    QApplication::setPalette(dark ? dark_palette() : before);
    Desk desk;
    desk.wait_for_samples();
    desk.screenshot(dark ? "empty_dark" : "empty_light");
    desk.open_model();
    for (int i = 0; i < 5; ++i) desk.click("next");
    desk.wait_for(wick::load_checkpoint(WICK_DESKTOP_MODEL));
    desk.screenshot(dark ? "window_dark" : "window_light");
    const QImage shot = desk.window().grab().toImage();
    const int corner = qGray(shot.pixel(shot.width() / 2, shot.height() / 2));
    CHECK((dark ? corner < 100 : corner > 150));
  }
  QApplication::setPalette(before);
}
