// wick_conformance: does the library what PyTorch does? See README.md beside this file.

#include "differences.hpp"
#include "exceptions.hpp"
#include "report.hpp"
#include "runners.hpp"
#include "value.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace conformance {
namespace {

struct Row {
  std::string kind;
  std::string name;
  int cases = 0;
  int passed = 0;
  int values_only = 0;
  int failed = 0;
  int excepted = 0;
  int unsupported = 0;
  bool known = true;  ///< the tables have it
  double largest = 0;
  std::vector<std::string> failures = {};
  std::map<std::string, int> reasons = {};
  std::set<std::string> exceptions = {};
};

std::string text_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const Exception* exception_for(const Row& row, const std::string& problem) {
  for (const Exception& each : exceptions) {
    if (each.kind == row.kind && each.name == row.name && problem.find(each.text) != std::string::npos)
      return &each;
  }
  return nullptr;
}

void count(Row& row, const std::string& id, const Outcome& outcome) {
  ++row.cases;
  switch (outcome.kind) {
    case Outcome::Kind::passed:
      ++row.passed;
      row.largest = (std::max)(row.largest, outcome.largest);
      return;
    case Outcome::Kind::values_only:
      ++row.values_only;
      ++row.reasons[outcome.detail];
      return;
    case Outcome::Kind::unsupported:
      ++row.unsupported;
      ++row.reasons[outcome.detail];
      return;
    case Outcome::Kind::failed:
      break;
  }
  const Exception* const known = exception_for(row, id + ": " + outcome.detail);
  if (known != nullptr) {
    ++row.excepted;
    row.exceptions.emplace(known->reason);
    return;
  }
  ++row.failed;
  row.failures.push_back(id + ": " + outcome.detail);
}

std::array<Runner, 6> runners() {
  return {module_runner(),    loss_runner(),        optimizer_runner(),
          scheduler_runner(), initialiser_runner(), operation_runner()};
}

/// Every entry of the folder, and those in scope without a file.
std::vector<Row> run_all(const std::filesystem::path& folder) {
  std::vector<Row> rows;
  std::istringstream scope(text_file(folder / "scope.txt"));
  std::string kind;
  std::string name;
  const auto all = runners();
  while (scope >> kind && std::getline(scope >> std::ws, name)) {
    Row row{kind, name};
    const auto runner = std::ranges::find(all, kind, &Runner::kind);
    const std::filesystem::path file = folder / kind / (name + ".json");
    std::vector<std::string> names;
    if (runner != all.end()) names = runner->names();
    row.known = std::ranges::find(names, name) != names.end();
    if (row.known && std::filesystem::exists(file)) {
      const Value entry = read_entry(file);
      for (const Value& one_case : entry.at("cases").list)
        count(row, one_case.at("id").text, runner->run(name, one_case));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string number_or_nothing(int n) { return n == 0 ? "" : std::to_string(n); }

std::string joined(const auto& texts) {
  std::string result;
  for (const auto& each : texts) result += (result.empty() ? "" : "; ") + each;
  return result;
}

std::string reasons_of(const Row& row) {
  std::vector<std::string> texts;
  for (const auto& [reason, n] : row.reasons) texts.push_back(reason);
  if (texts.size() > 3) {
    texts.resize(3);
    texts.emplace_back("...");
  }
  return joined(texts);
}

void print_markdown(const std::vector<Row>& rows, std::ostream& out) {
  const std::array<std::array<const char*, 2>, 6> kinds{{{"module", "Modules"},
                                                         {"loss", "Losses"},
                                                         {"optimizer", "Optimizers"},
                                                         {"scheduler", "Schedulers"},
                                                         {"initialiser", "Initialisers"},
                                                         {"operation", "Operations"}}};
  for (const auto& [kind, title] : kinds) {
    Row total{kind, "all of them"};
    std::string missing;
    std::string untried;
    int entries = 0;
    out << "\n### " << title << "\n\n";
    out << "| entry | cases | passed | values only | exceptions | not supported | failed | notes |\n";
    out << "|---|---|---|---|---|---|---|---|\n";
    for (const Row& row : rows) {
      if (row.kind != kind) continue;
      if (!row.known) {
        missing += (missing.empty() ? "`" : ", `") + row.name + "`";
        continue;
      }
      if (row.cases == 0) {
        untried += (untried.empty() ? "`" : ", `") + row.name + "`";
        continue;
      }
      ++entries;
      const auto notes = joined(row.exceptions) +
                         (row.exceptions.empty() || row.reasons.empty() ? "" : "; ") + reasons_of(row);
      out << "| `" << row.name << "` | " << row.cases << " | " << number_or_nothing(row.passed) << " | "
          << number_or_nothing(row.values_only) << " | " << number_or_nothing(row.excepted) << " | "
          << number_or_nothing(row.unsupported) << " | " << number_or_nothing(row.failed) << " | " << notes
          << " |\n";
      total.cases += row.cases;
      total.passed += row.passed;
      total.values_only += row.values_only;
      total.excepted += row.excepted;
      total.unsupported += row.unsupported;
      total.failed += row.failed;
    }
    out << "| **" << entries << " entries** | " << total.cases << " | " << total.passed << " | "
        << total.values_only << " | " << total.excepted << " | " << total.unsupported << " | " << total.failed
        << " | |\n";
    if (!untried.empty())
      out << "\nThere, but all cases are larger than those that are made here: " << untried << ".\n";
    if (!missing.empty()) out << "\nIn scope and not there yet: " << missing << ".\n";
  }
}

void print_table(const std::vector<Row>& rows, std::ostream& out) {
  Row total{"", ""};
  int entries = 0;
  int missing = 0;
  char line[200];
  std::snprintf(line, sizeof line, "%-12s %-44s %6s %7s %7s %7s %7s %7s  %s\n", "kind", "entry", "cases",
                "passed", "values", "except", "unsupp", "failed", "largest difference / tolerance");
  out << line;
  for (const Row& row : rows) {
    if (!row.known) {
      ++missing;
      std::snprintf(line, sizeof line, "%-12s %-44s not supported\n", row.kind.c_str(), row.name.c_str());
      out << line;
      continue;
    }
    if (row.cases == 0) continue;  // not made this time
    ++entries;
    std::snprintf(line, sizeof line, "%-12s %-44s %6d %7d %7d %7d %7d %7d  %.2g\n", row.kind.c_str(),
                  row.name.c_str(), row.cases, row.passed, row.values_only, row.excepted, row.unsupported,
                  row.failed, row.largest);
    out << line;
    for (const auto& [reason, n] : row.reasons) out << "    " << n << " x not supported: " << reason << "\n";
    for (const std::string& failure : row.failures) out << "    FAILED " << failure << "\n";
    total.cases += row.cases;
    total.passed += row.passed;
    total.values_only += row.values_only;
    total.excepted += row.excepted;
    total.unsupported += row.unsupported;
    total.failed += row.failed;
  }
  out << "\n"
      << entries << " entries supported, " << missing << " not; " << total.cases << " cases: " << total.passed
      << " passed, " << total.values_only << " passed by values alone, " << total.excepted << " exceptions, "
      << total.unsupported << " not supported, " << total.failed << " failed\n";
  if (by_differences) {
    out << differences_compared << " derivatives beside central differences, " << differences_left_out
        << " where there is a bend or a jump\n";
  }
}

int run(std::vector<std::string> arguments) {
  by_differences = std::erase(arguments, "--differences") > 0;
  if (arguments.size() == 1 && arguments[0] == "--entries") {
    for (const Runner& runner : runners()) {
      for (const std::string& name : runner.names()) std::cout << runner.kind << " " << name << "\n";
    }
    return 0;
  }
  const bool markdown = arguments.size() == 2 && arguments[0] == "--markdown";
  if (arguments.size() != (markdown ? 2 : 1) || arguments.back().starts_with("--")) {
    std::cerr
        << "usage: wick_conformance [--markdown] [--differences] FOLDER\n       wick_conformance --entries\n";
    return 2;
  }
  const std::filesystem::path folder = arguments.back();
  if (!std::filesystem::exists(folder / "scope.txt")) {
    std::cerr << "wick_conformance: no scope.txt in " << folder.string() << "\n";
    return 2;
  }
  const std::vector<Row> rows = run_all(folder);
  if (markdown) {
    print_markdown(rows, std::cout);
  } else {
    print_table(rows, std::cout);
  }
  const bool ran = std::ranges::any_of(rows, [](const Row& row) { return row.passed > 0; });
  const bool failed = std::ranges::any_of(rows, [](const Row& row) { return row.failed > 0; });
  return failed || !ran ? 1 : 0;
}

}  // namespace
}  // namespace conformance

int main(int argc, char** argv) try {
  return conformance::run(std::vector<std::string>(argv + 1, argv + argc));
} catch (const std::exception& error) {
  std::cerr << "wick_conformance: " << error.what() << "\n";
  return 2;
}
