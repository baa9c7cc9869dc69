#pragma once

// The parts of what preprocessing is as JSON: numbers and their scales, lists of texts, words of which one is
// meant.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/io/bytes/json.hpp>
#include <wick/preprocess/detail/category_names.hpp>
#include <wick/preprocess/detail/column_plan.hpp>
#include <wick/preprocess/detail/number_scale.hpp>
#include <wick/preprocess/options.hpp>
#include <wick/table/column.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline constexpr std::array all_scalings{
    Scaling::none,           Scaling::standard,         Scaling::min_max,         Scaling::robust,
    Scaling::robust_clipped, Scaling::quantile_uniform, Scaling::quantile_normal, Scaling::log};
inline constexpr std::array all_column_kinds{ColumnKind::integer,     ColumnKind::real, ColumnKind::boolean,
                                             ColumnKind::categorical, ColumnKind::date, ColumnKind::text};
inline constexpr std::array all_treatments{Treatment::number, Treatment::date, Treatment::ordinal,
                                           Treatment::one_hot, Treatment::embedding};

inline void append_json_texts(std::string& out, std::span<const std::string> texts) {
  out += '[';
  for (const std::string& text : texts) {
    if (&text != texts.data()) out += ", ";
    append_json_string(out, text);
  }
  out += ']';
}

/// An object for `scale`; of dates with the part that it is of.
inline void append_json_scale(std::string& out, const NumberScale& scale, std::optional<DatePart> part = {}) {
  out += '{';
  if (part) out += R"("part": ")" + std::string(date_part_names[static_cast<std::size_t>(*part)]) + "\", ";
  out += R"("scaling": ")" + std::string(name_of(scale.scaling)) + R"(", "fill": )" +
         python_repr(scale.fill) + ", \"center\": " + python_repr(scale.center) +
         ", \"scale\": " + python_repr(scale.scale);
  if (!scale.quantiles.empty()) {
    out += ", \"quantiles\": [";
    for (std::size_t i = 0; i < scale.quantiles.size(); ++i) {
      out += (i == 0 ? "" : ", ") + python_repr(scale.quantiles[i]);
    }
    out += ']';
  }
  out += '}';
}

/// The next value, a finite number.
[[nodiscard]] inline double json_finite(JsonReader& json, const char* what) {
  const std::uint64_t at = json.next_offset();
  const std::string_view digits = json.number(what);
  double x = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), x).ec != std::errc()) {
    json.fail(at, std::string(what) + " " + shown_name(digits, 40) + " does not fit in a double");
  }
  return x;
}

/// The next value, `true` or `false`.
[[nodiscard]] inline bool json_truth(JsonReader& json, const char* what) {
  if (json.skip_word("true")) return true;
  if (json.skip_word("false")) return false;
  json.fail(json.next_offset(), std::string("expected true or false for ") + what);
}

/// The next value, a text that is name_of() one of `values`.
template <class Values>
[[nodiscard]] auto json_word(JsonReader& json, const char* what, const Values& values) {
  const std::uint64_t at = json.next_offset();
  const std::string word = json.string(what);
  std::vector<std::string_view> known;
  for (const auto value : values) {
    if (name_of(value) == word) return value;
    known.push_back(name_of(value));
  }
  json.fail(at,
            std::string("expected ") + what + " of " + quoted_names(known) + ", got " + quoted_name(word));
}

/// The next value, a list of different texts.
[[nodiscard]] inline CategoryNames json_names(JsonReader& json, const char* what) {
  const std::uint64_t at = json.next_offset();
  std::vector<std::string> texts;
  json.array(what, [&] { texts.push_back(json.string("a text")); });
  constexpr std::size_t most = (std::size_t{1} << 24) - 2;
  if (texts.size() > most) json.fail(at, std::string(what) + " of more than " + std::to_string(most));
  CategoryNames names(std::move(texts));
  if (const std::string* name = names.repeated()) {
    json.fail(at, std::string(what) + " with " + quoted_name(*name) + " twice");
  }
  return names;
}

/// What is wrong with the member `key` of an object that is called `what`.
[[noreturn]] inline void unknown_member(JsonReader& json, const std::string& key, const char* what) {
  json.fail("the key " + quoted_name(key) + " is not one of " + what);
}

/// Fails at `at` unless `key` was there.
inline void need_member(JsonReader& json, std::uint64_t at, bool there, const char* key, const char* what) {
  if (!there) json.fail(at, std::string("expected the key \"") + key + "\" in " + what);
}

/// Fails unless `json` has the format and version of `what` next.
inline void read_json_version(JsonReader& json, const std::string& key, const std::string& what) {
  const std::uint64_t at = json.next_offset();
  if (key == "format") {
    const std::string got = json.string("a format");
    if (got != what) json.fail(at, "expected the format " + quoted_name(what) + ", got " + quoted_name(got));
  } else if (const std::uint64_t version = json.unsigned_integer("a version"); version != 1) {
    json.fail(at, "expected version 1, got " + std::to_string(version) + "; a newer wick wrote it");
  }
}

/// A NumberScale and, in `part`, what date part it is of.
[[nodiscard]] inline NumberScale json_scale(JsonReader& json, std::optional<DatePart>& part) {
  const std::uint64_t at = json.next_offset();
  constexpr const char* what = "the scale of a number";
  NumberScale result;
  std::set<std::string, std::less<>> seen;
  json.object(what, [&](const std::string& key) {
    seen.insert(key);
    if (key == "part") {
      const std::uint64_t part_at = json.next_offset();
      const std::string word = json.string("a part of a date");
      for (std::size_t i = 0; i < date_part_names.size(); ++i) {
        if (date_part_names[i] == word) part = static_cast<DatePart>(i);
      }
      if (!part) {
        json.fail(part_at, "expected a part of a date of " + quoted_names(date_part_names) + ", got " +
                               quoted_name(word));
      }
    } else if (key == "scaling") {
      result.scaling = json_word(json, "a scaling", all_scalings);
    } else if (key == "fill") {
      result.fill = json_finite(json, "a fill");
    } else if (key == "center") {
      result.center = json_finite(json, "a center");
    } else if (key == "scale") {
      const std::uint64_t scale_at = json.next_offset();
      result.scale = json_finite(json, "a scale");
      if (!(result.scale > 0))
        json.fail(scale_at, "expected a scale above 0, got " + python_repr(result.scale));
    } else if (key == "quantiles") {
      json.array("quantiles", [&] {
        const std::uint64_t item_at = json.next_offset();
        const double x = json_finite(json, "a quantile");
        if (!result.quantiles.empty() && x < result.quantiles.back()) {
          json.fail(item_at, "quantiles that do not ascend");
        }
        result.quantiles.push_back(x);
      });
    } else {
      unknown_member(json, key, what);
    }
  });
  for (const char* key : {"scaling", "fill", "center", "scale"}) {
    need_member(json, at, seen.contains(key), key, what);
  }
  const bool wants_quantiles =
      result.scaling == Scaling::quantile_uniform || result.scaling == Scaling::quantile_normal;
  const std::size_t count = result.quantiles.size();
  if (wants_quantiles ? count < 2 || count > 65536 : count > 0) {
    json.fail(at, "expected " + std::string(wants_quantiles ? "2 to 65536" : "no") +
                      " quantiles for the scaling " + std::string(name_of(result.scaling)) + ", got " +
                      std::to_string(count));
  }
  if (count > 0 && !is_finite(result.quantiles.back() - result.quantiles.front())) {
    json.fail(at, "quantiles that are too far apart for double");
  }
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE
