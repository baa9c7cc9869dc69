// Exponentials.

/// 1.5 * 2^m, m the bits behind the point: added to a number below 2^(m-1), it leaves that number, rounded to
/// an integer, in the low bits.
template <class T>
inline constexpr T integer_bits = sizeof(T) == 4 ? T(0x1.8p23) : T(0x1.8p52);

template <class T>
WICK_FORCE_INLINE Vec<T> nearest_integer(Vec<T> x) {
  const Vec<T> magic = all<T>(integer_bits<T>);
  return (x + magic) - magic;
}

/// 2^(k + more) for integers k, where that is a normal number.
template <class T, int more = 0>
WICK_FORCE_INLINE Vec<T> power_of_two(Vec<T> k) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr int digits = sizeof(T) == 4 ? 23 : 52;
  constexpr Bits one = sizeof(T) == 4 ? Bits{0x3f800000U} : static_cast<Bits>(0x3ff0000000000000U);
  const auto bits = same_bits<Bits, T, lanes<T>>(k + all<T>(integer_bits<T>));
  return same_bits<T, Bits, lanes<T>>((bits << digits) +
                                      all<Bits>(one + (static_cast<Bits>(more) << digits)));
}

/// exp(x) = 2^k times the rest.
template <class T>
struct ExponentialParts {
  Vec<T> k;
  Vec<T> rest;
};

/// Of exp(x), to two units in the last place, with the coefficients of the Cephes library (Moshier, expf.c
/// and exp.c). x = k log(2) + r; a polynomial, or a quotient of two, of r.
template <class T>
WICK_FORCE_INLINE ExponentialParts<T> exponential_parts(Vec<T> x) {
  constexpr int Lanes = lanes<T>;
  constexpr bool single = sizeof(T) == 4;
  const Vec<T> shifted = fma<T, Lanes>(x, all<T>(T(1.44269504088896340736)), all<T>(T(0.5)));
  Vec<T> k = nearest_integer<T>(shifted);
  k = select<T, Lanes>(shifted < k, k - all<T>(T(1)), k);
  if constexpr (single) {
    Vec<T> r = fma<T, Lanes>(k, all<T>(T(-0.693359375F)), x);
    r = fma<T, Lanes>(k, all<T>(T(2.12194440e-4F)), r);
    const Vec<T> r2 = r * r;
    const Vec<T> r3 = r2 * r;
    Vec<T> high = fma<T, Lanes>(all<T>(T(1.9875691500e-4F)), r, all<T>(T(1.3981999507e-3F)));
    Vec<T> low = fma<T, Lanes>(all<T>(T(4.1665795894e-2F)), r, all<T>(T(1.6666665459e-1F)));
    high = fma<T, Lanes>(high, r, all<T>(T(8.3334519073e-3F)));
    low = fma<T, Lanes>(low, r, all<T>(T(5.0000001201e-1F)));
    return {k, fma<T, Lanes>(fma<T, Lanes>(high, r3, low), r2, r + all<T>(T(1)))};
  } else {
    Vec<T> r = fma<T, Lanes>(k, all<T>(T(-0.693145751953125)), x);
    r = fma<T, Lanes>(k, all<T>(T(-1.42860682030941723212e-6)), r);
    const Vec<T> r2 = r * r;
    Vec<T> p = fma<T, Lanes>(all<T>(T(1.26177193074810590878e-4)), r2, all<T>(T(3.02994407707441961300e-2)));
    p = fma<T, Lanes>(p, r2, all<T>(T(9.99999999999999999910e-1))) * r;
    Vec<T> q = fma<T, Lanes>(all<T>(T(3.00198505138664455042e-6)), r2, all<T>(T(2.52448340349684104192e-3)));
    q = fma<T, Lanes>(q, r2, all<T>(T(2.27265548208155028766e-1)));
    q = fma<T, Lanes>(q, r2, all<T>(T(2.00000000000000000009)));
    return {k, fma<T, Lanes>(all<T>(T(2)), p / (q - p), all<T>(T(1)))};
  }
}

/// Where exponential() is infinite and, below 0, stops falling.
template <class T>
inline constexpr T most_exponent = sizeof(T) == 4 ? T(88.723F) : T(709.784);

/// exp(x), with 2^k in two steps, as k may be one more or many less than an exponent of T.
template <class T>
WICK_FORCE_INLINE Vec<T> exponential(Vec<T> given) {
  constexpr int Lanes = lanes<T>;
  const Vec<T> most = all<T>(most_exponent<T>);
  Vec<T> x = select<T, Lanes>(most < given, most, given);
  x = select<T, Lanes>(x < -most, -most, x);
  const ExponentialParts<T> e = exponential_parts<T>(x);
  const Vec<T> half = nearest_integer<T>(e.k * all<T>(T(0.5)));
  return e.rest * power_of_two<T>(half) * power_of_two<T>(e.k - half);
}

// The same bits where less can happen.

/// exp(x) for x in [-87, 88], of double [-708, 709], and NaN.
template <class T>
WICK_FORCE_INLINE Vec<T> exponential_in_range(Vec<T> x) {
  const ExponentialParts<T> e = exponential_parts<T>(x);
  return e.rest * power_of_two<T>(e.k);
}
/// exp(x) for x in [-most_exponent, 0] and NaN.
template <class T>
WICK_FORCE_INLINE Vec<T> exponential_below_one(Vec<T> x) {
  const ExponentialParts<T> e = exponential_parts<T>(x);
  return e.rest * power_of_two<T, 64>(e.k) * all<T>(T(0x1p-64));
}
/// exp(x), to which 1 is added: below -60 it makes no difference.
template <class T>
WICK_FORCE_INLINE Vec<T> exponential_beside_one(Vec<T> given) {
  constexpr int Lanes = lanes<T>;
  const Vec<T> most = all<T>(most_exponent<T>);
  const Vec<T> least = all<T>(T(-60));
  Vec<T> x = select<T, Lanes>(most < given, most, given);
  x = select<T, Lanes>(x < least, least, x);
  const ExponentialParts<T> e = exponential_parts<T>(x);
  return e.rest * power_of_two<T, -1>(e.k) * all<T>(T(2));
}

/// y_i = exp(x_i), each by the same operations wherever it lies. `x` and `y` may be the same memory.
template <class T>
void exponentials(const T* x, Index n, T* y) noexcept {
  const Index whole = n / lanes<T> * lanes<T>;
  for (Index i = 0; i < whole; i += lanes<T>) store<T>(y + i, exponential<T>(load<T>(x + i)));
  if (whole == n) return;
  T rest[static_cast<std::size_t>(lanes<T>)] = {};
  for (Index i = whole; i < n; ++i) rest[i - whole] = x[i];
  store<T>(rest, exponential<T>(load<T>(rest)));
  for (Index i = whole; i < n; ++i) y[i] = rest[i - whole];
}
