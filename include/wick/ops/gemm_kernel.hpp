#pragma once

// The inner loop of gemm() and the packing that feeds it.

#include <wick/core/types.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>

// GCC warns of vector types as template arguments, which Eigen's PacketBlock takes.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"
#endif

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

/// How the kernel of a product holds a part of the result in registers: `rows` rows of
/// two vectors. That leaves registers for the two vectors of the right operand and for
/// one element of the left.
template <Floating T>
struct GemmRegisters {
  using Packet = typename Eigen::internal::packet_traits<T>::type;

  static constexpr Index lanes = Eigen::internal::packet_traits<T>::size;
  static constexpr Index cols = 2 * lanes;
  static constexpr Index rows = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS >= 32 ? 12 : 6;

  /// Rows of the next group when `left` are still to do.
  static constexpr Index next_rows(Index left) noexcept {
    for (const Index group : {rows, Index{6}, Index{4}, Index{2}}) {
      if (left >= group && !(group == 6 && left == 8)) return group;
    }
    return 1;
  }
  /// Columns, in whole vectors, of the block that holds `left` columns or more.
  static constexpr Index block_cols(Index left) noexcept { return left <= lanes ? lanes : cols; }
};

/// A left operand of the kernel: element (r, k) of a group of rows.
enum class Left {
  strided,  ///< at r * stride + k
  packed,   ///< at k * rows + r
};

// NOLINTBEGIN(cppcoreguidelines-avoid-c-arrays,modernize-avoid-c-arrays): vector types lose their attributes
// as template arguments
/// C (Rows, Vectors * lanes) += L R, or = 0 + L R. The product is added up in order of
/// k in registers first. `right` is (depth, Vectors * lanes), aligned; `stride` is read
/// for a strided left operand only.
template <Floating T, int Rows, int Vectors, Left left_is>
void gemm_kernel(Index depth, const T* left, Index stride, const T* right, T* c, Index c_stride, bool add) {
  namespace ei = Eigen::internal;
  using Packet = typename GemmRegisters<T>::Packet;
  constexpr Index lanes = GemmRegisters<T>::lanes;
  constexpr auto each_row = std::make_integer_sequence<int, Rows>{};
  constexpr auto each = std::make_integer_sequence<int, Rows * Vectors>{};
  Packet sums[static_cast<std::size_t>(Rows * Vectors)];

  const auto address = [&](int i) { return c + i / Vectors * c_stride + i % Vectors * lanes; };
  [&]<int... i>(std::integer_sequence<int, i...>) {
    ((sums[i] = ei::pset1<Packet>(T(0))), ...);
    (ei::prefetch(address(i)), ...);
  }
  (each);
  for (Index k = 0; k < depth; ++k) {
    Packet r[static_cast<std::size_t>(Vectors)];
    for (int v = 0; v < Vectors; ++v) r[v] = ei::pload<Packet>(right + v * lanes);
    right += Vectors * lanes;
    const auto row = [&](int i) {
      const Packet l = ei::pset1<Packet>(left_is == Left::packed ? left[i] : left[i * stride]);
      for (int v = 0; v < Vectors; ++v) {
        sums[i * Vectors + v] = ei::pmadd(l, r[v], sums[i * Vectors + v]);
      }
    };
    [&]<int... i>(std::integer_sequence<int, i...>) { (row(i), ...); }
    (each_row);
    left += left_is == Left::packed ? Rows : 1;  // NOLINT(bugprone-branch-clone): Rows may be 1
  }
  [&]<int... i>(std::integer_sequence<int, i...>) {
    if (add) {
      (ei::pstoreu(address(i), ei::padd(ei::ploadu<Packet>(address(i)), sums[i])), ...);
    } else {
      (ei::pstoreu(address(i), ei::padd(ei::pset1<Packet>(T(0)), sums[i])), ...);
    }
  }
  (each);
}

