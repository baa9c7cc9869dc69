// An application without exceptions and run-time type information: wick::compiled does the work.
#include <wick/inference/predictor.hpp>

#include <cstdio>
#include <vector>

int main(int argc, char** argv) {
  if (wick::try_load_predictor("no such file")) return 1;
  for (int i = 1; i < argc; ++i) {
    const auto predictor = wick::try_load_predictor(argv[i], {.by_shape = true});
    if (!predictor) {
      std::printf("%s\n", predictor.error().c_str());
      return 1;
    }
    auto workspace = predictor->workspace();
    const std::vector<float> grey(static_cast<std::size_t>(predictor->input_size()), 0.5F);
    wick::Prediction best;
    if (predictor->predict(wick::Pixels::floats(grey.data(), predictor->input_size(), 1), {&best, 1},
                           workspace) != 1) {
      return 1;
    }
    std::printf("%s: class %s, %.3f\n", argv[i], best.name.data(), static_cast<double>(best.probability));
  }
  return 0;
}
