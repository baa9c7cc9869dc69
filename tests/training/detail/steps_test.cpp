#include <wick/training/detail/steps.hpp>

#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/loss/bce_with_logits.hpp>
#include <wick/loss/cross_entropy.hpp>
#include <wick/loss/mse.hpp>
#include <wick/loss/nll.hpp>
#include <wick/metrics/binary_accuracy.hpp>
#include <wick/metrics/mean_absolute_error.hpp>
#include <wick/models/network.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>
#include <wick/training/train.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::allocation_count;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::TempDir;

namespace {

/// The layers of Network(6, 3, {8, 5}), by a user.
struct Lesson {
  Linear<float> first, second, output;
  Dropout drop{0.5};
  explicit Lesson(const Scope<float>& s)
      : first(s / "hidden_layers" / 0, 6, 8),
        second(s / "hidden_layers" / 1, 8, 5),
        output(s / "output", 5, 3) {}
  auto operator()(const auto& x) const {
    return log_softmax(output(drop(relu(second(drop(relu(first(x))))))));
  }
};

/// A residual block and a head for `out` numbers.
struct Residual {
  Linear<float> in;
  LayerNorm<float> norm;
  Linear<float> up, head;
  Dropout drop{0.25};
  Residual(const Scope<float>& s, Index features, Index out)
      : in(s / "in", features, 8), norm(s / "norm", 8), up(s / "up", 8, 8), head(s / "head", 8, out) {}
  auto operator()(auto x) const {
    x = in(x);
    return head(x + drop(gelu_tanh(up(norm(x)))));
  }
};

/// Two inputs, added.
struct Pair {
  Linear<float> left, right;
  explicit Pair(const Scope<float>& s) : left(s / "left", 6, 2), right(s / "right", 3, 2) {}
  auto operator()(const auto& a, const auto& b) const { return left(a) + right(b); }
};

/// Takes logarithms, also of numbers below zero.
struct Logarithms {
  Linear<float> layer;
  explicit Logarithms(const Scope<float>& s) : layer(s / "layer", 6, 3) {}
  auto operator()(const auto& x) const { return log_softmax(layer(log(x))); }
};

struct Clouds {
  Tensor<float> points;
  Tensor<std::int64_t> classes;
};
Clouds clouds(Index n = 50) {
  Generator g(9);
  Clouds c{randn<float>({n, 6}, g), Tensor<std::int64_t>(Shape{n})};
  for (Index i = 0; i < n; ++i) {
    c.classes.data()[i] = i % 3;
    c.points.at(i, i % 3) += 2;
  }
  return c;
}
/// Two sums of the columns of `x`.
Tensor<float> sums(const Tensor<float>& x) {
  Tensor<float> y(Shape{x.size(0), 2});
  for (Index i = 0; i < x.size(0); ++i) {
    y.at(i, 0) = x.at(i, 0) + x.at(i, 1);
    y.at(i, 1) = x.at(i, 2) - 2 * x.at(i, 3);
  }
  return y;
}
Tensor<float> signs(const Tensor<float>& x) {
  Tensor<float> y = x;
  for (float& value : y.span()) value = value > 0 ? 1.0F : 0.0F;
  return y;
}

/// The loop in every tutorial, with reports as train() makes them.
template <class M, class Loader, class Criterion, class Measure>
std::vector<std::pair<double, double>> by_hand(M& model, Loader& train_loader, Loader& test_loader,
                                               const Criterion& criterion, Adam<float>& optimizer,
                                               const Measure& measure) {
  std::vector<std::pair<double, double>> reports;
  int step = 0;
  for (int epoch = 0; epoch < 2; ++epoch) {
    for (const auto& [inputs, targets] : train_loader) {
      optimizer.zero_grad();
      auto loss = criterion(model(inputs), targets);
      loss.backward();
      optimizer.step();
      if (++step % 3 != 0) continue;
      model.eval();
      double test_loss = 0;
      double measured = 0;
      for (const auto& [x, y] : test_loader) {
        const NoGrad no_grad;
        test_loss += static_cast<double>(criterion(model(x), y).item());
        measured += measure(model.predict(x), y);
      }
      model.train();
      const auto batches = static_cast<double>(test_loader.size());
      reports.emplace_back(test_loss / batches, measured / batches);
    }
  }
  return reports;
}

}  // namespace

