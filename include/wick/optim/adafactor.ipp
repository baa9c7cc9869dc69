#pragma once

// Definitions of optim/adafactor.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/optim/adafactor.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE std::optional<Shape> AdafactorRule::shape_of(const Shape& parameter, std::size_t tensor) {
  const bool factored = parameter.dim() > 1;
  if (tensor > 2 || (tensor == 2) == factored) return std::nullopt;
  if (!factored) return parameter;
  std::vector<Index> dims;
  for (std::size_t i = 0; i < parameter.dim(); ++i) dims.push_back(parameter[static_cast<Index>(i)]);
  dims[dims.size() - 1 - tensor] = 1;
  return Shape(std::span<const Index>(dims));
}

WICK_INLINE void AdafactorRule::validate(const Options& o) {
  const OptionCheck option(kind.name);
  const auto demand = [&](bool ok, const char* what, double value) {
    if (!ok || !is_finite(value)) option.refuse(std::string(what) + " but is: " + python_repr(value));
  };
  demand(o.lr >= 0, "Learning rate should be >= 0", o.lr);
  demand(o.beta2_decay <= 0, "beta2_decay should be <= 0", o.beta2_decay);
  if (o.eps.first) demand(*o.eps.first >= 0, "epsilon1 should be >= 0", *o.eps.first);
  demand(o.eps.second >= 0, "epsilon2 should be >= 0", o.eps.second);
  demand(o.d >= 1, "Clipping threshold d should be >= 1", o.d);
  demand(o.weight_decay >= 0, "weight_decay should be >= 0", o.weight_decay);
}

WICK_INLINE Attributes AdafactorRule::attributes(const Options& o) {
  Attributes attributes{{"lr", o.lr}, {"beta2_decay", o.beta2_decay}};
  if (o.eps.first) {
    attributes.set("eps", std::vector<double>{*o.eps.first, o.eps.second});
  } else {
    attributes.set("eps(0)", std::monostate());
    attributes.set("eps(1)", o.eps.second);
  }
  attributes.set("d", o.d);
  attributes.set("weight_decay", o.weight_decay);
  attributes.set("maximize", o.maximize);
  return attributes;
}

WICK_INLINE AdafactorOptions AdafactorRule::read(const OptionReader& in) {
  AdafactorOptions o{.lr = in.number("lr"),
                     .beta2_decay = in.number("beta2_decay"),
                     .eps = {},
                     .d = in.number("d"),
                     .weight_decay = in.number("weight_decay"),
                     .maximize = in.flag("maximize")};
  if (in.has("eps")) {
    o.eps = in.pair("eps");
  } else {
    o.eps = {in.optional_number("eps(0)"), in.number("eps(1)")};
  }
  return o;
}

template <class T>
AdafactorRule::Scalars<T> AdafactorRule::scalars(const Options& o, std::int64_t k, float* /*own*/) noexcept {
  const auto step = static_cast<double>(k);
  return {.sign = o.maximize ? -1.0 : 1.0,
          .keep = 1 - rounded(o.lr * o.weight_decay),
          .share = k == 1 ? 1.0 : power(step, o.beta2_decay),
          .rate = (std::min)(o.lr, 1 / std::sqrt(step)),
          .eps1 = o.eps.first.value_or(static_cast<double>(std::numeric_limits<T>::epsilon())),
          .eps2 = o.eps.second,
          .d = o.d};
}

/// before + share (now - before)
template <class T>
T taken_in(T before, double now, double share) noexcept {
  const auto old = static_cast<double>(before);
  return static_cast<T>(share == 1 ? now : old + rounded(share * (now - old)));
}

/// p = p - alpha u, with alpha from the sizes of p before the step and of u, where u(i) is an update.
template <class T, class Update>
void adafactor_move(const AdafactorRule::Scalars<T>& s, double size, Index n, T* p,
                    const Update& u) noexcept {
  const double alpha = (std::max)(s.eps2, size) * s.rate;
  double squares = 0;
  for (Index i = 0; i < n; ++i) {
    const double x = u(i);
    squares += rounded(x * x);
  }
  const double clipped = (std::max)(1.0, std::sqrt(squares) / (std::sqrt(static_cast<double>(n)) * s.d));
  const double factor = -alpha / clipped;
  for (Index i = 0; i < n; ++i) {
    p[i] = static_cast<T>(rounded(static_cast<double>(p[i]) * s.keep) + rounded(factor * u(i)));
  }
}

