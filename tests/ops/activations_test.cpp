#include <wick/ops/activations.hpp>

#include "support/fixture.hpp"
#include "support/recorded.hpp"
#include "support/throws.hpp"
#include "support/traced.hpp"
#include "support/vector_levels.hpp"

#include <wick/autograd/activations.hpp>
#include <wick/autograd/grad.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/graph/activations.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::check_traced;
using wick_tests::Fixture;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::refusal_of;
using wick_tests::Values;
using wick_tests::Variables;

namespace {

/// f(function) with the function of this name, called with these arguments.
template <class Visitor>
void with_function(const std::string& name, const std::vector<double>& a, const Visitor& f) {
  const auto one = [&](const auto& with_default, const auto& with_one) {
    a.empty() ? f(with_default) : f(with_one);
  };
  if (name == "leaky_relu") {
    one([](const auto& x) { return leaky_relu(x); }, [&](const auto& x) { return leaky_relu(x, a[0]); });
  } else if (name == "elu") {
    one([](const auto& x) { return elu(x); }, [&](const auto& x) { return elu(x, a[0]); });
  } else if (name == "selu") {
    f([](const auto& x) { return selu(x); });
  } else if (name == "celu") {
    one([](const auto& x) { return celu(x); }, [&](const auto& x) { return celu(x, a[0]); });
  } else if (name == "silu") {
    f([](const auto& x) { return silu(x); });
  } else if (name == "mish") {
    f([](const auto& x) { return mish(x); });
  } else if (name == "gelu") {
    f([](const auto& x) { return gelu(x); });
  } else if (name == "gelu_tanh") {
    f([](const auto& x) { return gelu(x, "tanh"); });
  } else if (name == "softplus") {
    one([](const auto& x) { return softplus(x); }, [&](const auto& x) { return softplus(x, a[0], a[1]); });
  } else if (name == "logsigmoid") {
    f([](const auto& x) { return logsigmoid(x); });
  } else if (name == "hardtanh") {
    one([](const auto& x) { return hardtanh(x); }, [&](const auto& x) { return hardtanh(x, a[0], a[1]); });
  } else if (name == "relu6") {
    f([](const auto& x) { return relu6(x); });
  } else if (name == "hardsigmoid") {
    f([](const auto& x) { return hardsigmoid(x); });
  } else if (name == "hardswish") {
    f([](const auto& x) { return hardswish(x); });
  } else if (name == "hardshrink") {
    one([](const auto& x) { return hardshrink(x); }, [&](const auto& x) { return hardshrink(x, a[0]); });
  } else if (name == "softshrink") {
    one([](const auto& x) { return softshrink(x); }, [&](const auto& x) { return softshrink(x, a[0]); });
  } else if (name == "softsign") {
    f([](const auto& x) { return softsign(x); });
  } else if (name == "tanhshrink") {
    f([](const auto& x) { return tanhshrink(x); });
  } else {
    REQUIRE(name == "threshold");
    f([&](const auto& x) { return threshold(x, a[0], a[1]); });
  }
}

/// NaN is equal to NaN. More exact than torch.testing.assert_close asks for, but where PyTorch itself is not.
template <class T>
bool close(T a, T b, double relative) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (a == b) return true;
  const double absolute = sizeof(T) == 4 ? 1e-6 : 1e-13;
  return std::abs(static_cast<double>(a - b)) <= absolute + relative * std::abs(static_cast<double>(b));
}
template <class T>
void check_close(TensorView<const T> a, TensorView<const T> b, TensorView<const double> x, Index count,
                 double relative = sizeof(T) == 4 ? 1.3e-6 : 1e-12) {
  REQUIRE(a.numel() == b.numel());
  for (Index i = 0; i < count; ++i) {
    if (close(a.data()[i], b.data()[i], relative)) continue;
    CAPTURE(x.data()[i]);
    CAPTURE(a.data()[i]);
    CAPTURE(b.data()[i]);
    CHECK(false);
  }
}

template <class T>
Tensor<T> as(const Tensor<double>& x) {
  Tensor<T> y(x.shape());
  for (Index i = 0; i < x.numel(); ++i) y.data()[i] = static_cast<T>(x.data()[i]);
  return y;
}

}  // namespace

