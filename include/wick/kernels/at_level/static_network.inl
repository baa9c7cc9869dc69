// One sample through a network of fixed sizes.

/// to += W from for `width` outputs from `at` on and the inputs [begin, begin + depth): W is stored in blocks
/// of `block` outputs, each (in, block) and the last one as wide as is left.
template <class T, Index in, Index width, Index block, Index at>
WICK_FORCE_INLINE void static_columns(const T* from, const T* weight, Index begin, Index depth,
                                      T* to) noexcept {
  if constexpr (at < width) {
    constexpr Index Lanes = lanes<T>;
    constexpr Index whole = width - at / block * block < block ? width - at / block * block : block;
    constexpr Index left = whole - at % block;
    // As many sums as registers hold.
    constexpr Index count = left < 8 * Lanes ? left : 8 * Lanes;
    constexpr auto vectors = static_cast<int>(count / Lanes);
    const T* const first = weight + at / block * block * in + at % block;
    Vec<T> sums[static_cast<std::size_t>(vectors)] = {};
    for (Index k = begin; k < begin + depth; ++k) {
      const Vec<T> x = all<T>(from[k]);
      WICK_UNROLL
      for (int v = 0; v < vectors; ++v) {
        sums[v] = fma<T, lanes<T>>(x, load<T>(first + k * whole + v * Lanes), sums[v]);
      }
    }
    WICK_UNROLL
    for (int v = 0; v < vectors; ++v) store<T>(to + at + v * Lanes, load<T>(to + at + v * Lanes) + sums[v]);
    static_columns<T, in, width, block, at + count>(from, weight, begin, depth, to);
  }
}

/// to = bias + W from, in the order in which gemm() adds.
template <class T, Index in, Index out>
WICK_FORCE_INLINE void static_affine(const T* from, const T* parameters, T* to) noexcept {
  using Layout = StaticLayout<T>;
  constexpr Index width = Layout::padded(out);
  const T* const weight = parameters + width;
  WICK_UNROLL
  for (Index i = 0; i < width; i += lanes<T>) store<T>(to + i, load<T>(parameters + i));
  if constexpr (Layout::is_narrow(out)) {
    gemm_narrow<T>(1, out, in, from, weight, to);
  } else {
    Index depth = 0;
    for (Index begin = 0; begin < in; begin += depth) {
      depth = ProductPanels<T>::depth(in - begin);
      static_columns<T, in, width, Layout::block, 0>(from, weight, begin, depth, to);
    }
  }
}

template <class T, Index in, Index out, Index... others>
WICK_FORCE_INLINE void static_layers(const T* from, const T* parameters, T* to, T* spare,
                                     T* result) noexcept {
  if constexpr (sizeof...(others) == 0) {
    static_affine<T, in, out>(from, parameters, to);
    for (Index i = 0; i < out; ++i) result[i] = to[i];
  } else {
    static_affine<T, in, out>(from, parameters, to);
    relu_forward<T>(to, to, out);
    static_layers<T, out, others...>(to, parameters + StaticLayout<T>::size(in, out), spare, to, result);
  }
}

/// The raw outputs of a network whose layers have these sizes.
template <class T, Index... sizes>
void static_network(const T* x, const T* parameters, T* result) noexcept {
  constexpr auto widest = static_cast<std::size_t>(StaticLayout<T>::widest(sizes...));
  alignas(64) T even[widest];
  alignas(64) T odd[widest];
  static_layers<T, sizes...>(x, parameters, even, odd, result);
}
