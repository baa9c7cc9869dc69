// Layers over a block of rows that lie side by side in vectors: (columns, width), width being one vector or
// two.

/// block (cols, width) = transpose of x (rows, cols), with zeros behind.
template <class T>
void load_rows(const T* x, Index rows, Index cols, T* block) noexcept {
  constexpr Index Lanes = lanes<T>;
  const Index width = rows <= Lanes ? Lanes : 2 * Lanes;
  if (rows < width) {
    for (Index i = 0; i < cols * width; ++i) block[i] = T(0);
  }
  transpose<T>(x, cols, rows, cols, block, width);
}

/// `Rows` outputs of block_layer().
template <class T, int Rows, int Vectors>
void block_outputs(Index in, const T* weight, const T* bias, const T* x, T* y, T least) noexcept {
  constexpr int Lanes = lanes<T>;
  Vec<T> sums[static_cast<std::size_t>(Rows)][static_cast<std::size_t>(Vectors)] = {};
  for (Index k = 0; k < in; ++k) {
    Vec<T> xs[static_cast<std::size_t>(Vectors)];
    WICK_UNROLL
    for (int v = 0; v < Vectors; ++v) xs[v] = load<T>(x + (k * Vectors + v) * Lanes);
    WICK_UNROLL
    for (int r = 0; r < Rows; ++r) {
      const Vec<T> one = all<T>(weight[r * in + k]);
      WICK_UNROLL
      for (int v = 0; v < Vectors; ++v) sums[r][v] = fma<T, Lanes>(one, xs[v], sums[r][v]);
    }
  }
  const Vec<T> floor = all<T>(least);
  WICK_UNROLL
  for (int r = 0; r < Rows; ++r) {
    WICK_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      const Vec<T> sum = all<T>(bias[r]) + sums[r][v];
      store<T>(y + (r * Vectors + v) * Lanes, select<T, Lanes>(sum < floor, floor, sum));
    }
  }
}

template <class T, int Vectors>
void block_layer_in(Index in, Index out, const T* weight, const T* bias, const T* x, T* y, T least) noexcept {
  constexpr auto most = static_cast<int>(Registers<T>::rows);
  constexpr Index width = Vectors * lanes<T>;
  Index group = 0;
  for (Index r = 0; r < out; r += group) {
    group = Registers<T>::next_rows_of_few(out - r);
    const T* const w = weight + r * in;
    if (group == most) {
      block_outputs<T, most, Vectors>(in, w, bias + r, x, y + r * width, least);
    } else if (group == 4) {
      block_outputs<T, 4, Vectors>(in, w, bias + r, x, y + r * width, least);
    } else {
      block_outputs<T, 1, Vectors>(in, w, bias + r, x, y + r * width, least);
    }
  }
}

/// y (out, width) = bias + W x (in, width), in the order of gemm_bias() for the depth of one panel. What is
/// below `least` becomes it: 0 is ReLU, -infinity none.
template <class T>
void block_layer(Index in, Index out, const T* weight, const T* bias, const T* x, T* y, Index width,
                 T least) noexcept {
  if (width == lanes<T>) {
    block_layer_in<T, 1>(in, out, weight, bias, x, y, least);
  } else {
    block_layer_in<T, 2>(in, out, weight, bias, x, y, least);
  }
}

/// Of the sixteen sums of gemm_narrow(): those at i, i + 4, i + 8 and i + 12, added up.
template <class T, int Vectors>
WICK_FORCE_INLINE void four_of_sixteen(Index in, const T* weight, const T* x, Index i,
                                       Vec<T>* total) noexcept {
  constexpr int Lanes = lanes<T>;
  const Index whole = in / 16 * 16;
  Vec<T> sums[4][static_cast<std::size_t>(Vectors)] = {};
  for (Index k = i; k < whole; k += 16) {
    WICK_UNROLL
    for (int n = 0; n < 4; ++n) {
      const Vec<T> one = all<T>(weight[k + Index{4} * n]);
      WICK_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        sums[n][v] = fma<T, Lanes>(load<T>(x + ((k + Index{4} * n) * Vectors + v) * Lanes), one, sums[n][v]);
      }
    }
  }
  if (whole < in) {
    WICK_UNROLL
    for (int n = 0; n < 4; ++n) {
      const Index k = whole + i + Index{4} * n;
      WICK_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        const Vec<T> value = k < in ? load<T>(x + (k * Vectors + v) * Lanes) : Vec<T>{};
        sums[n][v] = fma<T, Lanes>(value, all<T>(k < in ? weight[k] : T(0)), sums[n][v]);
      }
    }
  }
  WICK_UNROLL
  for (int v = 0; v < Vectors; ++v) total[v] = (sums[0][v] + sums[2][v]) + (sums[1][v] + sums[3][v]);
}

template <class T, int Vectors>
void narrow_block_layer_in(Index in, Index out, const T* weight, const T* bias, const T* x, T* y,
                           T least) noexcept {
  constexpr int Lanes = lanes<T>;
  const Vec<T> floor = all<T>(least);
  for (Index o = 0; o < out; ++o) {
    const T* const w = weight + o * in;
    Vec<T> total[4][static_cast<std::size_t>(Vectors)];
    for (int i = 0; i < 4; ++i) four_of_sixteen<T, Vectors>(in, w, x, i, total[i]);
    WICK_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      const Vec<T> products = (total[0][v] + total[2][v]) + (total[1][v] + total[3][v]);
      const Vec<T> sum = all<T>(bias[o]) + products;
      store<T>(y + (o * Vectors + v) * Lanes, select<T, Lanes>(sum < floor, floor, sum));
    }
  }
}

/// The same in the order of gemm_narrow().
template <class T>
void narrow_block_layer(Index in, Index out, const T* weight, const T* bias, const T* x, T* y, Index width,
                        T least) noexcept {
  if (width == lanes<T>) {
    narrow_block_layer_in<T, 1>(in, out, weight, bias, x, y, least);
  } else {
    narrow_block_layer_in<T, 2>(in, out, weight, bias, x, y, least);
  }
}

/// y (rows, cols) = log-softmax of the block's columns, or they themselves. The block is changed.
template <class T>
void store_rows(T* block, Index rows, Index cols, T* y, bool log_softmax) noexcept {
  constexpr Index Lanes = lanes<T>;
  const Index width = rows <= Lanes ? Lanes : 2 * Lanes;
  if (log_softmax) {
    for (Index r = 0; r < rows; r += Lanes) log_softmax_block<T>(cols, block + r, width);
  }
  if (cols == 1) {
    for (Index r = 0; r < rows; ++r) y[r] = block[r];
    return;
  }
  transpose<T>(block, width, cols, rows, y, cols);
}

template <class T>
inline constexpr RowBlockKernels<T> row_block_kernels{
    .rows = 2 * lanes<T>,
    .lanes = lanes<T>,
    .load = &load_rows<T>,
    .layer = &block_layer<T>,
    .narrow_layer = &narrow_block_layer<T>,
    .store = &store_rows<T>,
};
