#include <wick/training/find_learning_rate.hpp>

#include "support/throws.hpp"
#include "training/training_run.hpp"

#include <wick/loss/nll.hpp>
#include <wick/optim/sgd.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>

using wick::Index;
using wick::LearningRateRange;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

struct Setting {
  Setting()
      : data(wick_tests::clouds(60)),
        loader(data, {.batch_size = 20, .shuffle = true}),
        model(seeded()),
        optimizer(model.parameters(), {.lr = 0.5, .momentum = 0.9}) {}

  wick::LearningRates find(const LearningRateRange& range) {
    return wick::find_learning_rate(model, loader, criterion, optimizer, range);
  }

  wick::TensorDataset<float> data;
  wick::DataLoader<wick::TensorDataset<float>> loader;
  wick::Network<float> model;
  wick::SGD<float> optimizer;
  wick::NLLLoss<float> criterion;

 private:
  static wick::Network<float> seeded() {
    wick::manual_seed(4);
    return {6, 3, {16}, {.dropout = 0.2}};
  }
};

}  // namespace

TEST_CASE("the range test tries rates by one factor and leaves everything as it was") {
  Setting s;
  const auto parameters = s.model.state_dict();
  const auto state = s.optimizer.state();
  const auto drawn = wick::default_generator().state();
  s.model.eval();
  const auto found = s.find({.smallest = 1e-4, .largest = 1e3, .steps = 71});
  CHECK(s.model.state_dict() == parameters);
  CHECK(s.optimizer.state() == state);
  CHECK(wick::default_generator().state() == drawn);
  CHECK_FALSE(s.model.training());
  CHECK(s.optimizer.lr() == 0.5);

  REQUIRE(found.rates.size() > 30);
  CHECK(found.losses.size() == found.rates.size());
  CHECK(found.smoothed.size() == found.rates.size());
  CHECK(found.rates.front() == doctest::Approx(1e-4));
  for (std::size_t i = 1; i < found.rates.size(); ++i) {
    CHECK(found.rates[i] / found.rates[i - 1] == doctest::Approx(std::pow(10.0, 0.1)));
  }
  // The running mean written out.
  double sum = 0;
  double weights = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    sum = 0.9 * sum + found.losses[i];
    weights = 0.9 * weights + 1;
    CHECK(found.smoothed[i] == doctest::Approx(sum / weights));
  }
  // Gradient descent of such data learns with rates of about 0.1, and not with 100.
  CHECK(found.suggestion > 1e-3);
  CHECK(found.suggestion < 5);
  CHECK(found.suggestion <= found.at_minimum / 10);
  CHECK(found.suggestion <= found.steepest);
  CHECK(found.rates.back() < 1e3);  // it gave up
  CHECK(s.find({.smallest = 1e-4, .largest = 1e3, .steps = 71}).losses == found.losses);
}

TEST_CASE("a loss that is no number ends the range test, unless it is the first") {
  Setting s;
  const auto found = s.find({.smallest = 1e20, .largest = 1e38, .steps = 20, .give_up = 1e300});
  CHECK(found.rates.size() < 20);
  CHECK(std::isnan(found.suggestion));
  s.data = wick_tests::clouds(60);
  wick::Tensor<float> x = s.data.features();
  x.data()[7] = std::numeric_limits<float>::quiet_NaN();
  const auto before = s.model.state_dict();
  const wick::TensorDataset<float> bad(x, s.data.labels());
  wick::DataLoader loader(bad, {.batch_size = 60});
  const auto message = message_of<wick::TrainingError>(
      [&] { static_cast<void>(wick::find_learning_rate(s.model, loader, s.criterion, s.optimizer)); });
  CHECK(contains(message,
                 "find_learning_rate: step 1 (epoch 1): the loss on the training data is nan: sample 1 of"));
  CHECK(s.model.state_dict() == before);
}

TEST_CASE("the range test refuses a range that is none") {
  Setting s;
  const auto refuses = [&](const LearningRateRange& range, const char* what) {
    CAPTURE(what);
    CHECK(contains(message_of<wick::OptionError>([&] { static_cast<void>(s.find(range)); }), what));
  };
  refuses({.smallest = 0}, "smallest must be > 0, got 0.0");
  refuses({.smallest = 1, .largest = 1}, "largest must be > smallest, got 1.0");
  refuses({.largest = std::nan("")}, "largest must be > smallest, got nan");
  refuses({.steps = 9}, "steps must be >= 10, got 9");
  refuses({.smoothing = 1}, "smoothing must be in [0, 1), got 1.0");
  refuses({.give_up = 1}, "give_up must be > 1, got 1.0");
}
