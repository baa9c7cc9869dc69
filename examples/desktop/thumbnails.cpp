#include "thumbnails.hpp"

#include <QImageReader>

#include <algorithm>
#include <memory>
#include <utility>

namespace desktop {

namespace {

constexpr qsizetype most_bytes = qsizetype{96} << 20;
constexpr std::size_t most_waiting = 400;

QImage read_small(const QString& path, int side) {
  QImageReader reader(path);
  reader.setAutoTransform(true);
  reader.setDecideFormatFromContent(true);
  const QSize size = reader.size();
  // Some formats are read faster in a smaller size. Small pictures stay as they are.
  const bool large = size.width() > side || size.height() > side;
  if (large) reader.setScaledSize(size.scaled(side, side, Qt::KeepAspectRatio).expandedTo({1, 1}));
  QImage image = reader.read();
  if (image.isNull()) return image;
  if (image.width() > side || image.height() > side) {
    image = image.scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation);
  }
  return image.convertToFormat(QImage::Format_ARGB32_Premultiplied);
}

}  // namespace

Thumbnails::Thumbnails(QObject* parent) : QObject(parent), known_(most_bytes), background_(this) {}

QImage Thumbnails::picture(const QString& path, int side) {
  if (const QImage* known = known_.object(path); known != nullptr) return *known;
  if (broken_.contains(path)) return {};
  const auto same = [&](const Wanted& wanted) { return wanted.path == path; };
  std::erase_if(wanted_, same);
  if (wanted_.size() == most_waiting) wanted_.erase(wanted_.begin());
  wanted_.push_back({path, side});
  start_next();
  return {};
}

bool Thumbnails::is_broken(const QString& path) const { return broken_.contains(path); }

void Thumbnails::forget() {
  known_.clear();
  broken_.clear();
  wanted_.clear();
}

void Thumbnails::start_next() {
  if (busy_ || wanted_.empty()) return;
  busy_ = true;
  const Wanted next = wanted_.back();
  wanted_.pop_back();
  const auto keep = [this, path = next.path](const QImage& image) {
    busy_ = false;
    if (image.isNull()) {
      broken_.insert(path);
    } else {
      auto kept = std::make_unique<QImage>(image);
      known_.insert(path, kept.release(), image.sizeInBytes());
    }
    Q_EMIT ready(path);
    start_next();
  };
  background_.run(
      [keep, next]() -> Background::Then {
        return [keep, image = read_small(next.path, next.side)] { keep(image); };
      },
      [keep](const QString& /*text*/) { keep({}); });
}

}  // namespace desktop
