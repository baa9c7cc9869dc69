// Angles, special functions, signs and rounding of elements.

#include "operations.hpp"

#include <wick/autograd.hpp>
#include <wick/ops.hpp>

#include <array>
#include <optional>
#include <string>

namespace conformance {

namespace {

template <class Call>
[[nodiscard]] auto log_odds(Call& c) requires requires {
  logit(c.x(0), 0.1);
}
{ return c.has(1, "eps") ? logit(c.x(0), c.number(1, "eps")) : logit(c.x(0)); }
template <class Call>
[[nodiscard]] auto replaced(Call& c) requires requires {
  nan_to_num(c.x(0));
}
{
  const auto given = [&](std::size_t i, const char* name) {
    return c.has(i, name) ? std::optional<double>(c.number(i, name)) : std::nullopt;
  };
  return nan_to_num(c.x(0), c.number(1, "nan", 0), given(2, "posinf"), given(3, "neginf"));
}

// Compilers differ in whether a constraint of a lambda may name what the lambda captures.
struct RoundedQuotient {
  std::string mode;

  template <class Tx, class Ty>
  [[nodiscard]] auto operator()(const Tx& x, const Ty& y) const requires requires {
    div(x, y, mode);
  }
  { return div(x, y, mode); }
};
template <class Call>
[[nodiscard]] Results quotient(Call& c) requires requires {
  div(c.x(0), c.x(1), "floor");
}
{ return with_other(c, 1, "other", RoundedQuotient{c.text(Arguments::by_name, "rounding_mode", "")}); }

constexpr std::array rows{
    CONFORMANCE_UNARY("asin", asin(x)),
    CONFORMANCE_UNARY("acos", acos(x)),
    CONFORMANCE_UNARY("atan", atan(x)),
    CONFORMANCE_UNARY("sinh", sinh(x)),
    CONFORMANCE_UNARY("cosh", cosh(x)),
    CONFORMANCE_UNARY("asinh", asinh(x)),
    CONFORMANCE_UNARY("acosh", acosh(x)),
    CONFORMANCE_UNARY("atanh", atanh(x)),
    CONFORMANCE_UNARY("sinc", sinc(x)),
    CONFORMANCE_UNARY("exp2", exp2(x)),
    CONFORMANCE_UNARY("erf", erf(x)),
    CONFORMANCE_UNARY("erfc", erfc(x)),
    CONFORMANCE_UNARY("erfinv", erfinv(x)),
    CONFORMANCE_UNARY("lgamma", lgamma(x)),
    CONFORMANCE_UNARY("digamma", digamma(x)),
    CONFORMANCE_UNARY("sgn", sgn(x)),
    CONFORMANCE_UNARY("isposinf", isposinf(x)),
    CONFORMANCE_UNARY("isneginf", isneginf(x)),
    CONFORMANCE_ROW("logit", log_odds(c)),
    CONFORMANCE_ROW("nan_to_num", replaced(c)),
    CONFORMANCE_ROW("atan2", atan2(c.x(0), c.x(1, "other"))),
    CONFORMANCE_ROW("hypot", hypot(c.x(0), c.x(1, "other"))),
    CONFORMANCE_ROW("logaddexp", logaddexp(c.x(0), c.x(1, "other"))),
    CONFORMANCE_ROW("logaddexp2", logaddexp2(c.x(0), c.x(1, "other"))),
    CONFORMANCE_BINARY("xlogy", xlogy(x, y)),
    CONFORMANCE_BINARY("copysign", copysign(x, y)),
    CONFORMANCE_ROW("fmax", fmax(c.x(0), c.x(1, "other"))),
    CONFORMANCE_ROW("fmin", fmin(c.x(0), c.x(1, "other"))),
    CONFORMANCE_BINARY("fmod", fmod(x, y)),
    CONFORMANCE_ROW("heaviside", heaviside(c.x(0), c.x(1, "values"))),
    CONFORMANCE_BINARY("float_power", float_power(x, y)),
    CONFORMANCE_BINARY("__rpow__", pow(y, x)),
    CONFORMANCE_ROW("div.trunc_rounding", quotient(c)),
    CONFORMANCE_ROW("div.floor_rounding", quotient(c)),
    CONFORMANCE_FLOATS("logcumsumexp", logcumsumexp(c.x(0), c.index(1, "dim"))),
    CONFORMANCE_ROW("nansum", nansum(c.x(0), c.axes(1, "dim"), c.flag(2, "keepdim", false))),
    CONFORMANCE_ROW("nanmean", nanmean(c.x(0), c.axes(1, "dim"), c.flag(2, "keepdim", false))),
};

}  // namespace

std::span<const Operation> special_operations() { return rows; }

}  // namespace conformance
