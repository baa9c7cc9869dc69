// Names of classes: any model's, and those that the user gives.

#include "desk.hpp"
#include "picture_folder_maker.hpp"

#include "class_names_dialog.hpp"
#include "model.hpp"
#include "probability_bars.hpp"

#include <wick/base/error.hpp>
#include <wick/checkpoint/checkpoint.hpp>

#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QFileDialog>
#include <QMenu>
#include <QMenuBar>
#include <QTableWidget>

namespace {

QString make_plain_model(Desk& desk, wick::Index outputs) {
  wick::Generator generator(3);
  const QString path = desk.path(QStringLiteral("plain.wick"));
  wick::save_checkpoint(wick::Network<float>(784, outputs, {16}, {}, generator), path.toStdString());
  desk.window().open_model(path);
  Desk::wait("the model", [&] { return desk.text("model").startsWith(QLatin1String("plain.wick")); });
  return path;
}

desktop::ClassNamesDialog* open_names(Desk& desk) {
  desk.key(Qt::Key_F2);
  auto* dialog = desk.window().findChild<desktop::ClassNamesDialog*>();
  REQUIRE(dialog != nullptr);
  return dialog;
}

}  // namespace

TEST_CASE("a model without names has \"class 0\" and so on, everywhere") {
  Desk desk;
  make_plain_model(desk, 12);
  auto& box = desk.find<QComboBox>("this_is");
  REQUIRE(box.count() == 12);
  CHECK(box.itemText(0) == QStringLiteral("class 0"));
  CHECK(box.itemText(11) == QStringLiteral("class 11"));
  desk.drag({4, 4}, {24, 24});
  Desk::wait("the answer", [&] { return desk.title().startsWith(QLatin1String("class ")); });
  CHECK(desk.find<desktop::ProbabilityBars>("bars").rows()[4].name.startsWith(QLatin1String("class ")));
}

TEST_CASE("labels name classes by their names, or by numbers") {
  const auto plain =
      desktop::new_model({.side = 4,
                          .hidden_layers = {},
                          .classes = {QStringLiteral("a"), QStringLiteral("2"), QStringLiteral("c")}});
  CHECK(desktop::class_index(*plain, QStringLiteral("a")) == 0);
  CHECK(desktop::class_index(*plain, QStringLiteral("2")) == 1);  // a name comes before a number
  CHECK(desktop::class_index(*plain, QStringLiteral("0")) == 0);
  CHECK(desktop::class_index(*plain, QStringLiteral("class 2")) == 2);
  for (const char* none : {"", "d", "3", "-1", "class 3", "class", "A"}) {
    CHECK(desktop::class_index(*plain, QString::fromLatin1(none)) == -1);
  }
  CHECK_THROWS_AS(static_cast<void>(desktop::rename_classes(*plain, {QStringLiteral("x")})),
                  wick::OptionError);
  CHECK_THROWS_AS(static_cast<void>(desktop::new_model({.side = 4, .hidden_layers = {}, .classes = {}})),
                  wick::OptionError);
}

TEST_CASE("names are given, saved with the model, and change the labels of the folder") {
  Desk desk;
  make_plain_model(desk, 2);
  const QString folder = desk.path(QStringLiteral("mine"));
  make_pictures(folder, {"a.png", "b.png"});
  write(folder + QStringLiteral("/labels.csv"), "file,label\na.png,class 1\nb.png,other\n");
  desk.window().open_folder(folder);
  Desk::wait("the folder", [&] { return desk.text("count") == QStringLiteral("2 pictures, 2 labelled"); });

  auto* dialog = open_names(desk);
  auto* table = dialog->findChild<QTableWidget*>(QStringLiteral("names"));
  auto* problem = dialog->findChild<QLabel*>(QStringLiteral("problem"));
  CHECK(table->item(1, 0)->text() == QStringLiteral("class 1"));
  table->item(0, 0)->setText(QStringLiteral("Katze & Hund"));
  table->item(1, 0)->setText(QStringLiteral("Katze & Hund"));
  QMetaObject::invokeMethod(dialog, "accept");
  CHECK(problem->text() == QStringLiteral("Two classes are called \"Katze & Hund\"."));
  table->item(1, 0)->setText(QString());
  QMetaObject::invokeMethod(dialog, "accept");
  CHECK(problem->text() == QStringLiteral("Class 1 has no name."));
  table->item(1, 0)->setText(QString::fromUtf8("靴"));
  desk.screenshot("class_names", dialog);
  QMetaObject::invokeMethod(dialog, "accept");

  CHECK(desk.find<QComboBox>("this_is").itemText(0) == QStringLiteral("Katze & Hund"));
  CHECK(desk.window().isWindowModified());
  Desk::wait("the labels", [&] {
    return contents(folder + QStringLiteral("/labels.csv")) == "file,label\na.png,靴\nb.png,other\n";
  });
  const QString path = desk.path(QStringLiteral("named.wick"));
  desk.window().save_model_to(path);
  Desk::wait("the file", [&] { return desk.text("model").startsWith(QLatin1String("named.wick")); });
  const auto saved = wick::read_checkpoint<float>(path.toStdString());
  CHECK(saved.extras.metadata.get<std::vector<std::string>>("classes") ==
        std::vector<std::string>{"Katze & Hund", "靴"});
}

