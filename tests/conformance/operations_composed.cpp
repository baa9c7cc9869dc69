// Elements arranged anew, and formulas that have names.

#include "operations.hpp"

#include <wick/autograd.hpp>
#include <wick/ops.hpp>

#include <array>

namespace conformance {

namespace {

/// A function of a list, of plain tensors and of variables.
template <class T, class Function>
auto of_list(Plain<T>& c, Function f) {
  const auto list = c.list(0, "tensors");
  const std::vector<wick::TensorArg<T>> args(list.begin(), list.end());
  return f(std::span<const wick::TensorArg<T>>(args));
}
template <class T, class Function>
auto of_list(Taped<T>& c, Function f) {
  const auto list = c.list(0, "tensors");
  if (list.empty()) throw Unsupported("no variables");
  return f(std::span<const wick::Var<T>>(list));
}
#define CONFORMANCE_LIST(name, ...) \
  operation(name, [](auto& c) { return of_list(c, [](auto list) { return __VA_ARGS__; }); })

template <class Call>
auto rolled(Call& c) {
  const auto shifts = c.sizes(1, "shifts");
  if (!c.has(2, "dims") || c.sizes(2, "dims").empty()) {
    if (shifts.size() != 1) return roll(c.x(0), shifts, {});
    return roll(c.x(0), shifts[0]);
  }
  const auto dims = c.sizes(2, "dims");
  return roll(c.x(0), std::span<const wick::Index>(shifts), std::span<const wick::Index>(dims));
}
template <class Call>
auto moved(Call& c) {
  const auto source = c.sizes(1, "source");
  const auto destination = c.sizes(2, "destination");
  return movedim(c.x(0), std::span<const wick::Index>(source), std::span<const wick::Index>(destination));
}
template <class Call>
auto interpolated(Call& c) {
  if (c.at(2, "weight").kind == Value::Kind::tensor) return lerp(c.x(0), c.x(1), c.x(2));
  return lerp(c.x(0), c.x(1), c.number(2, "weight"));
}

/// f of a factor, an integer or not, which is 1 if it is not given.
template <class Function>
Results with_factor(const Arguments& c, std::size_t position, std::string_view name, const Function& f) {
  if (!c.has(position, name)) return results_of(f(1));
  const Value& value = c.at(position, name);
  return value.kind == Value::Kind::integer ? results_of(f(value.integer))
                                            : results_of(f(c.number(position, name)));
}
template <class Function>
Results with_factors(const Arguments& c, const Function& f) {
  return with_factor(c, 3, "beta", [&](auto beta) {
    return with_factor(c, 4, "alpha", [&](auto alpha) { return f(beta, alpha); });
  });
}

/// Of each of the tensors, which may be in a list.
template <class Call, class Function>
Results each_of(Call& c, const Function& f) {
  Results results;
  if (c.size() == 1 && c.at(0, "").kind == Value::Kind::list) {
    for (const auto& x : c.list(0, "tensors")) results.add(f(x));
  } else {
    for (const auto& x : c.all(0)) results.add(f(x));
  }
  return results;
}
#define CONFORMANCE_EACH(name, ...) \
  operation(name, [](auto& c) { return each_of(c, [](const auto& x) { return __VA_ARGS__; }); })

template <class Call>
auto taken_along(Call& c) {
  if (c.has(2, "dim")) return take_along_dim(c.x(0), c.indices(1, "indices"), c.index(2, "dim"));
  return take_along_dim(c.x(0), c.indices(1, "indices"));
}
template <class Call>
auto split_tensor(Call& c) {
  const Value& how = c.at(1, "indices_or_sections");
  if (how.kind == Value::Kind::integer)
    return tensor_split(c.x(0), c.index(1, "indices_or_sections"), c.index(2, "dim", 0));
  if (how.kind == Value::Kind::tensor) {
    const auto given = c.indices(1, "indices_or_sections");
    if (given.dim() == 0) return tensor_split(c.x(0), given.item(), c.index(2, "dim", 0));
    const std::vector<wick::Index> list(given.data(), given.data() + given.numel());
    return tensor_split(c.x(0), std::span<const wick::Index>(list), c.index(2, "dim", 0));
  }
  const auto indices = c.sizes(1, "indices_or_sections");
  return tensor_split(c.x(0), std::span<const wick::Index>(indices), c.index(2, "dim", 0));
}
template <class Call>
Results reversed_difference(Call& c) {
  using T = typename Call::Scalar;
  return with_factor(c, 2, "alpha", [&](auto alpha) -> Results {
    if (c.at(1, "other").kind == Value::Kind::tensor) return results_of(rsub(c.x(0), c.x(1, "other"), alpha));
    return results_of(element_of<T>(c.number(1, "other")) - wick::detail::scaled(c.x(0), alpha));
  });
}
wick::VarianceOptions spread_options(const Arguments& c) {
  const double unbiased = c.flag(Arguments::by_name, "unbiased", true) ? 1 : 0;
  return {.correction = c.number(Arguments::by_name, "correction", unbiased),
          .keepdim = c.flag(Arguments::by_name, "keepdim", false)};
}
wick::CloseOptions close_options(const Arguments& c) {
  return {.rtol = c.number(2, "rtol", 1e-5),
          .atol = c.number(3, "atol", 1e-8),
          .equal_nan = c.flag(4, "equal_nan", false)};
}

constexpr std::array rows{
    CONFORMANCE_ROW("select", select(c.x(0), c.index(1, "dim"), c.index(2, "index"))),
    CONFORMANCE_ROW("unbind", unbind(c.x(0), c.index(1, "dim", 0))),
    CONFORMANCE_ROW("movedim", moved(c)),
    CONFORMANCE_ROW("flip", flip(c.x(0), std::span<const wick::Index>(c.rest(1, "dims")))),
    CONFORMANCE_ROW("fliplr", fliplr(c.x(0))),
    CONFORMANCE_ROW("flipud", flipud(c.x(0))),
    CONFORMANCE_ROW("roll", rolled(c)),
    CONFORMANCE_ROW("repeat", repeat(c.x(0), std::span<const wick::Index>(c.rest(1, "repeats")))),
    CONFORMANCE_ROW("tile", tile(c.x(0), std::span<const wick::Index>(c.rest(1, "dims")))),
    CONFORMANCE_LIST("hstack", hstack(list)),
    CONFORMANCE_LIST("vstack", vstack(list)),
    CONFORMANCE_LIST("dstack", dstack(list)),
    CONFORMANCE_LIST("column_stack", column_stack(list)),
    CONFORMANCE_FLOATS("lerp", interpolated(c)),
    CONFORMANCE_NUMBERS(
        "addcmul",
        with_factor(c, 3, "value", [&](auto value) { return addcmul(c.x(0), c.x(1), c.x(2), value); })),
    CONFORMANCE_FLOATS("addcdiv", addcdiv(c.x(0), c.x(1), c.x(2), c.number(3, "value", 1))),
    CONFORMANCE_NUMBERS("mv", mv(c.x(0), c.x(1))),
    CONFORMANCE_NUMBERS(
        "addmm",
        with_factors(c, [&](auto beta, auto alpha) { return addmm(c.x(0), c.x(1), c.x(2), beta, alpha); })),
    CONFORMANCE_NUMBERS(
        "addmv",
        with_factors(c, [&](auto beta, auto alpha) { return addmv(c.x(0), c.x(1), c.x(2), beta, alpha); })),
    operation("addr",
              [](auto& c) {
                return with_factors(
                    c, [&](auto beta, auto alpha) { return addr(c.x(0), c.x(1), c.x(2), beta, alpha); });
              }),
    CONFORMANCE_EACH("atleast_1d", atleast_1d(x)),
    CONFORMANCE_EACH("atleast_2d", atleast_2d(x)),
    CONFORMANCE_ROW("diagonal",
                    diagonal(c.x(0), c.index(1, "offset", 0), c.index(2, "dim1", 0), c.index(3, "dim2", 1))),
    CONFORMANCE_NUMBERS("trace", trace(c.x(0))),
    CONFORMANCE_ROW("take_along_dim", taken_along(c)),
    CONFORMANCE_ROW("tensor_split", split_tensor(c)),
    CONFORMANCE_NUMBERS("rsub", reversed_difference(c)),
    CONFORMANCE_ROW("aminmax", aminmax(c.x(0), c.axes(Arguments::by_name, "dim"),
                                       c.flag(Arguments::by_name, "keepdim", false))),
    CONFORMANCE_FLOATS("var_mean", var_mean(c.x(0), c.axes(1, "dim"), spread_options(c))),
    CONFORMANCE_FLOATS("std_mean", std_mean(c.x(0), c.axes(1, "dim"), spread_options(c))),
    CONFORMANCE_PLAIN("count_nonzero", count_nonzero(c.x(0), c.axes(1, "dim"))),
    CONFORMANCE_PLAIN("isclose", isclose(c.x(0), c.x(1, "other"), close_options(c))),
    CONFORMANCE_PLAIN("allclose", allclose(c.x(0), c.x(1, "other"), close_options(c))),
    CONFORMANCE_FLOATS("frac", frac(c.x(0))),
    CONFORMANCE_ROW("deg2rad", deg2rad(c.x(0))),
    CONFORMANCE_ROW("rad2deg", rad2deg(c.x(0))),
    CONFORMANCE_NUMBERS("add", with_factor(c, Arguments::by_name, "alpha",
                                           [&](auto alpha) { return add(c.x(0), c.x(1, "other"), alpha); })),
    CONFORMANCE_NUMBERS("sub", with_factor(c, Arguments::by_name, "alpha",
                                           [&](auto alpha) { return sub(c.x(0), c.x(1, "other"), alpha); })),
};

}  // namespace

std::span<const Operation> composed_operations() { return rows; }

}  // namespace conformance
