#pragma once

// A picture that a network learns from.

#include <QImage>

namespace desktop {

/// A grey picture of the model's size, and what it shows.
struct Example {
  QImage picture;
  int label = 0;
};

}  // namespace desktop
