#include "class_names_dialog.hpp"

#include "child.hpp"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QSet>
#include <QTableWidget>

#include <memory>

namespace desktop {

QString problem_of_names(const QStringList& names) {
  QSet<QString> seen;
  for (qsizetype i = 0; i < names.size(); ++i) {
    if (names.at(i).isEmpty()) return QObject::tr("Class %1 has no name.").arg(i);
    if (seen.contains(names.at(i))) return QObject::tr("Two classes are called \"%1\".").arg(names.at(i));
    seen.insert(names.at(i));
  }
  return {};
}

ClassNamesDialog::ClassNamesDialog(const QStringList& names, QWidget* parent)
    : QDialog(parent),
      table_(child_of<QTableWidget>(this, static_cast<int>(names.size()), 1)),
      problem_(plain_label(this)) {
  setObjectName(QStringLiteral("class_names"));
  setWindowTitle(tr("Names of the classes - wick"));
  auto* layout = child_of<QVBoxLayout>(this);
  layout->addWidget(
      plain_label(this, tr("One for each output of the network. They are saved with the model. "
                           "Pictures of the open folder that have an old name as their label get "
                           "the new one.")));
  table_->setObjectName(QStringLiteral("names"));
  table_->setAccessibleName(tr("Names of the classes"));
  table_->setHorizontalHeaderLabels({tr("Name")});
  table_->horizontalHeader()->setStretchLastSection(true);
  table_->setTabKeyNavigation(false);
  QStringList numbers;
  for (int i = 0; i < names.size(); ++i) {
    numbers.append(QString::number(i));
    auto item = std::make_unique<QTableWidgetItem>(names.at(i));
    table_->setItem(i, 0, item.release());
  }
  table_->setVerticalHeaderLabels(numbers);
  layout->addWidget(table_, 1);
  problem_->setObjectName(QStringLiteral("problem"));
  layout->addWidget(problem_);
  auto* buttons = child_of<QDialogButtonBox>(this, QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &ClassNamesDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  table_->setCurrentCell(0, 0);
  resize(420, 460);
}

QStringList ClassNamesDialog::names() const {
  QStringList result;
  for (int i = 0; i < table_->rowCount(); ++i) result.append(table_->item(i, 0)->text().trimmed());
  return result;
}

void ClassNamesDialog::accept() {
  const QStringList result = names();
  if (const QString problem = problem_of_names(result); !problem.isEmpty()) {
    problem_->setText(problem);
    return;
  }
  Q_EMIT chosen(result);
  QDialog::accept();
}

}  // namespace desktop
