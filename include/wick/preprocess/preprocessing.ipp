#pragma once

// Definitions of preprocess/preprocessing.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/preprocess/detail/json_parts.hpp>
#include <wick/preprocess/preprocessing.hpp>

#include <optional>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE std::string Preprocessing::json() const {
  return R"({"format": "wick.preprocessing", "version": 1, "inputs": )" + inputs.json() +
         ", \"target\": " + target.json() + "}";
}

WICK_INLINE Preprocessing Preprocessing::from_json(std::string_view text, const std::string& name) {
  detail::JsonReader json(text, name);
  constexpr const char* what = "a preprocessing";
  bool format = false;
  bool version = false;
  std::optional<Preprocessor> inputs;
  std::optional<TargetEncoder> target;
  json.object(what, [&](const std::string& key) {
    if (key == "format" || key == "version") {
      (key == "format" ? format : version) = true;
      detail::read_json_version(json, key, "wick.preprocessing");
    } else if (key == "inputs") {
      inputs = Preprocessor::read(json);
    } else if (key == "target") {
      target = TargetEncoder::read(json);
    } else {
      detail::unknown_member(json, key, what);
    }
  });
  json.end();
  detail::need_member(json, 0, format, "format", what);
  detail::need_member(json, 0, version, "version", what);
  detail::need_member(json, 0, inputs.has_value(), "inputs", what);
  detail::need_member(json, 0, target.has_value(), "target", what);
  return {std::move(*inputs), std::move(*target)};
}

WICK_END_NAMESPACE
