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
#include <array>
#include <cstddef>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

/// Packed panels for gemm(), kept between calls. One scratch serves one call at a
/// time; a pool's workers share it.
template <Floating T>
class GemmScratch {
 public:
  explicit GemmScratch(ThreadPool* pool = nullptr)
      : pool_(pool), workers_(pool != nullptr ? static_cast<std::size_t>(pool->size()) : 1) {}

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
  using Traits = Eigen::internal::gebp_traits<T, T>;

  /// Columns that the kernel computes at once: three vectors, or two.
  static constexpr Index three = Traits::mr;
  static constexpr Index two = 2 * static_cast<Index>(Traits::LhsProgress);

  static constexpr Index cols = 96 / three * three;
  static constexpr Index rows = 256;
  static constexpr Index max_depth = 1280 / static_cast<Index>(sizeof(T));

  /// Depth of the panel that begins with `left` still to go: as long as there is
  /// enough, full panels; the rest in one or two parts of about equal size. OpenBLAS
  /// cuts the same way, so that sums round as they do in PyTorch built with it.
  /// Multiples of 16 keep every packed panel at an aligned address.
  static constexpr Index depth(Index left) noexcept {
    if (left >= 2 * max_depth) return max_depth;
    if (left > max_depth) return (left / 2 + 15) / 16 * 16;
    return left;
  }

  /// How many of `n` columns to compute in threes; the rest goes in twos. Chosen so
  /// that few columns are left over.
  static constexpr Index in_threes(Index n) noexcept {
    Index done = 0;
    while (n - done == three || n - done >= three + two) done += three;
    return done;
  }
};

/// Columns [col, col + cols) of C^T = L R for one packed R: packs L and runs the kernel.
///
/// Eigen's kernel adds the products of one element in order only where it works on
/// two or three vectors at once; narrower rests go through two sums. So rests are
/// padded to two vectors: then each element is one sum in the order of k, cut into
/// panels, wherever it lies in a tile.
template <Floating T, int left_order, class Left, class Result>
class GemmTile {
 public:
  using Blocks = GemmBlocks<T>;
  using Traits = typename Blocks::Traits;

  /// Elements of scratch that run() needs for depth k.
  static constexpr Index scratch(Index k) noexcept {
    return Blocks::cols * (std::min)(Blocks::max_depth, k) + Blocks::two * Blocks::rows;
  }

  GemmTile(const Left& left, const Result& result, T* scratch, Index k)
      : left_(left), result_(result), panel_(scratch), edge_(scratch + scratch_panel(k)), k_(k) {}

  void run(const T* packed_right, Index row, Index rows, Index col, Index cols) {
    const Index threes = Blocks::in_threes(cols);
    const Index padded = (cols - threes) % Blocks::two;
    const Index padded_at = col + cols - padded;
    if (padded > 0) copy_edge(row, rows, padded_at, padded, true);
    for (Index from = 0, depth = 0; from < k_; from += depth) {
      depth = Blocks::depth(k_ - from);
      const T* right = packed_right + from * rows;
      if (threes > 0) multiply(right, from, depth, row, rows, col, threes);
      for (Index at = col + threes; at < padded_at; at += Blocks::two) {
        multiply(right, from, depth, row, rows, at, Blocks::two);
      }
      if (padded == 0) continue;
      for (Index i = 0; i < depth; ++i) {
        for (Index c = 0; c < Blocks::two; ++c) {
          panel_[i * Blocks::two + c] = c < padded ? left_(padded_at + c, from + i) : T(0);
        }
      }
      kernel_(Result(edge_, Blocks::two), panel_, right, Blocks::two, depth, rows, T(1));
    }
    if (padded > 0) copy_edge(row, rows, padded_at, padded, false);
  }

 private:
  static constexpr Index scratch_panel(Index k) noexcept {
    return Blocks::cols * (std::min)(Blocks::max_depth, k);
  }

