// wick predict: what a network takes pictures for, and what a model of a table predicts for rows.

#include "commands.hpp"
#include "files.hpp"
#include "json.hpp"
#include "messages.hpp"
#include "picture.hpp"
#include "tables.hpp"
#include "text.hpp"

#include <wick/base/number.hpp>
#include <wick/checkpoint/network_archive.hpp>
#include <wick/data/transforms.hpp>
#include <wick/image/show.hpp>
#include <wick/inference/input_description.hpp>
#include <wick/inference/make_predictor.hpp>
#include <wick/inference/pixels.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/tabular/table_predictor.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace tool {

namespace {

class Pictures {
 public:
  Pictures(const File& file, const PredictOptions& options)
      : options_(options),
        file_name_(file.name),
        checkpoint_(network_in(file, options.names)),
        reader_(picture_options(checkpoint_.model.input_size())),
        normalize_(normalization(file.name)),
        predictor_(wick::make_predictor(checkpoint_.model, normalize_, class_names())),
        workspace_(predictor_.workspace()) {}

  /// Prints the guesses for each picture; returns the exit code.
  int run(const std::vector<std::pair<std::string, PictureSource>>& sources) {
    int worst = exit_ok;
    for (const std::string& text : checkpoint_.notes) note("predict", text);
    if (options_.json) {
      json_.begin('{').key("model").text(file_name_).key("mean").number(normalize_.mean);
      json_.key("std").number(normalize_.std).key("images").begin('[');
    }
    for (const auto& [name, source] : sources) {
      try {
        const Picture picture = reader_.read(source);
        const std::vector<wick::Prediction> guesses = guess(picture, name);
        if (options_.json) {
          print_json(name, picture, guesses);
        } else {
          print_text(name, picture, guesses);
        }
        hint(name, source, picture);
      } catch (const std::exception& error) {
        worst = (std::max)(worst, report("predict", error));
      }
    }
    if (options_.json) json_.end(']').end('}');
    return worst;
  }

 private:
  [[nodiscard]] PictureOptions picture_options(wick::Index inputs) const {
    const auto side = static_cast<wick::Index>(std::llround(std::sqrt(static_cast<double>(inputs))));
    if (side * side != inputs) {
      throw wick::OptionError(
          "expected a network for square grey pictures, such as one with 784 inputs, got one with " +
          std::to_string(inputs) + " inputs");
    }
    return {.height = side,
            .width = side,
            .invert = options_.invert,
            .stretch = options_.stretch,
            .limits = options_.source.limits};
  }

  [[nodiscard]] wick::Normalize normalization(const std::string& file) {
    const auto [mean, deviation, classes] = wick::describe_inputs(checkpoint_.extras.metadata, file);
    const auto origin = [](bool given, bool in_file) {
      return given ? "given" : in_file ? "of the file" : "assumed";
    };
    mean_origin_ = origin(options_.mean.has_value(), mean.has_value());
    std_origin_ = origin(options_.std.has_value(), deviation.has_value());
    return {.mean = options_.mean.value_or(mean.value_or(0.5)),
            .std = options_.std.value_or(deviation.value_or(0.5))};
  }

  [[nodiscard]] std::vector<std::string> class_names() const {
    const auto count = static_cast<std::size_t>(checkpoint_.model.output_size());
    const auto fits = [&](const std::vector<std::string>& names, const std::string& what) {
      if (names.size() == count) return true;
      note("predict", what + " " + counted(names.size(), "class name") + ", the network has " +
                          counted(count, "output") + "; classes are shown as numbers");
      return false;
    };
    if (!options_.classes.empty()) {
      if (fits(options_.classes, "--classes gives")) return options_.classes;
    } else {
      auto in_file = wick::describe_inputs(checkpoint_.extras.metadata, file_name_).classes;
      if (!in_file.empty() && fits(in_file, "the file has")) return in_file;
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) names.push_back("class " + std::to_string(i));
    return names;
  }

  [[nodiscard]] std::vector<wick::Prediction> guess(const Picture& picture, const std::string& name) {
    const auto most = (std::min)(options_.top, checkpoint_.model.output_size());
    std::vector<wick::Prediction> guesses(static_cast<std::size_t>(most));
    const wick::Image& pixels = picture.pixels;
    predictor_.predict(wick::Pixels::bytes(pixels.data(), pixels.size(1), pixels.size(0)), guesses,
                       workspace_);
    // Log-softmax gives NaN for all classes or for none.
    if (std::isnan(guesses.front().probability)) {
      throw wick::FormatError(
          file_name_, "the network gives NaN for " + name + "; its parameters are damaged or too large");
    }
    return guesses;
  }

