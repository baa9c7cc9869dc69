// Kills a run that saves after every step, at random moments: whenever that is, the file on the disk is whole
// and the run goes on from it.
//
// usage: kill TRAINER [KILLS] [SEED]

#include "support/files.hpp"
#include "training/training_run.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

/// A trainer that saves after every step and would run on for a long time.
class Child {
 public:
  Child(const std::string& trainer, const std::string& file, bool resume) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      ::execl(trainer.c_str(), trainer.c_str(), file.c_str(), "--epochs", "1000000", "--every", "1",
              "--announce", resume ? "--resume" : nullptr, static_cast<char*>(nullptr));
      ::_exit(127);
    }
    ::close(ends[1]);
    // Until it says that it trains.
    char byte = 0;
    const bool started = pid_ > 0 && ::read(ends[0], &byte, 1) == 1;
    output_ = ends[0];
    if (!started) throw std::runtime_error("the trainer did not start");
    // Nobody reads the log: a full pipe would stop it.
    drain_ = std::jthread([fd = output_] {
      char buffer[4096];
      while (::read(fd, buffer, sizeof buffer) > 0) {
      }
    });
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    drain_.join();
    ::close(output_);
  }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::jthread drain_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int kills = argc > 2 ? std::atoi(argv[2]) : 200;
  const unsigned seed = argc > 3 ? static_cast<unsigned>(std::atoi(argv[3])) : std::random_device()();
  try {
    const wick_tests::TempDir dir;
    const std::filesystem::path file = dir / "run.wick";
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> microseconds(0, 30000);
    const auto begin = std::chrono::steady_clock::now();
    int amid_a_save = 0;
    std::int64_t last_step = 0;
    std::int64_t steps_of_resumed = 0;
    std::uintmax_t most_strays = 0;
    for (int i = 0; i < kills; ++i) {
      const bool exists = std::filesystem::exists(file);
      {
        const Child child(argv[1], file.string(), exists);
        std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
      }
      const auto files = std::distance(std::filesystem::directory_iterator(dir.path()), {});
      const bool saved = std::filesystem::exists(file);
      const auto strays = static_cast<std::uintmax_t>(files) - (saved ? 1 : 0);
      amid_a_save += strays > 0 ? 1 : 0;
      most_strays = (std::max)(most_strays, strays);
      if (strays > 1) throw std::runtime_error("temporary files pile up: " + std::to_string(strays));
      if (!saved) {
        if (exists) throw std::runtime_error("the file is gone");
        continue;  // killed before the first save was done
      }
      // Every byte is checked when it is read; then the run goes on for a few steps.
      wick_tests::SmallRun rest(500, wick::load_training_checkpoint(file));
      const std::int64_t step = rest.run.state.step;
      if (step < last_step)
        throw std::runtime_error("the run went back from step " + std::to_string(last_step));
      last_step = step;
      rest.options.epochs = rest.run.state.epoch + 2;
      steps_of_resumed += rest.train_for(3).state.step - step;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    // The next save removes what the last killed one left.
    {
      wick_tests::SmallRun rest(500, wick::load_training_checkpoint(file));
      rest.options.epochs = rest.run.state.epoch + 2;
      rest.options.checkpoint.path = file;
      static_cast<void>(rest.train_for(1));
    }
    const auto left = std::distance(std::filesystem::directory_iterator(dir.path()), {});
    std::cout << kills << " kills in " << seconds << " s, " << amid_a_save
              << " of them amid a save; every file was whole and went on (" << last_step << " steps saved, "
              << steps_of_resumed << " steps taken from the files), at most " << most_strays
              << " file beside it, " << left - 1 << " in the end (seed " << seed << ")\n";
    if (left != 1) throw std::runtime_error("temporary files are left");
    if (steps_of_resumed == 0) throw std::runtime_error("no run went on");
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "kill (seed " << seed << "): " << e.what() << "\n";
    return 1;
  }
}
