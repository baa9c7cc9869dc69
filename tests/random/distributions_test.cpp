#include <wick/random/distributions.hpp>

#include <wick/tensor/dtype.hpp>

#include "support/compare.hpp"
#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

template <class T>
bool same_bits(const Tensor<T>& a, const Tensor<T>& b) {
  return a.shape() == b.shape() &&
         (a.numel() == 0 || std::memcmp(a.data(), b.data(), a.span().size_bytes()) == 0);
}

/// Replays the operations of the streams called `wanted` in random.bin, each compared
/// with what PyTorch gave (tests/reference/make_random.py). `before` may put another
/// generator in the same state. Returns the number of results compared.
template <class Before>
int replay(const std::string& wanted, Before&& before) {
  wick_tests::Fixture file("random.bin");
  Generator g;
  std::string stream;
  int compared = 0;
  int operation = 0;
  // Other streams are read, but not checked.
  const auto check = [&](bool equal) {
    ++operation;
    if (stream != wanted) return;
    ++compared;
    INFO(stream, " seed ", g.initial_seed(), ", operation ", operation);
    CHECK(equal);
  };
  const auto size = [&] { return Shape{static_cast<Index>(file.get<std::uint32_t>())}; };
  while (const auto code = file.get<std::uint8_t>()) {
    if (code == 1) {
      g.manual_seed(file.get<std::uint64_t>());
      stream = file.text();
      operation = 0;
      continue;
    }
    before(g);
    if (code == 2) {
      const auto expected = file.tensor<std::int64_t>(size());
      Tensor<std::int64_t> t(expected.shape());
      for (auto& x : t.span()) x = std::bit_cast<std::int64_t>(g.random64());
      check(t == expected);
    } else if (code == 3 || code == 7) {
      const auto dtype = static_cast<DType>(file.get<std::uint8_t>());
      const auto a = file.get<double>();
      const auto b = file.get<double>();
      const auto run = [&]<class T>(T) {
        const auto expected = file.tensor<T>(size());
        Tensor<T> t(expected.shape());
        if (code == 3) {
          uniform_(t.view(), a, b, g);
          check(same_bits(t, expected));
        } else {
          normal_(t.view(), a, b, g);
          const double tolerance = std::is_same_v<T, float> ? 1e-6 : 1e-14;
          check(all_close(t, expected, tolerance, tolerance * b));
        }
      };
      REQUIRE((dtype == DType::f32 || dtype == DType::f64));
      if (dtype == DType::f32) {
        run(float{});
      } else {
        run(double{});
      }
    } else if (code == 4) {
      const auto dtype = static_cast<DType>(file.get<std::uint8_t>());
      const auto p = file.get<double>();
      const auto expected = file.tensor<std::uint8_t>(size());
      visit_dtype(dtype, [&]<class T>(T) {
        if constexpr (!std::is_class_v<T>) {
          Tensor<T> t(expected.shape());
          bernoulli_(t.view(), p, g);
          check(std::equal(t.span().begin(), t.span().end(), expected.span().begin(),
                           [](T x, std::uint8_t e) { return x == static_cast<T>(e); }));
        }
      });
    } else if (code == 5) {
      const auto dtype = static_cast<DType>(file.get<std::uint8_t>());
      const auto low = file.get<std::int64_t>();
      const auto high = file.get<std::int64_t>();
      const auto expected = file.tensor<std::int64_t>(size());
      visit_dtype(dtype, [&]<class T>(T) {
        if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool> &&
                      (std::is_signed_v<T> || sizeof(T) < 4)) {
          Tensor<T> t(expected.shape());
          randint_(t.view(), low, high, g);
          check(std::ranges::equal(t.span(), expected.span()));
        }
      });
    } else if (code == 6) {
      const auto expected = file.tensor<std::int64_t>(size());
      check(randperm(expected.numel(), g) == expected);
    } else {
      REQUIRE(code == 8);
      const auto expected = file.tensor<std::int64_t>(size());
      Tensor<std::int64_t> t(expected.shape());
      for (auto& x : t.span()) x = random63(g);
      check(t == expected);
    }
  }
  CHECK(file.at_end());
  return compared;
}
int replay(const std::string& wanted) {
  return replay(wanted, [](Generator&) {});
}

}  // namespace

TEST_CASE("raw draws are PyTorch's for every seed") { CHECK(replay("bits") == 14); }

TEST_CASE("uniform_ gives PyTorch's floats and doubles bit for bit") { CHECK(replay("uniform") == 70); }

TEST_CASE("bernoulli_ gives PyTorch's values for every p and element type") {
  CHECK(replay("bernoulli") == 60);
}

TEST_CASE("randint gives PyTorch's integers below and above ranges of 2^28") {
  CHECK(replay("randint") == 90);
}

TEST_CASE("randperm gives PyTorch's permutations") { CHECK(replay("randperm") == 35); }

TEST_CASE("normal_ follows PyTorch to 1e-6, with its blocks of 16 and its kept halves of pairs") {
  CHECK(replay("normal") == 120);
}

