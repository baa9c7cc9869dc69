// A model of a table as a C++ header that needs nothing else.

#include "table_cpp.hpp"

#include "cpp_text.hpp"

#include <wick/base/error.hpp>
#include <wick/preprocess/preprocessor.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

namespace {

using wick::Index;

constexpr const char* value_text = R"(
/// A cell of a row: a number, a text or a truth value; missing if it is none of them. Dates are texts such as
/// 2024-02-29 or 2024-02-29 12:30:15.
class Value {
 public:
  enum class Kind { missing, number, truth, text };

  Value() = default;
  Value(double x) : kind_(x == x ? Kind::number : Kind::missing), number_(x) {}
  Value(bool x) : kind_(Kind::truth), number_(x ? 1 : 0) {}
  template <class Integer, std::enable_if_t<std::is_integral<Integer>::value, int> = 0>
  Value(Integer x) : kind_(Kind::number), number_(static_cast<double>(x)) {}
  Value(std::string x) : kind_(Kind::text), text_(std::move(x)) {}
  Value(const char* x) : Value(std::string(x)) {}

  Kind kind() const { return kind_; }
  double number() const { return number_; }
  const std::string& text() const { return text_; }

 private:
  Kind kind_ = Kind::missing;
  double number_ = 0;
  std::string text_;
};

/// The cells of a row by the names of their columns; what is not set is missing.
class Row {
 public:
  Value& operator[](const std::string& column) {
    for (int i = 0; i < column_count; ++i) {
      if (column == column_names[i]) return values_[i];
    }
    throw std::out_of_range("table_model: no column is called \"" + column + "\"");
  }
  const Value& at(int column) const { return values_[column]; }

