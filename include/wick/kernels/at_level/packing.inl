// What feeds the inner loops of matrix products: transposition, and packing of operands.

/// How the kernel of a product holds a part of the result in registers: `rows` rows of two vectors. That
/// leaves registers for the two vectors of the right operand and for one element of the left.
template <class T>
struct Registers {
  static constexpr Index cols = 2 * lanes<T>;
#if WICK_LEVEL_BYTES == 64 || defined(__aarch64__)
  static constexpr Index rows = 12;  // of 32 registers
#else
  static constexpr Index rows = 6;
#endif
  /// Rows of a left operand that is read where it lies: no more than the places of a set of the first-level
  /// cache, which all of them may share, and few enough streams for the processor to read ahead in.
  static constexpr Index rows_in_place = 6;

  /// Rows of the next group when `left` are still to do: `most`, 4, 2 or 1.
  static constexpr Index next_rows(Index left, Index most = rows) noexcept {
    if (left >= most) return most;
    return left >= 4 ? 4 : left >= 2 ? 2 : 1;
  }
  /// The same without 2, whose sums wait for themselves: for small matrices, where such a rest is much.
  static constexpr Index next_rows_of_few(Index left) noexcept {
    if (left >= rows && left != 8) return rows;  // NOLINT(misc-redundant-expression): where rows is 12
    return left >= 4 ? 4 : 1;
  }
  /// Columns, in whole vectors, of the block that holds `left` columns or more.
  static constexpr Index block_cols(Index left) noexcept { return left <= lanes<T> ? lanes<T> : cols; }
};

template <int Lanes, int unit, bool upper>
struct Interleaved {  // by turns the lower or upper halves of units of so many places
  static constexpr int at(int i) {
    const int in = i % unit;
    return i - in + (upper ? unit / 2 : 0) + in / 2 + (in % 2 == 1 ? Lanes : 0);
  }
};
template <int Lanes, int unit, bool upper>
struct InterleavedPairs {
  static constexpr int at(int i) {
    const int in = i % unit;
    return i - in + (upper ? 2 : 0) + in % 2 + (in / 2 == 1 ? Lanes : 0);
  }
};
template <int Lanes, int part, bool upper>
struct Exchanged {  // parts of `part` places: every second one of both
  static constexpr int at(int i) {
    const bool odd = i / part % 2 == 1;
    if (upper) return odd ? Lanes + i : i + part;
    return odd ? Lanes + i - part : i;
  }
};

/// Exchanges parts of `part` places between vectors that are `part` apart.
template <class T, int Lanes, int part>
WICK_FORCE_INLINE void exchange(Vec<T, Lanes>* rows) {
  constexpr auto each = std::make_integer_sequence<int, Lanes>{};
  WICK_UNROLL
  for (int i = 0; i < Lanes; ++i) {
    if (i / part % 2 == 1) continue;
    const Vec<T, Lanes> a = rows[i];
    rows[i] = shuffled<T, Lanes, Exchanged<Lanes, part, false>>(a, rows[i + part], each);
    rows[i + part] = shuffled<T, Lanes, Exchanged<Lanes, part, true>>(a, rows[i + part], each);
  }
}

/// The transpose of a block of as many vectors as a vector has places.
template <class T, int Lanes = lanes<T>>
WICK_FORCE_INLINE void transpose_block(Vec<T, Lanes>* rows) {
  constexpr auto each = std::make_integer_sequence<int, Lanes>{};
  constexpr int unit = 16 / static_cast<int>(sizeof(T));
  // Within units of 16 bytes, which processors shuffle fastest.
  WICK_UNROLL
  for (int g = 0; g < Lanes; g += unit) {
    if constexpr (unit == 4) {
      const Vec<T, Lanes> a = shuffled<T, Lanes, Interleaved<Lanes, 4, false>>(rows[g], rows[g + 1], each);
      const Vec<T, Lanes> b =
          shuffled<T, Lanes, Interleaved<Lanes, 4, false>>(rows[g + 2], rows[g + 3], each);
      const Vec<T, Lanes> c = shuffled<T, Lanes, Interleaved<Lanes, 4, true>>(rows[g], rows[g + 1], each);
      const Vec<T, Lanes> d = shuffled<T, Lanes, Interleaved<Lanes, 4, true>>(rows[g + 2], rows[g + 3], each);
      rows[g] = shuffled<T, Lanes, InterleavedPairs<Lanes, 4, false>>(a, b, each);
      rows[g + 1] = shuffled<T, Lanes, InterleavedPairs<Lanes, 4, true>>(a, b, each);
      rows[g + 2] = shuffled<T, Lanes, InterleavedPairs<Lanes, 4, false>>(c, d, each);
      rows[g + 3] = shuffled<T, Lanes, InterleavedPairs<Lanes, 4, true>>(c, d, each);
    } else {
      const Vec<T, Lanes> a = rows[g];
      rows[g] = shuffled<T, Lanes, Interleaved<Lanes, 2, false>>(a, rows[g + 1], each);
      rows[g + 1] = shuffled<T, Lanes, Interleaved<Lanes, 2, true>>(a, rows[g + 1], each);
    }
  }
  if constexpr (Lanes > unit) exchange<T, Lanes, unit>(rows);
  if constexpr (Lanes > 2 * unit) exchange<T, Lanes, 2 * unit>(rows);
}

