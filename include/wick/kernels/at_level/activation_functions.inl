// Activation functions of x and a number, and dy times their derivative. They are exact to a few units in the
// last place also where textbook formulas cancel or overflow, and NaN stays NaN.

template <class T>
WICK_FORCE_INLINE Vec<T> chosen(const auto& mask, Vec<T> a, Vec<T> b) {
  return select<T, lanes<T>>(mask, a, b);
}
template <class T>
WICK_FORCE_INLINE Vec<T> without_sign(Vec<T> x) {
  return chosen<T>(x < Vec<T>{}, -x, x);
}
/// exp(-|x|), of which everything here is made that would overflow otherwise. 0 where exponential() stops
/// falling, so that an infinite x times it is NaN, as in PyTorch.
template <class T>
WICK_FORCE_INLINE Vec<T> falling(Vec<T> x) {
  const Vec<T> size = without_sign<T>(x);
  const Vec<T> most = all<T>(sizeof(T) == 4 ? T(88.7) : T(709.7));
  return chosen<T>(most < size, Vec<T>{}, exponential_below_one<T>(-size));
}
template <class T>
WICK_FORCE_INLINE Vec<T> sigmoid_of(Vec<T> x) {
  const Vec<T> one = all<T>(T(1));
  return one / (one + exponential_beside_one<T>(-x));
}

/// exp(x) - 1 for x <= 0, also near 0: with x = k log(2) + r as in exponential(), 2^k (exp(r) - 1) + (2^k -
/// 1).
template <class T>
WICK_FORCE_INLINE Vec<T> exponential_less_one(Vec<T> given) {
  constexpr int Lanes = lanes<T>;
  constexpr bool single = sizeof(T) == 4;
  const Vec<T> least = all<T>(single ? T(-80) : T(-700));
  const Vec<T> x = chosen<T>(given < least, least, given);
  const Vec<T> k = nearest_integer<T>(x * all<T>(T(1.44269504088896340736)));
  Vec<T> less_one;
  if constexpr (single) {
    Vec<T> r = fma<T, Lanes>(k, all<T>(T(-0.693359375F)), x);
    r = fma<T, Lanes>(k, all<T>(T(2.12194440e-4F)), r);
    Vec<T> p = fma<T, Lanes>(all<T>(T(1.9875691500e-4F)), r, all<T>(T(1.3981999507e-3F)));
    p = fma<T, Lanes>(p, r, all<T>(T(8.3334519073e-3F)));
    p = fma<T, Lanes>(p, r, all<T>(T(4.1665795894e-2F)));
    p = fma<T, Lanes>(p, r, all<T>(T(1.6666665459e-1F)));
    p = fma<T, Lanes>(p, r, all<T>(T(5.0000001201e-1F)));
    less_one = fma<T, Lanes>(p, r * r, r);
  } else {
    Vec<T> r = fma<T, Lanes>(k, all<T>(T(-0.693145751953125)), x);
    r = fma<T, Lanes>(k, all<T>(T(-1.42860682030941723212e-6)), r);
    const Vec<T> r2 = r * r;
    Vec<T> p = fma<T, Lanes>(all<T>(T(1.26177193074810590878e-4)), r2, all<T>(T(3.02994407707441961300e-2)));
    p = fma<T, Lanes>(p, r2, all<T>(T(9.99999999999999999910e-1))) * r;
    Vec<T> q = fma<T, Lanes>(all<T>(T(3.00198505138664455042e-6)), r2, all<T>(T(2.52448340349684104192e-3)));
    q = fma<T, Lanes>(q, r2, all<T>(T(2.27265548208155028766e-1)));
    q = fma<T, Lanes>(q, r2, all<T>(T(2.00000000000000000009)));
    less_one = all<T>(T(2)) * (p / (q - p));
  }
  const Vec<T> power = power_of_two<T>(k);
  const Vec<T> y = fma<T, Lanes>(power, less_one, power - all<T>(T(1)));
  return chosen<T>(x == x, y, x);
}

/// log(1 + x) for x in [0, 1]: 2 artanh(s) with s = x / (2 + x), whose series is one in s^2 <= 1 / 9.
template <class T>
WICK_FORCE_INLINE Vec<T> logarithm_of_one_more(Vec<T> x) {
  constexpr int terms = sizeof(T) == 4 ? 8 : 17;
  const Vec<T> s = x / (all<T>(T(2)) + x);
  const Vec<T> z = s * s;
  Vec<T> series = all<T>(T(1) / T(2 * terms + 1));
  WICK_UNROLL
  for (int i = terms - 1; i > 0; --i) {
    series = fma<T, lanes<T>>(series, z, all<T>(T(1) / static_cast<T>(2 * i + 1)));
  }
  const Vec<T> twice = s + s;
  return fma<T, lanes<T>>(twice * z, series, twice);
}

