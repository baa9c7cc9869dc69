#include "main_window.hpp"

#include "actions.hpp"
#include "error_dialog.hpp"
#include "label_bar.hpp"
#include "picture.hpp"
#include "picture_browser.hpp"
#include "prediction_panel.hpp"
#include "settings.hpp"
#include "text.hpp"
#include "theme.hpp"
#include "training_panel.hpp"

#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileInfo>
#include <QLabel>
#include <QMimeData>
#include <QStatusBar>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

namespace desktop {

namespace {

constexpr int status_ms = 8000;

/// Undoing what was painted.
class SceneCommand : public QUndoCommand {
 public:
  SceneCommand(PicturePanel* panel, const QString& text, Scene before, Scene after)
      : QUndoCommand(text), panel_(panel), before_(std::move(before)), after_(std::move(after)) {}

  void undo() override { panel_->set_scene(before_); }
  void redo() override {
    // The first time the user has done it already.
    if (std::exchange(done_before_, true)) panel_->set_scene(after_);
  }

 private:
  PicturePanel* panel_;
  Scene before_;
  Scene after_;
  bool done_before_ = false;
};

}  // namespace

MainWindow::MainWindow(QWidget* parent) : QMainWindow(parent), labeller_(&folder_, &models_, &undo_, this) {
  constexpr int most_undone = 200;
  undo_.setUndoLimit(most_undone);
  setAcceptDrops(true);
  use_theme(settings::theme());
  make_layout();
  make_status_bar();
  actions_ = std::make_unique<Actions>(this, &undo_).release();
  connect_actions();
  connect_parts();
  connect_training();
  const settings::WindowState state = settings::window_state();
  restoreGeometry(state.geometry);
  restoreState(state.docks);
  use_model();
  load_samples();
  picture_->focus_picture();
}

MainWindow::~MainWindow() {
  for (QObject* part : {static_cast<QObject*>(&undo_), static_cast<QObject*>(&models_),
                        static_cast<QObject*>(&folder_), static_cast<QObject*>(&labeller_),
                        static_cast<QObject*>(&trainer_), static_cast<QObject*>(&service_)}) {
    disconnect(part, nullptr, nullptr, nullptr);
  }
}

void MainWindow::open_at_start(const QStringList& files) {
  const auto is_folder = [](const QString& path) { return QFileInfo(path).isDir(); };
  const bool has_model = std::any_of(files.begin(), files.end(), [&](const QString& path) {
    return !is_picture_file(path) && !is_folder(path);
  });
  const bool has_folder = std::any_of(files.begin(), files.end(), is_folder);
  const QString model = settings::last_model();
  if (!has_model && !model.isEmpty()) models_.open_at_start(model);
  const QString folder = settings::last_folder();
  if (!has_folder && !folder.isEmpty()) folder_.open(folder, true);
  for (const QString& path : files) open_file(path);
}

void MainWindow::open_file(const QString& path) {
  if (QFileInfo(path).isDir() && !has_model_suffix(path)) {
    open_folder(path);
  } else if (!has_model_suffix(path) && is_picture_file(path)) {
    open_picture(path);
  } else {
    open_model(path);
  }
}

void MainWindow::open_model(const QString& path) {
  when_saved([this, path] { models_.open(path); });
}

void MainWindow::open_folder(const QString& path) {
  browser_->show_folder();
  folder_.open(path);
}

void MainWindow::open_picture(const QString& path) { picture_->open(path); }

void MainWindow::save_model_to(const QString& path) { models_.save(path); }

void MainWindow::closeEvent(QCloseEvent* event) {
  if (models_.unsaved() && !closing_) {
    event->ignore();
    when_saved([this] {
      closing_ = true;
      close();
    });
    return;
  }
  trainer_.cancel_and_wait();
  settings::set_window_state({saveGeometry(), saveState()});
  settings::set_last_folder(folder_.folder().path);
  event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasImage() || !local_files(*event->mimeData()).isEmpty()) {
    event->acceptProposedAction();
  }
}

void MainWindow::dropEvent(QDropEvent* event) {
  const QMimeData& mime = *event->mimeData();
  if (const QStringList paths = local_files(mime); !paths.isEmpty()) {
    event->acceptProposedAction();
    for (const QString& path : paths) open_file(path);
  } else if (const auto image = qvariant_cast<QImage>(mime.imageData()); !image.isNull()) {
    event->acceptProposedAction();
    picture_->show_original(to_grey(image), tr("Dropped picture"));
  }
}

