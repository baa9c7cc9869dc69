#pragma once

// Definitions of ops/gemm.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/spin.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/ops/gemm.hpp>

#include <algorithm>
#include <atomic>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What one thread does beside the tiles of a product: task 0 of them, so that the thread which takes it does
/// so before any tile of its own.
class BesideTask {
 public:
  explicit BesideTask(Beside beside) : beside_(beside), is_done_(!beside) {}

  /// Tasks that it makes: 1, or 0 of nothing.
  [[nodiscard]] Index count() const noexcept { return beside_ ? 1 : 0; }
  void run() {
    beside_();
    is_done_.store(true, std::memory_order_release);
  }
  void wait() const noexcept {
    for (Spin spin; !is_done_.load(std::memory_order_acquire);) spin();
  }

 private:
  Beside beside_;
  std::atomic<bool> is_done_;
};

/// Packs `rows` rows of op(A), whose rows or columns are `stride` apart, panel by panel as a right operand.
template <Floating T>
void pack_rows(Trans a_is, Index rows, Index k, const T* a, Index stride, T* packed,
               GemmScratch<T>& scratch) {
  const TransposedKernels<T>& kernels = detail::kernels::transposed_kernels<T>();
  const Index block = 2 * kernels.lanes;
  const Index blocks = (rows + block - 1) / block;
  const Index packed_rows = TransposedBlocks<T>::stride(rows, kernels.lanes);
  parallel_for(scratch.pool(), blocks * GemmBlocks<T>::panels(k), [&](Index task) {
    const Index at = task % blocks * block;
    const Index count = (std::min)(block, rows - at);
    Index panel = 0;
    for_each_panel<T>(k, [&](Index from, Index depth) {
      if (panel++ != task / blocks) return;
      T* const to = packed + from * packed_rows + at * depth;
      const bool is_transposed = a_is == Trans::yes;
      kernels.pack(is_transposed, is_transposed ? a + from * stride + at : a + at * stride + from, stride,
                   count, depth, to);
    });
  });
}

/// Sets the (cols, rows) part of C^T that begins at (col, row) to what the sums begin with, or returns what
/// all sums of each of its rows begin with.
template <Floating T>
const T* begin_sums(const SumStart<T>& start, Index n, Index k, const Tile& part, T* to, Index stride) {
  const Index cols = part.col_end - part.col;
  if (start.of_column != nullptr) {
    if (k > 0) return start.of_column + part.col;
    // Without any panel nobody would look at it.
    for (Index i = 0; i < cols; ++i) std::fill_n(to + i * stride, stride, start.of_column[part.col + i]);
    return nullptr;
  }
  std::fill_n(to, cols * stride, T(0));
  if (start.of_element != nullptr)
    detail::kernels::transpose(start.of_element + part.row * n + part.col, n, part.row_end - part.row, cols,
                               to, stride);
  return nullptr;
}

template <Floating T>
void gemm_transposed(Trans a_is, Index m, Index n, Index k, const T* a, const T* b, T* c,
                     GemmScratch<T>& scratch, SumStart<T> start, FinishTile epilogue, Beside beside) {
  const TransposedKernels<T>& kernels = detail::kernels::transposed_kernels<T>();
  using Cut = TransposedBlocks<T>;
  const Index most_rows = Cut::most_rows(n, k);
  const Tiles tiles = Cut::tiles(n, kernels, scratch.workers());
  scratch.reserve_worker_panels(Cut::room(n, k, kernels, scratch.workers()));
  BesideTask beside_task(beside);
  for (Index row = 0; row < m; row += most_rows) {
    const Index rows = (std::min)(most_rows, m - row);
    const Index stride = Cut::stride(rows, kernels.lanes);
    T* const packed = scratch.shared_panel(stride * k);
    const bool is_transposed = a_is == Trans::yes;
    pack_rows(a_is, rows, k, is_transposed ? a + row : a + row * k, is_transposed ? m : k, packed, scratch);
    // Rows in one vector are through with a weight before it pays to fetch the next from a near cache.
    const bool is_far = !Cut::is_near(n, k) || (!Cut::is_in_own_cache(n, k) && stride > kernels.lanes);
    const Index first_tile = row == 0 ? beside_task.count() : 0;
    parallel_for(scratch.pool(), first_tile + tiles.count(), [&](Index task, int worker) {
      if (task < first_tile) return beside_task.run();
      const auto [col, col_end] = tiles[task - first_tile];
      const Index cols = col_end - col;
      if (cols == 0) return;
      const Tile tile{row, row + rows, col, col_end};
      T* const sums = scratch.worker_panel(worker);
      const T* const first = begin_sums(start, n, k, tile, sums, stride);
      kernels.multiply(cols, k, stride, b + col * k, packed, first, false, sums, is_far);
      kernels.transpose(sums, stride, cols, rows, c + row * n + col, n);
      beside_task.wait();
      if (epilogue) epilogue(tile);
    });
  }
}

