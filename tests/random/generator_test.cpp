#include <wick/random/generator.hpp>

#include "support/fixture.hpp"
#include "support/throws.hpp"
#include "support/vector_levels.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <thread>
#include <vector>

using namespace wick;

TEST_CASE("draws are those of the Mersenne Twister, past many refills") {
  for (const std::uint32_t seed : {0U, 1U, 42U, 5489U, 0xFFFFFFFFU}) {
    std::mt19937 reference(seed);
    Generator g(seed);
    for (int i = 0; i < 624 * 5 + 3; ++i) REQUIRE(g.random32() == reference());
  }
}

TEST_CASE("64-bit draws take the high half first") {
  std::mt19937 reference(7);
  Generator g(7);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t high = reference();
    REQUIRE(g.random64() == (high << 32 | reference()));
  }
}

TEST_CASE("bulk draws equal single draws wherever they begin and end") {
  for (const std::size_t begin : {0U, 1U, 600U, 623U, 624U, 625U}) {
    for (const std::size_t count : {0U, 1U, 2U, 23U, 24U, 25U, 623U, 624U, 625U, 2000U}) {
      Generator single(3), bulk(3);
      for (std::size_t i = 0; i < begin; ++i) CHECK(single.random32() == bulk.random32());
      std::vector<std::uint32_t> words(count);
      bulk.random32(words);
      for (const std::uint32_t w : words) REQUIRE(w == single.random32());
      CHECK(bulk.random32() == single.random32());
      CHECK(bulk.state() == single.state());
    }
  }
}

TEST_CASE_TEMPLATE("what is kept are the draws of 53 bits below a threshold, wherever they begin and end", T,
                   float, double) {
  wick_tests::at_each_vector_level([] {
    for (const std::uint64_t threshold :
         {std::uint64_t{1} << 52, (std::uint64_t{3} << 51) + 12345, std::uint64_t{1} << 53, std::uint64_t{0},
          std::uint64_t{0xFFFFFFFF}}) {
      for (const int skipped : {0, 1, 2, 621, 622, 623, 624}) {
        for (const std::size_t n : {0U, 1U, 2U, 3U, 31U, 311U, 312U, 313U, 1000U}) {
          CAPTURE(skipped);
          CAPTURE(n);
          CAPTURE(threshold);
          Generator singly(3);
          for (int i = 0; i < skipped; ++i) static_cast<void>(singly.random32());
          Generator bulk = singly;
          std::vector<T> out(n);
          bulk.keep_below(threshold, T(1.25), std::span<T>(out));
          for (const T kept : out) {
            const std::uint64_t draw = singly.random64() & ((std::uint64_t{1} << 53) - 1);
            REQUIRE(kept == (draw < threshold ? T(1.25) : T(0)));
          }
          CHECK(bulk.state() == singly.state());
        }
      }
    }
  });
}

TEST_CASE("only the low 32 bits of a seed matter, but the whole seed is remembered") {
  Generator a(42), b((std::uint64_t{1} << 32) + 42);
  CHECK(a.random64() == b.random64());
  CHECK(a.initial_seed() == 42);
  CHECK(b.initial_seed() == 4294967338);
  CHECK(Generator().initial_seed() == 67280421310721);
}

TEST_CASE("a restored state continues the sequence exactly") {
  Generator g(9);
  for (const int skipped : {0, 1, 100, 523, 1}) {
    for (int i = 0; i < skipped; ++i) static_cast<void>(g.random32());
    const GeneratorState state = g.state();
    Generator other(1234);
    other.cache_normal(1.0);
    other.set_state(state);
    CHECK(other.state() == state);
    Generator copy = g;
    for (int i = 0; i < 1500; ++i) {
      const auto expected = g.random32();
      REQUIRE(other.random32() == expected);
      REQUIRE(copy.random32() == expected);
    }
  }
}

TEST_CASE("half of a normal pair is given out once and forgotten by a new seed") {
  Generator g(1);
  CHECK_FALSE(g.take_cached_normal().has_value());
  g.cache_normal(0.25);
  const GeneratorState with_half = g.state();
  CHECK(g.take_cached_normal() == 0.25);
  CHECK_FALSE(g.take_cached_normal().has_value());
  g.set_state(with_half);
  CHECK(g.take_cached_normal() == 0.25);
  g.cache_normal(0.5);
  g.manual_seed(1);
  CHECK_FALSE(g.take_cached_normal().has_value());
}

TEST_CASE("a state with an impossible position is refused") {
  Generator g(1);
  GeneratorState state = g.state();
  const auto first = Generator(1).random32();
  state.next = 625;
  CHECK(wick_tests::message_of<OptionError>([&] { g.set_state(state); }) ==
        "Generator::set_state: next must be in [0, 624], got 625");
  CHECK(g.random32() == first);
  state.next = 624;
  CHECK_NOTHROW(g.set_state(state));
  state.next = 0;
  CHECK_NOTHROW(g.set_state(state));
}

TEST_CASE("manual_seed restarts the default generator") {
  manual_seed(5);
  const auto first = default_generator().random64();
  CHECK(default_generator().random64() != first);
  manual_seed(5);
  CHECK(default_generator().random64() == first);
  CHECK(Generator(5).random64() == first);
}

TEST_CASE("each thread has a default generator of its own, which draws what it would draw alone") {
  const auto in_thread = [](const auto& f) { std::thread(f).join(); };
  manual_seed(5);
  const auto mine = Generator(5).random64();
  std::vector<std::uint64_t> unasked;
  std::uint64_t seeded = 0;
  for (int i = 0; i < 3; ++i) in_thread([&] { unasked.push_back(default_generator().random64()); });
  CHECK(default_generator().random64() == mine);  // others drew nothing from it
  in_thread([&] {
    manual_seed(7);
    seeded = default_generator().random64();
  });
  CHECK(seeded == Generator(7).random64());

  // Threads that were not asked to draw the same do not, nor what the seed gives, but again what they drew
  // after the same seed.
  CHECK(unasked[0] != unasked[1]);
  CHECK(unasked[1] != unasked[2]);
  CHECK(unasked[0] != mine);
  const auto before = unasked;
  unasked.clear();
  manual_seed(5);
  for (int i = 0; i < 3; ++i) in_thread([&] { unasked.push_back(default_generator().random64()); });
  CHECK(unasked == before);
  manual_seed(6);
  in_thread([&] { CHECK(default_generator().random64() != before[0]); });
}

TEST_CASE("threads draw from their default generators side by side") {
  constexpr std::size_t count = 4;
  std::vector<std::uint64_t> sums(count);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      manual_seed(i);
      for (int k = 0; k < 20000; ++k) sums[i] += default_generator().random64();
    });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < count; ++i) {
    Generator alone(i);
    std::uint64_t sum = 0;
    for (int k = 0; k < 20000; ++k) sum += alone.random64();
    CHECK(sums[i] == sum);
  }
}
