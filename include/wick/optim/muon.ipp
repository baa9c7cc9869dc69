#pragma once

// Definitions of optim/muon.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/kernels/muon.hpp>
#include <wick/optim/detail/rule_steps.hpp>
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
                  " is not supported, expected original or match_rms_adamw");
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

/// The root of the sum of squares, in bfloat16, added up as PyTorch does on x86-64: in eight sums, sixteen
/// numbers at a time, and then what is left.
[[nodiscard]] inline float muon_norm(Index n, const float* x) noexcept {
  std::array<float, 8> sums{};
  const Index whole = n - n % 16;
  for (Index i = 0; i < whole; i += 8) {
    for (std::size_t k = 0; k < 8; ++k) {
      const float each = x[i + static_cast<Index>(k)];
      sums[k] += each * each;  // exact, so fused or not
    }
  }
  float total = sums[0];
  for (std::size_t k = 1; k < 8; ++k) total += sums[k];
  for (Index i = whole; i < n; ++i) total += x[i] * x[i];
  return to_float(to_bfloat16(std::sqrt(total)));
}

/// Where element i of n is kept during the iteration: neighbours change places, as PyTorch adds products in
/// this order, which is that of the processor's instruction for pairs of bfloat16, the second one first.
[[nodiscard]] constexpr Index muon_place(Index i, Index n) noexcept { return (i ^ 1) < n ? i ^ 1 : i; }

/// How far apart rows of that many numbers are kept: so that those which are read together do not share sets
/// of a cache.
[[nodiscard]] constexpr Index muon_stride(Index columns) noexcept {
  const Index lines = (columns + 15) / 16;
  return (lines + 1 - lines % 2) * 16;
}

/// Calls `move(in_p, in_x)` for each element: where it is in the parameter (p_rows, p_columns), and where in
/// x, whose rows and columns have changed places, and which is transposed if the parameter has more rows.
template <class Move>
void muon_rearrange(ThreadPool* pool, Index p_rows, Index p_columns, const Move& move) {
  const bool transposed = p_rows > p_columns;
  const Index stride = muon_stride((std::max)(p_rows, p_columns));
  constexpr Index block = 32;  // rows of what is written or read with gaps stay in the cache
  const Index blocks = (p_columns + block - 1) / block;
  each_piece(pool, p_rows, block, [&](Index /*number*/, Index first, Index count) {
    for (Index b = 0; b < blocks; ++b) {
      const Index end = (std::min)(p_columns, (b + 1) * block);
      for (Index r = first; r < first + count; ++r) {
        const Index row = muon_place(r, p_rows);
        for (Index c = b * block; c < end; ++c) {
          const Index column = muon_place(c, p_columns);
          move(r * p_columns + c, transposed ? column * stride + row : row * stride + column);
        }
      }
    }
  });
}

