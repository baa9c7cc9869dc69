#pragma once

// Matrix products: the one place where arithmetic over matrices happens.
//
// Panels are packed in a scratch that is reused, so that no product allocates; tiles
// can be shared out to a thread pool; and a caller can finish each tile (apply an
// activation) while it is in the cache. A weight is never transposed to be packed: of
// the two operands, the one that needs it is always the smaller one, the activations.

#include <wick/base/buffer.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/base/types.hpp>
#include <wick/kernels/matrix_vector.hpp>
#include <wick/kernels/product.hpp>
#include <wick/ops/gemm_scratch.hpp>

#include <algorithm>
#include <atomic>
#include <limits>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

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
struct GemmBlocks : ProductPanels<T> {
  /// Width of the tiles of `n` columns that `workers` share, a multiple of `unit`: the widest up to
  /// `most_cols` with which the busiest worker has at most a sixteenth more than its share, or else as little
  /// as can be.
  static constexpr Index tile(Index n, Index unit, Index workers, Index most_cols = 96) noexcept {
    const Index widest = (std::max)(most_cols / unit, Index{1}) * unit;
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
  static constexpr Index most_rows = 128;  ///< of A at a time

  /// Between the rows of C^T for `rows` rows of A: whole vectors.
  static constexpr Index stride(Index rows, Index lanes) noexcept {
    return (rows + lanes - 1) / lanes * lanes;
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
  const TransposedKernels<T>& kernels = WICK_CALL(transposed_kernels<T>);
  constexpr Index most_rows = TransposedBlocks<T>::most_rows;
  const Index block = 2 * kernels.lanes;
  const Index tile_cols = GemmBlocks<T>::tile(n, kernels.rows, scratch.workers());
  scratch.reserve_worker_panels(tile_cols * most_rows +
                                kernels.rows * (std::min)(k, GemmBlocks<T>::max_depth));
  constexpr bool alone = std::is_same_v<std::remove_cvref_t<Beside>, Nothing>;
  std::atomic<bool> is_beside_done = alone;
  Index panels = 0;
  for_each_panel<T>(k, [&](Index /*from*/, Index /*depth*/) { ++panels; });
  for (Index row = 0; row < m; row += most_rows) {
    const Index rows = (std::min)(most_rows, m - row);
    const Index blocks = (rows + block - 1) / block;
    const Index stride = TransposedBlocks<T>::stride(rows, kernels.lanes);
    T* const packed = scratch.shared_panel(stride * k);
    parallel_for(scratch.pool(), blocks * panels, [&](Index task) {
      const Index at = task % blocks * block;
      const Index count = (std::min)(block, rows - at);
      Index panel = 0;
      for_each_panel<T>(k, [&](Index from, Index depth) {
        if (panel++ != task / blocks) return;
        T* const to = packed + from * stride + at * depth;
        if constexpr (TA == Trans::yes) {
          kernels.pack(true, a + from * m + row + at, m, count, depth, to);
        } else {
          kernels.pack(false, a + (row + at) * k + from, k, count, depth, to);
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
      kernels.multiply(cols, k, stride, b + col * k, packed, sums, sums + tile_cols * most_rows);
      kernels.transpose(sums, stride, cols, rows, c + row * n + col, n);
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
  using Blocks = GemmBlocks<T>;
  const DirectKernels<T>& kernels = WICK_CALL(direct_kernels<T>);
  const Index block = 2 * kernels.lanes;
  // Gradients of weights are shared out by rows, so that the thread that reads or updates a part of the
  // weights later has it in its cache.
  const Index fewest_rows = 2 * kernels.rows;
  const Index workers = scratch.workers();
  const Index parts = TA == Trans::yes ? std::clamp(m / fewest_rows, Index{1}, workers) : 1;
  const Index most_rows = 256 * parts;
  const bool few = TA == Trans::no && m < DirectKernels<T>::rows_to_pack;
  const Index sharers = (workers + parts - 1) / parts;
  // Wide tiles touch fewer pages of a weight at a time; threads need several to share.
  Index most_cols = 96;
  if (few) {
    most_cols = n + block;
  } else if (TA == Trans::no) {
    constexpr Index elements = 98304;  // of a tile
    const Index fair = sharers == 1 ? n : n / sharers / 4;
    most_cols = std::clamp((std::min)(elements / (std::min)(m, most_rows), fair), Index{96}, Index{2048});
  }
  const Index tile_cols = Blocks::tile(n, block, sharers, most_cols);
  // Many rows that share sets of the caches are moved together.
  const bool packs =
      TA == Trans::yes || (Blocks::rows_share_sets(k) && !few && (kernels.rows > 8 || m >= 32));
  const Index room = (std::max)(Blocks::near_elements, (std::min)(k, Blocks::max_depth) * block);
  scratch.reserve_worker_panels(room + kernels.rows * block);
  for (Index row = 0; row < m; row += most_rows) {
    const Index rows = (std::min)(most_rows, m - row);
    const T* packed = nullptr;
    if (packs) {
      T* const panel = scratch.shared_panel(rows * k);
      constexpr Index task_rows = 96;  // whole groups of the kernel
      parallel_for(scratch.pool(), (rows + task_rows - 1) / task_rows, [&](Index task) {
        const Index begin = task * task_rows;
        const Index end = (std::min)(begin + task_rows, rows);
        for_each_panel<T>(k, [&](Index from, Index depth) {
          T* const to = panel + from * rows + begin * depth;
          if constexpr (TA == Trans::yes) {
            kernels.pack(true, a + from * m + row, m, begin, end, depth, to);
          } else {
            kernels.pack(false, a + row * k + from, k, begin, end, depth, to);
          }
        });
      });
      packed = panel;
    }
    // Whole groups of the kernel, and the rest to the last part.
    const Index part_rows =
        (std::max)((rows + parts * kernels.rows / 2) / (parts * kernels.rows), Index{1}) * kernels.rows;
    const Index tiles = (n + tile_cols - 1) / tile_cols;
    parallel_for(scratch.pool(), tiles * parts, [&](Index task, int worker) {
      const Index row_begin = (std::min)(task / tiles * part_rows, rows);
      const Index row_end = task / tiles + 1 == parts ? rows : (std::min)(row_begin + part_rows, rows);
      if (row_begin == row_end) return;
      const Index col = task % tiles * tile_cols;
      const Index cols = (std::min)(tile_cols, n - col);
      T* const right = scratch.worker_panel(worker);
      const DirectProduct<T> part{.row_begin = row_begin,
                                  .row_end = row_end,
                                  .cols = cols,
                                  .n = n,
                                  .k = k,
                                  .left = packs ? packed : a + row * k,
                                  .packed_rows = packs ? rows : 0,
                                  .b = b + col,
                                  .c = c + row * n + col,
                                  .accumulate = accumulate == Accumulate::yes,
                                  .right = right,
                                  .edge = right + room};
      (few ? kernels.multiply_few : TA == Trans::no ? kernels.multiply : kernels.multiply_packed)(part);
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
      if (accumulate == Accumulate::yes) WICK_CALL(transpose(c + row * n + col, n, rows, cols, to, stride));
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
  const auto& kernels = WICK_CALL(transposed_kernels<T>);
  static_cast<void>(
      scratch.shared_panel(Blocks::stride((std::min)(m, Blocks::most_rows), kernels.lanes) * k));
  scratch.reserve_worker_panels(Blocks::most_rows *
                                    detail::GemmBlocks<T>::tile(n, kernels.rows, scratch.workers()) +
                                kernels.rows * (std::min)(k, detail::GemmBlocks<T>::max_depth));
}

/// C += A B^T for stored (M, K) A and (N, K) B with few columns N, as dot products:
/// both operands are read along K, and nothing is packed.
///
/// Each element is kept in 16 partial sums, over k = 0, 16, 32, ... and so on, which
/// are then added pairwise: the order of OpenBLAS for such products on AVX-512, here
/// on every machine.
template <Floating T>
void gemm_narrow(Index m, Index n, Index k, const T* a, const T* b, T* c) {
  WICK_CALL(gemm_narrow(m, n, k, a, b, c));
}

/// y += W x for a stored (N, K) matrix W: one sample through a layer, reading the
/// weights once without packing them.
///
/// Each element is two sums of vectors. Four rows at a time, mostly: enough to hide the latency of the
/// additions, and few enough streams for the processor to read ahead in all of them.
template <Floating T>
void gemv(Index n, Index k, const T* w, const T* x, T* y) {
  WICK_CALL(gemv(n, k, w, x, y));
}

WICK_END_NAMESPACE
