#include <wick/ops/gemm.hpp>

#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/vector_levels.hpp"

#include <wick/base/vector_level.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <thread>
#include <vector>

using namespace wick;

namespace {

// What one step of the kernel rounds to: once where the processor fuses, else twice.
template <class T>
T multiply_add(T a, T b, T sum) {
#if defined(__ARM_FEATURE_FMA) || defined(__FMA__)
  constexpr bool fuses = true;
#else
  const bool fuses = vector_level() != VectorLevel::base;
#endif
  if (fuses) return std::fma(a, b, sum);
  const volatile T product = a * b;
  return sum + product;
}

struct Sizes {
  Index m, n, k;
};

template <class T>
struct Operands {
  Tensor<T> a, b, c;
};
template <class T>
Operands<T> operands(const Sizes& s, std::uint64_t seed = 3) {
  Generator g(seed);
  Operands<T> o{Tensor<T>(Shape{s.m * s.k}), Tensor<T>(Shape{s.k * s.n}), Tensor<T>(Shape{s.m, s.n})};
  for (Tensor<T>* t : {&o.a, &o.b, &o.c}) uniform_(t->view(), -1.0, 1.0, g);
  return o;
}

/// op(A) op(B) element by element: sums in the order of k, one for each panel, added to C one after the
/// other.
template <Trans TA, Trans TB, class T>
Tensor<T> reference(const Sizes& s, const Operands<T>& o, Accumulate accumulate) {
  Tensor<T> c = accumulate == Accumulate::yes ? o.c : Tensor<T>::zeros(o.c.shape());
  for (Index i = 0; i < s.m; ++i) {
    for (Index j = 0; j < s.n; ++j) {
      T& element = c.data()[i * s.n + j];
      for (Index from = 0, depth = 0; from < s.k; from += depth) {
        depth = detail::GemmBlocks<T>::depth(s.k - from);
        T sum = 0;
        for (Index k = from; k < from + depth; ++k) {
          const T a = o.a.data()[TA == Trans::no ? i * s.k + k : k * s.m + i];
          const T b = o.b.data()[TB == Trans::no ? k * s.n + j : j * s.k + k];
          sum = multiply_add(a, b, sum);
        }
        element += sum;
      }
    }
  }
  return c;
}

template <class T>
bool same_bits(const Tensor<T>& a, const Tensor<T>& b) {
  return a.shape() == b.shape() &&
         (a.numel() == 0 ||
          std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.numel()) * sizeof(T)) == 0);
}

/// Shapes around everything that the loops cut: vectors, tiles of 96 or so columns, 256 rows, panels of K.
std::vector<Sizes> shapes(Index max_depth) {
  std::vector<Sizes> all{
      {1, 1, 1}, {257, 101, 7}, {300, 97, 33}, {61, 193, 2 * max_depth + 145}, {513, 29, 19}};
  for (Index n = 1; n <= 60; ++n) all.push_back({3, n, 5});
  for (const Index n : {94, 95, 96, 97, 98, 101, 127, 191, 192, 193, 199, 289}) all.push_back({5, n, 11});
  for (Index m = 1; m <= 40; ++m) all.push_back({m, 7, 3});
  for (const Index m : {63, 64, 65, 127, 128, 255, 256, 257, 511, 512, 513}) all.push_back({m, 13, 6});
  for (Index k = 1; k <= 36; ++k) all.push_back({4, 17, k});
  for (const Index d :
       {max_depth / 2, max_depth, max_depth + 16, max_depth + 31, 2 * max_depth, 3 * max_depth}) {
    for (const Index k : {d - 1, d, d + 1}) all.push_back({6, 35, k});
  }
  all.push_back({2, 11, 4 * max_depth + 77});
  // Few rows of A, of which sums of a stretch of columns are kept.
  for (Index m = 1; m <= 6; ++m) {
    all.push_back({m, 40 * max_depth / m + 3, 6});
    all.push_back({m, 67, max_depth + 70});
  }
  // Rows that fall into the same sets of a cache: 4096 bytes, or nearly so, and twice that.
  const Index page = max_depth * 16 / 5;
  for (const Index k : {page - 1, page, page + 2, 2 * page}) {
    for (const Index m : {5, 13, 33, 44}) all.push_back({m, 29, k});
  }
  all.push_back({17, 2100, 20});
  // Few rows of B.
  for (const Index k : {1, 2, 3, 4, 5}) {
    all.push_back({5, 1100, k});
    all.push_back({300, 131, k});
  }
  return all;
}

