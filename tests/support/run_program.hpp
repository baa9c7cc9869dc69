#pragma once

// Running a program as a user does, and what comes of it.

#include "support/files.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#if !defined(_WIN32)
#include <sys/wait.h>
#endif

namespace wick_tests {

struct ProgramResult {
  int code = 0;     ///< exit code, -1 when the program was ended by a signal
  std::string out;  ///< standard output
  std::string err;  ///< standard error
};

/// Runs `program` in `folder` with `arguments`, UTF-8, as they are.
[[nodiscard]] inline ProgramResult run_program(const std::filesystem::path& program,
                                               const std::vector<std::string>& arguments,
                                               const std::filesystem::path& folder) {
  const auto utf8 = [](const std::filesystem::path& path) {
    const auto text = path.u8string();
    return std::string(text.begin(), text.end());
  };
  const auto quoted = [](const std::string& text) {
#if defined(_WIN32)
    return '"' + text + '"';
#else
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
#endif
  };
  const TempDir dir;
  std::string command = quoted(utf8(program));
  for (const std::string& argument : arguments) command += ' ' + quoted(argument);
  command += " >" + quoted(utf8(dir / "out")) + " 2>" + quoted(utf8(dir / "err"));
  ProgramResult result;
#if defined(_WIN32)
  command = "\"cd /d " + quoted(utf8(folder)) + " && " + command + '"';
  result.code = _wsystem(std::filesystem::path(std::u8string(command.begin(), command.end())).c_str());
#else
  command = "cd " + quoted(utf8(folder)) + " && " + command + " </dev/null";
  const int status = std::system(command.c_str());
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
#endif
  const auto text = [](const std::filesystem::path& path) {
    const auto bytes = read_bytes(path);
    std::string content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
#if defined(_WIN32)
    std::erase(content, '\r');  // of the ends of lines
#endif
    return content;
  };
  result.out = text(dir / "out");
  result.err = text(dir / "err");
  return result;
}

}  // namespace wick_tests
