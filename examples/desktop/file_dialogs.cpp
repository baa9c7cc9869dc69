#include "file_dialogs.hpp"

#include "child.hpp"

#include <QFileDialog>
#include <QImageReader>

namespace desktop {

namespace {

QFileDialog* make_dialog(QWidget* parent, const QString& title) {
  auto* dialog = child_of<QFileDialog>(parent);
  dialog->setWindowTitle(title);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  return dialog;
}

}  // namespace

QString model_filter() { return QObject::tr("Models (*.wick *.pth *.pt *.safetensors)"); }

QString picture_filter() {
  QStringList patterns;
  for (const QByteArray& format : QImageReader::supportedImageFormats()) {
    patterns.append(QStringLiteral("*.") + QString::fromLatin1(format));
  }
  return QObject::tr("Pictures (%1)").arg(patterns.join(QLatin1Char(' ')));
}

void choose_file(QWidget* parent, const QString& title, const QStringList& filters, const UsePath& use) {
  QFileDialog* dialog = make_dialog(parent, title);
  dialog->setNameFilters(filters);
  dialog->setFileMode(QFileDialog::ExistingFile);
  QObject::connect(dialog, &QFileDialog::fileSelected, parent, use);
  dialog->open();
}

void choose_folder(QWidget* parent, const QString& title, const UsePath& use) {
  QFileDialog* dialog = make_dialog(parent, title);
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  QObject::connect(dialog, &QFileDialog::fileSelected, parent, use);
  dialog->open();
}

void choose_model_target(QWidget* parent, const UsePath& use, const std::function<void()>& rejected) {
  QFileDialog* dialog = make_dialog(parent, QObject::tr("Save the model"));
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setNameFilters({QObject::tr("wick (*.wick)"), QObject::tr("PyTorch (*.pth *.pt)"),
                          QObject::tr("safetensors (*.safetensors)")});
  dialog->setDefaultSuffix(QStringLiteral("wick"));
  QObject::connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
    dialog->setDefaultSuffix(filter.contains(QLatin1String("pth"))           ? QStringLiteral("pth")
                             : filter.contains(QLatin1String("safetensors")) ? QStringLiteral("safetensors")
                                                                             : QStringLiteral("wick"));
  });
  QObject::connect(dialog, &QFileDialog::fileSelected, parent, use);
  QObject::connect(dialog, &QFileDialog::rejected, parent, rejected);
  dialog->open();
}

}  // namespace desktop
