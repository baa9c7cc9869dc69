// Functions of one and two numbers, over stretches of memory.

/// y_i = f(x_i); `y` may be `x`.
template <class T, class Function>
WICK_FORCE_INLINE void map_one(const T* x, T* y, Index n, Function f) noexcept {
  const Index whole = n / lanes<T> * lanes<T>;
  for (Index i = 0; i < whole; i += lanes<T>) store<T>(y + i, f(load<T>(x + i)));
  if (whole == n) return;
  T rest[static_cast<std::size_t>(lanes<T>)] = {};
  for (Index i = whole; i < n; ++i) rest[i - whole] = x[i];
  store<T>(rest, f(load<T>(rest)));
  for (Index i = whole; i < n; ++i) y[i] = rest[i - whole];
}

/// y_i = f(a_i, b_i); `y` may be either.
template <class T, class Function>
WICK_FORCE_INLINE void map_two(const T* a, const T* b, T* y, Index n, Function f) noexcept {
  const Index whole = n / lanes<T> * lanes<T>;
  for (Index i = 0; i < whole; i += lanes<T>) store<T>(y + i, f(load<T>(a + i), load<T>(b + i)));
  if (whole == n) return;
  T left[static_cast<std::size_t>(lanes<T>)] = {};
  T right[static_cast<std::size_t>(lanes<T>)] = {};
  for (Index i = whole; i < n; ++i) {
    left[i - whole] = a[i];
    right[i - whole] = b[i];
  }
  store<T>(left, f(load<T>(left), load<T>(right)));
  for (Index i = whole; i < n; ++i) y[i] = left[i - whole];
}

template <class T>
struct Plus {
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> a, Vec<T> b) const { return a + b; }
};
template <class T>
struct Minus {
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> a, Vec<T> b) const { return a - b; }
};
template <class T>
struct Times {
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> a, Vec<T> b) const { return a * b; }
};
template <class T>
struct Over {
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> a, Vec<T> b) const { return a / b; }
};
template <class T>
struct TimesNumber {
  Vec<T> number;
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> a) const { return a * number; }
};
template <class T>
struct OverNumber {
  Vec<T> number;
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> a) const { return a / number; }
};
template <class T>
struct PlusNumber {
  Vec<T> number;
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> a) const { return a + number; }
};
template <class T>
struct TanhGradient {
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> y, Vec<T> dy) const { return dy * (all<T>(T(1)) - y * y); }
};
template <class T>
struct SigmoidGradient {
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> y, Vec<T> dy) const { return dy * ((all<T>(T(1)) - y) * y); }
};

template <class T>
inline constexpr T exponential_of_less_forty = T(4.248354255291589e-18);

/// exp(x), also for x below where exponential() stops falling.
template <class T>
struct Exponential {
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> x) const {
    constexpr int Lanes = lanes<T>;
    const auto low = x < all<T>(sizeof(T) == 4 ? T(-87) : T(-708));
    const Vec<T> y = exponential<T>(select<T, Lanes>(low, x + all<T>(T(40)), x));
    return y * select<T, Lanes>(low, all<T>(exponential_of_less_forty<T>), all<T>(T(1)));
  }
};
template <class T>
struct Sigmoid {
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> x) const {
    const Vec<T> one = all<T>(T(1));
    return one / (one + exponential_beside_one<T>(-x));
  }
};

/// tanh(x) for 0 <= x < 0.625, coefficients of the Cephes library (Moshier, tanh.c and tanhf.c).
template <class T>
WICK_FORCE_INLINE Vec<T> tanh_near_zero(Vec<T> x) {
  constexpr int Lanes = lanes<T>;
  const Vec<T> z = x * x;
  if constexpr (sizeof(T) == 4) {
    Vec<T> p = fma<T, Lanes>(all<T>(T(-5.70498872745e-3F)), z, all<T>(T(2.06390887954e-2F)));
    p = fma<T, Lanes>(p, z, all<T>(T(-5.37397155531e-2F)));
    p = fma<T, Lanes>(p, z, all<T>(T(1.33314422036e-1F)));
    p = fma<T, Lanes>(p, z, all<T>(T(-3.33332819422e-1F)));
    return fma<T, Lanes>(p * z, x, x);
  } else {
    Vec<T> p = fma<T, Lanes>(all<T>(T(-9.64399179425052238628e-1)), z, all<T>(T(-9.92877231001918586564e1)));
    p = fma<T, Lanes>(p, z, all<T>(T(-1.61468768441708447952e3)));
    Vec<T> q = z + all<T>(T(1.12811678491632931402e2));
    q = fma<T, Lanes>(q, z, all<T>(T(2.23548839060100448483e3)));
    q = fma<T, Lanes>(q, z, all<T>(T(4.84406305325125486048e3)));
    return fma<T, Lanes>(x * z, p / q, x);
  }
}
/// 1 - 2 / (exp(2 |x|) + 1), with the sign of x.
template <class T>
struct Tanh {
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> x) const {
    using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    const auto sign = all<Bits>(Bits{1} << (8 * sizeof(T) - 1));
    const auto bits = same_bits<Bits, T, lanes<T>>(x);
    const auto sign_of_x = bits & sign;
    const Vec<T> size = same_bits<T, Bits, lanes<T>>(bits ^ sign_of_x);
    const Vec<T> one = all<T>(T(1));
    const Vec<T> two = all<T>(T(2));
    const Vec<T> large = one - two / (exponential_beside_one<T>(two * size) + one);
    const Vec<T> y = select<T, lanes<T>>(size < all<T>(T(0.625)), tanh_near_zero<T>(size), large);
    return same_bits<T, Bits, lanes<T>>(same_bits<Bits, T, lanes<T>>(y) | sign_of_x);
  }
};