/// What x is multiplied by in GELU and in its derivative: the normal distribution's function and density.
template <class T>
struct Normal {
  Vec<T> below;
  Vec<T> density;
};

/// With z = |x| / sqrt(2), the part beyond |x| is exp(-z^2) / 2 times exp(z^2) erfc(z), of which (1 + 2 z)
/// times is a polynomial in (z - 3.75) / (z + 3.75) (Shepherd and Laframboise, Mathematics of Computation 36,
/// 1981). The coefficients are those of a series of Chebyshev polynomials, computed with 50 digits.
template <class T>
WICK_FORCE_INLINE Normal<T> normal_of(Vec<T> x) {
  constexpr int Lanes = lanes<T>;
  constexpr bool single = sizeof(T) == 4;
  const Vec<T> one = all<T>(T(1));
  const Vec<T> root_half = all<T>(T(0.70710678118654752440));
  // Where the density is 0. Without a limit, infinities would become NaN.
  const Vec<T> most = all<T>(single ? T(9.3) : T(26.6));
  const Vec<T> all_of_z = without_sign<T>(x) * root_half;
  const Vec<T> z = chosen<T>(most < all_of_z, most, all_of_z);
  const Vec<T> e = chosen<T>(most < all_of_z, Vec<T>{}, exponential_in_range<T>(-(z * z)));
  const Vec<T> t = (z - all<T>(T(3.75))) / (z + all<T>(T(3.75)));
  Vec<T> p;
  if constexpr (single) {
    constexpr float c[13] = {2.204671891e-5F,  -0.0002241167467F, 0.0003301674563F, 0.001675912218F,
                             -0.009770087183F, 0.02840925236F,    -0.05868544049F,  0.09229076959F,
                             -0.1088052275F,   0.08227841998F,    0.003585495314F,  -0.1402406583F,
                             1.23751263F};
    p = all<T>(c[0]);
    WICK_UNROLL
    for (int i = 1; i < 13; ++i) p = fma<T, Lanes>(p, t, all<T>(c[i]));
  } else {
    constexpr double c[24] = {3.11143339694589134e-10,   -2.62310734657774451e-9,  -3.74421009000127562e-9,
                              3.19792667136098288e-8,    2.32635087310320816e-8,   -2.48571262472935251e-7,
                              -5.72182306341115188e-8,   1.74198215861286507e-6,   -9.73559896709864776e-7,
                              -0.0000114380480333389951, 0.0000223842391550670083, 0.0000516465297417700166,
                              -0.000290154080540836093,  0.000293714378044959419,  0.00175562585289529403,
                              -0.00974657968326526252,   0.0283622774189564045,    -0.0586933985766493384,
                              0.0923043211603774777,     -0.108803930142444613,    0.0822767384901452077,
                              0.00358541548547902564,    -0.140240598585546962,    1.23751263083782753};
    p = all<T>(c[0]);
    WICK_UNROLL
    for (int i = 1; i < 24; ++i) p = fma<T, Lanes>(p, t, all<T>(c[i]));
  }
  const Vec<T> beyond = all<T>(T(0.5)) * (e * (p / (one + (z + z))));
  return {chosen<T>(x < Vec<T>{}, beyond, one - beyond), e * all<T>(T(0.39894228040143267794))};
}

/// value(x, a) is an activation, gradient(x, a, dy) dy times its derivative; PyTorch's where it has none.
template <class Function, class T>
struct Activation;

template <class T>
struct Activation<LeakyRelu, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> a) { return chosen<T>(Vec<T>{} < x, x, x * a); }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> a, Vec<T> dy) {
    return chosen<T>(Vec<T>{} < x, dy, dy * a);
  }
};

template <class T>
struct Activation<Elu, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> a) {
    return chosen<T>(Vec<T>{} < x, x, a * exponential_less_one<T>(x));
  }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> a, Vec<T> dy) {
    return chosen<T>(Vec<T>{} < x, dy, dy * (a * exponential<T>(x)));
  }
};

template <class T>
struct Activation<Selu, T> {
  static constexpr T alpha = T(1.6732632423543772848170429916717);
  static constexpr T scale = T(1.0507009873554804934193349852946);
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> /*unused*/) {
    return chosen<T>(Vec<T>{} < x, x * all<T>(scale), all<T>(alpha * scale) * exponential_less_one<T>(x));
  }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> /*unused*/, Vec<T> dy) {
    return dy * chosen<T>(Vec<T>{} < x, all<T>(scale), all<T>(alpha * scale) * exponential<T>(x));
  }
};