 private:
  Value values_[column_count];
};

namespace detail {

enum class Treatment { number, date, ordinal, one_hot, embedding };
enum class Scaling { none, linear, clipped, log };

// What becomes of a number; of a date, of one of its parts: days, year, month, day, weekday, hour.
struct Scale {
  Scaling scaling;
  int part;
  double fill, center, scale;
};
// Scales and categories are a part of all.
struct Column {
  Treatment treatment;
  bool is_boolean, indicator, missing_category;
  int scale_begin, scales, category_begin, categories;
};
)";

constexpr const char* rows_text = R"(
[[noreturn]] inline void refuse(int column, const char* expected, const Value& got) {
  throw std::invalid_argument("table_model: column \"" + std::string(column_names[column]) + "\": expected " + expected +
                              (got.kind() == Value::Kind::text ? ", got \"" + got.text() + '"' : ", got another value"));
}

inline double scaled(const Scale& s, double x) {
  switch (s.scaling) {
    case Scaling::none:
      return x;
    case Scaling::linear:
      return (x - s.center) / s.scale;
    case Scaling::log:
      return (std::copysign(std::log1p(std::abs(x)), x) - s.center) / s.scale;
    case Scaling::clipped: {
      const double y = (x - s.center) / s.scale;
      return std::abs(y) > 1e9 ? std::copysign(3.0, y) : y / std::sqrt(1 + y / 3 * (y / 3));
    }
  }
  return x;
}
inline float feature(double x) {
  const double most = static_cast<double>((std::numeric_limits<float>::max)());
  return static_cast<float>(x < -most ? -most : x > most ? most : x);
}

// False for one that is missing.
inline bool number_of(int column, const Value& cell, double& x) {
  if (cell.kind() == Value::Kind::missing) return false;
  x = cell.number();
  if (cell.kind() == Value::Kind::text) {
    std::istringstream in(cell.text());
    in.imbue(std::locale::classic());
    if (!(in >> x) || in.peek() != std::istringstream::traits_type::eof()) refuse(column, "a number", cell);
  }
  if (!(std::abs(x) <= (std::numeric_limits<double>::max)())) refuse(column, "a finite number", cell);
  return true;
}

// Days since the beginning of 1970 by the Gregorian calendar.
inline long long days_of(int year, int month, int day) {
  const int y = month > 2 ? year : year - 1;
  const int m = month > 2 ? month - 3 : month + 9;
  return 365LL * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 719469;
}
// The parts of a date; false for one that is missing.
inline bool date_of(int column, const Value& cell, double* parts) {
  if (cell.kind() == Value::Kind::missing) return false;
  const std::string& text = cell.text();
  std::size_t at = 0;
  bool ok = cell.kind() == Value::Kind::text;
  const auto digits = [&](int count) {
    int value = 0;
    for (; count > 0; --count, ++at) {
      ok = ok && at < text.size() && text[at] >= '0' && text[at] <= '9';
      if (ok) value = value * 10 + (text[at] - '0');
    }
    return value;
  };
  const auto one_of = [&](char a, char b) {
    ok = ok && at < text.size() && (text[at] == a || text[at] == b);
    ++at;
  };
  const int year = digits(4);
  one_of('-', '-');
  const int month = digits(2);
  one_of('-', '-');
  const int day = digits(2);
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  ok = ok && year >= 1 && month >= 1 && month <= 12 && day >= 1 &&
       day <= (month == 2 ? (leap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31);
  double seconds = 0;
  if (ok && at < text.size()) {
    one_of(' ', 'T');
    const int hour = digits(2);
    one_of(':', ':');
    const int minute = digits(2);
    int second = 0;
    double fraction = 0;
    if (ok && at < text.size() && text[at] == ':') {
      ++at;
      second = digits(2);
      if (ok && at < text.size() && text[at] == '.') {
        ++at;
        double unit = 0.1;
        for (; ok && at < text.size() && text[at] != 'Z'; unit /= 10) fraction += digits(1) * unit;
      }
    }
    if (ok && at < text.size()) one_of('Z', 'Z');
    ok = ok && at == text.size() && hour < 24 && minute < 60 && second < 60;
    seconds = hour * 3600 + minute * 60 + second + fraction;
  }
  if (!ok) refuse(column, "a date such as 2024-02-29", cell);
  const long long days = days_of(year, month, day);
  parts[0] = static_cast<double>(days) + seconds / 86400;
  parts[1] = year;
  parts[2] = month;
  parts[3] = day;
  parts[4] = static_cast<double>(((days + 3) % 7 + 7) % 7);  // 1970 began on a Thursday
  parts[5] = seconds / 3600;
  return true;
}

inline std::string text_of(double x) {
  std::string text;
  for (int digits = 1; digits <= 17; ++digits) {
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out << std::setprecision(x == std::floor(x) && std::abs(x) < 1e15 ? 17 : digits) << x;
    text = out.str();
    std::istringstream in(text);
    in.imbue(std::locale::classic());
    double same = 0;
    if (in >> same && same == x) break;
  }
  return text;
}
// The place of a category among those that are known; -1 for others.
inline int place_of(int column, const Column& c, const Value& cell) {
  if (cell.kind() == Value::Kind::missing) return c.missing_category ? c.categories : -1;
  std::string name = cell.kind() == Value::Kind::text    ? cell.text()
                     : cell.kind() == Value::Kind::truth ? (cell.number() > 0 ? "True" : "False")
                                                         : text_of(cell.number());
  if (c.is_boolean) {
    for (char& letter : name) letter = static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter);
    const bool is_true = name == "true" || (cell.kind() == Value::Kind::number && name == "1");
    const bool is_false = name == "false" || (cell.kind() == Value::Kind::number && name == "0");
    if (!is_true && !is_false) refuse(column, "true or false", cell);
    name = is_true ? "True" : "False";
  }
  for (int i = 0; i < c.categories; ++i) {
    if (name == categories[c.category_begin + i]) return i;
  }
  return -1;
}

inline void features(const Row& row, float* x) {
  for (int i = 0; i < column_count; ++i) {
    const Column& c = columns[i];
    const Value& cell = row.at(i);
    if (c.treatment == Treatment::number || c.treatment == Treatment::date || c.treatment == Treatment::ordinal) {
      double numbers[6] = {};
      bool known = true;
      if (c.treatment == Treatment::number) {
        known = number_of(i, cell, numbers[0]);
      } else if (c.treatment == Treatment::date) {
        known = date_of(i, cell, numbers);
      } else {
        numbers[0] = place_of(i, c, cell);
        known = numbers[0] >= 0;
      }
      for (int k = 0; k < c.scales; ++k) {
        const Scale& s = scales[c.scale_begin + k];
        *x++ = feature(scaled(s, known ? numbers[s.part] : s.fill));
      }
      if (c.indicator) *x++ = known ? 0.0F : 1.0F;
      continue;
    }
    const int place = place_of(i, c, cell);
    const int count = c.categories + (c.missing_category ? 1 : 0);
    if (c.treatment == Treatment::embedding) {
      *x++ = static_cast<float>(place + 1);
    } else if (count == 2) {
      *x++ = static_cast<float>(place < 0 ? 0 : 2 * place - 1);
    } else {
      for (int k = 0; k < count; ++k) *x++ = k == place ? 1.0F : 0.0F;
    }
  }
}

// y (outputs) = weight (inputs, outputs) x + bias
struct Layer {
  const float* weight;
  const float* bias;
  int inputs, outputs;
};
inline void apply(const Layer& layer, const double* x, double* y) {
  for (int j = 0; j < layer.outputs; ++j) y[j] = static_cast<double>(layer.bias[j]);
  for (int k = 0; k < layer.inputs; ++k) {
    const float* const row = layer.weight + static_cast<std::ptrdiff_t>(k) * layer.outputs;
    for (int j = 0; j < layer.outputs; ++j) y[j] += x[k] * static_cast<double>(row[j]);
  }
}
inline void silu(double* x) {
  for (int i = 0; i < width; ++i) x[i] /= 1 + std::exp(-x[i]);
}
)";