template <Floating T>
void gemm_many_rows(Index m, Index n, Index k, const T* a, const T* b, const T* bias, T* c,
                    GemmScratch<T>& scratch, FinishTile epilogue, Beside beside) {
  const TransposedKernels<T>& kernels = detail::kernels::transposed_kernels<T>();
  // As much as fewer rows need.
  scratch.reserve_worker_panels(TransposedBlocks<T>::room(n, k, kernels, scratch.workers()));
  T* const packed = scratch.shared_panel(n * k);
  pack_rows(Trans::no, n, k, b, k, packed, scratch);
  const Tiles tiles = TransposedBlocks<T>::tiles(m, kernels, scratch.workers());
  BesideTask beside_task(beside);
  const Index first_tile = beside_task.count();
  parallel_for(scratch.pool(), first_tile + tiles.count(), [&](Index task) {
    if (task < first_tile) return beside_task.run();
    const auto [row, row_end] = tiles[task - first_tile];
    if (row == row_end) return;
    kernels.multiply(row_end - row, k, n, a + row * k, packed, bias, true, c + row * n,
                     !TransposedBlocks<T>::is_near(m, k));
    beside_task.wait();
    if (epilogue) epilogue(Tile{row, row_end, 0, n});
  });
}

/// How threads share out a product by the panels of its sums. Each reads rows of B, mostly those which it
/// writes where B is a weight that is updated: lines that others have read have to be taken back from their
/// caches first.
template <Floating T>
class PanelShares {
 public:
  static constexpr Index most_rows = 128;  ///< of A, for which it gains
  static constexpr auto most_elements = static_cast<Index>((1 << 24) / sizeof(T));  ///< of B

  /// Whether there is enough for each thread, and it gains.
  static constexpr bool is_for(Index m, Index n, Index k, Index workers) noexcept {
    return workers > 1 && workers <= GemmBlocks<T>::panels(k) && m <= most_rows && n <= most_elements / k;
  }
  /// Elements of the sums for this product, and for each that is not larger.
  static constexpr Index room(Index m, Index n, Index k, Index workers) noexcept {
    const Index panels = GemmBlocks<T>::panels(k);
    if (workers == 1 || workers > panels) return 0;
    return (std::min)(m, most_rows) * (std::min)(n * (panels - 1), most_elements / GemmBlocks<T>::max_depth);
  }

  PanelShares(Index n, Index k, Index shares) noexcept : n_(n), k_(k), shares_(shares) {}

  /// The term with which a share begins in the sums of these columns, where the one before it is over. Of the
  /// columns of a panel that belongs to two shares, each has a part.
  [[nodiscard]] Index begin(Index share, const Tiles::Columns& columns) const noexcept {
    if (share == shares_) return k_;
    const Index fair = k_ * share / shares_;
    Index result = 0;
    for_each_panel<T>(k_, [&](Index from, Index depth) {
      if (fair < from || fair >= from + depth) return;
      const bool is_left = (columns.begin + columns.end) * depth < 2 * n_ * (fair - from);
      result = is_left ? from + depth : from;
    });
    return result;
  }
  /// Where the first share that has any of them is over.
  [[nodiscard]] Index first_end(const Tiles::Columns& columns) const noexcept {
    Index end = 0;
    for (Index share = 1; end == 0; ++share) end = begin(share, columns);
    return end;
  }

 private:
  Index n_, k_, shares_;
};

