#include "own_pictures.hpp"

#include "picture.hpp"

#include <wick/base/error.hpp>
#include <wick/checksum/crc32.hpp>

#include <QByteArray>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>

namespace desktop {

SplitPictures split_pictures(std::vector<OwnPicture> pictures) {
  struct Ranked {
    std::uint32_t rank;
    OwnPicture picture;
  };
  std::map<int, std::vector<Ranked>> classes;
  for (OwnPicture& picture : pictures) {
    const QByteArray key = picture.key.toUtf8();
    const auto bytes = std::as_bytes(std::span(key.constData(), static_cast<std::size_t>(key.size())));
    const int label = picture.label;
    classes[label].push_back({wick::crc32(bytes), std::move(picture)});
  }
  SplitPictures split;
  for (auto& [label, members] : classes) {
    std::stable_sort(members.begin(), members.end(),
                     [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; });
    const std::size_t checked = members.size() < 2 ? 0 : std::max<std::size_t>(1, members.size() / 5);
    for (std::size_t i = 0; i < members.size(); ++i) {
      (i < checked ? split.validation : split.training).push_back(std::move(members[i].picture));
    }
  }
  return split;
}

std::vector<Example> read_examples(const std::vector<OwnPicture>& pictures, int side,
                                   const std::stop_token& stop, const std::function<void()>& done,
                                   QStringList& unread) {
  std::vector<Example> examples;
  for (const OwnPicture& own : pictures) {
    if (stop.stop_requested()) break;
    if (own.path.isEmpty()) {
      examples.push_back({own.picture, own.label});
    } else {
      try {
        const QImage grey = read_picture(own.path);
        examples.push_back({fit_picture(grey, side, has_light_border(grey)), own.label});
      } catch (const wick::Error&) {
        unread.append(own.key);
      }
    }
    done();
  }
  return examples;
}

}  // namespace desktop
