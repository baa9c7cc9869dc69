#include "main_window.hpp"

#include "child.hpp"
#include "error_dialog.hpp"
#include "fine_tune_panel.hpp"
#include "fine_tuner.hpp"
#include "picture.hpp"
#include "picture_view.hpp"
#include "probability_bars.hpp"
#include "sample_browser.hpp"
#include "settings.hpp"
#include "text.hpp"

#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QCloseEvent>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QImageReader>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QStatusBar>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

namespace desktop {

namespace {

constexpr int status_ms = 8000;

QString latency_text(double microseconds) {
  return microseconds < 1000 ? QObject::tr("%1 µs").arg(microseconds, 0, 'f', 0)
                             : QObject::tr("%1 ms").arg(microseconds / 1000, 0, 'f', 1);
}

QString picture_filter() {
  QStringList patterns;
  for (const QByteArray& format : QImageReader::supportedImageFormats()) {
    patterns.append(QStringLiteral("*.") + QString::fromLatin1(format));
  }
  return QObject::tr("Pictures (%1)").arg(patterns.join(QLatin1Char(' ')));
}

QString model_filter() { return QObject::tr("Models (*.wick *.pth *.pt *.safetensors)"); }

}  // namespace

MainWindow::MainWindow(QWidget* parent) : QMainWindow(parent), model_label_(plain_label(this)) {
  setAcceptDrops(true);
  source_.name = tr("Your drawing");
  make_central();
  make_dock();
  make_menus();
  connect_parts();
  statusBar()->setSizeGripEnabled(false);
  model_label_->setWordWrap(false);
  model_label_->setObjectName(QStringLiteral("model"));
  model_label_->setContentsMargins(0, 0, 8, 0);
  statusBar()->addPermanentWidget(model_label_);

  resize(1120, 740);
  const settings::WindowState state = settings::window_state();
  restoreGeometry(state.geometry);
  restoreState(state.docks);
  use_model(nullptr);
  load_samples();
  picture_->setFocus();
}

void MainWindow::open_at_start(const QStringList& files) {
  const bool has_model =
      std::any_of(files.begin(), files.end(), [](const QString& path) { return !is_picture_file(path); });
  const QString last = settings::last_model();
  if (!has_model && !last.isEmpty()) load(last, true);
  for (const QString& path : files) open_file(path);
}

void MainWindow::open_file(const QString& path) {
  if (!has_model_suffix(path) && is_picture_file(path)) {
    open_picture(path);
  } else {
    open_model(path);
  }
}

void MainWindow::open_model(const QString& path) { load(path, false); }

void MainWindow::open_picture(const QString& path) {
  files_.run(
      [this, path]() -> Background::Then {
        return [this, path, grey = read_picture(path)] {
          show_original(grey, QFileInfo(path).fileName(), Inversion::automatic);
        };
      },
      [this](const QString& text) { show_error(this, tr("Cannot open the picture"), text); });
}

void MainWindow::save_model_to(const QString& path) {
  if (model_ == nullptr) return;
  files_.run(
      [this, path, model = model_]() -> Background::Then {
        return [this, path, model, saved = save_model(*model, path)] {
          statusBar()->showMessage(tr("Saved %1").arg(path), status_ms);
          // Another one may be in use by now.
          if (model_ == model) use_model(saved);
          if (closing_) close();
        };
      },
      [this](const QString& text) {
        closing_ = false;
        show_error(this, tr("Cannot save the model"), text);
      });
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (isWindowModified() && !closing_) {
    event->ignore();
    ask_to_save();
    return;
  }
  tuner_.cancel_and_wait();
  settings::set_window_state({saveGeometry(), saveState()});
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
    show_original(to_grey(image), tr("Dropped picture"), Inversion::automatic);
  }
}

void MainWindow::connect_parts() {
  connect(picture_, &PictureView::changed, this, [this] {
    update_actions();
    predict();
  });
  connect(picture_, &PictureView::drawn, this, [this] {
    if (source_.original.isNull() && !source_.label) return;
    source_ = {.name = tr("Your drawing on %1").arg(source_.name), .original = {}, .label = {}};
    show_source();
  });
  connect(browser_, &SampleBrowser::chosen, this, &MainWindow::show_sample);
  connect(&service_, &PredictionService::answered, this, &MainWindow::show_answer);
  connect(&service_, &PredictionService::failed, this,
          [this](const QString& text) { show_error(this, tr("Cannot predict"), text); });

  connect(panel_, &FineTunePanel::start_wanted, this, &MainWindow::start_training);
  connect(&tuner_, &FineTuner::started, this, [this] {
    training_part_ = percent(0, 0);
    update_actions();
    update_title();
  });
  connect(&tuner_, &FineTuner::progressed, this, [this](const FineTuneProgress& p) {
    training_part_ = percent(static_cast<double>(p.step) / static_cast<double>(p.steps), 0);
    update_title();
  });
  const auto ended = [this] {
    training_part_.clear();
    update_actions();
    update_title();
  };
  connect(&tuner_, &FineTuner::cancelled, this, ended);
  connect(&tuner_, &FineTuner::failed, this, [this, ended](const QString& text) {
    ended();
    show_error(this, tr("Cannot train"), text);
  });
  connect(&tuner_, &FineTuner::finished, this, [this, ended](const FineTuneResult& result) {
    use_model(result.model);
    ended();
    statusBar()->showMessage(tr("The fine-tuned network is in use"), status_ms);
  });
}

