// The parts of the window and where they are.

#include "child.hpp"
#include "fine_tune_panel.hpp"
#include "main_window.hpp"
#include "picture_view.hpp"
#include "probability_bars.hpp"
#include "sample_browser.hpp"

#include <QAbstractItemView>
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QMenuBar>
#include <QPushButton>
#include <QSlider>
#include <QSplitter>
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

}  // namespace

void MainWindow::make_central() {
  auto* splitter = child_of<QSplitter>(this, Qt::Vertical);
  splitter->setChildrenCollapsible(false);
  auto* upper = child_of<QWidget>(splitter);
  auto* row = child_of<QHBoxLayout>(upper);
  row->addWidget(make_picture_column(), 1);
  row->addSpacing(12);
  row->addWidget(make_prediction_column(), 1);
  auto* lower = child_of<QWidget>(splitter);
  auto* lower_layout = child_of<QVBoxLayout>(lower);
  browser_ = child_of<SampleBrowser>(lower);
  lower_layout->addWidget(browser_);
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 1);
  splitter->setSizes({500, 200});
  setCentralWidget(splitter);
}

QWidget* MainWindow::make_picture_column() {
  auto* column = child_of<QWidget>(this);
  auto* layout = child_of<QVBoxLayout>(column);
  layout->setContentsMargins(0, 0, 0, 0);
  picture_ = child_of<PictureView>(column);
  layout->addWidget(picture_);
  source_label_ = plain_label(column);
  source_label_->setObjectName(QStringLiteral("source"));
  layout->addWidget(source_label_);

  QHBoxLayout* tools = add_row(layout);
  auto* brush_label = child_of<QLabel>(column, tr("&Brush:"));
  auto* brush = child_of<QSlider>(column, Qt::Horizontal);
  brush->setObjectName(QStringLiteral("brush"));
  brush->setAccessibleName(tr("Width of the brush"));
  brush->setRange(2, 16);  // half pixels of the picture
  brush->setValue(5);
  brush_label->setBuddy(brush);
  connect(brush, &QSlider::valueChanged, picture_, [this](int value) { picture_->set_brush(value / 2.0); });
  invert_ = child_of<QCheckBox>(column, tr("I&nvert"));
  invert_->setObjectName(QStringLiteral("invert"));
  invert_->setToolTip(
      tr("The network expects bright things on black. Pictures with a light border are inverted "
         "when they are opened."));
  auto* clear = child_of<QPushButton>(column, tr("Clea&r"));
  clear->setObjectName(QStringLiteral("clear"));
  tools->addWidget(brush_label);
  tools->addWidget(brush, 1);
  tools->addWidget(invert_);
  tools->addWidget(clear);
  connect(invert_, &QCheckBox::clicked, this, &MainWindow::toggle_inverted);
  connect(clear, &QPushButton::clicked, this, &MainWindow::clear_picture);

  QHBoxLayout* lesson = add_row(layout);
  auto* teach_label = child_of<QLabel>(column, tr("Thi&s is:"));
  teach_class_ = child_of<QComboBox>(column);
  teach_class_->setObjectName(QStringLiteral("teach_class"));
  teach_class_->setAccessibleName(tr("What the picture shows"));
  teach_class_->view()->setAccessibleName(teach_class_->accessibleName());
  teach_class_->setMinimumContentsLength(10);
  teach_class_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  teach_label->setBuddy(teach_class_);
  teach_button_ = child_of<QPushButton>(column, tr("T&each"));
  teach_button_->setObjectName(QStringLiteral("teach"));
  teach_button_->setToolTip(tr("Keeps the picture as an example for the training"));
  lesson->addWidget(teach_label);
  lesson->addWidget(teach_class_, 1);
  lesson->addWidget(teach_button_);
  connect(teach_button_, &QPushButton::clicked, this, &MainWindow::teach);
  layout->addStretch(1);
  return column;
}

