#include <wick/training/progress.hpp>

#include "support/screen.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <limits>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#if !defined(_WIN32)
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#endif

using wick::duration_text;
using wick::ProgressBar;

TEST_CASE("durations are shown in hours, minutes and seconds") {
  CHECK(duration_text(0) == "0:00");
  CHECK(duration_text(0.49) == "0:00");
  CHECK(duration_text(0.5) == "0:01");
  CHECK(duration_text(7) == "0:07");
  CHECK(duration_text(59.4) == "0:59");
  CHECK(duration_text(59.6) == "1:00");
  CHECK(duration_text(750) == "12:30");
  CHECK(duration_text(3599) == "59:59");
  CHECK(duration_text(3599.7) == "1:00:00");
  CHECK(duration_text(3750) == "1:02:30");
  CHECK(duration_text(360000) == "100:00:00");
}

TEST_CASE("durations that are none are shown all the same") {
  CHECK(duration_text(-5) == "0:00");
  CHECK(duration_text(std::numeric_limits<double>::quiet_NaN()) == "0:00");
  CHECK(duration_text(std::numeric_limits<double>::infinity()) == "277777777777:46:40");
  CHECK(duration_text(1e300) == "277777777777:46:40");
}

TEST_CASE("the bar shows the share that is done, from the start of its line") {
  const auto drawn = [](wick::Index total, wick::Index done, wick::Index first = 0) {
    std::ostringstream out;
    ProgressBar bar(out, total, first, 80);
    bar.update(done, 0, "Epoch 1/2");
    return out.str();
  };
  CHECK(drawn(100, 0) == "\r\x1b[KEpoch 1/2 [........................] 0%");
  CHECK(drawn(100, 25) == "\r\x1b[KEpoch 1/2 [######..................] 25%");
  CHECK(drawn(100, 99) == "\r\x1b[KEpoch 1/2 [#######################.] 99%");
  CHECK(drawn(100, 100) == "\r\x1b[KEpoch 1/2 [########################] 100%");
  CHECK(drawn(8, 6, 4) == "\r\x1b[KEpoch 1/2 [##################......] 75%");
}

TEST_CASE("a run that has more behind it than there is to do shows a full bar") {
  std::ostringstream out;
  {
    ProgressBar bar(out, 10, 40, 80);
    bar.update(41, 1, "x");
  }
  CHECK(out.str() == "\r\x1b[Kx [########################] 100%\r\x1b[K");
  std::ostringstream none;
  ProgressBar bar(none, 0, 0, 80);
  bar.update(0, 0, "x");
  CHECK(none.str() == "\r\x1b[Kx [########################] 100%");
}

TEST_CASE("rate and time left follow once there is something to measure") {
  std::ostringstream out;
  ProgressBar bar(out, 1000, 0, 80);
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  const auto begin = std::chrono::steady_clock::now();
  bar.update(100, 6400, "E");
  // 100 of 1000 steps in 0.25 s or a little more.
  const std::regex line("\r\x1b\\[KE \\[##\\.{22}\\] 10%  ([0-9]+) samples/s  ETA 0:([0-9]{2})");
  std::smatch found;
  const std::string text = out.str();
  REQUIRE(std::regex_match(text, found, line));
  CHECK(std::stoi(found[1]) <= 6400 / 0.25);
  CHECK(std::stoi(found[1]) > 0);
  CHECK(std::stoi(found[2]) >= 2);

  // Not more than ten times a second.
  bar.update(101, 6464, "E");
  bar.update(102, 6528, "E");
  if (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(90)) CHECK(out.str() == text);
  std::this_thread::sleep_for(std::chrono::milliseconds(110));
  bar.update(103, 6592, "E");
  CHECK(out.str().size() > text.size());
}

TEST_CASE("clearing removes the line, once, and the next update draws again at once") {
  std::ostringstream out;
  {
    ProgressBar bar(out, 4, 0, 80);
    bar.clear();
    CHECK(out.str().empty());
    bar.update(1, 0, "a");
    out.str("");
    bar.clear();
    bar.clear();
    CHECK(out.str() == "\r\x1b[K");
    out.str("");
    bar.update(2, 0, "b");
    CHECK(out.str() == "\r\x1b[Kb [############............] 50%");
    out.str("");
  }
  CHECK(out.str() == "\r\x1b[K");
}

TEST_CASE("a narrow terminal gets a shorter line, which says the most that fits") {
  const wick::Progress p{
      .label = "Epoch 1/2", .share = 0.5, .samples_per_second = 123456, .seconds_left = 3750};
  const auto line = [&](wick::Index columns) { return wick::progress_line(p, columns); };
  const std::string all = "Epoch 1/2 [############............] 50%  123456 samples/s  ETA 1:02:30";
  CHECK(line(200) == all);
  CHECK(line(static_cast<wick::Index>(all.size()) + 1) == all);
  CHECK(line(static_cast<wick::Index>(all.size())) ==
        "Epoch 1/2 [###########............] 50%  123456 samples/s  ETA 1:02:30");
  CHECK(line(50) == "Epoch 1/2 [##########..........] 50%  ETA 1:02:30");
  CHECK(line(40) == "Epoch 1/2 [#####.....] 50%  ETA 1:02:30");
  CHECK(line(39) == "Epoch 1/2 [###########...........] 50%");
  CHECK(line(27) == "Epoch 1/2 [#####.....] 50%");
  CHECK(line(26) == "Epoch 1/2 50%");
  CHECK(wick::progress_line({.label = "Epoch 1/2", .share = 0.5, .samples_per_second = 1, .seconds_left = 12},
                            26) == "Epoch 1/2 50%  ETA 0:12");
  CHECK(line(20) == "Epoch 1/2 50%");
  CHECK(line(10) == "50%");
  CHECK(line(3) == "50");
  for (wick::Index columns = -1; columns <= 250; ++columns) {
    CAPTURE(columns);
    for (const double share : {0.0, 0.01, 0.5, 0.999, 1.0}) {
      for (const double rate : {0.0, 1.0, 1e9}) {
        for (const char* label : {"", "Epoch 1/2", "Epoch 123456/9223372036854775807"}) {
          const std::string text = wick::progress_line(
              {.label = label, .share = share, .samples_per_second = rate, .seconds_left = 1e5}, columns);
          CHECK(static_cast<wick::Index>(text.size()) <= (std::max)(columns - 1, wick::Index{1}));
          CHECK_FALSE(text.empty());
        }
      }
    }
  }
}