void MainWindow::load_samples() {
  data_.run(
      [this]() -> Background::Then {
        auto samples = std::make_shared<const wick::FashionMNIST>(std::filesystem::path(), false);
        return [this, samples = std::move(samples)] { browser_->set_samples(samples); };
      },
      [this](const QString& text) { browser_->set_missing(text); });
}

// --- Actions -------------------------------------------------------------------------------------------

void MainWindow::choose_file() {
  choose_file_with(
      tr("Open a model or a picture"),
      tr("All files (*)") + QStringLiteral(";;") + model_filter() + QStringLiteral(";;") + picture_filter());
}
void MainWindow::choose_model() {
  choose_file_with(tr("Open a model"), model_filter() + QStringLiteral(";;") + tr("All files (*)"));
}
void MainWindow::choose_picture() {
  choose_file_with(tr("Open a picture"), picture_filter() + QStringLiteral(";;") + tr("All files (*)"));
}

void MainWindow::choose_file_with(const QString& title, const QString& filter) {
  auto* dialog = child_of<QFileDialog>(this);
  dialog->setWindowTitle(title);
  dialog->setNameFilters(filter.split(QStringLiteral(";;")));
  dialog->setFileMode(QFileDialog::ExistingFile);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::open_file);
  dialog->open();
}

void MainWindow::choose_target() {
  if (model_ == nullptr) return;
  auto* dialog = child_of<QFileDialog>(this);
  dialog->setWindowTitle(tr("Save the model"));
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setNameFilters(
      {tr("wick (*.wick)"), tr("PyTorch (*.pth *.pt)"), tr("safetensors (*.safetensors)")});
  dialog->setDefaultSuffix(QStringLiteral("wick"));
  connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
    dialog->setDefaultSuffix(filter.contains(QLatin1String("pth"))           ? QStringLiteral("pth")
                             : filter.contains(QLatin1String("safetensors")) ? QStringLiteral("safetensors")
                                                                             : QStringLiteral("wick"));
  });
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::save_model_to);
  connect(dialog, &QFileDialog::rejected, this, [this] { closing_ = false; });
  dialog->open();
}

void MainWindow::paste() {
  const QMimeData* mime = QGuiApplication::clipboard()->mimeData();
  if (mime == nullptr) return;
  if (const auto image = qvariant_cast<QImage>(mime->imageData()); !image.isNull()) {
    show_original(to_grey(image), tr("Pasted picture"), Inversion::automatic);
  } else if (const QStringList paths = local_files(*mime); !paths.isEmpty()) {
    for (const QString& path : paths) open_file(path);
  } else {
    statusBar()->showMessage(tr("There is no picture to paste"), status_ms);
  }
}

void MainWindow::show_keys() {
  QString text;
  for (const QAction* menu : menuBar()->actions()) {
    for (const QAction* action : menu->menu()->actions()) {
      if (action->isSeparator()) continue;
      text += action->shortcut().toString(QKeySequence::NativeText) + QStringLiteral("  \u2013  ") +
              action->text().remove(QLatin1Char('&')).remove(QStringLiteral("...")) + QLatin1Char('\n');
    }
  }
  text +=
      tr("\nIn the picture: arrow keys move, Space paints, Backspace erases.\n"
         "Among the test images: arrow keys go from image to image.");
  auto* box =
      child_of<QMessageBox>(this, QMessageBox::NoIcon, tr("Keys - wick"), tr("Keys"), QMessageBox::Ok);
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setInformativeText(text);
  box->open();
}

void MainWindow::show_about() {
  auto* box =
      child_of<QMessageBox>(this, QMessageBox::NoIcon, tr("About wick"), tr("wick-desktop"), QMessageBox::Ok);
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setInformativeText(tr("An example of wick, a C++20 library for multilayer perceptrons: pictures in, "
                             "classes out, and training "
                             "beside it.\n\nQt %1")
                              .arg(QLatin1String(qVersion())));
  box->open();
}

