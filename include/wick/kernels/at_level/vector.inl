// Vectors of `Lanes` numbers and what kernels do with them.

using Index = std::ptrdiff_t;

/// Numbers of type T in a vector of this level.
template <class T>
inline constexpr int lanes = WICK_LEVEL_BYTES / static_cast<int>(sizeof(T));

#if WICK_HAS_VECTOR_TYPES

template <class T, int Lanes>
struct VectorOf {
  typedef T type __attribute__((vector_size(sizeof(T) * Lanes)));  // NOLINT(modernize-use-using): dependent
  typedef T loose                                                  // NOLINT(modernize-use-using): as above
      __attribute__((vector_size(sizeof(T) * Lanes), aligned(alignof(T)), may_alias));
};
template <class T, int Lanes = lanes<T>>
using Vec = typename VectorOf<T, Lanes>::type;

template <class T, int Lanes = lanes<T>>
WICK_FORCE_INLINE Vec<T, Lanes> load(const T* p) {
  return *reinterpret_cast<const typename VectorOf<T, Lanes>::loose*>(p);
}
template <class T, int Lanes = lanes<T>>
WICK_FORCE_INLINE void store(T* p, Vec<T, Lanes> v) {
  *reinterpret_cast<typename VectorOf<T, Lanes>::loose*>(p) = v;
}
/// x in every place.
template <class T, int Lanes = lanes<T>>
WICK_FORCE_INLINE Vec<T, Lanes> all(T x) {
  if constexpr (std::is_integral_v<T>) {
    return x + Vec<T, Lanes>{};
  } else {
    return x - Vec<T, Lanes>{};  // keeps -0
  }
}
template <class T, int Lanes, class Mask>
WICK_FORCE_INLINE Vec<T, Lanes> select(const Mask& mask, Vec<T, Lanes> a, Vec<T, Lanes> b) {
  return mask ? a : b;
}
template <class To, class From, int Lanes>
WICK_FORCE_INLINE Vec<To, Lanes> same_bits(Vec<From, Lanes> v) {
  static_assert(sizeof(To) == sizeof(From));
  return reinterpret_cast<Vec<To, Lanes>>(v);
}

/// The places of a and b that `Places::at(i)` names; those of b begin with Lanes.
template <class T, int Lanes, class Places, int... i>
WICK_FORCE_INLINE auto shuffled(Vec<T, Lanes> a, Vec<T, Lanes> b,
                                std::integer_sequence<int, i...> /*places*/) {
  return __builtin_shufflevector(a, b, Places::at(i)...);
}

#else

/// For compilers without vector types: they may make vectors of the loops.
template <class T, int Lanes = lanes<T>>
struct Vec {
  T x[static_cast<std::size_t>(Lanes)];

  T& operator[](int i) { return x[i]; }
  T operator[](int i) const { return x[i]; }
  friend Vec operator+(const Vec& a, const Vec& b) {
    Vec v;
    for (int i = 0; i < Lanes; ++i) v.x[i] = a.x[i] + b.x[i];
    return v;
  }
  friend Vec operator-(const Vec& a, const Vec& b) {
    Vec v;
    for (int i = 0; i < Lanes; ++i) v.x[i] = a.x[i] - b.x[i];
    return v;
  }
  friend Vec operator*(const Vec& a, const Vec& b) {
    Vec v;
    for (int i = 0; i < Lanes; ++i) v.x[i] = a.x[i] * b.x[i];
    return v;
  }
  friend Vec operator/(const Vec& a, const Vec& b) {
    Vec v;
    for (int i = 0; i < Lanes; ++i) v.x[i] = a.x[i] / b.x[i];
    return v;
  }
  friend Vec operator^(const Vec& a, const Vec& b) {
    Vec v;
    for (int i = 0; i < Lanes; ++i) v.x[i] = a.x[i] ^ b.x[i];
    return v;
  }
  friend Vec operator&(const Vec& a, const Vec& b) {
    Vec v;
    for (int i = 0; i < Lanes; ++i) v.x[i] = a.x[i] & b.x[i];
    return v;
  }
  friend Vec operator|(const Vec& a, const Vec& b) {
    Vec v;
    for (int i = 0; i < Lanes; ++i) v.x[i] = a.x[i] | b.x[i];
    return v;
  }
  friend Vec<bool, Lanes> operator<(const Vec& a, const Vec& b) {
    Vec<bool, Lanes> v;
    for (int i = 0; i < Lanes; ++i) v.x[i] = a.x[i] < b.x[i];
    return v;
  }
  friend Vec<bool, Lanes> operator==(const Vec& a, const Vec& b) {
    Vec<bool, Lanes> v;
    for (int i = 0; i < Lanes; ++i) v.x[i] = a.x[i] == b.x[i];
    return v;
  }
  friend Vec operator-(const Vec& a) {
    Vec v;
    for (int i = 0; i < Lanes; ++i) v.x[i] = -a.x[i];
    return v;
  }
  friend Vec operator<<(const Vec& a, int n) {
    Vec v;
    for (int i = 0; i < Lanes; ++i) v.x[i] = a.x[i] << n;
    return v;
  }
  friend Vec operator>>(const Vec& a, int n) {
    Vec v;
    for (int i = 0; i < Lanes; ++i) v.x[i] = a.x[i] >> n;
    return v;
  }
};

