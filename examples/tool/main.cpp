// wick: trains models of tables, looks into checkpoints, compares and converts them, and predicts with them.

#include "../utf8_main.hpp"
#include "commands.hpp"
#include "messages.hpp"
#include "picture.hpp"

#include <wick/base/error.hpp>
#include <wick/tensor/dtype.hpp>
#include <wick/version.hpp>

#include <CLI/CLI.hpp>

#include <exception>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr const char* exit_codes =
    "\nExit code: 0 if all is well; 1 if files differ or a file is not what it should be; 2 for wrong usage "
    "and for files that cannot be read or written.";

std::string version() {
  return "wick " + std::to_string(WICK_VERSION_MAJOR) + "." + std::to_string(WICK_VERSION_MINOR) + "." +
         std::to_string(WICK_VERSION_PATCH);
}

/// An option whose text becomes a path: CLI11 takes arguments for narrow strings.
CLI::Option* add_path(CLI::App* app, const std::string& name, std::filesystem::path& path,
                      const std::string& what) {
  return app
      ->add_option_function<std::string>(
          name, [&path](const std::string& text) { path = tool::path_from_utf8(text); }, what)
      ->type_name("FILE");
}

void add_reading(CLI::App* app, tool::SourceOptions& source) {
  app->add_flag("--ignore-crc", source.ignore_crc,
                "Do not look at the checksums of PyTorch files, which may lack them");
  app->add_flag("--refuse-objects", source.refuse_objects,
                "Refuse PyTorch files that hold anything but data, of which otherwise the name is noted");
  app->add_option_function<std::vector<std::string>>(
         "--limit",
         [&source](const std::vector<std::string>& texts) {
           try {
             for (const std::string& text : texts) source.limits.set(text);
           } catch (const wick::OptionError& error) {
             throw CLI::ValidationError("--limit", error.what());
           }
         },
         "Raise or lower what a file may demand, by the name that a message tells; may be repeated")
      ->type_name("NAME=N")
      ->allow_extra_args(false);
}

void add_source(CLI::App* app, tool::SourceOptions& source) {
  app->add_option("--key", source.key,
                  "Item of a PyTorch file that is the model or holds it; a.b is an item of an item")
      ->type_name("NAME");
  add_reading(app, source);
}

void add_names(CLI::App* app, tool::NameOptions& names) {
  app->add_flag("--by-shape", names.by_shape, "Take parameters of any names for the layers in their order");
  app->add_option("--only", names.only,
                  "Take only the parameters whose names begin with this, such as actor.; may be repeated")
      ->type_name("START")
      ->allow_extra_args(false);
  app->add_option("--prefix", names.prefix, "Remove this from the beginning of names, such as module.")
      ->type_name("START");
  app->add_option_function<std::vector<std::string>>(
         "--rename",
         [&names](const std::vector<std::string>& texts) {
           for (const std::string& text : texts) {
             const auto equals = text.find('=');
             if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) {
               throw CLI::ValidationError("--rename", "expected FROM=TO, got " + text);
             }
             names.rename.emplace_back(text.substr(0, equals), text.substr(equals + 1));
           }
         },
         "Call parameters FROM, or FROM. and more, TO instead: fc3=output; may be repeated")
      ->type_name("FROM=TO")
      ->allow_extra_args(false);
}

void add_csv(CLI::App* app, tool::CsvOptions& csv) {
  const auto add = [app](const std::string& name, std::optional<char>& to, const std::string& what) {
    app->add_option_function<std::string>(
           name,
           [&to, name](const std::string& text) {
             const std::string character = text == "\\t" || text == "tab" ? "\t" : text;
             if (character.size() != 1)
               throw CLI::ValidationError(name, "expected one character, got " + text);
             to = character[0];
           },
           what)
        ->type_name("C");
  };
  add("--separator", csv.separator, "Between the fields of CSV files, tab for that; found without");
  add("--decimal", csv.decimal, "Of numbers in CSV files, . or ,; found without");
  app->add_option("--missing", csv.missing,
                  "A text that stands for a missing value in CSV files, such as ?, besides NA, null and the "
                  "like; may be repeated")
      ->type_name("TEXT")
      ->allow_extra_args(false);
  app->add_flag("--fill-short-rows", csv.fill_short_rows,
                "Fields that rows of CSV files lack at their end are missing values");
}
void add_threads(CLI::App* app, int& threads) {
  app->add_option("--threads", threads, "Number of threads; results do not depend on it")
      ->check(CLI::Range(1, 1024))
      ->type_name("N")
      ->capture_default_str();
}

