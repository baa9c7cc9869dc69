#include "theme.hpp"

#include <QApplication>
#include <QStyle>
#include <QStyleFactory>
#include <QToolTip>

namespace desktop {

namespace {

struct Colors {
  QColor window;
  QColor base;
  QColor button;
  QColor text;
  QColor dim;  ///< of what is switched off
  QColor highlight;
  QColor highlighted_text;
};

QPalette palette_of(const Colors& c) {
  QPalette palette(c.button, c.window);
  for (const auto role :
       {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText}) {
    palette.setColor(role, c.text);
    palette.setColor(QPalette::Disabled, role, c.dim);
  }
  palette.setColor(QPalette::Base, c.base);
  palette.setColor(QPalette::AlternateBase, c.window);
  palette.setColor(QPalette::ToolTipBase, c.base);
  palette.setColor(QPalette::PlaceholderText, c.dim);
  palette.setColor(QPalette::Highlight, c.highlight);
  palette.setColor(QPalette::HighlightedText, c.highlighted_text);
  palette.setColor(QPalette::Link, c.highlight);
  palette.setColor(QPalette::BrightText, c.text);
  return palette;
}

/// What the program had before it changed anything.
const QPalette& system_palette() {
  static const QPalette palette = QApplication::palette();
  return palette;
}

QString system_style() {
  static const QString name = QApplication::style()->objectName();
  return name;
}

}  // namespace

QStringList theme_names() {
  return {QStringLiteral("system"), QStringLiteral("light"), QStringLiteral("dark"),
          QStringLiteral("contrast")};
}

QPalette theme_palette(const QString& name) {
  if (name == QLatin1String("light")) {
    return palette_of({.window = QColor(240, 240, 240),
                       .base = Qt::white,
                       .button = QColor(235, 235, 235),
                       .text = QColor(20, 20, 20),
                       .dim = QColor(120, 120, 120),
                       .highlight = QColor(25, 105, 175),
                       .highlighted_text = Qt::white});
  }
  if (name == QLatin1String("dark")) {
    return palette_of({.window = QColor(42, 44, 48),
                       .base = QColor(28, 30, 33),
                       .button = QColor(58, 61, 66),
                       .text = QColor(228, 230, 233),
                       .dim = QColor(140, 144, 150),
                       .highlight = QColor(92, 172, 238),
                       .highlighted_text = QColor(10, 15, 20)});
  }
  if (name == QLatin1String("contrast")) {
    return palette_of({.window = Qt::black,
                       .base = Qt::black,
                       .button = Qt::black,
                       .text = Qt::white,
                       .dim = QColor(170, 170, 170),
                       .highlight = QColor(255, 230, 0),
                       .highlighted_text = Qt::black});
  }
  return system_palette();
}

void use_theme(const QString& name) {
  const QPalette palette = theme_palette(name);
  // Other styles take colours from elsewhere and would mix them with these.
  const bool own = name != QLatin1String("system") && theme_names().contains(name);
  const QString style = own ? QStringLiteral("fusion") : system_style();
  if (QApplication::style()->objectName() != style) {
    if (QStyle* created = QStyleFactory::create(style); created != nullptr) QApplication::setStyle(created);
  }
  QApplication::setPalette(palette);
  QToolTip::setPalette(palette);
}

}  // namespace desktop
