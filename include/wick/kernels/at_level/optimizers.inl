// Steps of optimizers over one stretch of parameters: n numbers, a whole number of vectors, of parameters
// `p`, gradients `g` and state. Products are rounded before they are added, so every level gives the same
// bits.
//
// Averages below the smallest normal number become 0: they move no parameter.

/// value = step(i, gradient, value) for each vector, with the gradient as the rule sees it.
template <class T, class Step>
WICK_FORCE_INLINE void each_vector(const GradientScalars<T>& s, Index n, const T* g, T* p,
                                   const Step& step) noexcept {
  if (s.change_it()) {
    const Vec<T> sign = all<T>(s.sign);
    const Vec<T> decay = all<T>(s.weight_decay);
    for (Index i = 0; i < n; i += lanes<T>) {
      const Vec<T> value = load<T>(p + i);
      const Vec<T> gradient = product<T>(sign, load<T>(g + i)) + product<T>(decay, value);
      store<T>(p + i, step(i, gradient, value));
    }
  } else {
    for (Index i = 0; i < n; i += lanes<T>) {
      store<T>(p + i, step(i, load<T>(g + i), load<T>(p + i)));
    }
  }
}

/// old a + new b, without subnormal numbers.
template <class T>
WICK_FORCE_INLINE Vec<T> averaged(Vec<T> before, Vec<T> a, Vec<T> now, Vec<T> b) {
  return without_subnormal<T>(product<T>(before, a) + product<T>(now, b));
}

template <class T>
struct SGDPlain {
  Vec<T> minus_lr;
  WICK_FORCE_INLINE Vec<T> operator()(Index /*i*/, Vec<T> gradient, Vec<T> value) const {
    return value + product<T>(gradient, minus_lr);
  }
};
template <bool first, bool nesterov, class T>
struct SGDWithMomentum {
  Vec<T> minus_lr, momentum, one_minus_dampening;
  T* buffer;
  WICK_FORCE_INLINE Vec<T> operator()(Index i, Vec<T> gradient, Vec<T> value) const {
    Vec<T> velocity = gradient;
    if constexpr (!first)
      velocity = averaged<T>(load<T>(buffer + i), momentum, gradient, one_minus_dampening);
    store<T>(buffer + i, velocity);
    if constexpr (nesterov) velocity = gradient + product<T>(velocity, momentum);
    return value + product<T>(velocity, minus_lr);
  }
};
template <bool first, bool nesterov, class T>
void sgd_with_momentum(const SGDScalars<T>& s, Index n, const T* g, T* p, T* buffer) noexcept {
  each_vector<T>(s.gradient, n, g, p,
                 SGDWithMomentum<first, nesterov, T>{all<T>(s.minus_lr), all<T>(s.momentum),
                                                     all<T>(s.one_minus_dampening), buffer});
}
/// `buffer` is null without momentum.
template <class T>
void sgd_update(const SGDScalars<T>& s, Index n, const T* g, T* p, T* buffer) noexcept {
  if (buffer == nullptr) {
    each_vector<T>(s.gradient, n, g, p, SGDPlain<T>{all<T>(s.minus_lr)});
  } else if (s.first) {
    s.nesterov ? sgd_with_momentum<true, true, T>(s, n, g, p, buffer)
               : sgd_with_momentum<true, false, T>(s, n, g, p, buffer);
  } else {
    s.nesterov ? sgd_with_momentum<false, true, T>(s, n, g, p, buffer)
               : sgd_with_momentum<false, false, T>(s, n, g, p, buffer);
  }
}