TEST_CASE("a model of the lesson's layers trains as Network does, bit for bit, whatever the pool") {
  const auto [points, classes] = clouds();
  const TensorDataset data(points, classes);
  const auto loaders = [&] {
    return std::pair(DataLoader(data, {.batch_size = 8, .shuffle = true}),
                     DataLoader(data, {.batch_size = 16, .shuffle = true}));
  };
  const auto train_one = [&](auto& model, ThreadPool* pool) {
    auto [train_loader, test_loader] = loaders();
    Adam<float> adam(model.parameters(), {.lr = 0.01}, pool);
    std::ostringstream out;
    const auto result = train(model, train_loader, test_loader, NLLLoss<float>(), adam,
                              {.epochs = 2, .print_every = 3, .out = &out, .pool = pool});
    CHECK(result.reports.size() == 4);
    CHECK(model.training());
    return std::pair(out.str(), to_checkpoint(result.state));
  };
  manual_seed(1);
  Network<float> network(6, 3, {8, 5});
  const auto expected = train_one(network, nullptr);
  CHECK(contains(expected.first, "..  Test Accuracy: "));
  ThreadPool two(2);
  for (ThreadPool* const pool : {static_cast<ThreadPool*>(nullptr), &two}) {
    manual_seed(1);
    Model<Lesson> model;
    CHECK(train_one(model, pool) == expected);
    CHECK(model.state_dict() == network.state_dict());

    // As a step of the user's own, which is measured by itself alone.
    manual_seed(1);
    Model<Lesson> own;
    auto [train_loader, test_loader] = loaders();
    Adam<float> adam(own.parameters(), {.lr = 0.01}, pool);
    const auto result = train(own, train_loader, test_loader,
                              [&](const auto& batch) { return nll_loss(own(batch.inputs), batch.targets); },
                              adam, {.epochs = 2, .print_every = 3, .pool = pool});
    CHECK(own.state_dict() == network.state_dict());
    CHECK(result.reports.back().metrics.empty());
    CHECK(own.training());
  }
}

TEST_CASE("a run is the loop that users write: classes, numbers, labels") {
  const auto [points, classes] = clouds();
  const auto compare = [&](const auto& data, Index out, const auto& criterion, const auto& measure,
                           const auto&... metrics) {
    const auto run = [&](auto&& go) {
      manual_seed(4);
      Model<Residual> model(Index{6}, out);
      Adam<float> adam(model.parameters(), {.lr = 0.01});
      DataLoader train_loader(data, {.batch_size = 8, .shuffle = true});
      DataLoader test_loader(data, {.batch_size = 25});
      auto reports = go(model, train_loader, test_loader, adam);
      return std::pair(std::move(reports), model.state_dict());
    };
    const auto expected = run([&](auto& model, auto& train_loader, auto& test_loader, auto& adam) {
      return by_hand(model, train_loader, test_loader, criterion, adam, measure);
    });
    std::string line;
    const auto got = run([&](auto& model, auto& train_loader, auto& test_loader, auto& adam) {
      const auto result = train(model, train_loader, test_loader, criterion, adam,
                                {.epochs = 2, .print_every = 3}, metrics...);
      std::vector<std::pair<double, double>> reports;
      for (const auto& r : result.reports) reports.emplace_back(r.test_loss, r.metrics.value(0));
      std::ostringstream text;
      text << result.reports.back();
      line = text.str();
      const auto test = evaluate(model, test_loader, criterion, metrics...);
      CHECK(test.metrics.size() == 1);
      CHECK(model.training());
      return reports;
    });
    REQUIRE(got.first.size() == expected.first.size());
    for (std::size_t i = 0; i < got.first.size(); ++i) {
      CHECK(got.first[i].first == expected.first[i].first);
      CHECK(got.first[i].second == doctest::Approx(expected.first[i].second).epsilon(1e-6));
    }
    CHECK(got.second == expected.second);
    return line;
  };

  const auto right = [](const Tensor<float>& y, const Tensor<std::int64_t>& t) { return accuracy(y, t); };
  CHECK(contains(compare(TensorDataset(points, classes), 3, CrossEntropyLoss(), right), "Test Accuracy: "));

  const auto far = [](const Tensor<float>& y, const Tensor<float>& t) {
    double sum = 0;
    for (Index i = 0; i < y.numel(); ++i) sum += std::abs(y.data()[i] - t.data()[i]);
    return sum / static_cast<double>(y.numel());
  };
  CHECK(contains(compare(TensorDataset(points, sums(points)), 2, MSELoss(), far, MeanAbsoluteError()),
                 "..  Test MAE: "));

  const auto same_side = [](const Tensor<float>& y, const Tensor<float>& t) {
    double sum = 0;
    for (Index i = 0; i < y.numel(); ++i) sum += (y.data()[i] > 0) == (t.data()[i] == 1) ? 1 : 0;
    return sum / static_cast<double>(y.numel());
  };
  CHECK(contains(
      compare(TensorDataset(points, signs(points)), 6, BCEWithLogitsLoss(), same_side, BinaryAccuracy()),
      "..  Test Accuracy: "));

  // Any function is a criterion.
  const auto cubic = [](const auto& y, const auto& t) { return mean(square(y - t) * square(y - t)); };
  CHECK_NOTHROW(compare(TensorDataset(points, sums(points)), 2, cubic, far, MeanAbsoluteError()));
}

