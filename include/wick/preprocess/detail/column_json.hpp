#pragma once

// The plans of all columns as JSON, and back.

#include <wick/io/bytes/json.hpp>
#include <wick/preprocess/detail/column_plan.hpp>
#include <wick/preprocess/detail/json_parts.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline void append_json_plan(std::string& out, const ColumnPlan& plan) {
  out += "{\"name\": ";
  append_json_string(out, plan.name);
  out += R"(, "kind": ")" + std::string(name_of(plan.kind)) + R"(", "treatment": ")" +
         std::string(name_of(plan.treatment)) + "\"";
  const bool numbers = plan.treatment == Treatment::number || plan.treatment == Treatment::date ||
                       plan.treatment == Treatment::ordinal;
  if (plan.treatment != Treatment::number && plan.treatment != Treatment::date) {
    out += ", \"categories\": ";
    append_json_texts(out, plan.categories.names());
  }
  if (numbers) {
    out += ", \"numbers\": [";
    for (std::size_t i = 0; i < plan.scales.size(); ++i) {
      if (i > 0) out += ", ";
      append_json_scale(out, plan.scales[i],
                        plan.parts.empty() ? std::optional<DatePart>() : std::optional(plan.parts[i]));
    }
    out += std::string("], \"indicator\": ") + (plan.indicator ? "true" : "false");
  } else {
    out += std::string(", \"missing\": ") + (plan.missing_category ? "true" : "false");
  }
  out += '}';
}

/// Fails at `at` for a plan that fit() would not make.
inline void check_plan(JsonReader& json, std::uint64_t at, const ColumnPlan& plan) {
  const auto need = [&](bool ok, const char* what) {
    if (!ok) {
      json.fail(at, "the column " + quoted_name(plan.name) + ", " + std::string(name_of(plan.treatment)) +
                        ": expected " + what);
    }
  };
  const bool number = plan.treatment == Treatment::number;
  const bool date = plan.treatment == Treatment::date;
  const bool ordinal = plan.treatment == Treatment::ordinal;
  need(date ? plan.parts.size() == plan.scales.size() : plan.parts.empty(),
       date ? "a part for each number" : "no part of a date");
  need(std::set<DatePart>(plan.parts.begin(), plan.parts.end()).size() == plan.parts.size(),
       "different parts of a date");
  need(date || plan.scales.size() <= (number || ordinal ? 1U : 0U),
       number || ordinal ? "one number at most" : "no numbers");
  need(number || date || ordinal || !plan.indicator, "no indicator");
  need(!(number || date || ordinal) || !plan.missing_category, "no missing category");
  need((number || date) ? plan.categories.size() == 0 : plan.category_count() > 0,
       number || date ? "no categories" : "a category");
  need(plan.width() > 0, "a feature");
}

[[nodiscard]] inline ColumnPlan read_json_plan(JsonReader& json) {
  const std::uint64_t at = json.next_offset();
  constexpr const char* what = "a column";
  ColumnPlan plan;
  std::set<std::string, std::less<>> seen;
  json.object(what, [&](const std::string& key) {
    seen.insert(key);
    if (key == "name") {
      plan.name = json.string("the name of a column");
    } else if (key == "kind") {
      plan.kind = json_word(json, "a kind", all_column_kinds);
    } else if (key == "treatment") {
      plan.treatment = json_word(json, "a treatment", all_treatments);
    } else if (key == "categories") {
      plan.categories = json_names(json, "categories");
    } else if (key == "missing") {
      plan.missing_category = json_truth(json, "missing");
    } else if (key == "indicator") {
      plan.indicator = json_truth(json, "indicator");
    } else if (key == "numbers") {
      json.array("numbers", [&] {
        std::optional<DatePart> part;
        plan.scales.push_back(json_scale(json, part));
        if (part) plan.parts.push_back(*part);
        if (plan.scales.size() > date_part_names.size()) json.fail(at, "more numbers than a date has parts");
      });
    } else {
      unknown_member(json, key, what);
    }
  });
  for (const char* key : {"name", "kind", "treatment"}) need_member(json, at, seen.contains(key), key, what);
  check_plan(json, at, plan);
  return plan;
}

/// Plans, and names of ignored columns with the reason.
struct ReadPlans {
  std::vector<ColumnPlan> plans;
  std::vector<std::pair<std::string, std::string>> ignored;
};

[[nodiscard]] inline ReadPlans read_json_plans(JsonReader& json) {
  const std::uint64_t at = json.next_offset();
  constexpr const char* what = "a preprocessor";
  constexpr std::size_t most = 65536;
  ReadPlans result;
  std::set<std::string, std::less<>> seen;
  std::set<std::string, std::less<>> names;
  json.object(what, [&](const std::string& key) {
    seen.insert(key);
    if (key == "format" || key == "version") {
      read_json_version(json, key, "wick.preprocessor");
    } else if (key == "columns") {
      json.array("columns", [&] {
        const std::uint64_t column_at = json.next_offset();
        result.plans.push_back(read_json_plan(json));
        const std::string& name = result.plans.back().name;
        if (!names.insert(name).second)
          json.fail(column_at, "the column " + quoted_name(name) + " is there twice");
        if (names.size() > most) json.fail(column_at, "more than " + std::to_string(most) + " columns");
      });
    } else if (key == "ignored") {
      json.array("ignored columns", [&] {
        const std::uint64_t item_at = json.next_offset();
        std::pair<std::string, std::string> item;
        std::size_t members = 0;
        json.object("an ignored column", [&](const std::string& member) {
          if (member != "name" && member != "why") unknown_member(json, member, "an ignored column");
          (member == "name" ? item.first : item.second) = json.string("a text");
          ++members;
        });
        if (members != 2) json.fail(item_at, R"(expected the keys "name" and "why" in an ignored column)");
        result.ignored.push_back(std::move(item));
      });
    } else {
      unknown_member(json, key, what);
    }
  });
  for (const char* key : {"format", "version", "columns"})
    need_member(json, at, seen.contains(key), key, what);
  if (result.plans.empty()) json.fail(at, "expected a column or more in a preprocessor");
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE
