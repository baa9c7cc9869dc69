#pragma once

// The user's own pictures as a network learns them.

#include "example.hpp"

#include <QImage>
#include <QString>
#include <QStringList>

#include <functional>
#include <stop_token>
#include <vector>

namespace desktop {

/// A picture in a file, or one in memory, and the class that it shows.
struct OwnPicture {
  QString path = {};    ///< empty for one in memory
  QImage picture = {};  ///< grey, of the model's size
  QString key = {};     ///< decides whether it is learned or checked with: the path within the folder
  int label = 0;
};

/// How many pictures of the user's own there are to learn from.
struct OwnCount {
  int usable = 0;    ///< their labels are classes of the model
  int unusable = 0;  ///< they have labels, but others
};

struct SplitPictures {
  std::vector<OwnPicture> training;
  std::vector<OwnPicture> validation;
};

/// A fifth of the pictures of each class, at least one where there are two, is for validation. Which ones
/// depends on their keys alone, so that a second training does not check with what the first one learned.
[[nodiscard]] SplitPictures split_pictures(std::vector<OwnPicture> pictures);

/// Reads and fits the pictures as they are when opened, light ones inverted. Those that cannot be read are
/// left out and named in `unread`. Ends early when asked to stop. `done` is told after each picture.
[[nodiscard]] std::vector<Example> read_examples(const std::vector<OwnPicture>& pictures, int side,
                                                 const std::stop_token& stop,
                                                 const std::function<void()>& done, QStringList& unread);

}  // namespace desktop