template <Trans TA, Trans TB, class T>
void check_all_shapes() {
  GemmScratch<T> scratch;  // one for all: shapes must not leave traces in it
  for (const Sizes& s : shapes(detail::GemmBlocks<T>::max_depth)) {
    CAPTURE(s.m);
    CAPTURE(s.n);
    CAPTURE(s.k);
    const auto o = operands<T>(s);
    Tensor<T> c = o.c;
    gemm<TA, TB>(s.m, s.n, s.k, o.a.data(), o.b.data(), c.data(), Accumulate::yes, scratch);
    CHECK(same_bits(c, reference<TA, TB>(s, o, Accumulate::yes)));
    c.fill(std::numeric_limits<T>::quiet_NaN());
    gemm<TA, TB>(s.m, s.n, s.k, o.a.data(), o.b.data(), c.data(), Accumulate::no, scratch);
    CHECK(same_bits(c, reference<TA, TB>(s, o, Accumulate::no)));
  }
}

template <Trans TA, Trans TB, class T>
void check_threads(const Sizes& s, Accumulate accumulate = Accumulate::yes) {
  CAPTURE(s.m);
  CAPTURE(s.n);
  CAPTURE(s.k);
  const auto o = operands<T>(s);
  const Tensor<T> expected = reference<TA, TB>(s, o, accumulate);
  for (const int threads : {0, 1, 2, 3, 4, 16}) {
    CAPTURE(threads);
    std::optional<ThreadPool> pool;
    if (threads > 0) pool.emplace(threads);
    GemmScratch<T> scratch(pool ? &*pool : nullptr);
    Tensor<T> c = o.c;
    Tensor<T> seen = Tensor<T>::zeros(c.shape());
    std::vector<std::atomic<int>> calls(static_cast<std::size_t>(c.numel()));
    std::atomic<bool> inside = true;
    gemm<TA, TB>(s.m, s.n, s.k, o.a.data(), o.b.data(), c.data(), accumulate, scratch, [&](const Tile& t) {
      if (t.row < 0 || t.row_end > s.m || t.col < 0 || t.col_end > s.n) {
        inside = false;
        return;
      }
      for (Index i = t.row; i < t.row_end; ++i) {
        for (Index j = t.col; j < t.col_end; ++j) {
          ++calls[static_cast<std::size_t>(i * s.n + j)];
          seen.data()[i * s.n + j] = c.data()[i * s.n + j];
        }
      }
    });
    CHECK(inside);
    CHECK(std::ranges::all_of(calls, [](const auto& n) { return n == 1; }));
    CHECK(same_bits(seen, expected));
    CHECK(same_bits(c, expected));
  }
}

}  // namespace

TEST_CASE("every element of a product of floats is one sum in the order of k, cut into panels") {
  SUBCASE("A B") { check_all_shapes<Trans::no, Trans::no, float>(); }
  SUBCASE("A B^T") { check_all_shapes<Trans::no, Trans::yes, float>(); }
  SUBCASE("A^T B") { check_all_shapes<Trans::yes, Trans::no, float>(); }
}

TEST_CASE("both operands may be stored transposed") { check_all_shapes<Trans::yes, Trans::yes, float>(); }

TEST_CASE("every element of a product of doubles is one sum in the order of k, cut into panels") {
  SUBCASE("A B") { check_all_shapes<Trans::no, Trans::no, double>(); }
  SUBCASE("A B^T") { check_all_shapes<Trans::no, Trans::yes, double>(); }
  SUBCASE("A^T B") { check_all_shapes<Trans::yes, Trans::no, double>(); }
}

