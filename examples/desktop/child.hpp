#pragma once

// Widgets and layouts that belong to others from the beginning.

#include <QBoxLayout>
#include <QLabel>
#include <QString>

#include <memory>
#include <utility>

namespace desktop {

/// A new object whose parent deletes it.
template <class T, class Parent, class... Args>
[[nodiscard]] T* child_of(Parent* parent, Args&&... args) {
  auto child = std::make_unique<T>(std::forward<Args>(args)..., parent);
  return child.release();
}

/// A new row within `layout`, which owns it.
[[nodiscard]] inline QHBoxLayout* add_row(QBoxLayout* layout) {
  auto row = std::make_unique<QHBoxLayout>();
  QHBoxLayout* const result = row.get();
  layout->addLayout(row.release());
  return result;
}

/// A label for texts that may come from files: never taken for HTML, and readable in full.
[[nodiscard]] inline QLabel* plain_label(QWidget* parent, const QString& text = {}) {
  auto* label = child_of<QLabel>(parent, text);
  label->setTextFormat(Qt::PlainText);
  label->setWordWrap(true);
  return label;
}

}  // namespace desktop
