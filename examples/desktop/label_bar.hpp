#pragma once

// "This is:" and what the user says.

#include <QStringList>
#include <QWidget>

class QComboBox;
class QPushButton;

namespace desktop {

/// A box with the classes, and a button. The box follows what the program suggests until the user has
/// chosen something for the picture in view.
class LabelBar : public QWidget {
  Q_OBJECT

 public:
  explicit LabelBar(QWidget* parent = nullptr);

  void set_classes(const QStringList& names);
  /// The user has said nothing about this picture yet.
  void begin_picture();
  /// The label of the picture if it has one, else what the network takes it for; -1 for nothing.
  void suggest(int index);
  [[nodiscard]] int index() const;
  void set_button(const QString& text, const QString& tip);

 Q_SIGNALS:
  void label_wanted(int index);
  void index_changed();

 private:
  QComboBox* classes_;
  QPushButton* button_;
  bool chosen_ = false;
};

}  // namespace desktop
