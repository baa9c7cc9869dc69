#pragma once

// Matrix products: the one place where arithmetic over matrices happens.
//
// Panels are packed in a scratch that is reused, so that no product allocates; tiles
// can be shared out to a thread pool; and a caller can finish each tile (apply an
// activation) while it is in the cache. A weight is never transposed to be packed: of
// the two operands, the one that needs it is always the smaller one, the activations.

#include <wick/base/function_ref.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/base/types.hpp>
#include <wick/kernels/matrix_vector.hpp>
#include <wick/kernels/product.hpp>
#include <wick/ops/gemm_scratch.hpp>

#include <algorithm>

WICK_BEGIN_NAMESPACE

/// How the right-hand operands of gemm() are stored.
enum class Trans { no, yes };

/// A finished part of the result, rows [row, row_end) and columns [col, col_end).
struct Tile {
  /// Where it begins, and where it is over.
  Index row, row_end, col, col_end;
};

namespace detail {

/// How a product is cut. Only the depth of the panels shows in the results.
template <Floating T>
struct GemmBlocks : ProductPanels<T> {
  static constexpr Index tile_cols = 96;  ///< of a tile, mostly

  /// Of the next panels together, about `most` but one panel at least, when `left` are still to go: what is
  /// cut off may itself be cut as if there was no more.
  static constexpr Index depths(Index left, Index most) noexcept {
    Index together = 0;
    do {
      if (GemmBlocks::depth(left - together) < GemmBlocks::max_depth) return left;
      together += GemmBlocks::max_depth;
    } while (together < left && together + GemmBlocks::max_depth <= most);
    return together;
  }

  /// Number of panels of a sum.
  static constexpr Index panels(Index k) noexcept {
    Index count = 0;
    for (Index from = 0; from < k; from += GemmBlocks::depth(k - from)) ++count;
    return count;
  }
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

/// How gemm_transposed() cuts a product.
template <Floating T>
struct TransposedBlocks {
  /// Whether weights stay in a cache between blocks of rows.
  static constexpr bool is_near(Index n, Index k) noexcept {
    constexpr auto most = static_cast<Index>((1 << 22) / sizeof(T));
    return k == 0 || n <= most / k;
  }

  /// Whether they stay in the one next to the thread.
  static constexpr bool is_in_own_cache(Index n, Index k) noexcept {
    return n * k <= static_cast<Index>((1 << 19) / sizeof(T));
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

/// What the sums of a product begin with: zero, unless one of these is there.
template <Floating T>
struct SumStart {
  const T* of_column = nullptr;   ///< a number for all sums of a column
  const T* of_element = nullptr;  ///< one for each sum, in a matrix as C
};

/// Told of each finished part of a product; may be of nothing.
using FinishTile = FunctionRef<void(const Tile&)>;
/// What one thread does beside a product; may be of nothing.
using Beside = FunctionRef<void()>;

/// C = start + op(A) B^T for a stored (N, K) B, which is read where it lies: the kernel computes
/// C^T = B op(A)^T, with op(A)^T packed. op(A) is A itself for Trans::no. `beside()` is called once, by one
/// thread while the others begin, and has returned before the first epilogue.
template <Floating T>
void gemm_transposed(Trans a_is, Index m, Index n, Index k, const T* a, const T* b, T* c,
                     GemmScratch<T>& scratch, SumStart<T> start, FinishTile epilogue, Beside beside);

/// C = bias + A B^T for stored (M, K) A and (N, K) B; see packs_weights() and gemm_bias().
template <Floating T>
void gemm_many_rows(Index m, Index n, Index k, const T* a, const T* b, const T* bias, T* c,
                    GemmScratch<T>& scratch, FinishTile epilogue, Beside beside);

/// C = op(A) B or C += op(A) B for a stored (K, N) B, of which a tile of columns is packed at a time.
template <Floating T>
void gemm_direct(Trans a_is, Index m, Index n, Index k, const T* a, const T* b, T* c, Accumulate accumulate,
                 GemmScratch<T>& scratch, FinishTile epilogue);

/// Whether gemm_bias() packs B, which is not larger than A, and leaves A and C as they lie. Rows of C must be
/// whole vectors.
template <Floating T>
[[nodiscard]] bool packs_weights(Index m, Index n, Index k, const TransposedKernels<T>& kernels) noexcept {
  return m >= n && k > 0 && n % kernels.lanes == 0 && TransposedBlocks<T>::is_near(n, k);
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
template <Trans TA, Trans TB, Floating T>
void gemm(Index m, Index n, Index k, const T* a, const T* b, T* c, Accumulate accumulate,
          GemmScratch<T>& scratch, FunctionRef<void(const Tile&)> epilogue = {}) {
  if (m == 0 || n == 0) return;
  if constexpr (TB == Trans::yes) {
    detail::SumStart<T> start;
    if (accumulate == Accumulate::yes) start.of_element = c;
    detail::gemm_transposed<T>(TA, m, n, k, a, b, c, scratch, start, epilogue, {});
  } else {
    if (k == 0 && accumulate == Accumulate::no) std::fill_n(c, m * n, T(0));
    detail::gemm_direct<T>(TA, m, n, k, a, b, c, accumulate, scratch, epilogue);
  }
}

/// C = A B^T with `bias` (N) as the start of every sum, for stored (M, K) A and (N, K)
/// B; otherwise as gemm(). `beside()` is called once, by one thread while the others begin with the product,
/// and has returned before the first call of `epilogue`.
template <Floating T>
void gemm_bias(Index m, Index n, Index k, const T* a, const T* b, const T* bias, T* c,
               GemmScratch<T>& scratch, FunctionRef<void(const Tile&)> epilogue = {},
               FunctionRef<void()> beside = {}) {
  if (m == 0 || n == 0) {
    if (beside) beside();
    return;
  }
  if (detail::packs_weights(m, n, k, detail::kernels::transposed_kernels<T>())) {
    return detail::gemm_many_rows<T>(m, n, k, a, b, bias, c, scratch, epilogue, beside);
  }
  detail::gemm_transposed<T>(Trans::no, m, n, k, a, b, c, scratch, {.of_column = bias}, epilogue, beside);
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

#ifndef WICK_COMPILED
#include <wick/ops/gemm.ipp>
#endif
