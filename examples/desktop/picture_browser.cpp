#include "picture_browser.hpp"

#include "child.hpp"
#include "folder_list.hpp"
#include "text.hpp"
#include "thumbnail_delegate.hpp"

#include <QAbstractItemView>
#include <QBoxLayout>
#include <QComboBox>
#include <QDir>
#include <QItemSelectionModel>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QRandomGenerator>
#include <QScopedValueRollback>
#include <QSet>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QToolButton>

#include <algorithm>
#include <utility>

namespace desktop {

namespace {

enum Source { samples, folder };

}  // namespace

PictureBrowser::PictureBrowser(FolderStore* store, QWidget* parent)
    : QWidget(parent),
      store_(store),
      samples_(child_of<SampleList>(this)),
      files_(child_of<FolderList>(this, store)),
      source_(child_of<QComboBox>(this)),
      filter_(child_of<QComboBox>(this)),
      view_(child_of<QListView>(this)),
      pages_(child_of<QStackedWidget>(this)),
      message_(plain_label(this)),
      open_(child_of<QPushButton>(this, tr("Pictures of &your own..."))),
      stop_(child_of<QPushButton>(this, tr("St&op reading"))),
      count_(plain_label(this)),
      samples_missing_(tr("Reading the test images of Fashion-MNIST")) {
  auto* layout = child_of<QVBoxLayout>(this);
  layout->setContentsMargins(6, 0, 0, 0);
  QHBoxLayout* first = add_row(layout);
  auto* label = child_of<QLabel>(this, tr("Sho&w:"));
  label->setBuddy(source_);
  source_->setObjectName(QStringLiteral("pictures_from"));
  source_->setAccessibleName(tr("Where the pictures are from"));
  source_->view()->setAccessibleName(source_->accessibleName());
  source_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  source_->addItem(tr("Test images"));
  source_->addItem(tr("Your pictures"));
  first->addWidget(label);
  first->addWidget(source_, 1);

  QHBoxLayout* second = add_row(layout);
  filter_->setObjectName(QStringLiteral("filter"));
  filter_->setAccessibleName(tr("Labels of the pictures that are shown"));
  filter_->view()->setAccessibleName(filter_->accessibleName());
  filter_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  second->addWidget(filter_, 1);
  add_button(second, QStringLiteral("previous"), tr("Previous picture"), Icon::previous,
             &PictureBrowser::previous);
  add_button(second, QStringLiteral("next"), tr("Next picture"), Icon::next, &PictureBrowser::next);
  add_button(second, QStringLiteral("random"), tr("Any picture"), Icon::random, &PictureBrowser::random);

  make_list();
  make_message_page();
  layout->addWidget(pages_, 1);
  count_->setObjectName(QStringLiteral("count"));
  layout->addWidget(count_);

  connect(source_, &QComboBox::currentIndexChanged, this, &PictureBrowser::update_source);
  connect(filter_, &QComboBox::currentIndexChanged, this, &PictureBrowser::use_filter);
  connect(store_, &FolderStore::started, this, [this] {
    message_->setText(tr("Reading the folder"));
    update_page();
  });
  connect(store_, &FolderStore::found, this,
          [this](int pictures) { message_->setText(tr("Reading the folder: %L1 pictures").arg(pictures)); });
  connect(store_, &FolderStore::ended, this, &PictureBrowser::update_page);
  connect(store_, &FolderStore::opened, this, [this] {
    source_->setItemText(Source::folder, tr("Folder %1").arg(QDir(store_->folder().path).dirName()));
    source_->setItemData(Source::folder, store_->folder().path, Qt::ToolTipRole);
    update_filter();
    update_page();
  });
  connect(store_, &FolderStore::labels_changed, this, [this] {
    update_filter();
    update_count();
  });
  update_source();
}

void PictureBrowser::make_list() {
  view_->setObjectName(QStringLiteral("pictures"));
  view_->setViewMode(QListView::IconMode);
  view_->setItemDelegate(child_of<ThumbnailDelegate>(this));
  view_->setUniformItemSizes(true);
  view_->setMovement(QListView::Static);
  view_->setResizeMode(QListView::Adjust);
  view_->setLayoutMode(QListView::Batched);
  view_->setBatchSize(2000);
  view_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  view_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  view_->setDragEnabled(false);
  pages_->addWidget(view_);
  connect(view_, &QListView::clicked, this, [this](const QModelIndex& index) {
    // After a drawing the current picture can be taken again.
    choose(index.row());
  });
  connect(view_, &QListView::activated, this, &PictureBrowser::accepted);
}

void PictureBrowser::make_message_page() {
  auto* page = child_of<QWidget>(pages_);
  auto* layout = child_of<QVBoxLayout>(page);
  message_->setObjectName(QStringLiteral("pictures_missing"));
  message_->setAccessibleName(tr("Why there are no pictures"));
  message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  open_->setObjectName(QStringLiteral("open_folder"));
  stop_->setObjectName(QStringLiteral("stop_reading"));
  layout->addWidget(message_);
  layout->addWidget(open_, 0, Qt::AlignLeft);
  layout->addWidget(stop_, 0, Qt::AlignLeft);
  layout->addStretch(1);
  pages_->addWidget(page);
  connect(open_, &QPushButton::clicked, this, &PictureBrowser::open_folder_wanted);
  connect(stop_, &QPushButton::clicked, store_, &FolderStore::cancel);
}

void PictureBrowser::add_button(QBoxLayout* row, const QString& name, const QString& tip, Icon which,
                                void (PictureBrowser::*slot)()) {
  auto* button = child_of<QToolButton>(this);
  button->setObjectName(name);
  button->setIcon(icon(which));
  button->setToolTip(tip);
  button->setAccessibleName(tip);
  button->setFocusPolicy(Qt::TabFocus);
  row->addWidget(button);
  setTabOrder(button, view_);
  connect(button, &QToolButton::clicked, this, slot);
}

bool PictureBrowser::shows_folder() const { return source_->currentIndex() == Source::folder; }

void PictureBrowser::show_folder() { source_->setCurrentIndex(Source::folder); }

void PictureBrowser::set_samples(FashionPtr samples) {
  samples_->set_samples(std::move(samples));
  samples_missing_.clear();
  update_page();
  if (const int steps = std::exchange(steps_to_take_, 0); steps != 0 && !shows_folder()) step(steps);
}

void PictureBrowser::set_samples_missing(const QString& text) {
  samples_missing_ = text;
  update_page();
}

void PictureBrowser::set_classes(const QStringList& names) {
  classes_ = names;
  update_filter();
}

void PictureBrowser::update_source() {
  const QString name = shows_folder() ? tr("Your pictures") : tr("Test images of Fashion-MNIST");
  view_->setAccessibleName(name);
  view_->setAccessibleDescription(shows_folder()
                                      ? tr("The arrow keys go from picture to picture, the keys 0 to 9 label")
                                      : tr("The arrow keys go from picture to picture"));
  view_->setSelectionMode(shows_folder() ? QAbstractItemView::ExtendedSelection
                                         : QAbstractItemView::SingleSelection);
  QItemSelectionModel* const old = view_->selectionModel();
  view_->setModel(shows_folder() ? static_cast<QAbstractItemModel*>(files_) : samples_);
  if (old != nullptr) old->deleteLater();
  connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& current) {
            if (current.isValid() && !quiet_) choose(current.row());
          });
  update_filter();
  update_page();
}

