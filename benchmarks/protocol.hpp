#pragma once

// How benchmarks/compare talks to the programs that it compares.

#include "measure.hpp"

#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <string>

namespace wick_benchmarks {

/// Answers each line `CASE SECONDS` of standard input with `WALL CPU`, the seconds of a call, or `-` for a
/// case that it does not have. Prints `name` first.
inline void serve(const std::string& name,
                  const std::map<std::string, std::function<Timing(double)>>& cases) {
  std::cout << name << std::endl;
  std::string what;
  for (double seconds = 0; std::cin >> what >> seconds;) {
    const auto found = cases.find(what);
    if (found == cases.end()) {
      std::cout << '-' << std::endl;
      continue;
    }
    const Timing t = found->second(seconds);
    std::cout << std::setprecision(9) << t.wall << ' ' << t.cpu << std::endl;
  }
}

}  // namespace wick_benchmarks
