#pragma once

// Definitions of optim/muon.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/kernels/muon.hpp>
#include <wick/ops/gemm.hpp>
#include <wick/optim/muon.hpp>
#include <wick/tensor/half.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void MuonRule::validate(const Options& o) {
  const OptionCheck option(kind.name);
  const auto demand = [&](const char* what, double value) {
    if (value >= 0 && is_finite(value)) return;
    option.refuse(std::string(what) + " should be >= 0 but is: " + python_repr(value));
  };
  demand("Learning rate", o.lr);
  demand("momentum", o.momentum);
  demand("weight decay", o.weight_decay);
  demand("eps", o.eps);
  for (const double x : o.ns_coefficients) option.finite("Newton-Schulz coefficient", x);
  if (o.ns_steps < 0 || o.ns_steps > 99) {
    option.refuse(
        "Number of steps must be less than 100 for computational efficiency, and not less than 0, "
        "but is: " +
        std::to_string(o.ns_steps));
  }
  if (!o.adjust_lr_fn.empty() && o.adjust_lr_fn != "original" && o.adjust_lr_fn != "match_rms_adamw") {
    option.refuse("Adjust learning rate function " + o.adjust_lr_fn +
                  " is not supported, expected \"original\" or \"match_rms_adamw\"");
  }
}

WICK_INLINE Attributes MuonRule::attributes(const Options& o) {
  Attributes all{{"lr", o.lr},
                 {"weight_decay", o.weight_decay},
                 {"momentum", o.momentum},
                 {"nesterov", o.nesterov},
                 {"ns_coefficients", std::vector<double>(o.ns_coefficients.begin(), o.ns_coefficients.end())},
                 {"eps", o.eps},
                 {"ns_steps", o.ns_steps}};
  if (o.adjust_lr_fn.empty()) {
    all.set("adjust_lr_fn", std::monostate());
  } else {
    all.set("adjust_lr_fn", o.adjust_lr_fn);
  }
  return all;
}

WICK_INLINE MuonOptions MuonRule::read(const OptionReader& in) {
  return {.lr = in.number("lr"),
          .weight_decay = in.number("weight_decay"),
          .momentum = in.number("momentum"),
          .nesterov = in.flag("nesterov"),
          .ns_coefficients = in.triple("ns_coefficients"),
          .eps = in.number("eps"),
          .ns_steps = in.whole("ns_steps"),
          .adjust_lr_fn = in.optional_text("adjust_lr_fn")};
}

template <class T>
MuonRule::Scalars<T> MuonRule::scalars(const Options& o, std::int64_t /*k*/, float* /*own*/) noexcept {
  return {.take = static_cast<T>(1 - o.momentum),
          .momentum = static_cast<T>(o.momentum),
          .nesterov = o.nesterov,
          .a = static_cast<float>(o.ns_coefficients[0]),
          .b = static_cast<float>(o.ns_coefficients[1]),
          .c = static_cast<float>(o.ns_coefficients[2]),
          .eps = to_float(to_bfloat16(static_cast<float>(o.eps))),
          .iterations = o.ns_steps,
          .keep = static_cast<T>(1 - rounded(o.lr * o.weight_decay)),
          .lr = o.lr,
          .match_adamw = o.adjust_lr_fn == "match_rms_adamw"};
}

/// Elements in pieces of `size`, shared out: f(number, from, count).
template <class Function>
void each_piece(ThreadPool* pool, Index n, Index size, const Function& f) {
  parallel_for(pool, (n + size - 1) / size, [&](Index i) { f(i, i * size, (std::min)(size, n - i * size)); });
}

/// Where element i of n is kept during the iteration: neighbours change places, as PyTorch adds products in
/// this order, which is that of the processor's instruction for pairs of bfloat16, the second one first.
[[nodiscard]] constexpr Index muon_place(Index i, Index n) noexcept { return (i ^ 1) < n ? i ^ 1 : i; }

/// x (rows, columns) = f(element of `from`), whose rows and columns have changed places, and `from`, laid out
/// like the parameter (p_rows, p_columns), is transposed if that has more rows. With `back` the other way.
template <bool back, class Function>
void muon_rearrange(ThreadPool* pool, Index p_rows, Index p_columns, float* from, float* x,
                    const Function& f) {
  const bool transposed = p_rows > p_columns;
  const Index columns = transposed ? p_rows : p_columns;
  constexpr Index block = 32;  // rows of what is written or read with gaps stay in the cache
  const Index blocks = (p_columns + block - 1) / block;
  each_piece(pool, p_rows, block, [&](Index /*number*/, Index first, Index count) {
    for (Index b = 0; b < blocks; ++b) {
      const Index end = (std::min)(p_columns, (b + 1) * block);
      for (Index r = first; r < first + count; ++r) {
        const Index row = muon_place(r, p_rows);
        for (Index c = b * block; c < end; ++c) {
          const Index column = muon_place(c, p_columns);
          float& in_x = x[transposed ? column * columns + row : row * columns + column];
          float& in_p = from[r * p_columns + c];
          if constexpr (back) {
            in_p = f(in_x);
          } else {
            in_x = f(in_p);
          }
        }
      }
    }
  });
}

