#pragma once

// The window: its parts, and how they work together.

#include "background.hpp"
#include "folder_store.hpp"
#include "labeller.hpp"
#include "model_store.hpp"
#include "picture_panel.hpp"
#include "prediction_service.hpp"
#include "trainer.hpp"

#include <QMainWindow>
#include <QString>
#include <QStringList>
#include <QUndoStack>

#include <functional>

class QLabel;
class QMimeData;

namespace desktop {

class Actions;
class LabelBar;
class PictureBrowser;
class PredictionPanel;
class TrainingPanel;

class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  /// Reads the test images of Fashion-MNIST in the background.
  explicit MainWindow(QWidget* parent = nullptr);
  MainWindow(const MainWindow&) = delete;
  MainWindow& operator=(const MainWindow&) = delete;
  /// No part tells others of its end.
  ~MainWindow() override;

  /// Opens models, folders and pictures; without a model or a folder among them, those that were used last,
  /// if they are still there.
  void open_at_start(const QStringList& files);
  /// Opens a model, a folder or a picture, whichever it is.
  void open_file(const QString& path);
  void open_model(const QString& path);
  void open_folder(const QString& path);
  void open_picture(const QString& path);
  void save_model_to(const QString& path);

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  // main_window_layout.cpp
  void make_layout();
  void make_status_bar();
  // main_window.cpp
  void connect_parts();
  void connect_training();
  void load_samples();
  void use_model();
  void use_folder();
  void show_sample(int number);
  void predict();
  void show_answer(const Answer& answer);
  void update_known();
  void update_own();
  void update_label_button();
  void update_title();
  [[nodiscard]] QString known_label() const;
  [[nodiscard]] bool is_answered() const;
  // main_window_actions.cpp
  void connect_actions();
  void connect_file_actions();
  void fill_recent();
  void choose_any();
  void choose_model();
  void choose_target();
  void make_model();
  void rename_classes();
  void paste();
  void label(int index);
  void remove_label();
  void start_training();
  void cancel();
  void update_actions();
  void update_label_actions();
  void when_saved(const std::function<void()>& then);

  QUndoStack undo_;
  ModelStore models_;
  FolderStore folder_;
  Labeller labeller_;
  Answer answer_;
  QString shown_folder_;
  QString training_part_;
  std::function<void()> after_saving_;
  bool closing_ = false;

  PicturePanel* picture_ = nullptr;
  LabelBar* label_bar_ = nullptr;
  PredictionPanel* prediction_ = nullptr;
  PictureBrowser* browser_ = nullptr;
  TrainingPanel* training_ = nullptr;
  QLabel* model_label_ = nullptr;
  Actions* actions_ = nullptr;

  // Last, so that their threads, whose work names this window, end before anything else does.
  Trainer trainer_;
  PredictionService service_;
  Background data_;  ///< reads Fashion-MNIST
};

[[nodiscard]] QStringList local_files(const QMimeData& mime);

}  // namespace desktop
