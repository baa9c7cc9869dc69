// Products with few columns or with one row: both operands are read along k, nothing is packed.

/// How far ahead in a row gemv_rows() fetches, in elements.
template <class T>
inline constexpr Index gemv_ahead = static_cast<Index>(2048 / sizeof(T));

/// gemv() in vectors of Lanes places, `Rows` rows at a time. If `fetches`, what comes some way further in
/// each of them is fetched meanwhile, and at their ends the beginnings of the `Rows` rows after them, which
/// are there if `goes_on`.
template <class T, int Lanes, int Rows, bool fetches = false>
WICK_FORCE_INLINE void gemv_rows(Index k, const T* w, const T* x, T* y,
                                 [[maybe_unused]] bool goes_on = false) noexcept {
  constexpr Index two = Index{2} * Lanes;
  constexpr auto line = static_cast<Index>(64 / sizeof(T));
  constexpr Index ahead = gemv_ahead<T>;
  const Index in_twos = k / two * two;
  const Index in_ones = k / Lanes * Lanes;
  Vec<T, Lanes> first[static_cast<std::size_t>(Rows)] = {};
  Vec<T, Lanes> second[static_cast<std::size_t>(Rows)] = {};
  for (Index i = 0; i < in_twos; i += two) {
    const Vec<T, Lanes> x1 = load<T, Lanes>(x + i);
    const Vec<T, Lanes> x2 = load<T, Lanes>(x + i + Lanes);
    Index to_fetch = i;
    if constexpr (fetches) {
      if (i + ahead + two <= k) {
        to_fetch = i + ahead;
      } else if (goes_on) {
        to_fetch = i + ahead + (Rows - 1) * k;
      }
    }
    WICK_UNROLL
    for (int r = 0; r < Rows; ++r) {
      if constexpr (fetches) {
        for (Index j = 0; j < two; j += line) prefetch_far(w + r * k + to_fetch + j);
      }
      first[r] = fma<T, Lanes>(load<T, Lanes>(w + r * k + i), x1, first[r]);
      second[r] = fma<T, Lanes>(load<T, Lanes>(w + r * k + i + Lanes), x2, second[r]);
    }
  }
  if (in_twos < in_ones) {
    const Vec<T, Lanes> x1 = load<T, Lanes>(x + in_twos);
    WICK_UNROLL
    for (int r = 0; r < Rows; ++r)
      first[r] = fma<T, Lanes>(load<T, Lanes>(w + r * k + in_twos), x1, first[r]);
  }
  WICK_UNROLL
  for (int r = 0; r < Rows; ++r) {
    T total = sum<T, Lanes>(first[r] + second[r]);
    for (Index i = in_ones; i < k; ++i) total = fma(w[r * k + i], x[i], total);
    y[r] += total;
  }
}
template <class T, int Lanes>
void gemv_in(Index n, Index k, const T* w, const T* x, T* y) noexcept {
  // Vectors of 64 bytes keep up with the caches one row at a time, and that is the best order to read ahead
  // in; short rows end too often.
  constexpr bool is_long = Lanes * sizeof(T) == 64;
  // What the other weights of a network displace from the caches is fetched by the program, in many rows at
  // once: along one row the processor reads ahead no further than a page, too late for memory. In a cache
  // that would only take time.
  constexpr Index displaced = (Index{6} << 20) / static_cast<Index>(sizeof(T));
  constexpr int many = is_long ? 8 : 6;  // as registers allow
  Index row = 0;
  if (n * k >= displaced) {
    for (; row + many <= n; row += many) {
      // Rows shorter than the way ahead lead beyond the next `many`.
      const bool goes_on = (n - row - Index{2} * many) * k >= gemv_ahead<T>;
      gemv_rows<T, Lanes, many, true>(k, w + row * k, x, y + row, goes_on);
    }
  } else if (!is_long || k < Index{32} * Lanes) {
    for (; row + 4 <= n; row += 4) gemv_rows<T, Lanes, 4>(k, w + row * k, x, y + row);
  }
  for (; row < n; ++row) gemv_rows<T, Lanes, 1>(k, w + row * k, x, y + row);
}

/// y += W x for a stored (N, K) matrix W.
template <class T>
void gemv(Index n, Index k, const T* w, const T* x, T* y) noexcept {
#if WICK_LEVEL_BYTES == 64
  // Few inputs do not fill the longest vectors.
  if (k < 4 * lanes<T>) return gemv_in<T, lanes<T> / 2>(n, k, w, x, y);
#endif
  gemv_in<T, lanes<T>>(n, k, w, x, y);
}

/// `Cols` columns of narrow_layer() for one row.
template <class T, int Cols>
WICK_FORCE_INLINE void narrow_columns(Index k, const T* x, const T* b, const T* start, T* c) noexcept {
  const Index whole = k / 16 * 16;
  Sixteen<T> sums[static_cast<std::size_t>(Cols)];
  for (Index i = 0; i < whole; i += 16) {
    WICK_UNROLL
    for (int v = 0; v < Sixteen<T>::vectors; ++v) {
      const Vec<T> xs = load<T>(x + i + v * lanes<T>);
      WICK_UNROLL
      for (int j = 0; j < Cols; ++j) {
        sums[j].part[v] = fma<T, lanes<T>>(xs, load<T>(b + j * k + i + v * lanes<T>), sums[j].part[v]);
      }
    }
  }
  if (whole < k) {
    // In the places that the rest of a row would have; the others add 0 * 0, which changes no sum.
    T xs[16] = {};
    T bs[16] = {};
    for (Index i = whole; i < k; ++i) xs[i - whole] = x[i];
    WICK_UNROLL
    for (int j = 0; j < Cols; ++j) {
      for (Index i = whole; i < k; ++i) bs[i - whole] = b[j * k + i];
      WICK_UNROLL
      for (int v = 0; v < Sixteen<T>::vectors; ++v) {
        sums[j].part[v] =
            fma<T, lanes<T>>(load<T>(xs + v * lanes<T>), load<T>(bs + v * lanes<T>), sums[j].part[v]);
      }
    }
  }
  WICK_UNROLL
  for (int j = 0; j < Cols; ++j) c[j] = start[j] + sum<T>(sums[j]);
}

/// C (M, N) = start + A B^T for stored (M, K) A and (N, K) B. The rows of `start` are `start_stride` apart.
template <class T>
void narrow_product(Index m, Index n, Index k, const T* a, const T* b, const T* start, Index start_stride,
                    T* c) noexcept {
  constexpr Index group = 4;
  for (Index row = 0; row < m; ++row) {
    const T* const x = a + row * k;
    const T* const from = start + row * start_stride;
    T* const to = c + row * n;
    Index col = 0;
    for (; col + group <= n; col += group) narrow_columns<T, 4>(k, x, b + col * k, from + col, to + col);
    if (col + 2 <= n) {
      narrow_columns<T, 2>(k, x, b + col * k, from + col, to + col);
      col += 2;
    }
    if (col < n) narrow_columns<T, 1>(k, x, b + col * k, from + col, to + col);
  }
}

/// C (M, N) += A B^T for stored (M, K) A and (N, K) B.
template <class T>
void gemm_narrow(Index m, Index n, Index k, const T* a, const T* b, T* c) noexcept {
  narrow_product<T>(m, n, k, a, b, c, n, c);
}

/// Y (M, N) = bias + X W^T for stored (M, K) X and (N, K) W.
template <class T>
void narrow_layer(Index m, Index n, Index k, const T* x, const T* w, const T* bias, T* y) noexcept {
  narrow_product<T>(m, n, k, x, w, bias, 0, y);
}