template <Trans TB, class T>
void check_parts(const Sizes& s) {
  CAPTURE(s.m);
  CAPTURE(s.n);
  CAPTURE(s.k);
  const auto o = operands<T>(s);
  ThreadPool pool(3);
  GemmScratch<T> scratch;
  GemmScratch<T> shared(&pool);
  Tensor<T> whole = o.c;
  Tensor<T> by_threads = o.c;
  gemm<Trans::no, TB>(s.m, s.n, s.k, o.a.data(), o.b.data(), whole.data(), Accumulate::yes, scratch);
  gemm<Trans::no, TB>(s.m, s.n, s.k, o.a.data(), o.b.data(), by_threads.data(), Accumulate::yes, shared);
  CHECK(same_bits(by_threads, whole));
  constexpr Index most = 200;
  for (Index begin = 0; begin < s.n; begin += most) {
    const Index cols = std::min(most, s.n - begin);
    Tensor<T> b(Shape{s.k * cols});
    Tensor<T> c(Shape{s.m, cols});
    Tensor<T> expected(Shape{s.m, cols});
    for (Index i = 0; i < s.k * cols; ++i)
      b.data()[i] = o.b.data()[TB == Trans::yes ? begin * s.k + i : i / cols * s.n + begin + i % cols];
    for (Index i = 0; i < s.m; ++i) {
      std::copy_n(whole.data() + i * s.n + begin, cols, c.data() + i * cols);
      std::copy_n(o.c.data() + i * s.n + begin, cols, expected.data() + i * cols);
    }
    gemm<Trans::no, TB>(s.m, cols, s.k, o.a.data(), b.data(), expected.data(), Accumulate::yes, scratch);
    CHECK(same_bits(c, expected));
  }
}

TEST_CASE("products with weights that no near cache keeps have the bits of products with parts of them") {
  for (const Index m : {1, 5, 6, 31, 32, 33, 101}) {
    check_parts<Trans::no, float>({m, 2053, 523});
    check_parts<Trans::no, double>({m, 1031, 512});
    check_parts<Trans::yes, float>({m, 1031, 1024});
    check_parts<Trans::yes, double>({m, 1031, 523});
  }
}

template <class T>
void check_bias(const Sizes& s) {
  CAPTURE(s.m);
  CAPTURE(s.n);
  CAPTURE(s.k);
  auto o = operands<T>(s);
  const Tensor<T> bias = o.c;  // its first row
  for (Index row = 0; row < s.m; ++row) std::copy_n(bias.data(), s.n, o.c.data() + row * s.n);
  const Tensor<T> expected = reference<Trans::no, Trans::yes>(s, o, Accumulate::yes);
  for (const int threads : {0, 2, 3, 16}) {
    CAPTURE(threads);
    std::optional<ThreadPool> pool;
    if (threads > 0) pool.emplace(threads);
    GemmScratch<T> scratch(pool ? &*pool : nullptr);
    Tensor<T> c = Tensor<T>::full(o.c.shape(), std::numeric_limits<T>::quiet_NaN());
    Tensor<T> seen = c;
    std::atomic<Index> count = 0;
    gemm_bias(s.m, s.n, s.k, o.a.data(), o.b.data(), bias.data(), c.data(), scratch, [&](const Tile& t) {
      count += (t.row_end - t.row) * (t.col_end - t.col);
      for (Index i = t.row; i < t.row_end; ++i)
        std::copy_n(c.data() + i * s.n + t.col, t.col_end - t.col, seen.data() + i * s.n + t.col);
    });
    CHECK(same_bits(c, expected));
    CHECK(same_bits(seen, expected));
    CHECK(count == s.m * s.n);
  }
}

TEST_CASE("sums that start at a bias have the bits of a product that is added to it") {
  for (const Sizes& s :
       {Sizes{1, 1, 0}, Sizes{2, 17, 1}, Sizes{9, 97, 33}, Sizes{130, 40, 785}, Sizes{5, 16, 0}}) {
    check_bias<float>(s);
    check_bias<double>(s);
  }
  // As many rows as columns or more, which are whole vectors or nearly so; rows in the same sets of a cache.
  for (const Index n : {8, 15, 16, 17, 24, 32, 40, 48, 64, 96, 112}) {
    for (const Index m : {n - 1, n, n + 1, 2 * n + 5}) check_bias<float>({m, n, 33});
    check_bias<double>({n + 3, n, 33});
  }
  for (const Index k : {1, 2, 319, 320, 321, 785, 1024}) {
    check_bias<float>({101, 32, k});
    check_bias<double>({101, 32, k});
  }
  // Weights that no cache keeps are multiplied with more rows at a time.
  check_bias<float>({130, 5, (1 << 20) / 5 + 1});
}

