// Training N epochs in one process and in several, each of which goes on where the one before it was stopped:
// the final files are equal byte for byte, and so are the log lines. So it is with fit(), for any number of
// threads.
//
// usage: resume TRAINER

#include "support/files.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

std::string quoted(const std::filesystem::path& path) { return "\"" + path.string() + "\""; }

/// Runs the trainer and returns what it printed.
std::string run(const std::filesystem::path& trainer, const std::filesystem::path& file,
                const std::string& options, const std::filesystem::path& log) {
  std::string command = quoted(trainer) + " " + quoted(file) + " " + options + " > " + quoted(log);
#if defined(_WIN32)
  command = "\"" + command + "\"";
#endif
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
  std::ifstream in(log, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    const std::filesystem::path trainer = argv[1];
    const wick_tests::TempDir dir;
    int failures = 0;
    int comparisons = 0;
    // An epoch has 63 steps, the last of a smaller batch: stops in the middle, at a report, at its end and
    // behind.
    const std::vector<std::vector<int>> stops{{1}, {20}, {62}, {63}, {64}, {100}, {126}, {5, 30, 70}};
    for (const std::string optimizer : {"", " --amsgrad", " --fit"}) {
      const std::string log = run(trainer, dir / "whole.wick", "--epochs 3" + optimizer, dir / "log");
      const auto whole = wick_tests::read_bytes(dir / "whole.wick");
      for (const auto& steps : stops) {
        std::string lines;
        std::string resume;
        int threads = 1;  // of another number in each process
        for (const int count : steps) {
          lines += run(trainer, dir / "part.wick",
                       "--epochs 3 --stop-after " + std::to_string(count) + resume + optimizer +
                           " --threads " + std::to_string(threads++),
                       dir / "log");
          resume = " --resume";
        }
        lines += run(trainer, dir / "part.wick",
                     "--epochs 3" + resume + (optimizer == " --fit" ? optimizer : "") + " --threads " +
                         std::to_string(threads),
                     dir / "log");
        const bool same_bytes = wick_tests::read_bytes(dir / "part.wick") == whole;
        const bool same_lines = lines == log;
        ++comparisons;
        if (same_bytes && same_lines) continue;
        ++failures;
        std::cerr << "stopped after " << steps.front() << " steps" << optimizer << ": "
                  << (same_bytes ? "" : "the final files differ; ") << (same_lines ? "" : "the logs differ: ")
                  << "\n"
                  << log << "---\n"
                  << lines;
      }
    }
    std::cout << comparisons << " runs in several processes compared with runs in one, " << failures
              << " differ\n";
    return failures == 0 ? 0 : 1;
  } catch (const std::exception& e) {
    std::cerr << "resume: " << e.what() << "\n";
    return 1;
  }
}
