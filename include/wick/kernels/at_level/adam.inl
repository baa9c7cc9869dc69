// Adam's step over one stretch of parameters.

/// One pass over n numbers, a whole number of vectors, of parameters `p`, gradients `g` and averages `m`, `v`
/// and `largest`. The averages are rounded as PyTorch's operations round them, with a multiply-add where
/// PyTorch has one. The division of sqrt(v) by sqrt(1 - beta2^k), which a processor would do for every
/// element, is in step_size and eps instead (Kingma and Ba, "Adam", end of section 2).
///
/// An average below the smallest normal number is 0: such a one moves no parameter.
template <bool changed_gradient, bool amsgrad, bool decoupled, class T>
void adam_step(const AdamScalars<T>& s, Index n, const T* g, T* p, T* m, T* v, T* largest) noexcept {
  constexpr int Lanes = lanes<T>;
  const Vec<T> beta1 = all<T>(s.beta1);
  const Vec<T> one_minus_beta1 = all<T>(s.one_minus_beta1);
  const Vec<T> beta2 = all<T>(s.beta2);
  const Vec<T> one_minus_beta2 = all<T>(s.one_minus_beta2);
  const Vec<T> step_size = all<T>(s.step_size);
  const Vec<T> eps = all<T>(s.eps);
  const Vec<T> sign = all<T>(s.sign);
  const Vec<T> decay = all<T>(s.weight_decay);
  const Vec<T> keep = all<T>(s.keep);
  for (Index i = 0; i < n; i += Lanes) {
    Vec<T> value = load<T>(p + i);
    Vec<T> gradient = load<T>(g + i);
    Vec<T> average = load<T>(m + i);
    Vec<T> square = load<T>(v + i) * beta2;
    if constexpr (changed_gradient) {
      gradient = fma<T, Lanes>(decay, value, sign * gradient);
      average = fma<T, Lanes>(gradient - average, one_minus_beta1, average);
      square = fma<T, Lanes>(gradient * gradient, one_minus_beta2, square);
    } else {
      average = fma<T, Lanes>(gradient, one_minus_beta1, average * beta1);
      square = fma<T, Lanes>(gradient * one_minus_beta2, gradient, square);
    }
    average = without_subnormal<T>(average);
    square = without_subnormal<T>(square);
    store<T>(m + i, average);
    store<T>(v + i, square);
    if constexpr (amsgrad) {
      const Vec<T> before = load<T>(largest + i);
      square = select<T, Lanes>(before < square, square, before);
      store<T>(largest + i, square);
    }
    if constexpr (decoupled) value = product<T>(value, keep);
    const Vec<T> denominator = root<T, Lanes>(square) + eps;
    store<T>(p + i, value + average * step_size / denominator);
  }
}

template <bool decoupled, class T>
void adam_update(bool changed_gradient, bool amsgrad, const AdamScalars<T>& s, Index n, const T* g, T* p,
                 T* m, T* v, T* largest) noexcept {
  if (changed_gradient) {
    amsgrad ? adam_step<true, true, decoupled>(s, n, g, p, m, v, largest)
            : adam_step<true, false, decoupled>(s, n, g, p, m, v, largest);
  } else {
    amsgrad ? adam_step<false, true, decoupled>(s, n, g, p, m, v, largest)
            : adam_step<false, false, decoupled>(s, n, g, p, m, v, largest);
  }
}
template <class T>
void adam_update(bool changed_gradient, bool amsgrad, const AdamScalars<T>& s, Index n, const T* g, T* p,
                 T* m, T* v, T* largest) noexcept {
  adam_update<false>(changed_gradient, amsgrad, s, n, g, p, m, v, largest);
}
/// The same with weight decay apart from the gradient: p is multiplied by `keep` first.
template <class T>
void adamw_update(bool changed_gradient, bool amsgrad, const AdamScalars<T>& s, Index n, const T* g, T* p,
                  T* m, T* v, T* largest) noexcept {
  adam_update<true>(changed_gradient, amsgrad, s, n, g, p, m, v, largest);
}
