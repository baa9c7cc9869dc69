#pragma once

// The picture as the network sees it, and paper to draw on.

#include <QImage>
#include <QPoint>
#include <QPointF>
#include <QWidget>

namespace desktop {

/// Shows a small grey picture, pixel by pixel, and lets the user paint in it: with the left button white,
/// with the right one black; without a mouse by the arrow keys, Space and Backspace.
class PictureView : public QWidget {
  Q_OBJECT

 public:
  explicit PictureView(QWidget* parent = nullptr);

  [[nodiscard]] const QImage& picture() const noexcept { return picture_; }
  /// Shows a square grey picture.
  void set_picture(const QImage& picture);
  /// Diameter in pixels of the picture.
  void set_brush(double diameter);

  /// Where the middle of a pixel is in this widget.
  [[nodiscard]] QPointF center_of(QPoint pixel) const;

  [[nodiscard]] QSize sizeHint() const override { return {336, 336}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {150, 150}; }

 Q_SIGNALS:
  /// Another picture, or a changed one.
  void changed();
  /// The user begins to paint, and has ended a stroke.
  void stroke_begun();
  void stroke_ended();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  [[nodiscard]] QRectF square() const;
  [[nodiscard]] QPointF to_picture(QPointF position) const;
  void stroke(QPointF from, QPointF to, bool erase);
  void move_cursor(QPoint by);
  void describe();

  QImage picture_;
  double brush_ = 2.5;
  QPointF last_;
  QPoint cursor_;
  bool cursor_shown_ = false;
};

}  // namespace desktop
