#pragma once

// Matrix products: the one place where arithmetic over matrices happens.
//
// Panels are packed in a scratch that is reused, so that no product allocates; tiles
// can be shared out to a thread pool; and a caller can finish each tile (apply an
// activation) while it is in the cache. A weight is never transposed to be packed: of
// the two operands, the one that needs it is always the smaller one, the activations.

#include <wick/core/buffer.hpp>
#include <wick/core/packets.hpp>
#include <wick/core/thread_pool.hpp>
#include <wick/core/types.hpp>
#include <wick/ops/gemm_kernel.hpp>
#include <wick/ops/gemm_scratch.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>

namespace wick::inline WICK_ABI_NAMESPACE {

/// How the right-hand operands of gemm() are stored.
enum class Trans { no, yes };

/// A finished part of the result, rows [row, row_end) and columns [col, col_end).
struct Tile {
  Index row, row_end, col, col_end;
};

namespace detail {

struct NoEpilogue {
  void operator()(const Tile& /*tile*/) const noexcept {}
};
struct Nothing {
  void operator()() const noexcept {}
};

/// How a product is cut. Only the depth of the panels shows in the results.
template <Floating T>
struct GemmBlocks {
  static constexpr Index max_depth = 1280 / static_cast<Index>(sizeof(T));

  /// Depth of the panel that begins with `left` still to go: as long as there is
  /// enough, full panels; the rest in one or two parts of about equal size. OpenBLAS
  /// cuts the same way, so that sums round as they do in PyTorch built with it.
  static constexpr Index depth(Index left) noexcept {
    if (left <= max_depth) return left;
    // Not a case of its own without max_depth: GCC 12 takes those of float and double for one function, with
    // the ranges of one of them (GCC bug 113907), and double products of some programs were wrong.
    return (std::min)((left / 2 + 15) / 16 * 16, max_depth);
  }

  /// Width of the tiles of `n` columns that `workers` share, a multiple of `unit`: the widest up to 96 with
  /// which the busiest worker has at most a sixteenth more than its share, or else as little as can be.
  static constexpr Index tile(Index n, Index unit, Index workers) noexcept {
    const Index widest = (std::max)(96 / unit, Index{1}) * unit;
    if (workers == 1) return widest;
    const Index share = (n + workers - 1) / workers;
    Index best = widest;
    Index least = (std::numeric_limits<Index>::max)();
    for (Index width = widest; width > 0 && least > share + share / 16; width -= unit) {
      const Index tiles = (n + width - 1) / width;
      const Index most = (tiles + workers - 1) / workers * width;
      if (most >= least) continue;
      least = most;
      best = width;
    }
    return best;
  }

  /// Elements of a packed right operand that stay in the first-level cache.
  static constexpr Index near_elements = 24576 / static_cast<Index>(sizeof(T));
};

/// f(from, depth) for each panel of a sum over k.
template <Floating T, class Function>
void for_each_panel(Index k, Function f) {
  for (Index from = 0, depth = 0; from < k; from += depth) {
    depth = GemmBlocks<T>::depth(k - from);
    f(from, depth);
  }
}

/// How gemm_transposed() cuts a product.
template <Floating T>
struct TransposedBlocks {
  using Registers = GemmRegisters<T>;
  static constexpr Index most_rows = 128;  ///< of A at a time
  static constexpr Index block = Registers::cols;