void MainWindow::teach() {
  if (model_ == nullptr || teach_class_->currentIndex() < 0) return;
  examples_.push_back({picture_->picture(), teach_class_->currentIndex()});
  panel_->set_example_count(static_cast<int>(examples_.size()));
  update_actions();
  statusBar()->showMessage(tr("Kept for the next training: this is \"%1\". %2 pictures so far")
                               .arg(teach_class_->currentText())
                               .arg(examples_.size()),
                           status_ms);
}

void MainWindow::forget_examples() {
  examples_.clear();
  panel_->set_example_count(0);
  update_actions();
}

void MainWindow::start_training() {
  if (model_ == nullptr || tuner_.running()) return;
  const FineTuneOptions options = panel_->options();
  if (options.images == 0 && (!options.examples || examples_.empty())) {
    show_error(
        this, tr("Nothing to learn from"),
        tr("Choose the images of Fashion-MNIST, which need a network with 784 inputs and 10 outputs, or "
           "teach some pictures."));
    return;
  }
  tuner_.start(model_, options, examples_);
}

void MainWindow::cancel_training() { tuner_.cancel(); }

void MainWindow::undo() {
  picture_->undo();
  source_ = {.name = tr("Your drawing"), .original = {}, .label = {}};
  show_source();
}

void MainWindow::clear_picture() {
  source_ = {.name = tr("Your drawing"), .original = {}, .label = {}};
  {
    const QSignalBlocker quiet(invert_);
    invert_->setChecked(false);
  }
  show_source();
  picture_->clear();
}

void MainWindow::toggle_inverted() {
  if (!source_.original.isNull()) {
    show_original(source_.original, source_.name, Inversion::as_chosen);
    return;
  }
  QImage inverted = picture_->picture();
  inverted.invertPixels();
  picture_->set_picture(inverted);
}

void MainWindow::next_sample() { browser_->next(); }
void MainWindow::previous_sample() { browser_->previous(); }
void MainWindow::random_sample() { browser_->random(); }

// --- What is shown -------------------------------------------------------------------------------------

void MainWindow::load(const QString& path, bool at_start) {
  files_.run(
      [this, path]() -> Background::Then {
        return [this, model = load_model(path)] {
          use_model(model);
          settings::set_last_model(QFileInfo(model->path).absoluteFilePath());
        };
      },
      [this, at_start](const QString& text) {
        if (at_start) {
          empty_label_->setText(tr("The model of the last time cannot be opened.\n\n%1\n\n").arg(text) +
                                empty_label_->text());
        } else {
          show_error(this, tr("Cannot open the model"), text);
        }
      });
}

void MainWindow::use_model(const ModelPtr& model) {
  model_ = model;
  answer_ = {};
  bars_->set_rows({});
  panel_->set_model(model);
  if (model == nullptr) {
    empty_label_->setText(tr(
        "To train one and keep it as checkpoint.wick, run\n\n"
        "    ./examples/quickstart.sh\n\n"
        "in the folder of wick. Then open it here by File > Open (Ctrl+O), or drop the file on this window. "
        "Files of PyTorch (.pth) and safetensors are read as well."));
    pages_->setCurrentIndex(0);
  } else {
    const QStringList names = class_names(*model);
    if (teach_class_->count() != names.size() || picture_->picture().width() != model->side) {
      forget_examples();
    }
    const int chosen = std::max(0, teach_class_->currentIndex());
    teach_class_->clear();
    teach_class_->addItems(names);
    teach_class_->setCurrentIndex(std::min(chosen, static_cast<int>(names.size()) - 1));
    model_label_->setText(
        tr("%1  (%2)")
            .arg(model->path.isEmpty() ? tr("not saved yet") : QFileInfo(model->path).fileName(),
                 layer_sizes(*model)));
    pages_->setCurrentIndex(1);
    if (picture_->picture().width() != model->side) {
      const bool invert = !source_.original.isNull() && invert_->isChecked();
      const QImage& from = source_.original.isNull() ? picture_->picture() : source_.original;
      picture_->set_picture(fit_picture(from, model->side, invert));
    } else {
      predict();
    }
  }
  setWindowModified(model != nullptr && model->path.isEmpty());
  show_source();
  update_actions();
  update_title();
}

