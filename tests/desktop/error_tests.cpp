#include "desk.hpp"

#include <wick/checkpoint/checkpoint.hpp>
#include <wick/inference/predictor.hpp>

#include <QDir>
#include <QLabel>
#include <QRandomGenerator>

namespace {

/// Opens `path` and checks that the library's words appear and that nothing else has changed.
void expect_refused(Desk& desk, const wick::Network<float>& network, const QString& path) {
  INFO(path);
  const auto loaded = wick::try_load_predictor(path.toStdString());
  REQUIRE_FALSE(loaded.has_value());
  const QString model = desk.text("model");
  const QString title = desk.title();
  desk.window().open_model(path);
  CHECK(desk.take_error() == QString::fromStdString(loaded.error()));
  CHECK(desk.text("model") == model);
  CHECK(desk.title() == title);
  const QImage before = desk.picture();
  desk.key(Qt::Key_Right, Qt::ControlModifier);
  CHECK(desk.picture() != before);
  desk.wait_for(network);
}

}  // namespace

TEST_CASE("a broken model is refused with the library's words, and the old one stays in use") {
  Desk desk;
  desk.open_model();
  desk.wait_for_samples();
  const auto network = wick::load_checkpoint(WICK_DESKTOP_MODEL);
  desk.key(Qt::Key_Right, Qt::ControlModifier);
  desk.wait_for(network);
  const QByteArray good = contents(Desk::model_path());
  const QString path = desk.path(QStringLiteral("broken.wick"));

  SUBCASE("truncated") {
    for (const qsizetype size :
         {qsizetype{1}, qsizetype{16}, qsizetype{500}, good.size() / 2, good.size() - 1}) {
      write(path, good.left(size));
      expect_refused(desk, network, path);
    }
  }
  SUBCASE("a bit turned") {
    for (const qsizetype at : {qsizetype{9}, good.size() / 2, good.size() - 100}) {
      QByteArray bytes = good;
      bytes[at] = static_cast<char>(bytes[at] ^ 4);
      write(path, bytes);
      expect_refused(desk, network, path);
    }
  }
  SUBCASE("random bytes") {
    QRandomGenerator random(7);
    QByteArray bytes(4096, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.bounded(256));
    write(path, bytes);
    expect_refused(desk, network, path);
  }
  SUBCASE("a text") {
    write(path, "This is no model.\n");
    expect_refused(desk, network, path);
  }
  SUBCASE("empty") {
    write(path, {});
    expect_refused(desk, network, path);
  }
  SUBCASE("missing") { expect_refused(desk, network, path); }
  SUBCASE("a folder") {
    REQUIRE(QDir().mkpath(path));
    expect_refused(desk, network, path);
  }
  SUBCASE("the names of other formats") {
    for (const char* name : {"broken.pth", "broken.safetensors"}) {
      const QString other = desk.path(QString::fromLatin1(name));
      write(other, good.left(good.size() / 3));
      expect_refused(desk, network, other);
    }
  }
}

TEST_CASE("a network that takes no square pictures is refused") {
  Desk desk;
  desk.open_model();
  desk.wait_for_samples();
  wick::Generator generator(0);
  const QString path = desk.path(QStringLiteral("ten.wick"));
  wick::save_checkpoint(wick::Network<float>(10, 2, {3}, {}, generator), path.toStdString());
  desk.window().open_model(path);
  CHECK(desk.take_error() ==
        path +
            QStringLiteral(": expected a network for square grey pictures, such as one with 784 inputs for "
                           "28 x 28 pixels, got one with 10 inputs"));
  desk.key(Qt::Key_Right, Qt::ControlModifier);
  CHECK(desk.picture() == test_picture(0));
  desk.wait_for(wick::load_checkpoint(WICK_DESKTOP_MODEL));
}

TEST_CASE("a broken model is no model, the first as well") {
  Desk desk;
  const QString path = desk.path(QStringLiteral("broken.wick"));
  write(path, "nothing");
  desk.drop_file(path);
  Desk::wait("an error", [&] { return desk.error() != nullptr; });
  desk.screenshot("error", desk.error());
  const QString text = desk.take_error();
  CHECK(text.startsWith(path));
  CHECK(desk.find<QLabel>("empty").isVisible());
  desk.open_model();
}

TEST_CASE("a broken picture is refused, and the old one stays") {
  Desk desk;
  desk.open_model();
  desk.drag({4, 4}, {24, 24});
  const QImage before = desk.picture();
  const QString path = desk.path(QStringLiteral("broken.png"));
  REQUIRE(test_picture(0).scaled(280, 280).save(path));
  const QByteArray good = contents(path);
  for (const QByteArray& bytes : {good.left(40), QByteArray("text"), QByteArray()}) {
    write(path, bytes);
    desk.drop_file(path);
    CHECK(desk.take_error().startsWith(path));
    CHECK(desk.picture() == before);
  }
  desk.window().open_picture(desk.path(QStringLiteral("missing.png")));
  CHECK(desk.take_error().contains(QLatin1String("No such file")));
  desk.wait_for(wick::load_checkpoint(WICK_DESKTOP_MODEL));
}

TEST_CASE("a model that cannot be saved is said to, and stays in use") {
  Desk desk;
  desk.open_model();
  desk.window().save_model_to(desk.path(QStringLiteral("no folder/model.wick")));
  CHECK(desk.take_error().contains(QLatin1String("No such file")));
  CHECK(desk.text("model").startsWith(QLatin1String("model.wick")));
}

TEST_CASE("without Fashion-MNIST the library says how to get it") {
  Desk desk;
  desk.wait_for_samples();
  const QByteArray before = qgetenv("WICK_FASHION_MNIST");
  qputenv("WICK_FASHION_MNIST", "/no such folder");
  desk.restart({Desk::model_path()});
  Desk::wait("the text", [&] {
    return desk.text("pictures_missing").contains(QLatin1String("apt-get install dataset-fashion-mnist"));
  });
  Desk::wait("the model", [&] { return desk.text("model").startsWith(QLatin1String("model.wick")); });
  desk.click("start");
  const QString text = desk.take_error();
  if (before.isNull()) {
    qunsetenv("WICK_FASHION_MNIST");
  } else {
    qputenv("WICK_FASHION_MNIST", before);
  }
  CHECK(text.contains(QLatin1String("Fashion-MNIST was not found")));
  CHECK(text.contains(QLatin1String("apt-get install dataset-fashion-mnist")));
  desk.screenshot("without_data");
  // Browsing nothing is no error.
  desk.key(Qt::Key_Right, Qt::ControlModifier);
  desk.key(Qt::Key_R, Qt::ControlModifier);
  desk.drag({4, 4}, {24, 24});
  desk.wait_for(wick::load_checkpoint(WICK_DESKTOP_MODEL));
}
