// A reader in Python, written from docs/checkpoint-format.md alone, agrees with what wick writes.

#include "io/wick/formula_archive.hpp"
#include "support/files.hpp"

#include <wick/io/save.hpp>
#include <wick/io/wick/writer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <complex>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

#if defined(_WIN32)
constexpr const char* python = "python";
constexpr const char* nowhere = "nul";
#else
constexpr const char* python = "python3";
constexpr const char* nowhere = "/dev/null";
#endif

bool run(const std::string& arguments, const std::string& out) {
  return std::system((std::string(python) + " " + arguments + " > \"" + out + "\"").c_str()) == 0;
}

/// "[2, 3]" and the exact sum, written from the archive that was saved.
std::string expected_line(const std::string& group, const std::string& name, const wick::AnyTensor& tensor,
                          const std::string& sum) {
  return "tensor '" + group + "' '" + name + "' " + std::string(wick::name_of(tensor.dtype())) + " " +
         tensor.shape().str() + " sum " + sum;
}

}  // namespace

TEST_CASE("a Python reader written from the document reads what wick writes") {
  if (!run("--version", nowhere)) {
    MESSAGE("skipped: there is no " << python);
    return;
  }
  const wick_tests::TempDir dir;
  const wick::Archive archive = wick_tests::formula_archive();
  wick::write_archive(archive, dir / "f.wick");
  const fs::path script = fs::path(WICK_TEST_DATA) / "read_checkpoint.py";
  const auto out = dir / "out.txt";
  REQUIRE(run("\"" + script.string() + "\" \"" + (dir / "f.wick").string() + "\"", out.string()));

  std::ifstream file(out, std::ios::binary);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);

  std::vector<std::string> expected{"version 1 header 1648 payload 1284",
                                    "architecture Network 6 3 [5, 4] 0.25"};
  // Multiples of 1/1024, so that the sums are exact in any order.
  std::int64_t k = 0;
  for (const auto& [name, tensor] : archive.tensors[0].second) {
    std::int64_t sum = 0;
    for (wick::Index i = 0; i < tensor.numel(); ++i) sum += k++ * 7919 % 2048 - 1024;
    std::ostringstream text;
    text.precision(17);
    text << static_cast<double>(sum) / 1024;
    expected.push_back(expected_line("model", name, tensor, text.str()));
  }
  // 0 + 1 - 2 + 3 - 4 + 5 = 3; without signs 15; three times true.
  const std::vector<std::string> sums{"3.0", "3.0",  "3.0", "3.0", "3.0",  "3.0", "3.0",
                                      "3.0", "15.0", "3.0", "0.0", "-0.5", "6.0", "0.0"};
  const wick::StateDict& every = archive.tensors[1].second;
  REQUIRE(every.size() == sums.size());
  auto sum = sums.begin();
  for (const auto& [name, tensor] : every)
    expected.push_back(expected_line("every dtype", name, tensor, *sum++));
  for (const char* line :
       {"'yes' True", "'no' False", "'smallest' -9223372036854775808", "'third' 0.3333333333333333",
        "'infinite' -inf", "'text' 'zwölf \"Boxkämpfer\"\\n✓'", "'' ''",
        "'integers' [0, -1, 9223372036854775807]", "'numbers' [0.25, -0.0]",
        "'texts' ['T-shirt/top', '', 'Ankle boot']", "'no integers' []", "'no numbers' []",
        "'no texts' []"}) {
    expected.push_back(std::string("attribute 'metadata' ") + line);
  }
  REQUIRE(lines.size() == expected.size());
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(lines[i] == expected[i]);
}

TEST_CASE("the Python reader reads unsigned integers, complex numbers and 8-bit floats") {
  if (!run("--version", nowhere)) {
    MESSAGE("skipped: there is no " << python);
    return;
  }
  wick::StateDict tensors;
  std::vector<std::string> expected;
  const auto add = [&](const wick::AnyTensor& t, const std::string& sum) {
    const std::string name(wick::name_of(t.dtype()));
    tensors.insert(name, t);
    expected.push_back(expected_line("model", name, t, sum));
  };
  const auto bytes = [](auto x, std::initializer_list<unsigned> values) {
    wick::Tensor<decltype(x)> t(wick::Shape{static_cast<wick::Index>(values.size())});
    std::ranges::transform(values, t.data(),
                           [](unsigned v) { return decltype(x){static_cast<std::uint8_t>(v)}; });
    return wick::AnyTensor::copy_of(t);
  };
  using wick::AnyTensor;
  using wick::Float8;
  using wick::Float8Format;
  add(AnyTensor::copy_of(wick::Tensor<std::uint16_t>::from({1, 65535})), "65536.0");
  add(AnyTensor::copy_of(wick::Tensor<std::uint32_t>::from({1, 4294967295U})), "4294967296.0");
  add(AnyTensor::copy_of(wick::Tensor<std::uint64_t>::from({1ULL << 63})), "9.223372036854776e+18");
  add(AnyTensor::copy_of(wick::Tensor<std::complex<float>>::from(
          {std::complex<float>(1, 2), std::complex<float>(-0.5F, 4)})),
      "6.5");
  add(AnyTensor::copy_of(wick::Tensor<std::complex<double>>::from(
          {std::complex<double>(0.25, -2), std::complex<double>(8, 1)})),
      "7.25");
  // The largest number, the smallest, -1.
  add(bytes(Float8<Float8Format::e4m3fn>{}, {0x7E, 0x01, 0xB8}), "447.001953125");
  add(bytes(Float8<Float8Format::e5m2>{}, {0x7B, 0x01, 0xBC}), "57343.00001525879");
  add(bytes(Float8<Float8Format::e4m3fnuz>{}, {0x7F, 0x01, 0xC0}), "239.0009765625");
  add(bytes(Float8<Float8Format::e5m2fnuz>{}, {0x7F, 0x01, 0xC0}), "57343.000007629395");
  add(bytes(Float8<Float8Format::e8m0fnu>{}, {0x7F, 0x80, 0x7E}), "3.5");

  const wick_tests::TempDir dir;
  wick::save(tensors, dir / "f.wick");
  const fs::path script = fs::path(WICK_TEST_DATA) / "read_checkpoint.py";
  const auto out = dir / "out.txt";
  REQUIRE(run("\"" + script.string() + "\" \"" + (dir / "f.wick").string() + "\"", out.string()));
  std::ifstream file(out, std::ios::binary);
  std::string line;
  std::getline(file, line);  // versions and lengths
  for (const auto& wanted : expected) {
    REQUIRE(std::getline(file, line));
    CHECK(line == wanted);
  }
  CHECK(wick::load(dir / "f.wick") == tensors);
}

TEST_CASE("the Python reader refuses a damaged file") {
  if (!run("--version", nowhere)) {
    MESSAGE("skipped: there is no " << python);
    return;
  }
  const wick_tests::TempDir dir;
  const fs::path script = fs::path(WICK_TEST_DATA) / "read_checkpoint.py";
  auto bytes = wick_tests::read_bytes(fs::path(WICK_TEST_DATA) / "checkpoint_v1.wick");
  const auto accepts = [&] {
    wick_tests::write_bytes(dir / "f.wick", bytes);
    return run("\"" + script.string() + "\" \"" + (dir / "f.wick").string() + "\" 2>\"" +
                   (dir / "errors").string() + "\"",
               nowhere);
  };
  CHECK(accepts());
  for (const std::size_t i : {std::size_t{20}, std::size_t{500}, bytes.size() - 1}) {
    bytes[i] ^= std::byte{4};
    CHECK_FALSE(accepts());
    bytes[i] ^= std::byte{4};
  }
}
