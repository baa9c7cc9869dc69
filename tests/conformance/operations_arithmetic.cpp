// Arithmetic of two operands.

#include "operations.hpp"

#include <wick/autograd.hpp>
#include <wick/ops.hpp>

#include <array>

namespace conformance {

namespace {

constexpr std::array rows{
    CONFORMANCE_BINARY("add", x + y),
    CONFORMANCE_BINARY("sub", x - y),
    CONFORMANCE_BINARY("mul", x* y),
    CONFORMANCE_BINARY("true_divide", x / y),
    CONFORMANCE_BINARY("div.no_rounding_mode", x / y),
    CONFORMANCE_BINARY("floor_divide", floor_divide(x, y)),
    CONFORMANCE_BINARY("remainder", remainder(x, y)),
    CONFORMANCE_BINARY("__radd__", y + x),
    CONFORMANCE_BINARY("__rsub__", y - x),
    CONFORMANCE_BINARY("__rmul__", y* x),
    CONFORMANCE_BINARY("__rdiv__", y / x),
    CONFORMANCE_BINARY("__rand__", y& x),
    CONFORMANCE_BINARY("__ror__", y | x),
    CONFORMANCE_BINARY("__rxor__", y ^ x),
    CONFORMANCE_BINARY("__rmod__", remainder(y, x)),
    CONFORMANCE_BINARY("pow", pow(x, y)),
};

}  // namespace

std::span<const Operation> arithmetic_operations() { return rows; }

}  // namespace conformance