TEST_CASE("a product with a bias allocates nothing once its scratch has seen the largest sizes") {
  for (const int threads : {1, 3}) {
    ThreadPool pool(threads);
    GemmScratch<float> scratch(&pool);
    const auto o = operands<float>({300, 96, 785});
    const Tensor<float> bias = Tensor<float>::zeros({96});
    Tensor<float> c = o.c;
    const auto multiply = [&](Index m) {
      gemm_bias(m, 96, 785, o.a.data(), o.b.data(), bias.data(), c.data(), scratch, [](const Tile&) {});
    };
    CHECK(wick_tests::allocations_in([&] { multiply(300); }) > 0);
    CHECK(wick_tests::allocations_in([&] {
            for (const Index m : {1, 17, 95, 96, 97, 128, 129, 200, 299}) multiply(m);
          }) == 0);
    GemmScratch<float> reserved(&pool);
    reserve_gemm_bias(300, 96, 785, reserved);
    CHECK(wick_tests::allocations_in([&] {
            for (const Index m : {1, 95, 96, 129, 300}) {
              gemm_bias(m, 96, 785, o.a.data(), o.b.data(), bias.data(), c.data(), reserved,
                        [](const Tile&) {});
            }
          }) == 0);
  }
}

TEST_CASE(
    "what is done beside a product is done once, and before any epilogue, with every number of threads") {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    GemmScratch<float> scratch(&pool);
    for (const Sizes& s : {Sizes{2, 300, 5}, Sizes{300, 12, 9}, Sizes{300, 64, 9}, Sizes{1, 1, 0},
                           Sizes{0, 5, 3}, Sizes{3, 0, 3}}) {
      CAPTURE(threads);
      CAPTURE(s.m);
      const auto o = operands<float>(s);
      const Tensor<float> bias = Tensor<float>::zeros(Shape{s.n});
      Tensor<float> c = o.c;
      std::atomic<int> done = 0;
      std::atomic<bool> too_early = false;
      gemm_bias(
          s.m, s.n, s.k, o.a.data(), o.b.data(), bias.data(), c.data(), scratch,
          [&](const Tile&) {
            if (done != 1) too_early = true;
          },
          [&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
            ++done;
          });
      CHECK(done == 1);
      CHECK_FALSE(too_early);
    }
  }
}

TEST_CASE("tiles are whole units and cover all columns; each share has as many, and ends with small ones") {
  for (const Index unit : {6, 12, 16, 32, 128}) {
    for (Index shares = 1; shares <= 17; ++shares) {
      for (Index n = 1; n < 3000; n = n * 4 / 3 + 1) {
        for (const auto& [most, least] :
             {std::pair<Index, Index>{96, 96}, {96, 24}, {2048, 64}, {n + unit, 512}}) {
          const detail::Tiles tiles(n, unit, shares, most, least);
          REQUIRE(tiles.count() % shares == 0);
          REQUIRE((tiles.widest() <= most || tiles.widest() == unit));
          const Index in_share = tiles.count() / shares;
          Index end = 0;
          Index smallest = n;
          Index largest = 0;
          for (Index share = 0; share < shares; ++share) {
            const Index begin = end;
            Index last = 0;
            for (Index i = 0; i < in_share; ++i) {
              const auto tile = tiles[share * in_share + i];
              REQUIRE(tile.begin == end);
              REQUIRE(tile.end >= tile.begin);
              REQUIRE((tile.end % unit == 0 || tile.end == n));
              REQUIRE(tile.end - tile.begin <= tiles.widest());
              end = tile.end;
              if (tile.end > tile.begin) last = tile.end - tile.begin;
            }
            REQUIRE(last <= (std::max)(unit, least * 3 / 2));
            smallest = (std::min)(smallest, (end - begin + unit - 1) / unit);
            largest = (std::max)(largest, (end - begin + unit - 1) / unit);
          }
          REQUIRE(end == n);
          REQUIRE(largest <= smallest + 1);
        }
      }
    }
  }
}

TEST_CASE("panels of a sum are at most the largest depth, begin aligned and cover K") {
  const auto check = [](auto depth, Index most) {
    for (Index k = 1; k <= 5 * most; ++k) {
      Index done = 0;
      while (done < k) {
        const Index d = depth(k - done);
        REQUIRE(d > 0);
        REQUIRE(d <= (std::min)(most, k - done));
        REQUIRE(done % 16 == 0);
        done += d;
      }
    }
  };
  check(detail::GemmBlocks<float>::depth, detail::GemmBlocks<float>::max_depth);
  check(detail::GemmBlocks<double>::depth, detail::GemmBlocks<double>::max_depth);
}

