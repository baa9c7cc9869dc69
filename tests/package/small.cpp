// For the ways to the headers that differ from another one in nothing but the path to them.
#include <wick/tensor/eigen.hpp>
#include <wick/tensor/tensor.hpp>

int main() {
  const auto x = wick::Tensor<float>::full({2, 3}, 2);
  return x.array().sum() == 12 ? 0 : 1;
}
