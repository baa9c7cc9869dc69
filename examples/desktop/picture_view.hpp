#pragma once

// The picture as the network sees it, and paper to draw on.

#include <QImage>
#include <QPoint>
#include <QPointF>
#include <QWidget>

#include <vector>

namespace desktop {

/// Shows a small grey picture, pixel by pixel, and lets the user paint in it: with the left button white,
/// with the right one black; without a mouse by the arrow keys, Space and Backspace.
class PictureView : public QWidget {
  Q_OBJECT

 public:
  explicit PictureView(QWidget* parent = nullptr);

  [[nodiscard]] const QImage& picture() const noexcept { return picture_; }
  /// Shows a square grey picture; undo() brings back the one before.
  void set_picture(const QImage& picture);
  void clear();
  void undo();
  [[nodiscard]] bool can_undo() const noexcept { return !history_.empty(); }
  /// Pictures before this one are of no use any more.
  void forget_history();
  /// Diameter in pixels of the picture.
  void set_brush(double diameter);

  /// Where the middle of a pixel is in this widget.
  [[nodiscard]] QPointF center_of(QPoint pixel) const;

  [[nodiscard]] QSize sizeHint() const override { return {336, 336}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {168, 168}; }
  [[nodiscard]] bool hasHeightForWidth() const override { return true; }
  [[nodiscard]] int heightForWidth(int width) const override { return width; }

 Q_SIGNALS:
  /// Another picture, or a changed one.
  void changed();
  /// The user has painted.
  void drawn();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  [[nodiscard]] QRectF square() const;
  [[nodiscard]] QPointF to_picture(QPointF position) const;
  void remember();
  void stroke(QPointF from, QPointF to, bool erase);
  void move_cursor(QPoint by);
  void describe();

  QImage picture_;
  std::vector<QImage> history_;
  double brush_ = 2.5;
  QPointF last_;
  QPoint cursor_;
  bool cursor_shown_ = false;
};

}  // namespace desktop
