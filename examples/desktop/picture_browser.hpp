#pragma once

// Browsing pictures: the test images of Fashion-MNIST, or those of the open folder.

#include "folder_store.hpp"
#include "icons.hpp"
#include "sample_list.hpp"

#include <QStringList>
#include <QWidget>

class QBoxLayout;
class QComboBox;
class QLabel;
class QListView;
class QPushButton;
class QStackedWidget;

namespace desktop {

class FolderList;

/// Thumbnails with their labels, a filter by label, and steps from one picture to another.
class PictureBrowser : public QWidget {
  Q_OBJECT

 public:
  explicit PictureBrowser(FolderStore* store, QWidget* parent = nullptr);

  void set_samples(FashionPtr samples);
  /// Says why there are no test images.
  void set_samples_missing(const QString& text);
  [[nodiscard]] const FashionPtr& samples() const noexcept { return samples_->samples(); }
  /// Classes of the model, which the filter of the folder offers beside the labels that there are.
  void set_classes(const QStringList& names);

  [[nodiscard]] bool shows_folder() const;
  void show_folder();
  /// What is selected in the folder; nothing while test images are shown.
  [[nodiscard]] QStringList selected_files() const;
  void select_file(const QString& file);
  /// To the picture after the current one, or to the one that has taken its place in the list.
  void advance_from(const QString& file);

  void next();
  void previous();
  void random();

 Q_SIGNALS:
  /// The user has come to a test image, or to a picture of the folder.
  void sample_chosen(int number);
  void file_chosen(const QString& file);
  /// Enter was pressed on a picture.
  void accepted();
  void open_folder_wanted();

 private:
  void make_list();
  void make_message_page();
  void add_button(QBoxLayout* row, const QString& name, const QString& tip, Icon which,
                  void (PictureBrowser::*slot)());
  void update_source();
  void update_page();
  void update_filter();
  void update_count();
  void use_filter();
  void choose(int row);
  void step(int by);
  void go_to(int row);

  FolderStore* store_;
  SampleList* samples_;
  FolderList* files_;
  QComboBox* source_;
  QComboBox* filter_;
  QListView* view_;
  QStackedWidget* pages_;
  QLabel* message_;
  QPushButton* open_;
  QPushButton* stop_;
  QLabel* count_;
  QString samples_missing_;
  QStringList classes_;
  int last_row_ = 0;
  int steps_to_take_ = 0;  ///< as soon as there are test images
  bool quiet_ = false;     ///< the current picture changes without the user
};

}  // namespace desktop
