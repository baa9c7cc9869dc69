// What each action does.

#include "actions.hpp"
#include "child.hpp"
#include "class_names_dialog.hpp"
#include "error_dialog.hpp"
#include "file_dialogs.hpp"
#include "help_dialogs.hpp"
#include "label_bar.hpp"
#include "main_window.hpp"
#include "new_model_dialog.hpp"
#include "picture.hpp"
#include "picture_browser.hpp"
#include "settings.hpp"
#include "text.hpp"
#include "theme.hpp"
#include "training_panel.hpp"

#include <QAction>
#include <QActionGroup>
#include <QClipboard>
#include <QDir>
#include <QDockWidget>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QStatusBar>

#include <algorithm>
#include <utility>

namespace desktop {

namespace {

constexpr int status_ms = 8000;
constexpr int most_digits = 10;

/// Ampersands in names are no letters to press.
QString menu_text(QString name) { return name.replace(QLatin1Char('&'), QLatin1String("&&")).left(60); }

}  // namespace

void MainWindow::connect_actions() {
  const auto on = [this](QAction* action, auto what) { connect(action, &QAction::triggered, this, what); };
  connect_file_actions();

  on(actions_->draw, [this] {
    picture_->clear();
    picture_->focus_picture();
  });
  on(actions_->invert, [this] { picture_->click_invert(); });
  on(actions_->paste, &MainWindow::paste);
  on(actions_->next, [this] { browser_->next(); });
  on(actions_->previous, [this] { browser_->previous(); });
  on(actions_->random, [this] { browser_->random(); });

  on(actions_->label, [this] { label(label_bar_->index()); });
  on(actions_->remove_label, &MainWindow::remove_label);
  for (int digit = 0; digit < most_digits; ++digit) {
    on(actions_->digits[static_cast<std::size_t>(digit)], [this, digit] { label(digit); });
  }
  connect(actions_->advance, &QAction::toggled, this, [](bool on_now) { settings::set_advance(on_now); });
  on(actions_->class_names, &MainWindow::rename_classes);
  on(actions_->reload, [this] { folder_.reload(); });
  on(actions_->forget, [this] { labeller_.forget(); });

  on(actions_->train, &MainWindow::start_training);
  on(actions_->keep, [this] { trainer_.finish(); });
  on(actions_->cancel, &MainWindow::cancel);

  connect(actions_->themes, &QActionGroup::triggered, this, [](const QAction* action) {
    use_theme(action->data().toString());
    settings::set_theme(action->data().toString());
  });
  const auto add_dock = [this](const char* name, const QString& text, const QString& key) {
    QAction* dock = findChild<QDockWidget*>(QString::fromLatin1(name))->toggleViewAction();
    dock->setText(text);
    dock->setShortcut(key);
    actions_->view->addAction(dock);
  };
  add_dock("pictures_dock", tr("&Pictures"), tr("F3"));
  add_dock("training_dock", tr("&Training"), tr("F4"));
  on(actions_->keys, [this] { show_keys(this, *menuBar()); });
  on(actions_->about, [this] { show_about(this); });
}

void MainWindow::connect_file_actions() {
  const auto on = [this](QAction* action, auto what) { connect(action, &QAction::triggered, this, what); };
  on(actions_->open, &MainWindow::choose_any);
  on(actions_->open_model, &MainWindow::choose_model);
  on(actions_->open_picture, [this] {
    choose_file(this, tr("Open a picture"), {picture_filter(), tr("All files (*)")},
                [this](const QString& path) { open_file(path); });
  });
  on(actions_->open_folder, [this] {
    choose_folder(this, tr("Open a folder of pictures"), [this](const QString& path) { open_folder(path); });
  });
  connect(actions_->recent, &QMenu::aboutToShow, this, &MainWindow::fill_recent);
  on(actions_->new_model, &MainWindow::make_model);
  on(actions_->save_model, &MainWindow::choose_target);
  on(actions_->quit, &QWidget::close);
}

void MainWindow::fill_recent() {
  QMenu* menu = actions_->recent;
  menu->clear();
  int number = 1;
  const auto add = [&](const QString& path) {
    QString text = menu_text(QDir::toNativeSeparators(path));
    if (number < most_digits) text = QStringLiteral("&%1  ").arg(number) + text;
    ++number;
    connect(menu->addAction(text), &QAction::triggered, this, [this, path] { open_file(path); });
  };
  for (const QString& path : settings::recent(settings::Recent::models)) add(path);
  menu->addSeparator();
  for (const QString& path : settings::recent(settings::Recent::folders)) add(path);
  menu->addSeparator();
  QAction* forget = menu->addAction(number == 1 ? tr("Nothing yet") : tr("&Forget These"));
  forget->setEnabled(number > 1);
  connect(forget, &QAction::triggered, this, [] { settings::forget_recent(); });
}

void MainWindow::choose_any() {
  choose_file(this, tr("Open a model or a picture"), {tr("All files (*)"), model_filter(), picture_filter()},
              [this](const QString& path) { open_file(path); });
}

void MainWindow::choose_model() {
  choose_file(this, tr("Open a model"), {model_filter(), tr("All files (*)")},
              [this](const QString& path) { open_model(path); });
}

void MainWindow::choose_target() {
  if (models_.model() == nullptr) return;
  choose_model_target(
      this, [this](const QString& path) { models_.save(path); }, [this] { after_saving_ = nullptr; });
}

void MainWindow::make_model() {
  QStringList classes;
  for (const FolderPicture& picture : folder_.folder().pictures) {
    if (!picture.label.isEmpty() && !classes.contains(picture.label)) classes.append(picture.label);
    constexpr qsizetype most = 100;
    if (classes.size() == most) break;
  }
  auto* dialog = child_of<NewModelDialog>(this, classes);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &NewModelDialog::chosen, this,
          [this](const NewModel& wanted) { when_saved([this, wanted] { models_.make(wanted); }); });
  dialog->open();
}

