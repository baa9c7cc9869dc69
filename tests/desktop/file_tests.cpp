#include "desk.hpp"

#include "picture.hpp"

#include <wick/checkpoint/checkpoint.hpp>

#include <QCheckBox>
#include <QClipboard>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileDialog>
#include <QGuiApplication>

#include <filesystem>

namespace {

/// A test image on white paper, ten times as large.
QImage on_paper(int index) {
  QImage image = test_picture(index);
  image.invertPixels();
  return image.scaled(280, 280).convertToFormat(QImage::Format_RGB32);
}

bool is_boot(const Desk& desk) { return desk.title().startsWith(QLatin1String("Ankle boot - ")); }

}  // namespace

TEST_CASE("a model and a picture are dropped") {
  Desk desk;
  desk.drop_file(Desk::model_path());
  Desk::wait("the model", [&] { return desk.text("model").startsWith(QLatin1String("model.wick")); });
  const QString path = desk.path(QStringLiteral("boot.png"));
  REQUIRE(on_paper(0).save(path));
  desk.drop_file(path);
  Desk::wait("the picture", [&] { return desk.text("source") == QStringLiteral("boot.png"); });
  CHECK(desk.picture() == test_picture(0));
  desk.wait_for(wick::load_checkpoint(WICK_DESKTOP_MODEL));
  CHECK(is_boot(desk));
  CHECK(desk.find<QCheckBox>("invert").isChecked());
}

TEST_CASE("a model and a picture are dropped at once") {
  Desk desk;
  const QString path = desk.path(QStringLiteral("boot.png"));
  REQUIRE(on_paper(0).save(path));
  QMimeData mime;
  mime.setUrls({QUrl::fromLocalFile(path), QUrl::fromLocalFile(Desk::model_path())});
  desk.drop(mime);
  Desk::wait("the answer", [&] { return is_boot(desk); });
  CHECK(desk.picture() == test_picture(0));
}

TEST_CASE("what is neither a file nor a picture cannot be dropped") {
  Desk desk;
  QMimeData mime;
  mime.setText(QStringLiteral("words"));
  QDragEnterEvent enter({10, 10}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
  enter.ignore();
  QApplication::sendEvent(&desk.window(), &enter);
  CHECK_FALSE(enter.isAccepted());
}

TEST_CASE("a picture without a file is dropped or pasted") {
  Desk desk;
  desk.open_model();
  QMimeData mime;
  mime.setImageData(on_paper(0));
  desk.drop(mime);
  Desk::wait("the picture", [&] { return desk.picture() == test_picture(0); });
  desk.wait_for(wick::load_checkpoint(WICK_DESKTOP_MODEL));
  CHECK(is_boot(desk));
  QGuiApplication::clipboard()->setImage(on_paper(1));
  desk.key(Qt::Key_V, Qt::ControlModifier);
  Desk::wait("the other picture", [&] { return desk.picture() == test_picture(1); });
}

TEST_CASE("a light picture is inverted, and the box takes that back") {
  Desk desk;
  const QString path = desk.path(QStringLiteral("shirt.bmp"));
  REQUIRE(on_paper(1).save(path));
  desk.window().open_picture(path);
  Desk::wait("the picture", [&] { return desk.picture() == test_picture(1); });
  CHECK(desk.find<QCheckBox>("invert").isChecked());
  desk.click("invert");
  QImage paper = test_picture(1);
  paper.invertPixels();
  Desk::wait("paper", [&] { return desk.picture() == paper; });
  desk.click("invert");
  Desk::wait("black", [&] { return desk.picture() == test_picture(1); });
}

TEST_CASE("a dark picture stays as it is") {
  Desk desk;
  const QString path = desk.path(QStringLiteral("dark.png"));
  REQUIRE(test_picture(2).save(path));
  desk.window().open_file(path);
  Desk::wait("the picture", [&] { return desk.picture() == test_picture(2); });
  CHECK_FALSE(desk.find<QCheckBox>("invert").isChecked());
}

TEST_CASE("the command line opens a model and a picture, in any order") {
  Desk desk;
  const QString picture = desk.path(QStringLiteral("boot.jpg"));
  REQUIRE(on_paper(0).save(picture, nullptr, 95));
  for (const QStringList& files : {QStringList{Desk::model_path(), picture}, {picture, Desk::model_path()}}) {
    desk.restart(files);
    Desk::wait("the answer", [&] { return is_boot(desk); });
    CHECK(desk.text("source") == QStringLiteral("boot.jpg"));
  }
}

TEST_CASE("the dialog of the menu opens what is chosen") {
  Desk desk;
  desk.key(Qt::Key_O, Qt::ControlModifier);
  auto* dialog = desk.window().findChild<QFileDialog*>();
  REQUIRE(dialog != nullptr);
  dialog->selectFile(Desk::model_path());
  QMetaObject::invokeMethod(dialog, "accept");
  Desk::wait("the model", [&] { return desk.text("model").startsWith(QLatin1String("model.wick")); });
}

TEST_CASE("models are read from each format, whatever they are called") {
  Desk desk;
  const wick::Checkpoint<float> checkpoint = wick::read_checkpoint<float>(WICK_DESKTOP_MODEL);
  wick::CheckpointExtras extras;
  extras.metadata = checkpoint.extras.metadata;
  desk.wait_for_samples();
  desk.click("next");
  for (const char* name : {"a.pth", "a.pt", "a.safetensors", "a.wick"}) {
    const QString path = desk.path(QString::fromLatin1(name));
    wick::save_checkpoint(checkpoint.model, path.toStdString(), extras);
    const QString other = desk.path(QStringLiteral("renamed ") + QString::fromLatin1(name).replace('.', '_'));
    REQUIRE(QFile::copy(path, other));
    for (const QString& file : {path, other}) {
      desk.drop_file(file);
      Desk::wait("the model",
                 [&] { return desk.text("model").startsWith(QFileInfo(file).fileName() + "  ("); });
      desk.wait_for(checkpoint.model);
      CHECK(is_boot(desk));
    }
  }
}

TEST_CASE("names with letters of other languages and with marks are shown as they are") {
  Desk desk;
  wick::Generator generator(0);
  const wick::Network<float> network(784, 2, {3}, {}, generator);
  wick::CheckpointExtras extras;
  extras.metadata.set("classes", std::vector<std::string>{"<b>Größe</b> & [*]", "靴"});
  const QString path = desk.path(QStringLiteral("modèle <i>靴.wick"));
  wick::save_checkpoint(network, std::filesystem::path(path.toStdU16String()), extras);
  desk.window().open_model(path);
  Desk::wait("the model", [&] { return desk.text("model").contains(QStringLiteral("modèle <i>靴.wick")); });
  desk.drag({4, 4}, {24, 24});
  desk.wait_for(network);
  CHECK((desk.text("headline").startsWith(QStringLiteral("<b>Größe</b> & [*]")) ||
         desk.text("headline").startsWith(QStringLiteral("靴"))));
  CHECK(desk.find<QLabel>("headline").textFormat() == Qt::PlainText);
}
