// A program that saves a network, loads it and predicts, header-only or with wick::compiled.
#include <wick/model/checkpoint.hpp>

#include <iostream>
#include <sstream>

int main() {
  const wick::Network<float> model(4, 3, {8});
  std::stringstream file;
  wick::save_checkpoint(file, model, {}, wick::FileFormat::torch);
  const auto loaded = wick::load_checkpoint(file);
  const auto x = wick::Tensor<float>::from({{0.5F, -1, 2, 0}});
  const bool same = loaded.predict(x) == model.predict(x);
  std::cout << loaded << '\n' << (same ? "the same prediction\n" : "another prediction\n");
  return same ? 0 : 1;
}