/// The product of all rows and columns, without what is for a part, by PanelShares. The first share of each
/// column is added up in C, each panel of the others in a matrix of its own in `sums`: they are added to C in
/// order then, as in one thread.
template <Floating T>
void gemm_by_panels(const DirectProduct<T>& product, const Tiles& tiles, GemmScratch<T>& scratch, Index room,
                    T* sums, FinishTile epilogue) {
  const DirectKernels<T>& kernels = detail::kernels::direct_kernels<T>();
  const Index m = product.row_end;
  const Index n = product.n;
  T* const c = product.c;
  const Index workers = scratch.workers();
  const PanelShares<T> shares(n, product.k, workers);
  parallel_for(scratch.pool(), tiles.count() * workers, [&](Index task, int worker) {
    const auto columns = tiles[task % tiles.count()];
    if (columns.begin == columns.end) return;
    const Index begin = shares.begin(task / tiles.count(), columns);
    const Index end = shares.begin(task / tiles.count() + 1, columns);
    DirectProduct<T> part = product;
    part.cols = columns.end - columns.begin;
    part.b += columns.begin;
    part.right = scratch.worker_panel(worker);
    part.edge = part.right + room;
    T* sum = sums + columns.begin;
    for_each_panel<T>(product.k, [&](Index from, Index depth) {
      if (from >= begin && from < end) {
        part.from = from;
        part.to = from + depth;
        part.accumulate = begin == 0 && from > 0;
        part.c = begin == 0 ? c + columns.begin : sum;
        kernels.multiply(part);
      }
      if (from > 0) sum += m * n;
    });
  });
  parallel_for(scratch.pool(), tiles.count(), [&](Index task) {
    const auto columns = tiles[task];
    if (columns.begin == columns.end) return;
    const Index first_end = shares.first_end(columns);
    const T* sum = sums + columns.begin;
    for_each_panel<T>(product.k, [&](Index from, Index /*depth*/) {
      for (Index r = 0; from >= first_end && r < m; ++r) {
        T* const to = c + r * n + columns.begin;
        detail::kernels::add(to, sum + r * n, to, columns.end - columns.begin);
      }
      if (from > 0) sum += m * n;
    });
    if (epilogue) epilogue(Tile{0, m, columns.begin, columns.end});
  });
}

