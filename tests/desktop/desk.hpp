#pragma once

// The program's window with a home of its own, and what a user does with it.

#include "main_window.hpp"

#include <doctest/doctest.h>
#include <wick/data/fashion_mnist.hpp>
#include <wick/models/network.hpp>

#include <QApplication>
#include <QImage>
#include <QLabel>
#include <QMessageBox>
#include <QMimeData>
#include <QString>
#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

inline std::ostream& operator<<(std::ostream& out, const QString& text) { return out << text.toStdString(); }

/// What a network answers, computed without the program's code and without wick's predictor.
struct Reference {
  int label = 0;
  float probability = 0;
  std::vector<float> all;  ///< by label
};

/// By the numbers 0.5 and 0.5, Fashion-MNIST's.
[[nodiscard]] Reference reference(const wick::Network<float>& network, const QImage& picture);
[[nodiscard]] const wick::FashionMNIST& test_images();
[[nodiscard]] QImage test_picture(int index);

/// Settings and files are in a temporary folder; the window is shown.
class Desk {
 public:
  Desk();

  /// A path in the temporary folder.
  [[nodiscard]] QString path(const QString& name) const { return home_.filePath(name); }
  [[nodiscard]] static QString model_path() { return QStringLiteral(WICK_DESKTOP_MODEL); }

  [[nodiscard]] desktop::MainWindow& window() { return *window_; }
  /// The program ends and is started again.
  void restart(const QStringList& files = {});
  void open_model();

  template <class T>
  [[nodiscard]] T& find(const char* name) {
    T* child = window_->findChild<T*>(QString::fromLatin1(name));
    REQUIRE_MESSAGE(child != nullptr, "there is no " << std::string(name));
    return *child;
  }
  [[nodiscard]] QString text(const char* label);
  [[nodiscard]] QString title() const;
  [[nodiscard]] QImage picture();

  /// Lets the program work until `done`; fails after a minute.
  static void wait(const char* what, const std::function<bool()>& done);
  /// Waits until the window shows what the network answers for the picture in view.
  void wait_for(const wick::Network<float>& network);
  void wait_for_samples();
  /// The text of the error that appears next, which is then closed.
  [[nodiscard]] QString take_error();
  [[nodiscard]] QMessageBox* error();

  void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);
  void click(const char* button);
  void drag(QPoint from_pixel, QPoint to_pixel, Qt::MouseButton button = Qt::LeftButton);
  void drop(QMimeData& mime);
  void drop_file(const QString& path);
  /// Of the window unless of something else.
  void screenshot(const char* name, QWidget* widget = nullptr);

 private:
  QTemporaryDir home_;
  std::optional<desktop::MainWindow> window_;
};

[[nodiscard]] QByteArray contents(const QString& path);
void write(const QString& path, const QByteArray& bytes);
