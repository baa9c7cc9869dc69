// The example of one cycle, in one file, for benchmarks/one_cycle.

#define WICK_STB_IMPLEMENTATION
#include <wick/external/stb.hpp>

#include "../../examples/models/one_cycle.cpp"
