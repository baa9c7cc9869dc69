#include "sample_browser.hpp"

#include "child.hpp"
#include "text.hpp"

#include <QAbstractItemView>
#include <QBoxLayout>
#include <QComboBox>
#include <QItemSelectionModel>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QRandomGenerator>
#include <QStackedWidget>

#include <algorithm>
#include <utility>

namespace desktop {

SampleBrowser::SampleBrowser(QWidget* parent)
    : QWidget(parent),
      list_(child_of<SampleList>(this)),
      view_(child_of<QListView>(this)),
      filter_(child_of<QComboBox>(this)),
      missing_(plain_label(this, tr("Loading the test images of Fashion-MNIST"))),
      pages_(child_of<QStackedWidget>(this)) {
  view_->setObjectName(QStringLiteral("samples"));
  view_->setAccessibleName(tr("Test images of Fashion-MNIST"));
  view_->setAccessibleDescription(tr("The arrow keys go from image to image"));
  view_->setModel(list_);
  view_->setViewMode(QListView::IconMode);
  view_->setIconSize({56, 56});
  view_->setGridSize({64, 64});
  view_->setUniformItemSizes(true);
  view_->setMovement(QListView::Static);
  view_->setResizeMode(QListView::Adjust);
  view_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  view_->setDragEnabled(false);
  view_->setMinimumHeight(64 + 2 * view_->frameWidth() + 4);

  filter_->setObjectName(QStringLiteral("filter"));
  filter_->setAccessibleName(tr("Class of the test images"));
  filter_->view()->setAccessibleName(filter_->accessibleName());
  filter_->addItem(tr("All classes"), SampleList::all_classes);
  const auto names = wick::FashionMNIST::class_names();
  for (int label = 0; const auto& name : names) filter_->addItem(to_text(name), label++);

  missing_->setObjectName(QStringLiteral("samples_missing"));
  missing_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  missing_->setMargin(8);
  pages_->addWidget(missing_);
  pages_->addWidget(view_);

  auto* layout = child_of<QVBoxLayout>(this);
  layout->setContentsMargins(0, 0, 0, 0);
  QHBoxLayout* row = add_row(layout);
  auto* label = child_of<QLabel>(this, tr("Test i&mages:"));
  label->setBuddy(filter_);
  row->addWidget(label);
  row->addWidget(filter_);
  const auto add_button = [&](const QString& text, const QString& name, auto action) {
    auto* button = child_of<QPushButton>(this, text);
    button->setObjectName(name);
    row->addWidget(button);
    connect(button, &QPushButton::clicked, this, action);
    setTabOrder(button, view_);
  };
  add_button(tr("Previ&ous"), QStringLiteral("previous"), &SampleBrowser::previous);
  add_button(tr("Ne&xt"), QStringLiteral("next"), &SampleBrowser::next);
  add_button(tr("Ran&dom"), QStringLiteral("random"), &SampleBrowser::random);
  row->addStretch(1);
  layout->addWidget(pages_, 1);

  connect(filter_, &QComboBox::currentIndexChanged, this,
          [this] { list_->set_filter(filter_->currentData().toInt()); });
  connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& current) {
            if (current.isValid()) Q_EMIT chosen(list_->sample(current.row()));
          });
  // After a drawing the current image can be taken again.
  connect(view_, &QListView::clicked, this,
          [this](const QModelIndex& index) { Q_EMIT chosen(list_->sample(index.row())); });
}

void SampleBrowser::set_samples(FashionPtr samples) {
  list_->set_samples(std::move(samples));
  pages_->setCurrentWidget(view_);
}

void SampleBrowser::set_missing(const QString& text) {
  missing_->setText(text);
  pages_->setCurrentWidget(missing_);
}

void SampleBrowser::next() { step(1); }
void SampleBrowser::previous() { step(-1); }

void SampleBrowser::random() {
  const int count = list_->rowCount({});
  if (count > 0) go_to(static_cast<int>(QRandomGenerator::global()->bounded(count)));
}

void SampleBrowser::step(int by) {
  const int count = list_->rowCount({});
  if (count == 0) return;
  const QModelIndex current = view_->currentIndex();
  const int from = current.isValid() ? current.row() : by > 0 ? -1 : count;
  go_to(std::clamp(from + by, 0, count - 1));
}

void SampleBrowser::go_to(int row) {
  const QModelIndex index = list_->index(row);
  if (index == view_->currentIndex()) {
    Q_EMIT chosen(list_->sample(row));
  } else {
    view_->setCurrentIndex(index);
  }
  view_->scrollTo(index);
}

}  // namespace desktop
