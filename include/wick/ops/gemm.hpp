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
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// How the right-hand operands of gemm() are stored.
enum class Trans { no, yes };

/// A finished part of the result, rows [row, row_end) and columns [col, col_end).
struct Tile {
  /// Where it begins, and where it is over.
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
  static constexpr Index tile_cols = 96;  ///< of a tile, mostly
};

/// `n` columns in tiles, of `unit` columns or several times that. There are `shares` of equally many tiles,
/// side by side, for one thread each. Tiles are `most_cols` wide or nearly so; the last ones of each share
/// become smaller, down to about `least_cols`, because threads are never equally fast: those who have
/// finished their own share help with them.
class Tiles {
 public:
  Tiles(Index n, Index unit, Index shares, Index most_cols, Index least_cols) noexcept
      : n_(n),
        unit_(unit),
        shares_(shares),
        units_((n + unit - 1) / unit),
        most_((std::max)(most_cols / unit, Index{1})),
        least_(std::clamp(least_cols / unit, Index{1}, most_)) {
    for (Index left = (units_ + shares - 1) / shares; left > 0; left -= width(left)) ++in_share_;
  }

  struct Columns {
    Index begin, end;
  };
  [[nodiscard]] Index count() const noexcept { return shares_ * in_share_; }
  [[nodiscard]] Index widest() const noexcept { return most_ * unit_; }
  /// Empty for some, as shares are not all of equal size.
  [[nodiscard]] Columns operator[](Index i) const noexcept {
    const Index share = i / in_share_;
    const Index end = units_ * (share + 1) / shares_;
    Index at = units_ * share / shares_;
    for (Index before = i % in_share_; before > 0; --before) at += width(end - at);
    return {(std::min)(at * unit_, n_), (std::min)((at + width(end - at)) * unit_, n_)};
  }

 private:
  /// Of the next tile, in units, when `left` are left of a share.
  [[nodiscard]] Index width(Index left) const noexcept {
    const Index half = std::clamp((left + 1) / 2, least_, most_);
    return (std::min)(left, left - half < (least_ + 1) / 2 ? most_ : half);
  }

  Index n_, unit_, shares_, units_, most_, least_;
  Index in_share_ = 0;
};

/// f(from, depth) for each panel of a sum over k.
template <Floating T, class Function>
void for_each_panel(Index k, Function f) {
  for (Index from = 0, depth = 0; from < k; from += depth) {
    depth = GemmBlocks<T>::depth(k - from);
    f(from, depth);
  }
}

/// What one thread does beside the tiles of a product: task 0 of them, so that the thread which takes it does
/// so before any tile of its own.
template <class Beside>
class BesideTask {
 public:
  static constexpr bool is_there = !std::is_same_v<std::remove_cvref_t<Beside>, Nothing>;

  explicit BesideTask(Beside& beside) : beside_(beside) {}

  void run() {
    beside_();
    is_done_.store(true, std::memory_order_release);
  }
  void wait() const noexcept {
    for (Spin spin; !is_done_.load(std::memory_order_acquire);) spin();
  }

 private:
  Beside& beside_;
  std::atomic<bool> is_done_ = !is_there;
};

/// How gemm_transposed() cuts a product.
template <Floating T>
struct TransposedBlocks {
  /// Whether weights stay in a cache between blocks of rows.
  static constexpr bool is_near(Index n, Index k) noexcept {
    constexpr auto most = static_cast<Index>((1 << 22) / sizeof(T));
    return k == 0 || n <= most / k;
  }

  /// Rows of A at a time. Weights that are not near come from far for each of these blocks.
  static constexpr Index most_rows(Index n, Index k) noexcept { return is_near(n, k) ? 128 : 256; }

  /// Between the rows of C^T for `rows` rows of A: whole vectors.
  static constexpr Index stride(Index rows, Index lanes) noexcept {
    return (rows + lanes - 1) / lanes * lanes;
  }

