#pragma once

// Definitions of random/generator.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/random/generator.hpp>

#include <atomic>
#include <cstdint>
#include <string>

WICK_BEGIN_NAMESPACE

WICK_INLINE void Generator::manual_seed(std::uint64_t seed) noexcept {
  state_.seed = seed;
  std::uint32_t x = static_cast<std::uint32_t>(seed);
  state_.words[0] = x;
  for (std::uint32_t i = 1; i < size; ++i) {
    x = 1812433253U * (x ^ (x >> 30)) + i;
    state_.words[i] = x;
  }
  state_.next = size;
  state_.cached_normal.reset();
}

WICK_INLINE void Generator::set_state(const GeneratorState& state) {
  if (state.next > size) {
    throw OptionError("Generator::set_state: next must be in [0, 624], got " + std::to_string(state.next));
  }
  state_ = state;
}

namespace detail {

/// What the generators of threads begin from: the seed of the last manual_seed(), and how many threads have
/// begun since.
struct ThreadSeeds {
  std::atomic<std::uint64_t> base{Generator::default_seed};
  std::atomic<std::uint64_t> threads{0};

  [[nodiscard]] std::uint64_t next() noexcept {
    const std::uint64_t thread = threads.fetch_add(1, std::memory_order_relaxed);
    const std::uint64_t seed = base.load(std::memory_order_relaxed);
    if (thread == 0) return seed;
    return mixed_seed(seed, thread);
  }
  void restart(std::uint64_t seed) noexcept {
    base.store(seed, std::memory_order_relaxed);
    threads.store(1, std::memory_order_relaxed);
  }
};

inline ThreadSeeds& thread_seeds() noexcept {
  static ThreadSeeds seeds;
  return seeds;
}

}  // namespace detail

WICK_INLINE Generator& default_generator() noexcept {
  thread_local Generator generator(detail::thread_seeds().next());
  return generator;
}

WICK_INLINE void manual_seed(std::uint64_t seed) noexcept {
  default_generator().manual_seed(seed);
  detail::thread_seeds().restart(seed);
}

WICK_END_NAMESPACE
