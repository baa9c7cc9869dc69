#pragma once

// Two widgets beside each other where there is width, else one above the other.

#include <QBoxLayout>
#include <QResizeEvent>
#include <QWidget>

namespace desktop {

class TwoPanes : public QWidget {
 public:
  TwoPanes(QWidget* first, QWidget* second, QWidget* parent) : QWidget(parent) {
    layout_.addWidget(first, 1);
    layout_.addWidget(second, 0);
    layout_.setSpacing(10);
  }

 protected:
  void resizeEvent(QResizeEvent* event) override {
    QWidget::resizeEvent(event);
    const bool beside = event->size().width() > event->size().height() * 5 / 4;
    layout_.setDirection(beside ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    layout_.setStretch(1, beside ? 1 : 0);
  }

 private:
  QBoxLayout layout_{QBoxLayout::TopToBottom, this};
};

}  // namespace desktop
