#pragma once

// Clocks, limits of the machine and the loop that times something.

#include <Eigen/Core>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <limits>
#include <utility>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace wick_benchmarks {

/// Seconds of processor time of the whole process: what other programs do on the machine does not count.
/// With several threads use wall time instead.
inline double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

inline double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Timing {
  double wall = 0;  ///< seconds a call
  double cpu = 0;   ///< seconds a call
};

/// Calls f for about `seconds` after a fifth of that to warm up; means over the calls. For 0 seconds it is
/// called once, and nothing before.
template <class F>
Timing time_calls(double seconds, F f) {
  std::size_t calls = 0;
  double once = 0;
  for (const double begin = wall_seconds(); once < seconds / 5; once = wall_seconds() - begin, ++calls) f();
  const auto n =
      calls == 0 ? 1 : static_cast<std::size_t>(std::max(1.0, seconds * static_cast<double>(calls) / once));
  const double cpu = cpu_seconds();
  const double wall = wall_seconds();
  for (std::size_t i = 0; i < n; ++i) f();
  return {(wall_seconds() - wall) / static_cast<double>(n), (cpu_seconds() - cpu) / static_cast<double>(n)};
}

/// The shortest processor time of a call among `parts` parts of about `seconds` altogether, for limits:
/// nothing but the machine itself should count.
template <class F>
double shortest_cpu(double seconds, int parts, F f) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < parts; ++i) best = std::min(best, time_calls(seconds / parts, f).cpu);
  return best;
}

/// Keeps the compiler from dropping what `x` was computed for.
template <class T>
void keep(const T& x) {
#if defined(__GNUC__)
  asm volatile("" : : "m"(x) : "memory");
#else
  static volatile T sink;
  sink = x;
#endif
}

/// Floating-point operations per second of one core in independent multiply-adds, all in registers.
inline double fma_peak(double seconds = 0.2) {
  using Vector = Eigen::internal::packet_traits<float>::type;
  constexpr int chains = 12;
  constexpr int repeats = 1000;
  const Vector a = Eigen::internal::pset1<Vector>(0.999F);
  const Vector b = Eigen::internal::pset1<Vector>(1e-6F);
  const auto multiply_add = [&]<std::size_t... i>(std::index_sequence<i...>) {
    Vector sums[chains];  // not std::array: vector types lose their attributes as template arguments
    ((sums[i] = Eigen::internal::pset1<Vector>(0.5F + 0.01F * static_cast<float>(i))), ...);
    for (int repeat = 0; repeat < repeats; ++repeat) {
      ((sums[i] = Eigen::internal::pmadd(sums[i], a, b)), ...);
    }
    // Only a sum leaves the function, so that the chains themselves stay in registers.
    Vector total = a;
    ((total = Eigen::internal::padd(total, sums[i])), ...);
    keep(total);
  };
  const double once = shortest_cpu(
      seconds, 10, [&] { multiply_add(std::make_index_sequence<static_cast<std::size_t>(chains)>{}); });
  return 2.0 * chains * repeats * static_cast<int>(Eigen::internal::packet_traits<float>::size) / once;
}

/// Bytes per second that one core reads from `bytes` of memory, over and over. Large pages are asked for, as
/// wick::Buffer does: with pages of 4 KB a core reads less.
inline double read_bandwidth(std::size_t bytes, double seconds = 0.2) {
  using Vector = Eigen::internal::packet_traits<float>::type;
  constexpr std::size_t size = Eigen::internal::packet_traits<float>::size;
  constexpr std::size_t streams = 8;
  std::vector<float> memory;
  memory.reserve(bytes / sizeof(float) + 16);
#if defined(__linux__)
  constexpr std::size_t page = 65536;  // or less
  char* const begin = reinterpret_cast<char*>(memory.data());
  const std::size_t skipped = page - reinterpret_cast<std::uintptr_t>(begin) % page;
  if (bytes >= std::size_t{4} << 20)
    static_cast<void>(::madvise(begin + skipped, bytes - skipped, MADV_HUGEPAGE));
#endif
  memory.resize(bytes / sizeof(float) + 16, 1.0F);
  const float* const data = memory.data() + Eigen::internal::first_aligned<64>(memory.data(), 16);
  const std::size_t n = bytes / sizeof(float) / (streams * size) * (streams * size);
  Vector sums[streams];
  for (auto& s : sums) s = Eigen::internal::pset1<Vector>(0.0F);
  const double once = shortest_cpu(seconds, 10, [&] {
    for (std::size_t i = 0; i < n; i += streams * size) {
      for (std::size_t j = 0; j < streams; ++j) {
        sums[j] = Eigen::internal::padd(sums[j], Eigen::internal::pload<Vector>(data + i + j * size));
      }
    }
    keep(sums);
  });
  return static_cast<double>(n * sizeof(float)) / once;
}

}  // namespace wick_benchmarks