template <class T, int Lanes = lanes<T>>
Vec<T, Lanes> load(const T* p) {
  Vec<T, Lanes> v;
  for (int i = 0; i < Lanes; ++i) v.x[i] = p[i];
  return v;
}
template <class T, int Lanes = lanes<T>>
void store(T* p, const Vec<T, Lanes>& v) {
  for (int i = 0; i < Lanes; ++i) p[i] = v.x[i];
}
template <class T, int Lanes = lanes<T>>
Vec<T, Lanes> all(T x) {
  Vec<T, Lanes> v;
  for (int i = 0; i < Lanes; ++i) v.x[i] = x;
  return v;
}
template <class T, int Lanes, class Mask>
Vec<T, Lanes> select(const Mask& mask, const Vec<T, Lanes>& a, const Vec<T, Lanes>& b) {
  Vec<T, Lanes> v;
  for (int i = 0; i < Lanes; ++i) v.x[i] = mask.x[i] ? a.x[i] : b.x[i];
  return v;
}
template <class To, class From, int Lanes>
Vec<To, Lanes> same_bits(const Vec<From, Lanes>& v) {
  return std::bit_cast<Vec<To, Lanes>>(v);
}
template <class T, int Lanes, class Places, int... i>
auto shuffled(const Vec<T, Lanes>& a, const Vec<T, Lanes>& b, std::integer_sequence<int, i...> /*places*/) {
  return Vec<T, static_cast<int>(sizeof...(i))>{
      {(Places::at(i) < Lanes ? a.x[Places::at(i) % Lanes] : b.x[Places::at(i) % Lanes])...}};
}

#endif

#if WICK_LEVEL_BYTES == 64
/// A mask without holes, in the types that each compiler's functions take.
inline constexpr auto eight_lanes = static_cast<unsigned char>(-1);
#if defined(__clang__)
inline constexpr auto sixteen_lanes = static_cast<unsigned short>(-1);
#else
inline constexpr auto sixteen_lanes = static_cast<short>(-1);
#endif
#endif

/// a b + c: rounded once where the level has such an instruction, otherwise twice.
WICK_FORCE_INLINE float fma(float a, float b, float c) {
#if WICK_LEVEL_FUSED
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}
WICK_FORCE_INLINE double fma(double a, double b, double c) {
#if WICK_LEVEL_FUSED
  return __builtin_fma(a, b, c);
#else
  return a * b + c;
#endif
}

template <class T, int Lanes>
WICK_FORCE_INLINE Vec<T, Lanes> fma(Vec<T, Lanes> a, Vec<T, Lanes> b, Vec<T, Lanes> c) {
#if !WICK_LEVEL_FUSED
  return a * b + c;
#elif defined(__x86_64__) && WICK_HAS_VECTOR_TYPES
  constexpr bool single = sizeof(T) == 4;
#if WICK_LEVEL_BYTES == 64
  if constexpr (Lanes * sizeof(T) == 64) {
    if constexpr (single) return __builtin_ia32_vfmaddps512_mask(a, b, c, sixteen_lanes, 4);
    if constexpr (!single) return __builtin_ia32_vfmaddpd512_mask(a, b, c, eight_lanes, 4);
  }
#endif
#if WICK_LEVEL_BYTES >= 32
  if constexpr (Lanes * sizeof(T) == 32) {
    if constexpr (single) return __builtin_ia32_vfmaddps256(a, b, c);
    if constexpr (!single) return __builtin_ia32_vfmaddpd256(a, b, c);
  }
#endif
  if constexpr (Lanes * sizeof(T) == 16) {
    if constexpr (single) return __builtin_ia32_vfmaddps(a, b, c);
    if constexpr (!single) return __builtin_ia32_vfmaddpd(a, b, c);
  }
#elif defined(__ARM_NEON) && defined(__aarch64__)
  if constexpr (sizeof(T) == 4) {
    return vfmaq_f32(c, a, b);
  } else {
    return vfmaq_f64(c, a, b);
  }
#else
  Vec<T, Lanes> result = c;
  for (int i = 0; i < Lanes; ++i) result[i] = fma(a[i], b[i], c[i]);
  return result;
#endif
}