/// Everything that can be said on the command line.
class CommandLine {
 public:
  CommandLine() {
    app_.require_subcommand(1);
    app_.allow_windows_style_options(false);  // /models/a.wick is a path on Windows too
    app_.set_version_flag("--version", version());
    app_.footer("wick COMMAND --help explains a command and shows examples." + std::string(exit_codes));
    add_info();
    add_verify();
    add_diff();
    add_convert();
    add_predict();
    add_export_cpp();
    add_fit();
    add_eval();
  }

  int run(const std::vector<std::string>& arguments) {
    if (arguments.empty() || (!arguments[0].starts_with('-') && !commands_.contains(arguments[0]))) {
      std::string names;
      for (const auto& [name, command] : commands_) names += (names.empty() ? "" : ", ") + name;
      std::cerr << "wick: expected a command (" << names << "), got "
                << (arguments.empty() ? "nothing" : '"' + tool::printable(arguments[0]) + '"')
                << "\nTry: wick --help\n";
      return tool::exit_failed;
    }
    try {
      app_.parse(
          std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // it takes them from the end
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) {
        app_.exit(error);  // --help and --version
        return finish("help", tool::exit_ok);
      }
      const std::string name = command();
      std::cerr << "wick" << (name.empty() ? "" : " ") << name << ": " << tool::printable(error.what())
                << "\nTry: wick" << (name.empty() ? "" : " ") << name << " --help\n";
      return tool::exit_failed;
    }
    const std::string name = command();
    try {
      return finish(name, commands_.at(name)());
    } catch (const std::exception& error) {
      return tool::report(name, error);
    }
  }

 private:
  CLI::App* add(const std::string& name, const std::string& what, const std::string& examples,
                std::function<int()> command) {
    CLI::App* sub = app_.add_subcommand(name, what);
    sub->footer("Examples:\n" + examples + exit_codes);
    commands_.emplace(name, std::move(command));
    return sub;
  }

  [[nodiscard]] std::string command() const {
    const auto parsed = app_.get_subcommands();
    return parsed.empty() ? std::string() : parsed.front()->get_name();
  }

  /// What was printed has to have arrived.
  static int finish(const std::string& name, int code) {
    if (std::cout.flush()) return code;
    tool::complain(name, "cannot write to standard output");
    return tool::exit_failed;
  }

  void add_info() {
    CLI::App* sub = add("info", "Show what a file holds",
                        "  wick info checkpoint.wick\n"
                        "  wick info --all checkpoint.wick\n"
                        "  wick info --json checkpoint.wick | python3 -m json.tool\n"
                        "  ssh server cat run/last.pth | wick info -\n",
                        [this] { return tool::info(info_); });
    add_path(sub, "file", info_.file,
             "Checkpoint, or model file of PyTorch or safetensors; - is standard input")
        ->required();
    add_source(sub, info_.source);
    sub->add_flag("--all", info_.all,
                  "List the tensors of every group, not only those of the model, and all values");
    sub->add_flag("--json", info_.json, "Everything as JSON");
  }

  void add_verify() {
    CLI::App* sub = add("verify", "Check every byte of files; says what is wrong first, and where",
                        "  wick verify checkpoint.wick\n"
                        "  wick verify runs/*.wick && echo all are whole\n",
                        [this] { return tool::verify(verify_); });
    sub->add_option_function<std::vector<std::string>>(
           "files",
           [this](const std::vector<std::string>& texts) {
             for (const std::string& text : texts) verify_.files.push_back(tool::path_from_utf8(text));
           },
           "Checkpoints, and model files of PyTorch and safetensors")
        ->type_name("FILE")
        ->required();
    add_reading(sub, verify_.source);
  }

  void add_diff() {
    CLI::App* sub = add("diff", "Compare the contents of two files",
                        "  wick diff before.wick after.wick\n"
                        "  wick diff --group model epoch1.wick epoch2.wick\n"
                        "  wick diff checkpoint.wick checkpoint.pth\n"
                        "  wick diff --rtol 1e-3 --ignore-dtype model.wick half.wick\n",
                        [this] { return tool::diff(diff_); });
    add_path(sub, "a", diff_.a, "First file, A")->required();
    add_path(sub, "b", diff_.b, "Second file, B")->required();
    sub->add_option("--rtol", diff_.rtol, "Elements are equal if |a - b| <= atol + rtol * |b|")
        ->capture_default_str();
    sub->add_option("--atol", diff_.atol, "See --rtol")->capture_default_str();
    add_source(sub, diff_.source);
    sub->add_flag("--ignore-dtype", diff_.ignore_dtype,
                  "Compare numbers of different types by their values only");
    sub->add_option("--group", diff_.groups,
                    "Compare this group only (wick info shows the groups); may be repeated")
        ->type_name("NAME")
        ->allow_extra_args(false);
  }

