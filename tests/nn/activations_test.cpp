#include <wick/nn/activations.hpp>

#include "support/named_sections.hpp"
#include "support/throws.hpp"

#include <wick/autograd/activations.hpp>
#include <wick/autograd/recorder.hpp>
#include <wick/nn/alpha_dropout.hpp>
#include <wick/nn/gelu.hpp>
#include <wick/nn/log_softmax.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/prelu.hpp>
#include <wick/nn/sequential.hpp>
#include <wick/nn/softmax.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>

using namespace wick;
using wick_tests::message_of;

namespace {

struct Activations {
  Sequential<LeakyReLU, ELU, SELU, CELU, SiLU, GELU, Mish, Softplus, LogSigmoid, Hardtanh, ReLU6, Hardsigmoid,
             Hardswish, Softsign, Tanhshrink, Hardshrink, Softshrink, RReLU, GLU, PReLU<float>, AlphaDropout>
      defaults;
  Sequential<LeakyReLU, ELU, CELU, GELU, Softplus, Hardtanh, Hardshrink, Softshrink, Threshold, RReLU, GLU,
             Softmax, Softmin, LogSoftmax, PReLU<float>, AlphaDropout>
      options;
  explicit Activations(const Scope<float>& s)
      : defaults(s / "defaults", args(), args(), args(), args(), args(), args(), args(), args(), args(),
                 args(), args(), args(), args(), args(), args(), args(), args(), args(), args(), args(),
                 args()),
        options(s / "options", args(0.2), args(0.5), args(2.0), args("tanh"), args(2.0, 5.0), args(-2.0, 3.5),
                args(0.25), args(1.0), args(0.1, 20.0), args(0.25, 0.5), args(1), args(1), args(-1), args(0),
                args(3), args(0.25)) {}
  auto operator()(auto x) const { return options(defaults(x)); }
};

template <class Module>
std::string printed(const Module& module) {
  std::ostringstream out;
  out << module;
  return out.str();
}

}  // namespace

TEST_CASE("activations as modules: print(model) and the state dict are PyTorch's") {
  const wick_tests::NamedSections expected("module_prints.txt");
  const Model<Activations> model;
  CHECK(printed(model) + "\n" == expected.part("activations", "print"));
  std::string keys;
  for (const auto& [name, tensor] : model.state_dict()) keys += name + " " + tensor.shape().str() + "\n";
  CHECK(keys == expected.part("activations", "state_dict"));
}

TEST_CASE("activations as modules: what their functions compute, of tensors and variables") {
  const auto x = randn<float>({3, 4});
  Recorder<float> recorder;
  const auto v = recorder->input(x);
  CHECK(LeakyReLU(0.2)(x) == leaky_relu(x, 0.2));
  CHECK(Softplus(2)(x) == softplus(x, 2));
  CHECK(Threshold(0.5, 3)(x) == threshold(x, 0.5, 3));
  CHECK(GELU()(x) == gelu(x));
  CHECK(GLU()(x) == glu(x));
  CHECK(Softmin(0)(x) == softmin(x, 0));
  CHECK(Mish()(v).tensor() == mish(x));
  CHECK(Hardtanh(-0.5)(v).tensor() == hardtanh(x, -0.5));
  CHECK(LogSoftmax(0)(v).tensor() == log_softmax(x, 0));
  CHECK(printed(Softplus(2)) == "Softplus(beta=2.0, threshold=20.0)");
  CHECK(printed(Softmax(1)) == "Softmax(dim=1)");
}

TEST_CASE("activations as modules: options that cannot be are refused when they are made") {
  CHECK(message_of<OptionError>([] { Hardtanh(1, -1); }) ==
        "Hardtanh: max_val (-1.0) must be greater than min_val (1.0)");
  CHECK(message_of<OptionError>([] { CELU(0); }) == "CELU: alpha cannot be 0 for CELU");
  CHECK(message_of<OptionError>([] { RReLU(0.5, 0.1); }) ==
        "rrelu: Lower bound should be less than or equal to the upper bound, got 0.5 and 0.1");
  CHECK(message_of<OptionError>([] { AlphaDropout(1.5); }) ==
        "dropout probability has to be between 0 and 1, but got 1.5");
  CHECK_THROWS_AS((Model<PReLU<float>>(0)), OptionError);
}