void MainWindow::connect_parts() {
  const auto show_failure = [this](const QString& headline, const QString& text) {
    show_error(this, headline, text);
  };
  connect(&models_, &ModelStore::changed, this, &MainWindow::use_model);
  connect(&models_, &ModelStore::failed, this, [this, show_failure](const QString& h, const QString& text) {
    after_saving_ = nullptr;
    show_failure(h, text);
  });
  connect(&models_, &ModelStore::missing_at_start, this, [this](const QString& text) {
    if (models_.model() != nullptr) return;
    prediction_->show_no_model(tr("The model of the last time cannot be opened.\n\n%1\n\n").arg(text));
  });
  connect(&models_, &ModelStore::saved, this, [this](const QString& path) {
    statusBar()->showMessage(tr("Saved %1").arg(path), status_ms);
    if (after_saving_) std::exchange(after_saving_, nullptr)();
  });

  connect(&folder_, &FolderStore::opened, this, &MainWindow::use_folder);
  connect(&folder_, &FolderStore::failed, this, show_failure);
  connect(&folder_, &FolderStore::missing_at_start, this, [this](const QString& text) {
    statusBar()->showMessage(tr("The folder of the last time: %1").arg(text), status_ms);
  });
  connect(&folder_, &FolderStore::started, this, &MainWindow::update_actions);
  connect(&folder_, &FolderStore::ended, this, &MainWindow::update_actions);
  connect(&folder_, &FolderStore::added, this, [this](const QString& file) {
    picture_->set_file(file);
    update_known();
  });

  connect(&labeller_, &Labeller::changed, this, [this] {
    update_own();
    update_known();
  });
  connect(&labeller_, &Labeller::went_to, browser_, &PictureBrowser::select_file);
  connect(&labeller_, &Labeller::said, this,
          [this](const QString& text) { statusBar()->showMessage(text, status_ms); });

  connect(picture_, &PicturePanel::changed, this, &MainWindow::predict);
  connect(picture_, &PicturePanel::replaced, this, [this] {
    label_bar_->begin_picture();
    update_known();
  });
  connect(picture_, &PicturePanel::source_changed, this, &MainWindow::update_known);
  connect(picture_, &PicturePanel::failed, this, show_failure);
  connect(picture_, &PicturePanel::edited, this,
          [this](const QString& what, const Scene& before, const Scene& after) {
            undo_.push(std::make_unique<SceneCommand>(picture_, what, before, after).release());
          });

  connect(browser_, &PictureBrowser::sample_chosen, this, &MainWindow::show_sample);
  connect(browser_, &PictureBrowser::file_chosen, this, [this](const QString& file) {
    picture_->open(folder_.folder().path + QLatin1Char('/') + file, file);
  });
  connect(browser_, &PictureBrowser::accepted, this, [this] {
    if (browser_->shows_folder()) label(label_bar_->index());
  });
  connect(browser_, &PictureBrowser::open_folder_wanted, this, [this] { actions_->open_folder->trigger(); });

  connect(label_bar_, &LabelBar::label_wanted, this, &MainWindow::label);
  connect(label_bar_, &LabelBar::index_changed, this, &MainWindow::update_label_actions);
  connect(prediction_, &PredictionPanel::open_wanted, this, &MainWindow::choose_model);
  connect(prediction_, &PredictionPanel::new_wanted, this, &MainWindow::make_model);
  connect(&service_, &PredictionService::answered, this, &MainWindow::show_answer);
  connect(&service_, &PredictionService::failed, this,
          [show_failure](const QString& text) { show_failure(tr("Cannot predict"), text); });
}

void MainWindow::connect_training() {
  connect(training_, &TrainingPanel::start_wanted, this, &MainWindow::start_training);
  connect(&trainer_, &Trainer::started, this, [this] {
    training_part_ = percent(0, 0);
    update_actions();
    update_title();
  });
  connect(&trainer_, &Trainer::progressed, this, [this](const TrainingProgress& p) {
    training_part_ = percent(static_cast<double>(p.step) / static_cast<double>(p.steps), 0);
    update_title();
  });
  const auto ended = [this] {
    training_part_.clear();
    update_actions();
    update_title();
  };
  connect(&trainer_, &Trainer::cancelled, this, ended);
  connect(&trainer_, &Trainer::failed, this, [this, ended](const QString& text) {
    ended();
    show_error(this, tr("Cannot train"), text);
  });
  connect(&trainer_, &Trainer::finished, this, [this, ended](const TrainingResult& result) {
    models_.use(result.model);
    ended();
    statusBar()->showMessage(tr("The trained network is in use. It is in no file yet"), status_ms);
  });
}

void MainWindow::load_samples() {
  data_.run(
      [this]() -> Background::Then {
        auto samples = std::make_shared<const wick::FashionMNIST>(std::filesystem::path(), false);
        return [this, samples = std::move(samples)] { browser_->set_samples(samples); };
      },
      [this](const QString& text) { browser_->set_samples_missing(text); });
}

// --- What is shown -------------------------------------------------------------------------------------

