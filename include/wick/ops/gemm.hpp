#pragma once

// Matrix products: the one place where arithmetic over matrices happens.
//
// Eigen's packing routines and kernel do the work. The loops around them are ours
// for three reasons: packed panels live in a scratch that is reused, so that no
// product allocates; tiles can be shared out to a thread pool; and a caller can
// finish each tile (add a bias, apply an activation) while it is in the cache.

#include <wick/core/buffer.hpp>
#include <wick/core/thread_pool.hpp>
#include <wick/core/types.hpp>

#include <algorithm>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

/// Packed panels for gemm(), kept between calls. One scratch serves one call at a
/// time; a pool's workers share it.
template <Floating T>
class GemmScratch {
 public:
  explicit GemmScratch(ThreadPool* pool = nullptr) : pool_(pool) { workers_.resize(pool ? pool->size() : 1); }

  [[nodiscard]] ThreadPool* pool() const noexcept { return pool_; }

  [[nodiscard]] T* shared_panel(Index n) {
    if (n > shared_.size()) shared_.resize(n);
    return shared_.data();
  }
  void reserve_worker_panels(Index n) {
    for (auto& w : workers_) {
      if (n > w.size()) w.resize(n);
    }
  }
  [[nodiscard]] T* worker_panel(int worker) { return workers_[static_cast<std::size_t>(worker)].data(); }

 private:
  ThreadPool* pool_;
  Buffer<T> shared_;
  std::vector<Buffer<T>> workers_;
};

/// How the right-hand operands of gemm() are stored.
enum class Trans { no, yes };

/// Whether gemm() overwrites its result or adds to it.
enum class Accumulate { no, yes };

/// A finished part of the result, rows [row, row_end) and columns [col, col_end).
struct Tile {
  Index row, row_end, col, col_end;
};

namespace detail {

struct NoEpilogue {
  void operator()(const Tile& /*tile*/) const noexcept {}
};

/// Panel sizes in elements; fixed, so that every thread count computes the same.
template <Floating T>
struct GemmBlocks {
  // A multiple of the kernel's rows per step for 128-, 256- and 512-bit vectors.
  static constexpr Index cols = 96;
  static constexpr Index rows = 256;
  static constexpr Index max_depth = 1280 / static_cast<Index>(sizeof(T));

  /// Depth per panel: equal parts of at most max_depth, multiples of 16 so that
  /// every packed panel begins at an aligned address.
  static constexpr Index depth(Index k) noexcept {
    const Index parts = (std::max)(Index{1}, (k + max_depth - 1) / max_depth);
    return ((k + parts - 1) / parts + 15) / 16 * 16;
  }
};

}  // namespace detail

/// C = op(A) op(B), or C += op(A) op(B), over row-major memory without gaps.
///
/// C is (M, N); op(A) is (M, K): A itself, or the transpose of a stored (K, M);
/// op(B) is (K, N): B itself, or the transpose of a stored (N, K). `epilogue(tile)`
/// is called once for each part of C when its sums are complete, possibly by
/// several threads for different parts. Each element is summed in one order that
/// depends on M, N and K alone, never on the number of threads.
template <Trans TA, Trans TB, Floating T, class Epilogue = detail::NoEpilogue>
void gemm(Index m, Index n, Index k, const T* a, const T* b, T* c, Accumulate accumulate,
          GemmScratch<T>& scratch, Epilogue&& epilogue = {}) {
  if (m == 0 || n == 0) return;
  if (accumulate == Accumulate::no) std::fill_n(c, m * n, T(0));

  // Eigen's kernel writes column-major results: compute C^T = op(B)^T op(A)^T. The
  // "left" operand is then op(B)^T of size (N, K), the "right" one op(A)^T, (K, M).
  namespace ei = Eigen::internal;
  using Traits = ei::gebp_traits<T, T>;
  constexpr int left_order = TB == Trans::no ? Eigen::ColMajor : Eigen::RowMajor;
  constexpr int right_order = TA == Trans::no ? Eigen::ColMajor : Eigen::RowMajor;
  using Left = ei::const_blas_data_mapper<T, Eigen::Index, left_order>;
  using Right = ei::const_blas_data_mapper<T, Eigen::Index, right_order>;
  using Result = ei::blas_data_mapper<T, Eigen::Index, Eigen::ColMajor, Eigen::Unaligned, 1>;
  const Left left(b, TB == Trans::no ? n : k);
  const Right right(a, TA == Trans::no ? k : m);
  const Result result(c, n);

  using Blocks = detail::GemmBlocks<T>;
  const Index depth = Blocks::depth(k);
  scratch.reserve_worker_panels(Blocks::cols * (std::min)(depth, k));

  for (Index row = 0; row < m; row += Blocks::rows) {
    const Index rows = (std::min)(Blocks::rows, m - row);
    T* packed_right = scratch.shared_panel(rows * k);
    parallel_for(scratch.pool(), k == 0 ? 0 : (k + depth - 1) / depth, [&](Index panel) {
      const Index from = panel * depth;
      ei::gemm_pack_rhs<T, Eigen::Index, Right, Traits::nr, right_order> pack;
      pack(packed_right + from * rows, right.getSubMapper(from, row), (std::min)(depth, k - from), rows);
    });
    parallel_for(scratch.pool(), (n + Blocks::cols - 1) / Blocks::cols, [&](Index tile, int worker) {
      const Index col = tile * Blocks::cols;
      const Index cols = (std::min)(Blocks::cols, n - col);
      T* packed_left = scratch.worker_panel(worker);
      ei::gemm_pack_lhs<T, Eigen::Index, Left, Traits::mr, Traits::LhsProgress,
                        typename Traits::LhsPacket4Packing, left_order>
          pack;
      ei::gebp_kernel<T, T, Eigen::Index, Result, Traits::mr, Traits::nr, false, false> kernel;
      for (Index from = 0; from < k; from += depth) {
        const Index part = (std::min)(depth, k - from);
        pack(packed_left, left.getSubMapper(col, from), part, cols);
        kernel(result.getSubMapper(col, row), packed_left, packed_right + from * rows, cols, part, rows,
               T(1));
      }
      epilogue(Tile{row, row + rows, col, col + cols});
    });
  }
}

/// y = W x for a stored (N, K) matrix W: one sample through a layer, reading the
/// weights once without packing them.
template <Floating T>
void gemv(Index n, Index k, const T* w, const T* x, T* y) {
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
  Eigen::Map<Vector>(y, n).noalias() = Eigen::Map<const Matrix>(w, n, k) * Eigen::Map<const Vector>(x, k);
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
