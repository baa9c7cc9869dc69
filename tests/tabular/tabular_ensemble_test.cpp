#include "support/throws.hpp"

#include <wick/nn/trace.hpp>
#include <wick/ops.hpp>
#include <wick/tabular/tabular_ensemble.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using wick::Index;
using wick::Model;
using wick::Shape;
using wick::Tensor;
using Ensemble = wick::TabularEnsemble<double>;

namespace {

Model<Ensemble, double> ensemble(Index members, bool classes) {
  wick::Generator generator(5);
  Model<Ensemble, double> model(generator, members, classes, wick::TabularSizes{2, {}, 3},
                                wick::TabularNetworkOptions{.width = 4, .frequencies = 0});
  for (Index i = 0; i < members; ++i) {
    normal_(model.parameters()->value(model.module().members()[i].last().weight()), 0.0, 1.0, generator);
  }
  model.eval();
  return model;
}

}  // namespace

TEST_CASE("TabularEnsemble: means of numbers, and of probabilities of classes") {
  wick::Generator generator(1);
  const Tensor<double> x = wick::randn<double>({4, 2}, generator);
  for (const Index members : {Index{1}, Index{3}}) {
    for (const bool classes : {false, true}) {
      const auto model = ensemble(members, classes);
      Tensor<double> mean = Tensor<double>::full({4, 3}, 0.0);
      for (Index i = 0; i < members; ++i) {
        const wick::NoGrad no_grad;
        // A member by itself: an ensemble of one that has its values.
        auto one = ensemble(1, false);
        for (const auto& entry : one.parameters()->entries()) {
          const auto from = model.parameters()->value("members." + std::to_string(i) + entry.name.substr(9));
          std::copy_n(from.data(), from.numel(), one.parameters()->value(entry.slot).data());
        }
        const Tensor<double> y = one.predict(x);
        mean = mean + (classes ? softmax(y, 1) : y) / static_cast<double>(members);
      }
      const Tensor<double> y = classes ? exp(model.predict(x)) : model.predict(x);
      CHECK(all_close<double>(y.view(), mean.view(), 1e-12, 1e-12));
      wick::Workspace<double> workspace;
      const auto program = trace(model, Shape{2});
      const auto z = program(model.parameters()->values(), x, workspace);
      const Tensor<double> logs = model.predict(x);
      CHECK(all_close<double>(z, logs.view(), 1e-12, 1e-12));
    }
  }
}

TEST_CASE("TabularEnsemble: without members there is none") {
  wick::Generator generator(0);
  CHECK_THROWS_AS((Model<Ensemble, double>(generator, Index{0}, true, wick::TabularSizes{1, {}, 2})),
                  wick::OptionError);
}
