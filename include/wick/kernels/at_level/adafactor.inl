// Sums and updates of Adafactor, in double. Products are rounded before they are added, and sums have the
// same order on every level, so every level gives the same bits.

/// As many numbers as a vector of doubles has.
template <class T>
WICK_FORCE_INLINE Vec<double> load_doubles(const T* x) noexcept {
  if constexpr (sizeof(T) == sizeof(double)) {
    return load<double>(x);
  } else {
#if WICK_HAS_VECTOR_TYPES
    return __builtin_convertvector((load<T, lanes<double>>(x)), Vec<double>);
#else
    Vec<double> wide{};
    for (int i = 0; i < lanes<double>; ++i) wide[i] = x[i];
    return wide;
#endif
  }
}
template <class T>
WICK_FORCE_INLINE void store_doubles(T* to, Vec<double> x) noexcept {
  if constexpr (sizeof(T) == sizeof(double)) {
    store<double>(to, x);
  } else {
#if WICK_HAS_VECTOR_TYPES
    store<T, lanes<double>>(to, __builtin_convertvector(x, Vec<T, lanes<double>>));
#else
    for (int i = 0; i < lanes<double>; ++i) to[i] = static_cast<T>(x[i]);
#endif
  }
}

/// a b, rounded before anything is added to it.
WICK_FORCE_INLINE double product_of(double a, double b) noexcept {
  return product<double>(all<double>(a), all<double>(b))[0];
}

/// f(at)^2 + ... for n numbers, in sixteen sums of every sixteenth; f gives a vector or, by `one`, a number.
template <class Vectors, class One>
WICK_FORCE_INLINE double sum_of_squares_of(Index n, const Vectors& f, const One& one) noexcept {
  Sixteen<double> sums;
  const Index whole = n / 16 * 16;
  for (Index i = 0; i < whole; i += 16) {
    WICK_UNROLL
    for (Index v = 0; v < Sixteen<double>::vectors; ++v) {
      const Vec<double> x = f(i + v * lanes<double>);
      sums.part[v] = sums.part[v] + product<double>(x, x);
    }
  }
  double total = sum<double>(sums);
  for (Index i = whole; i < n; ++i) {
    const double x = one(i);
    total += product_of(x, x);
  }
  return total;
}

template <class T>
struct NumbersAt {
  const T* x;
  WICK_FORCE_INLINE Vec<double> operator()(Index i) const { return load_doubles<T>(x + i); }
};
template <class T>
struct NumberAt {
  const T* x;
  WICK_FORCE_INLINE double operator()(Index i) const { return static_cast<double>(x[i]); }
};
/// x_0^2 + ... + x_(n-1)^2
template <class T>
double sum_of_squares(const T* x, Index n) noexcept {
  return sum_of_squares_of(n, NumbersAt<T>{x}, NumberAt<T>{x});
}

/// sums_i += x_i^2
template <class T>
void add_squares(const T* x, double* sums, Index n) noexcept {
  const Index whole = n / lanes<double> * lanes<double>;
  for (Index i = 0; i < whole; i += lanes<double>) {
    const Vec<double> v = load_doubles<T>(x + i);
    store<double>(sums + i, load<double>(sums + i) + product<double>(v, v));
  }
  for (Index i = whole; i < n; ++i) {
    const auto v = static_cast<double>(x[i]);
    sums[i] += product_of(v, v);
  }
}

/// Of a part of a row: g_i times the least of row * column_i and `most`.
template <class T>
struct AdafactorUpdates {
  const T* g;
  const double* columns;
  double row, most;
  WICK_FORCE_INLINE Vec<double> operator()(Index i) const {
    const Vec<double> limit = all<double>(most);
    const Vec<double> scale = all<double>(row) * load<double>(columns + i);
    return load_doubles<T>(g + i) * select<double, lanes<double>>(limit < scale, limit, scale);
  }
};
template <class T>
struct AdafactorUpdate {
  const T* g;
  const double* columns;
  double row, most;
  WICK_FORCE_INLINE double operator()(Index i) const {
    const double scale = row * columns[i];
    return static_cast<double>(g[i]) * (most < scale ? most : scale);
  }
};
template <class T>
double adafactor_squares(const T* g, const double* columns, double row, double most, Index n) noexcept {
  return sum_of_squares_of(n, AdafactorUpdates<T>{g, columns, row, most},
                           AdafactorUpdate<T>{g, columns, row, most});
}
/// p_i = keep p_i + factor times the update.
template <class T>
void adafactor_move(const T* g, const double* columns, double row, double most, double keep, double factor,
                    T* p, Index n) noexcept {
  const AdafactorUpdates<T> updates{g, columns, row, most};
  const AdafactorUpdate<T> update{g, columns, row, most};
  const Index whole = n / lanes<double> * lanes<double>;
  for (Index i = 0; i < whole; i += lanes<double>) {
    store_doubles<T>(p + i, product<double>(load_doubles<T>(p + i), all<double>(keep)) +
                                product<double>(all<double>(factor), updates(i)));
  }
  for (Index i = whole; i < n; ++i) {
    p[i] = static_cast<T>(product_of(static_cast<double>(p[i]), keep) + product_of(factor, update(i)));
  }
}
