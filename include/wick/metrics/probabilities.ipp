#pragma once

// Definitions of metrics/probabilities.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/metrics/probabilities.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void BrierRule::add(const std::vector<double>& row, std::size_t target, double weight,
                                double /*smallest*/) {
  double squares = 0;
  for (std::size_t c = 0; c < row.size(); ++c) {
    const double off = row[c] - (c == target ? 1 : 0);
    squares += off * off;
  }
  sum += weight * (row.size() == 2 ? squares / 2 : squares);
  total += weight;
}

WICK_INLINE void CalibrationRule::add(const std::vector<double>& row, std::size_t target, double weight,
                                      double /*smallest*/) {
  const Index best = largest_of(row.data(), static_cast<Index>(row.size()));
  const auto at = static_cast<std::size_t>(best);
  add_binary(row[at], at == target, weight, 0);
}

WICK_INLINE void CalibrationRule::add_binary(double p, bool target, double weight, double /*smallest*/) {
  // Bins end where they are closed: (0, 1/n], (1/n, 2/n] and so on.
  const auto count = static_cast<double>(bins.size());
  const double width = 1 / count;
  auto i = p > 0 ? static_cast<std::size_t>((std::min)(p * count, count - 1)) : 0;
  while (i > 0 && p <= static_cast<double>(i) * width) --i;
  while (i + 1 < bins.size() && p > static_cast<double>(i + 1) * width) ++i;
  bins[i].weight += weight;
  bins[i].confidence += weight * p;
  bins[i].right += weight * (target ? 1 : 0);
}

}  // namespace detail

WICK_INLINE CalibrationError::CalibrationError(Scores kind, Index bins) : OfProbabilities(kind) {
  constexpr Index most = 10'000;
  if (bins < 1 || bins > most) {
    throw OptionError("CalibrationError: bins must be in [1, " + std::to_string(most) + "], got " +
                      std::to_string(bins));
  }
  rule().bins.resize(static_cast<std::size_t>(bins));
}

WICK_INLINE double CalibrationError::result() const noexcept {
  double off = 0;
  double total = 0;
  for (const auto& bin : rule().bins) {
    off += std::abs(bin.confidence - bin.right);
    total += bin.weight;
  }
  return off / total;
}

WICK_END_NAMESPACE
