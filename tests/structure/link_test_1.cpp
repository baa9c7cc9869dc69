// Two translation units with the same headers make one program with one set of objects.

#include "link_test.hpp"

#include <iostream>

int main() {
  wick::manual_seed(3);
  const OtherUnit other = other_unit();
  wick::manual_seed(3);
  const bool same = other.generator == &wick::default_generator() && other.tensor == wick::rand<float>({4});
  std::cout << (same ? "one generator\n" : "the units have different generators\n");
  return same ? 0 : 1;
}
