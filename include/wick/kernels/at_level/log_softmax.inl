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
      best = larger<T, lanes<T>>(v, best);
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

/// y_i = x_i - most, and the sum of the exponentials of that: up to sixteen are added one after the other, as
/// PyTorch does for rows that fit in a vector, more in sixteen sums of every sixteenth. No x_i is larger than
/// `most`; `x` and `y` may be the same memory.
template <class T>
T subtract_and_sum(const T* x, T most, Index n, T* y) noexcept {
  const Vec<T> mosts = all<T>(most);
  const Vec<T> least = all<T>(-most_exponent<T>);
  Sixteen<T> sums;
  const Index whole = n > 16 ? n / 16 * 16 : 0;
  for (Index i = 0; i < whole; i += 16) {
    WICK_UNROLL
    for (int v = 0; v < Sixteen<T>::vectors; ++v) {
      const Index at = i + v * lanes<T>;
      const Vec<T> less = load<T>(x + at) - mosts;
      store<T>(y + at, less);
      sums.part[v] = sums.part[v] + exponential_below_one<T>(larger<T, lanes<T>>(least, less));
    }
  }
  T total = sum<T>(sums);
  T e[16];
  subtract<T>(x + whole, most, y + whole, n - whole);
  exponentials<T>(y + whole, n - whole, e);
  for (Index i = whole; i < n; ++i) total += e[i - whole];
  return total;
}

/// Rows shorter than this are done side by side, one in each place of a vector.
inline constexpr Index short_row = 16;

/// block (cols, Lanes) = transpose of the `count` <= Lanes rows at x, behind which there are more, `left` in
/// all.
template <class T>
void rows_to_block(const T* x, Index count, Index left, Index cols, T* block) noexcept {
  constexpr int Lanes = lanes<T>;
  if (count == Lanes && cols == 2) {
    constexpr auto each = std::make_integer_sequence<int, Lanes>{};
    const Vec<T> a = load<T>(x);
    const Vec<T> b = load<T>(x + Lanes);
    store<T>(block, shuffled<T, Lanes, EverySecond<Lanes, 0>>(a, b, each));
    store<T>(block + Lanes, shuffled<T, Lanes, EverySecond<Lanes, 1>>(a, b, each));
    return;
  }
  for (Index from = 0; from < cols; from += Lanes) {
    // Whole vectors of each row, with what is behind it.
    if (count == Lanes && (Lanes - 1) * cols + from + Lanes <= left * cols) {
      Vec<T> part[static_cast<std::size_t>(Lanes)];
      WICK_UNROLL
      for (int i = 0; i < Lanes; ++i) part[i] = load<T>(x + i * cols + from);
      transpose_block<T>(part);
      WICK_UNROLL
      for (int i = 0; i < Lanes; ++i) store<T>(block + (from + i) * Lanes, part[i]);
      continue;
    }
    const Index end = from + Lanes < cols ? from + Lanes : cols;
    for (Index r = 0; r < count; ++r) {
      for (Index c = from; c < end; ++c) block[c * Lanes + r] = x[r * cols + c];
    }
  }
}

/// The opposite.
template <class T>
void block_to_rows(const T* block, Index count, Index cols, T* y) noexcept {
  constexpr int Lanes = lanes<T>;
  if (count == Lanes && cols == 2) {
    constexpr auto each = std::make_integer_sequence<int, Lanes>{};
    const Vec<T> a = load<T>(block);
    const Vec<T> b = load<T>(block + Lanes);
    store<T>(y, shuffled<T, Lanes, Interleaved<Lanes, Lanes, false>>(a, b, each));
    store<T>(y + Lanes, shuffled<T, Lanes, Interleaved<Lanes, Lanes, true>>(a, b, each));
    return;
  }
  const Index last = (cols - 1) / Lanes * Lanes;
  for (Index from = last; from >= 0; from -= Lanes) {
    const Index end = from + Lanes < cols ? from + Lanes : cols;
    // Whole vectors of each row; what they change of the rows behind it is written after that.
    Index whole = 0;
    if (count == Lanes) {
      Vec<T> part[static_cast<std::size_t>(Lanes)];
      WICK_UNROLL
      for (int i = 0; i < Lanes; ++i) part[i] = load<T>(block + (from + i) * Lanes);
      transpose_block<T>(part);
      for (; whole < Lanes && whole * cols + from + Lanes <= Lanes * cols; ++whole) {
        store<T>(y + whole * cols + from, part[whole]);
      }
    }
    for (Index r = whole; r < count; ++r) {
      for (Index c = from; c < end; ++c) y[r * cols + c] = block[c * Lanes + r];
    }
  }
}