  void add_convert() {
    CLI::App* sub =
        add("convert", "Write the contents of a file in another format, by the extension of its name",
            "  wick convert checkpoint.pth checkpoint.wick\n"
            "  wick convert --dtype f16 model.wick half.safetensors\n"
            "  wick convert --key ema.state_dict run.pth model.wick\n",
            [this] { return tool::convert(convert_); });
    add_path(sub, "from", convert_.from, "File to read")->required();
    add_path(sub, "to", convert_.to, "File to write")->required();
    static const std::map<std::string, wick::DType> dtypes{{"f64", wick::DType::f64},
                                                           {"f32", wick::DType::f32},
                                                           {"f16", wick::DType::f16},
                                                           {"bf16", wick::DType::bf16}};
    sub->add_option_function<std::string>(
           "--dtype", [this](const std::string& name) { convert_.dtype = dtypes.at(name); },
           "Type of the model's floating-point tensors: f64, f32, f16 or bf16")
        ->check(CLI::IsMember({"f64", "f32", "f16", "bf16"}))
        ->type_name("TYPE");
    add_source(sub, convert_.source);
    sub->add_flag("--force", convert_.force, "Replace the file to write if it exists");
  }

  void add_predict() {
    CLI::App* sub = add("predict", "Show what a network takes pictures for, or predict the rows of a table",
                        "  wick predict fashion.wick shoe.png\n"
                        "  wick predict --invert --show fashion.wick drawing.jpg\n"
                        "  wick predict fashion.wick t10k-images-idx3-ubyte.gz:0\n"
                        "  wick predict --top 10 fashion.wick --idx t10k-images-idx3-ubyte.gz --item 0,7,12\n"
                        "  wick predict houses/model.wick rows.csv > prices.csv\n"
                        "  wick predict --proba iris/model.wick rows.csv\n",
                        [this] { return tool::predict(predict_); });
    add_path(sub, "model", predict_.model,
             "Checkpoint with a network for square grey pictures, or a model of wick fit")
        ->required();
    sub->add_option(
           "images", predict_.images,
           "PNG or JPEG pictures, or images of IDX files by their number: FILE:N; for a model of a table "
           "one CSV file, or - for standard input")
        ->type_name("FILE");
    add_source(sub, predict_.source);
    add_names(sub, predict_.names);
    add_path(sub, "--idx", predict_.idx, "IDX file, plain or compressed with gzip");
    sub->add_option("--item", predict_.items, "Numbers of images in the file of --idx, from 0")
        ->type_name("N")
        ->delimiter(',')
        ->allow_extra_args(false);
    sub->add_option("--top", predict_.top, "Number of classes to show")
        ->type_name("K")
        ->capture_default_str();
    sub->add_flag("--invert", predict_.invert, "Black becomes white: for dark things on a light ground");
    sub->add_flag("--stretch", predict_.stretch,
                  "Resize without keeping the proportions, instead of padding with black");
    sub->add_option_function<double>(
        "--mean", [this](double x) { predict_.mean = x; },
        "Subtracted from pixels in [0, 1], instead of the file's");
    sub->add_option_function<double>(
        "--std", [this](double x) { predict_.std = x; }, "Divides what is left, instead of the file's");
    sub->add_option("--classes", predict_.classes, "Names of the classes, instead of the file's")
        ->type_name("NAME,...")
        ->delimiter(',')
        ->allow_extra_args(false);
    auto* show = sub->add_flag("--show", predict_.show, "Draw what the network sees");
    auto* json = sub->add_flag("--json", predict_.json, "Everything as JSON")->excludes(show);
    sub->add_flag("--proba", predict_.proba, "Of a table: a column for the probability of each class")
        ->excludes(show)
        ->excludes(json);
    add_csv(sub, predict_.csv);
    add_threads(sub, predict_.threads);
  }

