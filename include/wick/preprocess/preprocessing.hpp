#pragma once

// Both ends of a model of a table in one text, which travels with the model.

#include <wick/preprocess/preprocessor.hpp>
#include <wick/preprocess/target_encoder.hpp>

#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

/// What is done to a row before a model of a table sees it, and with what the model says.
struct Preprocessing {
  Preprocessor inputs;   ///< from columns to features
  TargetEncoder target;  ///< from what the model says to what the target's column holds

  /// Under this key it is in the metadata of a model file.
  static constexpr std::string_view metadata_key = "preprocessing";

  /// Both as one JSON text.
  [[nodiscard]] std::string json() const;
  /// What json() wrote. `name` is that of the text in messages. Throws FormatError.
  [[nodiscard]] static Preprocessing from_json(std::string_view text, const std::string& name = "<memory>");
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/preprocess/preprocessing.ipp>
#endif
