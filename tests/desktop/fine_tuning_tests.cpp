#include "desk.hpp"

#include "fine_tuner.hpp"
#include "main_window.hpp"

#include <wick/model/checkpoint.hpp>

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTimer>

#include <algorithm>

namespace {

bool running(Desk& desk) { return desk.find<QPushButton>("cancel").isEnabled(); }

/// A desk with the model, and as many training images as asked for.
void prepare(Desk& desk, int images, int epochs) {
  desk.open_model();
  desk.wait_for_samples();
  desk.find<QSpinBox>("images").setValue(images);
  desk.find<QSpinBox>("epochs").setValue(epochs);
}

void wait_for_first_progress(Desk& desk) {
  Desk::wait("progress", [&] { return desk.find<QProgressBar>("progress").value() > 0; });
}

QString size_of(const wick::Network<float>& network) { return QString::number(network.input_size()); }

}  // namespace

TEST_CASE("while a network is trained the window goes on, and answers with the old one") {
  Desk desk;
  prepare(desk, 60000, 100);  // longer than anybody waits
  const auto network = wick::load_checkpoint(WICK_DESKTOP_MODEL);
  desk.key(Qt::Key_Right, Qt::ControlModifier);
  desk.wait_for(network);

  int ticks = 0;
  QTimer timer;
  QObject::connect(&timer, &QTimer::timeout, [&] { ++ticks; });
  timer.start(0);
  auto& bar = desk.find<QProgressBar>("progress");
  std::vector<int> values;
  std::vector<int> ticks_at_value;
  QObject::connect(&bar, &QProgressBar::valueChanged, &desk.window(), [&](int value) {
    values.push_back(value);
    ticks_at_value.push_back(ticks);
  });

  desk.click("start");
  REQUIRE(running(desk));
  wait_for_first_progress(desk);
  for (int i = 1; i <= 5; ++i) {
    desk.click("next");
    REQUIRE(desk.picture() == test_picture(i));
    desk.wait_for(network);
    REQUIRE(running(desk));
  }
  desk.click("clear");
  desk.drag({4, 4}, {24, 24});
  desk.wait_for(network);
  CHECK(desk.title().contains(QLatin1String(" % - training ")));
  CHECK(desk.text("training_state").startsWith(QLatin1String("Step ")));
  Desk::wait("more progress", [&] { return values.size() >= 6; });
  REQUIRE(running(desk));
  desk.screenshot("training");
  CHECK(std::is_sorted(values.begin(), values.end()));
  // Training in the thread of the window would let no timer run from the first value of the bar to the last.
  // Two values may follow one another without: a window that was not scheduled for a while finds both.
  CHECK(ticks_at_value.back() > ticks_at_value.front());
  desk.click("cancel");
  Desk::wait("the end", [&] { return !running(desk); });
}

TEST_CASE("at its end a training has a network, which is in use, and says how good it is") {
  Desk desk;
  prepare(desk, 10000, 1);
  desk.key(Qt::Key_Right, Qt::ControlModifier);
  auto& bar = desk.find<QProgressBar>("progress");
  std::vector<int> values;
  QObject::connect(&bar, &QProgressBar::valueChanged, &desk.window(),
                   [&](int value) { values.push_back(value); });
  desk.click("start");
  Desk::wait("the end", [&] { return !running(desk); });
  CHECK(values.size() >= 2);
  CHECK(std::is_sorted(values.begin(), values.end()));
  CHECK(values.back() == 1000);
  CHECK(desk.text("training_state").contains(QLatin1String("10000 test images")));
  CHECK(desk.text("model").startsWith(QLatin1String("not saved yet")));
  CHECK(desk.window().isWindowModified());
  CHECK(desk.find<QPushButton>("start").hasFocus());
  Desk::wait("its answer", [&] { return desk.title().startsWith(QLatin1String("Ankle boot - ")); });
  desk.screenshot("trained");
}