QWidget* MainWindow::make_prediction_column() {
  auto* column = child_of<QWidget>(this);
  auto* outer = child_of<QVBoxLayout>(column);
  outer->setContentsMargins(0, 0, 0, 0);
  pages_ = child_of<QStackedWidget>(column);
  outer->addWidget(pages_);

  auto* empty = child_of<QWidget>(pages_);
  auto* empty_layout = child_of<QVBoxLayout>(empty);
  auto* empty_title = plain_label(empty, tr("No model yet"));
  scale_font(empty_title, 1.6, true);
  empty_label_ = plain_label(empty);
  empty_label_->setObjectName(QStringLiteral("empty"));
  empty_label_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* open = child_of<QPushButton>(empty, tr("Op&en a model..."));
  open->setObjectName(QStringLiteral("open_model"));
  connect(open, &QPushButton::clicked, this, &MainWindow::choose_model);
  empty_layout->addStretch(1);
  empty_layout->addWidget(empty_title);
  empty_layout->addWidget(empty_label_);
  empty_layout->addSpacing(8);
  empty_layout->addWidget(open, 0, Qt::AlignLeft);
  empty_layout->addStretch(2);

  auto* result = child_of<QWidget>(pages_);
  auto* layout = child_of<QVBoxLayout>(result);
  headline_ = plain_label(result);
  headline_->setObjectName(QStringLiteral("headline"));
  headline_->setWordWrap(false);
  headline_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  scale_font(headline_, 1.9, true);
  truth_ = plain_label(result);
  truth_->setObjectName(QStringLiteral("truth"));
  bars_ = child_of<ProbabilityBars>(result);
  latency_ = plain_label(result);
  latency_->setObjectName(QStringLiteral("latency"));
  layout->addWidget(headline_);
  layout->addWidget(truth_);
  layout->addSpacing(12);
  layout->addWidget(bars_);
  layout->addSpacing(12);
  layout->addWidget(latency_);
  layout->addStretch(1);

  pages_->addWidget(empty);
  pages_->addWidget(result);
  return column;
}

void MainWindow::make_dock() {
  auto* dock = child_of<QDockWidget>(this, tr("Fine-tuning"));
  dock->setObjectName(QStringLiteral("fine_tuning"));
  dock->setAllowedAreas(Qt::LeftDockWidgetArea | Qt::RightDockWidgetArea);
  panel_ = child_of<FineTunePanel>(dock, &tuner_);
  dock->setWidget(panel_);
  addDockWidget(Qt::RightDockWidgetArea, dock);
}

QAction* MainWindow::add_action(QMenu* menu, const QString& text, const QKeySequence& keys,
                                void (MainWindow::*slot)()) const {
  QAction* action = menu->addAction(text);
  action->setShortcut(keys);
  connect(action, &QAction::triggered, this, slot);
  return action;
}

void MainWindow::make_menus() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  add_action(file, tr("&Open..."), QKeySequence::Open, &MainWindow::choose_file);
  add_action(file, tr("Open &Model..."), tr("Ctrl+M"), &MainWindow::choose_model);
  add_action(file, tr("Open &Picture..."), tr("Ctrl+P"), &MainWindow::choose_picture);
  save_action_ = add_action(file, tr("&Save Model As..."), QKeySequence::Save, &MainWindow::choose_target);
  file->addSeparator();
  QAction* quit = file->addAction(tr("&Quit"));
  quit->setShortcut(tr("Ctrl+Q"));
  connect(quit, &QAction::triggered, this, &QWidget::close);

  QMenu* picture = menuBar()->addMenu(tr("&Picture"));
  undo_action_ = add_action(picture, tr("&Undo"), QKeySequence::Undo, &MainWindow::undo);
  add_action(picture, tr("&Clear"), tr("Ctrl+L"), &MainWindow::clear_picture);
  QAction* invert = picture->addAction(tr("&Invert"));
  invert->setShortcut(tr("Ctrl+I"));
  connect(invert, &QAction::triggered, invert_, &QCheckBox::click);
  add_action(picture, tr("&Paste"), QKeySequence::Paste, &MainWindow::paste);
  picture->addSeparator();
  add_action(picture, tr("&Next Test Image"), tr("Ctrl+Right"), &MainWindow::next_sample);
  add_action(picture, tr("Pre&vious Test Image"), tr("Ctrl+Left"), &MainWindow::previous_sample);
  add_action(picture, tr("&Random Test Image"), tr("Ctrl+R"), &MainWindow::random_sample);

  QMenu* training = menuBar()->addMenu(tr("&Training"));
  teach_action_ = add_action(training, tr("T&each This Picture"), tr("Ctrl+E"), &MainWindow::teach);
  forget_action_ =
      add_action(training, tr("&Forget What Was Taught"), tr("Ctrl+Shift+E"), &MainWindow::forget_examples);
  train_action_ = add_action(training, tr("&Start"), tr("Ctrl+T"), &MainWindow::start_training);
  cancel_action_ = add_action(training, tr("&Cancel"), Qt::Key_Escape, &MainWindow::cancel_training);

  QMenu* view = menuBar()->addMenu(tr("&View"));
  QAction* dock = findChild<QDockWidget*>(QStringLiteral("fine_tuning"))->toggleViewAction();
  dock->setText(tr("&Fine-Tuning"));
  dock->setShortcut(tr("F4"));
  view->addAction(dock);

  QMenu* help = menuBar()->addMenu(tr("&Help"));
  add_action(help, tr("&Keys"), QKeySequence::HelpContents, &MainWindow::show_keys);
  add_action(help, tr("&About"), tr("Shift+F1"), &MainWindow::show_about);
}

}  // namespace desktop
