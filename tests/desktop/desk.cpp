#include "desk.hpp"

#include "picture_view.hpp"
#include "probability_bars.hpp"
#include "sample_list.hpp"

#include <wick/graph/workspace.hpp>

#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QSettings>

#include <cmath>

Reference reference(const wick::Network<float>& network, const QImage& picture) {
  std::vector<float> values;
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      const float grey = static_cast<float>(qGray(picture.pixel(x, y))) / 255.0F;
      values.push_back((grey - 0.5F) / 0.5F);
    }
  }
  wick::Workspace<float> workspace;
  const wick::TensorView<const float> input(values.data(), wick::Shape{1, network.input_size()});
  const auto output = network.predict(input, workspace);
  Reference result;
  for (wick::Index i = 0; i < network.output_size(); ++i) {
    result.all.push_back(std::exp(output.data()[i]));
    if (result.all.back() > result.probability) {
      result.probability = result.all.back();
      result.label = static_cast<int>(i);
    }
  }
  return result;
}

const wick::FashionMNIST& test_images() {
  static const wick::FashionMNIST images({}, false);
  return images;
}

QImage test_picture(int index) { return desktop::picture_of(test_images(), index); }

Desk::Desk() {
  REQUIRE(home_.isValid());
  QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, home_.filePath(QStringLiteral("config")));
  restart();
}

void Desk::restart(const QStringList& files) {
  window_.reset();
  window_.emplace();
  window_->show();
  window_->activateWindow();
  REQUIRE(QTest::qWaitForWindowActive(&*window_));
  window_->open_at_start(files);
}

void Desk::open_model() {
  window_->open_model(model_path());
  wait("the model", [&] { return text("model").startsWith(QLatin1String("model.wick")); });
}

QString Desk::text(const char* label) { return find<QLabel>(label).text(); }

QString Desk::title() const { return window_->windowTitle().remove(QStringLiteral("[*]")); }

QImage Desk::picture() { return find<desktop::PictureView>("picture").picture(); }

void Desk::wait(const char* what, const std::function<bool()>& done) {
  REQUIRE_MESSAGE(QTest::qWaitFor(done, 60000), "waited in vain for " << std::string(what));
}

void Desk::wait_for(const wick::Network<float>& network) {
  const Reference expected = reference(network, picture());
  const auto& bars = find<desktop::ProbabilityBars>("bars");
  wait("the answer", [&] {
    if (bars.rows().empty()) return false;
    for (const auto& row : bars.rows()) {
      if (std::abs(row.probability - expected.all.at(static_cast<std::size_t>(row.label))) > 1e-4F)
        return false;
    }
    return bars.rows().front().label == expected.label;
  });
}

void Desk::wait_for_samples() {
  wait("the test images", [&] { return find<QListView>("pictures").model()->rowCount() > 0; });
}

QMessageBox* Desk::error() {
  for (QMessageBox* box : window_->findChildren<QMessageBox*>(QStringLiteral("error"))) {
    if (box->isVisible()) return box;
  }
  return nullptr;
}

QString Desk::take_error() {
  wait("an error", [&] { return error() != nullptr; });
  QMessageBox& box = *error();
  CHECK(box.windowTitle().endsWith(QLatin1String(" - wick")));
  CHECK(box.textInteractionFlags().testFlag(Qt::TextSelectableByMouse));
  const QString text = box.informativeText();
  QTest::keyClick(&box, Qt::Key_Return);
  wait("the end of the error", [&] { return error() == nullptr; });
  // On a screen the window manager does this.
  window_->activateWindow();
  REQUIRE(QTest::qWaitForWindowActive(&*window_));
  return text;
}

void Desk::key(Qt::Key key, Qt::KeyboardModifiers modifiers) {
  QWidget* focus = QApplication::focusWidget();
  QTest::keyClick(focus != nullptr ? focus : &*window_, key, modifiers);
}

void Desk::click(const char* button) {
  auto& found = find<QAbstractButton>(button);
  REQUIRE(found.isEnabled());
  QTest::mouseClick(&found, Qt::LeftButton);
}

void Desk::drag(QPoint from_pixel, QPoint to_pixel, Qt::MouseButton button) {
  auto& view = find<desktop::PictureView>("picture");
  const QPoint from = view.center_of(from_pixel).toPoint();
  const QPoint to = view.center_of(to_pixel).toPoint();
  QTest::mousePress(&view, button, {}, from);
  constexpr int steps = 8;
  for (int i = 1; i <= steps; ++i) {
    const QPointF at = QPointF(from) + QPointF(to - from) * i / steps;
    QMouseEvent move(QEvent::MouseMove, at, view.mapToGlobal(at), Qt::NoButton, button, Qt::NoModifier);
    QApplication::sendEvent(&view, &move);
  }
  QTest::mouseRelease(&view, button, {}, to);
}

void Desk::drop(QMimeData& mime) {
  const QPoint place = window_->rect().center();
  QDragEnterEvent enter(place, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&*window_, &enter);
  CHECK(enter.isAccepted());
  QDropEvent drop(place, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&*window_, &drop);
  CHECK(drop.isAccepted());
}

void Desk::drop_file(const QString& path) {
  QMimeData mime;
  mime.setUrls({QUrl::fromLocalFile(path)});
  drop(mime);
}

void Desk::screenshot(const char* name, QWidget* widget) {
  const QDir folder(QStringLiteral(WICK_DESKTOP_SCREENSHOTS));
  REQUIRE(folder.mkpath(QStringLiteral(".")));
  QApplication::processEvents();
  if (widget == nullptr) widget = &*window_;
  REQUIRE(widget->grab().save(folder.filePath(QString::fromLatin1(name) + QStringLiteral(".png"))));
}

QByteArray contents(const QString& path) {
  QFile file(path);
  REQUIRE(file.open(QIODevice::ReadOnly));
  return file.readAll();
}

void write(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  REQUIRE(file.open(QIODevice::WriteOnly));
  REQUIRE(file.write(bytes) == bytes.size());
}