  static Tiles tiles(Index n, const TransposedKernels<T>& kernels, Index workers) noexcept {
    return {n, kernels.rows, workers, GemmBlocks<T>::tile_cols, workers > 1 ? 24 : GemmBlocks<T>::tile_cols};
  }
  /// Elements that each worker needs.
  static Index room(Index n, Index k, const TransposedKernels<T>& kernels, Index workers) noexcept {
    return most_rows(n, k) * tiles(n, kernels, workers).widest();
  }
};

/// Packs `rows` rows of op(A), whose rows or columns are `stride` apart, panel by panel as a right operand.
template <Trans TA, Floating T>
void pack_rows(Index rows, Index k, const T* a, Index stride, T* packed, GemmScratch<T>& scratch) {
  const TransposedKernels<T>& kernels = detail::kernels::transposed_kernels<T>();
  const Index block = 2 * kernels.lanes;
  const Index blocks = (rows + block - 1) / block;
  const Index packed_rows = TransposedBlocks<T>::stride(rows, kernels.lanes);
  Index panels = 0;
  for_each_panel<T>(k, [&](Index /*from*/, Index /*depth*/) { ++panels; });
  parallel_for(scratch.pool(), blocks * panels, [&](Index task) {
    const Index at = task % blocks * block;
    const Index count = (std::min)(block, rows - at);
    Index panel = 0;
    for_each_panel<T>(k, [&](Index from, Index depth) {
      if (panel++ != task / blocks) return;
      T* const to = packed + from * packed_rows + at * depth;
      if constexpr (TA == Trans::yes) {
        kernels.pack(true, a + from * stride + at, stride, count, depth, to);
      } else {
        kernels.pack(false, a + at * stride + from, stride, count, depth, to);
      }
    });
  });
}

/// C = start + op(A) B^T for a stored (N, K) B, which is read where it lies: the kernel
/// computes C^T = B op(A)^T, with op(A)^T packed. `start(to, stride, row, rows, col,
/// cols)` sets the (cols, rows) part of C^T that begins at (col, row) to what the sums
/// begin with, or returns what all sums of each of its rows begin with. `beside()` is called once, by one
/// thread while the others begin, and has returned before the first epilogue.
template <Trans TA, Floating T, class Start, class Epilogue, class Beside>
void gemm_transposed(Index m, Index n, Index k, const T* a, const T* b, T* c, GemmScratch<T>& scratch,
                     const Start& start, Epilogue& epilogue, Beside& beside) {
  const TransposedKernels<T>& kernels = detail::kernels::transposed_kernels<T>();
  using Blocks = TransposedBlocks<T>;
  const Index most_rows = Blocks::most_rows(n, k);
  const Tiles tiles = Blocks::tiles(n, kernels, scratch.workers());
  scratch.reserve_worker_panels(Blocks::room(n, k, kernels, scratch.workers()));
  BesideTask<Beside> beside_task(beside);
  for (Index row = 0; row < m; row += most_rows) {
    const Index rows = (std::min)(most_rows, m - row);
    const Index stride = Blocks::stride(rows, kernels.lanes);
    T* const packed = scratch.shared_panel(stride * k);
    pack_rows<TA>(rows, k, TA == Trans::yes ? a + row : a + row * k, TA == Trans::yes ? m : k, packed,
                  scratch);
    const Index first_tile = beside_task.is_there && row == 0 ? 1 : 0;
    parallel_for(scratch.pool(), first_tile + tiles.count(), [&](Index task, int worker) {
      if (task < first_tile) return beside_task.run();
      const auto [col, col_end] = tiles[task - first_tile];
      const Index cols = col_end - col;
      if (cols == 0) return;
      T* const sums = scratch.worker_panel(worker);
      const T* const first = start(sums, stride, row, rows, col, cols);
      kernels.multiply(cols, k, stride, b + col * k, packed, first, sums, !Blocks::is_near(n, k));
      kernels.transpose(sums, stride, cols, rows, c + row * n + col, n);
      beside_task.wait();
      epilogue(Tile{row, row + rows, col, col + cols});
    });
  }
}

/// Whether gemm_bias() packs B, which is not larger than A, and leaves A and C as they lie. Rows of C must be
/// whole vectors.
template <Floating T>
[[nodiscard]] bool packs_weights(Index m, Index n, Index k, const TransposedKernels<T>& kernels) noexcept {
  return m >= n && k > 0 && n % kernels.lanes == 0 && TransposedBlocks<T>::is_near(n, k);
}

