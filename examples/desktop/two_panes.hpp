#pragma once

// Two widgets beside each other where there is width, else one above the other.

#include <QBoxLayout>
#include <QResizeEvent>
#include <QWidget>

#include <algorithm>

namespace desktop {

class TwoPanes : public QWidget {
 public:
  TwoPanes(QWidget* first, QWidget* second, QWidget* parent)
      : QWidget(parent), first_(first), second_(second) {
    layout_.addWidget(first, 1);
    layout_.addWidget(second, 0);
    layout_.setSpacing(10);
  }

  /// Of one above the other, so that a window in which they are beside each other can become narrow.
  [[nodiscard]] QSize minimumSizeHint() const override {
    const QSize first = first_->minimumSizeHint();
    const QSize second = second_->minimumSizeHint();
    const QMargins margins = layout_.contentsMargins();
    return {std::max(first.width(), second.width()) + margins.left() + margins.right(),
            first.height() + second.height() + layout_.spacing() + margins.top() + margins.bottom()};
  }

 protected:
  void resizeEvent(QResizeEvent* event) override {
    QWidget::resizeEvent(event);
    const bool beside = event->size().width() > event->size().height() * 5 / 4;
    layout_.setDirection(beside ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    layout_.setStretch(1, beside ? 1 : 0);
  }

 private:
  QWidget* first_;
  QWidget* second_;
  QBoxLayout layout_{QBoxLayout::TopToBottom, this};
};

}  // namespace desktop