TEST_CASE("no terminal of 20 to 200 columns breaks the line, nor one that was made narrower before") {
  for (std::size_t columns = 20; columns <= 200; ++columns) {
    CAPTURE(columns);
    wick_tests::Screen screen(columns);
    std::ostringstream out;
    {
      ProgressBar bar(out, 1000000, 0, static_cast<wick::Index>(columns));
      for (const wick::Index done : {1, 500000, 999999}) {
        bar.update(done, done, "Epoch 10/10");
        bar.clear();
        screen.show(out.str() + "a line of the log\n");
        out.str("");
      }
    }
    CHECK(screen.lines() == std::vector<std::string>(3, "a line of the log"));
  }
}

TEST_CASE("in a file the bar is a line for every tenth") {
  std::ostringstream out;
  {
    ProgressBar bar(out, 1000);
    for (wick::Index done = 1; done <= 1000; ++done) bar.update(done, done, "Epoch 1/1");
    bar.clear();
  }
  std::istringstream lines(out.str());
  std::string text;
  for (int tenth = 0; tenth <= 10; ++tenth) {
    REQUIRE(std::getline(lines, text));
    CHECK(text.starts_with("Epoch 1/1 ["));
    CHECK(text.find("] " + std::to_string(10 * tenth) + "%") != std::string::npos);
  }
  CHECK_FALSE(std::getline(lines, text));
  CHECK(out.str().find_first_of("\r\x1b") == std::string::npos);
}

#if defined(__linux__)
TEST_CASE("the width is the terminal's at the time, and a dumb terminal has none") {
  CHECK_FALSE(wick::terminal_columns(std::ostringstream()).has_value());
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return;
  const int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
  REQUIRE(terminal >= 0);
  const char* const old_term = std::getenv("TERM");
  const std::string term = old_term != nullptr ? old_term : "";
  std::cout.flush();
  const int saved = dup(STDOUT_FILENO);
  dup2(terminal, STDOUT_FILENO);
  std::vector<wick::Index> seen;
  setenv("TERM", "xterm", 1);
  for (const int columns : {132, 20, 0}) {
    winsize size{};
    size.ws_col = static_cast<unsigned short>(columns);
    ioctl(master, TIOCSWINSZ, &size);
    seen.push_back(wick::terminal_columns(std::cout).value_or(-1));
  }
  setenv("TERM", "dumb", 1);
  seen.push_back(wick::terminal_columns(std::cout).value_or(-1));
  dup2(saved, STDOUT_FILENO);
  close(terminal);
  close(master);
  close(saved);
  old_term != nullptr ? setenv("TERM", term.c_str(), 1) : unsetenv("TERM");
  CHECK(seen == std::vector<wick::Index>{132, 20, 80, -1});
}
#endif

TEST_CASE("only the program's own output can be a terminal") {
  std::ostringstream out;
  CHECK_FALSE(wick::is_terminal(out));
  std::ostream null(nullptr);
  CHECK_FALSE(wick::is_terminal(null));
#if defined(__linux__)
  // Whatever standard output is now: a file is no terminal, a pseudo-terminal is one.
  std::cout.flush();
  const int saved = dup(STDOUT_FILENO);
  REQUIRE(saved >= 0);
  const int file = open("/dev/null", O_WRONLY);
  dup2(file, STDOUT_FILENO);
  const bool file_is_terminal = wick::is_terminal(std::cout);
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  bool pty_is_terminal = true;
  if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0) {
    const int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    if (terminal >= 0) {
      dup2(terminal, STDOUT_FILENO);
      pty_is_terminal = wick::is_terminal(std::cout);
      close(terminal);
    }
  }
  dup2(saved, STDOUT_FILENO);
  if (master >= 0) close(master);
  close(file);
  close(saved);
  CHECK_FALSE(file_is_terminal);
  CHECK(pty_is_terminal);
#endif
}

TEST_CASE("a run that ends by the clock shows how much of its time is over") {
  std::ostringstream out;
  wick::ProgressBar bar(out, 1000000, 0, 80);
  bar.end_in(0.5);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  bar.update(1, 8, "Epoch 1/2");
  const std::string text = out.str();
  const auto percent = std::stoi(text.substr(text.find(']') + 2));
  CHECK(percent >= 60);
  CHECK(percent <= 100);
  CHECK(text.find("ETA 0:00") != text.npos);
}
