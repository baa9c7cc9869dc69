// The Mersenne Twister: its state, and numbers made of it.

using Word = std::uint32_t;

template <int Lanes>
WICK_FORCE_INLINE Vec<Word, Lanes> tempered(Vec<Word, Lanes> y) {
  y = y ^ (y >> 11);
  y = y ^ ((y << 7) & all<Word, Lanes>(0x9d2c5680U));
  y = y ^ ((y << 15) & all<Word, Lanes>(0xefc60000U));
  return y ^ (y >> 18);
}
WICK_FORCE_INLINE Word tempered(Word y) {
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680U;
  y ^= (y << 15) & 0xefc60000U;
  return y ^ (y >> 18);
}

/// n words of the next state where those of this one are, from `other` words, which are 397 draws later.
WICK_FORCE_INLINE void twist_words(Word* w, const Word* other, int n) noexcept {
  constexpr int Lanes = lanes<Word>;
  const Vec<Word> zeros{};
  int i = 0;
  for (; i + Lanes <= n; i += Lanes) {
    const Vec<Word> u = load<Word>(w + i);
    const Vec<Word> v = load<Word>(w + i + 1);
    const Vec<Word> mixed = (u & all<Word>(0x80000000U)) | (v & all<Word>(0x7fffffffU));
    const Vec<Word> odd = (zeros - (v & all<Word>(1U))) & all<Word>(0x9908b0dfU);
    store<Word>(w + i, load<Word>(other + i) ^ (mixed >> 1) ^ odd);
  }
  for (; i < n; ++i) {
    const Word mixed = (w[i] & 0x80000000U) | (w[i + 1] & 0x7fffffffU);
    w[i] = other[i] ^ (mixed >> 1) ^ ((0U - (w[i + 1] & 1U)) & 0x9908b0dfU);
  }
}

/// The 624 words of the state after the next 624 draws, in their places.
inline void twist(Word* w) noexcept {
  constexpr int size = 624;
  constexpr int shift = 397;
  twist_words(w, w + shift, size - shift);
  twist_words(w + size - shift, w, shift - 1);
  const Word mixed = (w[size - 1] & 0x80000000U) | (w[0] & 0x7fffffffU);
  w[size - 1] = w[shift - 1] ^ (mixed >> 1) ^ ((0U - (w[0] & 1U)) & 0x9908b0dfU);
}

/// The draws that n words of the state stand for.
inline void temper(const Word* from, Index n, Word* to) noexcept {
  constexpr int Lanes = lanes<Word>;
  Index i = 0;
  for (; i + Lanes <= n; i += Lanes) store<Word>(to + i, tempered<Lanes>(load<Word>(from + i)));
  for (; i < n; ++i) to[i] = tempered(from[i]);
}

/// mask_i = scale if the draw of 53 bits that words 2 i and 2 i + 1 of the state stand for is below
/// `threshold`, else 0; for n numbers.
template <class T>
void keep_below(const Word* from, Index n, std::uint64_t threshold, T scale, T* mask) noexcept {
  constexpr int Lanes = lanes<Word>;
  constexpr Word sign = 0x80000000U;
  const auto high = static_cast<Word>(threshold >> 32);
  const auto low = static_cast<Word>(threshold);
  Index i = 0;
  // As signed numbers, which is what processors compare in vectors.
  if constexpr (sizeof(T) == sizeof(Word)) {
    // Word by word: the high one alone where the low word of the threshold is 0, as for p = 0.5.
    using Signed = std::int32_t;
    const Vec<Signed> highs = all<Signed>(static_cast<Signed>(high));
    const Vec<Signed> lows = all<Signed>(static_cast<Signed>(low ^ sign));
    constexpr auto each = std::make_integer_sequence<int, Lanes>{};
    for (; i + Lanes <= n; i += Lanes) {
      const Vec<Word> first = tempered<Lanes>(load<Word>(from + 2 * i));
      const Vec<Word> second = tempered<Lanes>(load<Word>(from + 2 * i + Lanes));
      const auto a = same_bits<Signed, Word, Lanes>(
          shuffled<Word, Lanes, EverySecond<Lanes, 0>>(first, second, each) & all<Word>(0x1FFFFFU));
      auto kept = a < highs;
      if (low != 0) {
        const auto b = same_bits<Signed, Word, Lanes>(
            shuffled<Word, Lanes, EverySecond<Lanes, 1>>(first, second, each) ^ all<Word>(sign));
        kept = kept | ((a == highs) & (b < lows));
      }
      store<T>(mask + i, select<T, Lanes>(kept, all<T>(scale), Vec<T>{}));
    }
  } else if constexpr (std::endian::native == std::endian::little) {
    using Pair = std::uint64_t;
    using Signed = std::int64_t;
    constexpr int pairs = Lanes / 2;
    const Vec<Signed> most = all<Signed>(static_cast<Signed>(threshold));
    for (; i + pairs <= n; i += pairs) {
      Word words[static_cast<std::size_t>(Lanes)];
      store<Word>(words, tempered<Lanes>(load<Word>(from + 2 * i)));
      Pair both[static_cast<std::size_t>(pairs)];
      std::memcpy(both, words, sizeof both);
      const Vec<Pair> x = load<Pair>(both);
      const Vec<Pair> draw = ((x & all<Pair>(0x1FFFFFU)) << 32) | (x >> 32);
      store<T>(mask + i,
               select<T, pairs>(same_bits<Signed, Pair, pairs>(draw) < most, all<T>(scale), Vec<T>{}));
    }
  }
  for (; i < n; ++i) {
    const Word a = tempered(from[2 * i]) & 0x1FFFFFU;
    const Word b = tempered(from[2 * i + 1]);
    mask[i] = a < high || (a == high && b < low) ? scale : T(0);
  }
}
