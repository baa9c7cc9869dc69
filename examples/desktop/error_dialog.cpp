#include "error_dialog.hpp"

#include "child.hpp"

#include <QMessageBox>

namespace desktop {

void show_error(QWidget* parent, const QString& headline, const QString& text) {
  auto* box = child_of<QMessageBox>(parent, QMessageBox::Warning, QObject::tr("%1 - wick").arg(headline),
                                    headline + QLatin1Char('.'), QMessageBox::Ok);
  box->setObjectName(QStringLiteral("error"));
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setTextFormat(Qt::PlainText);
  box->setInformativeText(text);
  box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  box->open();
}

}  // namespace desktop
