// Training on the user's own pictures.

#include "desk.hpp"
#include "picture_folder_maker.hpp"

#include "new_model_dialog.hpp"
#include "own_pictures.hpp"
#include "training_chart.hpp"

#include <wick/base/error.hpp>
#include <wick/checkpoint/checkpoint.hpp>

#include <QDoubleSpinBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace {

std::vector<desktop::OwnPicture> own_pictures(int classes, int each) {
  std::vector<desktop::OwnPicture> pictures;
  for (int label = 0; label < classes; ++label) {
    for (int i = 0; i < each; ++i) {
      pictures.push_back(
          {.path = {}, .picture = {}, .key = QStringLiteral("%1/%2.png").arg(label).arg(i), .label = label});
    }
  }
  return pictures;
}

std::set<QString> keys_of(const std::vector<desktop::OwnPicture>& pictures) {
  std::set<QString> keys;
  for (const auto& picture : pictures) keys.insert(picture.key);
  return keys;
}

/// A folder with three kinds of strokes in folders of their names.
void make_strokes(const QString& folder, int each) {
  const std::array<const char*, 3> names{"lying", "standing", "leaning"};
  for (int kind = 0; kind < 3; ++kind) {
    const QString within =
        folder + QLatin1Char('/') + QString::fromLatin1(names.at(static_cast<std::size_t>(kind)));
    REQUIRE(QDir().mkpath(within));
    for (int i = 0; i < each; ++i) {
      // On paper, as people draw.
      QImage picture = stroke_picture(kind, i);
      picture.invertPixels();
      REQUIRE(picture.scaled(56, 56).save(within + QStringLiteral("/%1.png").arg(i)));
    }
  }
}

}  // namespace

TEST_CASE("a fifth of each class is to check with, always the same") {
  const auto split = desktop::split_pictures(own_pictures(3, 20));
  CHECK(split.training.size() == 48);
  CHECK(split.validation.size() == 12);
  std::map<int, int> checked;
  for (const auto& picture : split.validation) ++checked[picture.label];
  for (int label = 0; label < 3; ++label) CHECK(checked[label] == 4);
  auto turned = own_pictures(3, 20);
  std::reverse(turned.begin(), turned.end());
  CHECK(keys_of(desktop::split_pictures(turned).validation) == keys_of(split.validation));
  for (const QString& key : keys_of(split.validation)) CHECK(keys_of(split.training).count(key) == 0);

  CHECK(desktop::split_pictures(own_pictures(3, 1)).validation.empty());
  CHECK(desktop::split_pictures(own_pictures(3, 2)).validation.size() == 3);
  CHECK(desktop::split_pictures({}).training.empty());
}