/// Roots, correctly rounded: approximate ones differ between makers of processors.
template <class T, int Lanes>
WICK_FORCE_INLINE Vec<T, Lanes> root(Vec<T, Lanes> a) {
#if defined(__x86_64__) && WICK_HAS_VECTOR_TYPES
  constexpr bool single = sizeof(T) == 4;
#if WICK_LEVEL_BYTES == 64
  if constexpr (Lanes * sizeof(T) == 64) {
#if defined(__clang__)
    if constexpr (single) return __builtin_ia32_sqrtps512(a, 4);
    if constexpr (!single) return __builtin_ia32_sqrtpd512(a, 4);
#else
    if constexpr (single) return __builtin_ia32_sqrtps512_mask(a, a, sixteen_lanes, 4);
    if constexpr (!single) return __builtin_ia32_sqrtpd512_mask(a, a, static_cast<char>(-1), 4);
#endif
  }
#endif
#if WICK_LEVEL_BYTES >= 32
  if constexpr (Lanes * sizeof(T) == 32) {
    if constexpr (single) return __builtin_ia32_sqrtps256(a);
    if constexpr (!single) return __builtin_ia32_sqrtpd256(a);
  }
#endif
  if constexpr (Lanes * sizeof(T) == 16) {
    if constexpr (single) return __builtin_ia32_sqrtps(a);
    if constexpr (!single) return __builtin_ia32_sqrtpd(a);
  }
#elif defined(__ARM_NEON) && defined(__aarch64__)
  if constexpr (sizeof(T) == 4) {
    return vsqrtq_f32(a);
  } else {
    return vsqrtq_f64(a);
  }
#else
  Vec<T, Lanes> result = a;
  for (int i = 0; i < Lanes; ++i) result[i] = std::sqrt(a[i]);
  return result;
#endif
}

/// a where it is below b, else b, also of NaN: one instruction, where compilers make a comparison and a
/// choice of that.
template <class T, int Lanes>
WICK_FORCE_INLINE Vec<T, Lanes> smaller(Vec<T, Lanes> a, Vec<T, Lanes> b) {
#if defined(__x86_64__) && WICK_HAS_VECTOR_TYPES
  constexpr bool single = sizeof(T) == 4;
#if WICK_LEVEL_BYTES == 64
  if constexpr (Lanes * sizeof(T) == 64) {
#if defined(__clang__)
    if constexpr (single) return __builtin_ia32_minps512(a, b, 4);
    if constexpr (!single) return __builtin_ia32_minpd512(a, b, 4);
#else
    if constexpr (single) return __builtin_ia32_minps512_mask(a, b, a, sixteen_lanes, 4);
    if constexpr (!single) return __builtin_ia32_minpd512_mask(a, b, a, eight_lanes, 4);
#endif
  }
#endif
#if WICK_LEVEL_BYTES >= 32
  if constexpr (Lanes * sizeof(T) == 32) {
    if constexpr (single) return __builtin_ia32_minps256(a, b);
    if constexpr (!single) return __builtin_ia32_minpd256(a, b);
  }
#endif
  if constexpr (Lanes * sizeof(T) == 16) {
    if constexpr (single) return __builtin_ia32_minps(a, b);
    if constexpr (!single) return __builtin_ia32_minpd(a, b);
  }
#else
  return select<T, Lanes>(a < b, a, b);
#endif
}
/// a where it is above b, else b.
template <class T, int Lanes>
WICK_FORCE_INLINE Vec<T, Lanes> larger(Vec<T, Lanes> a, Vec<T, Lanes> b) {
#if defined(__x86_64__) && WICK_HAS_VECTOR_TYPES
  constexpr bool single = sizeof(T) == 4;
#if WICK_LEVEL_BYTES == 64
  if constexpr (Lanes * sizeof(T) == 64) {
#if defined(__clang__)
    if constexpr (single) return __builtin_ia32_maxps512(a, b, 4);
    if constexpr (!single) return __builtin_ia32_maxpd512(a, b, 4);
#else
    if constexpr (single) return __builtin_ia32_maxps512_mask(a, b, a, sixteen_lanes, 4);
    if constexpr (!single) return __builtin_ia32_maxpd512_mask(a, b, a, eight_lanes, 4);
#endif
  }
#endif
#if WICK_LEVEL_BYTES >= 32
  if constexpr (Lanes * sizeof(T) == 32) {
    if constexpr (single) return __builtin_ia32_maxps256(a, b);
    if constexpr (!single) return __builtin_ia32_maxpd256(a, b);
  }
#endif
  if constexpr (Lanes * sizeof(T) == 16) {
    if constexpr (single) return __builtin_ia32_maxps(a, b);
    if constexpr (!single) return __builtin_ia32_maxpd(a, b);
  }
#else
  return select<T, Lanes>(b < a, a, b);
#endif
}

