#include "desk.hpp"

#include "picture_view.hpp"
#include "probability_bars.hpp"

#include <wick/checkpoint/checkpoint.hpp>

#include <QAbstractButton>
#include <QAccessible>
#include <QAction>
#include <QDockWidget>
#include <QListView>
#include <QMenuBar>
#include <QToolButton>

#include <algorithm>
#include <map>
#include <set>

namespace {

void collect(QAccessibleInterface* item, std::vector<QAccessibleInterface*>& found) {
  if (item == nullptr || found.size() > 5000) return;
  found.push_back(item);
  // Of ten thousand images a few say how all are named.
  const int children =
      item->role() == QAccessible::List ? std::min(20, item->childCount()) : item->childCount();
  for (int i = 0; i < children; ++i) collect(item->child(i), found);
}

}  // namespace

TEST_CASE("everything that takes the focus has a name for screen readers") {
  Desk desk;
  desk.open_model();
  desk.wait_for_samples();
  std::vector<QAccessibleInterface*> found;
  collect(QAccessible::queryAccessibleInterface(&desk.window()), found);
  int focusable = 0;
  std::set<QString> names;
  for (QAccessibleInterface* item : found) {
    const auto* widget = qobject_cast<QWidget*>(item->object());
    if (!item->state().focusable) continue;
    if (widget != nullptr && widget->isHidden()) continue;
    ++focusable;
    names.insert(item->text(QAccessible::Name));
    INFO("class " << std::string(item->object() != nullptr ? item->object()->metaObject()->className()
                                                           : "item"));
    INFO("role " << static_cast<int>(item->role()) << " in " << item->parent()->text(QAccessible::Name) << ' '
                 << item->parent()->role());
    INFO("object " << (item->object() != nullptr ? item->object()->objectName() : QString()));
    CHECK_FALSE(item->text(QAccessible::Name).isEmpty());
  }
  CHECK(focusable >= 15);
  CHECK(names.count(QStringLiteral("Picture as the network sees it")) == 1);
  CHECK(names.count(QStringLiteral("Most probable classes")) == 1);
  CHECK(names.count(QStringLiteral("Test image 0, Ankle boot")) == 1);
}

TEST_CASE("every action of the menus has keys and a letter of its own") {
  Desk desk;
  std::map<QString, int> keys;
  std::set<QString> menus;
  for (QAction* menu : desk.window().menuBar()->actions()) {
    CHECK(menu->text().contains('&'));
    std::set<QChar> letters;
    for (QAction* action : menu->menu()->actions()) {
      if (action->isSeparator()) continue;
      INFO(action->text());
      if (action->menu() == nullptr) {
        CHECK_FALSE(action->shortcut().isEmpty());
        CHECK(++keys[action->shortcut().toString()] == 1);
      }
      const auto at = action->text().indexOf('&');
      REQUIRE(at >= 0);
      CHECK(letters.insert(action->text().at(at + 1).toLower()).second);
    }
  }
  CHECK(keys.size() >= 15);
}

TEST_CASE("no two letters of the window are the same") {
  Desk desk;
  for (const bool with_model : {false, true}) {
    if (with_model) desk.open_model();
    std::map<QChar, int> letters;
    const auto count = [&](const QString& text) {
      const auto at = text.indexOf('&');
      REQUIRE(at >= 0);
      INFO(text);
      CHECK(++letters[text.at(at + 1).toLower()] == 1);
    };
    for (QAction* menu : desk.window().menuBar()->actions()) count(menu->text());
    for (auto* button : desk.window().findChildren<QAbstractButton*>()) {
      // Those with icons have keys in the menus.
      const bool has_icon = qobject_cast<QToolButton*>(button) != nullptr ||
                            qobject_cast<QDockWidget*>(button->parentWidget()) != nullptr;
      if (button->isVisible() && button->isEnabled() && !has_icon) count(button->text());
    }
    for (auto* label : desk.window().findChildren<QLabel*>()) {
      if (label->isVisible() && label->buddy() != nullptr && label->buddy()->isEnabled())
        count(label->text());
    }
    CHECK(letters.size() >= 14);
  }
}

TEST_CASE("Tab goes through the whole window and comes back") {
  Desk desk;
  desk.open_model();
  desk.wait_for_samples();
  desk.find<desktop::PictureView>("picture").setFocus();
  std::vector<QString> order;
  for (int i = 0; i < 60; ++i) {
    order.push_back(QApplication::focusWidget()->objectName());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    if (QApplication::focusWidget()->objectName() == QStringLiteral("picture")) break;
  }
  CHECK(QApplication::focusWidget()->objectName() == QStringLiteral("picture"));
  const std::set<QString> reached(order.begin(), order.end());
  for (const char* name :
       {"picture", "brush", "invert", "clear", "this_is", "label", "bars", "pictures_from", "filter",
        "previous", "next", "random", "pictures", "use_images", "epochs", "lr", "start", "chart"}) {
    INFO(name);
    CHECK(reached.count(QString::fromLatin1(name)) == 1);
  }
  // As one reads: the picture and its tools, the answer, the test images.
  const auto place = [&](const char* name) {
    return std::find(order.begin(), order.end(), QString::fromLatin1(name)) - order.begin();
  };
  CHECK(place("picture") < place("brush"));
  CHECK(place("brush") < place("label"));
  CHECK(place("label") < place("bars"));
  CHECK(place("bars") < place("filter"));
  CHECK(place("filter") < place("next"));
  CHECK(place("next") < place("pictures"));
}

TEST_CASE("arrow keys go from image to image") {
  Desk desk;
  desk.open_model();
  desk.wait_for_samples();
  auto& list = desk.find<QListView>("pictures");
  list.setFocus();
  desk.key(Qt::Key_Home);
  for (int i = 1; i <= 3; ++i) {
    desk.key(Qt::Key_Right);
    CHECK(desk.picture() == test_picture(i));
  }
  desk.key(Qt::Key_Left);
  CHECK(desk.picture() == test_picture(2));
}

// Qt tells screen readers of each new description.
TEST_CASE("what screen readers read changes with the picture") {
  Desk desk;
  desk.open_model();
  desk.wait_for_samples();
  const auto& bars = desk.find<desktop::ProbabilityBars>("bars");
  const auto& picture = desk.find<desktop::PictureView>("picture");
  CHECK(bars.accessibleDescription() == QStringLiteral("No prediction"));
  CHECK(picture.accessibleDescription() == QStringLiteral("28 by 28 pixels, 0 of them bright"));
  std::set<QString> words{bars.accessibleDescription(), picture.accessibleDescription()};
  for (int i = 0; i < 2; ++i) {
    desk.click("next");
    desk.wait_for(wick::load_checkpoint(WICK_DESKTOP_MODEL));
    CHECK(words.insert(bars.accessibleDescription()).second);
    CHECK(words.insert(picture.accessibleDescription()).second);
  }
}

TEST_CASE("the dialog of keys lists them") {
  Desk desk;
  desk.key(Qt::Key_F1);
  QMessageBox* box = nullptr;
  Desk::wait("the dialog", [&] {
    box = desk.window().findChild<QMessageBox*>();
    return box != nullptr;
  });
  CHECK(box->informativeText().contains(QLatin1String("Ctrl+T")));
  CHECK(box->informativeText().contains(QLatin1String("Random Picture")));
  QTest::keyClick(box, Qt::Key_Escape);
}
