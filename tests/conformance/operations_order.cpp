// Ranks and places among other elements, and tables of vectors.

#include "operations.hpp"

#include <wick/autograd.hpp>
#include <wick/ops.hpp>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace conformance {

namespace {

template <class Call>
Results median_of(Call& c) {
  if (!c.has(1, "dim")) return results_of(median(c.x(0)));
  return results_of(median(c.x(0), c.index(1, "dim"), c.flag(2, "keepdim", false)));
}
template <class Call>
Results quantile_of(Call& c) {
  using T = typename Call::Scalar;
  const Value& given = c.at(1, "q");
  const bool keepdim = c.flag(3, "keepdim", false);
  const std::string how = c.text(4, "interpolation", "linear");
  const bool whole = !c.has(2, "dim");
  if (whole && keepdim) throw Unsupported("keepdim of all dimensions");
  const auto of = [&](const auto& x, wick::Index dim) {
    if (given.kind != Value::Kind::tensor)
      return results_of(quantile(x, c.number(1, "q"), dim, keepdim, how));
    if (given.tensor.dtype() != wick::dtype_of<T>) throw wick::Error("q of another type");
    const wick::Tensor<T> each = given.tensor.template to<T>();
    if constexpr (!wick::TensorOperand<typename Call::Operand>) {
      const auto& q = c.x(1, "q");
      const auto result = quantile(x, reshape(q, wick::Shape{q.numel()}), dim, keepdim, how);
      return results_of(q.dim() == 0 ? squeeze(result, 0) : result);
    }
    if (each.dim() == 0) return results_of(quantile(x, static_cast<double>(each.item()), dim, keepdim, how));
    const std::vector<double> q(each.data(), each.data() + each.numel());
    return results_of(quantile(x, std::span<const double>(q), dim, keepdim, how));
  };
  return whole ? of(flatten(c.x(0)), 0) : of(c.x(0), c.index(2, "dim"));
}
bool right_of(const Arguments& c) {
  if (c.flag(Arguments::by_name, "out_int32", false)) throw Unsupported("out_int32=True");
  return c.flag(Arguments::by_name, "right", false) || c.text(Arguments::by_name, "side", "left") == "right";
}
/// A number as a tensor.
template <class Call>
auto tensor_or_number(Call& c, std::size_t position, const char* name) {
  using T = typename Call::Scalar;
  const Value& v = c.at(position, name);
  return v.is_number() ? wick::Tensor<T>::full({}, element_of<T>(v.number))
                       : c.template tensor<T>(position, name);
}
/// PyTorch sorts by a second tensor on the way.
template <class Call>
auto in_order(Call& c) {
  if (!c.has(Arguments::by_name, "sorter")) return c.x(0);
  return gather(c.x(0), -1, c.indices(Arguments::by_name, "sorter"));
}
template <class Call>
Results counted(Call& c) {
  const wick::Index minlength = c.index(2, "minlength", 0);
  const auto x = wick::to<std::int64_t>(c.x(0));
  if (!c.has(1, "weights")) return results_of(wick::bincount(x, minlength));
  if (c.at(1, "weights").tensor.dtype() == wick::DType::f32)
    return results_of(wick::bincount(x, c.template tensor<float>(1, "weights"), minlength));
  return results_of(
      wick::bincount(x, c.at(1, "weights").tensor.template to<double>(), minlength));  // of integers too
}
template <class Call>
auto powers(Call& c) {
  const Value* const type = c.find("dtype");
  if (type != nullptr && type->text != wick::name_of(wick::dtype_of<typename Call::Scalar>))
    throw Unsupported("another type");
  return wick::logspace<typename Call::Scalar>(c.number(0, "start"), c.number(1, "end"), c.index(2, "steps"),
                                               c.number(3, "base", 10));
}
template <class Call>
auto vectors(Call& c) {
  if (c.has(Arguments::by_name, "max_norm")) throw Unsupported("max_norm");
  if (c.flag(Arguments::by_name, "sparse", false)) throw Unsupported("sparse=True");
  wick::EmbeddingGradient options;
  if (c.has(Arguments::by_name, "padding_idx")) {
    const wick::Index at = c.index(Arguments::by_name, "padding_idx");
    options.padding_idx = at < 0 ? at + c.x(0).size(0) : at;
  }
  options.scale_grad_by_freq = c.flag(Arguments::by_name, "scale_grad_by_freq", false);
  return embedding(c.indices(1), c.x(0), options);
}
template <class Call>
auto bags(Call& c) {
  if (c.has(Arguments::by_name, "max_norm")) throw Unsupported("max_norm");
  if (c.flag(Arguments::by_name, "sparse", false)) throw Unsupported("sparse=True");
  wick::BagOptions options;
  if (c.has(Arguments::by_name, "padding_idx")) {
    const wick::Index at = c.index(Arguments::by_name, "padding_idx");
    options.padding_idx = at < 0 ? at + c.x(0).size(0) : at;
  }
  options.scale_grad_by_freq = c.flag(Arguments::by_name, "scale_grad_by_freq", false);
  options.include_last_offset = c.flag(Arguments::by_name, "include_last_offset", false);
  options.mode = c.text(Arguments::by_name, "mode", "mean");
  const bool offsets = c.has(Arguments::by_name, "offsets");
  const wick::Tensor<std::int64_t> begins =
      offsets ? c.indices(Arguments::by_name, "offsets") : wick::Tensor<std::int64_t>();
  const wick::TensorArg<std::int64_t> at =
      offsets ? wick::TensorArg<std::int64_t>(begins) : wick::TensorArg<std::int64_t>();
  if (!c.has(Arguments::by_name, "per_sample_weights"))
    return embedding_bag(c.indices(1), c.x(0), at, options);
  return embedding_bag(c.indices(1), c.x(0), at, options, c.x(Arguments::by_name, "per_sample_weights"));
}

template <class Call>
auto by_root_mean_square(Call& c) {
  const auto sizes = c.sizes(1, "normalized_shape");
  const wick::Shape shape{std::span<const wick::Index>(sizes)};
  const bool weighted = c.has(2, "weight");
  if (!c.has(3, "eps")) return weighted ? rms_norm(c.x(0), shape, c.x(2, "weight")) : rms_norm(c.x(0), shape);
  const double eps = c.number(3, "eps");
  return weighted ? rms_norm(c.x(0), shape, c.x(2, "weight"), eps) : rms_norm(c.x(0), shape, eps);
}
template <class Call>
auto by_groups(Call& c) {
  const wick::Index groups = c.index(1, "num_groups");
  const double eps = c.number(4, "eps", 1e-5);
  if (!c.has(2, "weight") && !c.has(3, "bias")) return group_norm(c.x(0), groups, eps);
  if (!c.has(2, "weight") || !c.has(3, "bias")) throw Unsupported("one of weight and bias");
  return group_norm(c.x(0), groups, c.x(2, "weight"), c.x(3, "bias"), eps);
}
/// PyTorch moves the averages too, which are not looked at.
template <class Call>
Results by_batch(Call& c) {
  static_cast<void>(c.number(6, "momentum", 0.1));
  const bool training = c.flag(5, "training", false);
  const double eps = c.number(7, "eps", 1e-5);
  const bool averages = c.has(1, "running_mean");
  const bool weighted = c.has(3, "weight");
  if (c.has(4, "bias") != weighted || c.has(2, "running_var") != averages)
    throw Unsupported("one of weight and bias");
  const auto& x = c.x(0);
  if (x.shape().dim() < 2) throw Unsupported("a vector");
  if (!training && weighted) {
    return results_of(
        batch_norm(x, c.x(1, "running_mean"), c.x(2, "running_var"), c.x(3, "weight"), c.x(4, "bias"), eps));
  }
  if (averages) {
    static_cast<void>(c.x(1, "running_mean"));
    static_cast<void>(c.x(2, "running_var"));
  }
  const auto normal =
      training ? batch_norm(x, eps) : batch_norm(x, c.x(1, "running_mean"), c.x(2, "running_var"), eps);
  if (!weighted) return results_of(normal);
  const wick::Shape shape = x.shape();
  return results_of(normal * wick::detail::by_channels(c.x(3, "weight"), shape) +
                    wick::detail::by_channels(c.x(4, "bias"), shape));
}
template <class Call>
auto twice_linear(Call& c) {
  if (!c.has(3, "bias")) return bilinear(c.x(0), c.x(1), c.x(2));
  return bilinear(c.x(0), c.x(1), c.x(2), c.x(3, "bias"));
}

constexpr std::array rows{
    CONFORMANCE_NUMBERS("median", median_of(c)),
    CONFORMANCE_NUMBERS(
        "kthvalue", kthvalue(c.x(0), c.index(1, "k"), c.index(2, "dim", -1), c.flag(3, "keepdim", false))),
    CONFORMANCE_ROW("mode", mode(c.x(0), c.index(1, "dim", -1), c.flag(2, "keepdim", false))),
    CONFORMANCE_ROW("cummax", cummax(c.x(0), c.index(1, "dim"))),
    CONFORMANCE_ROW("cummin", cummin(c.x(0), c.index(1, "dim"))),
    CONFORMANCE_FLOATS("quantile", quantile_of(c)),
    CONFORMANCE_PLAIN("searchsorted",
                      wick::searchsorted(in_order(c), tensor_or_number(c, 1, "self"), right_of(c))),
    CONFORMANCE_PLAIN("bucketize", wick::bucketize(tensor_or_number(c, 0, "input"), c.x(1), right_of(c))),
    CONFORMANCE_PLAIN("bincount", counted(c)),
    CONFORMANCE_PLAIN("isin",
                      (static_cast<void>(c.flag(2, "assume_unique", false)),
                       wick::isin(tensor_or_number(c, 0, "elements"), tensor_or_number(c, 1, "test_elements"),
                                  c.flag(3, "invert", false)))),
    CONFORMANCE_FLOATS("nn.functional.rms_norm", by_root_mean_square(c)),
    CONFORMANCE_FLOATS("nn.functional.group_norm", by_groups(c)),
    CONFORMANCE_FLOATS("nn.functional.batch_norm", by_batch(c)),
    CONFORMANCE_NUMBERS("nn.functional.bilinear", twice_linear(c)),
    operation(
        "logspace", []<wick::Element T>(Plain<T>& c) requires(!std::same_as<T, bool>) { return powers(c); }),
    operation("nn.functional.embedding", []<wick::Floating T>(Taped<T>& c) { return vectors(c); }),
    operation("nn.functional.embedding_bag", []<wick::Floating T>(Taped<T>& c) { return bags(c); }),
};

}  // namespace

std::span<const Operation> order_operations() { return rows; }

}  // namespace conformance
