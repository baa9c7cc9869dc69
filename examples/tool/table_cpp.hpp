#pragma once

// A model of a table as a C++ header that needs nothing else.

#include <wick/tabular/table_fit.hpp>

#include <string>
#include <vector>

namespace tool {

/// So many literals take a compiler some ten seconds.
inline constexpr wick::Index most_numbers_in_cpp = 4'000'000;

/// The text of a header with all that predictions of rows need, from C++17 on. Throws wick::OptionError for a
/// model of more parameters, and for numbers that are scaled by their quantiles. `missing`: the fields of CSV
/// files that stand for a missing value.
[[nodiscard]] std::string table_cpp(const wick::TableFit& fit, const std::vector<std::string>& missing);

}  // namespace tool