template <bool centered, bool with_momentum, class T>
struct RMSpropStep {
  Vec<T> minus_lr, alpha, one_minus_alpha, eps, momentum;
  T* square;
  T* mean;
  T* buffer;
  WICK_FORCE_INLINE Vec<T> operator()(Index i, Vec<T> gradient, Vec<T> value) const {
    Vec<T> v = averaged<T>(load<T>(square + i), alpha, product<T>(gradient, gradient), one_minus_alpha);
    store<T>(square + i, v);
    if constexpr (centered) {
      const Vec<T> m = averaged<T>(load<T>(mean + i), alpha, gradient, one_minus_alpha);
      store<T>(mean + i, m);
      v = v - product<T>(m, m);
    }
    const Vec<T> denominator = root<T, lanes<T>>(v) + eps;
    if constexpr (with_momentum) {
      const Vec<T> velocity =
          without_subnormal<T>(product<T>(load<T>(buffer + i), momentum) + gradient / denominator);
      store<T>(buffer + i, velocity);
      return value + product<T>(velocity, minus_lr);
    } else {
      return value + product<T>(gradient, minus_lr) / denominator;
    }
  }
};
template <bool centered, bool with_momentum, class T>
void rmsprop_step(const RMSpropScalars<T>& s, Index n, const T* g, T* p, T* square, T* mean,
                  T* buffer) noexcept {
  each_vector<T>(
      s.gradient, n, g, p,
      RMSpropStep<centered, with_momentum, T>{all<T>(s.minus_lr), all<T>(s.alpha), all<T>(s.one_minus_alpha),
                                              all<T>(s.eps), all<T>(s.momentum), square, mean, buffer});
}
/// `mean` is null unless centered, `buffer` without momentum.
template <class T>
void rmsprop_update(const RMSpropScalars<T>& s, Index n, const T* g, T* p, T* square, T* mean,
                    T* buffer) noexcept {
  if (mean == nullptr) {
    buffer == nullptr ? rmsprop_step<false, false, T>(s, n, g, p, square, mean, buffer)
                      : rmsprop_step<false, true, T>(s, n, g, p, square, mean, buffer);
  } else {
    buffer == nullptr ? rmsprop_step<true, false, T>(s, n, g, p, square, mean, buffer)
                      : rmsprop_step<true, true, T>(s, n, g, p, square, mean, buffer);
  }
}

template <bool first, class T>
struct AdagradStep {
  Vec<T> minus_lr, eps, start;
  T* sum;
  WICK_FORCE_INLINE Vec<T> operator()(Index i, Vec<T> gradient, Vec<T> value) const {
    Vec<T> squares = start;
    if constexpr (!first) squares = load<T>(sum + i);
    squares = squares + product<T>(gradient, gradient);
    store<T>(sum + i, squares);
    return value + product<T>(gradient, minus_lr) / (root<T, lanes<T>>(squares) + eps);
  }
};
template <class T>
void adagrad_update(const AdagradScalars<T>& s, Index n, const T* g, T* p, T* sum) noexcept {
  const Vec<T> minus_lr = all<T>(s.minus_lr);
  const Vec<T> eps = all<T>(s.eps);
  if (s.first) {
    each_vector<T>(s.gradient, n, g, p, AdagradStep<true, T>{minus_lr, eps, all<T>(s.start), sum});
  } else {
    each_vector<T>(s.gradient, n, g, p, AdagradStep<false, T>{minus_lr, eps, all<T>(s.start), sum});
  }
}

template <class T>
struct AdamaxStep {
  Vec<T> minus_lr, beta1, one_minus_beta1, beta2, eps;
  T* mean;
  T* largest;
  WICK_FORCE_INLINE Vec<T> operator()(Index i, Vec<T> gradient, Vec<T> value) const {
    const Vec<T> m = averaged<T>(load<T>(mean + i), beta1, gradient, one_minus_beta1);
    store<T>(mean + i, m);
    const Vec<T> zeros{};
    const Vec<T> size = select<T, lanes<T>>(gradient < zeros, -gradient, gradient) + eps;
    const Vec<T> before = without_subnormal<T>(product<T>(load<T>(largest + i), beta2));
    const Vec<T> norm = select<T, lanes<T>>(size < before, before, size);
    store<T>(largest + i, norm);
    return value + product<T>(m, minus_lr) / norm;
  }
};
template <class T>
void adamax_update(const AdamaxScalars<T>& s, Index n, const T* g, T* p, T* mean, T* largest) noexcept {
  each_vector<T>(s.gradient, n, g, p,
                 AdamaxStep<T>{all<T>(s.minus_lr), all<T>(s.beta1), all<T>(s.one_minus_beta1),
                               all<T>(s.beta2), all<T>(s.eps), mean, largest});
}