TEST_CASE("a mix of distributions stays in step with PyTorch") {
  const int operations = replay("mixed");
  CHECK(operations == 360);
  SUBCASE("also when each one runs on a generator restored from the state before it") {
    CHECK(replay("mixed", [](Generator& g) {
            Generator other(99);
            Tensor<float> one(Shape{1});
            normal_(one.view(), 0, 1, other);  // leaves half a pair behind
            other.set_state(g.state());
            g = other;
          }) == operations);
  }
}

TEST_CASE("rand and randn are uniform_ and normal_ of a new tensor") {
  Generator a(5), b(5);
  Tensor<double> t(Shape{4, 5});
  uniform_(t.view(), 0, 1, a);
  CHECK(same_bits(rand<double>({4, 5}, b), t));
  normal_(t.view(), 0, 1, a);
  CHECK(same_bits(randn<double>({4, 5}, b), t));
  CHECK(a.state() == b.state());
  CHECK(randn<float>({0, 3}, a).numel() == 0);
  CHECK(a.state() == b.state());
}

TEST_CASE("without a generator the process-wide one is used") {
  manual_seed(11);
  const auto t = rand<float>({3});
  const auto order = randperm(5);
  Generator g(11);
  CHECK(same_bits(rand<float>({3}, g), t));
  CHECK(randperm(5, g) == order);
  CHECK(default_generator().state() == g.state());
}

TEST_CASE("randint covers the whole range of 64-bit integers but for its largest") {
  Generator g(1);
  constexpr auto low = (std::numeric_limits<std::int64_t>::min)();
  constexpr auto high = (std::numeric_limits<std::int64_t>::max)();
  const auto t = randint(low, high, {1000}, g);
  CHECK(std::ranges::count_if(t.span(), [](auto x) { return x < 0; }) > 400);
  CHECK(std::ranges::count_if(t.span(), [](auto x) { return x > 0; }) > 400);
}

TEST_CASE("a permutation holds every number once") {
  Generator g(3);
  for (const Index n : {0, 1, 2, 7, 1000}) {
    const auto t = randperm(n, g);
    const std::set<std::int64_t> seen(t.span().begin(), t.span().end());
    CHECK(static_cast<Index>(seen.size()) == n);
    if (n > 0) CHECK((*seen.begin() == 0 && *seen.rbegin() == n - 1));
  }
}

TEST_CASE("distributions refuse bad options, name the value and draw nothing") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double inf = std::numeric_limits<double>::infinity();
  Generator g(1);
  const GeneratorState before = g.state();
  auto t = Tensor<float>::full({3}, 7);
  auto d = Tensor<double>::full({3}, 7);
  Tensor<std::uint8_t> bytes = Tensor<std::uint8_t>::full({3}, 7);
  const auto error = [](auto&& f) { return message_of<OptionError>(f); };

  SUBCASE("uniform_") {
    CHECK(contains(error([&] { uniform_(t.view(), 2, 1.5, g); }), "low=2.0 and high=1.5"));
    CHECK(contains(error([&] { uniform_(t.view(), nan, 1, g); }), "low=nan"));
    CHECK(contains(error([&] { uniform_(t.view(), 0, nan, g); }), "high=nan"));
    CHECK(contains(error([&] { uniform_(t.view(), -inf, 0, g); }), "low=-inf"));
    CHECK(contains(error([&] { uniform_(t.view(), 0, inf, g); }), "high=inf"));
    CHECK(contains(error([&] { uniform_(t.view(), 0, 1e39, g); }), "high=1e+39"));
    CHECK(contains(error([&] { uniform_(t.view(), -3e38, 3e38, g); }), "low=-3e+38 and high=3e+38"));
    CHECK(contains(error([&] { uniform_(d.view(), -1e308, 1e308, g); }), "low=-1e+308"));
  }
  SUBCASE("bernoulli_") {
    for (const double p : {-1e-9, 1.0000001, -inf, inf, nan}) {
      CHECK(contains(error([&] { bernoulli_(t.view(), p, g); }), "got " + python_repr(p)));
    }
  }
  SUBCASE("normal_") {
    CHECK(contains(error([&] { normal_(t.view(), 0, -1e-9, g); }), "got -1e-09"));
    CHECK(contains(error([&] { normal_(t.view(), 0, nan, g); }), "got nan"));
  }
  SUBCASE("randint") {
    CHECK(contains(error([&] { randint_(bytes.view(), 3, 3, g); }), "low=3 and high=3"));
    CHECK(contains(error([&] { randint_(bytes.view(), 4, 3, g); }), "low=4 and high=3"));
    CHECK(contains(error([&] { randint_(bytes.view(), -1, 3, g); }), "low=-1"));
    CHECK(contains(error([&] { randint_(bytes.view(), 0, 257, g); }), "high=257"));
    Tensor<std::uint8_t> none(Shape{0});
    CHECK_NOTHROW(randint_(none.view(), 0, 256, g));
    constexpr auto lowest = (std::numeric_limits<std::int64_t>::min)();
    CHECK_THROWS_AS(static_cast<void>(randint(0, lowest, {1}, g)), OptionError);
  }
  SUBCASE("randperm") {
    CHECK(contains(error([&] { static_cast<void>(randperm(-1, g)); }), "got -1"));
  }

  CHECK(g.state() == before);
  CHECK(t == Tensor<float>::full({3}, 7));
  CHECK(bytes == Tensor<std::uint8_t>::full({3}, 7));
}
