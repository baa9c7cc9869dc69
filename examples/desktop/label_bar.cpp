#include "label_bar.hpp"

#include "child.hpp"

#include <QAbstractItemView>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>

namespace desktop {

LabelBar::LabelBar(QWidget* parent)
    : QWidget(parent), classes_(child_of<QComboBox>(this)), button_(child_of<QPushButton>(this)) {
  auto* row = child_of<QHBoxLayout>(this);
  row->setContentsMargins(0, 0, 0, 0);
  auto* label = child_of<QLabel>(this, tr("Thi&s is:"));
  label->setBuddy(classes_);
  classes_->setObjectName(QStringLiteral("this_is"));
  classes_->setAccessibleName(tr("What the picture shows"));
  classes_->view()->setAccessibleName(classes_->accessibleName());
  classes_->setMinimumContentsLength(8);
  classes_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  button_->setObjectName(QStringLiteral("label"));
  row->addWidget(label);
  row->addWidget(classes_, 1);
  row->addWidget(button_);
  set_button(tr("T&each"), {});
  connect(classes_, &QComboBox::currentIndexChanged, this, &LabelBar::index_changed);
  connect(classes_, &QComboBox::activated, this, [this] { chosen_ = true; });
  connect(button_, &QPushButton::clicked, this, [this] {
    if (index() >= 0) Q_EMIT label_wanted(index());
  });
  setEnabled(false);
}

void LabelBar::set_classes(const QStringList& names) {
  const QString before = classes_->currentText();
  classes_->clear();
  classes_->addItems(names);
  classes_->setCurrentIndex(static_cast<int>(names.indexOf(before)));
  setEnabled(!names.isEmpty());
}

void LabelBar::begin_picture() { chosen_ = false; }

void LabelBar::suggest(int index) {
  if (!chosen_) classes_->setCurrentIndex(index);
}

int LabelBar::index() const { return classes_->currentIndex(); }

void LabelBar::set_button(const QString& text, const QString& tip) {
  button_->setText(text);
  button_->setToolTip(tip);
}

}  // namespace desktop
