// A library that uses the wick of its own: compiled twice, with two versions.
#include <wick/base/detail/utf8.hpp>
#include <wick/tensor/eigen.hpp>
#include <wick/tensor/tensor.hpp>

#include <typeinfo>

namespace VERSION {

int answer();
float sum(int n);
const std::type_info& tensor();

int answer() { return wick::detail::answer(); }

float sum(int n) {
  wick::Tensor<float> t(wick::Shape{n});
  t.array().setOnes();
  return t.array().sum();
}

const std::type_info& tensor() { return typeid(wick::Tensor<float>); }

}  // namespace VERSION
