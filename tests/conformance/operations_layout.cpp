// Elements laid out anew, put in the place of others, and distances.

#include "operations.hpp"

#include <wick/autograd.hpp>
#include <wick/ops.hpp>

#include <array>
#include <span>
#include <vector>

namespace conformance {

namespace {

template <class Call>
auto rotated(Call& c) {
  std::array<wick::Index, 2> dims{0, 1};
  if (c.has(2, "dims")) {
    const auto given = c.sizes(2, "dims");
    if (given.size() != 2) throw wick::ShapeError("expected two dimensions");
    dims = {given[0], given[1]};
  }
  return rot90(c.x(0), c.index(1, "k", 1), dims);
}
template <class Call>
auto unflattened(Call& c) {
  const auto sizes = c.sizes(2, "sizes");
  return unflatten(c.x(0), c.index(1, "dim"), std::span<const wick::Index>(sizes));
}
template <class Call>
auto repeated(Call& c) {
  static_cast<void>(c.find("output_size"));  // saves PyTorch a sum
  const bool one = c.at(1, "repeats").kind == Value::Kind::integer;
  if (c.has(2, "dim")) {
    return one ? repeat_interleave(c.x(0), c.index(1, "repeats"), c.index(2, "dim"))
               : repeat_interleave(c.x(0), c.indices(1, "repeats"), c.index(2, "dim"));
  }
  return one ? repeat_interleave(c.x(0), c.index(1, "repeats"))
             : repeat_interleave(c.x(0), c.indices(1, "repeats"));
}
template <class T>
auto broadcast(Plain<T>& c) {
  const auto list = c.all(0);
  return wick::broadcast_tensors(std::span<const wick::Tensor<T>>(list));
}
template <class T>
auto broadcast(Taped<T>& c) {
  const auto list = c.all(0);
  return wick::broadcast_tensors(std::span<const wick::Var<T>>(list));
}
template <class Call>
auto differences(Call& c) {
  const wick::Index dim = c.index(2, "dim", -1);
  auto x = c.x(0);
  const wick::Index n = c.index(1, "n", 1);
  // Put beside x by the caller here; PyTorch looks at neither for n = 0.
  const bool joins = n != 0;
  if (c.has(3, "prepend") && joins) x = wick::detail::both_of(c.x(3, "prepend"), x, dim);
  if (c.has(4, "append") && joins) x = wick::detail::both_of(x, c.x(4, "append"), dim);
  return diff(x, n, dim);
}
template <class Call>
Results integral(Call& c) {
  const wick::Index dim = c.index(Arguments::by_name, "dim", -1);
  if (c.size() > 1 || c.has(Arguments::by_name, "x")) {
    if (c.at(1, "x").kind == Value::Kind::tensor) return results_of(trapezoid(c.x(0), c.x(1, "x"), dim));
  }
  return results_of(trapezoid(c.x(0), c.number(Arguments::by_name, "dx", 1), dim));
}
template <class Call>
Results scattered(Call& c) {
  if (c.has(Arguments::by_name, "reduce")) throw Unsupported("reduce");
  const auto index = c.indices(2, "index");
  const wick::Index dim = c.index(1, "dim");
  const Value& source = c.at(3, "src");
  if (source.kind == Value::Kind::tensor) return results_of(scatter(c.x(0), dim, index, c.x(3, "src")));
  return results_of(source.kind == Value::Kind::integer ? scatter(c.x(0), dim, index, source.integer)
                                                        : scatter(c.x(0), dim, index, c.number(3, "src")));
}
template <class Call>
auto reduced(Call& c) {
  return scatter_reduce(c.x(0), c.index(1, "dim"), c.indices(2, "index"), c.x(3, "src"),
                        c.text(4, "reduce", ""), c.flag(5, "include_self", true));
}
template <class Call>
Results filled(Call& c) {
  const Value& value = c.at(3, "value");
  const auto index = c.indices(2, "index");
  const wick::Index dim = c.index(1, "dim");
  if (value.kind == Value::Kind::tensor) return results_of(index_fill(c.x(0), dim, index, c.x(3)));
  if (value.kind == Value::Kind::boolean) return results_of(index_fill(c.x(0), dim, index, value.boolean));
  return results_of(value.kind == Value::Kind::integer
                        ? index_fill(c.x(0), dim, index, value.integer)
                        : index_fill(c.x(0), dim, index, c.number(3, "value")));
}
template <class Call>
auto put(Call& c) {
  std::vector<wick::Tensor<std::int64_t>> indices;
  for (const Value& each : c.at(1, "indices").list) {
    if (each.kind == Value::Kind::tensor && each.tensor.dtype() == wick::DType::boolean) {
      // A mask stands for where it holds.
      const auto places = wick::nonzero(each.tensor.template to<bool>());
      for (wick::Index d = 0; d < places.size(1); ++d) indices.push_back(select(places, 1, d));
      continue;
    }
    if (each.kind != Value::Kind::tensor || each.tensor.dtype() != wick::DType::i64)
      throw Unsupported("indices that are no integers");
    indices.push_back(each.tensor.template to<std::int64_t>());
  }
  const std::vector<wick::TensorArg<std::int64_t>> args(indices.begin(), indices.end());
  return index_put(c.x(0), std::span<const wick::TensorArg<std::int64_t>>(args), c.x(2, "values"),
                   c.flag(3, "accumulate", false));
}
template <class Call>
auto normalised(Call& c) {
  return normalize(c.x(0), c.number(1, "p", 2), c.index(2, "dim", 1), c.number(3, "eps", 1e-12));
}
/// How PyTorch computes it is its own affair.
double compute_mode(const Arguments& c, double p) {
  static_cast<void>(c.text(3, "compute_mode", ""));
  return p;
}
template <class Function>
auto triangle(const Arguments& c, const Function& f) {
  const Value* const type = c.find("dtype");
  if (type != nullptr && type->text != "int64") throw Unsupported("dtype=" + type->str());
  return f(c.index(0, "row"), c.index(1, "col"), c.index(2, "offset", 0));
}
/// Of `var_mean(x, unbiased)` and `var_mean(x, dim, unbiased, keepdim)`.
template <class Call, class Function>
auto unbiased(Call& c, const Function& f) {
  const bool first = c.size() > 1 && c.positional()[1].kind == Value::Kind::boolean;
  const wick::Axes dim = first ? wick::Axes::all() : c.axes(1, "dim");
  return f(c.x(0), dim,
           wick::VarianceOptions{.correction = c.flag(first ? 1 : 2, "unbiased", true) ? 1.0 : 0.0,
                                 .keepdim = c.flag(3, "keepdim", false)});
}

constexpr std::array rows{
    CONFORMANCE_ROW("rot90", rotated(c)),
    CONFORMANCE_ROW("unflatten", unflattened(c)),
    CONFORMANCE_ROW("repeat_interleave", repeated(c)),
    CONFORMANCE_ROW("broadcast_tensors", broadcast(c)),
    CONFORMANCE_ROW("mT", transpose(c.x(0), -2, -1)),
    CONFORMANCE_ROW("diag", diag(c.x(0), c.index(1, "diagonal", 0))),
    CONFORMANCE_ROW("diff", differences(c)),
    CONFORMANCE_NUMBERS("trapezoid", integral(c)),
    CONFORMANCE_NUMBERS("kron", kron(c.x(0), c.x(1))),
    CONFORMANCE_NUMBERS("inner", inner(c.x(0), c.x(1))),
    CONFORMANCE_NUMBERS("baddbmm",
                        baddbmm(c.x(0), c.x(1), c.x(2), c.number(3, "beta", 1), c.number(4, "alpha", 1))),
    CONFORMANCE_PLAIN("tril_indices", triangle(c, wick::tril_indices)),
    CONFORMANCE_PLAIN("triu_indices", triangle(c, wick::triu_indices)),
    CONFORMANCE_ROW("scatter", scattered(c)),
    CONFORMANCE_ROW("scatter_reduce.sum", reduced(c)),
    CONFORMANCE_ROW("scatter_reduce.prod", reduced(c)),
    CONFORMANCE_ROW("scatter_reduce.mean", reduced(c)),
    CONFORMANCE_ROW("scatter_reduce.amax", reduced(c)),
    CONFORMANCE_ROW("scatter_reduce.amin", reduced(c)),
    CONFORMANCE_ROW("index_copy",
                    index_copy(c.x(0), c.index(1, "dim"), c.indices(2, "index"), c.x(3, "source"))),
    CONFORMANCE_ROW("index_fill", filled(c)),
    CONFORMANCE_ROW("index_put", put(c)),
    CONFORMANCE_ROW("take", take(c.x(0), c.indices(1, "index"))),
    CONFORMANCE_FLOATS("dist", dist(c.x(0), c.x(1, "other"), c.number(2, "p", 2))),
    CONFORMANCE_FLOATS("cdist", cdist(c.x(0), c.x(1, "x2"), compute_mode(c, c.number(2, "p", 2)))),
    CONFORMANCE_NUMBERS("nn.functional.pairwise_distance",
                        pairwise_distance(c.x(0), c.x(1, "x2"), c.number(2, "p", 2), c.number(3, "eps", 1e-6),
                                          c.flag(4, "keepdim", false))),
    CONFORMANCE_FLOATS(
        "nn.functional.cosine_similarity",
        cosine_similarity(c.x(0), c.x(1, "x2"), c.index(2, "dim", 1), c.number(3, "eps", 1e-8))),
    CONFORMANCE_FLOATS("nn.functional.normalize", normalised(c)),
    CONFORMANCE_FLOATS("renorm", renorm(c.x(0), c.number(1, "p"), c.index(2, "dim"), c.number(3, "maxnorm"))),
    CONFORMANCE_FLOATS(
        "var_mean.unbiased",
        unbiased(c, [](const auto& x, const auto& dim, const auto& how) { return var_mean(x, dim, how); })),
    CONFORMANCE_FLOATS(
        "std_mean.unbiased",
        unbiased(c, [](const auto& x, const auto& dim, const auto& how) { return std_mean(x, dim, how); })),
};

}  // namespace

std::span<const Operation> layout_operations() { return rows; }

}  // namespace conformance
