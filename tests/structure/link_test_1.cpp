// Two translation units with the same headers and flags for different processors make one program with one
// set of objects and functions.

#include "link_test.hpp"

#include <iostream>

int main() {
  wick::manual_seed(3);
  const OtherUnit other = other_unit();
  wick::manual_seed(3);
  const bool same = other.generator == &wick::default_generator() && other.tensor == wick::rand<float>({4});
  std::cout << (same ? "one generator\n" : "the units have different generators\n");
  const bool equal = other.trained == trained_parameters();
  std::cout << (equal ? "one training\n" : "the units train differently\n");
  return same && equal ? 0 : 1;
}