/// x, or 0 where it is below the smallest normal number: processors take a hundred times as long for such.
template <class T>
WICK_FORCE_INLINE Vec<T> without_subnormal(Vec<T> x) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr int Lanes = lanes<T>;
  constexpr Bits exponent = sizeof(T) == 4 ? Bits{0x7f800000U} : static_cast<Bits>(0x7ff0000000000000U);
  const Vec<Bits, Lanes> bits = same_bits<Bits, T, Lanes>(x);
  const Vec<Bits, Lanes> zeros{};
  const Vec<Bits, Lanes> normal = select<Bits, Lanes>((bits & all<Bits>(exponent)) == zeros, zeros, bits);
  return same_bits<T, Bits, Lanes>(normal);
}

/// a b, rounded before anything else is done with it, out of sight of compilers that fuse products with sums
/// where a level can: what is computed with it has the same bits on every level.
template <class T>
WICK_FORCE_INLINE Vec<T> product(Vec<T> a, Vec<T> b) {
  Vec<T> rounded = a * b;
#if defined(__GNUC__) && defined(__x86_64__)
#if WICK_LEVEL_BYTES == 64
  __asm__("" : "+v"(rounded));
#else
  __asm__("" : "+x"(rounded));
#endif
#elif defined(__ARM_NEON) && defined(__aarch64__)
  __asm__("" : "+w"(rounded));
#endif
  return rounded;
}

WICK_FORCE_INLINE void prefetch(const void* p) noexcept {
#if defined(__GNUC__)
  __builtin_prefetch(p);
#else
  static_cast<void>(p);
#endif
}

/// The same into the second-level cache only.
WICK_FORCE_INLINE void prefetch_far(const void* p) noexcept {
#if defined(__GNUC__)
  __builtin_prefetch(p, 0, 2);
#else
  static_cast<void>(p);
#endif
}

template <int Lanes, int first>
struct EverySecond {  // of two vectors
  static constexpr int at(int i) { return 2 * i + first; }
};

template <int Lanes, bool upper>
struct Half {
  static constexpr int at(int i) { return upper ? i + Lanes / 2 : i; }
};

/// The sum of all places: of both halves, of the halves of that and so on.
template <class T, int Lanes>
WICK_FORCE_INLINE T sum(Vec<T, Lanes> v) {
  if constexpr (Lanes == 2) {
    return v[0] + v[1];
  } else {
    constexpr auto half = std::make_integer_sequence<int, Lanes / 2>{};
    return sum<T, Lanes / 2>(shuffled<T, Lanes, Half<Lanes, false>>(v, v, half) +
                             shuffled<T, Lanes, Half<Lanes, true>>(v, v, half));
  }
}

/// Sixteen sums side by side, the same on every level.
template <class T>
struct Sixteen {
  static constexpr int vectors = 16 / lanes<T>;
  Vec<T> part[static_cast<std::size_t>(vectors)] = {};
};
/// Of both halves, of the halves of that and so on.
template <class T>
WICK_FORCE_INLINE T sum(Sixteen<T> s) {
  WICK_UNROLL
  for (int n = Sixteen<T>::vectors / 2; n > 0; n /= 2) {
    WICK_UNROLL
    for (int i = 0; i < n; ++i) s.part[i] = s.part[i] + s.part[i + n];
  }
  return sum<T, lanes<T>>(s.part[0]);
}
