#include "desk.hpp"

#include "probability_bars.hpp"
#include "sample_list.hpp"

#include <wick/checkpoint/checkpoint.hpp>

#include <QAbstractItemModel>
#include <QComboBox>
#include <QListView>

#include <algorithm>
#include <cmath>
#include <set>

namespace {

QString name_of(int label) {
  return QString::fromStdString(test_images().classes().at(static_cast<std::size_t>(label)));
}

}  // namespace

TEST_CASE("test images are classified as the network does it elsewhere, and mostly right") {
  Desk desk;
  desk.open_model();
  desk.wait_for_samples();
  const auto network = wick::load_checkpoint(WICK_DESKTOP_MODEL);
  constexpr int count = 100;
  int right = 0;
  for (int i = 0; i < count; ++i) {
    desk.key(Qt::Key_Right, Qt::ControlModifier);
    REQUIRE(desk.picture() == test_picture(i));
    const Reference expected = reference(network, test_picture(i));
    desk.wait_for(network);
    const int label = static_cast<int>(test_images().label(i));
    const bool is_right = expected.label == label;
    if (is_right) ++right;
    CHECK(desk.title() == name_of(expected.label) + QStringLiteral(" - ") +
                              QString::number(100 * static_cast<double>(expected.probability), 'f', 0) +
                              QStringLiteral(" % - wick"));
    CHECK(desk.text("headline").startsWith(name_of(expected.label)));
    const QString truth =
        (is_right ? "Right" : "Wrong") + QStringLiteral(": it is labelled ") + name_of(label);
    Desk::wait("the truth", [&] { return desk.text("truth") == truth; });
    CHECK(desk.text("latency").startsWith(QLatin1String("Predicted in ")));
  }
  // The network has seen all training images once.
  CHECK(right >= 75);
  CHECK(right < count);
}

TEST_CASE("there are five bars, in order, and they say in words what they show") {
  Desk desk;
  desk.open_model();
  desk.wait_for_samples();
  desk.key(Qt::Key_Right, Qt::ControlModifier);
  desk.wait_for(wick::load_checkpoint(WICK_DESKTOP_MODEL));
  const auto& bars = desk.find<desktop::ProbabilityBars>("bars");
  const auto& rows = bars.rows();
  REQUIRE(rows.size() == 5);
  std::set<int> labels;
  for (const auto& row : rows) labels.insert(row.label);
  CHECK(labels.size() == 5);
  CHECK(std::is_sorted(rows.begin(), rows.end(),
                       [](const auto& a, const auto& b) { return a.probability > b.probability; }));
  CHECK(bars.accessibleDescription().startsWith(
      rows[0].name + QLatin1Char(' ') +
      QString::number(100 * static_cast<double>(rows[0].probability), 'f', 1) + QStringLiteral(" %, ")));
}

TEST_CASE("of many requests the last one is answered last") {
  Desk desk;
  desk.open_model();
  desk.wait_for_samples();
  const auto network = wick::load_checkpoint(WICK_DESKTOP_MODEL);
  for (int i = 0; i < 300; ++i) desk.key(Qt::Key_Right, Qt::ControlModifier);
  CHECK(desk.picture() == test_picture(299));
  desk.wait_for(network);
  QTest::qWait(50);
  const Reference expected = reference(network, test_picture(299));
  CHECK(desk.title().startsWith(name_of(expected.label)));
}

TEST_CASE("the filter shows one class") {
  Desk desk;
  desk.open_model();
  desk.wait_for_samples();
  auto& list = desk.find<QListView>("pictures");
  CHECK(list.model()->rowCount() == 10000);
  desk.find<QComboBox>("filter").setCurrentIndex(10);
  CHECK(list.model()->rowCount() == 1000);
  desk.click("next");
  CHECK(desk.picture() == test_picture(0));
  desk.click("next");
  int second = 1;
  while (test_images().label(second) != 9) ++second;
  CHECK(desk.picture() == test_picture(second));
  desk.click("previous");
  CHECK(desk.picture() == test_picture(0));
  desk.click("random");
  CHECK(desk.text("source").startsWith(QLatin1String("Test image ")));
}

TEST_CASE("without a model the window says how to get one, and shows pictures all the same") {
  Desk desk;
  desk.wait_for_samples();
  CHECK(desk.text("empty").contains(QLatin1String("./examples/quickstart.sh")));
  CHECK(desk.find<QLabel>("empty").isVisible());
  desk.key(Qt::Key_Right, Qt::ControlModifier);
  CHECK(desk.picture() == test_picture(0));
  CHECK(desk.title() == QStringLiteral("wick"));
  desk.open_model();
  desk.wait_for(wick::load_checkpoint(WICK_DESKTOP_MODEL));
  CHECK(desk.title().startsWith(QLatin1String("Ankle boot - ")));
}

TEST_CASE("a network that gives NaN is said to") {
  Desk desk;
  wick::Network<float> network = wick::load_checkpoint(WICK_DESKTOP_MODEL);
  for (float& x : network.parameters()->values()) x = std::nanf("");
  const QString path = desk.path(QStringLiteral("nan.wick"));
  wick::save_checkpoint(network, path.toStdString());
  desk.wait_for_samples();
  desk.window().open_model(path);
  desk.key(Qt::Key_Right, Qt::ControlModifier);
  Desk::wait("words about NaN", [&] { return desk.text("latency").contains(QLatin1String("NaN")); });
  CHECK(desk.title() == QStringLiteral("wick"));
}

TEST_CASE("networks for pictures of other sizes get them") {
  Desk desk;
  desk.wait_for_samples();
  wick::Generator generator(3);
  const wick::Network<float> network(64, 3, {5}, {}, generator);
  const QString path = desk.path(QStringLiteral("small.safetensors"));
  wick::save_checkpoint(network, path.toStdString());
  desk.key(Qt::Key_Right, Qt::ControlModifier);
  desk.window().open_model(path);
  Desk::wait("pictures of 8 x 8", [&] { return desk.picture().width() == 8; });
  desk.wait_for(network);
  CHECK(desk.find<desktop::ProbabilityBars>("bars").rows().size() == 3);
  desk.key(Qt::Key_Right, Qt::ControlModifier);
  CHECK(desk.picture().size() == QSize(8, 8));
  desk.wait_for(network);
  desk.open_model();
  CHECK(desk.picture() == test_picture(1));
}