void MainWindow::show_original(const QImage& grey, const QString& name, Inversion inversion) {
  if (grey.isNull()) return;
  const int side = picture_->picture().width();
  const bool invert = inversion == Inversion::automatic ? has_light_border(grey) : invert_->isChecked();
  // A photograph takes a while to shrink.
  files_.run(
      [this, grey, name, side, invert]() -> Background::Then {
        return [this, grey, name, invert, pixels = fit_picture(grey, side, invert)] {
          source_ = {.name = name, .original = grey, .label = {}};
          {
            const QSignalBlocker quiet(invert_);
            invert_->setChecked(invert);
          }
          show_source();
          // Another model may have come meanwhile.
          const int now = picture_->picture().width();
          picture_->set_picture(pixels.width() == now ? pixels : fit_picture(grey, now, invert));
        };
      },
      [this](const QString& text) { show_error(this, tr("Cannot show the picture"), text); });
}

void MainWindow::show_sample(int index) {
  const wick::FashionMNIST& samples = *browser_->samples();
  const QImage picture = picture_of(samples, index);
  source_ = {.name = tr("Test image %1").arg(index),
             .original = picture,
             .label = static_cast<int>(samples.label(index))};
  {
    const QSignalBlocker quiet(invert_);
    invert_->setChecked(false);
  }
  show_source();
  const int side = picture_->picture().width();
  picture_->set_picture(side == picture.width() ? picture : fit_picture(picture, side, false));
}

void MainWindow::predict() {
  if (model_ == nullptr) return;
  // A network has an opinion of a black square as well, but nobody asked for that.
  if (is_blank(picture_->picture())) {
    show_nothing();
  } else {
    service_.request(model_, picture_->picture());
  }
}

void MainWindow::show_nothing() {
  answer_ = {};
  bars_->set_rows({});
  headline_->setText(tr("No picture yet"));
  latency_->clear();
  show_source();
  update_title();
}

void MainWindow::show_answer(const Answer& answer) {
  if (answer.model != model_ || is_blank(picture_->picture())) return;
  answer_ = answer;
  bars_->set_rows(answer.top);
  if (answer.top.empty()) {
    headline_->setText(tr("No answer"));
    latency_->setText(tr("The network gives NaN: its parameters are damaged or too large."));
  } else {
    const ClassProbability& best = answer.top.front();
    headline_->setText(
        tr("%1  %2").arg(best.name.simplified().left(40), percent(static_cast<double>(best.probability))));
    latency_->setText(tr("Predicted in %1, median of the last ones %2")
                          .arg(latency_text(answer.microseconds), latency_text(answer.median)));
  }
  headline_->setAccessibleDescription(bars_->accessibleDescription());
  show_source();
  update_title();
}

void MainWindow::show_source() {
  source_label_->setText(source_.name);
  if (!source_.label || browser_->samples() == nullptr) {
    truth_->setText(is_blank(picture_->picture()) ? tr("Draw something, or choose a test image") : QString());
    return;
  }
  const auto& names = browser_->samples()->classes();
  const QString name = to_text(names.at(static_cast<std::size_t>(*source_.label)));
  const bool comparable = model_ != nullptr && fits_fashion_mnist(*model_) && !answer_.top.empty() &&
                          answer_.picture.cacheKey() == picture_->picture().cacheKey();
  truth_->setText(!comparable                                   ? tr("Labelled %1").arg(name)
                  : answer_.top.front().label == *source_.label ? tr("Right: it is labelled %1").arg(name)
                                                                : tr("Wrong: it is labelled %1").arg(name));
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

void MainWindow::update_actions() {
  const bool running = tuner_.running();
  const bool has_model = model_ != nullptr;
  undo_action_->setEnabled(picture_->can_undo());
  save_action_->setEnabled(has_model);
  teach_action_->setEnabled(has_model);
  teach_button_->setEnabled(has_model);
  teach_class_->setEnabled(has_model);
  forget_action_->setEnabled(!examples_.empty());
  train_action_->setEnabled(has_model && !running);
  cancel_action_->setEnabled(running);
}

void MainWindow::ask_to_save() {
  auto* box = child_of<QMessageBox>(this, QMessageBox::Question, tr("Save the model? - wick"),
                                    tr("The fine-tuned network is in no file yet."),
                                    QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel);
  box->setObjectName(QStringLiteral("ask_to_save"));
  box->setAttribute(Qt::WA_DeleteOnClose);
  connect(box, &QMessageBox::finished, this, [this](int button) {
    closing_ = button == QMessageBox::Save || button == QMessageBox::Discard;
    if (button == QMessageBox::Save) choose_target();
    if (button == QMessageBox::Discard) close();
  });
  box->open();
}

QStringList MainWindow::local_files(const QMimeData& mime) {
  QStringList paths;
  for (const QUrl& url : mime.urls()) {
    if (url.isLocalFile()) paths.append(url.toLocalFile());
  }
  return paths;
}

}  // namespace desktop