  /// Between the rows of C^T for `rows` rows of A.
  static constexpr Index stride(Index rows) noexcept {
    const Index whole = (rows - 1) / block * block;
    return whole + Registers::block_cols(rows - whole);
  }
};

/// C = start + op(A) B^T for a stored (N, K) B, which is read where it lies: the kernel
/// computes C^T = B op(A)^T, with op(A)^T packed. `start(to, stride, row, rows, col,
/// cols)` sets the (cols, rows) part of C^T that begins at (col, row) to what the sums
/// begin with. `beside()` is called once, by one thread while the others begin, and has returned before
/// the first epilogue.
template <Trans TA, Floating T, class Start, class Epilogue, class Beside>
void gemm_transposed(Index m, Index n, Index k, const T* a, const T* b, T* c, GemmScratch<T>& scratch,
                     const Start& start, Epilogue& epilogue, Beside& beside) {
  using Registers = GemmRegisters<T>;
  constexpr Index most_rows = TransposedBlocks<T>::most_rows;
  constexpr Index block = TransposedBlocks<T>::block;
  const Index tile_cols = GemmBlocks<T>::tile(n, Registers::rows, scratch.workers());
  scratch.reserve_worker_panels(tile_cols * most_rows);
  constexpr bool alone = std::is_same_v<std::remove_cvref_t<Beside>, Nothing>;
  std::atomic<bool> is_beside_done = alone;
  Index panels = 0;
  for_each_panel<T>(k, [&](Index /*from*/, Index /*depth*/) { ++panels; });
  for (Index row = 0; row < m; row += most_rows) {
    const Index rows = (std::min)(most_rows, m - row);
    const Index blocks = (rows + block - 1) / block;
    const Index stride = TransposedBlocks<T>::stride(rows);
    T* const packed = scratch.shared_panel(stride * k);
    parallel_for(scratch.pool(), blocks * panels, [&](Index task) {
      const Index at = task % blocks * block;
      const Index count = (std::min)(block, rows - at);
      const Index width = Registers::block_cols(count);
      Index panel = 0;
      for_each_panel<T>(k, [&](Index from, Index depth) {
        if (panel++ != task / blocks) return;
        T* const to = packed + from * stride + at * depth;
        if constexpr (TA == Trans::yes) {
          copy_block(a + from * m + row + at, m, depth, count, to, width);
        } else {
          if (count < width) std::fill_n(to, depth * width, T(0));
          transpose(a + (row + at) * k + from, k, count, depth, to, width);
        }
      });
    });
    // Task 0 is beside() for the first rows. The thread that takes it does so before any tile of its own.
    const Index first_tile = !alone && row == 0 ? 1 : 0;
    const Index tiles = (n + tile_cols - 1) / tile_cols;
    parallel_for(scratch.pool(), first_tile + tiles, [&](Index task, int worker) {
      if (task < first_tile) {
        beside();
        is_beside_done.store(true, std::memory_order_release);
        return;
      }
      const Index col = (task - first_tile) * tile_cols;
      const Index cols = (std::min)(tile_cols, n - col);
      T* const sums = scratch.worker_panel(worker);
      start(sums, stride, row, rows, col, cols);
      for_each_panel<T>(k, [&](Index from, Index depth) {
        for (Index at = 0; at < stride; at += block) {
          const T* const right = packed + from * stride + at * depth;
          for (Index r = 0, group = 0; r < cols; r += group) {
            group = Registers::next_rows(cols - r);
            gemm_group<T, Left::strided>(group, (std::min)(block, stride - at), depth,
                                         b + (col + r) * k + from, k, right, sums + r * stride + at, stride,
                                         true);
          }
        }
      });
      transpose(sums, stride, cols, rows, c + row * n + col, n);
      for (Spin spin; !is_beside_done.load(std::memory_order_acquire);) spin();
      epilogue(Tile{row, row + rows, col, col + cols});
    });
  }
}

/// C = op(A) B or C += op(A) B for a stored (K, N) B, of which a tile of columns is
/// packed at a time.
template <Trans TA, Floating T, class Epilogue>
// NOLINTNEXTLINE(readability-function-cognitive-complexity): the blocks within blocks of one product
void gemm_direct(Index m, Index n, Index k, const T* a, const T* b, T* c, Accumulate accumulate,
                 GemmScratch<T>& scratch, Epilogue& epilogue) {
  using Registers = GemmRegisters<T>;
  using Blocks = GemmBlocks<T>;
  constexpr Left left_is = TA == Trans::no ? Left::strided : Left::packed;
  constexpr Index block = Registers::cols;
  // Gradients of weights are shared out by rows, so that the thread that reads or updates a part of the
  // weights later has it in its cache.
  constexpr Index fewest_rows = 2 * Registers::rows;
  const Index workers = scratch.workers();
  const Index parts = TA == Trans::yes ? std::clamp(m / fewest_rows, Index{1}, workers) : 1;
  const Index most_rows = 256 * parts;
  const Index tile_cols = Blocks::tile(n, block, (workers + parts - 1) / parts);
  const Index most_depth = (std::min)(k, Blocks::max_depth);
  scratch.reserve_worker_panels(tile_cols * most_depth + Registers::rows * block);
  for (Index row = 0; row < m; row += most_rows) {
    const Index rows = (std::min)(most_rows, m - row);
    const T* packed = nullptr;
    if constexpr (TA == Trans::yes) {
      T* const panel = scratch.shared_panel(rows * k);
      constexpr Index task_rows = 96;
      parallel_for(scratch.pool(), (rows + task_rows - 1) / task_rows, [&](Index task) {
        for_each_panel<T>(k, [&](Index from, Index depth) {
          for (Index r = 0, group = 0; r < rows; r += group) {
            group = Registers::next_rows(rows - r);
            if (r / task_rows != task) continue;
            with_rows<T>(group, [&](auto count) {
              copy_columns<T, count()>(a + from * m + row + r, m, depth, panel + from * rows + r * depth);
            });
          }
        });
      });
      packed = panel;
    }
    // Whole groups of the kernel, and the rest to the last part.
    const Index part_rows =
        (std::max)((rows + parts * Registers::rows / 2) / (parts * Registers::rows), Index{1}) *
        Registers::rows;
    const Index tiles = (n + tile_cols - 1) / tile_cols;
    parallel_for(scratch.pool(), tiles * parts, [&](Index task, int worker) {
      const Index row_begin = (std::min)(task / tiles * part_rows, rows);
      const Index row_end = task / tiles + 1 == parts ? rows : (std::min)(row_begin + part_rows, rows);
      if (row_begin == row_end) return;
      const Index col = task % tiles * tile_cols;
      const Index cols = (std::min)(tile_cols, n - col);
      T* const right = scratch.worker_panel(worker);
      T* const edge = right + tile_cols * most_depth;
      for_each_panel<T>(k, [&](Index from, Index depth) {
        const bool add = accumulate == Accumulate::yes || from > 0;
        for (Index at = 0; at < cols; at += block) {
          const Index count = (std::min)(block, cols - at);
          copy_block(b + from * n + col + at, n, depth, count, right + at * depth,
                     Registers::block_cols(count));
        }
        const Index together = (std::max)(Blocks::near_elements / (depth * block), Index{1}) * block;
        for (Index begin = 0; begin < cols; begin += together) {
          const Index end = (std::min)(begin + together, cols);
          for (Index r = row_begin, group = 0; r < row_end; r += group) {
            group = Registers::next_rows(row_end - r);
            const T* const left =
                TA == Trans::no ? a + (row + r) * k + from : packed + from * rows + r * depth;
            for (Index at = begin; at < end; at += block) {
              const Index count = (std::min)(block, cols - at);
              const Index width = Registers::block_cols(count);
              T* const result = c + (row + r) * n + col + at;
              const auto multiply = [&](T* to, Index stride) {
                gemm_group<T, left_is>(group, width, depth, left, k, right + at * depth, to, stride, add);
              };
              if (count == width) {
                multiply(result, n);
                continue;
              }
              for (Index i = 0; add && i < group; ++i) std::copy_n(result + i * n, count, edge + i * width);
              multiply(edge, width);
              for (Index i = 0; i < group; ++i) std::copy_n(edge + i * width, count, result + i * n);
            }
          }
        }
      });
      epilogue(Tile{row + row_begin, row + row_end, col, col + cols});
    });
  }
}

}  // namespace detail

/// C = op(A) op(B), or C += op(A) op(B), over row-major memory without gaps.
///
/// C is (M, N); op(A) is (M, K): A itself, or the transpose of a stored (K, M);
/// op(B) is (K, N): B itself, or the transpose of a stored (N, K). `epilogue(tile)`
/// is called once for each part of C when its sums are complete, possibly by
/// several threads for different parts. Each element is one sum in the order of k,
/// cut into panels that depend on K alone: no result depends on the number of
/// threads, on the other rows of a batch or on an element's place in C.
template <Trans TA, Trans TB, Floating T, class Epilogue = detail::NoEpilogue>
void gemm(Index m, Index n, Index k, const T* a, const T* b, T* c, Accumulate accumulate,
          GemmScratch<T>& scratch, Epilogue&& epilogue = {}) {
  if (m == 0 || n == 0) return;
  if constexpr (TB == Trans::yes) {
    const auto start = [&](T* to, Index stride, Index row, Index rows, Index col, Index cols) {
      std::fill_n(to, cols * stride, T(0));
      if (accumulate == Accumulate::yes) detail::transpose(c + row * n + col, n, rows, cols, to, stride);
    };
    detail::Nothing nothing;
    detail::gemm_transposed<TA>(m, n, k, a, b, c, scratch, start, epilogue, nothing);
  } else {
    if (k == 0 && accumulate == Accumulate::no) std::fill_n(c, m * n, T(0));
    detail::gemm_direct<TA>(m, n, k, a, b, c, accumulate, scratch, epilogue);
  }
}

/// C = A B^T with `bias` (N) as the start of every sum, for stored (M, K) A and (N, K)
/// B; otherwise as gemm(). `beside()` is called once, by one thread while the others begin with the product,
/// and has returned before the first call of `epilogue`.
template <Floating T, class Epilogue, class Beside = detail::Nothing>
void gemm_bias(Index m, Index n, Index k, const T* a, const T* b, const T* bias, T* c,
               GemmScratch<T>& scratch, Epilogue&& epilogue, Beside&& beside = {}) {
  if (m == 0 || n == 0) return beside();
  const auto start = [&](T* to, Index stride, Index /*row*/, Index /*rows*/, Index col, Index cols) {
    for (Index i = 0; i < cols; ++i) std::fill_n(to + i * stride, stride, bias[col + i]);
  };
  detail::gemm_transposed<Trans::no>(m, n, k, a, b, c, scratch, start, epilogue, beside);
}

/// Makes room in `scratch` for gemm_bias() with up to `m` rows, which then allocates nothing.
template <Floating T>
void reserve_gemm_bias(Index m, Index n, Index k, GemmScratch<T>& scratch) {
  using Blocks = detail::TransposedBlocks<T>;
  if (m == 0 || n == 0) return;
  static_cast<void>(scratch.shared_panel(Blocks::stride((std::min)(m, Blocks::most_rows)) * k));
  scratch.reserve_worker_panels(Blocks::most_rows *
                                detail::GemmBlocks<T>::tile(n, Blocks::Registers::rows, scratch.workers()));
}

/// C += A B^T for stored (M, K) A and (N, K) B with few columns N, as dot products:
/// both operands are read along K, and nothing is packed.
///
/// Each element is kept in 16 partial sums, over k = 0, 16, 32, ... and so on, which
/// are then added pairwise: the order of OpenBLAS for such products on AVX-512, here
/// on every machine.
template <Floating T>
void gemm_narrow(Index m, Index n, Index k, const T* a, const T* b, T* c) {
  constexpr Index lanes = 16;
  constexpr Index group = 4;
  using Lanes = Eigen::Array<T, lanes, 1>;
  const Index whole = k / lanes * lanes;
  const auto sum = [](const Lanes& x) {
    const Eigen::Array<T, 8, 1> eight = x.template head<8>() + x.template tail<8>();
    const Eigen::Array<T, 4, 1> four = eight.template head<4>() + eight.template tail<4>();
    return (four[0] + four[2]) + (four[1] + four[3]);
  };
  for (Index row = 0; row < m; ++row) {
    const T* x = a + row * k;
    for (Index col = 0; col < n; col += group) {
      std::array<Lanes, group> sums;
      sums.fill(Lanes::Zero());
      const Index count = (std::min)(group, n - col);
      const auto accumulate = [&](Index columns) {
        for (Index i = 0; i < whole; i += lanes) {
          const Lanes xs = Eigen::Map<const Lanes>(x + i);
          for (Index j = 0; j < columns; ++j) {
            sums[static_cast<std::size_t>(j)] += xs * Eigen::Map<const Lanes>(b + (col + j) * k + i);
          }
        }
      };
      if (count == group) {
        accumulate(group);
      } else {
        accumulate(count);
      }
      for (Index j = 0; j < count; ++j) {
        Lanes& s = sums[static_cast<std::size_t>(j)];
        for (Index i = whole; i < k; ++i) s[i - whole] += x[i] * b[(col + j) * k + i];
        c[row * n + col + j] += sum(s);
      }
    }
  }
}

namespace detail {

/// gemv() in the vectors of `Vectors`.
template <class Vectors, Floating T>
void gemv_in(Index n, Index k, const T* w, const T* x, T* y) {
  namespace ei = Eigen::internal;
  using Packet = typename Vectors::Packet;
  constexpr Index lanes = Vectors::lanes;
  const Index in_twos = k / (2 * lanes) * (2 * lanes);
  const Index in_ones = k / lanes * lanes;
  const auto rows = [&](Index row, auto count) {
    constexpr int group = count();
    const T* const from = w + row * k;
    Packet first[static_cast<std::size_t>(
        group)];  // NOLINT: vector types lose their attributes as template arguments
    Packet second[static_cast<std::size_t>(group)];  // NOLINT: as above
    for (int r = 0; r < group; ++r) first[r] = second[r] = ei::pset1<Packet>(T(0));
    for (Index i = 0; i < in_twos; i += 2 * lanes) {
      const Packet x1 = ei::ploadu<Packet>(x + i);
      const Packet x2 = ei::ploadu<Packet>(x + i + lanes);
      for (int r = 0; r < group; ++r) {
        first[r] = ei::pmadd(ei::ploadu<Packet>(from + r * k + i), x1, first[r]);
        second[r] = ei::pmadd(ei::ploadu<Packet>(from + r * k + i + lanes), x2, second[r]);
      }
    }
    if (in_twos < in_ones) {
      const Packet x1 = ei::ploadu<Packet>(x + in_twos);
      for (int r = 0; r < group; ++r) {
        first[r] = ei::pmadd(ei::ploadu<Packet>(from + r * k + in_twos), x1, first[r]);
      }
    }
    // All at once, because one reduction waits for itself.
    const auto finish = [&](int r) {
      T sum = ei::predux(ei::padd(first[r], second[r]));  // NOLINT: captures of those arrays
      for (Index i = in_ones; i < k; ++i) sum += from[r * k + i] * x[i];
      y[row + r] += sum;
    };
    [&]<int... r>(std::integer_sequence<int, r...>) { (finish(r), ...); }
    (std::make_integer_sequence<int, group>{});
  };
  constexpr Index group = 4;
  // Vectors of 64 bytes keep up with the memory one row at a time, and that is the best order to read ahead
  // in; short rows end too often.
  const bool one_by_one = lanes * sizeof(T) == 64 && k >= 32 * lanes;
  const Index grouped = one_by_one ? 0 : n / group * group;
  for (Index row = 0; row < grouped; row += group) rows(row, std::integral_constant<int, 4>{});
  for (Index row = grouped; row < n; ++row) rows(row, std::integral_constant<int, 1>{});
}

}  // namespace detail

/// y += W x for a stored (N, K) matrix W: one sample through a layer, reading the
/// weights once without packing them.
///
/// Each element is two sums of vectors. Four rows at a time, mostly: enough to hide the latency of the
/// additions, and few enough streams for the processor to read ahead in all of them.
template <Floating T>
void gemv(Index n, Index k, const T* w, const T* x, T* y) {
  // Few inputs do not fill the longest vectors.
  if (k < 4 * detail::GemmRegisters<T>::lanes) {
    detail::gemv_in<detail::MathPackets<T>>(n, k, w, x, y);
  } else {
    detail::gemv_in<detail::GemmRegisters<T>>(n, k, w, x, y);
  }
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
