#include "desk.hpp"

#include "theme.hpp"

#include <wick/checkpoint/checkpoint.hpp>

#include <QAction>

#include <cstdlib>
#include <string>

TEST_CASE("the window in each theme, with and without a model") {
  for (const char* theme : {"light", "dark", "contrast"}) {
    Desk desk;
    desk.find<QAction>((std::string("theme_") + theme).c_str()).trigger();
    desk.wait_for_samples();
    desk.screenshot((std::string("empty_") + theme).c_str());
    desk.open_model();
    for (int i = 0; i < 5; ++i) desk.click("next");
    desk.wait_for(wick::load_checkpoint(WICK_DESKTOP_MODEL));
    desk.screenshot((std::string("window_") + theme).c_str());
    const QImage shot = desk.window().grab().toImage();
    const QColor window = desktop::theme_palette(QString::fromLatin1(theme)).color(QPalette::Window);
    // Along the lower border there is nothing but the window.
    const QColor border = shot.pixelColor(shot.width() / 2, shot.height() - 2);
    CHECK(std::abs(border.lightness() - window.lightness()) < 40);
    desk.find<QAction>("theme_system").trigger();
  }
}
