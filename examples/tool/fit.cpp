// wick fit: a model of a table, a report and its metrics, in one folder.

#include "commands.hpp"
#include "messages.hpp"
#include "table_cpp.hpp"
#include "tables.hpp"

#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/number.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/io/bytes/atomic_file.hpp>
#include <wick/report/html.hpp>
#include <wick/tabular/cross_validate_table.hpp>
#include <wick/tabular/fit_table.hpp>
#include <wick/tabular/search_table.hpp>
#include <wick/tabular/table_report.hpp>
#include <wick/training/progress.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>

namespace tool {

namespace {

// NOLINTNEXTLINE(*-avoid-non-const-global-variables): all that a handler of signals may write to
std::atomic<int> interrupted = 0;
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void on_interrupt(int signal) {
  interrupted = 1;
  std::signal(signal, SIG_DFL);  // the second time ends the program
}

/// While it lives Ctrl-C requests a stop instead of ending the program, at once: a thread looks whether it
/// came, as no more than that is allowed within a handler, and epochs of large tables are long.
class Interrupts {
 public:
  explicit Interrupts(const std::stop_source& stop)
      : before_((interrupted = 0, std::signal(SIGINT, on_interrupt))),
        watch_([stop](const std::stop_token& end) {
          while (!end.stop_requested() && interrupted == 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
          }
          if (interrupted != 0) stop.request_stop();
        }) {}
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  ~Interrupts() {
    if (before_ != SIG_ERR) std::signal(SIGINT, before_);
  }

 private:
  void (*before_)(int);
  std::jthread watch_;
};

constexpr std::array<const char*, 3> files{"model.wick", "report.html", "metrics.json"};

/// The folder for the results; one that was made for them goes again if nothing is written to it.
class Folder {
 public:
  explicit Folder(const std::filesystem::path& path) : path_(path) {
    std::error_code error;
    is_new_ = std::filesystem::create_directories(path, error);
    if (error) throw wick::FileError(wick::display_name(path), "cannot make the folder: " + error.message());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;  // such as that it is not empty
    if (is_new_) std::filesystem::remove(path_, ignored);
  }

