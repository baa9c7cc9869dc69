#pragma once

// What one step of an optimizer multiplies by; the kernels are in kernels/optimizers.hpp.

#include <wick/version.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

/// How a rule sees the gradient: sign * g + weight_decay * p.
template <class T>
struct GradientScalars {
  T sign = 1;  ///< -1 to maximise
  T weight_decay = 0;

  [[nodiscard]] bool change_it() const noexcept { return sign != 1 || weight_decay != 0; }
};

template <class T>
struct AdamScalars {
  T beta1, one_minus_beta1, beta2, one_minus_beta2;
  T step_size;  ///< -lr sqrt(1 - beta2^k) / (1 - beta1^k)
  T eps;        ///< eps sqrt(1 - beta2^k)
  T sign;       ///< -1 to maximise
  T weight_decay;
  T keep = 1;  ///< 1 - lr weight_decay, of AdamW, where that is no part of the gradient
  bool amsgrad = false;
};

template <class T>
struct SGDScalars {
  GradientScalars<T> gradient;
  T minus_lr;
  T momentum;
  T one_minus_dampening;
  bool nesterov;
  bool first;  ///< the buffer becomes the gradient
};

template <class T>
struct RMSpropScalars {
  GradientScalars<T> gradient;
  T minus_lr;
  T alpha, one_minus_alpha;
  T eps;
  T momentum;
  bool centered;
};

template <class T>
struct AdagradScalars {
  GradientScalars<T> gradient;
  T minus_lr;  ///< -lr / (1 + (k - 1) lr_decay)
  T eps;
  T start;  ///< what the sum begins with
  bool first;
};

template <class T>
struct AdamaxScalars {
  GradientScalars<T> gradient;
  T minus_lr;  ///< -lr / (1 - beta1^k)
  T beta1, one_minus_beta1, beta2;
  T eps;
};

template <class T>
struct NAdamScalars {
  GradientScalars<T> gradient;
  T beta1, one_minus_beta1, beta2, one_minus_beta2;
  T correction;  ///< 1 - beta2^k
  T eps;
  T of_gradient;  ///< -lr (1 - mu) / (1 - mu_product)
  T of_average;   ///< -lr mu_next / (1 - mu_product mu_next)
  T keep;         ///< 1 - lr weight_decay where that is no part of the gradient
};

template <class T>
struct RAdamScalars {
  GradientScalars<T> gradient;
  T beta1, one_minus_beta1, beta2, one_minus_beta2;
  T correction;  ///< 1 - beta1^k
  T lr;
  T eps;
  T root;       ///< sqrt(1 - beta2^k)
  T rectified;  ///< 0 while the variance of the second average is too large: then it is not used
  T keep;       ///< as in NAdamScalars
};

template <class T>
struct AdadeltaScalars {
  GradientScalars<T> gradient;
  T minus_lr;
  T rho, one_minus_rho;
  T eps;
};

template <class T>
struct ASGDScalars {
  GradientScalars<T> gradient;
  T keep;  ///< 1 - lambd eta
  T minus_eta;
  T mu;  ///< 1: the average is the parameter
};

template <class T>
struct RpropScalars {
  T sign = 1;  ///< -1 to maximise
  T eta_minus, eta_plus;
  T least, most;  ///< step sizes
  T start;        ///< of the step sizes
  bool first;
};

}  // namespace detail

WICK_END_NAMESPACE
