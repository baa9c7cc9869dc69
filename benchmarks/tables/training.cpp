// Trains a perceptron as scikit-learn's MLPClassifier and MLPRegressor do: hidden layers with ReLU, Adam,
// shuffled batches, a last one that is smaller.
//
// usage: tables_training FEATURES.npy TARGETS.npy TASK TYPE HIDDEN BATCH EPOCHS SHARE
//
// TASK is binary, classes or regression, TYPE float or double, HIDDEN a list such as 100,100. SHARE of the
// rows, the last ones, are for a validation after each epoch; 0: none. Prints one JSON object: seconds of
// processor time that fit() took, and the training loss of the last epoch. training_speed.py runs this beside
// scikit-learn.

#include <wick/wick.hpp>

#include <wick/io/numpy/npy.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <numeric>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using wick::Index;

struct Request {
  std::string features, targets, task;
  std::vector<Index> hidden;
  Index batch, epochs;
  double share;
};

template <class T>
struct Perceptron {
  wick::ModuleList<wick::Linear<T>> layers;

  Perceptron(const wick::Scope<T>& scope, const std::vector<Index>& sizes)
      : layers(scope, static_cast<Index>(sizes.size()) - 1, [&](const wick::Scope<T>& at, Index i) {
          const auto place = static_cast<std::size_t>(i);
          return wick::Linear<T>(at, sizes[place], sizes[place + 1]);
        }) {}
  template <class Input>
  [[nodiscard]] Input operator()(Input x) const {
    for (Index i = 0; i + 1 < layers.size(); ++i) x = relu(layers[i](x));
    return layers[layers.size() - 1](x);
  }
};

template <class T, class Target, class Criterion>
void measure(const Request& request, wick::Tensor<Target> y, Index outputs, const Criterion& criterion) {
  wick::manual_seed(0);
  const wick::TensorDataset data(wick::read_npy(request.features).to<T>(), std::move(y));
  std::vector<Index> sizes{data.features().size(1)};
  sizes.insert(sizes.end(), request.hidden.begin(), request.hidden.end());
  sizes.push_back(outputs);
  wick::Model<Perceptron<T>, T> model(sizes);
  // scikit-learn divides its alpha = 0.0001 by the rows of a batch.
  wick::Adam<T> optimizer(model.parameters(),
                          {.lr = 1e-3, .weight_decay = 1e-4 / static_cast<double>(request.batch)});

  const auto validation = static_cast<Index>(request.share * static_cast<double>(data.size()));
  std::vector<Index> rows(static_cast<std::size_t>(data.size()));
  std::iota(rows.begin(), rows.end(), Index{0});
  const auto middle = rows.end() - validation;
  wick::DataLoader<wick::TensorDataset<T, Target>, T> train(
      data, {.batch_size = request.batch, .shuffle = true, .rows = std::vector(rows.begin(), middle)});
  const wick::FitOptions options{.epochs = request.epochs};
  double loss = 0;
  const std::clock_t begin = std::clock();
  if (validation == 0) {
    loss = fit(model, train, criterion, optimizer, options).reports.back().training_loss;
  } else {
    wick::DataLoader<wick::TensorDataset<T, Target>, T> rest(
        data, {.batch_size = validation, .rows = std::vector(middle, rows.end())});
    loss = fit(model, train, rest, criterion, optimizer, options).reports.back().training_loss;
  }
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  std::printf("{\"seconds\": %.6f, \"loss\": %.6f}\n", seconds, loss);
}

template <class T>
void measure(const Request& request) {
  const wick::AnyTensor targets = wick::read_npy(request.targets);
  if (request.task == "classes") {
    auto classes = targets.to<std::int64_t>();
    const Index outputs = *std::ranges::max_element(classes.span()) + 1;
    measure<T>(request, std::move(classes), outputs, wick::CrossEntropyLoss<T>());
    return;
  }
  wick::Tensor<T> column = targets.to<T>();
  column = std::move(column).reshape({column.numel(), 1});
  if (request.task == "binary") {
    measure<T>(request, std::move(column), 1, wick::BCEWithLogitsLoss<T>());
  } else {
    measure<T>(request, std::move(column), 1, wick::MSELoss());
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 9) {
    std::fprintf(stderr,
                 "usage: tables_training FEATURES.npy TARGETS.npy TASK TYPE HIDDEN BATCH EPOCHS SHARE\n");
    return 2;
  }
  try {
    Request request{.features = argv[1],
                    .targets = argv[2],
                    .task = argv[3],
                    .hidden = {},
                    .batch = std::atol(argv[6]),
                    .epochs = std::atol(argv[7]),
                    .share = std::atof(argv[8])};
    std::istringstream hidden(argv[5]);
    for (std::string size; std::getline(hidden, size, ',');) request.hidden.push_back(std::stol(size));
    if (std::string(argv[4]) == "float") {
      measure<float>(request);
    } else {
      measure<double>(request);
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}
