// wick predict and wick eval for tables.

#include "tables.hpp"

#include "commands.hpp"
#include "files.hpp"
#include "json.hpp"
#include "messages.hpp"
#include "picture.hpp"

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/table/csv.hpp>
#include <wick/tabular/detail/metrics_text.hpp>
#include <wick/tabular/evaluate_table.hpp>
#include <wick/tabular/table_predictor.hpp>

#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace tool {

namespace {

/// Rows for a model, with the kinds of its columns: where a file happens to have digits alone in a column of
/// categories, `007` is no number.
wick::Table read_rows_for(const wick::TablePredictor& predictor, const std::filesystem::path& path,
                          const CsvOptions& options) {
  // Of a column that is missing the predictor tells, with all that there are.
  const wick::CsvOptions csv{.separator = options.separator,
                             .decimal = options.decimal,
                             .kinds = predictor.preprocessing().inputs.kinds_to_read(),
                             .absent_kinds = true};
  return path == "-" ? wick::read_csv(std::cin, csv) : wick::read_csv(path, csv);
}

}  // namespace

wick::Table read_rows(const std::filesystem::path& path, const CsvOptions& options) {
  const wick::CsvOptions csv{.separator = options.separator, .decimal = options.decimal};
  return path == "-" ? wick::read_csv(std::cin, csv) : wick::read_csv(path, csv);
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

int predict_rows(const File& file, const PredictOptions& options) {
  const auto refuse = [](bool is_there, const char* option) {
    if (is_there)
      throw wick::OptionError(std::string(option) + " is for networks of pictures, not for models of tables");
  };
  refuse(!options.idx.empty() || !options.items.empty(), "--idx");
  refuse(options.invert, "--invert");
  refuse(options.stretch, "--stretch");
  refuse(options.show, "--show");
  refuse(options.json, "--json");
  refuse(options.mean || options.std, "--mean");
  refuse(!options.classes.empty(), "--classes");
  if (options.images.size() != 1) {
    throw wick::OptionError("expected one CSV file with rows to predict, got " +
                            std::to_string(options.images.size()));
  }
  const wick::TablePredictor predictor = wick::load_table_predictor(file.archive, file.name);
  const wick::TargetEncoder& target = predictor.preprocessing().target;
  if (options.proba && predictor.task() == wick::Task::regression) {
    throw wick::OptionError("--proba is for models of classes; this one predicts the number " +
                            target.name());
  }
  const wick::Table rows = read_rows_for(predictor, path_from_utf8(options.images[0]), options.csv);
  wick::ThreadPool pool(options.threads);
  const wick::TablePredictions predictions = predictor.predict(rows, &pool);
  std::string text;
  if (options.proba) {
    const auto names = target.class_names();
    for (std::size_t c = 0; c < names.size(); ++c) text += (c > 0 ? "," : "") + csv_field(names[c]);
    text += '\n';
    const auto count = static_cast<wick::Index>(names.size());
    for (wick::Index row = 0; row < rows.rows(); ++row) {
      for (wick::Index c = 0; c < count; ++c) {
        text += (c > 0 ? "," : "") + wick::python_repr(predictions.probabilities.data()[row * count + c]);
      }
      text += '\n';
    }
  } else {
    const wick::Column column = predictor.column_of(predictions);
    text += csv_field(column.name()) + '\n';
    for (wick::Index row = 0; row < column.size(); ++row) text += csv_field(column.text(row)) + '\n';
  }
  std::cout << text;
  return exit_ok;
}

int eval(const EvalOptions& options) {
  const File file = read_model(options.model);
  const wick::TablePredictor predictor = wick::load_table_predictor(file.archive, file.name);
  const wick::TargetEncoder& target = predictor.preprocessing().target;
  wick::Table table = read_rows_for(predictor, options.data, options.csv);
  const std::string name = options.target.empty() ? target.name() : options.target;
  const wick::Column& truth = table[name];
  std::vector<wick::Index> known;
  for (wick::Index row = 0; row < table.rows(); ++row) {
    if (!truth.is_missing(row)) known.push_back(row);
  }
  if (known.empty()) {
    throw wick::OptionError("expected rows in which " + wick::detail::quoted_name(name) +
                            " is not missing, got none");
  }
  if (const auto missing = table.rows() - static_cast<wick::Index>(known.size()); missing > 0) {
    note("eval", std::to_string(missing) + " rows are left out: " + wick::detail::quoted_name(name) +
                     " is missing there");
    table = table.take(known);
  }
  if (name != target.name()) {
    wick::Table renamed;
    for (const wick::Column& column : table.columns()) {
      if (column.name() == target.name()) continue;
      renamed.add(column.name() == name ? column.renamed(target.name()) : column);
    }
    table = std::move(renamed);
  }
  wick::ThreadPool pool(options.threads);
  const wick::MetricValues metrics = wick::evaluate_table(predictor, table, &pool);
  if (!options.json) {
    std::cout << wick::detail::metrics_text({{"", table.rows(), &metrics}});
    return exit_ok;
  }
  JsonWriter json(std::cout);
  json.begin('{').key("model").text(file.name).key("data").text(wick::display_name(options.data));
  json.key("task").text(std::string(name_of(predictor.task()))).key("target").text(name);
  json.key("metrics").raw(wick::detail::metrics_json(table.rows(), metrics)).end('}');
  return exit_ok;
}

}  // namespace tool