#if WICK_HAS_VECTOR_TYPES && (defined(__x86_64__) || defined(__SSE2__) || defined(__aarch64__))

/// x, out of sight of a compiler that would fuse the product that it is with a sum.
WICK_FORCE_INLINE Vec<double> unfused(Vec<double> x) noexcept {
#if defined(__aarch64__)
  __asm__("" : "+w"(x));
#else
  __asm__("" : "+x"(x));
#endif
  return x;
}

/// log(x) for normal numbers and NaN, by the operations of the function log().
WICK_FORCE_INLINE Vec<double> logarithm(Vec<double> x) noexcept {
  constexpr int Lanes = lanes<double>;
  using Bits = std::uint64_t;
  const Vec<Bits> bits = same_bits<Bits, double, Lanes>(x);
  const Vec<Bits> fraction = (bits & all<Bits>(0x000fffffffffffffU)) | all<Bits>(0x3fe0000000000000U);
  const Vec<Bits> exponent = (bits >> 52) | all<Bits>(0x4330000000000000U);  // of 2^52 + exponent
  Vec<double> m = same_bits<double, Bits, Lanes>(fraction);                  // in [1/2, 1)
  Vec<double> k = same_bits<double, Bits, Lanes>(exponent) - all<double>(0x1p52 + 1022);
  const auto below = m < all<double>(log_half_root);
  k = select<double, Lanes>(below, k - all<double>(1), k);
  m = select<double, Lanes>(below, m + m, m);
  const Vec<double> f = m - all<double>(1);
  const Vec<double> s = f / (all<double>(2) + f);
  const Vec<double> z = s * s;
  const Vec<double> w = z * z;
  Vec<double> odd = all<double>(log_odds[4]);
  Vec<double> even = all<double>(log_evens[4]);
  WICK_UNROLL
  for (int i = 3; i >= 0; --i) {
    odd = all<double>(log_odds[i]) + unfused(w * odd);
    even = all<double>(log_evens[i]) + unfused(w * even);
  }
  odd = unfused(w * odd);
  even = unfused(z * even);
  const Vec<double> half_square = unfused(all<double>(0.5) * f * f);
  const Vec<double> rest = unfused(s * (half_square + (even + odd))) + unfused(k * all<double>(log_two_low));
  const Vec<double> y = unfused(k * all<double>(log_two_high)) - ((half_square - rest) - f);
  // NOLINTNEXTLINE(misc-redundant-expression): false of NaN
  return select<double, Lanes>(x == x, y, all<double>(__builtin_nan("")));
}

#else

inline Vec<double> logarithm(Vec<double> x) noexcept {
  for (int i = 0; i < lanes<double>; ++i) x[i] = log(x[i]);
  return x;
}

#endif

WICK_FORCE_INLINE Vec<double> log_of(Vec<double> x) noexcept { return logarithm(x); }
/// Rounded from the logarithm in double.
WICK_FORCE_INLINE Vec<float> log_of(Vec<float> x) noexcept {
  constexpr int half = lanes<double>;
  double wide[static_cast<std::size_t>(2 * half)];
  for (int i = 0; i < 2 * half; ++i) wide[i] = static_cast<double>(x[i]);
  for (int i = 0; i < 2 * half; i += half) store<double>(wide + i, logarithm(load<double>(wide + i)));
  for (int i = 0; i < 2 * half; ++i) x[i] = static_cast<float>(wide[i]);
  return x;
}

