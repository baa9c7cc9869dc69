// The functions of torch.nn.init: one row each.

#include "runners.hpp"

#include <wick/nn/init.hpp>
#include <wick/random/distributions.hpp>

#include <array>

namespace conformance {

namespace {

struct Initialiser {
  std::string_view name;
  void (*floats)(wick::TensorView<float>, const Arguments&, wick::Generator&);
  void (*doubles)(wick::TensorView<double>, const Arguments&, wick::Generator&);
};

template <class Function>
[[nodiscard]] constexpr Initialiser initialiser(std::string_view name, Function /*without a state*/) {
  return {name,
          [](wick::TensorView<float> t, const Arguments& c, wick::Generator& g) { Function{}(t, c, g); },
          [](wick::TensorView<double> t, const Arguments& c, wick::Generator& g) { Function{}(t, c, g); }};
}

/// `t` is the tensor, `g` the generator, `c` has the arguments by name.
#define CONFORMANCE_INITIALISER(name, ...)                                                                   \
  initialiser(name, []<class T>([[maybe_unused]] wick::TensorView<T> t, [[maybe_unused]] const Arguments& c, \
                                [[maybe_unused]] wick::Generator& g) { __VA_ARGS__; })

double number(const Arguments& c, const char* name, double otherwise) {
  return c.number(Arguments::by_name, name, otherwise);
}
wick::FanMode mode(const Arguments& c) {
  const std::string text = c.text(Arguments::by_name, "mode", "fan_in");
  if (text == "fan_in") return wick::FanMode::fan_in;
  if (text == "fan_out") return wick::FanMode::fan_out;
  throw wick::OptionError("Mode " + text + " not supported, please use one of ['fan_in', 'fan_out']");
}
std::string nonlinearity(const Arguments& c) {
  return c.text(Arguments::by_name, "nonlinearity", "leaky_relu");
}

constexpr std::array rows{
    CONFORMANCE_INITIALISER("uniform_", uniform_(t, number(c, "a", 0), number(c, "b", 1), g)),
    CONFORMANCE_INITIALISER("normal_", normal_(t, number(c, "mean", 0), number(c, "std", 1), g)),
    CONFORMANCE_INITIALISER("constant_", t.fill(static_cast<T>(number(c, "val", 0)))),
    CONFORMANCE_INITIALISER("ones_", t.fill(T(1))),
    CONFORMANCE_INITIALISER("zeros_", t.fill(T(0))),
    CONFORMANCE_INITIALISER("xavier_uniform_", xavier_uniform_(t, number(c, "gain", 1), g)),
    CONFORMANCE_INITIALISER("xavier_normal_", xavier_normal_(t, number(c, "gain", 1), g)),
    CONFORMANCE_INITIALISER("kaiming_uniform_",
                            kaiming_uniform_(t, number(c, "a", 0), mode(c), nonlinearity(c), g)),
    CONFORMANCE_INITIALISER("kaiming_normal_",
                            kaiming_normal_(t, number(c, "a", 0), mode(c), nonlinearity(c), g)),
    CONFORMANCE_INITIALISER("eye_", eye_(t)),
    CONFORMANCE_INITIALISER("sparse_", sparse_(t, number(c, "sparsity", 0), number(c, "std", 0.01), g)),
    CONFORMANCE_INITIALISER("trunc_normal_", trunc_normal_(t, number(c, "mean", 0), number(c, "std", 1),
                                                           number(c, "a", -2), number(c, "b", 2), g)),
    CONFORMANCE_INITIALISER("orthogonal_", orthogonal_(t, number(c, "gain", 1), g)),
};

template <wick::Floating T>
void call(const Initialiser& row, wick::TensorView<T> t, const Arguments& c, wick::Generator& g) {
  if constexpr (std::is_same_v<T, float>) {
    row.floats(t, c, g);
  } else {
    row.doubles(t, c, g);
  }
  c.check_all_used();
}

template <wick::Floating T>
Outcome run(const Initialiser& row, const Value& one_case) {
  const std::vector<Value> none;
  const Arguments arguments(none, one_case.at("constructor").members);
  std::vector<wick::Index> dims;
  for (const Value& d : one_case.at("shape").list) dims.push_back(static_cast<wick::Index>(d.integer));
  wick::Tensor<T> t{wick::Shape(std::span<const wick::Index>(dims))};
  wick::Generator generator(static_cast<std::uint64_t>(one_case.at("seed").integer));
  if (one_case.find("error") != nullptr)
    return expect_error(one_case, [&] { call<T>(row, t.view(), arguments, generator); });
  call<T>(row, t.view(), arguments, generator);
  Comparison comparison;
  // Bit for bit, but for what PyTorch computes with the functions of its vectors: logarithms, sines.
  const bool exact =
      row.name.find("normal") == std::string_view::npos && row.name != "orthogonal_" && row.name != "sparse_";
  comparison.set_tolerance(std::is_same_v<T, float> ? 1e-6 : 1e-14, std::is_same_v<T, float> ? 1e-6 : 1e-14);
  comparison.compare("values", wick::AnyTensor::copy_of(t), one_case.at("results").list.at(0).tensor, exact);
  return comparison.outcome();
}

}  // namespace

Runner initialiser_runner() {
  return {"initialiser",
          [] {
            std::vector<std::string> names;
            for (const Initialiser& row : rows) names.emplace_back(row.name);
            return names;
          },
          [](std::string_view name, const Value& one_case) {
            return guarded([&]() -> Outcome {
              for (const Initialiser& row : rows) {
                if (row.name != name) continue;
                return one_case.at("dtype").text == "float32" ? run<float>(row, one_case)
                                                              : run<double>(row, one_case);
              }
              throw Unsupported("no such initialiser");
            });
          }};
}

}  // namespace conformance