template <class T>
struct Activation<Celu, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> a) {
    return chosen<T>(Vec<T>{} < x, x, a * exponential_less_one<T>(x / a));
  }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> a, Vec<T> dy) {
    return chosen<T>(Vec<T>{} < x, dy, dy * exponential<T>(x / a));
  }
};

template <class T>
struct Activation<Silu, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> /*unused*/) {
    return x / (all<T>(T(1)) + exponential_beside_one<T>(-x));
  }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> /*unused*/, Vec<T> dy) {
    const Vec<T> one = all<T>(T(1));
    const Vec<T> s = sigmoid_of<T>(x);
    return dy * (s * fma<T, lanes<T>>(x, one - s, one));
  }
};

template <class T>
struct Activation<Gelu, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> /*unused*/) { return x * normal_of<T>(x).below; }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> /*unused*/, Vec<T> dy) {
    const Normal<T> normal = normal_of<T>(x);
    return dy * fma<T, lanes<T>>(x, normal.density, normal.below);
  }
};

/// x tanh(log(1 + exp(x))). With n = exp(-|x|), tanh(log(1 + 1/n)) = (1 + 2 n) / (1 + 2 n + 2 n^2), and
/// tanh(log(1 + n)) = (n^2 + 2 n) / (n^2 + 2 n + 2).
template <class T>
struct Activation<Mish, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> /*unused*/) {
    const Parts p(x);
    return x * p.above / p.below;
  }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> /*unused*/, Vec<T> dy) {
    const Parts p(x);
    const Vec<T> t = p.above / p.below;
    // 1 - t^2 from the difference of both parts, which is exact where t is nearly 1.
    const Vec<T> rest = p.difference * (p.above + p.below) / (p.below * p.below);
    const Vec<T> sigmoid = chosen<T>(x < Vec<T>{}, p.n, all<T>(T(1))) / (all<T>(T(1)) + p.n);
    return dy * fma<T, lanes<T>>(x * sigmoid, rest, t);
  }

 private:
  struct Parts {
    WICK_FORCE_INLINE explicit Parts(Vec<T> x) : n(falling<T>(x)) {
      const Vec<T> two = all<T>(T(2));
      const Vec<T> twice = n + n;
      const auto negative = x < Vec<T>{};
      above = chosen<T>(negative, n * (n + two), all<T>(T(1)) + twice);
      difference = chosen<T>(negative, two, twice * n);
      below = above + difference;
    }
    Vec<T> n;
    Vec<T> above;
    Vec<T> below;
    Vec<T> difference;
  };
};

/// x above the number, else log(1 + exp(x)).
template <class T>
struct Activation<Softplus, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> a) {
    const Vec<T> zero{};
    const Vec<T> y = chosen<T>(x < zero, zero, x) + logarithm_of_one_more<T>(falling<T>(x));
    return chosen<T>(a < x, x, y);
  }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> a, Vec<T> dy) {
    return chosen<T>(a < x, dy, dy * sigmoid_of<T>(x));
  }
};

template <class T>
struct Activation<LogSigmoid, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> /*unused*/) {
    const Vec<T> zero{};
    return chosen<T>(x < zero, x, zero) - logarithm_of_one_more<T>(falling<T>(x));
  }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> /*unused*/, Vec<T> dy) {
    return dy * sigmoid_of<T>(-x);
  }
};

template <class T>
struct Activation<HardtanhMin, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> a) { return chosen<T>(x < a, a, x); }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> a, Vec<T> dy) {
    return chosen<T>(x < a, Vec<T>{}, chosen<T>(x == a, Vec<T>{}, dy));
  }
};
template <class T>
struct Activation<HardtanhMax, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> a) { return chosen<T>(a < x, a, x); }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> a, Vec<T> dy) {
    return chosen<T>(a < x, Vec<T>{}, chosen<T>(x == a, Vec<T>{}, dy));
  }
};

/// min(max(x + 3, 0), 6)
template <class T>
WICK_FORCE_INLINE Vec<T> hard_six(Vec<T> x) {
  const Vec<T> six = all<T>(T(6));
  const Vec<T> zero{};
  const Vec<T> y = x + all<T>(T(3));
  return chosen<T>(y < zero, zero, chosen<T>(six < y, six, y));
}

