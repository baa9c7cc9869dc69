#pragma once

// Definitions of preprocess/target_encoder.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/printable.hpp>
#include <wick/preprocess/detail/json_parts.hpp>
#include <wick/preprocess/detail/target_fit.hpp>
#include <wick/preprocess/target_encoder.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE TargetEncoder TargetEncoder::fit(const Column& column, std::span<const Index> rows,
                                             const TargetOptions& options) {
  detail::TargetFit fitted =
      detail::fit_target(column, rows, options.task.has_value(), options.task == Task::regression,
                         options.most_classes, options.scaling);
  TargetEncoder result;
  result.name_ = column.name();
  result.kind_ = column.kind();
  result.classes_ = detail::CategoryNames(std::move(fitted.classes));
  result.task_ = result.class_count() == 0   ? Task::regression
                 : options.task              ? *options.task
                 : result.class_count() == 2 ? Task::binary
                                             : Task::classes;
  result.scale_ = std::move(fitted.scale);
  result.least_ = fitted.least;
  result.greatest_ = fitted.greatest;
  if (result.task_ == Task::binary && result.class_count() != 2) {
    throw OptionError("TargetEncoder: column " + detail::quoted_name(result.name_) +
                      ": expected two classes for Task::binary, got " + std::to_string(result.class_count()));
  }
  return result;
}

WICK_INLINE TargetEncoder TargetEncoder::fit(const Column& column, const TargetOptions& options) {
  std::vector<Index> rows(static_cast<std::size_t>(column.size()));
  std::iota(rows.begin(), rows.end(), Index{0});
  return fit(column, rows, options);
}

WICK_INLINE void TargetEncoder::refuse(Index row, const std::string& expected, const CellView& got) const {
  throw OptionError("TargetEncoder: column " + detail::quoted_name(name_) + ", row " + std::to_string(row) +
                    ": expected " + expected + ", got " + shown_cell(got));
}

WICK_INLINE void TargetEncoder::need_regression(const char* function) const {
  if (task_ == Task::regression) return;
  throw OptionError(std::string("TargetEncoder::") + function + ": the target " + detail::quoted_name(name_) +
                    " is one of " + std::to_string(class_count()) + " classes, not a number");
}
WICK_INLINE void TargetEncoder::need_classes(const char* function) const {
  if (task_ != Task::regression) return;
  throw OptionError(std::string("TargetEncoder::") + function + ": the target " + detail::quoted_name(name_) +
                    " is a number, it has no classes");
}

WICK_INLINE double TargetEncoder::number_of(const Column& column, Index row) const {
  const CellView cell = cell_of(column, row);
  const auto x = detail::target_number(cell);
  if (!x) refuse(row, "a finite number", cell);
  return *x;
}

WICK_INLINE Tensor<std::int64_t> TargetEncoder::classes(const Column& column) const {
  need_classes("classes");
  Tensor<std::int64_t> result(Shape{column.size()});
  detail::NumberText room{};
  for (Index row = 0; row < column.size(); ++row) {
    const CellView cell = cell_of(column, row);
    const auto called = detail::category_name(cell, room);
    const Index place = called ? classes_.place_of(*called) : -1;
    if (place < 0) refuse(row, "one of the classes " + detail::quoted_names(classes_.names()), cell);
    result.data()[row] = place;
  }
  return result;
}

WICK_INLINE Column TargetEncoder::class_column(std::span<const std::int64_t> classes) const {
  need_classes("class_column");
  for (const std::int64_t c : classes) {
    if (c < 0 || c >= class_count()) {
      throw IndexError("TargetEncoder::class_column: class " + std::to_string(c) + " is out of range for " +
                       std::to_string(class_count()) + " classes");
    }
  }
  const auto name_at = [&](std::int64_t c) -> const std::string& {
    return classes_.names()[static_cast<std::size_t>(c)];
  };
  switch (kind_) {
    case ColumnKind::integer:
    case ColumnKind::real: {
      Reals reals;
      for (const std::int64_t c : classes) reals.values.push_back(parse_number(name_at(c)).value_or(0));
      if (kind_ == ColumnKind::real) return {name_, std::move(reals)};
      Integers integers;
      for (const std::int64_t c : classes) integers.values.push_back(detail::integer_in(name_at(c)));
      return {name_, std::move(integers)};
    }
    case ColumnKind::boolean: {
      Booleans truths;
      for (const std::int64_t c : classes) truths.values.push_back(name_at(c) == "True" ? 1 : 0);
      return {name_, std::move(truths)};
    }
    case ColumnKind::categorical:
    case ColumnKind::date:
    case ColumnKind::text:
      break;
  }
  Categories categories{{}, classes_.names()};
  for (const std::int64_t c : classes) categories.codes.push_back(static_cast<std::int32_t>(c));
  return {name_, std::move(categories)};
}

