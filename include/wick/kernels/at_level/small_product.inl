// Products of small matrices, which are read where they lie.

/// Rows [r, r + Rows) and `Vectors` vectors of columns from `col` on.
template <class T, int Rows, int Vectors, int Lanes>
void small_block(const SmallProduct<T>& p, Index r, Index col) noexcept {
  Vec<T, Lanes> sums[static_cast<std::size_t>(Rows)][static_cast<std::size_t>(Vectors)] = {};
  const T* left = p.left + r * p.row_step;
  const T* right = p.right + col;
  const Index step = p.row_step;
  for (Index k = 0; k < p.depth; ++k) {
    Vec<T, Lanes> x[static_cast<std::size_t>(Vectors)];
    WICK_UNROLL
    for (int v = 0; v < Vectors; ++v) x[v] = load<T, Lanes>(right + v * Lanes);
    WICK_UNROLL
    for (int i = 0; i < Rows; ++i) {
      const Vec<T, Lanes> one = all<T, Lanes>(left[i * step]);
      WICK_UNROLL
      for (int v = 0; v < Vectors; ++v) sums[i][v] = fma<T, Lanes>(one, x[v], sums[i][v]);
    }
    left += p.depth_step;
    right += p.right_stride;
  }
  T* const c = p.c + r * p.c_stride + col;
  const T* const start = p.start == nullptr ? nullptr : p.start + r * p.start_stride + col;
  WICK_UNROLL
  for (int i = 0; i < Rows; ++i) {
    WICK_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      const Vec<T, Lanes> before =
          start == nullptr ? Vec<T, Lanes>{} : load<T, Lanes>(start + i * p.start_stride + v * Lanes);
      store<T, Lanes>(c + i * p.c_stride + v * Lanes, before + sums[i][v]);
    }
  }
}

template <class T, int Vectors, int Lanes>
void small_columns(const SmallProduct<T>& p, Index col) noexcept {
  constexpr auto most = static_cast<int>(Registers<T>::rows);
  Index group = 0;
  for (Index r = 0; r < p.rows; r += group) {
    group = Registers<T>::next_rows_of_few(p.rows - r);
    if (group == most) {
      small_block<T, most, Vectors, Lanes>(p, r, col);
    } else if (group == 4) {
      small_block<T, 4, Vectors, Lanes>(p, r, col);
    } else {
      small_block<T, 1, Vectors, Lanes>(p, r, col);
    }
  }
}

/// Columns from `col` on, which fill no vector, in `edge`.
template <class T, int Lanes>
void small_edge(const SmallProduct<T>& p, Index col, T* edge) noexcept {
  const Index rest = p.cols - col;
  T* const right = edge;
  T* const start = right + p.depth * Lanes;
  T* const c = start + p.rows * Lanes;
  for (Index k = 0; k < p.depth; ++k) {
    for (Index i = 0; i < rest; ++i) right[k * Lanes + i] = p.right[k * p.right_stride + col + i];
    for (Index i = rest; i < Lanes; ++i) right[k * Lanes + i] = T(0);
  }
  for (Index r = 0; r < p.rows; ++r) {
    for (Index i = 0; i < rest; ++i) {
      start[r * Lanes + i] = p.start == nullptr ? T(0) : p.start[r * p.start_stride + col + i];
    }
    for (Index i = rest; i < Lanes; ++i) start[r * Lanes + i] = T(0);
  }
  SmallProduct<T> last = p;
  last.right = right;
  last.right_stride = Lanes;
  last.c = c;
  last.c_stride = Lanes;
  last.start = start;
  last.start_stride = Lanes;
  small_columns<T, 1, Lanes>(last, 0);
  for (Index r = 0; r < p.rows; ++r) {
    for (Index i = 0; i < rest; ++i) p.c[r * p.c_stride + col + i] = c[r * Lanes + i];
  }
}

/// Columns from `col` on, less than two vectors of `Lanes` places: in vectors of half the length each time,
/// as inputs of networks are often fewer than a long one has places.
template <class T, int Lanes>
void small_rest(const SmallProduct<T>& p, Index col, T* edge) noexcept {
  if (col + Lanes <= p.cols) {
    small_columns<T, 1, Lanes>(p, col);
    col += Lanes;
  }
  if constexpr (Lanes * sizeof(T) > 16) {
    small_rest<T, Lanes / 2>(p, col, edge);
  } else if (col < p.cols) {
    small_edge<T, Lanes>(p, col, edge);
  }
}

/// C = start + A B. `edge` has room for (depth + 2 rows) vectors: columns that fill no vector are
/// computed there.
template <class T>
void small_product(const SmallProduct<T>& p, T* edge) noexcept {
  constexpr Index two = Index{2} * lanes<T>;
  Index col = 0;
  for (; col + two <= p.cols; col += two) small_columns<T, 2, lanes<T>>(p, col);
  small_rest<T, lanes<T>>(p, col, edge);
}

/// Y (rows, out) = bias + X W^T for stored (rows, in) X and (out, in) W, in the order of gemm_bias(). `room`
/// is for W^T and for the edges of the product.
template <class T>
void small_layer(Index rows, Index in, Index out, const T* x, const T* weight, const T* bias, T* y,
                 T* room) noexcept {
  transpose<T>(weight, in, out, in, room, out);
  const SmallProduct<T> product{.rows = rows,
                                .cols = out,
                                .depth = in,
                                .left = x,
                                .row_step = in,
                                .depth_step = 1,
                                .right = room,
                                .right_stride = out,
                                .c = y,
                                .c_stride = out,
                                .start = bias,
                                .start_stride = 0};
  small_product<T>(product, room + in * out);
}