TEST_CASE(
    "a product has the same bits for every number of threads, and its epilogue sees each element once") {
  for (const Sizes& s : {Sizes{1, 1, 1}, Sizes{70, 300, 12}, Sizes{257, 197, 9}, Sizes{33, 101, 785},
                         Sizes{512, 100, 20}, Sizes{36, 40, 3}, Sizes{3, 1500, 10}, Sizes{34, 70, 1024}}) {
    check_threads<Trans::no, Trans::yes, float>(s);
    check_threads<Trans::no, Trans::yes, double>(s);
    check_threads<Trans::no, Trans::no, float>(s);
    check_threads<Trans::yes, Trans::no, float>(s);
    check_threads<Trans::yes, Trans::no, double>(s);
  }
}

TEST_CASE("threads that have panels of the sums for themselves add them up in order") {
  // Two to five panels, of which some belong to two threads, and one more row than they are used for.
  for (const Sizes& s : {Sizes{6, 41, 322}, Sizes{33, 131, 785}, Sizes{64, 300, 512}, Sizes{128, 70, 1024},
                         Sizes{129, 35, 640}, Sizes{40, 65, 1290}}) {
    check_threads<Trans::no, Trans::no, float>(s, Accumulate::no);
    check_threads<Trans::no, Trans::no, double>(s, Accumulate::no);
  }
}

TEST_CASE(
    "a product without terms is zero, or leaves what it is added to; one without elements does nothing") {
  GemmScratch<float> scratch;
  const float unread = 0;
  int calls = 0;
  const auto count = [&](const Tile& t) {
    calls += static_cast<int>((t.row_end - t.row) * (t.col_end - t.col));
  };
  Tensor<float> c = Tensor<float>::full({3, 5}, 2.0F);
  gemm<Trans::no, Trans::yes>(3, 5, 0, &unread, &unread, c.data(), Accumulate::yes, scratch, count);
  CHECK(c == Tensor<float>::full({3, 5}, 2.0F));
  CHECK(calls == 15);
  gemm<Trans::no, Trans::no>(3, 5, 0, &unread, &unread, c.data(), Accumulate::no, scratch, count);
  CHECK(c == Tensor<float>::zeros({3, 5}));
  CHECK(calls == 30);
  c.fill(7);
  gemm<Trans::yes, Trans::no>(0, 5, 3, &unread, &unread, c.data(), Accumulate::no, scratch, count);
  gemm<Trans::yes, Trans::no>(3, 0, 4, &unread, &unread, c.data(), Accumulate::no, scratch, count);
  CHECK(c == Tensor<float>::full({3, 5}, 7.0F));
  CHECK(calls == 30);
}

template <Trans TA, Trans TB>
void check_allocations() {
  ThreadPool pool(3);
  GemmScratch<float> scratch(&pool);
  CHECK(scratch.pool() == &pool);
  const auto o = operands<float>({300, 200, 1024});
  Tensor<float> c = o.c;
  const auto multiply = [&](Index m, Index n, Index k) {
    gemm<TA, TB>(m, n, k, o.a.data(), o.b.data(), c.data(), Accumulate::no, scratch);
  };
  CHECK(wick_tests::allocations_in([&] { multiply(300, 200, 1024); }) > 0);
  CHECK(wick_tests::allocations_in([&] {
          multiply(300, 200, 1024);
          multiply(10, 3, 20);
          multiply(3, 200, 700);
          multiply(100, 199, 1024);
          multiply(299, 199, 1023);
        }) == 0);
}

TEST_CASE("a product allocates nothing once its scratch has seen the largest sizes") {
  check_allocations<Trans::no, Trans::yes>();
  check_allocations<Trans::no, Trans::no>();
  check_allocations<Trans::yes, Trans::no>();
}