constexpr const char* network_text = R"(
inline void apply(const Member& member, const float* x, double* y) {
  double in[input_count];
  double* next = in;
  for (int i = 0; i < number_count; ++i) *next++ = static_cast<double>(x[i]) * static_cast<double>(member.scale[i]);
  for (int i = 0; i < number_count; ++i) {
    for (int k = i * frequency_count; k < (i + 1) * frequency_count; ++k) {
      const double turns = static_cast<double>(x[i]) * static_cast<double>(member.frequencies[k]);
      *next++ = std::cos((turns + static_cast<double>(member.phases[k])) * 6.283185307179586);
    }
  }
  for (int i = 0; i < embedded_count; ++i) {
    const float* const vector = member.embeddings[i] + static_cast<std::ptrdiff_t>(x[number_count + i]) * embedding_size;
    for (int k = 0; k < embedding_size; ++k) *next++ = static_cast<double>(vector[k]);
  }
  double h[width];
  double more[width];
  apply(member.first, in, h);
  silu(h);
  for (int block = 0; block < block_count; ++block) {
    apply(member.blocks[block], h, more);
    silu(more);
    for (int i = 0; i < width; ++i) h[i] += more[i];
  }
  apply(member.last, h, y);
}

}  // namespace detail
)";

constexpr const char* regression_text = R"(
/// The number that is predicted for a row. Throws std::invalid_argument for a cell that is not what its column
/// needs.
inline double predict(const Row& row) {
  float x[detail::feature_count];
  detail::features(row, x);
  double sum = 0;
  for (const detail::Member& member : detail::members) {
    double y[1];
    detail::apply(member, x, y);
    sum += y[0];
  }
  const double y = sum / detail::member_count * detail::target_scale + detail::target_center;
  return y < detail::least ? detail::least : y > detail::greatest ? detail::greatest : y;
}
)";

constexpr const char* classes_text = R"(
/// The most probable class of a row, by its place in class_names; fills probabilities[class_count] if it is not
/// null. Throws std::invalid_argument for a cell that is not what its column needs.
inline int predict(const Row& row, double* probabilities = nullptr) {
  float x[detail::feature_count];
  detail::features(row, x);
  double sums[class_count] = {};
  for (const detail::Member& member : detail::members) {
    double y[class_count];
    detail::apply(member, x, y);
    const double most = *std::max_element(y, y + class_count);
    double sum = 0;
    for (double& score : y) sum += score = std::exp(score - most);
    for (int i = 0; i < class_count; ++i) sums[i] += y[i] / sum / detail::member_count;
  }
  if (probabilities != nullptr) std::copy(sums, sums + class_count, probabilities);
  return static_cast<int>(std::max_element(sums, sums + class_count) - sums);
}
)";

constexpr const char* main_text = R"(
#ifdef TABLE_MODEL_MAIN
#include <iostream>
#include <vector>

