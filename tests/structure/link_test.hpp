#pragma once

// What the second translation unit of the link test knows, to be compared with the first.

#include <wick/wick.hpp>

struct OtherUnit {
  const wick::Generator* generator;
  wick::Tensor<float> tensor;
};

OtherUnit other_unit();
