// Kills `wick fit` at random moments and starts it again with the same arguments, until it is done: the
// results are those of one that was let alone.
//
// usage: kill_fit WICK [SEED]

#include "support/files.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Runs it for so long at most; whether it came to its end.
bool run(const std::string& tool, const std::filesystem::path& folder, const std::string& out,
         std::optional<std::chrono::milliseconds> time) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::chdir(folder.c_str()) != 0) ::_exit(126);
    const std::string log = out + ".log";
    if (std::freopen(log.c_str(), "a", stdout) == nullptr) ::_exit(126);
    ::execl(tool.c_str(), tool.c_str(), "fit", "rows.csv", "--target", "price", "--out", out.c_str(),
            "--threads", "2", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  int status = 0;
  if (time) {
    std::this_thread::sleep_for(*time);
    ::kill(child, SIGKILL);
  }
  if (::waitpid(child, &status, 0) != child) throw std::runtime_error("no child");
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && time) return false;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error("wick fit failed");
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const unsigned seed = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : std::random_device()();
  try {
    const wick_tests::TempDir dir;
    {
      // So few rows that the time is enough for all epochs, however slow the machine is.
      std::ofstream rows(dir / "rows.csv");
      rows << "rooms,town,price\n";
      for (int i = 0; i < 14; ++i)
        rows << 1 + i * 7 % 6 << (i % 3 == 0 ? ",Oslo," : ",Rome,") << 100.5 * (i * 7 % 6) << "\n";
    }
    const auto begin = std::chrono::steady_clock::now();
    run(argv[1], dir.path(), "whole", {});
    const std::chrono::duration<double, std::milli> all = std::chrono::steady_clock::now() - begin;
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> share(0.1, 0.6);
    int kills = 0;
    int amid = 0;  // training
    const auto time = [&] {
      return std::chrono::milliseconds(static_cast<int>(share(random) * all.count()));
    };
    while (kills < 8 && !run(argv[1], dir.path(), "killed", time())) {
      ++kills;
      if (std::filesystem::exists(dir / "killed/unfinished/network-1.wick")) ++amid;
    }
    if (kills == 8) run(argv[1], dir.path(), "killed", {});
    for (const char* file : {"model.wick", "metrics.json"}) {
      if (contents(dir / "whole" / file).empty() ||
          contents(dir / "whole" / file) != contents(dir / "killed" / file)) {
        std::cerr << "seed " << seed << ": after " << kills << " kills " << file << " differs\n";
        return 1;
      }
    }
    const bool went_on = contents(dir / "killed.log").find("goes on where it was ended") != std::string::npos;
    if (amid > 0 && !went_on) {
      std::cerr << "seed " << seed << ": it began anew\n";
      return 1;
    }
    if (std::filesystem::exists(dir / "killed/unfinished")) {
      std::cerr << "what was kept is still there\n";
      return 1;
    }
    std::cout << kills << " kills, " << amid << " of them amid the training\n";
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "seed " << seed << ": " << e.what() << "\n";
    return 1;
  }
}
