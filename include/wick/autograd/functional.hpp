#pragma once

// Derivatives of functions as a whole: Jacobians, Hessians, and products with them.

#include <wick/autograd/grad_mode.hpp>
#include <wick/autograd/recorder.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Variables for the inputs of a function, on the tape of this thread, recorded even under NoGrad.
template <Floating T>
class FunctionInputs {
 public:
  explicit FunctionInputs(const std::vector<Tensor<T>>& inputs);

  [[nodiscard]] const std::vector<Var<T>>& variables() const noexcept { return variables_; }

 private:
  GradMode recorded_{true};
  std::vector<Var<T>> variables_;
};

template <Floating T>
[[nodiscard]] std::vector<Tensor<T>> jacobian_of(const Var<T>& y, const std::vector<Var<T>>& x);
template <Floating T>
[[nodiscard]] std::vector<Tensor<T>> vjp_of(const Var<T>& y, const std::vector<Var<T>>& x,
                                            const Tensor<T>& v);
template <Floating T>
[[nodiscard]] Tensor<T> jvp_of(const Var<T>& y, const std::vector<Var<T>>& x,
                               const std::vector<Tensor<T>>& v);
template <Floating T>
[[nodiscard]] std::vector<std::vector<Tensor<T>>> hessian_of(const Var<T>& y, const std::vector<Var<T>>& x);
template <Floating T>
[[nodiscard]] std::vector<Tensor<T>> hvp_of(const Var<T>& y, const std::vector<Var<T>>& x,
                                            const std::vector<Tensor<T>>& v);

}  // namespace detail

// f is called with a variable, or with a `const std::vector<Var<T>>&` where inputs are a vector, and returns
// a variable. It may use parameters of models and other variables of this thread's default_tape(), by which
// nothing is derived. What it does not depend on has derivatives of 0. For derivatives that have derivatives
// themselves, or are part of a loss, take grad(). All throw what f throws, and ShapeError for a `v` of
// another shape than that of what it is multiplied with.

/// df_i / dx_j, of shape (f(x).shape, x.shape): one pass back for each element of the output.
/// https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.jacobian.html
template <Floating T, class Function>
[[nodiscard]] std::vector<Tensor<T>> jacobian(const Function& f, const std::vector<Tensor<T>>& inputs) {
  const detail::FunctionInputs<T> at(inputs);
  return detail::jacobian_of<T>(f(at.variables()), at.variables());
}
template <Floating T, class Function>
[[nodiscard]] Tensor<T> jacobian(const Function& f, const Tensor<T>& x) {
  const detail::FunctionInputs<T> at({x});
  return std::move(detail::jacobian_of<T>(f(at.variables()[0]), at.variables())[0]);
}

/// f(x), and the vector-Jacobian product sum_i v_i df_i / dx_j, of the shape of x, for v of the shape of
/// f(x). https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.vjp.html
template <Floating T, class Function>
[[nodiscard]] std::pair<Tensor<T>, std::vector<Tensor<T>>> vjp(const Function& f,
                                                               const std::vector<Tensor<T>>& inputs,
                                                               const Tensor<std::type_identity_t<T>>& v) {
  const detail::FunctionInputs<T> at(inputs);
  const Var<T> y = f(at.variables());
  return {y.tensor(), detail::vjp_of(y, at.variables(), v)};
}
template <Floating T, class Function>
[[nodiscard]] std::pair<Tensor<T>, Tensor<T>> vjp(const Function& f, const Tensor<T>& x,
                                                  const Tensor<std::type_identity_t<T>>& v) {
  const detail::FunctionInputs<T> at({x});
  const Var<T> y = f(at.variables()[0]);
  return {y.tensor(), std::move(detail::vjp_of(y, at.variables(), v)[0])};
}

/// f(x), and the Jacobian-vector product sum_j df_i / dx_j v_j, of the shape of f(x), for v of the shape of
/// x: the derivative by u of the vector-Jacobian product with u, so two passes back and not one for each
/// element. https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.jvp.html
template <Floating T, class Function>
[[nodiscard]] std::pair<Tensor<T>, Tensor<T>> jvp(const Function& f, const std::vector<Tensor<T>>& inputs,
                                                  const std::vector<Tensor<std::type_identity_t<T>>>& v) {
  const detail::FunctionInputs<T> at(inputs);
  const Var<T> y = f(at.variables());
  return {y.tensor(), detail::jvp_of(y, at.variables(), v)};
}
template <Floating T, class Function>
[[nodiscard]] std::pair<Tensor<T>, Tensor<T>> jvp(const Function& f, const Tensor<T>& x,
                                                  const Tensor<std::type_identity_t<T>>& v) {
  const detail::FunctionInputs<T> at({x});
  const Var<T> y = f(at.variables()[0]);
  return {y.tensor(), detail::jvp_of(y, at.variables(), {v})};
}

/// d2f / dx_i dx_j, of shape (x.shape, x.shape), of a function that gives a single number; with several
/// inputs [a][b] is that by inputs a and b. Throws ShapeError when f gives more than one number.
/// https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.hessian.html
template <Floating T, class Function>
[[nodiscard]] std::vector<std::vector<Tensor<T>>> hessian(const Function& f,
                                                          const std::vector<Tensor<T>>& inputs) {
  const detail::FunctionInputs<T> at(inputs);
  return detail::hessian_of<T>(f(at.variables()), at.variables());
}
template <Floating T, class Function>
[[nodiscard]] Tensor<T> hessian(const Function& f, const Tensor<T>& x) {
  const detail::FunctionInputs<T> at({x});
  return std::move(detail::hessian_of<T>(f(at.variables()[0]), at.variables())[0][0]);
}

/// f(x), and the product of the Hessian with v, which has the shape of x: two passes back. PyTorch's `vhp`,
/// the product from the other side, is the same, as the Hessian is symmetric. Throws ShapeError when f gives
/// more than one number.
/// https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.hvp.html
template <Floating T, class Function>
[[nodiscard]] std::pair<Tensor<T>, std::vector<Tensor<T>>> hvp(
    const Function& f, const std::vector<Tensor<T>>& inputs,
    const std::vector<Tensor<std::type_identity_t<T>>>& v) {
  const detail::FunctionInputs<T> at(inputs);
  const Var<T> y = f(at.variables());
  return {y.tensor(), detail::hvp_of(y, at.variables(), v)};
}
template <Floating T, class Function>
[[nodiscard]] std::pair<Tensor<T>, Tensor<T>> hvp(const Function& f, const Tensor<T>& x,
                                                  const Tensor<std::type_identity_t<T>>& v) {
  const detail::FunctionInputs<T> at({x});
  const Var<T> y = f(at.variables()[0]);
  return {y.tensor(), std::move(detail::hvp_of(y, at.variables(), {v})[0])};
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/functional.ipp>
#endif
