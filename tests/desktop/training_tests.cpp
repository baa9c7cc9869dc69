#include "desk.hpp"

#include "main_window.hpp"
#include "trainer.hpp"
#include "training_chart.hpp"

#include <wick/checkpoint/checkpoint.hpp>

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTimer>

#include <algorithm>
#include <cmath>

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
  CHECK(desk.text("training_state").contains(QStringLiteral("%L1 test images").arg(1500)));
  CHECK(desk.text("model").startsWith(QLatin1String("not saved yet")));
  CHECK(desk.window().isWindowModified());
  CHECK(desk.find<QPushButton>("start").hasFocus());
  const QString path = desk.path(QStringLiteral("trained.wick"));
  desk.window().save_model_to(path);
  Desk::wait("the file", [&] { return desk.text("model").startsWith(QLatin1String("trained.wick")); });
  desk.wait_for(wick::load_checkpoint(path.toStdString()));
  desk.screenshot("trained");
}

TEST_CASE("training makes the network better, and each number is of the same pictures") {
  std::optional<desktop::TrainingStart> start;
  std::optional<desktop::TrainingResult> result;
  std::vector<desktop::TrainingReport> reports;
  desktop::Trainer trainer;
  QObject::connect(&trainer, &desktop::Trainer::begun, [&](const desktop::TrainingStart& s) { start = s; });
  QObject::connect(&trainer, &desktop::Trainer::reported,
                   [&](const desktop::TrainingReport& r) { reports.push_back(r); });
  QObject::connect(&trainer, &desktop::Trainer::finished,
                   [&](const desktop::TrainingResult& r) { result = r; });
  const auto model = desktop::load_model(Desk::model_path());
  trainer.start(model, {.images = 20000}, {});
  Desk::wait("the end", [&] { return result.has_value(); });
  REQUIRE(start.has_value());
  CHECK(start->steps == 313);
  REQUIRE(start->sets.size() == 2);
  CHECK(start->sets[0].pictures == 1000);
  CHECK(start->sets[1].name == QStringLiteral("%L1 test images").arg(3000));
  // Before the first step, every fifteenth, and after the last.
  REQUIRE(reports.size() == 22);
  CHECK(reports.front().step == 0);
  CHECK(reports.back().step == 313);
  CHECK(result->steps == 313);
  CHECK_FALSE(result->early);
  CHECK(result->before[1].accuracy > 0.75);
  CHECK(result->after[1].accuracy > result->before[1].accuracy);
  CHECK(result->after[1].loss < result->before[1].loss);
  // By hand, on just these pictures.
  for (const bool after : {false, true}) {
    const wick::Network<float>& network = after ? result->model->network : model->network;
    constexpr int count = 3000;
    int right = 0;
    double loss = 0;
    for (int i = 0; i < count; ++i) {
      const Reference said = reference(network, test_picture(i));
      const auto label = static_cast<std::size_t>(test_images().label(i));
      right += said.label == static_cast<int>(label) ? 1 : 0;
      loss -= std::log(static_cast<double>(said.all[label]));
    }
    const auto& measured = after ? result->after[1] : result->before[1];
    CHECK(std::abs(measured.accuracy * count - right) <= 1);  // a tie may go the other way
    CHECK(measured.loss == doctest::Approx(loss / count).epsilon(1e-3));
  }
  // The old one is what it was.
  const auto again = desktop::load_model(Desk::model_path());
  CHECK(std::equal(model->network.parameters()->values().begin(), model->network.parameters()->values().end(),
                   again->network.parameters()->values().begin()));
}

TEST_CASE("the chart says of which pictures each curve is, in words as well") {
  Desk desk;
  prepare(desk, 6000, 1);
  desk.click("start");
  Desk::wait("the end", [&] { return !running(desk); });
  const auto& chart = desk.find<desktop::TrainingChart>("chart");
  REQUIRE(chart.start().sets.size() == 2);
  CHECK(chart.start().sets[0].name == QStringLiteral("%L1 images, learned").arg(1000));
  CHECK(chart.start().sets[1].name == QStringLiteral("%L1 test images").arg(1000));
  CHECK(chart.reports().front().step == 0);
  CHECK(chart.reports().back().step == chart.start().steps);
  CHECK(chart.accessibleDescription().contains(QStringLiteral("%L1 test images: loss ").arg(1000)));
  // The line below the bar has the numbers that the chart ends and begins with.
  const auto right = [](const desktop::TrainingReport& report) {
    return QString::number(100 * report.measures[1].accuracy, 'f', 1) + QStringLiteral(" %");
  };
  CHECK(desk.text("training_state")
            .contains(QStringLiteral("%L3 test images: %1 right, %2 before")
                          .arg(right(chart.reports().back()), right(chart.reports().front()))
                          .arg(1000)));
}

TEST_CASE("a training that is stopped keeps what it learned so far") {
  Desk desk;
  prepare(desk, 60000, 100);
  desk.click("start");
  wait_for_first_progress(desk);
  SUBCASE("by the button") { desk.click("finish"); }
  SUBCASE("by keys") { desk.key(Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier); }
  Desk::wait("the end", [&] { return !running(desk); });
  CHECK(desk.text("model").startsWith(QLatin1String("not saved yet")));
  CHECK(desk.window().isWindowModified());
  CHECK(desk.find<QProgressBar>("progress").format() == QStringLiteral("Ended early"));
  CHECK(desk.text("training_state").contains(QStringLiteral("%L1 test images: ").arg(10000)));
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

TEST_CASE("a trained network is saved in each format and read back") {
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
  desk.find<QComboBox>("this_is").setCurrentIndex(wanted);
  desk.click("label");
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
  wick::save_checkpoint(wick::Network<float>(100, 3, {32}, {.dropout = 0.0}, generator), path.toStdString());
  desk.window().open_model(path);
  Desk::wait("the model", [&] { return desk.picture().width() == 10; });
  CHECK_FALSE(desk.find<QPushButton>("start").isEnabled());
  desk.key(Qt::Key_T, Qt::ControlModifier);
  CHECK(desk.take_error().contains(QLatin1String("draw and teach some")));
  const auto teach = [&](QPoint from, QPoint to, int label) {
    desk.click("clear");
    desk.drag(from, to);
    auto& box = desk.find<QComboBox>("this_is");
    box.setFocus();
    desk.key(Qt::Key_Home);
    for (int i = 0; i < label; ++i) desk.key(Qt::Key_Down);
    desk.key(Qt::Key_E, Qt::ControlModifier);
  };
  teach({1, 2}, {8, 2}, 0);
  teach({2, 1}, {2, 8}, 1);
  teach({1, 1}, {8, 8}, 2);
  desk.find<QSpinBox>("epochs").setValue(10);
  desk.click("start");
  Desk::wait("the end", [&] { return desk.window().isWindowModified() && !running(desk); });
  CHECK(desk.text("training_state").contains(QLatin1String("3 of yours, learned: 100.0 % right")));
  Desk::wait("the answer", [&] { return desk.title().startsWith(QLatin1String("class 2 - ")); });
}