TEST_CASE("training makes the network better") {
  Desk desk;
  desk.open_model();
  std::optional<desktop::FineTuneResult> result;
  int reports = 0;
  desktop::FineTuner tuner;
  QObject::connect(&tuner, &desktop::FineTuner::finished,
                   [&](const desktop::FineTuneResult& r) { result = r; });
  QObject::connect(&tuner, &desktop::FineTuner::reported, [&](const desktop::FineTuneReport& r) {
    ++reports;
    CHECK(r.steps == 313);
    CHECK(r.training_loss > 0);
  });
  const auto model = desktop::load_model(Desk::model_path());
  tuner.start(model, {.images = 20000}, {});
  Desk::wait("the end", [&] { return result.has_value(); });
  CHECK(reports == 31);
  CHECK(result->tested == 10000);
  CHECK(result->accuracy_before > 0.75);
  CHECK(result->accuracy_after > result->accuracy_before);
  // The old one is what it was.
  const auto again = desktop::load_model(Desk::model_path());
  CHECK(model->network.parameters()->values().size() == again->network.parameters()->values().size());
  CHECK(std::equal(model->network.parameters()->values().begin(), model->network.parameters()->values().end(),
                   again->network.parameters()->values().begin()));
}

TEST_CASE("training is cancelled by button and key, and the network stays") {
  Desk desk;
  prepare(desk, 60000, 100);
  const auto network = wick::load_checkpoint(WICK_DESKTOP_MODEL);
  desk.key(Qt::Key_Right, Qt::ControlModifier);
  for (const bool by_key : {false, true}) {
    desk.click("start");
    wait_for_first_progress(desk);
    if (by_key) {
      desk.key(Qt::Key_Escape);
    } else {
      desk.click("cancel");
    }
    Desk::wait("the end", [&] { return !running(desk); });
    CHECK(desk.text("training_state").startsWith(QLatin1String("Cancelled")));
    CHECK(desk.find<QProgressBar>("progress").value() == 0);
    CHECK(desk.text("model").startsWith(QLatin1String("model.wick")));
    CHECK_FALSE(desk.window().isWindowModified());
    desk.wait_for(network);
    CHECK(desk.error() == nullptr);
  }
}

TEST_CASE("a fine-tuned network is saved in each format and read back") {
  Desk desk;
  prepare(desk, 1000, 1);
  desk.click("start");
  Desk::wait("the end", [&] { return desk.text("model").startsWith(QLatin1String("not saved yet")); });
  desk.click("next");
  std::optional<wick::Network<float>> first;
  for (const char* name : {"tuned.wick", "tuned.pth", "tuned.safetensors"}) {
    INFO(name);
    const QString path = desk.path(QString::fromLatin1(name));
    desk.key(Qt::Key_S, Qt::ControlModifier);
    QFileDialog* dialog = nullptr;
    Desk::wait("the dialog", [&] {
      dialog = desk.window().findChild<QFileDialog*>();
      return dialog != nullptr && dialog->isVisible();
    });
    dialog->selectFile(path);
    QMetaObject::invokeMethod(dialog, "accept");
    Desk::wait("the file", [&] { return desk.text("model").startsWith(QString::fromLatin1(name)); });
    Desk::wait("the end of the dialog", [&] { return desk.window().findChild<QFileDialog*>() == nullptr; });
    CHECK_FALSE(desk.window().isWindowModified());
    const wick::Checkpoint<float> saved = wick::read_checkpoint<float>(path.toStdString());
    CHECK(saved.extras.metadata.get<std::vector<std::string>>("classes") ==
          wick::FashionMNIST::class_names());
    CHECK(saved.extras.metadata.get<double>("normalize.mean") == 0.5);
    if (!first) first = saved.model;
    const auto& values = saved.model.parameters()->values();
    CHECK(std::equal(values.begin(), values.end(), first->parameters()->values().begin()));
    const auto original = wick::load_checkpoint(WICK_DESKTOP_MODEL);
    CHECK_FALSE(std::equal(values.begin(), values.end(), original.parameters()->values().begin()));
    // What the window shows is what the file gives.
    desk.wait_for(saved.model);
    desk.restart({path});
    desk.wait_for_samples();
    Desk::wait("the model", [&] { return desk.text("model").startsWith(QString::fromLatin1(name)); });
    desk.click("next");
    desk.wait_for(saved.model);
  }
}

TEST_CASE("closing the window during training ends it") {
  Desk desk;
  prepare(desk, 60000, 100);
  SUBCASE("after a while") {
    desk.click("start");
    wait_for_first_progress(desk);
  }
  SUBCASE("at once") { desk.click("start"); }
  CHECK(desk.window().close());
  CHECK_FALSE(desk.window().isVisible());
  Desk::wait("the end", [&] { return !running(desk); });
  // And without a word: the destructor does the same.
  desk.restart({Desk::model_path()});
  Desk::wait("the model", [&] { return desk.text("model").startsWith(QLatin1String("model.wick")); });
  desk.find<QSpinBox>("epochs").setValue(100);
  desk.click("start");
  desk.restart();
}

