#include "error_dialog.hpp"

#include "child.hpp"

#include <QGridLayout>
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
  // As wide as sentences want to be; of itself it is as wide as the headline.
  if (auto* grid = qobject_cast<QGridLayout*>(box->layout()); grid != nullptr) {
    grid->setColumnMinimumWidth(grid->columnCount() - 1, box->fontMetrics().averageCharWidth() * 60);
  }
  box->open();
}

}  // namespace desktop
