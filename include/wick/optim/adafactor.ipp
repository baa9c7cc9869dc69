#pragma once

// Definitions of optim/adafactor.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/adafactor.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/kernels/level.hpp>
#include <wick/optim/adafactor.hpp>
#include <wick/optim/detail/rule_steps.hpp>

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

/// What updates are multiplied by, for parameters and updates of these sums of squares.
template <class T>
double adafactor_factor(const AdafactorRule::Scalars<T>& s, double squares, double update_squares,
                        Index n) noexcept {
  const double root = std::sqrt(static_cast<double>(n));
  const double alpha = (std::max)(s.eps2, std::sqrt(squares) / root) * s.rate;
  return s.sign * -alpha / (std::max)(1.0, std::sqrt(update_squares) / (root * s.d));
}

/// f(first column, their number) for parts of the columns, of which as many numbers fit on the stack.
inline constexpr Index adafactor_width = 256;
template <class Function>
void for_each_part(Index columns, const Function& f) {
  for (Index first = 0; first < columns; first += adafactor_width)
    f(first, (std::min)(adafactor_width, columns - first));
}

/// The means of the squares of g along both dimensions, taken into those that were, and the mean of the
/// rows'.
template <class T>
void adafactor_means(const AdafactorRule::Scalars<T>& s, Index rows, Index columns, const T* g, T* row,
                     T* column, T& mean_of_rows) noexcept {
  double total = 0;
  for (Index r = 0; r < rows; ++r) {
    const double squares = detail::kernels::sum_of_squares(g + r * columns, columns);
    row[r] = taken_in(row[r], squares / static_cast<double>(columns), s.share);
    total += static_cast<double>(row[r]);
  }
  mean_of_rows = static_cast<T>((std::max)(total / static_cast<double>(rows), s.eps1));
  for_each_part(columns, [&](Index first, Index count) {
    std::array<double, static_cast<std::size_t>(adafactor_width)> sums{};
    for (Index r = 0; r < rows; ++r)
      detail::kernels::add_squares(g + r * columns + first, sums.data(), count);
    for (Index c = 0; c < count; ++c) {
      T& mean = column[first + c];
      mean = taken_in(mean, sums[static_cast<std::size_t>(c)] / static_cast<double>(rows), s.share);
    }
  });
}

template <class T>
void AdafactorRule::update(const Scalars<T>& s, const Shape& shape, const T* g, T* p,
                           const std::array<T*, 4>& state) noexcept {
  const Index n = shape.numel();
  if (n == 0) return;
  const double squares = detail::kernels::sum_of_squares(p, n);
  if (shape.dim() < 2) {
    T* const variance = state[2];
    const auto update = [&](Index i) {
      const double v = (std::max)(static_cast<double>(variance[i]), s.eps1 * s.eps1);
      return static_cast<double>(g[i]) / std::sqrt(v);
    };
    double update_squares = 0;
    for (Index i = 0; i < n; ++i) {
      const auto now = static_cast<double>(g[i]);
      variance[i] = taken_in(variance[i], rounded(now * now), s.share);
      update_squares += rounded(update(i) * update(i));
    }
    const double factor = adafactor_factor(s, squares, update_squares, n);
    for (Index i = 0; i < n; ++i)
      p[i] = static_cast<T>(rounded(static_cast<double>(p[i]) * s.keep) + rounded(factor * update(i)));
    return;
  }
  const Index columns = shape[static_cast<Index>(shape.dim()) - 1];
  const Index rows = shape[static_cast<Index>(shape.dim()) - 2];
  const Index size = rows * columns;
  for (Index m = 0; m < n / size; ++m)
    adafactor_means(s, rows, columns, g + m * size, state[0] + m * rows, state[1] + m * columns, state[3][m]);
  // The root of the product is that of its factors: one for each row and each column.
  const auto each_part_of_rows = [&](const auto& f) {
    for (Index m = 0; m < n / size; ++m) {
      for_each_part(columns, [&](Index first, Index count) {
        std::array<double, static_cast<std::size_t>(adafactor_width)> of_columns{};
        for (Index c = 0; c < count; ++c) {
          const auto mean = static_cast<double>(state[1][m * columns + first + c]);
          of_columns[static_cast<std::size_t>(c)] = 1 / std::sqrt(mean);
        }
        for (Index r = 0; r < rows; ++r) {
          const auto mean = static_cast<double>(state[0][m * rows + r]);
          f(m * size + r * columns + first, count, of_columns.data(),
            1 / std::sqrt(mean / static_cast<double>(state[3][m])));
        }
      });
    }
  };
  const double most = 1 / s.eps1;
  double update_squares = 0;
  each_part_of_rows([&](Index at, Index count, const double* of_columns, double of_row) {
    update_squares += detail::kernels::adafactor_squares(g + at, of_columns, of_row, most, count);
  });
  const double factor = adafactor_factor(s, squares, update_squares, n);
  each_part_of_rows([&](Index at, Index count, const double* of_columns, double of_row) {
    detail::kernels::adafactor_move(g + at, of_columns, of_row, most, s.keep, factor, p + at, count);
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
template class RuleOptimizer<float, AdafactorRule>;
template class RuleOptimizer<double, AdafactorRule>;
#endif

}  // namespace detail

WICK_END_NAMESPACE