TEST_CASE("training a model learns, in numbers and labels") {
  const auto [points, classes] = clouds(200);
  const auto last = [&](const auto& data, Index out, const auto& criterion, const auto& metric) {
    manual_seed(2);
    Model<Residual> model(Index{6}, out);
    Adam<float> adam(model.parameters(), {.lr = 0.01});
    DataLoader loader(data, {.batch_size = 20, .shuffle = true});
    const auto result =
        train(model, loader, loader, criterion, adam, {.epochs = 20, .print_every = 100}, metric);
    return result.reports.back().metrics.value(0);
  };
  // The sums have a mean absolute value of about 1.6.
  CHECK(last(TensorDataset(points, sums(points)), 2, MSELoss(), MeanAbsoluteError()) < 0.5);
  CHECK(last(TensorDataset(points, signs(points)), 6, BCEWithLogitsLoss(), BinaryAccuracy()) > 0.9);
}

TEST_CASE("several inputs, outputs and losses") {
  const auto [points, classes] = clouds();
  Generator g(3);
  const auto others = randn<float>({50, 3}, g);
  const auto targets = sums(points);
  const TensorDataset<float, float, float> data(points, others, targets);
  const auto run = [&](const auto& go) {
    manual_seed(5);
    Model<Pair> model;
    Adam<float> adam(model.parameters(), {.lr = 0.01});
    DataLoader loader(data, {.batch_size = 8, .shuffle = true});
    go(model, adam, loader);
    return model.state_dict();
  };
  const auto expected = run([&](auto& model, auto& adam, auto& loader) {
    for (int epoch = 0; epoch < 2; ++epoch) {
      for (const auto& [a, b, y] : loader) {
        adam.zero_grad();
        mse_loss(model(a, b), y).backward();
        adam.step();
      }
    }
  });
  DataLoader test_loader(data, {.batch_size = 50});
  CHECK(run([&](auto& model, auto& adam, auto& loader) {
          const auto result = train(model, loader, test_loader, MSELoss(), adam,
                                    {.epochs = 2, .print_every = 14}, MeanAbsoluteError());
          CHECK(result.reports.size() == 1);
          CHECK(result.reports[0].metrics["MAE"] > 0);
        }) == expected);
  // A metric of batches measures what it likes.
  struct Samples {
    Index count = 0;
    [[nodiscard]] static const char* name() { return "Samples"; }
    void accumulate(const std::tuple<Tensor<float>, Tensor<float>, Tensor<float>>& batch) {
      count += std::get<0>(batch).size(0);
    }
    [[nodiscard]] double result() const { return static_cast<double>(count); }
  };
  CHECK(run([&](auto& model, auto& adam, auto& loader) {
          const auto step = [&](const auto& batch) {
            const auto& [a, b, y] = batch;
            const auto out = model(a, b);
            return mse_loss(out, y, Reduction::sum) * (1.0F / static_cast<float>(y.numel()));
          };
          const auto result =
              train(model, loader, test_loader, step, adam, {.epochs = 2, .print_every = 7}, Samples());
          CHECK(result.reports.size() == 2);
          CHECK(result.reports[1].metrics["Samples"] == 50);
          CHECK(evaluate(model, test_loader, step, Samples()).metrics["Samples"] == 50);
          CHECK(evaluate(model, test_loader, step).loss ==
                doctest::Approx(evaluate(model, test_loader, MSELoss()).loss));
        }).keys() == expected.keys());
}