/// out (n, n) = finish of x x^T, for x (n, k): symmetric, so that about half of the product is enough.
/// `finish(row, column, count, sums)` is called for parts of rows.
template <class Finish>
void symmetric_product(Index n, Index k, const float* x, float* out, Buffer<float>& rows,
                       GemmScratch<float>& scratch, const Finish& finish) {
  constexpr Index block = 64;  // fewer rows cost products more than is saved
  rows.resize((std::max)(rows.size(), (std::min)(block, n) * n));
  for (Index first = 0; first < n; first += block) {
    const Index end = (std::min)(first + block, n);
    float* const sums = rows.data();
    gemm<Trans::no, Trans::yes>(
        end - first, end, k, x + first * k, x, sums, Accumulate::no, scratch, [&](const Tile& tile) {
          for (Index i = tile.row; i < tile.row_end; ++i) {
            const Index row = first + i;
            float* const of_row = sums + i * end;
            finish(row, tile.col, tile.col_end - tile.col, of_row + tile.col);
            std::copy(of_row + tile.col, of_row + tile.col_end, out + row * n + tile.col);
            for (Index j = tile.col; j < (std::min)(tile.col_end, first); ++j) out[j * n + row] = of_row[j];
          }
        });
  }
}

template <class T>
void MuonRule::update(const Scalars<T>& s, const Shape& shape, const T* g, T* p,
                      const std::array<T*, 1>& state, Work& work, ThreadPool* pool) {
  const Index p_rows = shape[0];
  const Index p_columns = shape[1];
  const Index rows = (std::min)(p_rows, p_columns);
  const Index columns = (std::max)(p_rows, p_columns);
  const Index n = rows * columns;
  if (n == 0) return;
  if (!work.scratch || work.scratch->pool() != pool) work.scratch.emplace(pool);
  GemmScratch<float>& scratch = *work.scratch;
  constexpr Index piece = 16384;
  const Index padded = ParameterBlock<T>::padded(n);
  const auto at_least = [](auto& buffer, Index size) {
    if (buffer.size() < size) buffer.resize(size);
  };
  at_least(work.update, padded);
  for (Buffer<float>* const each : {&work.x, &work.next}) at_least(*each, n);
  for (Buffer<float>* const each : {&work.gram, &work.polynomial}) at_least(*each, rows * rows);
  at_least(work.squares, (padded + piece - 1) / piece);

  float* const u = work.update.data();
  each_piece(pool, padded, piece, [&](Index number, Index from, Index count) {
    WICK_CALL(muon_momentum(s.take, s.momentum, s.nesterov, count, g + from, state[0] + from, u + from));
    double sum = 0;
    for (Index i = from; i < (std::min)(from + count, n); ++i) {
      sum += static_cast<double>(u[i]) * static_cast<double>(u[i]);  // exact, so fused or not
    }
    work.squares.data()[number] = sum;
  });
  double squares = 0;
  for (Index i = 0; i * piece < padded; ++i) squares += work.squares.data()[i];
  const float size = to_float(to_bfloat16(static_cast<float>(std::sqrt(squares))));
  const float divisor = size < s.eps ? s.eps : size;  // NaN stays
  float* x = work.x.data();
  float* next = work.next.data();
  muon_rearrange<false>(pool, p_rows, p_columns, u, x,
                        [&](float y) { return to_float(to_bfloat16(y / divisor)); });

  float* const gram = work.gram.data();
  float* const polynomial = work.polynomial.data();
  for (std::int64_t k = 0; k < s.iterations; ++k) {
    symmetric_product(rows, columns, x, gram, work.rows, scratch,
                      [](Index /*row*/, Index /*column*/, Index count, float* sums) {
                        WICK_CALL(muon_round(count, sums));
                      });
    symmetric_product(rows, rows, gram, polynomial, work.rows, scratch,
                      [&](Index row, Index column, Index count, float* sums) {
                        WICK_CALL(muon_combine(s.c, s.b, count, gram + row * rows + column, sums));
                      });
    gemm<Trans::no, Trans::no>(
        rows, columns, rows, polynomial, x, next, Accumulate::no, scratch, [&](const Tile& tile) {
          for (Index row = tile.row; row < tile.row_end; ++row) {
            const Index from = row * columns + tile.col;
            WICK_CALL(muon_combine(1.F, s.a, tile.col_end - tile.col, x + from, next + from));
          }
        });
    std::swap(x, next);
  }

  muon_rearrange<true>(pool, p_rows, p_columns, u, x, [](float y) { return y; });
  const auto down = static_cast<double>(p_rows) / static_cast<double>(p_columns);
  const double adjust =
      s.match_adamw ? 0.2 * std::sqrt(static_cast<double>(columns)) : std::sqrt((std::max)(1.0, down));
  const T alpha = static_cast<T>(-s.lr * adjust);
  each_piece(pool, padded, piece, [&](Index /*number*/, Index from, Index count) {
    WICK_CALL(muon_move(s.keep, alpha, count, u + from, p + from));
  });
}

#ifdef WICK_COMPILED
template MuonRule::Scalars<float> MuonRule::scalars<float>(const Options&, std::int64_t, float*) noexcept;
template MuonRule::Scalars<double> MuonRule::scalars<double>(const Options&, std::int64_t, float*) noexcept;
template void MuonRule::update<float>(const Scalars<float>&, const Shape&, const float*, float*,
                                      const std::array<float*, 1>&, Work&, ThreadPool*);
template void MuonRule::update<double>(const Scalars<double>&, const Shape&, const double*, double*,
                                       const std::array<double*, 1>&, Work&, ThreadPool*);
#endif

}  // namespace detail

WICK_END_NAMESPACE
