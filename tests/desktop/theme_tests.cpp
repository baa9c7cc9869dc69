// Colours, sizes and the toolbar.

#include "desk.hpp"

#include "picture_view.hpp"
#include "settings.hpp"
#include "theme.hpp"
#include "training_chart.hpp"

#include <wick/checkpoint/checkpoint.hpp>

#include <QAbstractButton>
#include <QAction>
#include <QDockWidget>
#include <QStyle>
#include <QToolBar>

#include <algorithm>
#include <cmath>

namespace {

/// Of the Web Content Accessibility Guidelines.
double luminance(const QColor& color) {
  const auto part = [](double x) { return x <= 0.04045 ? x / 12.92 : std::pow((x + 0.055) / 1.055, 2.4); };
  return 0.2126 * part(color.redF()) + 0.7152 * part(color.greenF()) + 0.0722 * part(color.blueF());
}
double contrast(const QColor& a, const QColor& b) {
  const auto [dark, light] = std::minmax({luminance(a), luminance(b)});
  return (light + 0.05) / (dark + 0.05);
}

/// True if no widget that is shown is cut off by the window or its parent.
void check_all_visible(Desk& desk) {
  for (const QWidget* widget : desk.window().findChildren<QWidget*>()) {
    if (!widget->isVisible() || widget->objectName().isEmpty()) continue;
    if (widget->objectName().startsWith(QLatin1String("qt_"))) continue;
    const QRect place(widget->mapTo(&desk.window(), QPoint(0, 0)), widget->size());
    INFO(widget->objectName());
    CHECK(desk.window().rect().contains(place));
    CHECK(widget->width() >= widget->minimumSizeHint().width());
    CHECK(widget->height() >= std::min(widget->minimumSizeHint().height(), widget->height()));
  }
}

}  // namespace

TEST_CASE("each theme can be read: text, what is selected, and what is switched off") {
  for (const char* name : {"light", "dark", "contrast"}) {
    INFO(name);
    const QPalette palette = desktop::theme_palette(QString::fromLatin1(name));
    const double wanted = QLatin1String(name) == QLatin1String("contrast") ? 7 : 4.5;
    for (const auto group : {QPalette::Active, QPalette::Inactive}) {
      const auto color = [&](QPalette::ColorRole role) { return palette.color(group, role); };
      CHECK(contrast(color(QPalette::WindowText), color(QPalette::Window)) >= wanted);
      CHECK(contrast(color(QPalette::Text), color(QPalette::Base)) >= wanted);
      CHECK(contrast(color(QPalette::ButtonText), color(QPalette::Button)) >= wanted);
      CHECK(contrast(color(QPalette::HighlightedText), color(QPalette::Highlight)) >= wanted);
      CHECK(contrast(color(QPalette::ToolTipText), color(QPalette::ToolTipBase)) >= wanted);
      // The frame of what is selected, and bars.
      CHECK(contrast(color(QPalette::Highlight), color(QPalette::Base)) >= 3);
      CHECK(contrast(color(QPalette::Highlight), color(QPalette::Window)) >= 3);
    }
    CHECK(contrast(palette.color(QPalette::Disabled, QPalette::Text),
                   palette.color(QPalette::Disabled, QPalette::Base)) >= 3);
  }
}

TEST_CASE("a theme is chosen in the menu, used at once, and remembered") {
  const QPalette before = QApplication::palette();
  Desk desk;
  desk.find<QAction>("theme_dark").trigger();
  Desk::wait("the dark", [&] { return desk.window().palette().color(QPalette::Window).lightness() < 80; });
  CHECK(desktop::settings::theme() == QStringLiteral("dark"));
  desk.restart();
  CHECK(desk.window().palette().color(QPalette::Window).lightness() < 80);
  CHECK(desk.find<QAction>("theme_dark").isChecked());
  desk.find<QAction>("theme_system").trigger();
  CHECK(QApplication::palette().color(QPalette::Window) == before.color(QPalette::Window));
  CHECK(QApplication::palette().color(QPalette::Highlight) == before.color(QPalette::Highlight));
}

TEST_CASE("everything is to be seen in windows of 800 x 600 and more, also during a training") {
  Desk desk;
  desk.open_model();
  desk.wait_for_samples();
  desk.click("next");
  desk.wait_for(wick::load_checkpoint(WICK_DESKTOP_MODEL));
  for (const bool training : {false, true}) {
    if (training) {
      desk.click("start");
      Desk::wait("a point of the chart",
                 [&] { return !desk.find<desktop::TrainingChart>("chart").reports().empty(); });
    }
    for (const QSize size : {QSize(800, 600), QSize(1120, 740), QSize(1920, 1080)}) {
      CAPTURE(size.width());
      CAPTURE(desk.window().minimumSizeHint().width());
      CAPTURE(desk.window().minimumSizeHint().height());
      desk.window().resize(size);
      QApplication::processEvents();
      CHECK(desk.window().size() == size);
      check_all_visible(desk);
      // The picture has the largest part, and is square.
      CHECK(desk.find<desktop::PictureView>("picture").height() >= 150);
      const QByteArray name =
          QByteArray("size_") + QByteArray::number(size.width()) + (training ? "_training" : "");
      desk.screenshot(name.constData());
    }
  }
  desk.key(Qt::Key_Escape);
}

TEST_CASE("the toolbar does what the menus do, and says so") {
  Desk desk;
  auto& bar = desk.find<QToolBar>("toolbar");
  QStringList texts;
  for (QAction* action : bar.actions()) {
    if (action->isSeparator()) continue;
    texts.append(action->iconText());
    CHECK_FALSE(action->icon().isNull());
    CHECK_FALSE(action->shortcut().isEmpty());
    CHECK(bar.widgetForAction(action)->isVisible());
    // Drawn in the colour of text, whatever the theme.
    const QImage image = action->icon().pixmap(48, 48).toImage();
    bool has_ink = false;
    for (int y = 0; y < image.height(); ++y) {
      for (int x = 0; x < image.width(); ++x) has_ink = has_ink || qAlpha(image.pixel(x, y)) > 200;
    }
    CHECK(has_ink);
  }
  for (const char* text : {"Model", "Folder", "Draw", "Train", "Stop", "Save"}) {
    CHECK(texts.contains(QString::fromLatin1(text)));
  }
}

TEST_CASE("the panels can be hidden and come back") {
  Desk desk;
  for (const auto& [key, name] : {std::pair{Qt::Key_F3, "pictures_dock"}, {Qt::Key_F4, "training_dock"}}) {
    auto& dock = desk.find<QDockWidget>(name);
    CHECK(dock.isVisible());
    desk.key(key);
    CHECK_FALSE(dock.isVisible());
    desk.key(key);
    CHECK(dock.isVisible());
  }
}