TEST_CASE("a generator of one's own is drawn from, by criteria and steps, and the thread's is left alone") {
  const auto [points, classes] = clouds();
  const TensorDataset data(points, classes);
  Generator mine(7);
  Generator order(8);
  const auto run = [&](bool own_step) {
    mine.manual_seed(7);
    order.manual_seed(8);
    Generator weights(1);
    Model<Lesson> model(weights);
    Adam<float> adam(model.parameters());
    DataLoader loader(data, {.batch_size = 8, .shuffle = true, .generator = &order});
    const auto before = default_generator().state();
    const TrainOptions options{.epochs = 1, .generator = &mine};
    if (own_step) {
      const auto step = [&](const auto& b) { return nll_loss(model(b.inputs), b.targets); };
      static_cast<void>(train(model, loader, loader, step, adam, options));
    } else {
      static_cast<void>(train(model, loader, loader, NLLLoss(), adam, options));
    }
    CHECK(default_generator().state() == before);
    CHECK(&default_tape<float>().generator() == &default_generator());
    return std::pair(model.state_dict(), mine.state());
  };
  const auto criterion = run(false);
  CHECK(criterion == run(true));
  CHECK_FALSE(criterion.second == Generator(7).state());
}

TEST_CASE("after the first report a step of a model allocates nothing") {
  const auto [points, classes] = clouds();
  const TensorDataset data(points, sums(points));
  const TensorDataset labels(points, signs(points));
  ThreadPool two(2);
  const auto check = [&](const auto& dataset, Index out, const auto& make_criterion, ThreadPool* pool,
                         const auto&... metrics) {
    Model<Residual> model(Index{6}, out);
    Adam<float> adam(model.parameters(), {.lr = 0.01}, pool);
    DataLoader train_loader(dataset, {.batch_size = 8, .shuffle = true});
    DataLoader test_loader(dataset, {.batch_size = 16, .shuffle = true});
    std::vector<std::uint64_t> counts(100);
    std::size_t steps = 0;
    TrainOptions options{.epochs = 4, .print_every = 3, .pool = pool};
    options.on_report = [](const TrainReport&) {};
    options.on_step = [&](const std::function<TrainState()>&) { counts[steps++] = allocation_count(); };
    static_cast<void>(
        train(model, train_loader, test_loader, make_criterion(model), adam, options, metrics...));
    REQUIRE(steps == 28);
    for (std::size_t i = 9; i < steps; ++i) {
      CAPTURE(i);
      CHECK(counts[i] == counts[8]);
    }
  };
  for (ThreadPool* const pool : {static_cast<ThreadPool*>(nullptr), &two}) {
    check(
        data, 2, [](const auto&) { return MSELoss(); }, pool, MeanAbsoluteError());
    check(
        labels, 6, [](const auto&) { return BCEWithLogitsLoss(); }, pool, BinaryAccuracy());
    check(
        data, 2,
        [](const auto& model) {
          return [&](const auto& batch) { return mse_loss(model(batch.inputs), batch.targets); };
        },
        pool);
  }
}

