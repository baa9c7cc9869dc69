// Elements of Muon. Numbers of bfloat16 are floats whose lower half is zero.

/// a b + c, rounded once, whether the level has an instruction for it or not.
WICK_FORCE_INLINE float rounded_once(float a, float b, float c) {
#if WICK_LEVEL_FUSED
  return fma(a, b, c);
#else
  return std::fma(a, b, c);
#endif
}
WICK_FORCE_INLINE double rounded_once(double a, double b, double c) {
#if WICK_LEVEL_FUSED
  return fma(a, b, c);
#else
  return std::fma(a, b, c);
#endif
}
WICK_FORCE_INLINE Vec<float> rounded_once(Vec<float> a, Vec<float> b, Vec<float> c) {
#if WICK_LEVEL_FUSED
  return fma<float, lanes<float>>(a, b, c);
#else
  Vec<float> result = c;
  for (int i = 0; i < lanes<float>; ++i) result[i] = rounded_once(a[i], b[i], c[i]);
  return result;
#endif
}

/// x to the nearest bfloat16, to the even one of two.
WICK_FORCE_INLINE Vec<float> as_bfloat16(Vec<float> x) {
  constexpr int Lanes = lanes<float>;
  using Bits = std::uint32_t;
  const Vec<Bits, Lanes> bits = same_bits<Bits, float, Lanes>(x);
  const Vec<Bits, Lanes> odd = (bits >> 16) & all<Bits>(1U);
  const Vec<Bits, Lanes> rounded = (bits + all<Bits>(0x7fffU) + odd) & all<Bits>(0xffff0000U);
  const Vec<Bits, Lanes> nan = (bits | all<Bits>(0x400000U)) & all<Bits>(0xffff0000U);
  // NOLINTNEXTLINE(misc-redundant-expression): NaN is not equal to itself
  return same_bits<float, Bits, Lanes>(select<Bits, Lanes>(x == x, rounded, nan));
}
WICK_FORCE_INLINE float as_bfloat16(float x) {
  Vec<float> one{};
  one[0] = x;
  return as_bfloat16(one)[0];
}

/// from + weight (to - from) as PyTorch rounds it: from the end that is nearer.
template <class T>
struct Lerp {
  T factor;
  bool from_start;
  explicit Lerp(T weight) : factor(weight), from_start(weight < T(0.5) && weight > T(-0.5)) {
    if (!from_start) factor = weight - T(1);
  }
  template <class Number>
  WICK_FORCE_INLINE Number operator()(Number factors, Number from, Number to) const {
    return rounded_once(factors, to - from, from_start ? from : to);
  }
};

/// buffer = buffer + take (g - buffer), and what is made orthogonal, in bfloat16: with nesterov
/// g + momentum (buffer - g), else the buffer. Whole vectors.
template <class T>
void muon_momentum(T take, T momentum, bool nesterov, Index n, const T* g, T* buffer, float* u) noexcept {
  const Lerp<T> taken(take);
  const Lerp<T> ahead(momentum);
  if constexpr (sizeof(T) == sizeof(float)) {
    for (Index i = 0; i < n; i += lanes<float>) {
      const Vec<float> gradient = load<float>(g + i);
      const Vec<float> now = taken(all<float>(taken.factor), load<float>(buffer + i), gradient);
      store<float>(buffer + i, now);
      store<float>(u + i, as_bfloat16(nesterov ? ahead(all<float>(ahead.factor), gradient, now) : now));
    }
  } else {
    for (Index i = 0; i < n; ++i) {
      const T now = taken(taken.factor, buffer[i], g[i]);
      buffer[i] = now;
      u[i] = as_bfloat16(static_cast<float>(nesterov ? ahead(ahead.factor, g[i], now) : now));
    }
  }
}

inline void muon_round(Index n, float* p) noexcept {
  Index i = 0;
  for (; i + lanes<float> <= n; i += lanes<float>) store<float>(p + i, as_bfloat16(load<float>(p + i)));
  for (; i < n; ++i) p[i] = as_bfloat16(p[i]);
}

/// p = a p + b c, in bfloat16.
inline void muon_combine(float a, float b, Index n, const float* c, float* p) noexcept {
  Index i = 0;
  for (; i + lanes<float> <= n; i += lanes<float>) {
    const Vec<float> scaled = product<float>(all<float>(a), load<float>(p + i));
    store<float>(p + i, as_bfloat16(rounded_once(all<float>(b), load<float>(c + i), scaled)));
  }
  for (; i < n; ++i)
    p[i] = as_bfloat16(rounded_once(b, c[i], product<float>(all<float>(a), all<float>(p[i]))[0]));
}

/// p = keep p + alpha u. Whole vectors.
template <class T>
void muon_move(T keep, T alpha, Index n, const float* u, T* p) noexcept {
  if constexpr (sizeof(T) == sizeof(float)) {
    for (Index i = 0; i < n; i += lanes<float>) {
      const Vec<float> kept = product<float>(load<float>(p + i), all<float>(keep));
      store<float>(p + i, rounded_once(load<float>(u + i), all<float>(alpha), kept));
    }
  } else {
    for (Index i = 0; i < n; ++i) {
      p[i] = rounded_once(static_cast<T>(u[i]), alpha, product<T>(all<T>(p[i]), all<T>(keep))[0]);
    }
  }
}

/// Columns of a product that are computed together.
inline constexpr Index muon_columns = Registers<float>::cols;

/// Sums of a product in `count` columns, at most muon_columns, from `column` on and in rows [first, p.rows):
/// `tile` (p.rows - first, muon_columns). `packed` has room for muon_columns * muon_depth(p.depth) numbers.
inline void muon_sums(const MuonProduct& p, Index column, Index count, Index first, float* packed,
                      float* tile) noexcept {
  const Index most = muon_depth(p.depth);
  for (Index from = 0; from < p.depth; from += most) {
    const Index depth = p.depth - from < most ? p.depth - from : most;
    if (count < muon_columns) {
      for (Index i = 0; i < depth * muon_columns; ++i) packed[i] = 0;
    }
    if (p.transposed) {
      transpose<float>(p.right + column * p.right_stride + from, p.right_stride, count, depth, packed,
                       muon_columns);
    } else {
      for (Index k = 0; k < depth; ++k) {
        const float* const row = p.right + (from + k) * p.right_stride + column;
        float* const to = packed + k * muon_columns;
        if (count == muon_columns) {
          store<float>(to, load<float>(row));
          store<float>(to + lanes<float>, load<float>(row + lanes<float>));
        } else {
          for (Index c = 0; c < count; ++c) to[c] = row[c];
        }
      }
    }
    Index group = 0;
    for (Index r = first; r < p.rows; r += group) {
      group = Registers<float>::next_rows(p.rows - r);
      product_group<float, false>(group, muon_columns, depth, p.left + r * p.left_stride + from,
                                  p.left_stride, packed, tile + (r - first) * muon_columns, muon_columns,
                                  added(from > 0, tile + (r - first) * muon_columns, muon_columns));
    }
  }
}
