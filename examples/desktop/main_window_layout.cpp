// The parts of the window and where they are.

#include "child.hpp"
#include "label_bar.hpp"
#include "main_window.hpp"
#include "picture_browser.hpp"
#include "prediction_panel.hpp"
#include "training_panel.hpp"
#include "two_panes.hpp"

#include <QDockWidget>
#include <QLabel>
#include <QStatusBar>

namespace desktop {

void MainWindow::make_layout() {
  auto* left = child_of<QWidget>(this);
  auto* column = child_of<QVBoxLayout>(left);
  column->setContentsMargins(0, 0, 0, 0);
  picture_ = child_of<PicturePanel>(left);
  label_bar_ = child_of<LabelBar>(left);
  column->addWidget(picture_, 1);
  column->addWidget(label_bar_);
  column->addStretch(0);
  prediction_ = child_of<PredictionPanel>(this);
  setCentralWidget(child_of<TwoPanes>(this, left, prediction_));

  const auto add_dock = [&](const QString& title, const char* name, Qt::DockWidgetArea area) {
    auto* dock = child_of<QDockWidget>(this, title);
    dock->setObjectName(QString::fromLatin1(name));
    dock->setFeatures(QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetMovable |
                      QDockWidget::DockWidgetFloatable);
    addDockWidget(area, dock);
    return dock;
  };
  QDockWidget* pictures = add_dock(tr("Pictures"), "pictures_dock", Qt::LeftDockWidgetArea);
  browser_ = child_of<PictureBrowser>(pictures, &folder_);
  pictures->setWidget(browser_);
  QDockWidget* training = add_dock(tr("Training"), "training_dock", Qt::RightDockWidgetArea);
  training_ = child_of<TrainingPanel>(training, &trainer_);
  training->setWidget(training_);

  setDockOptions(QMainWindow::AnimatedDocks);
  resize(1120, 740);
  resizeDocks({pictures, training}, {354, 290}, Qt::Horizontal);
}

void MainWindow::make_status_bar() {
  statusBar()->setSizeGripEnabled(false);
  model_label_ = plain_label(this);
  model_label_->setWordWrap(false);
  model_label_->setObjectName(QStringLiteral("model"));
  model_label_->setContentsMargins(0, 0, 8, 0);
  statusBar()->addPermanentWidget(model_label_);
}

}  // namespace desktop