  void add_fit() {
    CLI::App* sub = add("fit", "Train a model of a table",
                        "  wick fit houses.csv --target price --out houses\n"
                        "  wick fit iris.csv --target species --out iris --time 10 --seed 1\n"
                        "  wick fit houses.csv --target price --out houses --folds 5 --threads 4\n",
                        [this] { return tool::fit(fit_); });
    add_path(sub, "data", fit_.data, "CSV file with a header, or JSON lines (.jsonl)")->required();
    sub->add_option("--target", fit_.target, "The column to predict")->type_name("COLUMN")->required();
    sub->add_option_function<std::string>(
           "--out", [this](const std::string& text) { fit_.out = tool::path_from_utf8(text); },
           "Folder for model.wick, report.html and metrics.json")
        ->type_name("FOLDER")
        ->required();
    static const std::map<std::string, wick::Task> tasks{{"binary", wick::Task::binary},
                                                         {"classes", wick::Task::classes},
                                                         {"regression", wick::Task::regression}};
    sub->add_option_function<std::string>(
           "--task", [this](const std::string& name) { fit_.task = tasks.at(name); },
           "What to predict: binary, classes or regression; found without")
        ->check(CLI::IsMember({"binary", "classes", "regression"}))
        ->type_name("TASK");
    sub->add_option("--time", fit_.time, "Seconds for training")->type_name("S")->capture_default_str();
    sub->add_option("--seed", fit_.seed, "Of everything that is drawn")
        ->type_name("N")
        ->capture_default_str();
    sub->add_option("--test", fit_.test, "Share of the rows that is kept for the test")
        ->type_name("SHARE")
        ->capture_default_str();
    sub->add_option("--folds", fit_.folds, "Cross-validate with so many folds as well")
        ->check(CLI::Range(2, 100))
        ->type_name("K");
    sub->add_option("--trials", fit_.trials, "Search for better options with so many trials before")
        ->check(CLI::Range(1, 10000))
        ->type_name("N");
    add_threads(sub, fit_.threads);
    sub->add_option("--export", fit_.formats, "Write the model as safetensors or cpp as well")
        ->check(CLI::IsMember({"safetensors", "cpp"}))
        ->type_name("FORMAT,...")
        ->delimiter(',')
        ->allow_extra_args(false);
    add_csv(sub, fit_.csv);
    sub->add_flag("--force", fit_.force, "Replace such files that are in the folder");
  }

  void add_eval() {
    CLI::App* sub = add("eval", "Measure a model of a table on rows whose target is known",
                        "  wick eval houses/model.wick new.csv --target price\n"
                        "  wick eval --json iris/model.wick new.csv\n",
                        [this] { return tool::eval(eval_); });
    add_path(sub, "model", eval_.model, "Model of wick fit")->required();
    add_path(sub, "data", eval_.data, "CSV file with the columns that it was trained with")->required();
    sub->add_option("--target", eval_.target, "The column that it predicts, if that has another name here")
        ->type_name("COLUMN");
    add_threads(sub, eval_.threads);
    add_csv(sub, eval_.csv);
    sub->add_flag("--json", eval_.json, "As JSON");
  }

  void add_export_cpp() {
    CLI::App* sub = add("export-cpp", "Write a network as a C++ header that needs no library",
                        "  wick export-cpp checkpoint.wick fashion.hpp\n"
                        "  wick export-cpp --name clothes checkpoint.pth fashion.hpp\n",
                        [this] { return tool::export_cpp(export_); });
    add_path(sub, "model", export_.model, "Checkpoint, or model file of PyTorch or safetensors")->required();
    add_path(sub, "to", export_.to, "Header to write")->required();
    sub->add_option("--name", export_.name, "Namespace of the functions, instead of the header's name");
    add_source(sub, export_.source);
    add_names(sub, export_.names);
    sub->add_flag("--force", export_.force, "Replace the header if it exists");
  }

  CLI::App app_{
      "Trains models of tables, looks into checkpoints of neural networks, compares and converts them, "
      "predicts with "
      "them",
      "wick"};
  std::map<std::string, std::function<int()>> commands_;
  tool::InfoOptions info_;
  tool::VerifyOptions verify_;
  tool::DiffOptions diff_;
  tool::ConvertOptions convert_;
  tool::PredictOptions predict_;
  tool::ExportOptions export_;
  tool::FitOptions fit_;
  tool::EvalOptions eval_;
};

}  // namespace

int run_program(const std::vector<std::string>& arguments) {
  try {
    return CommandLine().run(arguments);
  } catch (const std::exception& error) {
    std::cerr << "wick: " << tool::printable(error.what(), true) << '\n';
    return tool::exit_failed;
  }
}