TEST_CASE("activations: PyTorch's values and derivatives, at NaN and infinities too, on every level") {
  wick_tests::at_each_vector_level([] {
    Fixture file("activations.bin");
    const auto x = file.tensor<double>({32});
    const auto dy = file.tensor<double>({32});
    const auto v = file.tensor<double>({32});
    for (auto count = file.get<std::uint32_t>(); count > 0; --count) {
      const std::string name = file.text();
      CAPTURE(name);
      std::vector<double> arguments(file.get<std::uint8_t>());
      for (double& a : arguments) a = file.get<double>();
      const auto y32 = file.tensor<float>({32});
      const auto dx32 = file.tensor<float>({32});
      const auto y64 = file.tensor<double>({32});
      const auto dx64 = file.tensor<double>({32});
      const auto ddx64 = file.tensor<double>({32});
      with_function(name, arguments, [&](const auto& f) {
        const auto check_as = [&]<class T>(const Tensor<T>& y, const Tensor<T>& dx) {
          const auto in = as<T>(x);
          const Tensor<T> plain = f(in);
          check_close<T>(plain, y, x, 32);
          Recorder<T> recorder;
          const Var<T> input = recorder->input(in, true);
          const Var<T> output = f(input);
          CHECK(wick_tests::same_bits<T>(output.value(), plain));
          // NaN has no derivative: PyTorch's vectors and its remainders differ there.
          const auto gradient = grad(sum(output * recorder->constant(as<T>(dy))), input).tensor();
          // Which takes 1 / 6 in float for doubles.
          const double relative = sizeof(T) == 4 ? 1.3e-6 : name == "hardsigmoid" ? 1e-7 : 1e-12;
          for (Index i = 0; i < 32; ++i) {
            if (i != 16)
              check_close<T>(gradient.view().rows(i, i + 1), dx.view().rows(i, i + 1),
                             x.view().rows(i, i + 1), 1, relative);
          }
        };
        check_as(y32, dx32);
        check_as(y64, dx64);
        Recorder<double> recorder;
        const auto input = recorder->input(x, true);
        const auto first = grad(sum(f(input) * recorder->constant(dy)), input, {.create_graph = true});
        const auto loss = sum(first * recorder->constant(v));
        const auto second = loss.requires_grad() ? grad(loss, input, {.allow_unused = true}) : Var<double>();
        const auto got = second.empty() ? Tensor<double>::zeros({32}) : second.tensor();
        check_close<double>(got, ddx64, x, 16);
      });
    }
  });
}

TEST_CASE("activations: softmax, softmin, log_softmax and glu along any dimension, prelu, random ones") {
  Fixture file("activations.bin");
  for (int i = 0; i < 3; ++i) static_cast<void>(file.tensor<double>({32}));
  for (auto count = file.get<std::uint32_t>(); count > 0; --count) {
    static_cast<void>(file.text());
    for (auto n = file.get<std::uint8_t>(); n > 0; --n) static_cast<void>(file.get<double>());
    static_cast<void>(file.tensor<double>({32 + 32 * 3}));  // two of floats, three of doubles
  }
  const auto x = file.tensor<double>({2, 4, 3});
  const auto dy = file.tensor<double>({24});
  for (auto count = file.get<std::uint32_t>(); count > 0; --count) {
    const std::string name = file.text();
    CAPTURE(name);
    const auto dim = static_cast<Index>(file.get<std::int64_t>());
    CAPTURE(dim);
    const Index n = file.get<std::uint32_t>();
    const auto y = file.tensor<double>({n});
    const auto dx = file.tensor<double>({24});
    const auto check_function = [&](const auto& f) {
      const Tensor<double> plain = f(x);
      check_close<double>(plain.view(), y, y, n);
      Recorder<double> recorder;
      const auto input = recorder->input(x, true);
      const auto output = f(input);
      CHECK(wick_tests::same_bits<double>(output.value(), plain));
      const auto weights = recorder->constant(dy.view().rows(0, n).reshape(output.shape()));
      const auto gradient = grad(sum(output * weights), input).tensor();
      check_close<double>(gradient.view(), dx, dx, 24);
      check_derivatives([&](const Variables& v) { return f(v[0]); }, {x});
    };
    if (name == "softmax") check_function([&](const auto& v) { return softmax(v, dim); });
    if (name == "softmin") check_function([&](const auto& v) { return softmin(v, dim); });
    if (name == "log_softmax") check_function([&](const auto& v) { return log_softmax(v, dim); });
    if (name == "glu") check_function([&](const auto& v) { return glu(v, dim); });
  }

  const auto check_prelu = [&](Index weights) {
    const auto weight = file.tensor<double>({weights});
    const auto y = file.tensor<double>({24});
    const auto dx = weights > 1 ? file.tensor<double>({24}) : Tensor<double>();
    const auto dw = file.tensor<double>({weights});
    const Tensor<double> plain = prelu(x, weight);
    check_close<double>(plain.view(), y, y, 24);
    Recorder<double> recorder;
    const auto input = recorder->input(x, true);
    const auto slopes = recorder->constant(weight, true);
    const auto output = prelu(input, slopes);
    CHECK(wick_tests::same_bits<double>(output.value(), plain));
    const auto loss = sum(output * recorder->constant(dy.view().reshape({2, 4, 3})));
    const auto gradients = grad(std::vector{loss}, std::vector{input, slopes});
    const auto by_weight = gradients[1].tensor();
    check_close<double>(by_weight.view(), dw, dw, weights);
    const auto by_input = gradients[0].tensor();
    if (weights > 1) check_close<double>(by_input.view(), dx, dx, 24);
    check_derivatives([](const Variables& v) { return prelu(v[0], v[1]); }, {x, weight});
  };
  check_prelu(4);
  check_prelu(1);

  const auto check_random = [&](const auto& f) {
    const auto check_as = [&]<class T>(T) {
      const auto y = file.tensor<T>({2, 4, 3});
      Generator generator(7);
      Recorder<T> recorder;
      recorder->set_generator(generator);
      const auto output = f(recorder->input(as<T>(x))).tensor();
      check_close<T>(output.view(), y, x, 24);
    };
    check_as(float());
    check_as(double());
  };
  check_random([](const auto& v) { return rrelu(v, 0.1, 0.4); });
  check_random([](const auto& v) { return alpha_dropout(v, 0.3); });
  CHECK(file.at_end());
}

