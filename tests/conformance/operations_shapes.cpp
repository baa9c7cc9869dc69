// Other shapes, parts, and what puts tensors together.

#include "operations.hpp"

#include <wick/autograd.hpp>
#include <wick/ops.hpp>

#include <array>
#include <string>

namespace conformance {

namespace {

/// The shape that some sizes mean, one of which may be -1.
wick::Shape meant_shape(const Arguments& c, const wick::Shape& from) {
  const std::vector<wick::Index> sizes = c.rest(1, "shape");
  return wick::detail::inferred_shape(from, sizes);
}
/// Of narrow(), which in C++ takes `start.item()`.
wick::Index begin_of(const Arguments& c) {
  const Value& start = c.at(2, "start");
  return start.kind == Value::Kind::tensor ? start.tensor.to<std::int64_t>().item() : c.index(2, "start");
}
std::vector<wick::Index> order(const Arguments& c) { return c.rest(1, "dims"); }

template <class Operand>
std::span<const Operand> span_of(const std::vector<Operand>& list) {
  return list;
}
template <class T>
std::vector<wick::TensorArg<T>> views(const std::vector<wick::Tensor<T>>& list) {
  return {list.begin(), list.end()};
}

/// cat() and stack() of plain tensors and of variables.
template <class T>
auto joined(Plain<T>& c) {
  const auto list = c.list(0, "tensors");
  const auto args = views<T>(list);
  return wick::cat<T>(std::span<const wick::TensorArg<T>>(args), c.index(1, "dim", 0));
}
template <class T>
auto joined(Taped<T>& c) {
  const auto list = c.list(0, "tensors");
  if (list.empty()) throw Unsupported("no variables");
  return wick::cat(span_of(list), c.index(1, "dim", 0));
}
template <class T>
auto stacked(Plain<T>& c) {
  const auto list = c.list(0, "tensors");
  const auto args = views<T>(list);
  return wick::stack<T>(std::span<const wick::TensorArg<T>>(args), c.index(1, "dim", 0));
}
template <class T>
auto stacked(Taped<T>& c) {
  const auto list = c.list(0, "tensors");
  if (list.empty()) throw Unsupported("no variables");
  return wick::stack(span_of(list), c.index(1, "dim", 0));
}

/// A value of its own: tensors are, and variables do not change.
template <class Call>
auto cloned(Call& c) {
  return typename Call::Operand(c.x(0));
}
/// to<T>() of PyTorch's `to(dtype)`, `to(device, dtype)` and `to(tensor)`; flags say how.
template <class T>
Results converted(Plain<T>& c) {
  std::string dtype;
  for (std::size_t i = 1; i < c.size(); ++i) {
    const Value& v = c.at(i, "");
    if (v.kind == Value::Kind::dtype) dtype = v.text;
    if (v.kind == Value::Kind::tensor) dtype = wick::name_of(v.tensor.dtype());
  }
  if (dtype.empty()) return results_of(c.x(0));
  if (dtype == "float32") return results_of(wick::to<float>(c.x(0)));
  if (dtype == "float64") return results_of(wick::to<double>(c.x(0)));
  throw Unsupported("another type");
}

/// split() by one size or by several.
template <class Call>
auto split_of(Call& c) requires requires {
  split(c.x(0), wick::Index{1}, wick::Index{0});
}
{
  const Value& sizes = c.at(1, "split_size_or_sections");
  if (sizes.kind == Value::Kind::integer) return split(c.x(0), c.index(1, ""), c.index(2, "dim", 0));
  const std::vector<wick::Index> list = c.sizes(1, "");
  return split(c.x(0), std::span<const wick::Index>(list), c.index(2, "dim", 0));
}
template <class Call>
auto split_with_sizes_of(Call& c) requires requires {
  split(c.x(0), std::span<const wick::Index>(), wick::Index{0});
}
{
  const std::vector<wick::Index> list = c.sizes(1, "split_sizes");
  return split(c.x(0), std::span<const wick::Index>(list), c.index(2, "dim", 0));
}

template <class Call>
auto squeezed(Call& c) requires requires {
  squeeze(c.x(0));
}
{
  if (!c.has(1, "dim")) return results_of(squeeze(c.x(0)));
  return results_of(squeeze(c.x(0), c.sizes(1, "dim")));
}

template <class Call>
auto permuted(Call& c) requires requires {
  permute(c.x(0), std::span<const wick::Index>());
}
{
  const std::vector<wick::Index> axes = order(c);
  return permute(c.x(0), std::span<const wick::Index>(axes));
}

/// x with the slices of `source` added, which may be weighted with alpha.
template <class Call>
auto index_added(Call& c) requires requires {
  index_add(c.x(0), wick::Index{0}, c.indices(2, "index"), c.x(3, "source"));
}
{
  using T = typename Call::Scalar;
  const auto source = c.x(3, "source");
  const double alpha = c.number(4, "alpha", 1);
  const wick::Index dim = c.index(1, "dim");
  if (alpha == 1) return index_add(c.x(0), dim, c.indices(2, "index"), source);
  return index_add(c.x(0), dim, c.indices(2, "index"), source * element_of<T>(alpha));
}

constexpr std::array rows{
    operation("clone", [](auto& c) { return cloned(c); }),
    operation("to", []<wick::Element T>(Plain<T>& c) { return converted(c); }),
    CONFORMANCE_ROW("reshape", reshape(c.x(0), meant_shape(c, c.x(0).shape()))),
    CONFORMANCE_ROW("view", reshape(c.x(0), meant_shape(c, c.x(0).shape()))),
    CONFORMANCE_ROW("reshape_as", reshape(c.x(0), c.at(1, "other").tensor.shape())),
    CONFORMANCE_ROW("view_as", reshape(c.x(0), c.at(1, "other").tensor.shape())),
    CONFORMANCE_ROW("t", t(c.x(0))),
    CONFORMANCE_ROW("T", t(c.x(0))),
    CONFORMANCE_ROW("flatten", flatten(c.x(0), c.index(1, "start_dim", 0), c.index(2, "end_dim", -1))),
    CONFORMANCE_ROW("ravel", flatten(c.x(0))),
    CONFORMANCE_ROW("squeeze", squeezed(c)),
    CONFORMANCE_ROW("squeeze.multiple", squeezed(c)),
    CONFORMANCE_ROW("unsqueeze", unsqueeze(c.x(0), c.index(1, "dim"))),
    CONFORMANCE_ROW("permute", permuted(c)),
    CONFORMANCE_ROW("transpose", transpose(c.x(0), c.index(1, "dim0"), c.index(2, "dim1"))),
    CONFORMANCE_ROW("expand", expand(c.x(0), c.rest(1, "shape"))),
    CONFORMANCE_ROW("broadcast_to", expand(c.x(0), c.rest(1, "shape"))),
    CONFORMANCE_ROW("expand_as", expand(c.x(0), c.at(1, "other").tensor.shape())),
    CONFORMANCE_ROW("narrow", narrow(c.x(0), c.index(1, "dim"), begin_of(c), c.index(3, "length"))),
    CONFORMANCE_ROW("cat", joined(c)),
    CONFORMANCE_ROW("stack", stacked(c)),
    CONFORMANCE_ROW("split", split_of(c)),
    CONFORMANCE_ROW("split.list_args", split_of(c)),
    CONFORMANCE_ROW("split_with_sizes", split_with_sizes_of(c)),
    CONFORMANCE_ROW("chunk", chunk(c.x(0), c.index(1, "chunks"), c.index(2, "dim", 0))),
    CONFORMANCE_ROW("gather", gather(c.x(0), c.index(1, "dim"), c.indices(2, "index"))),
    CONFORMANCE_ROW("scatter_add",
                    scatter_add(c.x(0), c.index(1, "dim"), c.indices(2, "index"), c.x(3, "src"))),
    CONFORMANCE_ROW("index_select", index_select(c.x(0), c.index(1, "dim"), c.indices(2, "index"))),
    CONFORMANCE_ROW("index_add", index_added(c)),
    CONFORMANCE_ROW("masked_select", masked_select(c.x(0), c.mask(1, "mask"))),
    CONFORMANCE_ROW("tril", tril(c.x(0), c.index(1, "diagonal", 0))),
    CONFORMANCE_ROW("triu", triu(c.x(0), c.index(1, "diagonal", 0))),
};

}  // namespace

std::span<const Operation> shape_operations() { return rows; }

}  // namespace conformance
