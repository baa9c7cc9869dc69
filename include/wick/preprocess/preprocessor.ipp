#pragma once

// Definitions of preprocess/preprocessor.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/preprocess/detail/column_json.hpp>
#include <wick/preprocess/detail/fit_columns.hpp>
#include <wick/preprocess/preprocessor.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <variant>

WICK_BEGIN_NAMESPACE

WICK_INLINE Preprocessor Preprocessor::fit(const Table& table, std::span<const Index> rows,
                                           const PreprocessOptions& options) {
  detail::check_preprocess_options(options);
  detail::check_columns_are_there(table, options);
  if (rows.empty()) throw OptionError("Preprocessor: expected one training row or more, got none");
  for (const Index row : rows) {
    if (row < 0 || row >= table.rows()) {
      throw IndexError("Preprocessor: training row " + std::to_string(row) + " is out of range for " +
                       std::to_string(table.rows()) + " rows");
    }
  }
  std::vector<detail::ColumnPlan> plans;
  std::vector<IgnoredColumn> ignored;
  for (const Column& column : table.columns()) {
    const auto& out = options.leave_out;
    if (std::find(out.begin(), out.end(), column.name()) != out.end()) continue;
    auto found = detail::ColumnFitter(column, rows, options).fit();
    if (auto* plan = std::get_if<detail::ColumnPlan>(&found)) {
      plans.push_back(std::move(*plan));
    } else {
      ignored.push_back({column.name(), std::get<std::string>(std::move(found))});
    }
  }
  if (plans.empty()) {
    std::string why;
    for (const IgnoredColumn& column : ignored) {
      why += (why.empty() ? "; " : ", ") + detail::quoted_name(column.name) + ": " + column.why;
    }
    throw OptionError("Preprocessor: no column makes a feature" + detail::shown_name(why, 1000));
  }
  return {std::move(plans), std::move(ignored)};
}

WICK_INLINE Preprocessor Preprocessor::fit(const Table& table, const PreprocessOptions& options) {
  std::vector<Index> rows(static_cast<std::size_t>(table.rows()));
  std::iota(rows.begin(), rows.end(), Index{0});
  return fit(table, rows, options);
}

WICK_INLINE Preprocessor::Preprocessor(std::vector<detail::ColumnPlan> plans,
                                       std::vector<IgnoredColumn> ignored)
    : plans_(std::move(plans)), ignored_(std::move(ignored)) {
  std::stable_partition(plans_.begin(), plans_.end(), [](const detail::ColumnPlan& plan) {
    return plan.treatment != Treatment::embedding;
  });
  for (detail::ColumnPlan& plan : plans_) {
    plan.feature = features_;
    features_ += plan.width();
  }
}

WICK_INLINE std::vector<std::string> Preprocessor::feature_names() const {
  std::vector<std::string> names;
  for (const detail::ColumnPlan& plan : plans_) {
    const auto& categories = plan.categories.names();
    if (plan.treatment == Treatment::date) {
      for (const detail::DatePart part : plan.parts) {
        names.push_back(plan.name + " " +
                        std::string(detail::date_part_names[static_cast<std::size_t>(part)]));
      }
    } else if (plan.treatment == Treatment::one_hot) {
      for (std::size_t i = plan.is_sign() ? 1 : 0; i < categories.size(); ++i) {
        names.push_back(plan.name + "=" + categories[i]);
      }
      if (plan.missing_category) names.push_back(plan.name + " missing");
    } else if (plan.treatment == Treatment::embedding || !plan.scales.empty()) {
      names.push_back(plan.name);
    }
    if (plan.indicator) names.push_back(plan.name + " missing");
  }
  return names;
}

WICK_INLINE std::vector<EmbeddedColumn> Preprocessor::embeddings() const {
  std::vector<EmbeddedColumn> result;
  for (const detail::ColumnPlan& plan : plans_) {
    if (plan.treatment == Treatment::embedding) {
      result.push_back({plan.name, plan.feature, plan.category_count() + 1});
    }
  }
  return result;
}

WICK_INLINE std::vector<InputColumn> Preprocessor::columns() const {
  std::vector<InputColumn> result;
  for (const detail::ColumnPlan& plan : plans_) {
    result.push_back(
        {plan.name, plan.kind, plan.treatment, plan.feature, plan.width(), plan.categories.names()});
  }
  return result;
}

WICK_INLINE std::map<std::string, ColumnKind> Preprocessor::kinds_to_read() const {
  std::map<std::string, ColumnKind> result;
  for (const detail::ColumnPlan& plan : plans_) {
    const bool integer = plan.kind == ColumnKind::integer;
    const bool category = plan.kind == ColumnKind::categorical;
    result[plan.name] = integer ? ColumnKind::real : category ? ColumnKind::text : plan.kind;
  }
  return result;
}

WICK_INLINE std::string Preprocessor::describe() const {
  constexpr std::size_t most = 40;
  std::size_t widest = 0;
  for (const auto& plan : plans_) widest = (std::max)(widest, detail::shown_name(plan.name, most).size());
  for (const auto& column : ignored_) {
    widest = (std::max)(widest, detail::shown_name(column.name, most).size());
  }
  const auto begin = [&](const std::string& name) {
    const std::string shown = detail::shown_name(name, most);
    return shown + std::string(widest - shown.size() + 2, ' ');
  };
  std::string result = std::to_string(features_) + (features_ == 1 ? " feature\n" : " features\n");
  for (const detail::ColumnPlan& plan : plans_) {
    const Index last = plan.feature + plan.width() - 1;
    std::string places = std::to_string(plan.feature);
    if (last > plan.feature) places += "-" + std::to_string(last);
    std::string line = begin(plan.name) + std::string(name_of(plan.treatment));
    if (!plan.scales.empty()) line += ", " + std::string(name_of(plan.scales.front().scaling));
    if (const Index count = plan.category_count(); count > 0) {
      line += ", " + std::to_string(count) + (count == 1 ? " category" : " categories");
      if (plan.missing_category) line += " with a missing one";
    }
    if (plan.indicator) line += ", says what is missing";
    result += line;
    result += " -> " + places + "\n";
  }
  for (const IgnoredColumn& column : ignored_) {
    result += begin(column.name) + "ignored: " + column.why + "\n";
  }
  return result;
}

