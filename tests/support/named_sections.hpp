#pragma once

// Texts of PyTorch by name, as make_module_prints.py writes them.

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace wick_tests {

/// The parts of a file that begin with lines `=== <name>`.
class NamedSections {
 public:
  explicit NamedSections(const std::string& file) {
    std::ifstream in(std::string(WICK_TEST_DATA) + "/" + file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot open " + file);
    std::string line, name;
    while (std::getline(in, line)) {
      if (line.starts_with("=== ")) {
        name = line.substr(4);
      } else {
        sections_[name] += line + "\n";
      }
    }
  }

  [[nodiscard]] const std::string& operator[](const std::string& name) const { return sections_.at(name); }
  /// The part of a section below its line `--- <what>`.
  [[nodiscard]] std::string part(const std::string& name, const std::string& what) const {
    const std::string& section = sections_.at(name);
    const std::string head = "--- " + what + "\n";
    const auto begin = section.find(head);
    if (begin == std::string::npos) throw std::runtime_error("no part " + what + " of " + name);
    const auto end = section.find("--- ", begin + head.size());
    return section.substr(begin + head.size(), end == std::string::npos ? end : end - begin - head.size());
  }
  /// The numbers of the first line that begins with `head` and a space, in hexadecimal.
  [[nodiscard]] std::vector<double> numbers(const std::string& name, const std::string& head) const {
    std::istringstream lines(sections_.at(name));
    std::string line;
    while (std::getline(lines, line)) {
      if (!line.starts_with(head + " ")) continue;
      std::vector<double> result;
      std::istringstream words(line.substr(head.size()));
      for (std::string word; words >> word;) result.push_back(std::stod(word));
      return result;
    }
    throw std::runtime_error("no line " + head + " in " + name);
  }

 private:
  std::map<std::string, std::string> sections_;
};

}  // namespace wick_tests
