#pragma once

// Definitions of tabular/table_fit.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/checkpoint/program_file.hpp>
#include <wick/nn/trace.hpp>
#include <wick/tabular/detail/metrics_text.hpp>
#include <wick/tabular/table_fit.hpp>

#include <cstddef>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE std::ostream& operator<<(std::ostream& out, const TableMetrics& metrics) {
  return out << detail::metrics_text({{"train", metrics.train.rows, &metrics.train.values},
                                      {"validation", metrics.validation.rows, &metrics.validation.values},
                                      {"test", metrics.test.rows, &metrics.test.values}});
}

WICK_INLINE CheckpointExtras TableFit::extras() const {
  CheckpointExtras extras;
  const Preprocessing& preprocessing = parts_.predictor.preprocessing();
  extras.metadata.set(Preprocessing::metadata_key, preprocessing.json());
  if (parts_.metrics.task != Task::regression) {
    const auto names = preprocessing.target.class_names();
    extras.metadata.set("classes", std::vector<std::string>(names.begin(), names.end()));
  }
  extras.metadata.set("metrics", json());
  return extras;
}

WICK_INLINE void TableFit::save(const std::filesystem::path& path, const SaveOptions& options) const {
  const Shape row{parts_.predictor.preprocessing().inputs.features()};
  save_program(trace(*parts_.model, row), *parts_.model, path, extras(), options);
}
WICK_INLINE void TableFit::save(std::ostream& out, FileFormat format) const {
  const Shape row{parts_.predictor.preprocessing().inputs.features()};
  save_program(trace(*parts_.model, row), *parts_.model, out, extras(), format);
}

WICK_INLINE std::string TableFit::json() const {
  const auto of = [](const SplitMetrics& metrics) {
    return detail::metrics_json(metrics.rows, metrics.values);
  };
  const TableOptions& options = parts_.options;
  std::string text = "{\n  \"task\": " + detail::json_text(name_of(parts_.metrics.task)) +
                     ",\n  \"target\": " + detail::json_text(parts_.predictor.preprocessing().target.name()) +
                     ",\n  \"metrics\": {\n    \"train\": " + of(parts_.metrics.train) +
                     ",\n    \"validation\": " + of(parts_.metrics.validation) +
                     ",\n    \"test\": " + of(parts_.metrics.test) + "\n  }" +
                     ",\n  \"networks\": " + std::to_string(parts_.history.size()) +
                     ",\n  \"epochs\": " + std::to_string(parts_.epochs) +
                     ",\n  \"parameters\": " + std::to_string(parts_.predictor.parameter_count()) +
                     ",\n  \"seed\": " + std::to_string(options.seed) +
                     ",\n  \"stopped\": " + (parts_.stopped ? "true" : "false") +
                     ",\n  \"out_of_time\": " + (parts_.out_of_time ? "true" : "false");
  return text + "\n}\n";
}

WICK_END_NAMESPACE