TEST_CASE("a network that is in no file is asked for when the window is closed") {
  Desk desk;
  prepare(desk, 1000, 1);
  desk.click("start");
  Desk::wait("the end", [&] { return desk.window().isWindowModified() && !running(desk); });
  const auto question = [&] { return desk.window().findChild<QMessageBox*>(QStringLiteral("ask_to_save")); };
  CHECK_FALSE(desk.window().close());
  REQUIRE(question() != nullptr);
  question()->button(QMessageBox::Cancel)->click();
  Desk::wait("the end of the question", [&] { return question() == nullptr; });
  CHECK(desk.window().isVisible());
  CHECK_FALSE(desk.window().close());
  question()->button(QMessageBox::Save)->click();
  auto* dialog = desk.window().findChild<QFileDialog*>();
  REQUIRE(dialog != nullptr);
  const QString path = desk.path(QStringLiteral("kept.wick"));
  dialog->selectFile(path);
  QMetaObject::invokeMethod(dialog, "accept");
  Desk::wait("the end", [&] { return !desk.window().isVisible(); });
  CHECK(size_of(wick::load_checkpoint(path.toStdString())) == QStringLiteral("784"));

  desk.restart({path});
  desk.wait_for_samples();
  Desk::wait("the model", [&] { return desk.text("model").startsWith(QLatin1String("kept.wick")); });
  desk.find<QSpinBox>("images").setValue(1000);
  desk.click("start");
  Desk::wait("the end", [&] { return desk.window().isWindowModified() && !running(desk); });
  CHECK_FALSE(desk.window().close());
  question()->button(QMessageBox::Discard)->click();
  Desk::wait("the end", [&] { return !desk.window().isVisible(); });
}

TEST_CASE("pictures that are taught are learned") {
  Desk desk;
  prepare(desk, 10000, 1);
  const auto network = wick::load_checkpoint(WICK_DESKTOP_MODEL);
  // A cross, which is none of the classes, is to be a bag.
  desk.drag({6, 6}, {21, 21});
  desk.drag({21, 6}, {6, 21});
  desk.wait_for(network);
  const int wanted = reference(network, desk.picture()).label == 8 ? 7 : 8;
  desk.find<QComboBox>("teach_class").setCurrentIndex(wanted);
  desk.click("teach");
  SUBCASE("among images of Fashion-MNIST") {}
  SUBCASE("alone") { desk.click("use_images"); }
  desk.click("start");
  Desk::wait("the end", [&] { return desk.window().isWindowModified() && !running(desk); });
  const QString name =
      QString::fromStdString(wick::FashionMNIST::class_names().at(static_cast<std::size_t>(wanted)));
  Desk::wait("the new answer", [&] { return desk.title().startsWith(name); });
  CHECK(desk.text("headline").startsWith(name));
}

TEST_CASE("a network of another size learns what it is taught, and nothing of Fashion-MNIST") {
  Desk desk;
  wick::Generator generator(1);
  const QString path = desk.path(QStringLiteral("small.wick"));
  wick::save_checkpoint(path.toStdString(), wick::Network<float>(100, 3, {32}, {.dropout = 0.0}, generator));
  desk.window().open_model(path);
  Desk::wait("the model", [&] { return desk.picture().width() == 10; });
  CHECK_FALSE(desk.find<QPushButton>("start").isEnabled());
  desk.key(Qt::Key_T, Qt::ControlModifier);
  CHECK(desk.take_error().contains(QLatin1String("teach some pictures")));
  const auto teach = [&](QPoint from, QPoint to, int label) {
    desk.click("clear");
    desk.drag(from, to);
    desk.find<QComboBox>("teach_class").setCurrentIndex(label);
    desk.key(Qt::Key_E, Qt::ControlModifier);
  };
  teach({1, 2}, {8, 2}, 0);
  teach({2, 1}, {2, 8}, 1);
  teach({1, 1}, {8, 8}, 2);
  desk.find<QSpinBox>("epochs").setValue(10);
  desk.click("start");
  Desk::wait("the end", [&] { return desk.window().isWindowModified() && !running(desk); });
  CHECK(desk.text("training_state").contains(QLatin1String("your 3 pictures: ")));
  CHECK(desk.text("training_state").contains(QLatin1String("100.0 % now")));
  Desk::wait("the answer", [&] { return desk.title().startsWith(QLatin1String("2 - ")); });
}
