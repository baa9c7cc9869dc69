#include "prediction_panel.hpp"

#include "child.hpp"
#include "probability_bars.hpp"
#include "text.hpp"

#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>

namespace desktop {

namespace {

/// Fonts by factor of the usual one, so that they follow the user's choice of size.
void scale_font(QWidget* widget, double factor, bool bold) {
  QFont font = widget->font();
  font.setPointSizeF(font.pointSizeF() * factor);
  font.setBold(bold);
  widget->setFont(font);
}

QString latency_text(double microseconds) {
  return microseconds < 1000 ? QObject::tr("%1 µs").arg(microseconds, 0, 'f', 0)
                             : QObject::tr("%1 ms").arg(microseconds / 1000, 0, 'f', 1);
}

}  // namespace

PredictionPanel::PredictionPanel(QWidget* parent) : QWidget(parent), pages_(child_of<QStackedWidget>(this)) {
  auto* layout = child_of<QVBoxLayout>(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(pages_);
  pages_->addWidget(make_empty_page());
  pages_->addWidget(make_answer_page());
  show_no_model();
}

QWidget* PredictionPanel::make_empty_page() {
  auto* page = child_of<QWidget>(pages_);
  auto* layout = child_of<QVBoxLayout>(page);
  layout->setContentsMargins(0, 0, 0, 0);
  auto* title = plain_label(page, tr("No model yet"));
  scale_font(title, 1.5, true);
  empty_ = plain_label(page);
  empty_->setObjectName(QStringLiteral("empty"));
  empty_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  layout->addWidget(title);
  layout->addWidget(empty_);
  QHBoxLayout* row = add_row(layout);
  const auto add_button = [&](const QString& text, const QString& name, auto signal) {
    auto* button = child_of<QPushButton>(page, text);
    button->setObjectName(name);
    connect(button, &QPushButton::clicked, this, signal);
    row->addWidget(button);
  };
  add_button(tr("Open a &model..."), QStringLiteral("open_model"), &PredictionPanel::open_wanted);
  add_button(tr("Ma&ke a new one..."), QStringLiteral("new_model"), &PredictionPanel::new_wanted);
  row->addStretch(1);
  layout->addStretch(1);
  return page;
}

QWidget* PredictionPanel::make_answer_page() {
  auto* page = child_of<QWidget>(pages_);
  auto* layout = child_of<QVBoxLayout>(page);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(4);
  headline_ = plain_label(page);
  headline_->setObjectName(QStringLiteral("headline"));
  headline_->setWordWrap(false);
  headline_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  scale_font(headline_, 1.6, true);
  truth_ = plain_label(page);
  truth_->setObjectName(QStringLiteral("truth"));
  bars_ = child_of<ProbabilityBars>(page);
  latency_ = plain_label(page);
  latency_->setObjectName(QStringLiteral("latency"));
  layout->addWidget(headline_);
  layout->addWidget(truth_);
  layout->addWidget(bars_);
  layout->addWidget(latency_);
  layout->addStretch(1);
  return page;
}

void PredictionPanel::show_no_model(const QString& before) {
  empty_->setText(
      before +
      tr("Open one (Ctrl+M), or drop its file on this window: wick's own, PyTorch's (.pth) or safetensors. "
         "For your own pictures make a new one (Ctrl+N) and train it on them. One for Fashion-MNIST is made "
         "by ./examples/quickstart.sh in the folder of wick, as checkpoint.wick."));
  bars_->set_rows({});
  pages_->setCurrentIndex(0);
}

void PredictionPanel::show_no_picture() {
  pages_->setCurrentIndex(1);
  bars_->set_rows({});
  headline_->setText(tr("No picture yet"));
  headline_->setToolTip({});
  latency_->clear();
}

void PredictionPanel::show_waiting() {
  pages_->setCurrentIndex(1);
  bars_->set_rows({});
  headline_->clear();
  headline_->setToolTip({});
  latency_->clear();
}

void PredictionPanel::show_answer(const Answer& answer) {
  pages_->setCurrentIndex(1);
  bars_->set_rows(answer.top);
  if (answer.top.empty()) {
    headline_->setText(tr("No answer"));
    headline_->setToolTip({});
    latency_->setText(tr("The network gives NaN: its parameters are damaged or too large."));
    return;
  }
  const ClassProbability& best = answer.top.front();
  const QString probability = percent(static_cast<double>(best.probability));
  headline_->setText(tr("%1  %2").arg(best.name.simplified().left(40), probability));
  headline_->setToolTip(best.name);
  headline_->setAccessibleDescription(bars_->accessibleDescription());
  latency_->setText(
      tr("Predicted in %1, median %2").arg(latency_text(answer.microseconds), latency_text(answer.median)));
  latency_->setToolTip(tr("The median is of up to 15 predictions by this model"));
}

void PredictionPanel::set_truth(const QString& text) { truth_->setText(text); }

}  // namespace desktop
