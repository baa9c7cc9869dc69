#pragma once

// Reads reference/parametrizations.bin and compares modules with it.

#include "support/compare.hpp"
#include "support/fixture.hpp"

#include <wick/autograd.hpp>
#include <wick/nn/bilinear.hpp>
#include <wick/nn/embedding.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wick_tests {

/// What tests/reference/make_parametrizations.py writes of a case.
template <wick::Floating T>
struct ParametrizedCase {
  using Named = std::vector<std::pair<std::string, wick::Tensor<T>>>;

  std::string print;
  Named state;
  std::vector<wick::Tensor<T>> x;
  wick::Tensor<T> y;
  Named gradients;
  wick::Tensor<T> gradient_by_x;
  Named buffers;
  wick::Tensor<T> y_in_evaluation;

  ParametrizedCase(Fixture& file, std::string_view module)
      : print(file.text()),
        state(named(file)),
        x(inputs(file, module == "Bilinear" ? 2 : 1)),
        y(tensor(file)),
        gradients(named(file)),
        gradient_by_x(module == "Embedding" ? wick::Tensor<T>() : tensor(file)),
        buffers(named(file)),
        y_in_evaluation(tensor(file)) {}

  [[nodiscard]] static wick::Tensor<T> tensor(Fixture& file) {
    const wick::Shape shape = file.shape();
    return file.tensor<T>(shape);
  }
  [[nodiscard]] static Named named(Fixture& file) {
    Named all;
    const auto count = file.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count; ++i) {
      std::string name = file.text();
      all.emplace_back(std::move(name), tensor(file));
    }
    return all;
  }
  /// Indices are numbers in the file, too.
  [[nodiscard]] static std::vector<wick::Tensor<T>> inputs(Fixture& file, int count) {
    std::vector<wick::Tensor<T>> all;
    all.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) all.push_back(tensor(file));
    return all;
  }
};

template <wick::Floating T>
void check_near(wick::TensorView<const T> got, const wick::Tensor<T>& expected) {
  constexpr double relative = sizeof(T) == 4 ? 1.3e-6 : 1e-12;
  constexpr double absolute = sizeof(T) == 4 ? 1e-6 : 1e-13;
  REQUIRE(got.shape() == expected.shape());
  for (wick::Index i = 0; i < got.numel(); ++i) {
    CHECK(close(static_cast<double>(got.data()[i]), static_cast<double>(expected.data()[i]), relative,
                absolute));
  }
}

/// A module of this class, drawn with PyTorch's seed: what it begins with, two calls in training, the
/// gradients of the second one, and a prediction.
template <class Module, wick::Floating T, class... Arguments>
void check_parametrized(Fixture& file, std::string_view module, const Arguments&... arguments) {
  const ParametrizedCase<T> expected(file, module);
  wick::Generator generator(5);
  wick::Model<Module, T> model(generator, arguments...);
  std::ostringstream printed;
  printed << model;
  CHECK(printed.str() == expected.print);
  const wick::StateDict state = model.state_dict();
  REQUIRE(state.size() == expected.state.size());
  std::size_t next = 0;
  wick::StateDict theirs;
  for (const auto& [key, tensor] : state) {
    const std::string& name = key;  // Clang 14 captures no binding
    CAPTURE(name);
    const auto& [expected_name, expected_tensor] = expected.state[next++];
    CHECK(name == expected_name);
    const wick::Tensor<T> own = tensor.template to<T>();
    check_near<T>(own, expected_tensor);
    theirs.insert(expected_name, wick::AnyTensor::copy_of(expected_tensor));
  }
  model.load_state_dict(theirs);
  wick::Recorder<T> recorder;
  std::vector<wick::Var<T>> x;
  for (const auto& each : expected.x) x.push_back(recorder->constant(each, module != "Embedding"));
  const auto call = [&] {
    if constexpr (std::is_invocable_v<const Module&, const wick::Var<T>&, const wick::Var<T>&>) {
      return model(x.at(0), x.at(1));
    } else {
      return model(x.at(0));
    }
  };
  static_cast<void>(call());
  const auto y = call();
  check_near<T>(y.value(), expected.y);
  model.parameters()->require_grad();
  (sum(y * y) / T(2)).backward();
  const auto& block = std::as_const(*model.parameters());
  CHECK(block.entries().size() == expected.gradients.size());
  for (const auto& [key, gradient] : expected.gradients) {
    const std::string& name = key;  // Clang 14 captures no binding
    CAPTURE(name);
    check_near<T>(block.grad(name), gradient);
  }
  if (module != "Embedding") check_near<T>(x[0].grad(), expected.gradient_by_x);
  for (const auto& [key, values] : expected.buffers) {
    const std::string& name = key;  // Clang 14 captures no binding
    CAPTURE(name);
    for (const auto& buffer : std::as_const(model).named_buffers()) {
      if (buffer.name == name) check_near<T>(buffer.value, values);
    }
  }
  model.eval();
  const auto last = call();
  check_near<T>(last.value(), expected.y_in_evaluation);
}

/// All cases of a parametrisation; `options(dim, n_power_iterations)`, where dim 99 is Python's None.
template <template <class> class Norm, class Options>
void check_parametrizations(const std::string& name, const Options& options) {
  Fixture file("parametrizations.bin");
  const auto count = file.get<std::uint32_t>();
  int met = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string parametrization = file.text();
    const std::string module = file.text();
    CAPTURE(i);
    CAPTURE(module);
    std::array<wick::Index, 3> n{};
    const auto sizes = file.get<std::uint32_t>();
    for (std::uint32_t k = 0; k < sizes; ++k) n.at(k) = static_cast<wick::Index>(file.get<std::int64_t>());
    const auto dim = static_cast<wick::Index>(file.get<std::int64_t>());
    const auto iterations = static_cast<wick::Index>(file.get<std::int64_t>());
    const auto run = [&]<class T>(T /*of this type*/) {
      if (parametrization != name) {
        static_cast<void>(ParametrizedCase<T>(file, module));
        return;
      }
      ++met;
      const auto how = options(dim, iterations);
      if (module == "Linear")
        return check_parametrized<Norm<wick::Linear<T>>, T>(file, module, how, n[0], n[1]);
      if (module == "Bilinear")
        return check_parametrized<Norm<wick::Bilinear<T>>, T>(file, module, how, n[0], n[1], n[2]);
      check_parametrized<Norm<wick::Embedding<T>>, T>(file, module, how, n[0], n[1]);
    };
    file.get<std::uint8_t>() == 1 ? run(0.0) : run(0.0F);
  }
  CHECK(file.at_end());
  CHECK(met > 10);
}

}  // namespace wick_tests
