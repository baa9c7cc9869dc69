#pragma once

// Definitions of metrics/metric.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/metrics/metric.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE MetricValues::MetricValues(std::vector<Description> descriptions) {
  if (descriptions.size() > most) {
    throw OptionError("metrics: expected at most " + std::to_string(most) + ", got " +
                      std::to_string(descriptions.size()));
  }
  for (std::size_t i = 0; i < descriptions.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (descriptions[i].name == descriptions[k].name) {
        throw OptionError("metrics: two are called \"" + descriptions[i].name + "\"; give one another name");
      }
    }
  }
  descriptions_ = std::make_shared<const std::vector<Description>>(std::move(descriptions));
}

namespace detail {

WICK_INLINE void add_description(std::vector<MetricValues::Description>& to, std::string_view name,
                                 bool larger_is_better) {
  to.push_back({std::string(name), larger_is_better});
}

}  // namespace detail

WICK_INLINE std::size_t MetricValues::find(std::string_view name) const noexcept {
  std::size_t i = 0;
  while (i < size() && (*descriptions_)[i].name != name) ++i;
  return i;
}

WICK_INLINE double MetricValues::operator[](std::string_view name) const {
  const std::size_t i = find(name);
  if (i == size()) throw IndexError("metrics: none is called \"" + std::string(name) + "\"" + known());
  return values_[i];
}

WICK_INLINE std::string MetricValues::known() const {
  std::string names;
  for (std::size_t i = 0; i < size(); ++i) names += (i == 0 ? "\"" : ", \"") + name(i) + "\"";
  return names.empty() ? "; there are none" : "; there is " + names;
}

WICK_INLINE void MetricValues::refuse(std::size_t i) const {
  throw IndexError("metrics: expected a number below " + std::to_string(size()) + ", got " +
                   std::to_string(i));
}

WICK_INLINE bool MetricValues::equals(const MetricValues& other) const noexcept {
  if (size() != other.size()) return false;
  for (std::size_t i = 0; i < size(); ++i) {
    if (name(i) != other.name(i) || values_[i] != other.values_[i]) return false;
  }
  return true;
}

WICK_END_NAMESPACE