/// Log-softmax of the rows in the places of one vector: column c is at x + c * stride. By the same operations
/// as row by row.
template <class T>
void log_softmax_block(Index cols, T* x, Index stride) noexcept {
  if (cols == 0) return;
  constexpr int Lanes = lanes<T>;
  Vec<T> most = load<T>(x);
  for (Index c = 1; c < cols; ++c) {
    const Vec<T> v = load<T>(x + c * stride);
    const Vec<T> larger = select<T, Lanes>(most < v, v, most);
    // The first NaN stays.
    most = select<T, Lanes>(most == most, select<T, Lanes>(v == v, larger, v), most);
  }
  // In the order of subtract_and_sum().
  Vec<T> sum{};
  const Index whole = cols > 16 ? cols / 16 * 16 : 0;
  if (whole > 0) {
    Vec<T> part[16] = {};
    for (Index c = 0; c < whole; c += 16) {
      for (Index k = 0; k < 16; ++k) {
        const Vec<T> v = load<T>(x + (c + k) * stride) - most;
        store<T>(x + (c + k) * stride, v);
        part[k] = part[k] + exponential<T>(v);
      }
    }
    for (int n = 8; n > 0; n /= 2) {
      for (int i = 0; i < n; ++i) part[i] = part[i] + part[i + n];
    }
    sum = part[0];
  }
  for (Index c = whole; c < cols; ++c) {
    const Vec<T> v = load<T>(x + c * stride) - most;
    store<T>(x + c * stride, v);
    sum = sum + exponential<T>(v);
  }
  const Vec<T> logs = log_of(sum);
  for (Index c = 0; c < cols; ++c) store<T>(x + c * stride, load<T>(x + c * stride) - logs);
}

template <class T>
void log_softmax_rows(Index rows, Index cols, const T* x, T* y) noexcept {
  constexpr Index Lanes = lanes<T>;
  if (cols == 0) return;
  Index b = 0;
  if (cols < short_row && rows > 1) {
    T block[static_cast<std::size_t>(short_row * Lanes)] = {};
    for (; b < rows; b += Lanes) {
      const Index count = rows - b < Lanes ? rows - b : Lanes;
      rows_to_block<T>(x + b * cols, count, rows - b, cols, block);
      log_softmax_block<T>(cols, block, Lanes);
      block_to_rows<T>(block, count, cols, y + b * cols);
    }
    return;
  }
  for (; b < rows; ++b) {
    T* const row = y + b * cols;
    const T total = subtract_and_sum<T>(x + b * cols, largest_of<T>(x + b * cols, cols), cols, row);
    subtract<T>(row, static_cast<T>(log(static_cast<double>(total))), row, cols);
  }
}

template <class T>
struct LessExponentialTimes {
  Vec<T> number;
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> y, Vec<T> dy) const {
    return fma<T, lanes<T>>(-exponential<T>(y), number, dy);
  }
};

/// dx = dy - exp(y) * (sum of dy), row by row. `dy` and `dx` may be the same memory.
template <class T>
void log_softmax_backward_rows(Index rows, Index cols, const T* y, const T* dy, T* dx) noexcept {
  if (cols == 0) return;
  Index b = 0;
  if (cols < short_row && rows > 1) {
    constexpr int Lanes = lanes<T>;
    T block[static_cast<std::size_t>(short_row * Lanes)] = {};
    T gradient[static_cast<std::size_t>(short_row * Lanes)] = {};
    for (; b < rows; b += Lanes) {
      const Index count = rows - b < Lanes ? rows - b : Lanes;
      rows_to_block<T>(y + b * cols, count, rows - b, cols, block);
      rows_to_block<T>(dy + b * cols, count, rows - b, cols, gradient);
      Vec<T> sum{};
      for (Index c = 0; c < cols; ++c) sum = sum + load<T>(gradient + c * Lanes);
      for (Index c = 0; c < cols; ++c) {
        const Vec<T> e = exponential<T>(load<T>(block + c * Lanes));
        store<T>(gradient + c * Lanes, fma<T, Lanes>(-e, sum, load<T>(gradient + c * Lanes)));
      }
      block_to_rows<T>(gradient, count, cols, dx + b * cols);
    }
    return;
  }
  for (; b < rows; ++b) {
    const T sum = sum_of_numbers<T>(dy + b * cols, cols);
    map_two<T>(y + b * cols, dy + b * cols, dx + b * cols, cols, LessExponentialTimes<T>{all<T>(sum)});
  }
}