  void multiply(const T* right, Index from, Index depth, Index row, Index rows, Index col, Index cols) {
    pack_(panel_, left_.getSubMapper(col, from), depth, cols);
    kernel_(result_.getSubMapper(col, row), panel_, right, cols, depth, rows, T(1));
  }
  void copy_edge(Index row, Index rows, Index col, Index cols, bool in) {
    for (Index r = 0; r < rows; ++r) {
      for (Index c = 0; c < cols; ++c) {
        T& outside = result_(col + c, row + r);
        T& inside = edge_[r * Blocks::two + c];
        (in ? inside : outside) = in ? outside : inside;
      }
      if (in) std::fill(edge_ + r * Blocks::two + cols, edge_ + (r + 1) * Blocks::two, T(0));
    }
  }

  Left left_;
  Result result_;
  T* panel_;
  T* edge_;
  Index k_;
  Eigen::internal::gemm_pack_lhs<T, Eigen::Index, Left, Traits::mr, Traits::LhsProgress,
                                 typename Traits::LhsPacket4Packing, left_order>
      pack_;
  Eigen::internal::gebp_kernel<T, T, Eigen::Index, Result, Traits::mr, Traits::nr, false, false> kernel_;
};

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
  if (accumulate == Accumulate::no) std::fill_n(c, m * n, T(0));

  // Eigen's kernel writes column-major results: compute C^T = op(B)^T op(A)^T. The
  // "left" operand is then op(B)^T of size (N, K), the "right" one op(A)^T, (K, M).
  namespace ei = Eigen::internal;
  using Blocks = detail::GemmBlocks<T>;
  constexpr int left_order = TB == Trans::no ? Eigen::ColMajor : Eigen::RowMajor;
  constexpr int right_order = TA == Trans::no ? Eigen::ColMajor : Eigen::RowMajor;
  using Left = ei::const_blas_data_mapper<T, Eigen::Index, left_order>;
  using Right = ei::const_blas_data_mapper<T, Eigen::Index, right_order>;
  using Result = ei::blas_data_mapper<T, Eigen::Index, Eigen::ColMajor, Eigen::Unaligned, 1>;
  using TileProduct = detail::GemmTile<T, left_order, Left, Result>;
  const Left left(b, TB == Trans::no ? n : k);
  const Right right(a, TA == Trans::no ? k : m);
  const Result result(c, n);
  scratch.reserve_worker_panels(TileProduct::scratch(k));

  for (Index row = 0; row < m; row += Blocks::rows) {
    const Index rows = (std::min)(Blocks::rows, m - row);
    T* packed_right = scratch.shared_panel(rows * k);
    constexpr Index pack_rows = 64;
    for (Index from = 0, depth = 0; from < k; from += depth) {
      depth = Blocks::depth(k - from);
      parallel_for(scratch.pool(), (rows + pack_rows - 1) / pack_rows, [&](Index i) {
        const Index first = i * pack_rows;
        ei::gemm_pack_rhs<T, Eigen::Index, Right, Blocks::Traits::nr, right_order> pack;
        pack(packed_right + from * rows + first * depth, right.getSubMapper(from, row + first), depth,
             (std::min)(pack_rows, rows - first));
      });
    }
    parallel_for(scratch.pool(), (n + Blocks::cols - 1) / Blocks::cols, [&](Index tile, int worker) {
      const Index col = tile * Blocks::cols;
      const Index cols = (std::min)(Blocks::cols, n - col);
      TileProduct(left, result, scratch.worker_panel(worker), k).run(packed_right, row, rows, col, cols);
      epilogue(Tile{row, row + rows, col, col + cols});
    });
  }
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

/// y += W x for a stored (N, K) matrix W: one sample through a layer, reading the
/// weights once without packing them.
template <Floating T>
void gemv(Index n, Index k, const T* w, const T* x, T* y) {
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
  Eigen::Map<Vector>(y, n).noalias() += Eigen::Map<const Matrix>(w, n, k) * Eigen::Map<const Vector>(x, k);
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
