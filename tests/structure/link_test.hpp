#pragma once

// What the second translation unit of the link test knows, to be compared with the first.

#include <wick/wick.hpp>

struct OtherUnit {
  const wick::Generator* generator;
  wick::Tensor<float> tensor;
  wick::Tensor<float> trained;
};

OtherUnit other_unit();

/// Parameters after some steps, by the code of the unit that calls it or of the other, as the linker chose.
inline wick::Tensor<float> trained_parameters() {
  wick::Generator generator(1);
  wick::Network<float> model(20, 3, {40, 17}, {}, generator);
  wick::Adam<float> optimizer(model.parameters());
  const wick::NLLLoss<float> criterion;
  wick::Recorder<float> recorder;
  recorder->set_generator(generator);
  const auto inputs = wick::rand<float>({16, 20}, generator);
  const auto targets = wick::randint(0, 3, {16}, generator);
  for (int step = 0; step < 5; ++step) {
    optimizer.zero_grad();
    const auto loss = criterion(model(recorder->input(inputs)), targets);
    loss.backward();
    optimizer.step();
  }
  return wick::Tensor<float>(model.parameters()->value(model.output().weight()));
}
