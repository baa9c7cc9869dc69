// Comparisons, logic, and the larger of two operands.

#include "operations.hpp"

#include <wick/autograd.hpp>
#include <wick/ops.hpp>

#include <array>

namespace conformance {

namespace {

template <class T>
Results along(Plain<T>& c) {
  return results_of((wick::max)(c.x(0), c.index(1, "dim")));
}
template <class T>
Results along(Taped<T>& /*c*/) {
  throw Unsupported("a dimension, recorded");
}

constexpr std::array rows{
    CONFORMANCE_BINARY("eq", eq(x, y)),
    CONFORMANCE_BINARY("ne", ne(x, y)),
    CONFORMANCE_BINARY("lt", lt(x, y)),
    CONFORMANCE_BINARY("le", le(x, y)),
    CONFORMANCE_BINARY("gt", gt(x, y)),
    CONFORMANCE_BINARY("ge", ge(x, y)),
    CONFORMANCE_BINARY("maximum", maximum(x, y)),
    CONFORMANCE_BINARY("minimum", minimum(x, y)),
    // Beside a number, the number is a dimension.
    CONFORMANCE_ROW("max.binary",
                    c.at(1).kind == Value::Kind::tensor ? results_of(maximum(c.x(0), c.x(1))) : along(c)),
    CONFORMANCE_ROW("min.binary",
                    c.at(1).kind == Value::Kind::tensor ? results_of(minimum(c.x(0), c.x(1))) : along(c)),
    CONFORMANCE_BINARY("logical_and", logical_and(x, y)),
    CONFORMANCE_BINARY("logical_or", logical_or(x, y)),
    CONFORMANCE_BINARY("logical_xor", logical_xor(x, y)),
    CONFORMANCE_BINARY("bitwise_and", x& y),
    CONFORMANCE_BINARY("bitwise_or", x | y),
    CONFORMANCE_BINARY("bitwise_xor", x ^ y),
    CONFORMANCE_BINARY("equal", equal(x, y)),
};

}  // namespace

std::span<const Operation> comparisons() { return rows; }

}  // namespace conformance
