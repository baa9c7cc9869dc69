#pragma once

// Making a network for pictures of one's own.

#include "model.hpp"

#include <QDialog>
#include <QStringList>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;

namespace desktop {

class NewModelDialog : public QDialog {
  Q_OBJECT

 public:
  /// `classes` are what is proposed.
  explicit NewModelDialog(const QStringList& classes, QWidget* parent = nullptr);

 Q_SIGNALS:
  void chosen(const desktop::NewModel& wanted);

 protected:
  void accept() override;

 private:
  QPlainTextEdit* classes_;
  QSpinBox* side_;
  QLineEdit* layers_;
  QLabel* problem_;
};

/// `256, 128` -> {256, 128}; empty for none. Throws wick::OptionError for anything but sizes in [1, 8192], at
/// most sixteen.
[[nodiscard]] std::vector<wick::Index> parse_layers(const QString& text);

}  // namespace desktop
