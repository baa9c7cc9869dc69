#pragma once

// Derivatives against central differences.

#include <wick/autograd/tape.hpp>
#include <wick/tensor/tensor.hpp>

#include <functional>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Options of gradcheck() and gradgradcheck().
struct GradcheckOptions {
  double eps = 1e-6;   ///< of the differences (f(x + eps) - f(x - eps)) / (2 eps)
  double atol = 1e-5;  ///< |a - n| <= atol + rtol |n| is near enough
  double rtol = 1e-3;  ///< the relative part
};

/// A function of variables, to be checked. It has to give the same values each time for the same inputs.
using CheckedFunction = std::function<Var<double>(const std::vector<Var<double>>&)>;

/// Compares the Jacobian of f at the inputs with central differences; f must be smooth around there. Returns
/// true, or throws Error that says where they differ.
/// https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
bool gradcheck(const CheckedFunction& f, const std::vector<Tensor<double>>& inputs,
               const GradcheckOptions& options = {});

/// The same for the derivatives of f, weighted with fixed random numbers: whether second derivatives are
/// right. https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradgradcheck.html
bool gradgradcheck(const CheckedFunction& f, const std::vector<Tensor<double>>& inputs,
                   const GradcheckOptions& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/gradcheck.ipp>
#endif
