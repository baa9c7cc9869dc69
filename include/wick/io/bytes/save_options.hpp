#pragma once

// How a file is saved.

#include <wick/version.hpp>

WICK_BEGIN_NAMESPACE

/// How files are saved.
struct SaveOptions {
  /// Wait until the disk has the new contents before they replace the old ones. Without it a save is faster
  /// and still safe when the program is killed, but after a power failure the file may be empty or old.
  bool durable = true;
};

WICK_END_NAMESPACE
