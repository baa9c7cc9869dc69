// Products, choice, and what is not elementwise.

#include "operations.hpp"

#include <wick/autograd.hpp>
#include <wick/ops.hpp>

#include <array>

namespace conformance {

namespace {

// Compilers differ in whether a constraint of a lambda may name what the lambda captures.
struct FilledWhere {
  wick::Tensor<bool> mask;

  template <class X, class Number>
  [[nodiscard]] auto operator()(const X& x, const Number& value) const requires requires {
    masked_fill(x, mask, value);
  }
  { return masked_fill(x, mask, value); }
};

/// clamp(x, low, high), each of which may be missing.
template <class Call>
[[nodiscard]] Results clamped(Call& c) requires requires {
  clamp(c.x(0), 0.0, 1.0);
}
{
  const bool low = c.has(1, "min");
  const bool high = c.has(2, "max");
  if (low && high) {
    Results results;
    if (c.at(1, "min").kind == Value::Kind::tensor) {
      results.add(clamp(c.x(0), c.x(1, "min"), c.x(2, "max")));
      return results;
    }
    const Value& from = c.at(1, "min");
    const Value& to = c.at(2, "max");
    if (from.kind == Value::Kind::integer && to.kind == Value::Kind::integer) {
      results.add(clamp(c.x(0), from.integer, to.integer));
    } else {
      results.add(clamp(c.x(0), from.number, to.number));
    }
    return results;
  }
  if (low) {
    return with_other(
        c, 1, "min",
        [](const auto& x, const auto& y) requires requires { clamp_min(x, y); } { return clamp_min(x, y); });
  }
  return with_other(
      c, 2, "max",
      [](const auto& x, const auto& y) requires requires { clamp_max(x, y); } { return clamp_max(x, y); });
}

template <class Call>
[[nodiscard]] Results filled(Call& c) requires requires {
  masked_fill(c.x(0), c.mask(1), typename Call::Scalar(1));
}
{ return with_other(c, 2, "value", FilledWhere{c.mask(1, "mask")}); }

template <class Call>
[[nodiscard]] auto linear_of(Call& c) requires requires {
  linear(c.x(0), c.x(1), c.x(2));
}
{
  return c.has(2, "bias") ? linear(c.x(0), c.x(1, "weight"), c.x(2, "bias"))
                          : linear(c.x(0), c.x(1, "weight"));
}
template <class Call>
[[nodiscard]] auto layer_norm_of(Call& c) {
  const std::vector<wick::Index> sizes = c.sizes(1, "normalized_shape");
  const wick::Shape shape{std::span<const wick::Index>(sizes)};
  const double eps = c.number(4, "eps", 1e-5);
  const bool weighted = c.has(2, "weight");
  if (c.has(3, "bias") != weighted) {
    const auto normal = layer_norm(c.x(0), shape, eps);
    return weighted ? normal * c.x(2, "weight") : normal + c.x(3, "bias");
  }
  if (!weighted) return layer_norm(c.x(0), shape, eps);
  if constexpr (requires { layer_norm(c.x(0), c.x(2), c.x(3), eps); }) {
    // One pass.
    if (sizes.size() == 1) return layer_norm(c.x(0), c.x(2, "weight"), c.x(3, "bias"), eps);
  }
  return layer_norm(c.x(0), shape, c.x(2, "weight"), c.x(3, "bias"), eps);
}

constexpr std::array rows{
    CONFORMANCE_BINARY("matmul", matmul(x, y)),
    CONFORMANCE_BINARY("__rmatmul__", matmul(y, x)),
    CONFORMANCE_BINARY("mm", mm(x, y)),
    CONFORMANCE_BINARY("bmm", bmm(x, y)),
    CONFORMANCE_BINARY("dot", dot(x, y)),
    CONFORMANCE_BINARY("outer", outer(x, y)),
    CONFORMANCE_ROW("nn.functional.linear", linear_of(c)),
    CONFORMANCE_FLOATS("nn.functional.layer_norm", layer_norm_of(c)),
    CONFORMANCE_FLOATS("log_softmax", log_softmax(c.x(0), c.index(1, "dim"))),
    CONFORMANCE_FLOATS("softmax", softmax(c.x(0), c.index(1, "dim"))),
    CONFORMANCE_FLOATS("nn.functional.softmin", softmin(c.x(0), c.index(1, "dim"))),
    CONFORMANCE_FLOATS("nn.functional.glu", glu(c.x(0), c.index(1, "dim", -1))),
    CONFORMANCE_FLOATS("nn.functional.gelu", gelu(c.x(0), c.text(1, "approximate", "none"))),
    CONFORMANCE_FLOATS("nn.functional.leaky_relu", leaky_relu(c.x(0), c.number(1, "negative_slope", 0.01))),
    CONFORMANCE_FLOATS("nn.functional.elu", elu(c.x(0), c.number(1, "alpha", 1))),
    CONFORMANCE_FLOATS("nn.functional.celu", celu(c.x(0), c.number(1, "alpha", 1))),
    CONFORMANCE_FLOATS("nn.functional.selu", selu(c.x(0))),
    CONFORMANCE_FLOATS("nn.functional.silu", silu(c.x(0))),
    CONFORMANCE_FLOATS("nn.functional.mish", mish(c.x(0))),
    CONFORMANCE_FLOATS("nn.functional.softplus",
                       softplus(c.x(0), c.number(1, "beta", 1), c.number(2, "threshold", 20))),
    CONFORMANCE_FLOATS("nn.functional.logsigmoid", logsigmoid(c.x(0))),
    CONFORMANCE_NUMBERS("nn.functional.hardtanh",
                        hardtanh(c.x(0), c.number(1, "min_val", -1), c.number(2, "max_val", 1))),
    CONFORMANCE_NUMBERS("nn.functional.relu6", relu6(c.x(0))),
    CONFORMANCE_FLOATS("nn.functional.hardsigmoid", hardsigmoid(c.x(0))),
    CONFORMANCE_FLOATS("nn.functional.hardswish", hardswish(c.x(0))),
    CONFORMANCE_FLOATS("nn.functional.hardshrink", hardshrink(c.x(0), c.number(1, "lambd", 0.5))),
    CONFORMANCE_FLOATS("nn.functional.softshrink", softshrink(c.x(0), c.number(1, "lambd", 0.5))),
    CONFORMANCE_NUMBERS("nn.functional.softsign", softsign(c.x(0))),
    CONFORMANCE_NUMBERS("nn.functional.tanhshrink", tanhshrink(c.x(0))),
    CONFORMANCE_NUMBERS("nn.functional.threshold",
                        threshold(c.x(0), c.number(1, "threshold"), c.number(2, "value"))),
    CONFORMANCE_FLOATS("nn.functional.prelu", prelu(c.x(0), c.x(1, "weight"))),

    CONFORMANCE_ROW("clamp", clamped(c)),
    operation(
        "clamp_min", [](auto& c) requires requires { clamp_min(c.x(0), 1.0); } {
          return with_other(
              c, 1, "min", [](const auto& x, const auto& y) requires requires { clamp_min(x, y); } {
                return clamp_min(x, y);
              });
        }),
    operation(
        "clamp_max", [](auto& c) requires requires { clamp_max(c.x(0), 1.0); } {
          return with_other(
              c, 1, "max", [](const auto& x, const auto& y) requires requires { clamp_max(x, y); } {
                return clamp_max(x, y);
              });
        }),
    // The sample's input is what is taken where the condition holds.
    CONFORMANCE_ROW("where", where(c.mask(1), c.x(0), c.x(2))),
    operation(
        "masked_fill", [](auto& c) requires requires { filled(c); } { return filled(c); }),
    operation(
        "nn.functional.one_hot", [](auto& c) requires std::same_as<decltype(c), Plain<std::int64_t>&> {
          return wick::one_hot(c.x(0), c.index(1, "num_classes", -1));
        }),
};

}  // namespace

std::span<const Operation> other_operations() { return rows; }

}  // namespace conformance