/// C = bias + A B^T for stored (M, K) A and (N, K) B; see packs_weights() and gemm_bias().
template <Floating T, class Epilogue, class Beside>
void gemm_many_rows(Index m, Index n, Index k, const T* a, const T* b, const T* bias, T* c,
                    GemmScratch<T>& scratch, Epilogue& epilogue, Beside& beside) {
  const TransposedKernels<T>& kernels = detail::kernels::transposed_kernels<T>();
  // As much as fewer rows need.
  scratch.reserve_worker_panels(TransposedBlocks<T>::room(n, k, kernels, scratch.workers()));
  T* const packed = scratch.shared_panel(n * k);
  pack_rows<Trans::no>(n, k, b, k, packed, scratch);
  const Tiles tiles = TransposedBlocks<T>::tiles(m, kernels, scratch.workers());
  BesideTask<Beside> beside_task(beside);
  constexpr Index first_tile = beside_task.is_there ? 1 : 0;
  parallel_for(scratch.pool(), first_tile + tiles.count(), [&](Index task) {
    if (task < first_tile) return beside_task.run();
    const auto [row, row_end] = tiles[task - first_tile];
    if (row == row_end) return;
    T* const sums = c + row * n;
    for (Index r = row; r < row_end; ++r) std::copy_n(bias, n, c + r * n);
    kernels.multiply(row_end - row, k, n, a + row * k, packed, nullptr, sums,
                     !TransposedBlocks<T>::is_near(m, k));
    beside_task.wait();
    epilogue(Tile{row, row_end, 0, n});
  });
}

