// wick, for benchmarks/compare.
//
//   wick THREADS < cases

#include "../protocol.hpp"

#include <wick/core/random.hpp>
#include <wick/loss/nll.hpp>
#include <wick/nn/network.hpp>
#include <wick/optim/adam.hpp>

#include <cstdlib>
#include <memory>
#include <optional>
#include <vector>

using namespace wick_benchmarks;

namespace {

std::function<Timing(double)> training(wick::Index batch, wick::ThreadPool* pool) {
  struct Run {
    Run(wick::Index batch, wick::ThreadPool* pool)
        : x(wick::rand<float>({batch, 784}, generator)),
          y(wick::randint(0, 10, {batch}, generator)),
          grad({batch, 10}),
          optimizer(model.parameters(), {.lr = 1e-3}, pool),
          workspace(pool) {}
    wick::Generator generator{1};
    wick::Network<float> model{784, 10, {512, 256, 128}, {}, generator};
    wick::Tensor<float> x;
    wick::Tensor<std::int64_t> y;
    wick::Tensor<float> grad;
    wick::NLLLoss<float> criterion;
    wick::Adam<float> optimizer;
    wick::Workspace<float> workspace;
  };
  const auto run = std::make_shared<Run>(batch, pool);
  return [run](double seconds) {
    return time_calls(seconds, [&r = *run] {
      const wick::ThreadPool::Burst burst(r.workspace.scratch().pool());
      const auto output = r.model.forward(wick::Borrowed(r.x), r.workspace, r.generator);
      keep(r.criterion(output, r.y));
      r.criterion.backward(output, r.y, r.grad);
      r.model.backward(r.grad, r.workspace, wick::Accumulate::no);
      r.optimizer.step();
    });
  };
}

std::function<Timing(double)> prediction(std::vector<wick::Index> sizes, wick::Index batch,
                                         wick::ThreadPool* pool) {
  struct Run {
    wick::Generator generator{1};
    wick::Network<float> model;
    wick::Tensor<float> x;
    wick::Workspace<float> workspace;
  };
  wick::Generator generator(1);
  const std::span<const wick::Index> hidden(sizes.data() + 1, sizes.size() - 2);
  const auto run = std::make_shared<Run>(
      Run{generator, wick::Network<float>(sizes.front(), sizes.back(), hidden),
          wick::rand<float>({batch, sizes.front()}, generator), wick::Workspace<float>(pool)});
  return [run](double seconds) {
    return time_calls(seconds, [&r = *run] { keep(r.model.predict(r.x, r.workspace).data()[0]); });
  };
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  std::optional<wick::ThreadPool> threads_of_this_program;
  if (threads > 1) threads_of_this_program.emplace(threads);
  wick::ThreadPool* const pool = threads > 1 ? &*threads_of_this_program : nullptr;
  const std::vector<wick::Index> lesson{784, 512, 256, 128, 10};
  std::map<std::string, std::function<Timing(double)>> cases;
  cases["train64"] = training(64, pool);
  cases["train256"] = training(256, pool);
  for (const wick::Index batch : {1, 16, 64, 256, 1024}) {
    cases["predict" + std::to_string(batch)] = prediction(lesson, batch, pool);
  }
  cases["tiny1"] = prediction({8, 32, 32, 1}, 1, pool);
  cases["small1"] = prediction({64, 256, 256, 10}, 1, pool);
  // Limits, as seconds for 1e9 operations or bytes.
  cases["fma"] = [](double seconds) { return Timing{0, 1e9 / fma_peak(seconds)}; };
  cases["read"] = [](double seconds) {
    return Timing{0, 1e9 / read_bandwidth(567434 * sizeof(float), seconds)};
  };
  const std::string eigen = std::to_string(EIGEN_MAJOR_VERSION) + "." + std::to_string(EIGEN_MINOR_VERSION);
#if defined(EIGEN_PATCH_VERSION)
  serve("wick, Eigen " + eigen + "." + std::to_string(EIGEN_PATCH_VERSION), cases);
#else
  serve("wick, Eigen " + std::to_string(EIGEN_WORLD_VERSION) + "." + eigen, cases);
#endif
}
