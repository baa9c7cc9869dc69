#pragma once

// The random bits of torch.Generator on CPU: Mersenne Twister MT19937.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/error.hpp>
#include <wick/base/types.hpp>
#include <wick/kernels/mersenne_twister.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Everything a Generator is: restoring it continues the sequence exactly.
struct GeneratorState {
  std::array<std::uint32_t, 624> words{};  ///< of the Mersenne Twister
  std::uint64_t seed = 0;                  ///< what it was seeded with last
  std::uint32_t next = 624;                ///< position in `words`; 624 = all used
  std::optional<double> cached_normal;     ///< second half of a Box-Muller pair

  friend bool operator==(const GeneratorState&, const GeneratorState&) = default;
};

/// Random bits, equal to those of `torch.Generator().manual_seed(seed)` on CPU.
///
/// MT19937 seeded with the low 32 bits of `seed`, so 42 and 2^32 + 42 agree as
/// they do in PyTorch. Not synchronised: use one generator per thread.
/// Source: M. Matsumoto, T. Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998).
class Generator {
 public:
  static constexpr std::uint64_t default_seed = 67280421310721ULL;  ///< PyTorch's

  /// Seeded as by manual_seed().
  explicit Generator(std::uint64_t seed = default_seed) noexcept { manual_seed(seed); }

  /// Restarts the sequence and forgets a cached normal value.
  void manual_seed(std::uint64_t seed) noexcept;

  /// What it was seeded with last.
  [[nodiscard]] std::uint64_t initial_seed() const noexcept { return state_.seed; }

  /// One draw.
  [[nodiscard]] std::uint32_t random32() noexcept {
    if (state_.next == size) refill();
    std::uint32_t y = state_.words[state_.next++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680U;
    y ^= (y << 15) & 0xefc60000U;
    return y ^ (y >> 18);
  }
  /// Two draws; the first one is the high half.
  [[nodiscard]] std::uint64_t random64() noexcept {
    const std::uint64_t high = random32();
    return (high << 32) | random32();
  }
  /// The next `out.size()` values of random32(), in bulk.
  void random32(std::span<std::uint32_t> out) noexcept {
    std::size_t done = 0;
    while (done < out.size()) {
      if (state_.next == size) refill();
      const std::size_t n =
          (std::min)(out.size() - done, detail::as_integer<std::size_t>(size - state_.next));
      detail::kernels::temper(state_.words.data() + state_.next, static_cast<Index>(n), out.data() + done);
      state_.next += static_cast<std::uint32_t>(n);
      done += n;
    }
  }

  /// out[i] = scale if the next draw of 53 bits, the low ones of random64(), is below `threshold`, else 0.
  template <Floating T>
  void keep_below(std::uint64_t threshold, T scale, std::span<T> out) noexcept {
    std::size_t done = 0;
    while (done < out.size()) {
      const std::size_t n =
          (std::min)(out.size() - done, detail::as_integer<std::size_t>(size - state_.next) / 2);
      detail::kernels::keep_below(state_.words.data() + state_.next, static_cast<Index>(n), threshold, scale,
                                  out.data() + done);
      state_.next += detail::as_integer<std::uint32_t>(2 * n);
      done += n;
      if (done == out.size()) break;
      // A pair that begins with the last word of the state.
      out[done++] = (random64() & ((std::uint64_t{1} << 53) - 1)) < threshold ? scale : T(0);
    }
  }

  /// For another generator to go on from.
  [[nodiscard]] const GeneratorState& state() const noexcept { return state_; }
  /// Throws OptionError for a position past the state, which no generator has; the
  /// generator is then as it was.
  void set_state(const GeneratorState& state);

  /// The second value of a Box-Muller pair, once.
  [[nodiscard]] std::optional<double> take_cached_normal() noexcept {
    return std::exchange(state_.cached_normal, std::nullopt);
  }
  /// Keeps a second value for later.
  void cache_normal(double value) noexcept { state_.cached_normal = value; }

 private:
  static constexpr std::uint32_t size = 624;

  void refill() noexcept {
    detail::kernels::twist(state_.words.data());
    state_.next = 0;
  }

  GeneratorState state_;
};

namespace detail {

/// A seed made of another one and a number: neighbouring numbers give seeds that have nothing in common.
/// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
[[nodiscard]] constexpr std::uint64_t mixed_seed(std::uint64_t seed, std::uint64_t number) noexcept {
  std::uint64_t x = seed + number * 0x9E3779B97F4A7C15U;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9U;
  x = (x ^ x >> 27) * 0x94D049BB133111EBU;
  return x ^ x >> 31;
}

}  // namespace detail

/// The generator that functions use when none is passed. Each thread has its own, which lives as long as the
/// thread; so threads draw side by side without waiting, and one that calls manual_seed() draws what it would
/// draw alone.
///
/// In the first thread that uses it, it is seeded with Generator::default_seed, as in PyTorch. In every other
/// thread it begins with a seed of its own, made from the last manual_seed() of the program and the number of
/// threads that began since, so that no two threads draw the same numbers unasked.
[[nodiscard]] Generator& default_generator() noexcept;

/// Seeds this thread's default generator, like torch.manual_seed. Threads that have used theirs go on as they
/// are; those that begin later begin with seeds made from this one.
void manual_seed(std::uint64_t seed) noexcept;

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/random/generator.ipp>
#endif