template <class T>
struct NAdamStep {
  Vec<T> beta1, one_minus_beta1, beta2, one_minus_beta2, correction, eps, of_gradient, of_average, keep;
  T* mean;
  T* square;
  WICK_FORCE_INLINE Vec<T> operator()(Index i, Vec<T> gradient, Vec<T> value) const {
    const Vec<T> m = averaged<T>(load<T>(mean + i), beta1, gradient, one_minus_beta1);
    const Vec<T> v = averaged<T>(load<T>(square + i), beta2, product<T>(gradient, gradient), one_minus_beta2);
    store<T>(mean + i, m);
    store<T>(square + i, v);
    const Vec<T> denominator = root<T, lanes<T>>(v / correction) + eps;
    const Vec<T> kept = product<T>(value, keep);
    return (kept + product<T>(gradient, of_gradient) / denominator) + product<T>(m, of_average) / denominator;
  }
};
template <class T>
void nadam_update(const NAdamScalars<T>& s, Index n, const T* g, T* p, T* mean, T* square) noexcept {
  each_vector<T>(s.gradient, n, g, p,
                 NAdamStep<T>{all<T>(s.beta1), all<T>(s.one_minus_beta1), all<T>(s.beta2),
                              all<T>(s.one_minus_beta2), all<T>(s.correction), all<T>(s.eps),
                              all<T>(s.of_gradient), all<T>(s.of_average), all<T>(s.keep), mean, square});
}

template <bool rectified, class T>
struct RAdamStep {
  Vec<T> beta1, one_minus_beta1, beta2, one_minus_beta2, correction, lr, eps, numerator, rectification, keep;
  T* mean;
  T* square;
  WICK_FORCE_INLINE Vec<T> operator()(Index i, Vec<T> gradient, Vec<T> value) const {
    const Vec<T> m = averaged<T>(load<T>(mean + i), beta1, gradient, one_minus_beta1);
    const Vec<T> v = averaged<T>(load<T>(square + i), beta2, product<T>(gradient, gradient), one_minus_beta2);
    store<T>(mean + i, m);
    store<T>(square + i, v);
    Vec<T> update = product<T>(m / correction, lr);
    if constexpr (rectified) {
      const Vec<T> adapted = numerator / (root<T, lanes<T>>(v) + eps);
      update = product<T>(product<T>(update, adapted), rectification);
    }
    return product<T>(value, keep) - update;
  }
};
template <bool rectified, class T>
void radam_step(const RAdamScalars<T>& s, Index n, const T* g, T* p, T* mean, T* square) noexcept {
  each_vector<T>(
      s.gradient, n, g, p,
      RAdamStep<rectified, T>{all<T>(s.beta1), all<T>(s.one_minus_beta1), all<T>(s.beta2),
                              all<T>(s.one_minus_beta2), all<T>(s.correction), all<T>(s.lr), all<T>(s.eps),
                              all<T>(s.root), all<T>(s.rectified), all<T>(s.keep), mean, square});
}
template <class T>
void radam_update(const RAdamScalars<T>& s, Index n, const T* g, T* p, T* mean, T* square) noexcept {
  s.rectified > 0 ? radam_step<true, T>(s, n, g, p, mean, square)
                  : radam_step<false, T>(s, n, g, p, mean, square);
}

