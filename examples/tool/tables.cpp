// wick predict and wick eval for tables.

#include "tables.hpp"

#include "commands.hpp"
#include "files.hpp"
#include "json.hpp"
#include "messages.hpp"
#include "picture.hpp"
#include "text.hpp"

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/checksum/sha256.hpp>
#include <wick/table/csv.hpp>
#include <wick/table/json_lines.hpp>
#include <wick/tabular/detail/metrics_text.hpp>
#include <wick/tabular/evaluate_table.hpp>
#include <wick/tabular/table_predictor.hpp>
#include <wick/training/progress.hpp>

#include <cstddef>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace tool {

namespace {

bool is_json_lines(const std::filesystem::path& path) {
  return path.extension() == ".jsonl" || path.extension() == ".ndjson";
}

/// Rows for a model, with the kinds of its columns: where a file happens to have digits alone in a column of
/// categories, `007` is no number.
/// `target`: the column whose values are known, if there is one.
wick::Table read_rows_for(const wick::TablePredictor& predictor, const std::filesystem::path& path,
                          const CsvOptions& options, const std::string& target = "") {
  // Of a column that is missing the predictor tells, with all that there are.
  wick::CsvOptions csv{.separator = options.separator,
                       .decimal = options.decimal,
                       .missing = missing_texts(options),
                       .kinds = predictor.preprocessing().inputs.kinds_to_read(),
                       .absent_kinds = true,
                       .fill_short_rows = options.fill_short_rows};
  if (is_json_lines(path)) return wick::read_json_lines(path);  // texts are texts there
  if (!target.empty()) {
    const wick::ColumnKind kind = predictor.preprocessing().target.kind();
    const bool names = kind == wick::ColumnKind::categorical || kind == wick::ColumnKind::text;
    if (names) csv.kinds[target] = wick::ColumnKind::text;
    if (predictor.task() == wick::Task::regression) csv.kinds[target] = wick::ColumnKind::real;
  }
  return path == "-" ? wick::read_csv(std::cin, csv) : wick::read_csv(path, csv);
}

/// Says which categories of the rows the model does not know: all of them may be spelt otherwise.
void note_unknown(const char* command, const wick::TablePredictor& predictor, const wick::Table& rows) {
  for (const wick::InputColumn& input : predictor.preprocessing().inputs.columns()) {
    const wick::Column* const column = rows.find(input.name);
    if (column == nullptr || input.categories.empty()) continue;
    if (column->kind() != wick::ColumnKind::text && column->kind() != wick::ColumnKind::categorical) continue;
    const std::set<std::string> known(input.categories.begin(), input.categories.end());
    wick::Index count = 0;
    std::string first;
    for (wick::Index row = 0; row < column->size(); ++row) {
      if (column->is_missing(row) || known.contains(column->text(row))) continue;
      if (count++ == 0) first = column->text(row);
    }
    if (count == 0) continue;
    note(command, std::to_string(count) + " of " + std::to_string(column->size()) +
                      " rows have a category in " + wick::detail::quoted_name(input.name) +
                      " that the model does not know, such as " + wick::detail::quoted_name(first));
  }
}

std::string hash_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<char> buffer(std::size_t{1} << 16);
  wick::Sha256 hash;
  while (in) {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    hash.update(std::as_bytes(std::span(buffer).first(static_cast<std::size_t>(in.gcount()))));
  }
  return hash.hex();
}

}  // namespace

std::vector<std::string> missing_texts(const CsvOptions& options) {
  std::vector<std::string> texts = wick::default_missing_texts();
  texts.insert(texts.end(), options.missing.begin(), options.missing.end());
  return texts;
}

TableInput read_rows(const std::filesystem::path& path, const CsvOptions& options) {
  const wick::CsvOptions csv{.separator = options.separator,
                             .decimal = options.decimal,
                             .missing = missing_texts(options),
                             .fill_short_rows = options.fill_short_rows};
  std::error_code ignored;
  const bool once = path == "-" || std::filesystem::is_fifo(path, ignored);
  if (!once) {
    return {is_json_lines(path) ? wick::read_json_lines(path) : wick::read_csv(path, csv),
            "SHA-256 " + hash_of(path)};
  }
  std::ifstream pipe;
  if (path != "-") pipe.open(path, std::ios::binary);
  std::istream& in = path == "-" ? std::cin : pipe;
  std::stringstream text(std::string(std::istreambuf_iterator<char>(in), {}));
  wick::Sha256 hash;
  hash.update(std::as_bytes(std::span(text.view())));
  return {wick::read_csv(text, csv), "SHA-256 " + hash.hex()};
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
  note_unknown("predict", predictor, rows);
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
  // A terminal is given no control characters; a file gets the names as they are.
  std::cout << (wick::is_terminal(std::cout) ? printable(text, true) : text);
  return exit_ok;
}

int eval(const EvalOptions& options) {
  const File file = read_model(options.model);
  const wick::TablePredictor predictor = wick::load_table_predictor(file.archive, file.name);
  const wick::TargetEncoder& target = predictor.preprocessing().target;
  const std::string name = options.target.empty() ? target.name() : options.target;
  if (name != target.name() && predictor.preprocessing().inputs.kinds_to_read().contains(name)) {
    throw wick::OptionError("--target " + wick::detail::quoted_name(name) +
                            ": the model predicts from this column, its target is " +
                            wick::detail::quoted_name(target.name()));
  }
  wick::Table table = read_rows_for(predictor, options.data, options.csv, name);
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
    note("eval", std::to_string(missing) + (missing == 1 ? " row is" : " rows are") +
                     " left out: " + wick::detail::quoted_name(name) + " is missing there");
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
  note_unknown("eval", predictor, table);
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
