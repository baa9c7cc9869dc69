#pragma once

// The window: what is shown, and what each action does.

#include "background.hpp"
#include "fine_tuner.hpp"
#include "model.hpp"
#include "prediction_service.hpp"
#include "training_set.hpp"

#include <QImage>
#include <QKeySequence>
#include <QMainWindow>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

class QAction;
class QBoxLayout;
class QCheckBox;
class QComboBox;
class QLabel;
class QMenu;
class QMimeData;
class QPushButton;
class QStackedWidget;

namespace desktop {

class FineTunePanel;
class PictureView;
class ProbabilityBars;
class SampleBrowser;

class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  /// Reads the test images of Fashion-MNIST in the background.
  explicit MainWindow(QWidget* parent = nullptr);

  /// Opens models and pictures; without a model among them, the one that was used last, if it is still there.
  void open_at_start(const QStringList& files);
  /// Opens a model or a picture, whichever it is.
  void open_file(const QString& path);
  void open_model(const QString& path);
  void open_picture(const QString& path);
  void save_model_to(const QString& path);

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  /// Where the picture in view comes from.
  struct Source {
    QString name;              ///< what is said about it
    QImage original = {};      ///< in grey, of any size; null for what was drawn
    std::optional<int> label;  ///< true class, of samples
  };
  enum class Inversion { automatic, as_chosen };

  void make_central();
  [[nodiscard]] QWidget* make_picture_column();
  [[nodiscard]] QWidget* make_prediction_column();
  void make_dock();
  void make_menus();
  QAction* add_action(QMenu* menu, const QString& text, const QKeySequence& keys,
                      void (MainWindow::*slot)()) const;
  void connect_parts();
  void load_samples();

  void choose_file();
  void choose_model();
  void choose_picture();
  void choose_file_with(const QString& title, const QString& filter);
  void choose_target();
  void paste();
  void show_keys();
  void show_about();
  void teach();
  void forget_examples();
  void start_training();
  void undo();
  void clear_picture();
  void toggle_inverted();
  void next_sample();
  void previous_sample();
  void random_sample();
  void cancel_training();

  void load(const QString& path, bool at_start);
  void use_model(const ModelPtr& model);
  void show_original(const QImage& grey, const QString& name, Inversion inversion);
  void show_sample(int index);
  void predict();
  void show_nothing();
  void show_answer(const Answer& answer);
  void show_source();
  void update_title();
  void update_actions();
  void ask_to_save();
  [[nodiscard]] static QStringList local_files(const QMimeData& mime);

  ModelPtr model_;
  Source source_;
  Answer answer_;
  std::vector<Example> examples_;
  QString training_part_;
  bool closing_ = false;

  PictureView* picture_ = nullptr;
  QLabel* source_label_ = nullptr;
  QCheckBox* invert_ = nullptr;
  QComboBox* teach_class_ = nullptr;
  QPushButton* teach_button_ = nullptr;
  QStackedWidget* pages_ = nullptr;
  QLabel* empty_label_ = nullptr;
  QLabel* headline_ = nullptr;
  QLabel* truth_ = nullptr;
  ProbabilityBars* bars_ = nullptr;
  QLabel* latency_ = nullptr;
  QLabel* model_label_;
  SampleBrowser* browser_ = nullptr;
  FineTunePanel* panel_ = nullptr;
  QAction* undo_action_ = nullptr;
  QAction* save_action_ = nullptr;
  QAction* teach_action_ = nullptr;
  QAction* forget_action_ = nullptr;
  QAction* train_action_ = nullptr;
  QAction* cancel_action_ = nullptr;

  // Last, so that their threads, whose work names this window, end before anything else does.
  FineTuner tuner_;
  PredictionService service_;
  Background files_;  ///< reads and writes models and pictures, in the order asked for
  Background data_;   ///< reads Fashion-MNIST
};

}  // namespace desktop