TEST_CASE("the best file is that of the metric that was asked for, smaller or larger as it says") {
  const TempDir dir;
  const auto [points, classes] = clouds();
  const TensorDataset data(points, sums(points));
  Model<Residual> model(Index{6}, Index{2});
  Adam<float> adam(model.parameters(), {.lr = 0.02});
  DataLoader loader(data, {.batch_size = 8, .shuffle = true});
  double best = std::numeric_limits<double>::infinity();
  StateDict at_best;
  const auto result = train(model, loader, loader, MSELoss(), adam,
                            {.epochs = 3,
                             .print_every = 2,
                             .on_report =
                                 [&](const TrainReport& r) {
                                   if (r.metrics["MAE"] >= best) return;
                                   best = r.metrics["MAE"];
                                   at_best = model.state_dict();
                                 },
                             .checkpoint = {.best = dir / "best.wick", .best_by = "MAE"}},
                            MeanAbsoluteError());
  CHECK(load(dir / "best.wick") == at_best);
  CHECK(result.state.best_metrics["MAE"] == best);
  CHECK(message_of<OptionError>([&] {
          static_cast<void>(train(model, loader, loader, MSELoss(), adam,
                                  {.checkpoint = {.best = dir / "best.wick", .best_by = "F1"}},
                                  MeanAbsoluteError()));
        }) == "train: checkpoint.best_by: no metric is called \"F1\"; there is \"MAE\"");
}

TEST_CASE("what cannot train a model is refused before the first step") {
  const auto [points, classes] = clouds();
  const TensorDataset data(points, classes);
  Model<Lesson> model;
  Model<Lesson> copy = model;
  Adam<float> adam(model.parameters());
  DataLoader loader(data, {.batch_size = 8});
  DataLoader empty(data, {.batch_size = 51, .drop_last = true});
  const auto refusal = [&](auto& trained, auto& train_loader, auto& test_loader,
                           const TrainOptions& options = {}) {
    const auto before = trained.state_dict();
    const auto message = message_of<OptionError>(
        [&] { static_cast<void>(train(trained, train_loader, test_loader, NLLLoss(), adam, options)); });
    CHECK(trained.state_dict() == before);
    CHECK(adam.steps() == 0);
    return message;
  };
  CHECK(contains(refusal(copy, loader, loader), "the optimizer works on the parameters of another model"));
  CHECK(contains(refusal(model, empty, loader), "train_loader has no batches"));
  CHECK(contains(refusal(model, loader, empty), "test_loader has no batches"));
  CHECK(contains(refusal(model, loader, loader, {.epochs = 0}), "epochs must be >= 1"));
  CHECK_THROWS_AS(static_cast<void>(train(model, loader, loader, NLLLoss(), adam,
                                          {.checkpoint = {.path = "/nowhere/at/all/run.wick"}})),
                  FileError);
  CHECK(adam.steps() == 0);
  adam.set_lr(0);
  CHECK(contains(refusal(model, loader, loader), "which moves no parameter"));
  adam.set_lr(0.1);
  model.parameters()->value("output.bias").at(1) = NAN;
  CHECK(contains(refusal(model, loader, loader), "parameter \"output.bias\" holds nan at element 1"));
  CHECK_THROWS_AS(static_cast<void>(evaluate(copy, empty, NLLLoss())), OptionError);
}

