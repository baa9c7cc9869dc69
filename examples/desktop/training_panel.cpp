#include "training_panel.hpp"

#include "child.hpp"
#include "text.hpp"
#include "training_chart.hpp"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QStringList>

#include <cmath>
#include <cstddef>

namespace desktop {

TrainingPanel::TrainingPanel(Trainer* trainer, QWidget* parent)
    : QWidget(parent),
      trainer_(trainer),
      use_images_(child_of<QCheckBox>(this, tr("Fashion-MN&IST:"))),
      images_(child_of<QSpinBox>(this)),
      use_own_(child_of<QCheckBox>(this)),
      own_hint_(plain_label(this)),
      epochs_(child_of<QSpinBox>(this)),
      lr_(child_of<QDoubleSpinBox>(this)),
      start_(child_of<QPushButton>(this, tr("Start trainin&g"))),
      finish_(child_of<QPushButton>(this, tr("&Keep so far"))),
      cancel_(child_of<QPushButton>(this, tr("&Cancel"))),
      bar_(child_of<QProgressBar>(this)),
      state_(plain_label(this)),
      chart_(child_of<TrainingChart>(this)) {
  use_images_->setObjectName(QStringLiteral("use_images"));
  use_images_->setChecked(true);
  use_images_->setToolTip(tr("For networks with 784 inputs and the classes of Fashion-MNIST"));
  images_->setObjectName(QStringLiteral("images"));
  images_->setAccessibleName(tr("Number of training images of Fashion-MNIST"));
  images_->setRange(1000, 60000);
  images_->setSingleStep(1000);
  images_->setValue(60000);
  images_->setGroupSeparatorShown(true);
  use_own_->setObjectName(QStringLiteral("use_own"));
  use_own_->setChecked(true);
  own_hint_->setObjectName(QStringLiteral("own_hint"));
  epochs_->setObjectName(QStringLiteral("epochs"));
  epochs_->setRange(1, 1000);
  epochs_->setToolTip(tr("How often everything is learned"));
  lr_->setObjectName(QStringLiteral("lr"));
  lr_->setDecimals(5);
  lr_->setRange(0.00001, 0.1);
  lr_->setSingleStep(0.0001);
  lr_->setValue(0.0005);
  start_->setObjectName(QStringLiteral("start"));
  finish_->setObjectName(QStringLiteral("finish"));
  finish_->setToolTip(tr("Ends the training and keeps what was learned so far"));
  cancel_->setObjectName(QStringLiteral("cancel"));
  cancel_->setToolTip(tr("Ends the training; the network stays as it was before"));
  bar_->setObjectName(QStringLiteral("progress"));
  bar_->setAccessibleName(tr("Progress of the training"));
  bar_->setRange(0, 1000);
  bar_->setValue(0);
  bar_->setFormat(QString());
  state_->setObjectName(QStringLiteral("training_state"));
  state_->setAccessibleName(tr("State of the training"));
  state_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  make_layout();
  connect_trainer();
  set_own({});
}

void TrainingPanel::make_layout() {
  auto* layout = child_of<QVBoxLayout>(this);
  layout->setContentsMargins(0, 0, 6, 0);
  auto* settings = child_of<QWidget>(this);
  auto* form = child_of<QFormLayout>(settings);
  form->setContentsMargins(0, 0, 0, 0);
  form->addRow(use_images_, images_);
  form->addRow(use_own_);
  form->addRow(own_hint_);
  form->addRow(tr("P&asses:"), epochs_);
  form->addRow(tr("&Learning rate:"), lr_);
  layout->addWidget(settings);
  QHBoxLayout* row = add_row(layout);
  row->addWidget(start_);
  row->addWidget(finish_);
  row->addWidget(cancel_);
  layout->addWidget(bar_);
  layout->addWidget(state_);
  layout->addWidget(chart_, 1);
}

void TrainingPanel::connect_trainer() {
  connect(use_images_, &QCheckBox::toggled, this, &TrainingPanel::update_enabled);
  connect(use_own_, &QCheckBox::toggled, this, &TrainingPanel::update_enabled);
  connect(start_, &QPushButton::clicked, this, &TrainingPanel::start_wanted);
  connect(finish_, &QPushButton::clicked, trainer_, &Trainer::finish);
  connect(cancel_, &QPushButton::clicked, trainer_, &Trainer::cancel);
  connect(trainer_, &Trainer::started, this, [this] {
    show_running(true);
    reset_bar();
    chart_->clear();
    state_->setText(tr("Preparing the data"));
  });
  connect(trainer_, &Trainer::reading, this, [this](int done, int total) {
    state_->setText(tr("Reading pictures: %1 of %2").arg(done).arg(total));
  });
  connect(trainer_, &Trainer::begun, chart_, &TrainingChart::begin);
  connect(trainer_, &Trainer::progressed, this, &TrainingPanel::show_progress);
  connect(trainer_, &Trainer::reported, chart_, &TrainingChart::add);
  connect(trainer_, &Trainer::finished, this, &TrainingPanel::show_result);
  connect(trainer_, &Trainer::cancelled, this, [this] {
    show_running(false);
    reset_bar();
    state_->setText(tr("Cancelled. The network is the one from before."));
  });
  connect(trainer_, &Trainer::failed, this, [this] {
    show_running(false);
    reset_bar();
    state_->setText(tr("Nothing was trained."));
  });
}

void TrainingPanel::set_model(const ModelPtr& model) {
  has_model_ = model != nullptr;
  fits_ = has_model_ && fits_fashion_mnist(*model);
  update_enabled();
}

void TrainingPanel::set_own(const OwnCount& count) {
  own_ = count;
  use_own_->setText(tr("Yo&ur pictures: %L1").arg(count.usable));
  own_hint_->setText(tr("%L1 more have labels that are no classes of this model").arg(count.unusable));
  own_hint_->setVisible(count.unusable > 0);
  update_enabled();
}

TrainingPlan TrainingPanel::plan() const {
  return {.images = fits_ && use_images_->isChecked() ? images_->value() : 0,
          .own = use_own_->isChecked(),
          .epochs = epochs_->value(),
          .lr = lr_->value()};
}

void TrainingPanel::show_running(bool running) {
  const bool had_focus = cancel_->hasFocus() || finish_->hasFocus();
  update_enabled();
  if (running) {
    cancel_->setFocus();
  } else if (had_focus) {
    start_->setFocus();
  }
}

void TrainingPanel::reset_bar() {
  bar_->setValue(0);
  bar_->setFormat(QString());
}

void TrainingPanel::show_progress(const TrainingProgress& progress) {
  const double part = static_cast<double>(progress.step) / static_cast<double>(progress.steps);
  bar_->setValue(static_cast<int>(1000 * part));
  bar_->setFormat(percent(part, 0));
  state_->setText(tr("Step %L1 of %L2, about %3 s left")
                      .arg(progress.step)
                      .arg(progress.steps)
                      .arg(std::ceil(progress.seconds_left)));
}

void TrainingPanel::show_result(const TrainingResult& result) {
  show_running(false);
  bar_->setValue(1000);
  bar_->setFormat(result.early ? tr("Ended early") : tr("Done"));
  QStringList lines;
  for (std::size_t i = 0; i < result.sets.size(); ++i) {
    lines.append(
        tr("%1: %2 right, %3 before")
            .arg(result.sets[i].name, percent(result.after[i].accuracy), percent(result.before[i].accuracy)));
  }
  if (!result.unread.isEmpty()) {
    lines.append(
        tr("%1 could not be read, the first is %2").arg(result.unread.size()).arg(result.unread.front()));
  }
  state_->setText(lines.join(QLatin1Char('\n')));
}

void TrainingPanel::update_enabled() {
  const bool running = trainer_->running();
  const bool images = fits_ && use_images_->isChecked();
  const bool own = own_.usable > 0 && use_own_->isChecked();
  use_images_->setEnabled(!running && fits_);
  images_->setEnabled(!running && images);
  use_own_->setEnabled(!running && own_.usable > 0);
  epochs_->setEnabled(!running);
  lr_->setEnabled(!running);
  start_->setVisible(!running);
  start_->setEnabled(!running && has_model_ && (images || own));
  finish_->setVisible(running);
  cancel_->setVisible(running);
  finish_->setEnabled(running);
  cancel_->setEnabled(running);
}

}  // namespace desktop