WICK_INLINE Tensor<double> TargetEncoder::numbers(const Column& column) const {
  need_regression("numbers");
  Tensor<double> result(Shape{column.size()});
  for (Index row = 0; row < column.size(); ++row) result.data()[row] = number_of(column, row);
  return result;
}

WICK_INLINE double TargetEncoder::unscaled(double y) const {
  need_regression("unscaled");
  return scale_.inverse(y);
}

WICK_INLINE std::string TargetEncoder::json() const {
  std::string out = R"({"format": "wick.target", "version": 1, "name": )";
  detail::append_json_string(out, name_);
  out +=
      R"(, "kind": ")" + std::string(name_of(kind_)) + R"(", "task": ")" + std::string(name_of(task_)) + "\"";
  if (task_ == Task::regression) {
    out += ", \"number\": ";
    detail::append_json_scale(out, scale_);
    out += ", \"least\": " + python_repr(least_) + ", \"greatest\": " + python_repr(greatest_);
  } else {
    out += ", \"classes\": ";
    detail::append_json_texts(out, classes_.names());
  }
  return out + "}";
}

WICK_INLINE TargetEncoder TargetEncoder::from_json(std::string_view text, const std::string& name) {
  detail::JsonReader json(text, name);
  TargetEncoder result = read(json);
  json.end();
  return result;
}

WICK_INLINE TargetEncoder TargetEncoder::read(detail::JsonReader& json) {
  const std::uint64_t at = json.next_offset();
  constexpr const char* what = "a target";
  constexpr std::array tasks{Task::binary, Task::classes, Task::regression};
  TargetEncoder result;
  std::set<std::string, std::less<>> seen;
  json.object(what, [&](const std::string& key) {
    seen.insert(key);
    if (key == "format" || key == "version") {
      detail::read_json_version(json, key, "wick.target");
    } else if (key == "name") {
      result.name_ = json.string("the name of a column");
    } else if (key == "kind") {
      result.kind_ = detail::json_word(json, "a kind", detail::all_column_kinds);
    } else if (key == "task") {
      result.task_ = detail::json_word(json, "a task", tasks);
    } else if (key == "classes") {
      result.classes_ = detail::json_names(json, "classes");
    } else if (key == "number") {
      std::optional<detail::DatePart> part;
      result.scale_ = detail::json_scale(json, part);
      if (part) json.fail("expected no part of a date in a target");
    } else if (key == "least") {
      result.least_ = detail::json_finite(json, "the least number");
    } else if (key == "greatest") {
      result.greatest_ = detail::json_finite(json, "the greatest number");
    } else {
      detail::unknown_member(json, key, what);
    }
  });
  const auto need = [&](const char* key) { detail::need_member(json, at, seen.contains(key), key, what); };
  for (const char* key : {"format", "version", "name", "kind", "task"}) need(key);
  const bool regression = result.task_ == Task::regression;
  for (const char* key : {"number", "least", "greatest"}) {
    if (regression) need(key);
    if (!regression && seen.contains(key))
      json.fail(at, std::string("the key \"") + key + "\" in a target of classes");
  }
  if (regression) {
    if (seen.contains("classes")) json.fail(at, "the key \"classes\" in a target that is a number");
    if (!detail::scales_targets(result.scale_.scaling)) {
      json.fail(
          at, "expected a scaling that targets can have, got " + std::string(name_of(result.scale_.scaling)));
    }
    return result;
  }
  need("classes");
  const Index count = result.class_count();
  if (count < 2 || (result.task_ == Task::binary && count != 2)) {
    json.fail(at, std::string("expected two classes") + (result.task_ == Task::binary ? "" : " or more") +
                      ", got " + std::to_string(count));
  }
  return result;
}

WICK_END_NAMESPACE
