#pragma once

// Definitions of nn/summary.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/printable.hpp>
#include <wick/nn/summary.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void CallNotes::returned(int module, const Shape& shape) {
  callees.push_back(module);
  shapes.push_back(shape);
}

/// 1234567 to `1,234,567`.
[[nodiscard]] inline std::string with_commas(std::int64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t i = digits.size(); i > 3;) {
    i -= 3;
    digits.insert(i, 1, ',');
  }
  return digits;
}
/// Two digits behind the point.
[[nodiscard]] inline std::string two_digits(double x) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.2f", x);
  return text.data();
}
/// Columns of a terminal; all that is written here has one for each character.
[[nodiscard]] inline std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}
[[nodiscard]] inline std::string padded_to(std::string text, std::size_t width) {
  const std::size_t has = width_of(text);
  return has < width ? text.append(width - has, ' ') : text;
}

WICK_INLINE Summary summary_of(const ModuleTree& tree, const CallNotes& notes,
                               const std::vector<char>& frozen, std::size_t element_size) {
  Summary result;
  const auto bytes = static_cast<std::int64_t>(element_size);
  const auto modules = tree.modules();
  std::vector<std::size_t> place_of(modules.size());
  for (std::size_t i = 0; i < modules.size(); ++i) place_of[static_cast<std::size_t>(modules[i].id)] = i;
  for (const ModuleInfo& m : modules) {
    SummaryRow row;
    row.path = m.path;
    row.type = tree.type_of(m);
    row.depth = m.path.empty() ? 0 : 1 + static_cast<std::size_t>(std::ranges::count(m.path, '.'));
    row.has_modules = !m.children.empty();
    // Each parameter once, whatever its names.
    std::vector<char> met(frozen.size(), 0);
    const auto first = static_cast<std::size_t>(&m - modules.data());
    for (const ModuleInfo& inner : modules.subspan(first, m.end - first)) {
      for (const auto& p : inner.parameters) {
        if (met[p.slot.number] != 0) continue;
        met[p.slot.number] = 1;
        row.params += p.slot.shape.numel();
        if (&inner == &m) row.own_params += p.slot.shape.numel();
        if (frozen[p.slot.number] == 0) row.trainable_params += p.slot.shape.numel();
      }
    }
    result.rows.push_back(std::move(row));
  }
  for (std::size_t k = 0; k < notes.callees.size(); ++k) {
    const Shape& shape = notes.shapes[k];
    const std::size_t place = place_of[static_cast<std::size_t>(notes.callees[k])];
    SummaryRow& row = result.rows[place];
    // The model's own module may have said it itself.
    const bool again = place == 0 && row.calls > 0 && k + 1 == notes.callees.size();
    if (again) continue;
    ++row.calls;
    row.output = shape;
    row.output_bytes += bytes * shape.numel();
    if (row.has_modules) continue;
    const Index rows = shape.dim() == 0 ? 1 : shape[0];
    for (const auto& p : modules[place].parameters) {
      if (p.name == "weight" || p.name == "bias") row.mult_adds += rows * p.slot.shape.numel();
    }
  }
  for (const SummaryRow& row : result.rows) {
    result.mult_adds += row.mult_adds;
    if (!row.has_modules && row.params > 0) result.pass_bytes += 2 * row.output_bytes;
  }
  result.total_params = result.rows.front().params;
  result.trainable_params = result.rows.front().trainable_params;
  result.param_bytes = bytes * result.total_params;
  return result;
}

}  // namespace detail

WICK_INLINE std::ostream& Summary::print(std::ostream& out) const {
  constexpr std::size_t column = 25;
  constexpr std::size_t indent = 5;
  std::vector<std::string> names;
  std::size_t name_width = 40;
  std::vector<std::size_t> numbers;  // of modules so far, by depth
  for (const SummaryRow& row : rows) {
    std::string name = detail::shown_name(row.type);
    numbers.resize((std::max)(numbers.size(), row.depth + 1), 0);
    ++numbers[row.depth];
    if (row.depth > 0) name += ": " + std::to_string(row.depth) + "-" + std::to_string(numbers[row.depth]);
    const std::size_t needed = detail::width_of(name) + row.depth * indent + 1;
    if (needed >= name_width) name_width = (needed + indent - 1) / indent * indent;
    names.push_back(std::move(name));
  }
  const auto line = [&](const std::string& name, const std::string& shape, const std::string& params) {
    out << detail::padded_to(name, name_width) << " " << detail::padded_to(shape, column) << " " << params
        << "\n";
  };
  const std::string divider = std::string(name_width + 2 * column, '=') + "\n";
  out << divider;
  line("Layer (type:depth-idx)", "Output Shape", "Param #");
  out << divider;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const SummaryRow& row = rows[i];
    if (row.depth > max_depth) continue;
    std::string start;
    for (std::size_t d = 1; d < row.depth; ++d) start += "\xE2\x94\x82    ";
    if (row.depth > 0) start += row.depth == 1 ? "\xE2\x94\x9C\xE2\x94\x80" : "\xE2\x94\x94\xE2\x94\x80";
    const bool whole = !row.has_modules || row.depth == max_depth;
    const std::int64_t count = whole ? row.params : row.own_params;
    std::string params = count > 0 ? detail::with_commas(count) : "--";
    if (whole && count > 0 && row.trainable_params == 0) params.insert(0, 1, '(').append(1, ')');
    line(start.append(names[i]), row.output ? row.output->str() : "--", params);
  }
  out << divider << "Total params: " << detail::with_commas(total_params)
      << "\nTrainable params: " << detail::with_commas(trainable_params)
      << "\nNon-trainable params: " << detail::with_commas(total_params - trainable_params);
  const auto count = static_cast<double>(mult_adds);
  const double unit = count >= 1e12 ? 1e12 : count >= 1e9 ? 1e9 : 1e6;
  const bool is_whole = mult_adds % static_cast<std::int64_t>(unit) == 0;
  out << "\nTotal mult-adds (Units."
      << (unit == 1e12  ? "TERA"
          : unit == 1e9 ? "GIGA"
                        : "MEGA")
      << "BYTES): "
      << (is_whole ? detail::with_commas(mult_adds / static_cast<std::int64_t>(unit))
                   : detail::two_digits(count / unit))
      << "\n"
      << divider;
  const auto megabytes = [&](const char* what, std::int64_t bytes) {
    out << what << " (MB): " << detail::two_digits(static_cast<double>(bytes) / 1e6) << "\n";
  };
  megabytes("Input size", input_bytes);
  megabytes("Forward/backward pass size", pass_bytes);
  megabytes("Params size", param_bytes);
  megabytes("Estimated Total Size", input_bytes + pass_bytes + param_bytes);
  return out << std::string(name_width + 2 * column, '=');
}

WICK_END_NAMESPACE
