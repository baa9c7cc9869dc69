// Functions of each element.

#include "operations.hpp"

#include <wick/autograd.hpp>
#include <wick/ops.hpp>

#include <array>

namespace conformance {

namespace {

constexpr std::array rows{
    CONFORMANCE_UNARY("exp", exp(x)),
    CONFORMANCE_UNARY("expm1", expm1(x)),
    CONFORMANCE_UNARY("sigmoid", sigmoid(x)),
    CONFORMANCE_UNARY("tanh", tanh(x)),
    CONFORMANCE_UNARY("log", log(x)),
    CONFORMANCE_UNARY("log1p", log1p(x)),
    CONFORMANCE_UNARY("log2", log2(x)),
    CONFORMANCE_UNARY("log10", log10(x)),
    CONFORMANCE_UNARY("sin", sin(x)),
    CONFORMANCE_UNARY("cos", cos(x)),
    CONFORMANCE_UNARY("tan", tan(x)),
    CONFORMANCE_UNARY("sqrt", sqrt(x)),
    CONFORMANCE_UNARY("rsqrt", rsqrt(x)),
    CONFORMANCE_UNARY("reciprocal", reciprocal(x)),
    CONFORMANCE_UNARY("abs", abs(x)),
    CONFORMANCE_UNARY("sign", sign(x)),
    CONFORMANCE_UNARY("square", square(x)),
    CONFORMANCE_UNARY("neg", -x),
    CONFORMANCE_UNARY("nn.functional.relu", relu(x)),
    CONFORMANCE_UNARY("floor", floor(x)),
    CONFORMANCE_UNARY("ceil", ceil(x)),
    CONFORMANCE_UNARY("trunc", trunc(x)),
    CONFORMANCE_UNARY("round", round(x)),
    CONFORMANCE_UNARY("isnan", isnan(x)),
    CONFORMANCE_UNARY("isinf", isinf(x)),
    CONFORMANCE_UNARY("isfinite", isfinite(x)),
    CONFORMANCE_UNARY("logical_not", logical_not(x)),
    CONFORMANCE_UNARY("bitwise_not", ~x),
};

}  // namespace

std::span<const Operation> elementwise_operations() { return rows; }

}  // namespace conformance
