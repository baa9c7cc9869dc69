#pragma once

// The picture in view, where it comes from, and the tools to change it.

#include "background.hpp"

#include <QImage>
#include <QString>
#include <QWidget>

#include <optional>

class QCheckBox;
class QLabel;
class QPushButton;

namespace desktop {

class PictureView;

/// Where a picture comes from.
struct PictureSource {
  QString name = {};               ///< what is said about it
  QImage original = {};            ///< in grey, of any size; null for what was drawn
  std::optional<int> sample = {};  ///< number among the test images
  QString file = {};               ///< path within the open folder; empty for others
};

/// All that undoing a change of the picture brings back.
struct Scene {
  QImage picture;
  PictureSource source;
  bool inverted = false;
};

class PicturePanel : public QWidget {
  Q_OBJECT

 public:
  explicit PicturePanel(QWidget* parent = nullptr);
  PicturePanel(const PicturePanel&) = delete;
  PicturePanel& operator=(const PicturePanel&) = delete;
  ~PicturePanel() override;

  [[nodiscard]] const QImage& picture() const noexcept;
  [[nodiscard]] const PictureSource& source() const noexcept { return scene_source_; }
  [[nodiscard]] Scene scene() const;
  /// Fits it into pictures of today's size.
  void set_scene(const Scene& scene);
  /// Pictures are squares of `side` pixels from now on.
  void set_side(int side);

  /// Reads a picture and shows it. `file` is its path within the open folder, if it is there.
  void open(const QString& path, const QString& file = {});
  /// Shows a grey picture, inverted where its border is light.
  void show_original(const QImage& grey, const QString& name);
  void show_sample(const QImage& picture, int number);
  /// The picture in view is no file of the open folder any more.
  void forget_file();
  /// The drawing in view is a file of the open folder now.
  void set_file(const QString& file);

  void clear();
  void toggle_inverted();
  void click_invert();
  void focus_picture();

 Q_SIGNALS:
  /// Another picture, or a changed one.
  void changed();
  /// It is another picture than before, not a change of the one in view.
  void replaced();
  void source_changed();
  /// A change by the user that can be taken back.
  void edited(const QString& what, const desktop::Scene& before, const desktop::Scene& after);
  void failed(const QString& headline, const QString& text);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  enum class Inversion { automatic, as_chosen };

  void show_original(const QImage& grey, PictureSource source, Inversion inversion);
  void use(PictureSource source, bool inverted, const QImage& pixels);
  void set_source(PictureSource source);
  void begin_stroke();
  void end_stroke();

  PictureView* view_;
  QLabel* source_label_;
  QCheckBox* invert_;
  PictureSource scene_source_;
  std::optional<Scene> before_stroke_;
  int number_ = 0;  ///< of the picture asked for last
  Background work_;
};

}  // namespace desktop
