#include "picture_panel.hpp"

#include "child.hpp"
#include "picture.hpp"
#include "picture_view.hpp"

#include <QCheckBox>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>

#include <algorithm>
#include <utility>

namespace desktop {

PicturePanel::PicturePanel(QWidget* parent)
    : QWidget(parent),
      view_(child_of<PictureView>(this)),
      source_label_(plain_label(this)),
      invert_(child_of<QCheckBox>(this, tr("I&nvert"))) {
  auto* layout = child_of<QVBoxLayout>(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSizeConstraint(QLayout::SetMinAndMaxSize);
  layout->addWidget(view_, 1);
  source_label_->setObjectName(QStringLiteral("source"));
  layout->addWidget(source_label_);

  QHBoxLayout* tools = add_row(layout);
  auto* brush_label = child_of<QLabel>(this, tr("Wi&dth:"));
  auto* brush = child_of<QSlider>(this, Qt::Horizontal);
  brush->setObjectName(QStringLiteral("brush"));
  brush->setAccessibleName(tr("Width of the brush"));
  brush->setToolTip(brush->accessibleName());
  brush->setRange(2, 16);  // half pixels of the picture
  brush->setValue(5);
  brush_label->setBuddy(brush);
  connect(brush, &QSlider::valueChanged, view_, [this](int value) { view_->set_brush(value / 2.0); });
  invert_->setObjectName(QStringLiteral("invert"));
  invert_->setToolTip(
      tr("The network expects bright things on black. Pictures with a light border are inverted "
         "when they are opened."));
  auto* clear_button = child_of<QPushButton>(this, tr("Clea&r"));
  clear_button->setObjectName(QStringLiteral("clear"));
  tools->addWidget(brush_label);
  tools->addWidget(brush, 1);
  tools->addWidget(invert_);
  tools->addWidget(clear_button);

  connect(invert_, &QCheckBox::clicked, this, &PicturePanel::toggle_inverted);
  connect(clear_button, &QPushButton::clicked, this, &PicturePanel::clear);
  connect(view_, &PictureView::changed, this, &PicturePanel::changed);
  connect(view_, &PictureView::stroke_begun, this, &PicturePanel::begin_stroke);
  connect(view_, &PictureView::stroke_ended, this, &PicturePanel::end_stroke);
  set_source({.name = tr("Your drawing")});
}

PicturePanel::~PicturePanel() = default;

const QImage& PicturePanel::picture() const noexcept { return view_->picture(); }

Scene PicturePanel::scene() const { return {view_->picture(), scene_source_, invert_->isChecked()}; }

void PicturePanel::set_scene(const Scene& scene) {
  ++number_;  // what is being read comes too late
  const int side = picture().width();
  use(scene.source, scene.inverted,
      scene.picture.width() == side ? scene.picture : fit_picture(scene.picture, side, false));
}

void PicturePanel::set_side(int side) {
  if (picture().width() == side) return;
  const bool invert = !scene_source_.original.isNull() && invert_->isChecked();
  const QImage& from = scene_source_.original.isNull() ? picture() : scene_source_.original;
  view_->set_picture(fit_picture(from, side, invert));
}

void PicturePanel::open(const QString& path, const QString& file) {
  const int number = ++number_;
  work_.run(
      [this, path, file, number]() -> Background::Then {
        return [this, path, file, number, grey = read_picture(path)] {
          // Who goes through a folder has come to another one meanwhile.
          if (number != number_) return;
          show_original(grey, {.name = QFileInfo(path).fileName(), .original = grey, .file = file},
                        Inversion::automatic);
        };
      },
      [this](const QString& text) { Q_EMIT failed(tr("Cannot open the picture"), text); });
}

void PicturePanel::show_original(const QImage& grey, const QString& name) {
  if (!grey.isNull()) show_original(grey, {.name = name, .original = grey}, Inversion::automatic);
}

void PicturePanel::show_original(const QImage& grey, PictureSource source, Inversion inversion) {
  const int side = picture().width();
  const bool invert = inversion == Inversion::automatic ? has_light_border(grey) : invert_->isChecked();
  const int number = ++number_;
  // A photograph takes a while to shrink.
  work_.run(
      [this, grey, source = std::move(source), side, invert, number]() -> Background::Then {
        return [this, source, invert, number, pixels = fit_picture(grey, side, invert)] {
          if (number != number_) return;
          // Another model may have come meanwhile.
          const int now = picture().width();
          use(source, invert, pixels.width() == now ? pixels : fit_picture(source.original, now, invert));
        };
      },
      [this](const QString& text) { Q_EMIT failed(tr("Cannot show the picture"), text); });
}

void PicturePanel::show_sample(const QImage& sample, int number) {
  ++number_;
  const int side = picture().width();
  use({.name = tr("Test image %1").arg(number), .original = sample, .sample = number}, false,
      side == sample.width() ? sample : fit_picture(sample, side, false));
}

void PicturePanel::use(PictureSource source, bool inverted, const QImage& pixels) {
  {
    const QSignalBlocker quiet(invert_);
    invert_->setChecked(inverted);
  }
  set_source(std::move(source));
  view_->set_picture(pixels);
  Q_EMIT replaced();
}

void PicturePanel::set_source(PictureSource source) {
  scene_source_ = std::move(source);
  source_label_->setText(scene_source_.name);
  Q_EMIT source_changed();
}

void PicturePanel::forget_file() {
  if (scene_source_.file.isEmpty()) return;
  PictureSource source = scene_source_;
  source.file.clear();
  set_source(std::move(source));
}

void PicturePanel::set_file(const QString& file) {
  set_source({.name = file, .original = picture(), .file = file});
}

void PicturePanel::clear() {
  const Scene before = scene();
  ++number_;
  use({.name = tr("Your drawing")}, false, blank_picture(picture().width()));
  if (!is_blank(before.picture)) Q_EMIT edited(tr("clearing"), before, scene());
}

void PicturePanel::toggle_inverted() {
  if (!scene_source_.original.isNull()) {
    show_original(scene_source_.original, scene_source_, Inversion::as_chosen);
    return;
  }
  Scene before = scene();
  before.inverted = !before.inverted;  // the box has changed already
  QImage inverted = picture();
  inverted.invertPixels();
  view_->set_picture(inverted);
  Q_EMIT edited(tr("inverting"), before, scene());
}

void PicturePanel::click_invert() { invert_->click(); }

void PicturePanel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  // A picture is as high as it is wide at most, and what belongs to it stays near.
  view_->setMaximumHeight(std::max(view_->minimumSizeHint().height(), width()));
}

void PicturePanel::focus_picture() { view_->setFocus(); }

void PicturePanel::begin_stroke() {
  before_stroke_ = scene();
  if (scene_source_.original.isNull() && scene_source_.file.isEmpty()) return;
  set_source({.name = tr("Your drawing on %1").arg(scene_source_.name)});
}

void PicturePanel::end_stroke() {
  if (!before_stroke_) return;
  const Scene before = *std::exchange(before_stroke_, std::nullopt);
  Q_EMIT edited(tr("drawing"), before, scene());
}

}  // namespace desktop
