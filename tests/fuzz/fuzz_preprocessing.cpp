// The description of preprocessing that travels with a model: Preprocessing::from_json().

#include "fuzz/fuzz.hpp"

#include <wick/base/number.hpp>
#include <wick/preprocess/preprocessing.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace wick_fuzz {

void read(View input) {
  const std::string text(reinterpret_cast<const char*>(input.data()), input.size());
  const auto both = wick::Preprocessing::from_json(text);
  require(wick::Preprocessing::from_json(both.json()).json() == both.json(), "JSON changed on its way");
  const wick::Preprocessor& inputs = both.inputs;
  require(static_cast<wick::Index>(inputs.feature_names().size()) == inputs.features(), "names and features");
  // Rows of odd values; what a column refuses is said by OptionError.
  const std::array<wick::Cell, 8> odd{wick::Cell(),      wick::Cell(0),  wick::Cell(-1e308),
                                      wick::Cell(1e308), wick::Cell(""), wick::Cell("2024-02-29"),
                                      wick::Cell(true),  wick::Cell("a")};
  for (const wick::Cell& cell : odd) {
    wick::Row row;
    for (const auto& column : inputs.columns()) row.set(column.name, cell);
    try {
      const auto features = inputs.transform(row);
      for (const float x : features.span()) require(wick::is_finite(x), "a feature that is no number");
      for (const auto& embedded : inputs.embeddings()) {
        const float x = features.at(0, embedded.feature);
        require(x >= 0 && x < static_cast<float>(embedded.categories), "a category past the last");
      }
    } catch (const wick::OptionError&) {
    }
  }
  if (both.target.task() == wick::Task::regression) {
    static_cast<void>(both.target.unscaled(0.5));
  } else {
    for (std::int64_t c = 0; c < both.target.class_count(); ++c) {
      static_cast<void>(both.target.class_column(std::array{c}).text(0));
    }
  }
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  if (random.one_in(3)) return mutate_range(file, 0, file.size(), limit);
  static constexpr std::string_view words[] = {
      "number",   "date",    "ordinal", "one_hot",        "embedding",        "none",
      "standard", "min_max", "robust",  "robust_clipped", "quantile_uniform", "quantile_normal",
      "log",      "integer", "real",    "boolean",        "categorical",      "text",
      "days",     "hour",    "binary",  "classes",        "regression"};
  static constexpr std::string_view values[] = {
      "0",    "1",     "-1",   "1e308", "-1e308", "5e-324",          "1e999",
      "true", "false", "null", "[]",    "\"\"",   "[0.0, 1.0, 1.0]", "{}"};
  // A value in the place of another.
  std::string text(reinterpret_cast<const char*>(file.data()), file.size());
  const std::size_t colon = text.find(": ", random.below(text.size() + 1));
  if (colon == text.npos) return mutate_range(file, 0, file.size(), limit);
  const std::size_t begin = colon + 2;
  std::size_t end = text.find_first_of(",}]", begin);
  if (end == text.npos) end = text.size();
  if (text.compare(begin, 1, "\"") == 0) {
    text.replace(begin, end - begin, "\"" + std::string(words[random.below(std::size(words))]) + "\"");
  } else {
    text.replace(begin, end - begin, values[random.below(std::size(values))]);
  }
  if (text.size() > limit) text.resize(limit);
  const auto bytes = std::as_bytes(std::span(text));
  file.assign(bytes.begin(), bytes.end());
}

std::vector<Bytes> seeds() {
  wick::Texts words;
  for (const char* word : {"x", "y", "x", "z"}) words.add(word);
  const wick::Table table({wick::Column("n", wick::Reals{{1, 2, 4, 8}}),
                           wick::Column("i", wick::Integers{{3, 1, 2, 3}}),
                           wick::Column("b", wick::Booleans{{1, 0, -1, 1}}), wick::Column("t", words),
                           wick::Column("d", wick::Dates{{0, 86'400'000'000, wick::Dates::missing, 1}})});
  std::vector<Bytes> files;
  for (const wick::Scaling scaling :
       {wick::Scaling::robust_clipped, wick::Scaling::quantile_normal, wick::Scaling::log}) {
    for (const wick::Treatment treatment :
         {wick::Treatment::one_hot, wick::Treatment::embedding, wick::Treatment::ordinal}) {
      const wick::PreprocessOptions options{
          .scaling = scaling, .categories = treatment, .columns = {{"t", {.treatment = treatment}}}};
      for (const char* target : {"n", "b"}) {
        const std::string text = wick::Preprocessing{wick::Preprocessor::fit(table, options),
                                                     wick::TargetEncoder::fit(table[target])}
                                     .json();
        const auto bytes = std::as_bytes(std::span(text));
        files.emplace_back(bytes.begin(), bytes.end());
      }
    }
  }
  return files;
}

}  // namespace wick_fuzz
