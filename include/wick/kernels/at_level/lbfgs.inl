// What LBFGS does with vectors as long as all parameters. Sums are of double, in sixteen sums of every
// sixteenth element, and products are rounded before they are added, so every level gives the same bits.

/// As many numbers as a vector of double has places.
WICK_FORCE_INLINE Vec<double> doubles_at(const double* x) { return load<double>(x); }
WICK_FORCE_INLINE Vec<double> doubles_at(const float* x) {
#if WICK_HAS_VECTOR_TYPES && WICK_LEVEL_BYTES >= 32
  return __builtin_convertvector((load<float, lanes<double>>(x)), Vec<double>);
#else
  double wide[static_cast<std::size_t>(lanes<double>)];
  for (int i = 0; i < lanes<double>; ++i) wide[i] = static_cast<double>(x[i]);
  return load<double>(wide);
#endif
}

/// Adds the products of n numbers, a multiple of 16.
template <class T>
WICK_FORCE_INLINE void add_products(const T* a, const T* b, Index n, Sixteen<double>& sums) {
  for (Index i = 0; i < n; i += 16) {
    WICK_UNROLL
    for (Index v = 0; v < Sixteen<double>::vectors; ++v) {
      const Index at = i + v * lanes<double>;
      sums.part[v] = sums.part[v] + product<double>(doubles_at(a + at), doubles_at(b + at));
    }
  }
}
/// The sums, and n products that are left.
template <class T>
WICK_FORCE_INLINE double with_rest(const Sixteen<double>& sums, const T* a, const T* b, Index n) {
  double total = sum<double>(sums);
  for (Index i = 0; i < n; ++i) {
    const Vec<double> left = all<double>(static_cast<double>(a[i]));
    total += product<double>(left, all<double>(static_cast<double>(b[i])))[0];
  }
  return total;
}

/// a_0 b_0 + a_1 b_1 + ...
template <class T>
double dot_in_double(const T* a, const T* b, Index n) noexcept {
  const Index whole = n / 16 * 16;
  Sixteen<double> sums;
  add_products<T>(a, b, whole, sums);
  return with_rest<T>(sums, a + whole, b + whole, n - whole);
}

/// y_i = y_i + a x_i for n numbers, a multiple of a vector's.
template <class T>
WICK_FORCE_INLINE void add_vectors_times(Vec<T> a, const T* x, T* y, Index n) {
  for (Index i = 0; i < n; i += lanes<T>) store<T>(y + i, load<T>(y + i) + product<T>(a, load<T>(x + i)));
}
/// y_i = y_i + a x_i
template <class T>
void add_times(T a, const T* x, T* y, Index n) noexcept {
  const Vec<T> factor = all<T>(a);
  const Index whole = n / lanes<T> * lanes<T>;
  add_vectors_times<T>(factor, x, y, whole);
  for (Index i = whole; i < n; ++i) y[i] += product<T>(factor, all<T>(x[i]))[0];
}

/// The same, and then y_0 z_0 + y_1 z_1 + ..., while y is in the cache.
template <class T>
double add_times_and_dot(T a, const T* x, T* y, const T* z, Index n) noexcept {
  const Vec<T> factor = all<T>(a);
  const Index whole = n / 16 * 16;
  Sixteen<double> sums;
  for (Index from = 0; from < whole; from += 16) {
    add_vectors_times<T>(factor, x + from, y + from, 16);
    add_products<T>(y + from, z + from, 16, sums);
  }
  add_times<T>(a, x + whole, y + whole, n - whole);
  return with_rest<T>(sums, y + whole, z + whole, n - whole);
}

/// |x_0| + |x_1| + ...
template <class T>
double sum_of_sizes(const T* x, Index n) noexcept {
  using Bits = std::uint64_t;
  const auto others = all<Bits>(~Bits{0} >> 1);
  const Index whole = n / 16 * 16;
  Sixteen<double> sums;
  for (Index i = 0; i < whole; i += 16) {
    WICK_UNROLL
    for (int v = 0; v < Sixteen<double>::vectors; ++v) {
      const auto bits = same_bits<Bits, double, lanes<double>>(doubles_at(x + i + v * lanes<double>));
      sums.part[v] = sums.part[v] + same_bits<double, Bits, lanes<double>>(bits & others);
    }
  }
  double total = sum<double>(sums);
  for (Index i = whole; i < n; ++i) total += static_cast<double>(x[i] < T(0) ? -x[i] : x[i]);
  return total;
}

/// The largest |x_i|, 0 of none; NaN if one is.
template <class T>
T largest_size(const T* x, Index n) noexcept {
  Vec<T> most{};
  Vec<T> bad{};
  const Index whole = n / lanes<T> * lanes<T>;
  for (Index i = 0; i < whole; i += lanes<T>) {
    const Vec<T> v = load<T>(x + i);
    const Vec<T> size = select<T, lanes<T>>(v < Vec<T>{}, -v, v);
    most = select<T, lanes<T>>(most < size, size, most);
    bad = select<T, lanes<T>>(v == v, bad, v);  // NOLINT(misc-redundant-expression): false of NaN
  }
  T largest = 0;
  for (int i = 0; i < lanes<T>; ++i) {
    if (!(bad[i] == bad[i])) return bad[i];  // NOLINT(misc-redundant-expression): as above
    if (largest < most[i]) largest = most[i];
  }
  for (Index i = whole; i < n; ++i) {
    const T size = x[i] < T(0) ? -x[i] : x[i];
    if (!(size <= largest)) largest = size;
    if (!(largest == largest)) return largest;  // NOLINT(misc-redundant-expression): as above
  }
  return largest;
}
