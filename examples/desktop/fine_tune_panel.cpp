#include "fine_tune_panel.hpp"

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

#include <cmath>

namespace desktop {

FineTunePanel::FineTunePanel(FineTuner* tuner, QWidget* parent)
    : QWidget(parent),
      tuner_(tuner),
      use_images_(child_of<QCheckBox>(this, tr("&Images of Fashion-MNIST:"))),
      images_(child_of<QSpinBox>(this)),
      use_examples_(child_of<QCheckBox>(this, tr("Pictures you ta&ught"))),
      epochs_(child_of<QSpinBox>(this)),
      lr_(child_of<QDoubleSpinBox>(this)),
      start_(child_of<QPushButton>(this, tr("Start trainin&g"))),
      cancel_(child_of<QPushButton>(this, tr("&Cancel"))),
      bar_(child_of<QProgressBar>(this)),
      state_(plain_label(this)),
      chart_(child_of<TrainingChart>(this)) {
  use_images_->setObjectName(QStringLiteral("use_images"));
  use_images_->setChecked(true);
  images_->setObjectName(QStringLiteral("images"));
  images_->setAccessibleName(tr("Number of training images of Fashion-MNIST"));
  images_->setRange(1000, 60000);
  images_->setSingleStep(1000);
  images_->setValue(60000);
  images_->setGroupSeparatorShown(true);
  use_examples_->setObjectName(QStringLiteral("use_examples"));
  use_examples_->setChecked(true);
  epochs_->setObjectName(QStringLiteral("epochs"));
  epochs_->setRange(1, 100);
  lr_->setObjectName(QStringLiteral("lr"));
  lr_->setDecimals(5);
  lr_->setRange(0.00001, 0.1);
  lr_->setSingleStep(0.0001);
  lr_->setValue(0.0005);
  start_->setObjectName(QStringLiteral("start"));
  cancel_->setObjectName(QStringLiteral("cancel"));
  bar_->setObjectName(QStringLiteral("progress"));
  bar_->setAccessibleName(tr("Progress of the training"));
  bar_->setRange(0, 1000);
  bar_->setValue(0);
  bar_->setFormat(QString());
  state_->setObjectName(QStringLiteral("training_state"));

  chart_->setMaximumHeight(240);

  auto* layout = child_of<QVBoxLayout>(this);
  auto* settings = child_of<QWidget>(this);
  auto* form = child_of<QFormLayout>(settings);
  form->setContentsMargins(0, 0, 0, 0);
  form->addRow(use_images_, images_);
  form->addRow(use_examples_);
  form->addRow(tr("P&asses:"), epochs_);
  form->addRow(tr("&Learning rate:"), lr_);
  layout->addWidget(settings);
  QHBoxLayout* row = add_row(layout);
  row->addWidget(start_);
  row->addWidget(cancel_);
  layout->addWidget(bar_);
  layout->addWidget(state_);
  layout->addWidget(chart_);
  layout->addStretch(1);

  connect(use_images_, &QCheckBox::toggled, this, &FineTunePanel::update_enabled);
  connect(use_examples_, &QCheckBox::toggled, this, &FineTunePanel::update_enabled);
  connect(start_, &QPushButton::clicked, this, &FineTunePanel::start_wanted);
  connect(cancel_, &QPushButton::clicked, tuner_, &FineTuner::cancel);
  connect(tuner_, &FineTuner::started, this, [this] {
    show_running(true);
    reset_bar();
    chart_->clear();
    state_->setText(tr("Preparing the data"));
  });
  connect(tuner_, &FineTuner::progressed, this, &FineTunePanel::show_progress);
  connect(tuner_, &FineTuner::reported, this, [this](const FineTuneReport& report) {
    chart_->add(static_cast<double>(report.step) / static_cast<double>(report.steps), report.training_loss,
                report.accuracy);
  });
  connect(tuner_, &FineTuner::finished, this, &FineTunePanel::show_result);
  connect(tuner_, &FineTuner::cancelled, this, [this] {
    show_running(false);
    reset_bar();
    state_->setText(tr("Cancelled. The network is the one from before."));
  });
  connect(tuner_, &FineTuner::failed, this, [this] {
    show_running(false);
    reset_bar();
    state_->setText(tr("Nothing was trained."));
  });
  set_example_count(0);
}

void FineTunePanel::set_model(const ModelPtr& model) {
  has_model_ = model != nullptr;
  fits_ = has_model_ && fits_fashion_mnist(*model);
  update_enabled();
}

void FineTunePanel::set_example_count(int count) {
  example_count_ = count;
  use_examples_->setText(tr("Pictures you ta&ught: %1").arg(count));
  update_enabled();
}

FineTuneOptions FineTunePanel::options() const {
  return {.images = fits_ && use_images_->isChecked() ? images_->value() : 0,
          .examples = use_examples_->isChecked(),
          .epochs = epochs_->value(),
          .lr = lr_->value()};
}

void FineTunePanel::show_running(bool running) {
  const bool had_focus = cancel_->hasFocus();
  update_enabled();
  if (running) {
    cancel_->setFocus();
  } else if (had_focus) {
    start_->setFocus();
  }
}

void FineTunePanel::reset_bar() {
  bar_->setValue(0);
  bar_->setFormat(QString());
}

void FineTunePanel::show_progress(const FineTuneProgress& progress) {
  const double part = static_cast<double>(progress.step) / static_cast<double>(progress.steps);
  bar_->setValue(static_cast<int>(1000 * part));
  bar_->setFormat(percent(part, 0));
  state_->setText(tr("Step %1 of %2, about %3 s left")
                      .arg(progress.step)
                      .arg(progress.steps)
                      .arg(std::ceil(progress.seconds_left)));
}

void FineTunePanel::show_result(const FineTuneResult& result) {
  show_running(false);
  bar_->setValue(1000);
  bar_->setFormat(tr("Done"));
  const QString what = result.on_examples ? tr("your %1 pictures") : tr("the %1 test images");
  state_->setText(
      tr("Accuracy on %1: %2 before, %3 now.")
          .arg(what.arg(result.tested), percent(result.accuracy_before), percent(result.accuracy_after)));
}

void FineTunePanel::update_enabled() {
  const bool running = tuner_->running();
  const bool images = fits_ && use_images_->isChecked();
  const bool examples = example_count_ > 0 && use_examples_->isChecked();
  use_images_->setEnabled(!running && fits_);
  images_->setEnabled(!running && images);
  use_examples_->setEnabled(!running && example_count_ > 0);
  epochs_->setEnabled(!running);
  lr_->setEnabled(!running);
  start_->setEnabled(!running && has_model_ && (images || examples));
  cancel_->setEnabled(running);
}

}  // namespace desktop
