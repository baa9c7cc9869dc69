// Layer normalisation, forward and backward.

/// The sum of (x - m)^2.
template <class T>
T sum_of_squares_about(const T* x, T m, Index n) noexcept {
  Sixteen<T> sums;
  const Vec<T> mean = all<T>(m);
  const Index whole = n / 16 * 16;
  for (Index i = 0; i < whole; i += 16) {
    WICK_UNROLL
    for (int v = 0; v < Sixteen<T>::vectors; ++v) {
      const Vec<T> d = load<T>(x + i + v * lanes<T>) - mean;
      sums.part[v] = fma<T, lanes<T>>(d, d, sums.part[v]);
    }
  }
  T total = sum<T>(sums);
  for (Index i = whole; i < n; ++i) {
    const T d = x[i] - m;
    total = fma(d, d, total);
  }
  return total;
}

/// y = (x - mean) / sqrt(variance + eps) * gamma + beta for each row; mean and 1 / sqrt(...) are kept unless
/// null.
template <class T>
void layer_norm_forward(Index rows, Index cols, const T* x, const T* gamma, const T* beta, T eps, T* y,
                        T* mean, T* rstd) noexcept {
  for (Index r = 0; r < rows; ++r) {
    const T* const in = x + r * cols;
    T* const out = y + r * cols;
    const T m = sum_of_numbers<T>(in, cols) / static_cast<T>(cols);
    const T v = sum_of_squares_about<T>(in, m, cols) / static_cast<T>(cols);
    const T s = T(1) / std::sqrt(v + eps);
    if (mean != nullptr) {
      mean[r] = m;
      rstd[r] = s;
    }
    const Vec<T> ms = all<T>(m);
    const Vec<T> ss = all<T>(s);
    const Index whole = cols / lanes<T> * lanes<T>;
    for (Index i = 0; i < whole; i += lanes<T>) {
      store<T>(out + i, fma<T, lanes<T>>((load<T>(in + i) - ms) * ss, load<T>(gamma + i), load<T>(beta + i)));
    }
    for (Index i = whole; i < cols; ++i) out[i] = fma((in[i] - m) * s, gamma[i], beta[i]);
  }
}

/// dx, which may be dy, and sums over the rows for gamma and beta, added to what is there or written over it;
/// all three may be null.
template <class T>
void layer_norm_backward(Index rows, Index cols, const T* x, const T* gamma, const T* mean, const T* rstd,
                         const T* dy, T* dx, T* dgamma, T* dbeta, bool accumulate) noexcept {
  if (dgamma != nullptr && !accumulate) {
    for (Index i = 0; i < cols; ++i) dgamma[i] = dbeta[i] = T(0);
  }
  const Index whole = cols / lanes<T> * lanes<T>;
  for (Index r = 0; r < rows; ++r) {
    const T* const in = x + r * cols;
    const T* const up = dy + r * cols;
    T* const out = dx == nullptr ? nullptr : dx + r * cols;
    const T m = mean[r];
    const T s = rstd[r];
    const Vec<T> ms = all<T>(m);
    const Vec<T> ss = all<T>(s);
    Vec<T> sum1{};
    Vec<T> sum2{};
    for (Index i = 0; i < whole; i += lanes<T>) {
      const Vec<T> h = (load<T>(in + i) - ms) * ss;
      const Vec<T> d = load<T>(up + i);
      const Vec<T> g = d * load<T>(gamma + i);
      sum1 = sum1 + g;
      sum2 = fma<T, lanes<T>>(g, h, sum2);
      if (dgamma != nullptr) {
        store<T>(dgamma + i, fma<T, lanes<T>>(d, h, load<T>(dgamma + i)));
        store<T>(dbeta + i, load<T>(dbeta + i) + d);
      }
    }
    T a = sum<T, lanes<T>>(sum1);
    T b = sum<T, lanes<T>>(sum2);
    for (Index i = whole; i < cols; ++i) {
      const T h = (in[i] - m) * s;
      const T g = up[i] * gamma[i];
      a += g;
      b = fma(g, h, b);
      if (dgamma != nullptr) {
        dgamma[i] = fma(up[i], h, dgamma[i]);
        dbeta[i] += up[i];
      }
    }
    if (out == nullptr) continue;
    a /= static_cast<T>(cols);
    b /= static_cast<T>(cols);
    const Vec<T> as = all<T>(a);
    const Vec<T> bs = all<T>(b);
    for (Index i = 0; i < whole; i += lanes<T>) {
      const Vec<T> h = (load<T>(in + i) - ms) * ss;
      const Vec<T> g = load<T>(up + i) * load<T>(gamma + i) - as;
      store<T>(out + i, fma<T, lanes<T>>(-h, bs, g) * ss);
    }
    for (Index i = whole; i < cols; ++i) {
      const T h = (in[i] - m) * s;
      out[i] = fma(-h, b, up[i] * gamma[i] - a) * s;
    }
  }
}
