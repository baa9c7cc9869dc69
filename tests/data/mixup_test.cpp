#include <wick/data/mixup.hpp>

#include "support/throws.hpp"

#include <wick/data/data_loader.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using wick::Index;
using wick::MixUp;
using wick::Shape;
using wick::Tensor;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

wick::TensorDataset<float> three() {
  return {Tensor<float>::from({{1, 10}, {2, 20}, {3, 30}}), Tensor<std::int64_t>::from({2, 0, 0})};
}

}  // namespace

TEST_CASE("shares are those of PyTorch's Beta distribution, and mix inputs and classes") {
  std::ifstream file(std::string(WICK_TEST_DATA) + "/mixup.txt");
  REQUIRE(file);
  const auto data = three();
  int cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    CAPTURE(line);
    std::istringstream in(line);
    double alpha = 0;
    std::uint64_t seed = 0;
    in >> alpha >> seed;
    const MixUp mixed(data, 3, alpha);
    wick::manual_seed(seed);
    for (int draw = 0; draw < 5; ++draw) {
      double expected = 0;
      in >> expected;
      wick::Batch<float, float> batch;
      mixed.collate(std::vector<Index>{0, 1, 2}, batch);
      const auto share = static_cast<float>(expected);
      const auto near = [](float a, float b) { return std::abs(a - b) < 1e-5F; };
      CHECK(near(batch.inputs.at(0, 0), 3 - 2 * share));
      CHECK(near(batch.inputs.at(1, 1), 10 + 10 * share));
      CHECK(near(batch.targets.at(0, 2), share));
      CHECK(near(batch.targets.at(0, 0), 1 - share));
      CHECK(batch.targets.at(0, 1) == 0);
      CHECK(near(batch.targets.at(2, 0), 1));
    }
    std::string bar;
    std::uint32_t after = 0;
    in >> bar >> after;
    CHECK(wick::default_generator().random32() % (1U << 20) == after);
  }
  CHECK(cases == 16);
}

TEST_CASE("without mixing, samples keep their classes as probabilities") {
  const auto data = three();
  const MixUp plain(data, 3, 0);
  wick::DataLoader loader(plain, {.batch_size = 2});
  const auto drawn = wick::default_generator().state();
  auto batch = loader.begin();
  CHECK(batch->inputs == Tensor<float>::from({{1, 10}, {2, 20}}));
  CHECK(batch->targets == Tensor<float>::from({{0, 0, 1}, {1, 0, 0}}));
  wick::Generator same;
  same.set_state(drawn);
  static_cast<void>(wick::random63(same));  // the loader's own
  CHECK(wick::default_generator().state() == same.state());
}

TEST_CASE("mixtures refuse what cannot be") {
  const auto data = three();
  const auto refuses = [&](Index classes, double alpha, const char* what) {
    CHECK(contains(message_of<wick::OptionError>([&] { MixUp(data, classes, alpha); }), what));
  };
  refuses(0, 1, "expected at least one class, got 0");
  refuses(3, -1, "alpha must be finite and >= 0, got -1.0");
  refuses(3, std::nan(""), "got nan");
  const MixUp few(data, 2);
  wick::Batch<float, float> batch;
  CHECK(contains(message_of<wick::IndexError>([&] { few.collate(std::vector<Index>{0}, batch); }),
                 "class 2 is out of range for 2 classes"));
}
