#include "new_model_dialog.hpp"

#include "child.hpp"
#include "class_names_dialog.hpp"
#include "text.hpp"

#include <wick/base/error.hpp>

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSpinBox>

namespace desktop {

std::vector<wick::Index> parse_layers(const QString& text) {
  constexpr int most = 8192;
  constexpr std::size_t most_layers = 16;
  std::vector<wick::Index> sizes;
  if (text.trimmed().isEmpty()) return sizes;
  for (const QString& part : text.split(QLatin1Char(','))) {
    bool is_number = false;
    const int size = part.trimmed().toInt(&is_number);
    if (!is_number || size < 1 || size > most || sizes.size() == most_layers) {
      throw wick::OptionError("expected up to 16 sizes from 1 to 8192, such as 256, 128, got \"" +
                              text.left(60).toStdString() + "\"");
    }
    sizes.push_back(size);
  }
  return sizes;
}

NewModelDialog::NewModelDialog(const QStringList& classes, QWidget* parent)
    : QDialog(parent),
      classes_(child_of<QPlainTextEdit>(this, classes.join(QLatin1Char('\n')))),
      side_(child_of<QSpinBox>(this)),
      layers_(child_of<QLineEdit>(this, QStringLiteral("256, 128"))),
      problem_(plain_label(this)) {
  setObjectName(QStringLiteral("new_model"));
  setWindowTitle(tr("A new model - wick"));
  classes_->setObjectName(QStringLiteral("new_classes"));
  classes_->setTabChangesFocus(true);
  classes_->setPlaceholderText(tr("cat\ndog\nneither"));
  side_->setObjectName(QStringLiteral("new_side"));
  side_->setRange(4, 256);
  side_->setValue(28);
  side_->setSuffix(tr(" pixels"));
  layers_->setObjectName(QStringLiteral("new_layers"));
  problem_->setObjectName(QStringLiteral("problem"));

  auto* layout = child_of<QVBoxLayout>(this);
  layout->addWidget(
      plain_label(this, tr("A network that has learned nothing yet. Label pictures of each class, "
                           "then start the training.")));
  auto* fields = child_of<QWidget>(this);
  auto* form = child_of<QFormLayout>(fields);
  form->setContentsMargins(0, 0, 0, 0);
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form->addRow(tr("&Classes, one in a line:"), classes_);
  form->addRow(tr("&Side of the pictures:"), side_);
  form->addRow(tr("&Hidden layers:"), layers_);
  layout->addWidget(fields, 1);
  layout->addWidget(problem_);
  auto* buttons = child_of<QDialogButtonBox>(this, QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &NewModelDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  resize(440, 380);
}

void NewModelDialog::accept() {
  NewModel wanted;
  wanted.side = side_->value();
  for (const QString& line : classes_->toPlainText().split(QLatin1Char('\n'))) {
    if (!line.trimmed().isEmpty()) wanted.classes.append(line.trimmed());
  }
  QString problem = problem_of_names(wanted.classes);
  if (wanted.classes.size() < 2) problem = tr("Name at least two classes.");
  try {
    wanted.hidden_layers = parse_layers(layers_->text());
  } catch (const wick::OptionError& error) {
    problem = tr("Hidden layers: %1").arg(to_text(error.what()));
  }
  if (!problem.isEmpty()) {
    problem_->setText(problem);
    return;
  }
  Q_EMIT chosen(wanted);
  QDialog::accept();
}

}  // namespace desktop
