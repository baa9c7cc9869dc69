#include "desk.hpp"

#include "settings.hpp"

#include <wick/checkpoint/checkpoint.hpp>

#include <QFile>
#include <QLabel>

TEST_CASE("the last model is opened again") {
  Desk desk;
  CHECK(desktop::settings::last_model().isEmpty());
  const QString path = desk.path(QStringLiteral("mine.wick"));
  REQUIRE(QFile::copy(Desk::model_path(), path));
  desk.window().open_model(path);
  Desk::wait("the model", [&] { return desk.text("model").startsWith(QLatin1String("mine.wick")); });
  CHECK(desktop::settings::last_model() == path);
  desk.restart();
  Desk::wait("the model", [&] { return desk.text("model").startsWith(QLatin1String("mine.wick")); });
  // A picture alone does not replace it.
  const QString picture = desk.path(QStringLiteral("a.png"));
  REQUIRE(test_picture(0).save(picture));
  desk.restart({picture});
  Desk::wait("the model", [&] { return desk.title().startsWith(QLatin1String("Ankle boot - ")); });
  CHECK(desk.text("model").startsWith(QLatin1String("mine.wick")));
}

TEST_CASE("a last model that is gone or broken is no reason not to start") {
  Desk desk;
  const QString path = desk.path(QStringLiteral("mine.wick"));
  desktop::settings::add_recent(desktop::settings::Recent::models, path);
  SUBCASE("gone") {}
  SUBCASE("broken") { write(path, "broken"); }
  desk.restart();
  Desk::wait("the text", [&] { return desk.text("empty").contains(path); });
  CHECK(desk.text("empty").contains(QLatin1String("./examples/quickstart.sh")));
  CHECK(desk.error() == nullptr);
  CHECK(desk.find<QLabel>("empty").isVisible());
  desk.open_model();
  CHECK(desktop::settings::last_model() == Desk::model_path());
}

TEST_CASE("a broken model is not remembered") {
  Desk desk;
  desk.open_model();
  const QString path = desk.path(QStringLiteral("broken.wick"));
  write(path, "broken");
  desk.window().open_model(path);
  CHECK(desk.take_error().startsWith(path));
  CHECK(desktop::settings::last_model() == Desk::model_path());
}

TEST_CASE("the window comes back in its size") {
  Desk desk;
  desk.window().resize(1000, 720);
  const QSize size = desk.window().size();
  CHECK(desk.window().close());
  desk.restart();
  CHECK(desk.window().size() == size);
}
