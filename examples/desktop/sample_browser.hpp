#pragma once

// Browsing the test images of Fashion-MNIST.

#include "sample_list.hpp"

#include <QWidget>

class QComboBox;
class QLabel;
class QListView;
class QStackedWidget;

namespace desktop {

/// Thumbnails, a filter by class, and steps from one image to another.
class SampleBrowser : public QWidget {
  Q_OBJECT

 public:
  explicit SampleBrowser(QWidget* parent = nullptr);

  void set_samples(FashionPtr samples);
  /// Says why there are no images.
  void set_missing(const QString& text);
  [[nodiscard]] const FashionPtr& samples() const noexcept { return list_->samples(); }

  void next();
  void previous();
  void random();

 Q_SIGNALS:
  /// The user has come to image `index` of the data set.
  void chosen(int index);

 private:
  void step(int by);
  void go_to(int row);

  SampleList* list_;
  QListView* view_;
  QComboBox* filter_;
  QLabel* missing_;
  QStackedWidget* pages_;
};

}  // namespace desktop
