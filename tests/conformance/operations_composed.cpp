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
#define CONFORMANCE_NUMBERS(name, ...)                                                        \
  operation(                                                                                  \
      name, []<class Call>(Call & c) requires(!std::is_same_v<typename Call::Scalar, bool>) { \
        return __VA_ARGS__;                                                                   \
      })

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
    CONFORMANCE_NUMBERS(
        "addr",
        with_factors(c, [&](auto beta, auto alpha) { return addr(c.x(0), c.x(1), c.x(2), beta, alpha); })),
    CONFORMANCE_FLOATS("frac", frac(c.x(0))),
    CONFORMANCE_FLOATS("deg2rad", deg2rad(c.x(0))),
    CONFORMANCE_FLOATS("rad2deg", rad2deg(c.x(0))),
};

}  // namespace

std::span<const Operation> composed_operations() { return rows; }

}  // namespace conformance