TEST_CASE("sizes of hidden layers are read from a text") {
  CHECK(desktop::parse_layers(QStringLiteral(" 256,128 ")) == std::vector<wick::Index>{256, 128});
  CHECK(desktop::parse_layers(QStringLiteral("7")) == std::vector<wick::Index>{7});
  CHECK(desktop::parse_layers(QStringLiteral(" ")).empty());
  for (const char* wrong : {"0", "-3", "a", "1,,2", "9000", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"}) {
    CHECK_THROWS_AS(static_cast<void>(desktop::parse_layers(QString::fromLatin1(wrong))), wick::OptionError);
  }
}

TEST_CASE("a new model learns the pictures of a folder, and is measured on others") {
  Desk desk;
  const QString folder = desk.path(QStringLiteral("strokes"));
  make_strokes(folder, 12);
  write(folder + QStringLiteral("/lying/broken.png"), "broken");
  desk.window().open_folder(folder);
  Desk::wait("the folder", [&] { return desk.text("count") == QStringLiteral("37 pictures, 37 labelled"); });

  // The classes are those of the folder.
  desk.click("new_model");
  auto* dialog = desk.window().findChild<desktop::NewModelDialog*>();
  REQUIRE(dialog != nullptr);
  auto* classes = dialog->findChild<QPlainTextEdit*>(QStringLiteral("new_classes"));
  CHECK(classes->toPlainText() == QStringLiteral("leaning\nlying\nstanding"));
  classes->setPlainText(QStringLiteral("leaning"));
  QMetaObject::invokeMethod(dialog, "accept");
  CHECK(dialog->findChild<QLabel*>(QStringLiteral("problem"))->text() ==
        QStringLiteral("Name at least two classes."));
  classes->setPlainText(QStringLiteral("leaning\nlying\n\nstanding\n"));
  dialog->findChild<QLineEdit*>(QStringLiteral("new_layers"))->setText(QStringLiteral("32"));
  dialog->findChild<QSpinBox*>(QStringLiteral("new_side"))->setValue(20);
  desk.screenshot("new_model", dialog);
  QMetaObject::invokeMethod(dialog, "accept");
  Desk::wait("the model",
             [&] { return desk.text("model") == QStringLiteral("not saved yet  (400 - 32 - 3)"); });
  CHECK(desk.picture().width() == 20);
  CHECK(desk.window().isWindowModified());

  desk.find<QSpinBox>("epochs").setValue(3);
  desk.find<QDoubleSpinBox>("lr").setValue(0.005);
  auto& start = desk.find<QPushButton>("start");
  Desk::wait("the button", [&] { return start.isEnabled(); });
  desk.click("start");
  Desk::wait("the end", [&] {
    return desk.text("training_state").contains(QLatin1String("of yours, not learned: ")) ||
           desk.error() != nullptr;
  });
  CHECK(desk.error() == nullptr);
  const auto& chart = desk.find<desktop::TrainingChart>("chart");
  REQUIRE(chart.start().sets.size() == 2);
  // 13, 12 and 12 pictures, of which 2, 2 and 2 are to check with. The broken one is in one of the two sets.
  CHECK(chart.start().sets[0].pictures + chart.start().sets[1].pictures == 36);
  CHECK(chart.start().sets[1].pictures >= 5);
  CHECK(chart.reports().back().measures[0].accuracy > 0.9);
  CHECK(chart.reports().back().measures[1].accuracy > chart.reports().front().measures[1].accuracy);
  CHECK(desk.text("training_state")
            .contains(QLatin1String("1 could not be read, the first is lying/broken.png")));
  desk.screenshot("own_pictures");

  // What was learned is saved with its classes.
  const QString path = desk.path(QStringLiteral("strokes.wick"));
  desk.window().save_model_to(path);
  Desk::wait("the file", [&] { return desk.text("model").startsWith(QLatin1String("strokes.wick")); });
  const auto saved = wick::read_checkpoint<float>(path.toStdString());
  CHECK(saved.extras.metadata.get<std::vector<std::string>>("classes") ==
        std::vector<std::string>{"leaning", "lying", "standing"});
  CHECK(saved.model.input_size() == 400);
}

TEST_CASE("reading the pictures to learn from can be cancelled") {
  Desk desk;
  desk.open_model();
  const QString folder = desk.path(QStringLiteral("large"));
  REQUIRE(QDir().mkpath(folder + QStringLiteral("/Bag")));
  QImage large(1500, 1500, QImage::Format_Grayscale8);
  large.fill(90);
  REQUIRE(large.save(folder + QStringLiteral("/Bag/0.png")));
  for (int i = 1; i < 400; ++i) {
    REQUIRE(
        QFile::link(folder + QStringLiteral("/Bag/0.png"), folder + QStringLiteral("/Bag/%1.png").arg(i)));
  }
  desk.window().open_folder(folder);
  Desk::wait("the folder", [&] { return desk.text("count").startsWith(QLatin1String("400 pictures")); });
  desk.click("start");
  Desk::wait("the first pictures",
             [&] { return desk.text("training_state").startsWith(QLatin1String("Reading pictures: ")); });
  desk.key(Qt::Key_Escape);
  Desk::wait("the end", [&] { return desk.text("training_state").startsWith(QLatin1String("Cancelled")); });
  CHECK(desk.text("model").startsWith(QLatin1String("model.wick")));
}

TEST_CASE("labels that are no classes of the model are said to be, with what to do") {
  Desk desk;
  const QString folder = desk.path(QStringLiteral("strokes"));
  make_strokes(folder, 2);
  wick::Generator generator(0);
  const QString path = desk.path(QStringLiteral("other.wick"));
  wick::save_checkpoint(wick::Network<float>(784, 4, {8}, {}, generator), path.toStdString());
  desk.window().open_model(path);
  desk.window().open_folder(folder);
  Desk::wait("the folder", [&] { return desk.text("count") == QStringLiteral("6 pictures, 6 labelled"); });
  Desk::wait("the model", [&] { return desk.text("model").startsWith(QLatin1String("other.wick")); });
  CHECK(desk.text("own_hint") == QStringLiteral("6 more have labels that are no classes of this model"));
  CHECK_FALSE(desk.find<QPushButton>("start").isEnabled());
  desk.key(Qt::Key_T, Qt::ControlModifier);
  CHECK(desk.take_error().contains(QLatin1String("(F2)")));
}