 private:
  std::filesystem::path path_;
  bool is_new_ = false;
};

/// Where a training that is under way is kept.
std::filesystem::path state_of(const FitOptions& options) { return options.out / "unfinished"; }

/// Throws unless the folder can be written to without losing anything.
void check_folder(const FitOptions& options) {
  std::error_code ignored;
  const auto status = std::filesystem::status(options.out, ignored);
  const std::string name = wick::display_name(options.out);
  if (std::filesystem::exists(status) && !std::filesystem::is_directory(status)) {
    throw wick::FileError(name, "expected a folder, got a file");
  }
  // Of a training that was not finished there may be some of them.
  if (options.force || std::filesystem::exists(state_of(options), ignored)) return;
  for (const char* file : files) {
    if (std::filesystem::exists(options.out / file, ignored)) {
      throw wick::FileError(name, std::string("there is ") + file + " already; --force replaces it");
    }
  }
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  wick::AtomicFile file(path);
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

/// All that decides the results, in a line each.
std::string arguments_of(const FitOptions& options, const std::string& hash) {
  std::string text = "data " + hash + "\ntarget " + options.target + "\ntask " +
                     (options.task ? std::string(name_of(*options.task)) : "as found") + "\n";
  const auto line = [&](const char* name, const std::string& value) {
    text += std::string(name) + ' ' + value + '\n';
  };
  line("separator", options.csv.separator ? std::string(1, *options.csv.separator) : "as found");
  line("decimal", options.csv.decimal ? std::string(1, *options.csv.decimal) : "as found");
  for (const std::string& missing : options.csv.missing) line("missing", missing);
  if (options.csv.fill_short_rows) line("short rows", "filled");
  line("time", wick::python_repr(options.time));
  line("seed", std::to_string(options.seed));
  line("test", wick::python_repr(options.test));
  line("folds", std::to_string(options.folds));
  line("trials", std::to_string(options.trials));
  return text;
}

/// Keeps the training in its folder until it is over. It stays there when the process is killed, and when a
/// file could not be written: the same call goes on there once the disk has room.
class Unfinished {
 public:
  Unfinished(const FitOptions& options, const std::string& hash) : path_(state_of(options)) {
    const std::string arguments = arguments_of(options, hash);
    std::error_code error;
    std::ifstream in(path_ / "arguments", std::ios::binary);
    const std::string before{std::istreambuf_iterator<char>(in), {}};
    if (std::filesystem::exists(path_, error) && before != arguments) {
      if (!before.empty() && !options.force) {
        throw wick::FileError(wick::display_name(path_),
                              "there is a training that was not finished, of other data or arguments; "
                              "--force begins anew");
      }
      std::filesystem::remove_all(path_, error);
    }
    std::filesystem::create_directories(path_, error);
    if (error) throw wick::FileError(wick::display_name(path_), "cannot make the folder: " + error.message());
    try {
      write_text(path_ / "arguments", arguments);
    } catch (const wick::FileError&) {
      remove();
      throw;
    }
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() {
    if (!kept_) remove();
  }

  /// Leaves what has been trained where it is. False if there is nothing but the arguments.
  [[nodiscard]] bool keep() {
    std::error_code error;
    const auto count = std::distance(std::filesystem::directory_iterator(path_, error), {});
    kept_ = !error && count > 1;
    return kept_;
  }

 private:
  void remove() const {
    std::error_code ignored;  // nothing depends on it
    std::filesystem::remove_all(path_, ignored);
  }

  bool kept_ = false;
  std::filesystem::path path_;
};

/// Trains, and writes everything into the folder.
void train(const FitOptions& options, const TableInput& input) {
  const wick::Table& table = input.table;
  std::stop_source stop;
  std::optional<Interrupts> interrupts(stop);
  wick::ThreadPool pool(options.threads);
  const auto width = wick::terminal_columns(std::cerr);
  wick::TableOptions chosen{.task = options.task,
                            .test_share = options.test,
                            .seed = options.seed,
                            .max_time = std::chrono::duration<double>(options.time),
                            .state = state_of(options),
                            .pool = &pool,
                            .stop = stop.get_token(),
                            .out = &std::cout};
  chosen.on_progress = [&](const wick::TableProgress& progress) {
    if (!width) return;
    const std::string line = wick::progress_line(
        {.label = "network " + std::to_string(progress.network) + ", loss " +
                  wick::fixed(progress.validation, 4) + ", best " + wick::fixed(progress.best, 4),
         .share = progress.share,
         .samples_per_second = 0,
         .seconds_left = progress.seconds / progress.share - progress.seconds},
        *width);
    std::cerr << '\r' << line << "\x1b[K" << (progress.share >= 1 ? "\r\x1b[K" : "") << std::flush;
  };
  // The time is for all that is trained: half of it for a search, the rest for the folds and the model,
  // alike.
  double time = options.time;
  if (options.trials > 0) {
    time /= 2;
    chosen.max_time = std::chrono::duration<double>(time);
    chosen = wick::search_table(table, options.target, options.trials, chosen).best;
  }
  chosen.max_time = std::chrono::duration<double>(time / static_cast<double>(options.folds + 1));
  std::string folds;
  if (options.folds > 0 && !stop.stop_requested()) {
    const wick::TableFolds validated =
        wick::cross_validate_table(table, options.target, options.folds, chosen);
    std::cout << validated.text();
    folds = ",\n  \"folds\": " + validated.json();
  }
  interrupts.reset();
  if (stop.stop_requested()) {
    // There is no model yet, and one that has seen a few batches would be of no use.
    constexpr std::chrono::seconds most(5);
    chosen.max_time = (std::min)(*chosen.max_time, std::chrono::duration<double>(most));
    stop = std::stop_source();
    chosen.stop = stop.get_token();
    note("fit", "stopped before the model; it is trained for " + std::to_string(most.count()) +
                    " seconds at most, Ctrl-C ends that as well");
  }
  interrupts.emplace(stop);
  const wick::TableFit fitted = wick::fit_table(table, options.target, chosen);
  std::cout << fitted.metrics();
  for (const std::string& text : fitted.notes()) {
    if (!text.ends_with("which is no number, as most are")) continue;
    note("fit", "--missing TEXT takes a text for a missing value, where that is what it means");
    break;
  }

  fitted.save(options.out / "model.wick");
  std::string written = "model.wick, report.html, metrics.json";
  for (const std::string& format : options.formats) {
    const std::string name = format == "cpp" ? "model.hpp" : "model.safetensors";
    if (format == "cpp") {
      try {
        write_text(options.out / name, table_cpp(fitted, missing_texts(options.csv)));
      } catch (const wick::OptionError& e) {
        note("fit", "model.hpp is not written: " + std::string(e.what()));
        continue;
      }
    } else {
      fitted.save(options.out / name);
    }
    written += ", " + name;
  }
  std::string metrics = fitted.json();
  metrics.insert(metrics.rfind("\n}"), folds);
  write_text(options.out / "metrics.json", metrics);
  const bool is_file = options.data != "-";
  wick::write_html(
      wick::table_report(fitted, table,
                         {.name = is_file ? wick::display_name(options.data.filename()) : "standard input",
                          .hash = input.hash}),
      options.out / "report.html");
  std::cout << "Written to " << wick::display_name(options.out) << ": " << written << "\n";
}

}  // namespace

int fit(const FitOptions& options) {
  if (!(options.time > 0))
    throw wick::OptionError("--time must be > 0, got " + wick::python_repr(options.time));
  if (!(options.test >= 0 && options.test <= 0.9)) {
    throw wick::OptionError("--test must be in [0, 0.9], got " + wick::python_repr(options.test));
  }
  check_folder(options);
  const TableInput input = read_rows(options.data, options.csv);
  const wick::Index rows = input.table.rows();
  std::cout << wick::display_name(options.data) << ": " << rows << (rows == 1 ? " row, " : " rows, ")
            << input.table.columns().size() << (input.table.columns().size() == 1 ? " column" : " columns")
            << std::endl;
  const Folder folder(options.out);
  Unfinished unfinished(options, input.hash);
  try {
    train(options, input);
  } catch (const wick::FileError& error) {
    if (!unfinished.keep()) throw;
    report("fit", error);
    complain("fit", "what was trained is kept in " + wick::display_name(state_of(options)) +
                        "; the same command goes on there");
    return exit_failed;
  }
  return exit_ok;
}

}  // namespace tool
