#pragma once

// How benchmarks/compare talks to the programs that it compares.

#include "measure.hpp"

#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace wick_benchmarks {

/// What to time: `train` and `predict` for perceptrons, `residual` for training steps of blocks with
/// LayerNorm and GELU, one for each hidden size. Written `KIND:SIZES:BATCH:DROPOUT`,
/// `train:784-512-256-128-10:64:0.5` for one; of what is left out at the end the batch is 1 and dropout 0.
struct Case {
  std::string kind;
  std::vector<long> sizes;  ///< inputs, hidden layers, outputs
  long batch = 1;
  double dropout = 0;
};

inline Case parse_case(const std::string& text) {
  std::istringstream fields(text);
  Case result;
  std::string sizes;
  std::string batch;
  std::string dropout;
  std::getline(fields, result.kind, ':');
  std::getline(fields, sizes, ':');
  std::getline(fields, batch, ':');
  std::getline(fields, dropout);
  std::istringstream numbers(sizes);
  for (std::string n; std::getline(numbers, n, '-');) result.sizes.push_back(std::stol(n));
  if (!batch.empty()) result.batch = std::stol(batch);
  if (!dropout.empty()) result.dropout = std::stod(dropout);
  return result;
}

/// Of the Eigen that this program was compiled with.
inline std::string eigen_version() {
  const std::string eigen = std::to_string(EIGEN_MAJOR_VERSION) + "." + std::to_string(EIGEN_MINOR_VERSION);
#if defined(EIGEN_PATCH_VERSION)
  return eigen + "." + std::to_string(EIGEN_PATCH_VERSION);
#else
  return std::to_string(EIGEN_WORLD_VERSION) + "." + eigen;
#endif
}

/// Times something for about so many seconds, or one call for 0. Empty: this program does not have the case.
using Timed = std::function<Timing(double)>;

/// Answers each line `CASE SECONDS` of standard input with `WALL CPU`, the seconds of a call, or `-` for a
/// case that it does not have. What a case needs is made when it is first asked for, called once, and kept
/// until a line `forget 0`. Prints `name` first.
inline void serve(const std::string& name, const std::function<Timed(const Case&)>& make) {
  std::cout << name << std::endl;
  std::map<std::string, Timed> ready;
  std::string what;
  for (double seconds = 0; std::cin >> what >> seconds;) {
    if (what == "forget") {
      ready.clear();
      std::cout << "0 0" << std::endl;
      continue;
    }
    try {
      auto found = ready.find(what);
      if (found == ready.end()) {
        found = ready.emplace(what, make(parse_case(what))).first;
        if (found->second) found->second(0);
      }
      if (found->second) {
        const Timing t = found->second(seconds);
        std::cout << std::setprecision(17) << t.wall << ' ' << t.cpu << std::endl;
        continue;
      }
    } catch (const std::exception& e) {
      std::cerr << name << ": " << what << ": " << e.what() << std::endl;
      ready[what] = nullptr;
    }
    std::cout << '-' << std::endl;
  }
}

}  // namespace wick_benchmarks