WICK_INLINE void Preprocessor::refuse(const detail::ColumnPlan& plan, const detail::WrongCell& wrong,
                                      const CellView& cell, const std::string& where) {
  throw OptionError("Preprocessor: column " + detail::quoted_name(plan.name) + where + ": expected " +
                    std::string(wrong.expected) + ", got " + shown_cell(cell));
}

template <Floating T>
void Preprocessor::write_column(const Column& column, const detail::ColumnPlan& plan, T* out) const {
  const auto each_row = [&](auto write) {
    for (Index row = 0; row < column.size(); ++row, out += features_) write(row);
  };
  const bool by_code = column.kind() == ColumnKind::categorical && plan.kind != ColumnKind::boolean &&
                       plan.treatment != Treatment::number && plan.treatment != Treatment::date;
  if (by_code) {
    // Each name is looked up once.
    const Categories& categories = column.categories();
    std::vector<Index> places;
    for (const std::string& name : categories.names) places.push_back(plan.place_of(std::string_view(name)));
    const Index missing = plan.place_of(std::monostate());
    each_row([&](Index row) {
      const std::int32_t code = categories.codes[static_cast<std::size_t>(row)];
      plan.write_category(code < 0 ? missing : places[static_cast<std::size_t>(code)], out);
    });
    return;
  }
  each_row([&](Index row) {
    const CellView cell = cell_of(column, row);
    try {
      plan.write(cell, out);
    } catch (const detail::WrongCell& wrong) {
      refuse(plan, wrong, cell, ", row " + std::to_string(row));
    }
  });
}

template <Floating T>
void Preprocessor::transform_out(const Table& table, TensorView<T> out) const {
  if (out.shape() != Shape{table.rows(), features_}) {
    throw ShapeError("Preprocessor: expected " + Shape{table.rows(), features_}.str() + " to write to, got " +
                     out.shape().str());
  }
  for (const detail::ColumnPlan& plan : plans_) {
    const Column* column = table.find(plan.name);
    if (column == nullptr) {
      throw IndexError(
          "Preprocessor: expected a column " + detail::quoted_name(plan.name) + "; " +
          (table.columns().empty() ? "there are none" : "there is " + detail::quoted_names(table.names())));
    }
    if (table.rows() > 0) write_column(*column, plan, out.data() + plan.feature);
  }
}

template <Floating T>
void Preprocessor::transform_out(const Row& row, TensorView<T> out) const {
  if (out.shape() != Shape{features_} && out.shape() != Shape{1, features_}) {
    throw ShapeError("Preprocessor: expected " + Shape{1, features_}.str() + " to write to, got " +
                     out.shape().str());
  }
  std::size_t hint = 0;
  for (const detail::ColumnPlan& plan : plans_) {
    const Cell* cell = row.find(plan.name, &hint);
    if (cell == nullptr) {
      throw IndexError(
          "Preprocessor: expected a value " + detail::quoted_name(plan.name) + " in the row; " +
          (row.items().empty() ? "there are none" : "there is " + detail::quoted_names(row.names())));
    }
    try {
      plan.write(cell->view(), out.data() + plan.feature);
    } catch (const detail::WrongCell& wrong) {
      refuse(plan, wrong, cell->view(), "");
    }
  }
}

WICK_INLINE std::string Preprocessor::json() const {
  std::string out = R"({"format": "wick.preprocessor", "version": 1, "columns": [)";
  for (const detail::ColumnPlan& plan : plans_) {
    if (&plan != plans_.data()) out += ", ";
    detail::append_json_plan(out, plan);
  }
  out += "], \"ignored\": [";
  for (const IgnoredColumn& column : ignored_) {
    out += &column == ignored_.data() ? "{\"name\": " : ", {\"name\": ";
    detail::append_json_string(out, column.name);
    out += ", \"why\": ";
    detail::append_json_string(out, column.why);
    out += '}';
  }
  return out + "]}";
}

WICK_INLINE Preprocessor Preprocessor::from_json(std::string_view text, const std::string& name) {
  detail::JsonReader json(text, name);
  Preprocessor result = read(json);
  json.end();
  return result;
}

WICK_INLINE Preprocessor Preprocessor::read(detail::JsonReader& json) {
  auto [plans, ignored] = detail::read_json_plans(json);
  std::vector<IgnoredColumn> columns;
  columns.reserve(ignored.size());
  for (auto& [column, why] : ignored) columns.push_back({std::move(column), std::move(why)});
  return {std::move(plans), std::move(columns)};
}

#ifdef WICK_COMPILED
template void Preprocessor::transform_out(const Table&, TensorView<float>) const;
template void Preprocessor::transform_out(const Table&, TensorView<double>) const;
template void Preprocessor::transform_out(const Row&, TensorView<float>) const;
template void Preprocessor::transform_out(const Row&, TensorView<double>) const;
#endif

WICK_END_NAMESPACE
