// A program that needs wick's headers only.
#include <wick/core/tensor.hpp>

#include <iostream>

int main() {
  const auto t = wick::Tensor<float>::from({{1, 2}, {3, 4}});
  std::cout << "the sum of a tensor of shape " << t.shape().str() << " is " << t.array().sum() << '\n';
  return t.array().sum() == 10 ? 0 : 1;
}
