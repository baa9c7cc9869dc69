#pragma once

// Programs whose arguments are UTF-8 on every system. Such a program defines run_program(); this header,
// included once, calls it. On Windows main() would get arguments in a code page, and the console would show
// texts in one.

#include <string>
#include <vector>

#if defined(_WIN32)
#include <wick/base/file.hpp>

extern "C" __declspec(dllimport) int __stdcall SetConsoleOutputCP(unsigned int);
#endif

/// The program, with the arguments behind its name; returns its exit code.
int run_program(const std::vector<std::string>& arguments);

#if defined(_WIN32)
// NOLINTNEXTLINE(misc-definitions-in-headers): a program includes this once
int wmain(int argc, wchar_t** argv) {
  constexpr unsigned int utf8 = 65001;
  SetConsoleOutputCP(utf8);
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) arguments.push_back(wick::display_name(argv[i]));
  return run_program(arguments);
}
#else
// NOLINTNEXTLINE(misc-definitions-in-headers): a program includes this once
int main(int argc, char** argv) { return run_program({argv + 1, argv + argc}); }
#endif