// NOLINTEND(cppcoreguidelines-avoid-c-arrays,modernize-avoid-c-arrays)

/// f(integral_constant) for `rows`, one of GemmRegisters::next_rows.
template <Floating T, class Function>
void with_rows(Index rows, Function f) {
  constexpr int most = static_cast<int>(GemmRegisters<T>::rows);
  if (rows == most) return f(std::integral_constant<int, most>{});
  if constexpr (most > 6) {
    if (rows == 6) return f(std::integral_constant<int, 6>{});
  }
  if (rows == 4) return f(std::integral_constant<int, 4>{});
  if (rows == 2) return f(std::integral_constant<int, 2>{});
  f(std::integral_constant<int, 1>{});
}

/// The kernel for `rows`, one of GemmRegisters::next_rows, and `cols`, one or two vectors.
template <Floating T, Left left_is>
void gemm_group(Index rows, Index cols, Index depth, const T* left, Index stride, const T* right, T* c,
                Index c_stride, bool add) {
  with_rows<T>(rows, [&](auto r) {
    if (cols == GemmRegisters<T>::cols) {
      gemm_kernel<T, r(), 2, left_is>(depth, left, stride, right, c, c_stride, add);
    } else {
      gemm_kernel<T, r(), 1, left_is>(depth, left, stride, right, c, c_stride, add);
    }
  });
}

/// to (cols, rows) = transpose of from (rows, cols), both with gaps between their rows.
template <Floating T>
void transpose(const T* from, Index from_stride, Index rows, Index cols, T* to, Index to_stride) {
  namespace ei = Eigen::internal;
  using Packet = typename GemmRegisters<T>::Packet;
  constexpr int lanes = static_cast<int>(GemmRegisters<T>::lanes);
  const Index whole_rows = rows / lanes * lanes;
  const Index whole_cols = cols / lanes * lanes;
  for (Index r = 0; r < whole_rows; r += lanes) {
    for (Index c = 0; c < whole_cols; c += lanes) {
      ei::PacketBlock<Packet, lanes> block;
      for (int i = 0; i < lanes; ++i) block.packet[i] = ei::ploadu<Packet>(from + (r + i) * from_stride + c);
      ei::ptranspose(block);
      for (int i = 0; i < lanes; ++i) ei::pstoreu(to + (c + i) * to_stride + r, block.packet[i]);
    }
    for (Index c = whole_cols; c < cols; ++c) {
      for (Index i = r; i < r + lanes; ++i) to[c * to_stride + i] = from[i * from_stride + c];
    }
  }
  for (Index r = whole_rows; r < rows; ++r) {
    for (Index c = 0; c < cols; ++c) to[c * to_stride + r] = from[r * from_stride + c];
  }
}

/// to (rows, cols) = from (rows, cols) without the gaps between its rows.
template <Floating T, int cols>
void copy_columns(const T* from, Index from_stride, Index rows, T* to) {
  using Row = Eigen::Array<T, cols, 1>;
  for (Index r = 0; r < rows; ++r) {
    Eigen::Map<Row>(to + r * cols) = Eigen::Map<const Row>(from + r * from_stride);
  }
}

/// to (rows, to_cols) = from (rows, cols) without its gaps and with zeros behind each row.
template <Floating T>
void copy_block(const T* from, Index from_stride, Index rows, Index cols, T* to, Index to_cols) {
  if (cols == GemmRegisters<T>::cols && to_cols == cols) {
    return copy_columns<T, static_cast<int>(GemmRegisters<T>::cols)>(from, from_stride, rows, to);
  }
  for (Index r = 0; r < rows; ++r) {
    std::copy_n(from + r * from_stride, cols, to + r * to_cols);
    std::fill(to + r * to_cols + cols, to + (r + 1) * to_cols, T(0));
  }
}

}  // namespace detail

}  // namespace wick::inline WICK_ABI_NAMESPACE

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
