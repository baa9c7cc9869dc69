// Sums and other functions of elements along dimensions, order, and creation.

#include "operations.hpp"

#include <wick/autograd.hpp>
#include <wick/ops.hpp>

#include <array>
#include <limits>

namespace conformance {

namespace {

#define CONFORMANCE_REDUCTION(name, function) \
  CONFORMANCE_ROW(name, function(c.x(0), c.axes(1, "dim"), c.flag(2, "keepdim", false)))

/// One of the functions that take a dimension, or none for all elements.
#define CONFORMANCE_WHERE_EXTREME(name, function)                                                \
  operation(                                                                                     \
      name, [](auto& c) requires requires { function(c.x(0)); } {                                \
        const auto& x = c.x(0);                                                                  \
        if (c.has(1, "dim")) return function(x, c.index(1, "dim"), c.flag(2, "keepdim", false)); \
        if (!c.flag(2, "keepdim", false)) return function(x);                                    \
        throw Unsupported("keepdim of all dimensions");                                          \
      })

wick::VarianceOptions variance_options(const Arguments& c) {
  wick::VarianceOptions options;
  const double unbiased = c.flag(2, "unbiased", true) ? 1 : 0;
  options.correction = c.number(Arguments::by_name, "correction", unbiased);
  options.keepdim = c.flag(3, "keepdim", false);
  return options;
}

/// Of `var(x, unbiased)` and `var(x, dim, unbiased, keepdim)`.
wick::Axes unbiased_axes(const Arguments& c) {
  return c.size() > 1 && c.positional()[1].kind == Value::Kind::boolean ? wick::Axes::all()
                                                                        : c.axes(1, "dim");
}
wick::VarianceOptions unbiased_options(const Arguments& c) {
  const bool first = c.size() > 1 && c.positional()[1].kind == Value::Kind::boolean;
  return {.correction = c.flag(first ? 1 : 2, "unbiased", true) ? 1.0 : 0.0,
          .keepdim = c.flag(3, "keepdim", false)};
}

double order_of_norm(const Arguments& c, const char* name) {
  const Value* const p = c.find(1, name);
  if (p == nullptr) return 2;
  if (p->kind == Value::Kind::text) {
    if (p->text == "fro") return 2;
    if (p->text == "inf" || p->text == "-inf")
      return (p->text == "inf" ? 1 : -1) * std::numeric_limits<double>::infinity();
    throw Unsupported("p=" + p->str());
  }
  return c.number(1, name);
}

template <class Call>
[[nodiscard]] Results unique_of(Call& c) requires requires {
  unique_all(c.x(0));
}
{
  static_cast<void>(c.flag(1, "sorted", true));  // sorted in any case, as PyTorch's are
  const auto found = c.has(4, "dim") ? unique_dim(c.x(0), c.index(4, "dim")) : unique_all(c.x(0));
  Results results;
  results.add(found.values);
  if (c.flag(2, "return_inverse", false)) results.add(found.inverse);
  if (c.flag(3, "return_counts", false)) results.add(found.counts);
  return results;
}

template <class Call>
[[nodiscard]] auto nonzero_of(Call& c) requires requires {
  nonzero(c.x(0));
}
{
  if (c.flag(1, "as_tuple", false)) return results_of(nonzero_numpy(c.x(0)));
  return results_of(nonzero(c.x(0)));
}

wick::DType type_of(const Arguments& c, wick::DType otherwise) {
  const Value* const v = c.find("dtype");
  if (v == nullptr) return otherwise;
  for (const wick::DType each : wick::all_dtypes) {
    if (name_of(each) == v->text) return each;
  }
  throw Unsupported("dtype=" + v->str());
}

/// f(a value of the element type that is asked for, or of T).
template <class Call, class Function>
[[nodiscard]] Results of_type(Call& c, Function f) {
  using T = typename Call::Scalar;
  Results results;
  wick::visit_dtype(type_of(c, wick::dtype_of<T>), [&]<class To>(To) {
    if constexpr (wick::Element<To> && requires { f(To{}); }) {
      results.add(f(To{}));
    } else {
      throw Unsupported("elements of " + std::string(name_of(wick::dtype_of<To>)));
    }
  });
  return results;
}

template <class Call>
concept IsPlain = std::same_as<typename Call::Operand, wick::Tensor<typename Call::Scalar>>;

template <class Call>
requires IsPlain<Call>
[[nodiscard]] Results arange_of(Call& c) {
  // Without a type it follows from the numbers.
  if (c.find("dtype") == nullptr) {
    for (std::size_t i = 0; i < c.size(); ++i) {
      if (c.at(i).kind == Value::Kind::integer) continue;
      return results_of(c.size() == 1
                            ? wick::arange(c.number(0, "end"))
                            : wick::arange(c.number(0, "start"), c.number(1, "end"), c.number(2, "step", 1)));
    }
    if (c.size() == 1) return results_of(wick::arange(c.index(0, "end")));
    return results_of(wick::arange(c.index(0, "start"), c.index(1, "end"), c.index(2, "step", 1)));
  }
  return of_type(
      c, [&]<wick::Element To>(To) requires(!std::same_as<To, bool>) {
        if (c.size() == 1 && !c.has(1, "end")) return wick::arange<To>(c.number(0, "end"));
        return wick::arange<To>(c.number(0, "start"), c.number(1, "end"), c.number(2, "step", 1));
      });
}

template <class Call, class Function>
requires IsPlain<Call>
[[nodiscard]] Results like(Call& c, Function f) {
  const wick::Shape shape = c.at(0).tensor.shape();
  return of_type(c, [&]<wick::Element To>(To) { return f(To{}, shape); });
}

template <class Call>
requires IsPlain<Call>
[[nodiscard]] Results filled_like(Call& c) {
  return of_type(c, [&]<wick::Element To>(To) {
    const Value& value = c.at(1, "fill_value");
    const wick::Shape shape = c.at(0).tensor.shape();
    return value.kind == Value::Kind::integer ? wick::full<To>(shape, value.integer)
                                              : wick::full<To>(shape, c.number(1, "fill_value"));
  });
}
/// f of a type and the shape that is the first argument.
template <class Call, class Function>
requires IsPlain<Call>
[[nodiscard]] Results of_shape(Call& c, Function f) {
  const std::vector<wick::Index> sizes = c.sizes(0, "size");
  const wick::Shape shape{std::span<const wick::Index>(sizes)};
  return of_type(c, [&]<wick::Element To>(To) { return f(To{}, shape); });
}
template <class Call>
requires IsPlain<Call>
[[nodiscard]] Results filled(Call& c) {
  return of_shape(c, [&]<wick::Element To>(To, const wick::Shape& shape) {
    const Value& value = c.at(1, "fill_value");
    return value.kind == Value::Kind::integer ? wick::full<To>(shape, value.integer)
                                              : wick::full<To>(shape, c.number(1, "fill_value"));
  });
}
template <class Call>
requires IsPlain<Call>
[[nodiscard]] Results eye_of(Call& c) {
  if (c.flag(Arguments::by_name, "requires_grad", false)) throw Unsupported("requires_grad=True");
  return of_type(c, [&]<wick::Element To>(To) {
    return wick::eye<To>(c.index(0, "n"), c.index(1, "m", c.index(0, "n")));
  });
}
template <class Call>
requires IsPlain<Call>
[[nodiscard]] Results linspace_of(Call& c) {
  return of_type(
      c, [&]<wick::Element To>(To) requires(!std::same_as<To, bool>) {
        return wick::linspace<To>(c.number(0, "start"), c.number(1, "end"), c.index(2, "steps"));
      });
}

struct Zeros {
  template <wick::Element To>
  auto operator()(To /*type*/, const wick::Shape& shape) const {
    return wick::zeros<To>(shape);
  }
};
struct Ones {
  template <wick::Element To>
  auto operator()(To /*type*/, const wick::Shape& shape) const {
    return wick::ones<To>(shape);
  }
};

constexpr std::array rows{
    CONFORMANCE_REDUCTION("sum", sum),
    CONFORMANCE_REDUCTION("prod", prod),
    CONFORMANCE_REDUCTION("mean", mean),
    CONFORMANCE_REDUCTION("amax", amax),
    CONFORMANCE_REDUCTION("amin", amin),
    CONFORMANCE_REDUCTION("any", any),
    CONFORMANCE_REDUCTION("all", all),
    CONFORMANCE_REDUCTION("logsumexp", logsumexp),
    CONFORMANCE_ROW("var", var(c.x(0), c.axes(1, "dim"), variance_options(c))),
    CONFORMANCE_ROW("std", wick::std(c.x(0), c.axes(1, "dim"), variance_options(c))),
    CONFORMANCE_ROW("var.unbiased", var(c.x(0), unbiased_axes(c), unbiased_options(c))),
    CONFORMANCE_ROW("std.unbiased", wick::std(c.x(0), unbiased_axes(c), unbiased_options(c))),
    CONFORMANCE_ROW("norm",
                    norm(c.x(0), order_of_norm(c, "p"), c.axes(2, "dim"), c.flag(3, "keepdim", false))),
    CONFORMANCE_ROW("norm.inf",
                    norm(c.x(0), order_of_norm(c, "p"), c.axes(2, "dim"), c.flag(3, "keepdim", false))),
    CONFORMANCE_ROW("linalg.vector_norm",
                    norm(c.x(0), order_of_norm(c, "ord"), c.axes(2, "dim"), c.flag(3, "keepdim", false))),
    CONFORMANCE_WHERE_EXTREME("argmax", argmax),
    CONFORMANCE_WHERE_EXTREME("argmin", argmin),
    CONFORMANCE_ROW("max.reduction_no_dim", (wick::max)(c.x(0))),
    CONFORMANCE_ROW("min.reduction_no_dim", (wick::min)(c.x(0))),
    CONFORMANCE_ROW("max.reduction_with_dim",
                    (wick::max)(c.x(0), c.index(1, "dim"), c.flag(2, "keepdim", false))),
    CONFORMANCE_ROW("min.reduction_with_dim",
                    (wick::min)(c.x(0), c.index(1, "dim"), c.flag(2, "keepdim", false))),
    CONFORMANCE_ROW("sort", sort(c.x(0), c.index(1, "dim", -1),
                                 (c.flag(3, "stable", true) || true) && c.flag(2, "descending", false))),
    CONFORMANCE_ROW("argsort",
                    argsort(c.x(0), c.index(1, "dim", -1),
                            (c.flag(3, "stable", true) || true) && c.flag(2, "descending", false))),
    CONFORMANCE_ROW("topk", topk(c.x(0), c.index(1, "k"), c.index(2, "dim", -1),
                                 (c.flag(4, "sorted", true) || true) && c.flag(3, "largest", true))),
    CONFORMANCE_ROW("unique", unique_of(c)),
    CONFORMANCE_ROW("cumsum", cumsum(c.x(0), c.index(1, "dim"))),
    CONFORMANCE_ROW("cumprod", cumprod(c.x(0), c.index(1, "dim"))),
    CONFORMANCE_ROW("nonzero", nonzero_of(c)),
    CONFORMANCE_ROW("argwhere", nonzero(c.x(0))),

    CONFORMANCE_ROW("arange", arange_of(c)),
    CONFORMANCE_ROW("linspace", linspace_of(c)),
    CONFORMANCE_ROW("eye", eye_of(c)),
    CONFORMANCE_ROW("full", filled(c)),
    CONFORMANCE_ROW("full_like", filled_like(c)),
    CONFORMANCE_ROW("zeros", of_shape(c, Zeros())),
    CONFORMANCE_ROW("ones", of_shape(c, Ones())),
    CONFORMANCE_ROW("zeros_like", like(c, Zeros())),
    CONFORMANCE_ROW("ones_like", like(c, Ones())),
};

}  // namespace

std::span<const Operation> reductions() { return rows; }

}  // namespace conformance