template <class T>
void AdafactorRule::update(const Scalars<T>& s, const Shape& shape, const T* g, T* p,
                           const std::array<T*, 4>& state) noexcept {
  const Index n = shape.numel();
  if (n == 0) return;
  double squares = 0;
  for (Index i = 0; i < n; ++i) squares += rounded(static_cast<double>(p[i]) * static_cast<double>(p[i]));
  const double size = std::sqrt(squares) / std::sqrt(static_cast<double>(n));
  const double least = s.eps1 * s.eps1;
  const auto square = [](T x) { return rounded(static_cast<double>(x) * static_cast<double>(x)); };
  if (shape.dim() < 2) {
    T* const variance = state[2];
    for (Index i = 0; i < n; ++i) variance[i] = taken_in(variance[i], square(g[i]), s.share);
    adafactor_move(s, size, n, p, [&](Index i) {
      const double v = (std::max)(static_cast<double>(variance[i]), least);
      return s.sign * static_cast<double>(g[i]) / std::sqrt(v);
    });
    return;
  }
  const Index columns = shape[static_cast<Index>(shape.dim()) - 1];
  const Index rows = shape[static_cast<Index>(shape.dim()) - 2];
  const Index matrices = n / (rows * columns);
  T* const row = state[0];
  T* const column = state[1];
  // Sums of columns in the order of rows, a few columns at a time, so that they stay in double.
  constexpr Index width = 16;
  for (Index m = 0; m < matrices; ++m) {
    const T* const from = g + m * rows * columns;
    for (Index r = 0; r < rows; ++r) {
      double sum = 0;
      for (Index c = 0; c < columns; ++c) sum += square(from[r * columns + c]);
      T& mean = row[m * rows + r];
      mean = taken_in(mean, sum / static_cast<double>(columns), s.share);
    }
    for (Index first = 0; first < columns; first += width) {
      const Index count = (std::min)(width, columns - first);
      std::array<double, static_cast<std::size_t>(width)> sums{};
      for (Index r = 0; r < rows; ++r) {
        for (Index c = 0; c < count; ++c) {
          sums[static_cast<std::size_t>(c)] += square(from[r * columns + first + c]);
        }
      }
      for (Index c = 0; c < count; ++c) {
        T& mean = column[m * columns + first + c];
        mean = taken_in(mean, sums[static_cast<std::size_t>(c)] / static_cast<double>(rows), s.share);
      }
    }
    // The mean of the rows of each matrix, where the room is.
    double mean = 0;
    for (Index r = 0; r < rows; ++r) mean += static_cast<double>(row[m * rows + r]);
    state[3][m] = static_cast<T>((std::max)(mean / static_cast<double>(rows), s.eps1));
  }
  adafactor_move(s, size, n, p, [&](Index i) {
    const Index m = i / (rows * columns);
    const Index r = i / columns;
    const Index c = m * columns + i % columns;
    const double v =
        static_cast<double>(row[r]) * static_cast<double>(column[c]) / static_cast<double>(state[3][m]);
    return s.sign * static_cast<double>(g[i]) / std::sqrt((std::max)(v, least));
  });
}

#ifdef WICK_COMPILED
template AdafactorRule::Scalars<float> AdafactorRule::scalars<float>(const Options&, std::int64_t,
                                                                     float*) noexcept;
template AdafactorRule::Scalars<double> AdafactorRule::scalars<double>(const Options&, std::int64_t,
                                                                       float*) noexcept;
template void AdafactorRule::update<float>(const Scalars<float>&, const Shape&, const float*, float*,
                                           const std::array<float*, 4>&) noexcept;
template void AdafactorRule::update<double>(const Scalars<double>&, const Shape&, const double*, double*,
                                            const std::array<double*, 4>&) noexcept;
#endif

}  // namespace detail

WICK_END_NAMESPACE