TEST_CASE("gemm_narrow adds in 16 sums that are then added pairwise") {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    Generator g(8);
    for (const Index k : {0, 1, 2, 15, 16, 17, 31, 32, 33, 47, 128, 200, 785}) {
      for (Index n = 1; n <= 17; n += k > 40 ? 4 : 1) {
        CAPTURE(k);
        CAPTURE(n);
        const Index m = 3;
        // Short enough numbers that products are exact, fused or not; their sums are not.
        const auto draw = [&](Shape shape) {
          Tensor<T> t(shape);
          const int digits = std::numeric_limits<T>::digits / 2 - 1;
          for (T& x : t.span()) {
            const auto bits = static_cast<std::int64_t>(g.random64() >> (64 - digits));
            x = static_cast<T>(
                std::ldexp(static_cast<double>(bits), static_cast<int>(g.random32() % 7) - digits));
            if (g.random32() % 2 == 0) x = -x;
          }
          return t;
        };
        const Tensor<T> a = draw({m, k});
        const Tensor<T> b = draw({n, k});
        Tensor<T> c = draw({m, n});
        Tensor<T> expected = c;
        for (Index i = 0; i < m; ++i) {
          for (Index j = 0; j < n; ++j) {
            T lane[16]{};
            for (Index p = 0; p < k; ++p) lane[p % 16] += a.at(i, p) * b.at(j, p);
            for (int half = 8; half > 0; half /= 2) {
              for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
            }
            expected.at(i, j) += lane[0];
          }
        }
        gemm_narrow(m, n, k, a.data(), b.data(), c.data());
        CHECK(same_bits(c, expected));
      }
    }
  };
  check(0.0F);
  check(0.0);
}

TEST_CASE("gemm_narrow and gemv agree with sums in higher precision") {
  const auto check = [](auto zero, double tolerance) {
    using T = decltype(zero);
    for (const Index k : {0, 1, 5, 16, 100, 784}) {
      for (const Index n : {1, 2, 3, 10, 16, 37, 300}) {
        CAPTURE(k);
        CAPTURE(n);
        const auto o = operands<T>({2, n, k});
        Tensor<T> narrow = o.c;
        gemm_narrow(2, n, k, o.a.data(), o.b.data(), narrow.data());
        Tensor<T> vector = o.c;
        gemv(n, k, o.b.data(), o.a.data(), vector.data());
        double worst = 0;
        for (Index i = 0; i < 2; ++i) {
          for (Index j = 0; j < n; ++j) {
            long double sum = static_cast<long double>(o.c.at(i, j));
            for (Index p = 0; p < k; ++p) {
              sum += static_cast<long double>(o.a.data()[i * k + p]) *
                     static_cast<long double>(o.b.data()[j * k + p]);
            }
            const auto error = [&](T x) {
              return static_cast<double>(std::abs(static_cast<long double>(x) - sum));
            };
            worst = (std::max)(worst, error(narrow.at(i, j)));
            if (i == 0) worst = (std::max)(worst, error(vector.at(i, j)));
          }
        }
        CHECK(worst <= tolerance);
        // gemv is for one row: the next one is not touched.
        CHECK(std::equal(vector.data() + n, vector.data() + 2 * n, o.c.data() + n));
      }
    }
  };
  check(0.0F, 1e-4);
  check(0.0, 1e-13);
}

TEST_CASE(
    "gemv takes rows of a matrix that no near cache holds together, each with the bits that it has alone") {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    constexpr Index most = 6600000 / sizeof(T);
    Generator g(9);
    const auto w = rand<T>({most}, g);
    const auto x = rand<T>({206001}, g);
    wick_tests::at_each_vector_level([&] {
      for (const Index k : {5, 77, 700, 2048, 3001, 206001}) {
        CAPTURE(k);
        const Index n = most / k;
        auto together = Tensor<T>::ones({n});
        auto alone = Tensor<T>::ones({n});
        gemv(n, k, w.data(), x.data(), together.data());
        for (Index i = 0; i < n; ++i) gemv(Index{1}, k, w.data() + i * k, x.data(), alone.data() + i);
        CHECK(same_bits(together, alone));
      }
    });
  };
  check(0.0F);
  check(0.0);
}

TEST_CASE("gemm_narrow and gemv without rows or columns touch nothing") {
  double c = 5;
  const double unread = 0;
  gemm_narrow(Index{0}, Index{3}, Index{4}, &unread, &unread, &c);
  gemm_narrow(Index{3}, Index{0}, Index{4}, &unread, &unread, &c);
  gemv(Index{0}, Index{4}, &unread, &unread, &c);
  gemv(Index{1}, Index{0}, &unread, &unread, &c);
  CHECK(c == 5);
}