template <class T>
struct Activation<Hardsigmoid, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> /*unused*/) { return hard_six<T>(x) / all<T>(T(6)); }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> /*unused*/, Vec<T> dy) {
    const Vec<T> zero{};
    const Vec<T> inside = chosen<T>(x < all<T>(T(3)), dy / all<T>(T(6)), zero);
    return chosen<T>(all<T>(T(-3)) < x, inside, zero);
  }
};

template <class T>
struct Activation<Hardswish, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> /*unused*/) {
    return x * hard_six<T>(x) / all<T>(T(6));
  }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> /*unused*/, Vec<T> dy) {
    const Vec<T> three = all<T>(T(3));
    const Vec<T> inside = dy * (x / three + all<T>(T(0.5)));
    const Vec<T> above = chosen<T>(x < three, inside, dy);
    return chosen<T>(-three < x, above, chosen<T>(x == x, Vec<T>{}, inside));
  }
};

template <class T>
struct Activation<Hardshrink, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> a) { return gradient(x, a, x); }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> a, Vec<T> dy) {
    return chosen<T>(a < x, dy, chosen<T>(x < -a, dy, chosen<T>(x == x, Vec<T>{}, dy)));
  }
};
template <class T>
struct Activation<Softshrink, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> a) {
    const Vec<T> middle = chosen<T>(x == x, Vec<T>{}, x);
    return chosen<T>(a < x, x - a, chosen<T>(x < -a, x + a, middle));
  }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> a, Vec<T> dy) {
    return Activation<Hardshrink, T>::gradient(x, a, dy);
  }
};

template <class T>
struct Activation<AtLeast, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> a) { return chosen<T>(x < a, a, x); }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> a, Vec<T> dy) {
    return chosen<T>(x >= a, dy, Vec<T>{});
  }
};

/// x^2 / 2 for |x| up to the number a, else a (|x| - a / 2).
template <class T>
struct Activation<Huber, T> {
  static WICK_FORCE_INLINE Vec<T> value(Vec<T> x, Vec<T> a) {
    const Vec<T> half = all<T>(T(0.5));
    const Vec<T> size = without_sign<T>(x);
    return chosen<T>(a < size, a * (size - half * a), half * size * size);
  }
  static WICK_FORCE_INLINE Vec<T> gradient(Vec<T> x, Vec<T> a, Vec<T> dy) {
    return dy * chosen<T>(a < x, a, chosen<T>(x < -a, -a, x));
  }
};

template <class Function, class T>
struct ActivationOf {
  Vec<T> number;
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> x) const { return Activation<Function, T>::value(x, number); }
};
template <class Function, class T>
struct ActivationGradientOf {
  Vec<T> number;
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> x, Vec<T> dy) const {
    return Activation<Function, T>::gradient(x, number, dy);
  }
};

/// y_i = f(x_i); `y` may be `x`.
template <class Function, class T>
void activate(Function /*which*/, const T* x, T number, T* y, Index n) noexcept {
  map_one<T>(x, y, n, ActivationOf<Function, T>{all<T>(number)});
}
/// dx_i = dy_i f'(x_i); `dx` may be either.
template <class Function, class T>
void activation_gradient(Function /*which*/, const T* x, T number, const T* dy, T* dx, Index n) noexcept {
  map_two<T>(x, dy, dx, n, ActivationGradientOf<Function, T>{all<T>(number)});
}

template <class T>
struct PreluOf {
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> x, Vec<T> weight) const {
    return chosen<T>(Vec<T>{} < x, x, weight * x);
  }
};
template <class T>
struct PreluSlopeOf {
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> x, Vec<T> weight) const {
    return chosen<T>(Vec<T>{} < x, all<T>(T(1)), weight);
  }
};
template <class T>
struct ThresholdOf {
  Vec<T> number;
  WICK_FORCE_INLINE Vec<T> operator()(Vec<T> x, Vec<T> other) const {
    return chosen<T>(number < x, x, chosen<T>(x == x, other, x));
  }
};

/// y_i = x_i above 0, else x_i times its weight.
template <class T>
void prelu(const T* x, const T* weight, T* y, Index n) noexcept {
  map_two<T>(x, weight, y, n, PreluOf<T>());
}
/// y_i = 1 where x_i is above 0, else its weight.
template <class T>
void prelu_slope(const T* x, const T* weight, T* y, Index n) noexcept {
  map_two<T>(x, weight, y, n, PreluSlopeOf<T>());
}
/// y_i = x_i above the number, else that of the others. NaN stays.
template <class T>
void threshold(const T* x, const T* other, T number, T* y, Index n) noexcept {
  map_two<T>(x, other, y, n, ThresholdOf<T>{all<T>(number)});
}
