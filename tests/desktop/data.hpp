#pragma once

// Whether there is a Fashion-MNIST to test with.

#include <wick/base/error.hpp>
#include <wick/data/fashion_mnist.hpp>

#include <cstdlib>
#include <iostream>

/// False, with a line that says so, where the data are not on this machine and nobody said that they were.
inline bool has_fashion_mnist() {
  try {
    static_cast<void>(wick::detail::find_fashion_mnist({}, true));
    static_cast<void>(wick::detail::find_fashion_mnist({}, false));
    return true;
  } catch (const wick::FileError& error) {
    if (std::getenv("WICK_FASHION_MNIST") != nullptr) throw;
    std::cout << "skipped: " << error.what() << "\n";
    return false;
  }
}
