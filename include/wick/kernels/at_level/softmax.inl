// Softmax of rows.

/// exp(x) for x <= 0 and NaN, by the operations of Exponential.
template <class T>
WICK_FORCE_INLINE Vec<T> falling_to_zero(Vec<T> x) {
  constexpr int Lanes = lanes<T>;
  const Vec<T> least = all<T>(sizeof(T) == 4 ? T(-87) : T(-708));
  const auto low = x < least;
  const Vec<T> shifted = select<T, Lanes>(low, x + all<T>(T(40)), x);
  const Vec<T> y = exponential_in_range<T>(select<T, Lanes>(shifted < least, least, shifted));
  return y * select<T, Lanes>(low, all<T>(exponential_of_less_forty<T>), all<T>(T(1)));
}

/// y_i = exp(x_i - most); their sum, in sixteen sums of every sixteenth. No x_i is larger than `most`.
template <class T>
T exponentials_and_sum(const T* x, T most, Index n, T* y) noexcept {
  const Vec<T> mosts = all<T>(most);
  Sixteen<T> sums;
  const Index whole = n / 16 * 16;
  for (Index i = 0; i < whole; i += 16) {
    WICK_UNROLL
    for (int v = 0; v < Sixteen<T>::vectors; ++v) {
      const Index at = i + v * lanes<T>;
      const Vec<T> e = falling_to_zero<T>(load<T>(x + at) - mosts);
      store<T>(y + at, e);
      sums.part[v] = sums.part[v] + e;
    }
  }
  T total = sum<T>(sums);
  T rest[16] = {};
  for (Index i = whole; i < n; ++i) rest[i - whole] = x[i] - most;
  for (Index i = 0; i < n - whole; i += lanes<T>) store<T>(rest + i, falling_to_zero<T>(load<T>(rest + i)));
  for (Index i = whole; i < n; ++i) total += y[i] = rest[i - whole];
  return total;
}

/// y = exp(x - max) divided by its sum, row by row. `x` and `y` may be the same memory.
template <class T>
void softmax_rows(Index rows, Index cols, const T* x, T* y) noexcept {
  if (cols == 0) return;
  for (Index b = 0; b < rows; ++b) {
    const T* const from = x + b * cols;
    T* const to = y + b * cols;
    const T total = exponentials_and_sum<T>(from, largest_of<T>(from, cols), cols, to);
    divide_by_number<T>(to, total, to, cols);
  }
}

/// a_0 b_0 + ... + a_(n-1) b_(n-1), in sixteen sums of every sixteenth.
template <class T>
T sum_of_products(const T* a, const T* b, Index n) noexcept {
  Sixteen<T> sums;
  const Index whole = n / 16 * 16;
  for (Index i = 0; i < whole; i += 16) {
    WICK_UNROLL
    for (int v = 0; v < Sixteen<T>::vectors; ++v) {
      const Index at = i + v * lanes<T>;
      sums.part[v] = fma<T, lanes<T>>(load<T>(a + at), load<T>(b + at), sums.part[v]);
    }
  }
  T total = sum<T>(sums);
  for (Index i = whole; i < n; ++i) total = fma(a[i], b[i], total);
  return total;
}

template <class T>
struct TimesLess {
  Vec<T> number;
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> y, Vec<T> dy) const { return y * (dy - number); }
};

/// dx = y (dy - sum of y dy), row by row, given y = softmax(x). `dy` and `dx` may be the same memory.
template <class T>
void softmax_backward_rows(Index rows, Index cols, const T* y, const T* dy, T* dx) noexcept {
  for (Index b = 0; b < rows; ++b) {
    const Index at = b * cols;
    const T total = sum_of_products<T>(y + at, dy + at, cols);
    map_two<T>(y + at, dy + at, dx + at, cols, TimesLess<T>{all<T>(total)});
  }
}
