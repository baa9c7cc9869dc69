// Files that one system writes and another reads.
//
// usage: exchange write FOLDER             trains a small network and saves it in every format
//        exchange read FOLDER [FOLDER...]  reads what other systems wrote, writes it again, goes on training
//
// What is read has to be the same in every format, to predict what its writer predicted, and to give the
// bytes that its writer wrote when it is saved here.

#include "support/compare.hpp"
#include "support/files.hpp"
#include "training/training_run.hpp"

#include <wick/checkpoint/checkpoint.hpp>
#include <wick/io/save.hpp>
#include <wick/training/training_checkpoint.hpp>

#include <cmath>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#if defined(_WIN32)
#include <windows.h>  // wick declares some of its functions, without its macros: both have to go together
#endif

namespace {

namespace fs = std::filesystem;

// A name that no 8-bit code page of Windows has.
const fs::path own_name = fs::path(u8"\u6a21\u578b.wick");
const std::vector<std::string> other_names{"model.pth", "model.safetensors"};
const wick::CheckpointExtras extras{.metadata = {{"classes", std::vector<std::string>{"a", "b", "c"}}}};

void check(bool condition, const std::string& what) {
  if (!condition) throw std::runtime_error("expected " + what);
}

/// Numbers that every system makes alike.
wick::Tensor<float> inputs() {
  wick::Tensor<float> x(wick::Shape{5, 6});
  for (wick::Index i = 0; i < x.numel(); ++i) x.data()[i] = static_cast<float>((i * 37) % 41 - 20) / 16;
  return x;
}

void write(const fs::path& folder) {
  fs::create_directories(folder);
  wick_tests::SmallRun small;
  const auto result = small.train_for(10);
  const auto& run = small.run;
  wick::save_training_checkpoint(run.model, run.optimizer, result.state, folder / own_name);
  for (const auto& name : other_names) wick::save_checkpoint(run.model, folder / name, extras);
  const auto log_probs = run.model.predict(inputs());
  std::ofstream numbers(folder / "log_probs.txt");
  numbers.precision(std::numeric_limits<float>::max_digits10);
  for (wick::Index i = 0; i < log_probs.numel(); ++i) numbers << log_probs.data()[i] << "\n";
  numbers.close();
  check(static_cast<bool>(numbers), "room for log_probs.txt");
}

void read(const fs::path& folder) {
  auto run = wick::load_training_checkpoint(folder / own_name);
  const auto state = run.model.state_dict();
  for (const auto& name : other_names) {
    check(wick::load_checkpoint(folder / name).state_dict() == state,
          name + " to hold what the own file holds");
  }

  auto expected = run.model.predict(inputs());
  std::ifstream numbers(folder / "log_probs.txt");
  for (wick::Index i = 0; i < expected.numel(); ++i) numbers >> expected.data()[i];
  check(static_cast<bool>(numbers), "numbers in log_probs.txt");
  const auto close = wick_tests::close(run.model.predict(inputs()), expected, 1e-5, 1e-6);
  check(close.ok, "the writer's predictions: " + close.text);

  const wick_tests::TempDir dir;
  wick::save_training_checkpoint(run.model, run.optimizer, run.state, dir / own_name, run.metadata);
  check(wick_tests::read_bytes(dir / own_name) == wick_tests::read_bytes(folder / own_name),
        "the same bytes of the own file");
  for (const auto& name : other_names) {
    wick::save_checkpoint(run.model, dir / name, extras);
    check(wick_tests::read_bytes(dir / name) == wick_tests::read_bytes(folder / name),
          "the same bytes of " + name);
  }
  {
    const auto mapped = wick::map_checkpoint(folder / own_name);
    check(mapped.state_dict() == state, "the mapped file to hold the same");
  }

  auto bytes = wick_tests::read_bytes(folder / own_name);
  bytes[bytes.size() / 2] ^= std::byte{1};
  bool refused = false;
  try {
    static_cast<void>(wick::load_checkpoint(std::span<const std::byte>(bytes)));
  } catch (const wick::FormatError&) {
    refused = true;
  }
  check(refused, "a damaged file to be refused");

  const auto step = run.state.step;
  wick_tests::SmallRun small(50, std::move(run));
  const auto result = small.train();
  check(result.state.step == 14, "14 steps in all, 10 of them read; " + std::to_string(step) + " were");
  check(std::isfinite(result.reports.back().test_loss), "a finite loss");
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2 || (arguments[0] != "write" && arguments[0] != "read")) {
    std::cerr << "usage: exchange write|read FOLDER...\n";
    return 2;
  }
  int code = 0;
  for (const auto& folder : std::span(arguments).subspan(1)) {
    try {
      arguments[0] == "write" ? write(folder) : read(folder);
      std::cout << folder << ": " << (arguments[0] == "write" ? "written" : "read, the same, and trained on")
                << "\n";
    } catch (const std::exception& e) {
      std::cerr << folder << ": " << e.what() << "\n";
      code = 1;
    }
  }
  return code;
}
