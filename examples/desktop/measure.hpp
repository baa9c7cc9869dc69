#pragma once

// How good a network is on some pictures.

#include <QString>

namespace desktop {

struct Measure {
  double loss = 0;      ///< mean over the pictures
  double accuracy = 0;  ///< share of right answers, in [0, 1]
};

/// What a curve is of.
struct SetName {
  QString name;  ///< with the number of pictures: `10,000 test images`
  int pictures = 0;
};

}  // namespace desktop