template <class T>
struct AdadeltaStep {
  Vec<T> minus_lr, rho, one_minus_rho, eps;
  T* square;
  T* deltas;
  WICK_FORCE_INLINE Vec<T> operator()(Index i, Vec<T> gradient, Vec<T> value) const {
    const Vec<T> v = averaged<T>(load<T>(square + i), rho, product<T>(gradient, gradient), one_minus_rho);
    store<T>(square + i, v);
    const Vec<T> before = load<T>(deltas + i);
    const Vec<T> ratio = root<T, lanes<T>>(before + eps) / root<T, lanes<T>>(v + eps);
    const Vec<T> delta = product<T>(ratio, gradient);
    store<T>(deltas + i, averaged<T>(before, rho, product<T>(delta, delta), one_minus_rho));
    return value + product<T>(delta, minus_lr);
  }
};
template <class T>
void adadelta_update(const AdadeltaScalars<T>& s, Index n, const T* g, T* p, T* square, T* deltas) noexcept {
  each_vector<T>(s.gradient, n, g, p,
                 AdadeltaStep<T>{all<T>(s.minus_lr), all<T>(s.rho), all<T>(s.one_minus_rho), all<T>(s.eps),
                                 square, deltas});
}

template <bool averages, class T>
struct ASGDStep {
  Vec<T> keep, minus_eta, mu;
  T* average;
  WICK_FORCE_INLINE Vec<T> operator()(Index i, Vec<T> gradient, Vec<T> value) const {
    const Vec<T> moved = product<T>(value, keep) + product<T>(gradient, minus_eta);
    if constexpr (averages) {
      const Vec<T> before = load<T>(average + i);
      store<T>(average + i, before + product<T>(moved - before, mu));
    } else {
      store<T>(average + i, moved);
    }
    return moved;
  }
};
template <class T>
void asgd_update(const ASGDScalars<T>& s, Index n, const T* g, T* p, T* average) noexcept {
  const Vec<T> keep = all<T>(s.keep);
  const Vec<T> minus_eta = all<T>(s.minus_eta);
  const Vec<T> mu = all<T>(s.mu);
  if (s.mu != 1) {
    each_vector<T>(s.gradient, n, g, p, ASGDStep<true, T>{keep, minus_eta, mu, average});
  } else {
    each_vector<T>(s.gradient, n, g, p, ASGDStep<false, T>{keep, minus_eta, mu, average});
  }
}

template <class T>
void rprop_update(const RpropScalars<T>& s, Index n, const T* g, T* p, T* before, T* sizes) noexcept {
  const Vec<T> zeros{};
  const Vec<T> ones = all<T>(T(1));
  const Vec<T> sign = all<T>(s.sign);
  const Vec<T> less = all<T>(s.eta_minus);
  const Vec<T> more = all<T>(s.eta_plus);
  const Vec<T> least = all<T>(s.least);
  const Vec<T> most = all<T>(s.most);
  for (Index i = 0; i < n; i += lanes<T>) {
    const Vec<T> gradient = product<T>(sign, load<T>(g + i));
    const Vec<T> turn = product<T>(gradient, load<T>(before + i));
    const Vec<T> factor =
        select<T, lanes<T>>(zeros < turn, more, select<T, lanes<T>>(turn < zeros, less, ones));
    Vec<T> size = product<T>(s.first ? all<T>(s.start) : load<T>(sizes + i), factor);
    size = select<T, lanes<T>>(size < least, least, size);
    size = select<T, lanes<T>>(most < size, most, size);
    store<T>(sizes + i, size);
    const Vec<T> used = select<T, lanes<T>>(turn < zeros, zeros, gradient);
    store<T>(before + i, used);
    const Vec<T> step =
        select<T, lanes<T>>(zeros < used, size, select<T, lanes<T>>(used < zeros, -size, zeros));
    store<T>(p + i, load<T>(p + i) - step);
  }
}