void PictureBrowser::update_page() {
  const bool reading = shows_folder() && store_->reading();
  const bool empty = shows_folder() ? store_->folder().pictures.empty() : !samples_missing_.isEmpty();
  open_->setVisible(!reading);
  stop_->setVisible(reading);
  if (!shows_folder()) {
    message_->setText(samples_missing_);
  } else if (!reading) {
    message_->setText(
        !store_->is_open()
            ? tr("Open a folder with pictures of your own (Ctrl+Shift+O), label them with the keys 0 "
                 "to 9, and train a model on them. The labels are kept in the folder, in labels.csv.")
            : tr("There are no pictures in %1").arg(store_->folder().path));
  }
  pages_->setCurrentIndex(reading || empty ? 1 : 0);
  update_count();
}

void PictureBrowser::update_filter() {
  const QVariant before = filter_->currentData();
  const QString text_before = filter_->currentText();
  {
    const QSignalBlocker quiet(filter_);
    filter_->clear();
    filter_->addItem(tr("All"));
    if (shows_folder()) {
      filter_->addItem(tr("Not labelled"), QString());
      QStringList labels = classes_;
      QSet<QString> known(classes_.begin(), classes_.end());
      for (const FolderPicture& picture : store_->folder().pictures) {
        if (picture.label.isEmpty() || known.contains(picture.label)) continue;
        known.insert(picture.label);
        labels.append(picture.label);
        constexpr qsizetype most = 1000;
        if (labels.size() >= most) break;
      }
      for (const QString& label : labels) filter_->addItem(label, label);
    } else {
      for (int label = 0; const auto& name : wick::FashionMNIST::class_names()) {
        filter_->addItem(to_text(name), label++);
      }
    }
    const int same = filter_->findData(before);
    if (before.isValid() && same >= 0 && filter_->itemText(same) == text_before) {
      filter_->setCurrentIndex(same);
      return;
    }
  }
  if (before.isValid()) use_filter();
}

