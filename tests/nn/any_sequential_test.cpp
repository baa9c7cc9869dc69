#include "support/allocations.hpp"
#include "support/named_sections.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/nn/any_sequential.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/module_list.hpp>
#include <wick/nn/relu.hpp>
#include <wick/nn/sequential.hpp>
#include <wick/nn/tanh.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::allocations_in;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::NamedSections;

namespace {

// A module that is no library's, and takes no scope.
struct Scale {
  double by;
  explicit Scale(double factor) : by(factor) {}
  Var<float> operator()(const Var<float>& x) const { return x * static_cast<float>(by); }
  [[nodiscard]] std::string extra_repr() const { return "by=" + std::to_string(static_cast<int>(by)); }
};

using Layers = std::vector<ModuleMaker<float>>;

std::string printed(const auto& model) {
  std::ostringstream out;
  out << model << "\n";
  return out.str();
}

}  // namespace

TEST_CASE("AnySequential: a list of the moment has the bits of the same list in the type") {
  const NamedSections torch("module_prints.txt");
  Generator g1(0), g2(0), data(1);
  const Layers inner{make_module<Linear<float>>(8, 2), make_module<Dropout>()};
  const Layers layers{make_module<Linear<float>>(4, 8), make_module<ReLU>(),
                      make_module<AnySequential<float>>(inner)};
  Model<AnySequential<float>> model(g1, layers);
  const Model<Sequential<Linear<float>, ReLU, Sequential<Linear<float>, Dropout>>> same(
      g2, args(4, 8), args(), args(args(8, 2), args()));
  const auto x = rand<float>({5, 4}, data);
  CHECK(model.predict(x) == same.predict(x));
  CHECK(model.state_dict() == same.state_dict());
  // Built as AnySequential, printed as PyTorch prints it.
  CHECK(printed(model) == torch.part("sequential", "print"));
  CHECK(printed(same) == torch.part("sequential", "print"));

  const Layers by_name{{"fc1", make_module<Linear<float>>(4, 8)},
                       {"act", make_module<ReLU>()},
                       {"fc2", make_module<Linear<float>>(8, 2)}};
  CHECK(printed(Model<AnySequential<float>>(g1, by_name)) == torch.part("named", "print"));

  // Nothing is allocated once the passes were seen.
  const auto pass = [&] {
    const NoGrad no_grad;
    static_cast<void>(model(x));
  };
  pass();
  CHECK(allocations_in(pass) == 0);
  const Layers same_names{make_module<ReLU>(), {"0", make_module<ReLU>()}};
  CHECK(message_of<IndexError>([&] { Model<AnySequential<float>> twice(g1, same_names); }) ==
        "module \"0\" already exists");
}

TEST_CASE("AnyModule: a value that holds a module of any class") {
  Generator g(0), data(1);
  const Layers layers{make_module<Scale>(3.0), make_module<Tanh>()};
  Model<AnySequential<float>> model(g, layers);
  CHECK(printed(model) == "Sequential(\n  (0): Scale(by=3)\n  (1): Tanh()\n)\n");
  const auto x = rand<float>({2, 2}, data);
  const auto y = model.predict(x);
  for (Index i = 0; i < x.numel(); ++i)
    CHECK(y.data()[i] == doctest::Approx(std::tanh(3 * x.data()[i])).epsilon(1e-6));

  const auto& held = model.module().modules();
  REQUIRE(held[0].get_if<Scale>() != nullptr);
  CHECK(held[0].get_if<Scale>()->by == 3.0);
  CHECK(held[0].get_if<Tanh>() == nullptr);
  AnyModule<float> copy = held[0];
  CHECK(copy.get_if<Scale>() != held[0].get_if<Scale>());
  AnyModule<float> moved = std::move(copy);
  const auto in = default_tape<float>().input(x);
  CHECK(contains(message_of<Error>([&] { static_cast<void>(copy(in)); }),
                 "AnyModule: this module was moved from"));
  copy = moved;
  CHECK(copy(in).tensor() == moved(in).tensor());

  // Modules of several classes in a list, which knows what they are.
  using Mixed = ModuleList<AnyModule<float>>;
  const Model<Mixed> list(g, Index{2}, [](const Scope<float>& s, Index i) {
    return i == 0 ? AnyModule<float>(Linear<float>(s, 2, 2)) : AnyModule<float>(Tanh(s));
  });
  CHECK(printed(list) ==
        "ModuleList(\n  (0): Linear(in_features=2, out_features=2, bias=True)\n  (1): Tanh()\n)\n");
}