/// x sigmoid(v) with v = 2 sqrt(2 / pi) (x + 0.044715 x^3), which is x (1 + tanh(v / 2)) / 2.
template <class T>
struct GeluTanh {
  static constexpr T first = T(1.5957691216057308);
  static constexpr T third = T(0.044715 * 1.5957691216057308);
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> x) const {
    const Vec<T> v = x * fma<T, lanes<T>>(x * x, all<T>(third), all<T>(first));
    return x / (all<T>(T(1)) + exponential_beside_one<T>(-v));
  }
};
template <class T>
struct GeluTanhGradient {
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> x, Vec<T> dy) const {
    const Vec<T> one = all<T>(T(1));
    const Vec<T> square = x * x;
    const Vec<T> v = x * fma<T, lanes<T>>(square, all<T>(GeluTanh<T>::third), all<T>(GeluTanh<T>::first));
    const Vec<T> dv = fma<T, lanes<T>>(square, all<T>(3 * GeluTanh<T>::third), all<T>(GeluTanh<T>::first));
    const Vec<T> s = one / (one + exponential_beside_one<T>(-v));
    return dy * fma<T, lanes<T>>(x * (s * (one - s)), dv, s);
  }
};

template <class T>
struct WithoutSign {
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> x) const {
    using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    const auto others = all<Bits>(static_cast<Bits>(~Bits{0}) >> 1);
    return same_bits<T, Bits, lanes<T>>(same_bits<Bits, T, lanes<T>>(x) & others);
  }
};
template <class T>
struct SignOf {
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> x) const {
    const Vec<T> zero{};
    const Vec<T> one = all<T>(T(1));
    return select<T, lanes<T>>(zero < x, one, select<T, lanes<T>>(x < zero, -one, zero));
  }
};

/// y_i = value
template <class T>
void fill(T value, T* y, Index n) noexcept {
  const Vec<T> values = all<T>(value);
  const Index whole = n / lanes<T> * lanes<T>;
  for (Index i = 0; i < whole; i += lanes<T>) store<T>(y + i, values);
  for (Index i = whole; i < n; ++i) y[i] = value;
}
/// y_i = |x_i|
template <class T>
void sizes_of(const T* x, T* y, Index n) noexcept {
  map_one<T>(x, y, n, WithoutSign<T>());
}
/// y_i = 1, -1 or, of zeros and NaN, 0.
template <class T>
void signs_of(const T* x, T* y, Index n) noexcept {
  map_one<T>(x, y, n, SignOf<T>());
}
template <class T>
void add(const T* a, const T* b, T* y, Index n) noexcept {
  map_two<T>(a, b, y, n, Plus<T>());
}
template <class T>
void subtract(const T* a, const T* b, T* y, Index n) noexcept {
  map_two<T>(a, b, y, n, Minus<T>());
}
template <class T>
void multiply(const T* a, const T* b, T* y, Index n) noexcept {
  map_two<T>(a, b, y, n, Times<T>());
}
template <class T>
void divide(const T* a, const T* b, T* y, Index n) noexcept {
  map_two<T>(a, b, y, n, Over<T>());
}
template <class T>
void multiply_by_number(const T* x, T number, T* y, Index n) noexcept {
  map_one<T>(x, y, n, TimesNumber<T>{all<T>(number)});
}
template <class T>
void divide_by_number(const T* x, T number, T* y, Index n) noexcept {
  map_one<T>(x, y, n, OverNumber<T>{all<T>(number)});
}
template <class T>
void add_number(const T* x, T number, T* y, Index n) noexcept {
  map_one<T>(x, y, n, PlusNumber<T>{all<T>(number)});
}
template <class T>
void exponentials_to_zero(const T* x, T* y, Index n) noexcept {
  map_one<T>(x, y, n, Exponential<T>());
}
template <class T>
void sigmoids(const T* x, T* y, Index n) noexcept {
  map_one<T>(x, y, n, Sigmoid<T>());
}
template <class T>
void tanhs(const T* x, T* y, Index n) noexcept {
  map_one<T>(x, y, n, Tanh<T>());
}
/// dx = dy (1 - y^2), given y = tanh(x).
template <class T>
void tanh_gradient(const T* y, const T* dy, T* dx, Index n) noexcept {
  map_two<T>(y, dy, dx, n, TanhGradient<T>());
}
/// dx = dy y (1 - y), given y = sigmoid(x).
template <class T>
void sigmoid_gradient(const T* y, const T* dy, T* dx, Index n) noexcept {
  map_two<T>(y, dy, dx, n, SigmoidGradient<T>());
}
template <class T>
void gelu_tanh(const T* x, T* y, Index n) noexcept {
  map_one<T>(x, y, n, GeluTanh<T>());
}
template <class T>
void gelu_tanh_gradient(const T* x, const T* dy, T* dx, Index n) noexcept {
  map_two<T>(x, dy, dx, n, GeluTanhGradient<T>());
}