void PictureBrowser::use_filter() {
  const QVariant label = filter_->currentData();
  const QScopedValueRollback quiet(quiet_, true);
  if (shows_folder()) {
    files_->set_filter(label.isValid() ? std::optional(label.toString()) : std::nullopt);
  } else {
    samples_->set_filter(label.isValid() ? label.toInt() : SampleList::all_classes);
  }
  update_count();
}

void PictureBrowser::update_count() {
  if (!shows_folder()) {
    count_->setText(samples() == nullptr ? QString() : tr("%L1 images").arg(samples_->rowCount({})));
    return;
  }
  const auto& pictures = store_->folder().pictures;
  const auto labelled = std::count_if(pictures.begin(), pictures.end(),
                                      [](const FolderPicture& picture) { return !picture.label.isEmpty(); });
  count_->setText(store_->is_open() ? tr("%L1 pictures, %L2 labelled").arg(pictures.size()).arg(labelled) +
                                          (store_->folder().complete ? QString() : tr(". There are more"))
                                    : QString());
}

QStringList PictureBrowser::selected_files() const {
  QStringList files;
  if (!shows_folder()) return files;
  for (const QModelIndex& index : view_->selectionModel()->selectedIndexes()) {
    files.append(files_->file(index.row()));
  }
  return files;
}

void PictureBrowser::select_file(const QString& file) {
  show_folder();
  const int row = files_->row_of(file);
  if (row >= 0) go_to(row);
}

void PictureBrowser::advance_from(const QString& file) {
  if (!shows_folder()) return;
  const int row = files_->row_of(file);
  const int next = row < 0 ? last_row_ : row + 1;
  if (next < files_->rowCount({})) go_to(next);
}

void PictureBrowser::next() { step(1); }
void PictureBrowser::previous() { step(-1); }

void PictureBrowser::random() {
  const int count = view_->model()->rowCount();
  if (count > 0) go_to(static_cast<int>(QRandomGenerator::global()->bounded(count)));
}

void PictureBrowser::choose(int row) {
  last_row_ = row;
  if (shows_folder()) {
    Q_EMIT file_chosen(files_->file(row));
  } else {
    Q_EMIT sample_chosen(samples_->sample(row));
  }
}

void PictureBrowser::step(int by) {
  if (!shows_folder() && samples() == nullptr) {
    steps_to_take_ += by;
    return;
  }
  const int count = view_->model()->rowCount();
  if (count == 0) return;
  const QModelIndex current = view_->currentIndex();
  const int from = current.isValid() ? current.row() : by > 0 ? -1 : count;
  go_to(std::clamp(from + by, 0, count - 1));
}

void PictureBrowser::go_to(int row) {
  const QModelIndex index = view_->model()->index(row, 0);
  const bool same = index == view_->currentIndex();
  // The view's own function would keep what is selected while Ctrl is down, and one key label it all.
  view_->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
  if (same) choose(row);
  view_->scrollTo(index);
}

}  // namespace desktop
