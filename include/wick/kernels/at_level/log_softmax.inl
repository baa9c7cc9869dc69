// Log-softmax of rows.

/// The largest of n >= 1 numbers, or NaN if one of them is.
template <class T>
T largest_of(const T* x, Index n) noexcept {
  T most = x[0];
  Index i = 1;
  if (n >= 2 * lanes<T>) {
    Vec<T> best = load<T>(x);
    Vec<T> bad{};
    for (i = 0; i + lanes<T> <= n; i += lanes<T>) {
      const Vec<T> v = load<T>(x + i);
      best = select<T, lanes<T>>(best < v, v, best);
      bad = select<T, lanes<T>>(v == v, bad, v);
    }
    for (int k = 0; k < lanes<T>; ++k) {
      if (most < best[k]) most = best[k];
      if (!(bad[k] == bad[k])) return bad[k];
    }
  }
  for (; i < n; ++i) {
    if (!(x[i] <= most)) most = x[i];
    if (!(most == most)) return most;
  }
  return most;
}

/// y_i = x_i - a. `x` and `y` may be the same memory.
template <class T>
void subtract(const T* x, T a, T* y, Index n) noexcept {
  const Vec<T> as = all<T>(a);
  const Index whole = n / lanes<T> * lanes<T>;
  for (Index i = 0; i < whole; i += lanes<T>) store<T>(y + i, load<T>(x + i) - as);
  for (Index i = whole; i < n; ++i) y[i] = x[i] - a;
}

/// exp(x_0) + exp(x_1) + ..., added one after the other as PyTorch does for rows that fit in a vector.
template <class T>
T sum_of_exp(const T* x, Index n) noexcept {
  constexpr Index chunk = 64;
  T e[static_cast<std::size_t>(chunk)];
  T sum = 0;
  for (Index from = 0; from < n; from += chunk) {
    const Index count = n - from < chunk ? n - from : chunk;
    exponentials<T>(x + from, count, e);
    for (Index i = 0; i < count; ++i) sum += e[i];
  }
  return sum;
}

template <class T>
void log_softmax_rows(Index rows, Index cols, const T* x, T* y) noexcept {
  for (Index b = 0; b < rows; ++b) {
    T* const row = y + b * cols;
    subtract<T>(x + b * cols, largest_of<T>(x + b * cols, cols), row, cols);
    subtract<T>(row, static_cast<T>(log(static_cast<double>(sum_of_exp<T>(row, cols)))), row, cols);
  }
}

/// dx = dy - exp(y) * (sum of dy), row by row. `dy` and `dx` may be the same memory.
template <class T>
void log_softmax_backward_rows(Index rows, Index cols, const T* y, const T* dy, T* dx) noexcept {
  constexpr Index chunk = 64;
  T e[static_cast<std::size_t>(chunk)];
  for (Index b = 0; b < rows; ++b) {
    const T sum = sum_of_numbers<T>(dy + b * cols, cols);
    for (Index from = 0; from < cols; from += chunk) {
      const Index count = cols - from < chunk ? cols - from : chunk;
      const Index at = b * cols + from;
      exponentials<T>(y + at, count, e);
      const Index whole = count / lanes<T> * lanes<T>;
      for (Index i = 0; i < whole; i += lanes<T>) {
        store<T>(dx + at + i, fma<T, lanes<T>>(-load<T>(e + i), all<T>(sum), load<T>(dy + at + i)));
      }
      for (Index i = whole; i < count; ++i) dx[at + i] = fma(-e[i], sum, dy[at + i]);
    }
  }
}