/// to (cols, rows) = transpose of from (rows, cols), whole vectors of both, with gaps between their rows.
/// Along the rows of the one whose rows are further apart: such rows share sets of the first-level cache,
/// where few of them have room until they are finished.
template <class T, int Lanes>
WICK_FORCE_INLINE void transpose_whole(const T* from, Index from_stride, Index rows, Index cols, T* to,
                                       Index to_stride) noexcept {
  const bool along_to = to_stride > from_stride;
  const Index outer_end = along_to ? cols : rows;
  const Index inner_end = along_to ? rows : cols;
  for (Index outer = 0; outer < outer_end; outer += Lanes) {
    for (Index inner = 0; inner < inner_end; inner += Lanes) {
      const Index r = along_to ? inner : outer;
      const Index c = along_to ? outer : inner;
      Vec<T, Lanes> block[static_cast<std::size_t>(Lanes)];
      WICK_UNROLL
      for (int i = 0; i < Lanes; ++i) block[i] = load<T, Lanes>(from + (r + i) * from_stride + c);
      transpose_block<T, Lanes>(block);
      WICK_UNROLL
      for (int i = 0; i < Lanes; ++i) store<T, Lanes>(to + (c + i) * to_stride + r, block[i]);
    }
  }
}

/// The same for any numbers of rows and columns.
template <class T>
void transpose(const T* from, Index from_stride, Index rows, Index cols, T* to, Index to_stride) noexcept {
  constexpr int Lanes = lanes<T>;
  const Index whole_rows = rows / Lanes * Lanes;
  Index whole_cols = cols / Lanes * Lanes;
  transpose_whole<T, Lanes>(from, from_stride, whole_rows, whole_cols, to, to_stride);
#if WICK_LEVEL_BYTES == 64
  // Inputs of networks are often fewer than a long vector has places.
  constexpr int half = Lanes / 2;
  if (cols - whole_cols >= half) {
    transpose_whole<T, half>(from + whole_cols, from_stride, whole_rows, half, to + whole_cols * to_stride,
                             to_stride);
    whole_cols += half;
  }
#endif
  for (Index r = 0; r < whole_rows; r += Lanes) {
    for (Index c = whole_cols; c < cols; ++c) {
      for (Index i = r; i < r + Lanes; ++i) to[c * to_stride + i] = from[i * from_stride + c];
    }
  }
  for (Index r = whole_rows; r < rows; ++r) {
    for (Index c = 0; c < cols; ++c) to[c * to_stride + r] = from[r * from_stride + c];
  }
}

/// to (rows, to_cols) = from (rows, cols) without its gaps and with zeros behind each row.
template <class T>
void copy_block(const T* from, Index from_stride, Index rows, Index cols, T* to, Index to_cols) noexcept {
  if (cols == Registers<T>::cols && to_cols == cols) {
    for (Index r = 0; r < rows; ++r) {
      const Vec<T> a = load<T>(from + r * from_stride);
      const Vec<T> b = load<T>(from + r * from_stride + lanes<T>);
      store<T>(to + r * cols, a);
      store<T>(to + r * cols + lanes<T>, b);
    }
    return;
  }
  for (Index r = 0; r < rows; ++r) {
    Index c = 0;
    for (; c < cols; ++c) to[r * to_cols + c] = from[r * from_stride + c];
    for (; c < to_cols; ++c) to[r * to_cols + c] = T(0);
  }
}

/// to (depth, count) = `count` columns of from, without gaps: a packed left operand.
template <class T>
void copy_columns(Index count, const T* from, Index from_stride, Index depth, T* to) noexcept {
  if (count == Registers<T>::rows) {
    constexpr Index rows = Registers<T>::rows;
    for (Index k = 0; k < depth; ++k) {
      WICK_UNROLL
      for (Index i = 0; i < rows; ++i) to[k * rows + i] = from[k * from_stride + i];
    }
    return;
  }
  for (Index k = 0; k < depth; ++k) {
    for (Index i = 0; i < count; ++i) to[k * count + i] = from[k * from_stride + i];
  }
}

/// Packs the `count` columns of op(A)^T that begin at `a` for one panel: (depth, block_cols(count)).
template <class T>
void pack_right(bool transposed, const T* a, Index stride, Index count, Index depth, T* to) noexcept {
  const Index width = Registers<T>::block_cols(count);
  if (transposed) return copy_block<T>(a, stride, depth, count, to, width);
  if (count < width) {
    for (Index i = 0; i < depth * width; ++i) to[i] = T(0);
  }
  transpose<T>(a, stride, count, depth, to, width);
}

/// Packs rows [row, row_end) of A^T for one panel, with `depth` numbers for each row in `to`. A is (k,
/// stride).
template <class T>
void pack_left(const T* a, Index stride, Index row, Index row_end, Index depth, T* to) noexcept {
  Index group = 0;
  for (Index r = row; r < row_end; r += group) {
    group = Registers<T>::next_rows(row_end - r);
    copy_columns<T>(group, a + r, stride, depth, to + (r - row) * depth);
  }
}

/// Packs `cols` columns of rows that are `stride` apart, block by block, and reads them row by row: columns
/// of a wide matrix that is far away are in a page and a set of the caches of their own for each row.
template <class T>
void pack_columns(Index depth, Index cols, const T* from, Index stride, T* to) noexcept {
  constexpr Index block = Registers<T>::cols;
  constexpr Index ahead = 4;
  constexpr auto line = static_cast<Index>(64 / sizeof(T));
  const Index whole = cols / block * block;
  for (Index k = 0; k < depth; ++k) {
    const T* const row = from + k * stride;
    for (Index c = 0; c < whole; c += line) prefetch(row + ahead * stride + c);
    for (Index c = 0; c < whole; c += block) {
      const Vec<T> a = load<T>(row + c);
      const Vec<T> b = load<T>(row + c + lanes<T>);
      store<T>(to + c * depth + k * block, a);
      store<T>(to + c * depth + k * block + lanes<T>, b);
    }
  }
  if (whole < cols)
    copy_block<T>(from + whole, stride, depth, cols - whole, to + whole * depth,
                  Registers<T>::block_cols(cols - whole));
}