template <Floating T>
// NOLINTNEXTLINE(readability-function-cognitive-complexity): the blocks within blocks of one product
void gemm_direct(Trans a_is, Index m, Index n, Index k, const T* a, const T* b, T* c, Accumulate accumulate,
                 GemmScratch<T>& scratch, FinishTile epilogue) {
  const bool is_transposed = a_is == Trans::yes;
  using Cut = GemmBlocks<T>;
  const DirectKernels<T>& kernels = detail::kernels::direct_kernels<T>();
  const Index block = 2 * kernels.lanes;
  // Gradients of weights are shared out by rows, so that the thread that reads or updates a part of the
  // weights later has it in its cache.
  const Index fewest_rows = 2 * kernels.rows;
  const Index workers = scratch.workers();
  const Index parts = is_transposed ? std::clamp(m / fewest_rows, Index{1}, workers) : 1;
  // B comes from afar if it is large; pieces of its rows are fetched faster together, unless rows are short.
  constexpr auto long_row = static_cast<Index>(2048 / sizeof(T));
  const bool is_far = !TransposedBlocks<T>::is_near(n, k) && (!is_transposed || n > long_row);
  const Index most_rows = (is_transposed || is_far ? 512 : 256) * parts;
  const bool few =
      !is_transposed && m < (is_far ? DirectKernels<T>::most_few + 1 : DirectKernels<T>::rows_to_pack);
  const bool outer = is_transposed && k > 0 && k <= DirectKernels<T>::most_outer;
  const Index sharers = (workers + parts - 1) / parts;
  // Wide tiles touch fewer pages of a weight at a time; threads need several to share.
  Index most_cols = Cut::tile_cols;
  Index least_cols = 32;
  if (few) {
    most_cols = n + block;
    least_cols = 512;
  } else if (outer) {
    most_cols = 1024;
  } else if (!is_transposed) {
    constexpr Index elements = 98304;  // of a tile
    const Index fair = sharers == 1 ? n : n / sharers / 2;
    most_cols =
        std::clamp((std::min)(elements / (std::min)(m, most_rows), fair), Cut::tile_cols, Index{2048});
    least_cols = 64;
  }
  const Tiles tiles(n, block, sharers, most_cols, workers == 1 ? most_cols : least_cols);
  const bool packs = is_transposed && !outer;
  const Index room = (std::max)(is_far ? Cut::far_elements : DirectKernels<T>::few_sums,
                                (std::min)(k, Cut::max_depth) * block);
  scratch.reserve_worker_panels(room + kernels.rows * block);
  if (!is_transposed) {
    using Shares = PanelShares<T>;
    T* const sums = scratch.shared_panel(Shares::room(m, n, k, workers));
    if (!few && accumulate == Accumulate::no && Shares::is_for(m, n, k, workers)) {
      const DirectProduct<T> product{.row_begin = 0,
                                     .row_end = m,
                                     .cols = n,
                                     .n = n,
                                     .k = k,
                                     .from = 0,
                                     .to = k,
                                     .left = a,
                                     .packed_rows = 0,
                                     .b = b,
                                     .c = c,
                                     .accumulate = false,
                                     .is_far = is_far,
                                     .right = nullptr,
                                     .edge = nullptr};
      return gemm_by_panels<T>(product, tiles, scratch, room, sums, epilogue);
    }
  }
  for (Index row = 0; row < m; row += most_rows) {
    const Index rows = (std::min)(most_rows, m - row);
    // Whole groups of the kernel, and the rest to the last part.
    const Index part_rows =
        (std::max)((rows + parts * kernels.rows / 2) / (parts * kernels.rows), Index{1}) * kernels.rows;
    Index first = 0;
    do {
      // What is packed is read while it is in a cache.
      constexpr auto most_packed = static_cast<Index>((1 << 19) / sizeof(T));
      const Index depths = packs ? Cut::depths(k - first, most_packed * parts / rows) : k;
      const T* packed = nullptr;
      if (packs) {
        T* const panel = scratch.shared_panel(rows * depths);
        constexpr Index task_rows = 96;  // whole groups of the kernel
        parallel_for(scratch.pool(), (rows + task_rows - 1) / task_rows, [&](Index task) {
          const Index begin = task * task_rows;
          const Index end = (std::min)(begin + task_rows, rows);
          for_each_panel<T>(depths, [&](Index from, Index depth) {
            T* const to = panel + from * rows + begin * depth;
            kernels.pack(a + (first + from) * m + row, m, begin, end, depth, to);
          });
        });
        packed = panel;
      }
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
                                    .k = depths,
                                    .from = 0,
                                    .to = depths,
                                    .left = packs   ? packed
                                            : outer ? a + row
                                                    : a + row * k,
                                    .packed_rows = packs   ? rows
                                                   : outer ? m
                                                           : 0,
                                    .b = b + first * n + col,
                                    .c = c + row * n + col,
                                    .accumulate = accumulate == Accumulate::yes || first > 0,
                                    .is_far = is_far,
                                    .right = right,
                                    .edge = right + room};
        if (outer) {
          kernels.multiply_outer(part);
        } else {
          (few ? kernels.multiply_few : !is_transposed ? kernels.multiply : kernels.multiply_packed)(part);
        }
        if (epilogue && first + depths == k) epilogue(Tile{row + row_begin, row + row_end, col, col + cols});
      });
      first += depths;
    } while (first < k);
  }
}

#ifdef WICK_COMPILED
template void gemm_transposed(Trans, Index, Index, Index, const float*, const float*, float*,
                              GemmScratch<float>&, SumStart<float>, FinishTile, Beside);
template void gemm_many_rows(Index, Index, Index, const float*, const float*, const float*, float*,
                             GemmScratch<float>&, FinishTile, Beside);
template void gemm_direct(Trans, Index, Index, Index, const float*, const float*, float*, Accumulate,
                          GemmScratch<float>&, FinishTile);
template void gemm_transposed(Trans, Index, Index, Index, const double*, const double*, double*,
                              GemmScratch<double>&, SumStart<double>, FinishTile, Beside);
template void gemm_many_rows(Index, Index, Index, const double*, const double*, const double*, double*,
                             GemmScratch<double>&, FinishTile, Beside);
template void gemm_direct(Trans, Index, Index, Index, const double*, const double*, double*, Accumulate,
                          GemmScratch<double>&, FinishTile);
#endif

}  // namespace detail

WICK_END_NAMESPACE