  void print_text(const std::string& name, const Picture& picture,
                  const std::vector<wick::Prediction>& guesses) const {
    std::cout << printable(name) << '\n';
    std::string steps = std::to_string(picture.width) + " x " + std::to_string(picture.height);
    if (picture.color) steps += ", made grey";
    if (options_.invert) steps += ", inverted";
    if (picture.resized) {
      steps += (picture.padded ? ", fitted into " : ", resized to ") +
               std::to_string(picture.pixels.size(1)) + " x " + std::to_string(picture.pixels.size(0));
    }
    std::cout << "  " << steps << "; mean " << wick::python_repr(normalize_.mean) << " (" << mean_origin_
              << "), std " << wick::python_repr(normalize_.std) << " (" << std_origin_ << ")\n";
    if (options_.show) wick::show(std::cout, picture.pixels, {.color = wick::detect_color_mode()});
    Table rows({true, false});
    for (const wick::Prediction& g : guesses) {
      rows.add({wick::fixed(100 * static_cast<double>(g.probability), 1) + " %", shown(g.name)});
    }
    std::cout << rows;
  }

  void print_json(const std::string& name, const Picture& picture,
                  const std::vector<wick::Prediction>& guesses) {
    json_.begin('{').key("image").text(name).key("width").integer(picture.width);
    json_.key("height").integer(picture.height).key("color").boolean(picture.color);
    json_.key("inverted").boolean(options_.invert).key("resized").boolean(picture.resized);
    json_.key("padded").boolean(picture.padded).key("predictions").begin('[');
    for (const wick::Prediction& g : guesses) {
      json_.begin('{').key("class").integer(g.label).key("name").text(g.name);
      json_.key("probability").number(static_cast<double>(g.probability)).end('}');
    }
    json_.end(']').end('}');
  }

  /// Networks that learned light on dark see nothing sensible in dark on light.
  void hint(const std::string& name, const PictureSource& source, const Picture& picture) const {
    if (source.item || options_.invert || picture.padded) return;
    const wick::Index height = picture.pixels.size(0);
    const wick::Index width = picture.pixels.size(1);
    wick::Index sum = 0;
    wick::Index count = 0;
    for (wick::Index y = 0; y < height; ++y) {
      for (wick::Index x = 0; x < width; ++x) {
        if (y > 0 && y < height - 1 && x > 0 && x < width - 1) continue;
        sum += picture.pixels.at(y, x);
        ++count;
      }
    }
    if (sum > 128 * count) {
      note("predict",
           name + " is light at its edges; for a network that learned light things on black, --invert it");
    }
  }

  const PredictOptions& options_;
  std::string file_name_;
  wick::Checkpoint<float> checkpoint_;
  PictureReader reader_;
  const char* mean_origin_ = "";
  const char* std_origin_ = "";
  wick::Normalize normalize_;
  wick::Predictor predictor_;
  wick::Predictor::Workspace workspace_;
  JsonWriter json_{std::cout};
};

}  // namespace

int predict(const PredictOptions& options) {
  if (options.top < 1) throw wick::OptionError("--top must be >= 1, got " + std::to_string(options.top));
  if (options.idx.empty() != options.items.empty()) {
    throw wick::OptionError("--idx and --item belong together: a file and the numbers of its images");
  }
  if (options.images.empty() && options.items.empty()) {
    throw wick::OptionError(
        "expected pictures, files or --idx FILE --item N, or a CSV file for a model of a table");
  }
  const File file = read_model(options.model, options.source);
  if (wick::is_table_model(file.archive)) return predict_rows(file, options);
  if (options.proba) throw wick::OptionError("--proba is for models of tables, as wick fit makes them");
  std::vector<std::pair<std::string, PictureSource>> sources;
  for (const std::string& text : options.images) sources.emplace_back(text, picture_source(text));
  for (const wick::Index item : options.items) {
    sources.emplace_back(wick::display_name(options.idx) + ":" + std::to_string(item),
                         PictureSource{options.idx, item});
  }
  return Pictures(file, options).run(sources);
}

}  // namespace tool
