// Softmax of rows.

template <class T>
struct ExponentialOfLess {
  Vec<T> number;
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> x) const { return Exponential<T>()(x - number); }
};

/// y = exp(x - max) divided by its sum, row by row. `x` and `y` may be the same memory.
template <class T>
void softmax_rows(Index rows, Index cols, const T* x, T* y) noexcept {
  if (cols == 0) return;
  for (Index b = 0; b < rows; ++b) {
    const T* const from = x + b * cols;
    T* const to = y + b * cols;
    map_one<T>(from, to, cols, ExponentialOfLess<T>{all<T>(largest_of<T>(from, cols))});
    divide_by_number<T>(to, sum_of_numbers<T>(to, cols), to, cols);
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