namespace table_model {
namespace detail {

// The next record of a CSV file, blank lines left out, and the lines that it has; 0 at the end of the file.
inline int read_record(std::istream& in, std::vector<std::string>& fields) {
  int lines = 0;
  bool any = false;
  fields.assign(1, std::string());
  while (!any && in.peek() != std::istream::traits_type::eof()) {
    bool quoted = false;
    ++lines;
    for (char c = 0; in.get(c);) {
      if (quoted) {
        if (c == '\n') ++lines;
        if (c != '"') {
          fields.back() += c;
        } else if (in.peek() == '"') {
          fields.back() += static_cast<char>(in.get());
        } else {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = any = true;
      } else if (c == ',') {
        fields.emplace_back();
        any = true;
      } else if (c == '\n') {
        break;
      } else if (c != '\r') {
        fields.back() += c;
        any = true;
      }
    }
  }
  return any ? lines : 0;
}

// A field of a CSV file, in quotes where it needs them.
inline std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

}  // namespace detail
}  // namespace table_model

/// Reads a CSV file with a header from standard input, fields between commas, and writes what is predicted for
/// each row.
int main() {
  using namespace table_model;
  long long line = 0;
  try {
    std::vector<std::string> header;
    std::vector<std::string> fields;
    line += detail::read_record(std::cin, header);
    if (header[0].compare(0, 3, "\xEF\xBB\xBF") == 0) header[0].erase(0, 3);
    for (const char* name : column_names) {
      if (std::find(header.begin(), header.end(), name) != header.end()) continue;
      throw std::invalid_argument("expected a column \"" + std::string(name) + "\" in the header, with commas between the columns");
    }
    std::cout << std::setprecision(17);
    while (const int lines = detail::read_record(std::cin, fields)) {
      line += lines;
      if (fields.size() != header.size()) {
        throw std::invalid_argument("expected " + std::to_string(header.size()) + " fields, as in the header, got " +
                                    std::to_string(fields.size()));
      }
      Row row;
      for (std::size_t i = 0; i < header.size(); ++i) {
        const auto is = [](const std::string& text) { return [&text](const char* other) { return text == other; }; };
        if (std::none_of(std::begin(column_names), std::end(column_names), is(header[i]))) continue;
        if (std::any_of(std::begin(detail::missing), std::end(detail::missing), is(fields[i]))) continue;
        row[header[i]] = fields[i];
      }
)";

std::string truth(bool x) { return x ? "true" : "false"; }

class TableWriter {
 public:
  TableWriter(const wick::TableFit& fit, const std::vector<std::string>& missing)
      : fit_(fit),
        missing_(missing),
        inputs_(fit.predictor().preprocessing().inputs),
        target_(fit.predictor().preprocessing().target),
        network_(fit.model().module().members()[0]) {}

  [[nodiscard]] std::string text() {
    const std::string name = string_literal(target_.name());
    w_.line("#pragma once\n");
    w_.line("// A model of a table, which predicts " + name +
            ". Written by wick fit; needs C++17 and no library.");
    w_.line("//\n//   table_model::Row row;");
    const auto columns = inputs_.columns();
    for (std::size_t i = 0; i < columns.size() && i < 2; ++i) {
      const auto kind = columns[i].treatment;
      const std::string value = kind == wick::Treatment::number ? "3"
                                : kind == wick::Treatment::date ? "\"2024-02-29\""
                                : columns[i].categories.empty() ? "\"text\""
                                                                : string_literal(columns[i].categories[0]);
      w_.line("//   row[" + string_literal(columns[i].name) + "] = " + value + ";");
    }
    w_.line(regression() ? "//   const double number = table_model::predict(row);"
                         : "//   const char* name = table_model::class_names[table_model::predict(row)];");
    w_.line(
        "//\n// A source that defines TABLE_MODEL_MAIN before it includes this is a program that predicts "
        "the rows of");
    w_.line("// a CSV file.\n");
    for (const char* header : {"algorithm", "cmath", "cstddef", "iomanip", "iterator", "limits", "locale",
                               "sstream", "stdexcept", "string", "type_traits", "utility"}) {
      w_.line(std::string("#include <") + header + ">");
    }
    w_.line("\nnamespace table_model {\n");
    std::vector<std::string> names;
    names.reserve(columns.size());
    for (const auto& column : columns) names.push_back(column.name);
    w_.line("inline constexpr int column_count = " + std::to_string(names.size()) + ";");
    texts("column_names", names);
    if (!regression()) {
      w_.line("inline constexpr int class_count = " + std::to_string(target_.class_count()) + ";");
      texts("class_names", {target_.class_names().begin(), target_.class_names().end()});
    }
    w_.line(value_text);
    write_columns();
    write_sizes();
    w_.line(rows_text);
    write_members();
    w_.line(network_text);
    w_.line(regression() ? regression_text : classes_text);
    w_.line("}  // namespace table_model");
    w_.line(main_text);
    write_main_end();
    return w_.text();
  }

 private:
  [[nodiscard]] bool regression() const { return target_.task() == wick::Task::regression; }

  void texts(const std::string& name, const std::vector<std::string>& of) {
    w_.line("inline constexpr const char* " + name + "[] = {");
    for (const std::string& text : of) w_.line("  " + string_literal(text) + ",");
    if (of.empty()) w_.line("  \"\",");
    w_.line("};");
  }
  void constant(const char* name, Index x) {
    w_.line(std::string("inline constexpr int ") + name + " = " + std::to_string(x) + ";");
  }

  void write_columns() {
    std::vector<std::string> categories;
    std::string scales;
    std::string columns;
    int scale = 0;
    for (const wick::detail::ColumnPlan& plan : wick::detail::PlansOf::get(inputs_)) {
      columns += "  {Treatment::" + std::string(name_of(plan.treatment)) + ", " +
                 truth(plan.kind == wick::ColumnKind::boolean) + ", " + truth(plan.indicator) + ", " +
                 truth(plan.missing_category) + ", " + std::to_string(scale) + ", " +
                 std::to_string(plan.scales.size()) + ", " + std::to_string(categories.size()) + ", " +
                 std::to_string(plan.categories.size()) + "},\n";
      for (std::size_t i = 0; i < plan.scales.size(); ++i, ++scale) {
        const wick::detail::NumberScale& s = plan.scales[i];
        const auto part = plan.parts.empty() ? 0 : static_cast<int>(plan.parts[i]);
        scales += "  {Scaling::" + scaling(s.scaling) + ", " + std::to_string(part) + ", " + literal(s.fill) +
                  ", " + literal(s.center) + ", " + literal(s.scale) + "},\n";
      }
      const auto& names = plan.categories.names();
      categories.insert(categories.end(), names.begin(), names.end());
    }
    if (scales.empty()) scales = "  {Scaling::none, 0, 0, 0, 1},\n";
    w_.line("inline constexpr Scale scales[] = {\n" + scales + "};");
    w_.line("inline constexpr Column columns[] = {\n" + columns + "};");
    texts("categories", categories);
    texts("missing", missing_);
  }
  static std::string scaling(wick::Scaling of) {
    switch (of) {
      case wick::Scaling::none:
        return "none";
      case wick::Scaling::standard:
      case wick::Scaling::min_max:
      case wick::Scaling::robust:
        return "linear";
      case wick::Scaling::robust_clipped:
        return "clipped";
      case wick::Scaling::log:
        return "log";
      default:
        throw wick::OptionError("numbers that are scaled by their quantiles are not written as C++");
    }
  }

  void write_sizes() {
    const wick::TabularSizes& sizes = network_.sizes();
    const wick::TabularNetworkOptions& options = network_.options();
    constant("feature_count", inputs_.features());
    constant("number_count", sizes.numbers);
    constant("frequency_count", options.frequencies);
    constant("embedded_count", static_cast<Index>(sizes.categories.size()));
    constant("embedding_size", options.embedding);
    constant("input_count", network_.features());
    constant("width", options.width);
    constant("block_count", options.blocks);
    constant("member_count", fit_.model().module().members().size());
    if (!regression()) return;
    const double center = target_.unscaled(0);
    const auto number = [&](const char* name, double x) {
      w_.line(std::string("inline constexpr double ") + name + " = " + literal(x) + ";");
    };
    number("target_center", center);
    number("target_scale", target_.unscaled(1) - center);
    number("least", target_.least());
    number("greatest", target_.greatest());
  }

  void write_members() {
    const Index count = fit_.model().module().members().size();
    const Index blocks = network_.options().blocks;
    std::string members;
    for (Index i = 0; i < count; ++i) {
      const std::string number = std::to_string(i);
      const std::string scale = array(number, "scale");
      const std::string frequencies = array(number, "frequencies");
      const std::string phases = array(number, "phases");
      std::string embeddings;
      for (std::size_t k = 0; k < network_.sizes().categories.size(); ++k) {
        embeddings += array(number, "embeddings." + std::to_string(k) + ".weight") + ", ";
      }
      const std::string first = layer(number, "first");
      std::string list;
      for (Index k = 0; k < blocks; ++k) list += layer(number, "blocks." + std::to_string(k)) + ", ";
      const std::string last = layer(number, "last");
      const auto pointers = [&](const std::string& type, const std::string& name, const std::string& of) {
        if (of.empty()) return std::string("nullptr");
        std::string numbered = name + number;
        std::string line = "inline constexpr ";
        for (const std::string_view part :
             std::initializer_list<std::string_view>{type, " ", numbered, "[] = {", of, "};"})
          line += part;
        w_.line(line);
        return numbered;
      };
      const std::string tables = pointers("const float*", "embeddings_", embeddings);
      const std::string between = pointers("Layer", "blocks_", list);
      members.append("  {");
      for (const auto* part : {&scale, &frequencies, &phases, &tables, &first, &between})
        members.append(*part).append(", ");
      members.append(last).append("},\n");
    }
    w_.line("struct Member {\n  const float* scale;\n  const float* frequencies;\n  const float* phases;");
    w_.line("  const float* const* embeddings;\n  Layer first;\n  const Layer* blocks;\n  Layer last;\n};");
    w_.line("inline constexpr Member members[] = {\n" + members + "};");
  }
  /// Writes a parameter; its name in the source.
  std::string array(const std::string& member, const std::string& path) {
    const auto& block = *fit_.model().parameters();
    const std::string full = "members." + member + "." + path;
    const bool is_there =
        std::ranges::any_of(block.entries(), [&](const auto& entry) { return entry.name == full; });
    if (!is_there) return "nullptr";
    const auto values = block.value(full);
    std::string name = path + "_" + member;
    std::ranges::replace(name, '.', '_');
    w_.numbers<float>(name, values.span());
    return name;
  }
  std::string layer(const std::string& member, const std::string& path) {
    const auto weight = fit_.model().parameters()->value("members." + member + "." + path + ".weight");
    const Index out = weight.size(0);
    const Index in = weight.size(1);
    std::vector<float> transposed;
    for (Index k = 0; k < in; ++k) {
      for (Index j = 0; j < out; ++j) transposed.push_back(weight.at(j, k));
    }
    std::string name = path + "_weight_" + member;
    std::ranges::replace(name, '.', '_');
    w_.numbers<float>(name, transposed);
    return "{" + name + ", " + array(member, path + ".bias") + ", " + std::to_string(in) + ", " +
           std::to_string(out) + "}";
  }

  void write_main_end() {
    if (regression()) {
      w_.line("      std::cout << predict(row) << '\\n';");
    } else {
      w_.line("      double p[class_count];");
      w_.line("      std::cout << detail::field(class_names[predict(row, p)]);");
      w_.line("      for (const double share : p) std::cout << ',' << share;");
      w_.line("      std::cout << '\\n';");
    }
    w_.line(
        "    }\n    return 0;\n  } catch (const std::exception& e) {\n    std::cerr << "
        "\"line \" << "
        "line << \": \" << e.what() << '\\n';\n    return 1;\n  }\n}");
    w_.line("#endif");
  }

  const wick::TableFit& fit_;
  const std::vector<std::string>& missing_;
  const wick::Preprocessor& inputs_;
  const wick::TargetEncoder& target_;
  const wick::TabularNetwork<float>& network_;
  CppWriter w_;
};

}  // namespace

std::string table_cpp(const wick::TableFit& fit, const std::vector<std::string>& missing) {
  const Index count = fit.predictor().parameter_count();
  if (count > most_numbers_in_cpp) {
    throw wick::OptionError(
        "the model has " + std::to_string(count) + " parameters, more than the " +
        std::to_string(most_numbers_in_cpp) +
        " that compilers take as constants; wick_embed_model() embeds model.wick in a program");
  }
  return TableWriter(fit, missing).text();
}

}  // namespace tool
