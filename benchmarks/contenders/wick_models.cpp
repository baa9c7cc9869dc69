// wick's models of users, for benchmarks/compare --models.
//
//   wick_models THREADS NAME < cases

#include "../models.hpp"
#include "../protocol.hpp"

#include <wick/autograd/recorder.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/random/distributions.hpp>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace wick_benchmarks;

namespace {

wick::Model<Perceptron> perceptron(const Case& c, wick::Generator& generator) {
  const std::vector<wick::Index> hidden(c.sizes.begin() + 1, c.sizes.end() - 1);
  return wick::Model<Perceptron>(generator, c.sizes.front(), hidden, c.sizes.back(), c.dropout);
}
wick::Model<Residual> residual(const Case& c, wick::Generator& generator) {
  const auto depth = static_cast<wick::Index>(c.sizes.size()) - 2;
  return wick::Model<Residual>(generator, c.sizes.front(), c.sizes[1], depth, c.sizes.back());
}

/// PyTorch's loop, with the step's inputs where they are.
template <class Module>
struct Training {
  Training(const Case& c, wick::Model<Module> of, wick::ThreadPool* pool)
      : model(std::move(of)),
        x(wick::rand<float>({c.batch, c.sizes.front()}, generator)),
        y(wick::randint(0, c.sizes.back(), {c.batch}, generator)),
        optimizer(model.parameters(), {.lr = 1e-3}, pool),
        recorder(pool) {
    recorder->set_generator(generator);
  }

  void step() {
    const wick::ThreadPool::Burst burst(recorder->scratch().pool());
    keep(training_step(model, optimizer, recorder->input(wick::Borrowed(x)), y));
  }

  wick::Generator generator{1};
  wick::Model<Module> model;
  wick::Tensor<float> x;
  wick::Tensor<std::int64_t> y;
  wick::Adam<float> optimizer;
  wick::Recorder<float> recorder;
};

template <class Module>
Timed training(const Case& c, wick::Model<Module> model, wick::ThreadPool* pool) {
  const auto run = std::make_shared<Training<Module>>(c, std::move(model), pool);
  return [run](double seconds) { return time_calls(seconds, [&r = *run] { r.step(); }); };
}

Timed prediction(const Case& c, wick::Generator& generator) {
  struct Run {
    wick::Model<Perceptron> model;
    wick::Tensor<float> x;
  };
  const auto run = std::make_shared<Run>(
      Run{perceptron(c, generator), wick::rand<float>({c.batch, c.sizes.front()}, generator)});
  return [run](double seconds) {
    return time_calls(seconds, [&r = *run] {
      const auto outputs = r.model.predict(r.x);
      keep(outputs.data()[0]);
    });
  };
}

Timed make(const Case& c, wick::ThreadPool* pool) {
  wick::Generator generator(1);
  if (c.kind == "train") return training(c, perceptron(c, generator), pool);
  if (c.kind == "residual") return training(c, residual(c, generator), pool);
  if (c.kind == "predict") return prediction(c, generator);
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  std::optional<wick::ThreadPool> threads_of_this_program;
  if (threads > 1) threads_of_this_program.emplace(threads);
  wick::ThreadPool* const pool = threads > 1 ? &*threads_of_this_program : nullptr;
  serve((argc > 2 ? argv[2] : "wick, recorded") + (", Eigen " + eigen_version()),
        [&](const Case& c) { return make(c, pool); });
}
