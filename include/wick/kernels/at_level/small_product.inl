// Products of small matrices, which are read where they lie.

/// Rows [r, r + Rows) and `Vectors` vectors of columns from `col` on.
template <class T, int Rows, int Vectors>
void small_block(const SmallProduct<T>& p, Index r, Index col) noexcept {
  constexpr int Lanes = lanes<T>;
  Vec<T> sums[static_cast<std::size_t>(Rows)][static_cast<std::size_t>(Vectors)] = {};
  const T* left = p.left + r * p.row_step;
  const T* right = p.right + col;
  const Index step = p.row_step;
  for (Index k = 0; k < p.depth; ++k) {
    Vec<T> x[static_cast<std::size_t>(Vectors)];
    WICK_UNROLL
    for (int v = 0; v < Vectors; ++v) x[v] = load<T>(right + v * Lanes);
    WICK_UNROLL
    for (int i = 0; i < Rows; ++i) {
      const Vec<T> one = all<T>(left[i * step]);
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
      const Vec<T> before = start == nullptr ? Vec<T>{} : load<T>(start + i * p.start_stride + v * Lanes);
      store<T>(c + i * p.c_stride + v * Lanes, before + sums[i][v]);
    }
  }
}

template <class T, int Vectors>
void small_columns(const SmallProduct<T>& p, Index col) noexcept {
  constexpr auto most = static_cast<int>(Registers<T>::rows);
  Index group = 0;
  for (Index r = 0; r < p.rows; r += group) {
    group = Registers<T>::next_rows_of_few(p.rows - r);
    if (group == most) {
      small_block<T, most, Vectors>(p, r, col);
    } else if (group == 4) {
      small_block<T, 4, Vectors>(p, r, col);
    } else {
      small_block<T, 1, Vectors>(p, r, col);
    }
  }
}

/// C = start + A B. `edge` has room for (depth + 2 rows) vectors: columns that fill no vector are
/// computed there.
template <class T>
void small_product(const SmallProduct<T>& p, T* edge) noexcept {
  constexpr int Lanes = lanes<T>;
  constexpr Index two = Index{2} * Lanes;
  const Index in_twos = p.cols / two * two;
  const Index whole = p.cols / Lanes * Lanes;
  for (Index col = 0; col < in_twos; col += two) small_columns<T, 2>(p, col);
  if (in_twos < whole) small_columns<T, 1>(p, in_twos);
  if (whole == p.cols) return;
  const Index rest = p.cols - whole;
  T* const right = edge;
  T* const start = right + p.depth * Lanes;
  T* const c = start + p.rows * Lanes;
  for (Index k = 0; k < p.depth; ++k) {
    for (Index i = 0; i < rest; ++i) right[k * Lanes + i] = p.right[k * p.right_stride + whole + i];
    for (Index i = rest; i < Lanes; ++i) right[k * Lanes + i] = T(0);
  }
  for (Index r = 0; r < p.rows; ++r) {
    for (Index i = 0; i < rest; ++i) {
      start[r * Lanes + i] = p.start == nullptr ? T(0) : p.start[r * p.start_stride + whole + i];
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
  small_columns<T, 1>(last, 0);
  for (Index r = 0; r < p.rows; ++r) {
    for (Index i = 0; i < rest; ++i) p.c[r * p.c_stride + whole + i] = c[r * Lanes + i];
  }
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
