// ReLU with the mask of dropout, forward and backward.

/// max(x, 0); NaN stays NaN, and -0 is -0.
template <class T>
WICK_FORCE_INLINE Vec<T> relu(Vec<T> x) {
  const Vec<T> zeros{};
  return select<T, lanes<T>>(x < zeros, zeros, x);
}
template <class T>
WICK_FORCE_INLINE T relu(T x) {
  return x < T(0) ? T(0) : x;
}

template <class T>
void relu_forward(const T* x, T* y, Index n) noexcept {
  const Index whole = n / lanes<T> * lanes<T>;
  for (Index i = 0; i < whole; i += lanes<T>) store<T>(y + i, relu<T>(load<T>(x + i)));
  for (Index i = whole; i < n; ++i) y[i] = relu(x[i]);
}

template <class T>
void relu_mask_forward(const T* x, const T* mask, T* y, Index n) noexcept {
  const Index whole = n / lanes<T> * lanes<T>;
  for (Index i = 0; i < whole; i += lanes<T>) store<T>(y + i, relu<T>(load<T>(x + i)) * load<T>(mask + i));
  for (Index i = whole; i < n; ++i) y[i] = relu(x[i]) * mask[i];
}

template <class T>
void relu_mask_backward(const T* y, T scale, const T* dy, T* dx, Index n) noexcept {
  const Vec<T> zeros{};
  const Vec<T> scales = all<T>(scale);
  const Index whole = n / lanes<T> * lanes<T>;
  for (Index i = 0; i < whole; i += lanes<T>) {
    store<T>(dx + i, select<T, lanes<T>>(load<T>(y + i) <= zeros, zeros, load<T>(dy + i) * scales));
  }
  for (Index i = whole; i < n; ++i) dx[i] = y[i] <= T(0) ? T(0) : dy[i] * scale;
}