/// C = op(A) B or C += op(A) B for a stored (K, N) B, of which a tile of columns is
/// packed at a time.
template <Trans TA, Floating T, class Epilogue>
// NOLINTNEXTLINE(readability-function-cognitive-complexity): the blocks within blocks of one product
void gemm_direct(Index m, Index n, Index k, const T* a, const T* b, T* c, Accumulate accumulate,
                 GemmScratch<T>& scratch, Epilogue& epilogue) {
  using Blocks = GemmBlocks<T>;
  const DirectKernels<T>& kernels = detail::kernels::direct_kernels<T>();
  const Index block = 2 * kernels.lanes;
  // Gradients of weights are shared out by rows, so that the thread that reads or updates a part of the
  // weights later has it in its cache.
  const Index fewest_rows = 2 * kernels.rows;
  const Index workers = scratch.workers();
  const Index parts = TA == Trans::yes ? std::clamp(m / fewest_rows, Index{1}, workers) : 1;
  const Index most_rows = 256 * parts;
  const bool far = TA == Trans::no && !TransposedBlocks<T>::is_near(n, k);
  const bool few =
      TA == Trans::no && m < (far ? DirectKernels<T>::most_few + 1 : DirectKernels<T>::rows_to_pack);
  const bool outer = TA == Trans::yes && k > 0 && k <= DirectKernels<T>::most_outer;
  const Index sharers = (workers + parts - 1) / parts;
  // Wide tiles touch fewer pages of a weight at a time; threads need several to share.
  Index most_cols = Blocks::tile_cols;
  Index least_cols = 32;
  if (few) {
    most_cols = n + block;
    least_cols = 512;
  } else if (outer) {
    most_cols = 1024;
  } else if (TA == Trans::no) {
    constexpr Index elements = 98304;  // of a tile
    const Index fair = sharers == 1 ? n : n / sharers / 2;
    most_cols =
        std::clamp((std::min)(elements / (std::min)(m, most_rows), fair), Blocks::tile_cols, Index{2048});
    least_cols = 64;
  }
  const Tiles tiles(n, block, sharers, most_cols, workers == 1 ? most_cols : least_cols);
  const bool packs = TA == Trans::yes && !outer;
  const Index room = (std::max)(far ? Blocks::far_elements : DirectKernels<T>::few_sums,
                                (std::min)(k, Blocks::max_depth) * block);
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
          kernels.pack(a + from * m + row, m, begin, end, depth, to);
        });
      });
      packed = panel;
    }
    // Whole groups of the kernel, and the rest to the last part.
    const Index part_rows =
        (std::max)((rows + parts * kernels.rows / 2) / (parts * kernels.rows), Index{1}) * kernels.rows;
    parallel_for(scratch.pool(), tiles.count() * parts, [&](Index task, int worker) {
      const Index of_part = task / tiles.count();
      const Index row_begin = (std::min)(of_part * part_rows, rows);
      const Index row_end = of_part + 1 == parts ? rows : (std::min)(row_begin + part_rows, rows);
      const auto [col, col_end] = tiles[task % tiles.count()];
      const Index cols = col_end - col;
      if (row_begin == row_end || cols == 0) return;
      T* const right = scratch.worker_panel(worker);
      const DirectProduct<T> part{.row_begin = row_begin,
                                  .row_end = row_end,
                                  .cols = cols,
                                  .n = n,
                                  .k = k,
                                  .left = packs   ? packed
                                          : outer ? a + row
                                                  : a + row * k,
                                  .packed_rows = packs   ? rows
                                                 : outer ? m
                                                         : 0,
                                  .b = b + col,
                                  .c = c + row * n + col,
                                  .accumulate = accumulate == Accumulate::yes,
                                  .far = far,
                                  .right = right,
                                  .edge = right + room};
      if (outer) {
        kernels.multiply_outer(part);
      } else {
        (few ? kernels.multiply_few : TA == Trans::no ? kernels.multiply : kernels.multiply_packed)(part);
      }
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
      if (accumulate == Accumulate::yes)
        detail::kernels::transpose(c + row * n + col, n, rows, cols, to, stride);
      return static_cast<const T*>(nullptr);
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
  if (detail::packs_weights(m, n, k, detail::kernels::transposed_kernels<T>())) {
    return detail::gemm_many_rows(m, n, k, a, b, bias, c, scratch, epilogue, beside);
  }
  const auto start = [&](T* to, Index stride, Index /*row*/, Index /*rows*/, Index col, Index cols) {
    // Without any panel nobody would look at it.
    for (Index i = 0; k == 0 && i < cols; ++i) std::fill_n(to + i * stride, stride, bias[col + i]);
    return k == 0 ? nullptr : bias + col;
  };
  detail::gemm_transposed<Trans::no>(m, n, k, a, b, c, scratch, start, epilogue, beside);
}

/// Makes room in `scratch` for gemm_bias() with up to `m` rows, which then allocates nothing.
template <Floating T>
void reserve_gemm_bias(Index m, Index n, Index k, GemmScratch<T>& scratch) {
  using Blocks = detail::TransposedBlocks<T>;
  if (m == 0 || n == 0) return;
  const auto& kernels = detail::kernels::transposed_kernels<T>();
  const Index rows = (std::min)(m, Blocks::most_rows(n, k));
  static_cast<void>(
      scratch.shared_panel((std::max)(Blocks::stride(rows, kernels.lanes), (std::min)(n, m)) * k));
  scratch.reserve_worker_panels(Blocks::room(n, k, kernels, scratch.workers()));
}

/// C += A B^T for stored (M, K) A and (N, K) B with few columns N, as dot products:
/// both operands are read along K, and nothing is packed.
///
/// Each element is kept in 16 partial sums, over k = 0, 16, 32, ... and so on, which
/// are then added pairwise: the order of OpenBLAS for such products on AVX-512, here
/// on every machine.
template <Floating T>
void gemm_narrow(Index m, Index n, Index k, const T* a, const T* b, T* c) {
  detail::kernels::gemm_narrow(m, n, k, a, b, c);
}

/// y += W x for a stored (N, K) matrix W: one sample through a layer, reading the
/// weights once without packing them.
///
/// Each element is two sums of vectors. Four rows at a time, mostly: enough to hide the latency of the
/// additions, and few enough streams for the processor to read ahead in all of them.
template <Floating T>
void gemv(Index n, Index k, const T* w, const T* x, T* y) {
  detail::kernels::gemv(n, k, w, x, y);
}

WICK_END_NAMESPACE