TEST_CASE("activations: first and second derivatives against central differences") {
  // Away from the corners, which have no derivative.
  const auto x = Tensor<double>::from({-4.3, -3.3, -1.7, -0.8, -0.3, 0.2, 0.7, 1.9, 2.7, 3.6, 5.1});
  for (const std::string name : {"leaky_relu", "elu", "selu", "celu", "silu", "mish", "gelu", "gelu_tanh",
                                 "softplus", "logsigmoid", "hardtanh", "relu6", "hardsigmoid", "hardswish",
                                 "hardshrink", "softshrink", "softsign", "tanhshrink"}) {
    CAPTURE(name);
    with_function(name, {}, [&](const auto& f) {
      check_derivatives([&](const Variables& v) { return f(v[0]); }, {x});
    });
  }
  // The second derivative has one, too.
  for (const std::string name : {"elu", "selu", "celu", "silu", "mish", "gelu", "softplus", "logsigmoid"}) {
    CAPTURE(name);
    with_function(name, {}, [&](const auto& f) {
      check_derivatives([&](const Variables& v) { return grad(sum(f(v[0])), v[0], {.create_graph = true}); },
                        {x});
    });
  }
  check_derivatives([](const Variables& v) { return softplus(v[0], 2, 3); }, {x});
  check_derivatives([](const Variables& v) { return celu(v[0], 2.5); }, {x});
  check_derivatives([](const Variables& v) { return threshold(v[0], 0.1, 20); }, {x});
}

