#pragma once

// Header-only, or compiled once.
//
// Headers whose definitions take long to compile have them in a file beside them: those of `x.hpp` are in
// `x.ipp`, which `x.hpp` includes at its end. The CMake target wick::compiled compiles every `.ipp` once,
// with templates instantiated for float and double, and defines WICK_COMPILED for those who link it: they
// read declarations only. All files of one program have to see the library in the same way: WICK_COMPILED is
// part of the inline namespace, see version.hpp.

#include <wick/version.hpp>
