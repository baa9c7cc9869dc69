#include "link_test.hpp"

OtherUnit other_unit() { return {&wick::default_generator(), wick::rand<float>({4}), trained_parameters()}; }