void MainWindow::use_model() {
  const ModelPtr& model = models_.model();
  answer_ = {};
  training_->set_model(model);
  if (model == nullptr) {
    prediction_->show_no_model();
  } else {
    if (picture_->picture().width() != model->side) labeller_.forget();
    model_label_->setText(
        tr("%1  (%2)")
            .arg(model->path.isEmpty() ? tr("not saved yet") : QFileInfo(model->path).fileName(),
                 layer_sizes(*model)));
    model_label_->setToolTip(model->path);
    label_bar_->set_classes(model->classes);
    browser_->set_classes(model->classes);
    prediction_->show_waiting();
    picture_->set_side(model->side);
    predict();
  }
  setWindowModified(models_.unsaved());
  update_own();
  update_known();
  update_label_actions();
  update_title();
}

void MainWindow::use_folder() {
  const QString path = folder_.folder().path;
  if (path == std::exchange(shown_folder_, path)) {
    // Read again: what is in view may be there still.
    if (const QString file = picture_->source().file; folder_.row_of(file) < 0) picture_->forget_file();
    update_actions();
    return;
  }
  undo_.clear();
  picture_->forget_file();
  settings::add_recent(settings::Recent::folders, path);
  browser_->show_folder();
  browser_->next();
  update_actions();
}

void MainWindow::show_sample(int number) {
  picture_->show_sample(picture_of(*browser_->samples(), number), number);
}

void MainWindow::predict() {
  if (models_.model() == nullptr) return;
  // A network has an opinion of a black square as well, but nobody asked for that.
  if (is_blank(picture_->picture())) {
    answer_ = {};
    prediction_->show_no_picture();
    update_known();
    update_title();
  } else {
    service_.request(models_.model(), picture_->picture());
  }
}

void MainWindow::show_answer(const Answer& answer) {
  if (answer.model != models_.model() || is_blank(picture_->picture())) return;
  answer_ = answer;
  prediction_->show_answer(answer);
  update_known();
  update_title();
}

bool MainWindow::is_answered() const {
  return !answer_.top.empty() && answer_.picture.cacheKey() == picture_->picture().cacheKey();
}

QString MainWindow::known_label() const {
  const PictureSource& source = picture_->source();
  if (!source.file.isEmpty()) return folder_.label_of(source.file);
  if (source.sample && browser_->samples() != nullptr) {
    const auto label = static_cast<std::size_t>(browser_->samples()->label(*source.sample));
    return to_text(browser_->samples()->classes().at(label));
  }
  return {};
}

void MainWindow::update_known() {
  const ModelPtr& model = models_.model();
  const PictureSource& source = picture_->source();
  const QString label = known_label();
  int index = -1;
  if (model != nullptr && source.sample && fits_fashion_mnist(*model)) {
    index = static_cast<int>(browser_->samples()->label(*source.sample));
  } else if (model != nullptr && !source.sample) {
    index = class_index(*model, label);
  }
  QString truth;
  if (label.isEmpty()) {
    if (is_blank(picture_->picture())) {
      truth = tr("Draw something, or choose a picture");
    } else if (!source.file.isEmpty()) {
      truth = tr("Not labelled yet");
    }
  } else if (model != nullptr && index < 0) {
    truth = tr("Labelled %1, which is no class of this model").arg(label);
  } else if (model == nullptr || !is_answered()) {
    truth = tr("Labelled %1").arg(label);
  } else {
    truth = answer_.top.front().label == index ? tr("Right: it is labelled %1").arg(label)
                                               : tr("Wrong: it is labelled %1").arg(label);
  }
  prediction_->set_truth(truth);
  label_bar_->suggest(index >= 0 ? index : is_answered() ? answer_.top.front().label : -1);
  update_label_button();
  update_label_actions();
}

void MainWindow::update_own() {
  training_->set_own(labeller_.count());
  update_actions();
}

void MainWindow::update_label_button() {
  if (!picture_->source().file.isEmpty()) {
    label_bar_->set_button(tr("Lab&el"), tr("Writes the label to labels.csv in the folder (Ctrl+E)"));
  } else if (folder_.is_open()) {
    label_bar_->set_button(tr("Ke&ep"), tr("Saves the picture in the folder, with its label (Ctrl+E)"));
  } else {
    label_bar_->set_button(tr("T&each"), tr("Keeps the picture for the training, until the program ends "
                                            "(Ctrl+E)"));
  }
}

void MainWindow::update_title() {
  QStringList parts;
  if (!answer_.top.empty()) {
    const ClassProbability& best = answer_.top.front();
    parts.append(best.name.simplified().left(40));
    parts.append(percent(static_cast<double>(best.probability), 0));
  }
  if (!training_part_.isEmpty()) parts.append(tr("training %1").arg(training_part_));
  parts.append(tr("wick"));
  // A name with the mark of changed documents in it would be taken for one.
  setWindowTitle(parts.join(QStringLiteral(" - ")).replace(QStringLiteral("[*]"), QStringLiteral("[*][*]")) +
                 QStringLiteral("[*]"));
}

QStringList local_files(const QMimeData& mime) {
  QStringList paths;
  for (const QUrl& url : mime.urls()) {
    if (url.isLocalFile()) paths.append(url.toLocalFile());
  }
  return paths;
}

}  // namespace desktop
