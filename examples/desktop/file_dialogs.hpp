#pragma once

// Choosing files, without waiting for them.

#include <QString>
#include <QStringList>
#include <QWidget>

#include <functional>

namespace desktop {

using UsePath = std::function<void(const QString&)>;

[[nodiscard]] QString model_filter();
[[nodiscard]] QString picture_filter();

void choose_file(QWidget* parent, const QString& title, const QStringList& filters, const UsePath& use);
void choose_folder(QWidget* parent, const QString& title, const UsePath& use);
/// Where to save a model, with the extension of the chosen format. `rejected` is told of no choice.
void choose_model_target(QWidget* parent, const UsePath& use, const std::function<void()>& rejected);

}  // namespace desktop