/// out = finish of a product with so many columns. `finish(row, column, count, sums)` is called for parts of
/// rows. Of a symmetric product about half is computed.
template <bool symmetric, class Finish>
void muon_product(ThreadPool* pool, const MuonProduct& p, Index columns, float* out, Index stride,
                  std::vector<Buffer<float>>& rooms, const Finish& finish) {
  const Index width = detail::kernels::muon_columns();
  const Index packed = width * (std::min)(p.depth, muon_depth(p.depth));
  rooms.resize((std::max)(rooms.size(), static_cast<std::size_t>(pool != nullptr ? pool->size() : 1)));
  for (Buffer<float>& room : rooms) {
    if (room.size() < packed + width * p.rows) room.resize(packed + width * p.rows);
  }
  parallel_for(pool, (columns + width - 1) / width, [&](Index panel, int worker) {
    const Index column = panel * width;
    const Index count = (std::min)(width, columns - column);
    const Index first = symmetric ? column : 0;
    float* const room = rooms[static_cast<std::size_t>(worker)].data();
    float* const tile = room + packed;
    detail::kernels::muon_sums(p, column, count, first, room, tile);
    for (Index row = first; row < p.rows; ++row) {
      float* const sums = tile + (row - first) * width;
      finish(row, column, count, sums);
      std::copy_n(sums, count, out + row * stride + column);
      for (Index j = 0; symmetric && row >= column + width && j < count; ++j)
        out[(column + j) * stride + row] = sums[j];
    }
  });
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
  constexpr Index piece = 16384;
  const Index padded = ParameterBlock<T>::padded(n);
  const auto at_least = [](auto& buffer, Index size) {
    if (buffer.size() < size) buffer.resize(size);
  };
  at_least(work.update, padded);
  const Index stride = muon_stride(columns);
  const Index square = muon_stride(rows);
  for (Buffer<float>* const each : {&work.x, &work.next}) at_least(*each, rows * stride);
  for (Buffer<float>* const each : {&work.gram, &work.polynomial}) at_least(*each, rows * square);

  float* const u = work.update.data();
  each_piece(pool, padded, piece, [&](Index /*number*/, Index from, Index count) {
    detail::kernels::muon_momentum(s.take, s.momentum, s.nesterov, count, g + from, state[0] + from,
                                   u + from);
  });
  const float size = muon_norm(n, u);
  const float divisor = size < s.eps ? s.eps : size;  // NaN stays
  float* x = work.x.data();
  float* next = work.next.data();
  muon_rearrange(pool, p_rows, p_columns,
                 [&](Index in_p, Index in_x) { x[in_x] = to_float(to_bfloat16(u[in_p] / divisor)); });

  float* const gram = work.gram.data();
  float* const polynomial = work.polynomial.data();
  for (std::int64_t k = 0; k < s.iterations; ++k) {
    muon_product<true>(pool, {rows, columns, x, stride, x, stride, true}, rows, gram, square, work.rooms,
                       [](Index /*row*/, Index /*column*/, Index count, float* sums) {
                         detail::kernels::muon_round(count, sums);
                       });
    muon_product<true>(pool, {rows, rows, gram, square, gram, square, true}, rows, polynomial, square,
                       work.rooms, [&](Index row, Index column, Index count, float* sums) {
                         detail::kernels::muon_combine(s.c, s.b, count, gram + row * square + column, sums);
                       });
    muon_product<false>(pool, {rows, rows, polynomial, square, x, stride, false}, columns, next, stride,
                        work.rooms, [&](Index row, Index column, Index count, float* sums) {
                          detail::kernels::muon_combine(1.F, s.a, count, x + row * stride + column, sums);
                        });
    std::swap(x, next);
  }

  muon_rearrange(pool, p_rows, p_columns, [&](Index in_p, Index in_x) { u[in_p] = x[in_x]; });
  const auto down = static_cast<double>(p_rows) / static_cast<double>(p_columns);
  const double adjust =
      s.match_adamw ? 0.2 * std::sqrt(static_cast<double>(columns)) : std::sqrt((std::max)(1.0, down));
  const T alpha = static_cast<T>(-s.lr * adjust);
  each_piece(pool, padded, piece, [&](Index /*number*/, Index from, Index count) {
    detail::kernels::muon_move(s.keep, alpha, count, u + from, p + from);
  });
}

#ifdef WICK_COMPILED
template MuonRule::Scalars<float> MuonRule::scalars<float>(const Options&, std::int64_t, float*) noexcept;
template MuonRule::Scalars<double> MuonRule::scalars<double>(const Options&, std::int64_t, float*) noexcept;
template void MuonRule::update<float>(const Scalars<float>&, const Shape&, const float*, float*,
                                      const std::array<float*, 1>&, Work&, ThreadPool*);
template void MuonRule::update<double>(const Scalars<double>&, const Shape&, const double*, double*,
                                       const std::array<double*, 1>&, Work&, ThreadPool*);
template class RuleOptimizer<float, MuonRule>;
template class RuleOptimizer<double, MuonRule>;
#endif

}  // namespace detail

WICK_END_NAMESPACE
