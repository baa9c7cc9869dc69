// The programs in examples/models: what they print, beside what their Python originals printed with PyTorch.

#include "support/files.hpp"
#include "support/run_program.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

using wick_tests::ProgramResult;
using wick_tests::run_program;

namespace {

std::vector<std::string> words(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> result;
  for (std::string word; in >> word;) result.push_back(word);
  return result;
}

std::vector<std::string> lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> result;
  for (std::string line; std::getline(in, line);) result.push_back(line);
  return result;
}

// The same text, or numbers with as many places that differ by one in the last: what lies in the middle may
// be rounded to either side.
bool equal_words(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const auto point = a.find('.');
  if (point == a.npos || point == 0 || a.size() != b.size() || b.find('.') != point) return false;
  char* end_a = nullptr;
  char* end_b = nullptr;
  const double x = std::strtod(a.c_str(), &end_a);
  const double y = std::strtod(b.c_str(), &end_b);
  const std::string rest_a(end_a);
  if (end_a == a.c_str() || rest_a != std::string(end_b)) return false;
  const auto places = static_cast<int>(a.size() - rest_a.size() - point - 1);
  return std::abs(x - y) < 1.5 * std::pow(10.0, -places);
}

void check_program(const std::string& name) {
  const auto text_of = [](const std::filesystem::path& path) {
    const auto bytes = wick_tests::read_bytes(path);
    std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::erase(text, '\r');
    return text;
  };
  const auto path = std::filesystem::path(WICK_MODEL_PROGRAMS) / ("model_" + name + WICK_PROGRAM_SUFFIX);
  const ProgramResult result = run_program(path, {}, WICK_TEST_DATA);
  CHECK(result.code == 0);
  CHECK(result.err.empty());
  const auto printed = lines(result.out);
  const auto expected = lines(text_of(std::filesystem::path(WICK_TEST_DATA) / "models" / (name + ".txt")));
  CHECK(!expected.empty());
  CHECK_MESSAGE(printed.size() == expected.size(), result.out);
  for (std::size_t i = 0; i < (std::min)(printed.size(), expected.size()); ++i) {
    const auto a = words(printed[i]);
    const auto b = words(expected[i]);
    const bool equal = std::ranges::equal(a, b, equal_words);
    CHECK_MESSAGE(equal, name, ": ", printed[i], ", in Python: ", expected[i]);
  }
}

}  // namespace

TEST_CASE("words are equal up to the last place of numbers") {
  CHECK(equal_words("loss", "loss"));
  CHECK(!equal_words("loss", "lose"));
  CHECK(equal_words("0.1250,", "0.1251,"));
  CHECK(!equal_words("0.1250,", "0.1252,"));
  CHECK(!equal_words("0.125", "0.1250"));
  CHECK(!equal_words("501", "502"));
  CHECK(!equal_words("0.5x", "0.5y"));
  CHECK(equal_words("0.9999", "1.0000"));
  CHECK(!equal_words("9.9999", "10.0000"));
}

TEST_CASE("regression") { check_program("regression"); }
TEST_CASE("residual") { check_program("residual"); }
TEST_CASE("autoencoder") { check_program("autoencoder"); }
TEST_CASE("two_heads") { check_program("two_heads"); }
TEST_CASE("soft_update") { check_program("soft_update"); }
TEST_CASE("own_loss") { check_program("own_loss"); }
TEST_CASE("own_activation") { check_program("own_activation"); }
TEST_CASE("gradient_penalty") { check_program("gradient_penalty"); }
TEST_CASE("ode") { check_program("ode"); }
TEST_CASE("one_cycle") { check_program("one_cycle"); }
TEST_CASE("experts") { check_program("experts"); }