TEST_CASE("activations: programs give the bits of the tape") {
  const auto each = [](const auto& f) {
    return [f](Values x) {
      for (double& v : x) v = f(v);
      return x;
    };
  };
  const auto expm1 = [](double v) { return std::expm1(v); };
  check_traced(
      {7}, [](const auto& x) { return leaky_relu(x, 0.1); },
      each([](double v) { return v > 0 ? v : 0.1 * v; }));
  check_traced(
      {7}, [](const auto& x) { return elu(x, 0.5) + celu(x, 2); },
      each([=](double v) { return v > 0 ? 2 * v : 0.5 * expm1(v) + 2 * expm1(v / 2); }));
  check_traced(
      {7}, [](const auto& x) { return selu(x); },
      each([=](double v) { return 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * expm1(v)); }));
  check_traced(
      {7}, [](const auto& x) { return silu(x); }, each([](double v) { return v / (1 + std::exp(-v)); }));
  check_traced(
      {7}, [](const auto& x) { return gelu(x); },
      each([](double v) { return v * 0.5 * std::erfc(-v / std::sqrt(2.0)); }));
  check_traced(
      {7}, [](const auto& x) { return mish(x); },
      each([](double v) { return v * std::tanh(std::log1p(std::exp(v))); }));
  check_traced(
      {7}, [](const auto& x) { return softplus(x, 2, 1) - logsigmoid(x); }, each([](double v) {
        return (2 * v > 1 ? v : std::log1p(std::exp(2 * v)) / 2) + std::log1p(std::exp(-v));
      }));
  check_traced(
      {7}, [](const auto& x) { return hardtanh(x, -0.5, 1) * relu6(x); },
      each([](double v) { return (std::min)((std::max)(v, -0.5), 1.0) * (std::max)(v, 0.0); }));
  check_traced(
      {7}, [](const auto& x) { return hardsigmoid(x) + hardswish(x); },
      each([](double v) { return (v + 3) / 6 + v * (v + 3) / 6; }));
  check_traced(
      {7}, [](const auto& x) { return hardshrink(x) - softshrink(x, 0.25); }, each([](double v) {
        return (std::abs(v) > 0.5 ? v : 0) - (v > 0.25 ? v - 0.25 : v < -0.25 ? v + 0.25 : 0);
      }));
  check_traced(
      {7}, [](const auto& x) { return threshold(x, 0.5, 9); },
      each([](double v) { return v > 0.5 ? v : 9; }));
  check_traced(
      {7}, [](const auto& x) { return softsign(x) + tanhshrink(x); },
      each([](double v) { return v / (1 + std::abs(v)) + v - std::tanh(v); }));
  check_traced(
      {6}, [](const auto& x) { return glu(x); },
      [](const Values& x) {
        Values y;
        for (std::size_t i = 0; i < 3; ++i) y.push_back(x[i] / (1 + std::exp(-x[i + 3])));
        return y;
      });
  check_traced(
      {2, 3}, [](const auto& x) { return softmin(x, 1); },
      [](const Values& x) {
        Values y;
        for (std::size_t i = 0; i < 6; ++i) y.push_back(1 / (1 + std::exp(x[i] - x[(i + 3) % 6])));
        return y;
      });
}

TEST_CASE("activations: wrong options and shapes are refused in PyTorch's words") {
  const auto x = Tensor<float>::ones({2, 3});
  CHECK(message_of<OptionError>([&] { static_cast<void>(softshrink(x, -1)); }) ==
        "softshrink: lambda must be in range [0, 3.4028234663852886e+38], but found -1.0");
  CHECK(message_of<OptionError>([&] { static_cast<void>(celu(x, 0)); }) ==
        "celu: alpha cannot be 0 for CELU");
  CHECK(message_of<OptionError>([&] { static_cast<void>(hardtanh(x, 1, -1)); }) ==
        "hardtanh: min_val cannot be greater than max_val");
  CHECK(message_of<OptionError>([&] { static_cast<void>(gelu(x, "erf")); }) ==
        "gelu: approximate argument must be either none or tanh, got 'erf'");
  CHECK(message_of<ShapeError>([&] { static_cast<void>(glu(x)); }) ==
        "glu: Halving dimension must be even, but dimension 1 is size 3");
  CHECK(message_of<IndexError>([&] {
          static_cast<void>(glu(x, 2));
        }).ends_with("(expected to be in range of [-2, 1], but got 2)"));
  CHECK(message_of<IndexError>([&] {
          static_cast<void>(softmax(x, 2));
        }).starts_with("softmax: Dimension out of range"));
  CHECK(message_of<ShapeError>([&] { static_cast<void>(prelu(x, Tensor<float>::ones({2}))); }) ==
        "prelu: Mismatch of parameter numbers and input channel size. Found parameter numbers = 2 and "
        "channel size = 3.");
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(prelu(x, Tensor<float>::ones({3, 1})));
        }) == "prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = 2");
  Recorder<float> recorder;
  const auto v = recorder->input(x);
  CHECK(message_of<OptionError>([&] { static_cast<void>(rrelu(v, 0.5, 0.1)); }) ==
        "rrelu: Lower bound should be less than or equal to the upper bound, got 0.5 and 0.1");
  CHECK(message_of<OptionError>([&] { static_cast<void>(alpha_dropout(v, 2)); }) ==
        "dropout probability has to be between 0 and 1, but got 2.0");
  CHECK(refusal_of<ShapeError>({3}, [](const auto& s) { return glu(s); }) ==
        "glu: Halving dimension must be even, but dimension 1 is size 3");
}

TEST_CASE("activations: empty tensors stay empty") {
  const Tensor<float> none(Shape{0, 4});
  CHECK(silu(none).shape() == Shape{0, 4});
  CHECK(softmax(none, 1).shape() == Shape{0, 4});
  CHECK(glu(none).shape() == Shape{0, 2});
  Recorder<float> recorder;
  CHECK(gelu(recorder->input(none)).shape() == Shape{0, 4});
}