TEST_CASE("a loss of a model that is no number is refused, and what made it is named") {
  const auto refusal = [](const auto& data, auto& model, const auto& criterion) {
    Adam<float> adam(model.parameters());
    DataLoader loader(data, {.batch_size = 8});
    const auto before = model.state_dict();
    auto message =
        message_of<TrainingError>([&] { static_cast<void>(train(model, loader, loader, criterion, adam)); });
    CHECK(adam.steps() < 2);
    if (adam.steps() == 0) CHECK(model.state_dict() == before);
    return message;
  };
  const auto [points, classes] = clouds();
  const auto targets = sums(points);
  {
    auto spoiled = points;
    spoiled.at(11, 4) = NAN;
    Model<Residual> model(Index{6}, Index{2});
    CHECK(
        refusal(TensorDataset(spoiled, targets), model, MSELoss()) ==
        "train: step 2 (epoch 1): the loss on the training data is nan: sample 11 of the training data holds "
        "nan at element 4");
    const auto step = [&](const auto& batch) { return mse_loss(model(batch.inputs), batch.targets); };
    CHECK(contains(refusal(TensorDataset(spoiled, targets), model, step), "sample 11 of the training data"));
  }
  {
    // Numbers to be predicted may be spoiled, too.
    auto spoiled = targets;
    spoiled.at(3, 1) = std::numeric_limits<float>::infinity();
    Model<Residual> model(Index{6}, Index{2});
    CHECK(
        refusal(TensorDataset(points, spoiled), model, MSELoss()) ==
        "train: step 1 (epoch 1): the loss on the training data is inf: sample 3 of the training data holds "
        "inf at element 1");
  }
  {
    Model<Logarithms> model;
    const std::string text = refusal(TensorDataset(points, classes), model, NLLLoss());
    CHECK_MESSAGE(contains(text,
                           "the loss on the training data is nan: the training data and the parameters are "
                           "finite, but log (node 1) returned nan values at row "),
                  text);
  }
  {
    Model<Lesson> model;
    const NLLLoss<float> nothing({.weight = Tensor<float>::zeros({3})});
    CHECK(contains(refusal(TensorDataset(points, classes), model, nothing), "no row of the batch counts"));
  }
}

TEST_CASE("what a loss, a model or a step refuses says the step and the sample") {
  const auto [points, classes] = clouds();
  auto wrong = classes;
  wrong.data()[10] = 3;
  const TensorDataset data(points, wrong);
  Model<Lesson> model;
  Adam<float> adam(model.parameters());
  DataLoader loader(data, {.batch_size = 8});
  CHECK(contains(
      message_of<IndexError>([&] { static_cast<void>(train(model, loader, loader, NLLLoss(), adam)); }),
      "train: step 2 (epoch 1), training data: NLLLoss: Target 3 is out of bounds: row 2 must hold a "
      "class in [0, 3) or ignore_index (-100) (sample 10 of the training data)"));
  CHECK(adam.steps() == 1);

  // A step whose loss has nothing to do with the parameters.
  const auto aimless = [](const auto& batch) { return mean(default_tape<float>().input(batch.inputs)); };
  const std::string text =
      message_of<Error>([&] { static_cast<void>(train(model, loader, loader, aimless, adam)); });
  CHECK(contains(text, "train: step 1 (epoch 1), training data: "));
  CHECK(adam.steps() == 1);

  const TensorDataset narrow(Tensor<float>::zeros({4, 5}), Tensor<std::int64_t>::zeros({4}));
  DataLoader narrow_loader(narrow, {.batch_size = 2});
  CHECK(contains(message_of<ShapeError>(
                     [&] { static_cast<void>(train(model, narrow_loader, loader, NLLLoss(), adam)); }),
                 "train: step 1 (epoch 1), training data: "));
}

TEST_CASE("without metrics, and with none, lines are what they should be") {
  const auto [points, classes] = clouds();
  const auto line = [&](const auto& data, const auto& criterion, const auto&... metrics) {
    Model<Residual> model(Index{6}, Index{3});
    Adam<float> adam(model.parameters());
    DataLoader loader(data, {.batch_size = 50});
    std::ostringstream out;
    static_cast<void>(train(model, loader, loader, criterion, adam,
                            {.epochs = 1, .print_every = 1, .out = &out}, metrics...));
    return out.str().substr(out.str().find("Test Loss"));
  };
  CHECK(contains(line(TensorDataset(points, classes), CrossEntropyLoss()), "Test Accuracy"));
  CHECK_FALSE(contains(line(TensorDataset(points, classes), CrossEntropyLoss(), NoMetrics()), ".."));
  CHECK_FALSE(contains(line(TensorDataset(points, randn<float>({50, 3})), MSELoss()), ".."));
}
