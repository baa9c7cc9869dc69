#pragma once

// Giving the classes of a model names.

#include <QDialog>
#include <QStringList>

class QLabel;
class QTableWidget;

namespace desktop {

class ClassNamesDialog : public QDialog {
  Q_OBJECT

 public:
  explicit ClassNamesDialog(const QStringList& names, QWidget* parent = nullptr);

  [[nodiscard]] QStringList names() const;

 Q_SIGNALS:
  /// They are all different, and none is empty.
  void chosen(const QStringList& names);

 protected:
  void accept() override;

 private:
  QTableWidget* table_;
  QLabel* problem_;
};

/// What is wrong with names for classes, in words; empty if nothing is.
[[nodiscard]] QString problem_of_names(const QStringList& names);

}  // namespace desktop
