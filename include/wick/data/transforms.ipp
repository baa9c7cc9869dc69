#pragma once

// Definitions of data/transforms.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/data/transforms.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

WICK_BEGIN_NAMESPACE

template <Floating T>
PixelTable<T>::PixelTable(const Normalize& normalize) {
  const auto mean = static_cast<T>(normalize.mean);
  const auto deviation = static_cast<T>(normalize.std);
  if (!std::isfinite(mean)) {
    throw OptionError("Normalize: mean must be finite, got " + python_repr(normalize.mean));
  }
  if (!std::isfinite(deviation) || !(deviation > T(0))) {
    throw OptionError("Normalize: std must be finite and > 0, got " + python_repr(normalize.std));
  }
  for (std::size_t x = 0; x < values_.size(); ++x) {
    values_[x] = normalize.apply(ToTensor::apply<T>(static_cast<std::uint8_t>(x)));
  }
}

#ifdef WICK_COMPILED
template class PixelTable<float>;
template class PixelTable<double>;
#endif

WICK_END_NAMESPACE
