#pragma once

// All operations on tensors that users call.

#include <wick/ops/angles.hpp>
#include <wick/ops/arithmetic.hpp>
#include <wick/ops/arrange.hpp>
#include <wick/ops/combine.hpp>
#include <wick/ops/compare.hpp>
#include <wick/ops/create.hpp>
#include <wick/ops/distances.hpp>
#include <wick/ops/extremes.hpp>
#include <wick/ops/functions.hpp>
#include <wick/ops/index.hpp>
#include <wick/ops/join.hpp>
#include <wick/ops/layout.hpp>
#include <wick/ops/map.hpp>
#include <wick/ops/matmul.hpp>
#include <wick/ops/multinomial.hpp>
#include <wick/ops/norms.hpp>
#include <wick/ops/of_variables.hpp>
#include <wick/ops/overwrite.hpp>
#include <wick/ops/parts.hpp>
#include <wick/ops/pow.hpp>
#include <wick/ops/rank.hpp>
#include <wick/ops/reduce.hpp>
#include <wick/ops/search.hpp>
#include <wick/ops/select.hpp>
#include <wick/ops/shaped.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/ops/signs.hpp>
#include <wick/ops/softmax.hpp>
#include <wick/ops/sort.hpp>
#include <wick/ops/special.hpp>
#include <wick/ops/stacks.hpp>