TEST_CASE("the menu of labels has the classes, with the keys") {
  Desk desk;
  desk.open_model();
  QMenu* menu = desk.window().menuBar()->actions().at(2)->menu();
  CHECK(menu->actions().at(9)->text() == QStringLiteral("&9  Ankle boot"));
  CHECK(menu->actions().at(9)->isVisible());
  make_plain_model(desk, 3);
  CHECK(menu->actions().at(2)->text() == QStringLiteral("&2  class 2"));
  CHECK(menu->actions().at(2)->isVisible());
  CHECK_FALSE(menu->actions().at(3)->isVisible());
}

TEST_CASE("a model that is in no file is not replaced without a question") {
  Desk desk;
  const QString plain = make_plain_model(desk, 2);
  auto* dialog = open_names(desk);
  dialog->findChild<QTableWidget*>(QStringLiteral("names"))->item(0, 0)->setText(QStringLiteral("first"));
  QMetaObject::invokeMethod(dialog, "accept");
  REQUIRE(desk.window().isWindowModified());
  const auto question = [&] { return desk.window().findChild<QMessageBox*>(QStringLiteral("ask_to_save")); };
  const auto answer = [&](QMessageBox::StandardButton button) {
    REQUIRE(question() != nullptr);
    question()->button(button)->click();
    Desk::wait("the end of the question", [&] { return question() == nullptr; });
  };
  desk.window().open_model(Desk::model_path());
  answer(QMessageBox::Cancel);
  CHECK(desk.text("model").startsWith(QLatin1String("not saved yet")));

  desk.window().open_model(Desk::model_path());
  REQUIRE(question() != nullptr);
  question()->button(QMessageBox::Save)->click();
  auto* target = desk.window().findChild<QFileDialog*>();
  REQUIRE(target != nullptr);
  target->selectFile(desk.path(QStringLiteral("kept.pth")));
  QMetaObject::invokeMethod(target, "accept");
  Desk::wait("the other model", [&] { return desk.text("model").startsWith(QLatin1String("model.wick")); });
  const auto kept = wick::read_checkpoint<float>(desk.path(QStringLiteral("kept.pth")).toStdString());
  CHECK(kept.extras.metadata.get<std::vector<std::string>>("classes") ==
        std::vector<std::string>{"first", "class 1"});

  desk.window().open_model(plain);
  Desk::wait("the first model", [&] { return desk.text("model").startsWith(QLatin1String("plain.wick")); });
}

TEST_CASE("a network for other classes is not taught Fashion-MNIST") {
  Desk desk;
  const QString path = desk.path(QStringLiteral("digits.wick"));
  wick::Generator generator(0);
  wick::CheckpointExtras extras;
  std::vector<std::string> digits;
  for (int i = 0; i < 10; ++i) digits.push_back("digit " + std::to_string(i));
  extras.metadata.set("classes", digits);
  wick::save_checkpoint(wick::Network<float>(784, 10, {8}, {}, generator), path.toStdString(), extras);
  desk.window().open_model(path);
  Desk::wait("the model", [&] { return desk.text("model").startsWith(QLatin1String("digits.wick")); });
  desk.wait_for_samples();
  CHECK_FALSE(desk.find<QAbstractButton>("use_images").isEnabled());
  CHECK_FALSE(desk.find<QAbstractButton>("start").isEnabled());
  desk.click("next");
  Desk::wait("the answer", [&] { return desk.title().startsWith(QLatin1String("digit ")); });
  CHECK(desk.text("truth") == QStringLiteral("Labelled Ankle boot, which is no class of this model"));
}