void MainWindow::rename_classes() {
  if (models_.model() == nullptr) return;
  auto* dialog = child_of<ClassNamesDialog>(this, models_.model()->classes);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &ClassNamesDialog::chosen, this, [this](const QStringList& names) {
    const ModelPtr model = models_.model();
    if (model == nullptr || model->classes.size() != names.size()) return;  // it is another one by now
    if (model->classes == names && model->named) return;
    labeller_.rename_classes(model->classes, names);
    models_.use(desktop::rename_classes(*model, names));
  });
  dialog->open();
}

void MainWindow::paste() {
  const QMimeData* mime = QGuiApplication::clipboard()->mimeData();
  if (mime == nullptr) return;
  if (const auto image = qvariant_cast<QImage>(mime->imageData()); !image.isNull()) {
    picture_->show_original(to_grey(image), tr("Pasted picture"));
  } else if (const QStringList paths = local_files(*mime); !paths.isEmpty()) {
    for (const QString& path : paths) open_file(path);
  } else {
    statusBar()->showMessage(tr("There is no picture to paste"), status_ms);
  }
}

void MainWindow::label(int index) {
  if (models_.model() == nullptr || index < 0 || index >= models_.model()->classes.size()) return;
  const QString file = picture_->source().file;
  if (file.isEmpty()) {
    if (!is_blank(picture_->picture())) labeller_.keep(picture_->picture(), index);
    return;
  }
  QStringList files = browser_->selected_files();
  if (!files.contains(file)) files = {file};
  label_bar_->begin_picture();
  const bool done = labeller_.label_files(files, models_.model()->classes.at(index));
  if (done && files.size() == 1 && actions_->advance->isChecked()) browser_->advance_from(file);
}

void MainWindow::remove_label() {
  const QString file = picture_->source().file;
  if (file.isEmpty()) return;
  QStringList files = browser_->selected_files();
  if (!files.contains(file)) files = {file};
  label_bar_->begin_picture();
  labeller_.label_files(files, {});
}

void MainWindow::start_training() {
  if (models_.model() == nullptr || trainer_.running()) return;
  const TrainingPlan plan = training_->plan();
  const OwnCount own = labeller_.count();
  if (plan.images == 0 && (!plan.own || own.usable == 0)) {
    show_error(
        this, tr("Nothing to learn from"),
        own.unusable > 0
            ? tr("The labels of your pictures are no classes of this model. Give the classes other names "
                 "(F2), make a new model (Ctrl+N), or label the pictures anew.")
            : tr("Open a folder of pictures (Ctrl+Shift+O) and label some of them, or draw and teach some. "
                 "Fashion-MNIST is for networks with 784 inputs and its 10 classes."));
    return;
  }
  trainer_.start(models_.model(), plan, labeller_.pictures());
}

void MainWindow::cancel() {
  folder_.cancel();
  trainer_.cancel();
}

void MainWindow::update_actions() {
  const bool running = trainer_.running();
  const bool has_model = models_.model() != nullptr;
  actions_->save_model->setEnabled(has_model);
  actions_->class_names->setEnabled(has_model && !running);
  actions_->reload->setEnabled(folder_.is_open() && !folder_.reading());
  actions_->forget->setEnabled(labeller_.taught() > 0);
  actions_->train->setEnabled(has_model && !running);
  actions_->keep->setEnabled(running);
  actions_->cancel->setEnabled(running || folder_.reading());
}

void MainWindow::update_label_actions() {
  const ModelPtr& model = models_.model();
  const QStringList classes = model != nullptr ? model->classes : QStringList();
  for (int digit = 0; digit < most_digits; ++digit) {
    QAction* action = actions_->digits[static_cast<std::size_t>(digit)];
    action->setVisible(digit < classes.size());
    action->setText(QStringLiteral("&%1  %2").arg(digit).arg(menu_text(classes.value(digit))));
  }
  actions_->label->setEnabled(label_bar_->index() >= 0);
  actions_->remove_label->setEnabled(!picture_->source().file.isEmpty());
}

void MainWindow::when_saved(const std::function<void()>& then) {
  if (!models_.unsaved()) {
    then();
    return;
  }
  auto* box = child_of<QMessageBox>(this, QMessageBox::Question, tr("Save the model? - wick"),
                                    tr("The network in use is in no file yet."),
                                    QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel);
  box->setObjectName(QStringLiteral("ask_to_save"));
  box->setInformativeText(tr("What it has learned is lost unless it is saved."));
  box->setAttribute(Qt::WA_DeleteOnClose);
  connect(box, &QMessageBox::finished, this, [this, then](int button) {
    if (button == QMessageBox::Save) {
      after_saving_ = then;
      choose_target();
    }
    if (button == QMessageBox::Discard) then();
  });
  box->open();
}

}  // namespace desktop
