// wick, for benchmarks/compare and benchmarks/scaling.
//
//   wick THREADS NAME < cases

#include "../protocol.hpp"

#include <wick/autograd.hpp>
#include <wick/loss/nll.hpp>
#include <wick/models/network.hpp>
#include <wick/nn/model.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

using namespace wick_benchmarks;

namespace {

wick::Network<float> network(const Case& c, wick::Generator& generator) {
  const std::vector<wick::Index> hidden(c.sizes.begin() + 1, c.sizes.end() - 1);
  return {c.sizes.front(),
          c.sizes.back(),
          std::span<const wick::Index>(hidden),
          {.dropout = c.dropout},
          generator};
}

struct Training {
  Training(const Case& c, wick::ThreadPool* pool)
      : model(network(c, generator)),
        x(wick::rand<float>({c.batch, c.sizes.front()}, generator)),
        y(wick::randint(0, c.sizes.back(), {c.batch}, generator)),
        optimizer(model.parameters(), {.lr = 1e-3}, pool),
        threads(pool),
        recorder(pool) {
    recorder->set_generator(generator);
  }

  void step() {
    const wick::ThreadPool::Burst burst(threads);
    const auto loss = criterion(model(recorder->input(wick::Borrowed(x))), y);
    keep(loss.item());
    loss.backward(wick::Accumulate::no);
    optimizer.step();
  }

  wick::Generator generator{1};
  wick::Network<float> model;
  wick::Tensor<float> x;
  wick::Tensor<std::int64_t> y;
  wick::NLLLoss<float> criterion;
  wick::Adam<float> optimizer;
  wick::ThreadPool* threads;
  wick::Recorder<float> recorder;
};

struct Prediction {
  Prediction(const Case& c, wick::ThreadPool* pool)
      : model(network(c, generator)),
        x(wick::rand<float>({c.batch, c.sizes.front()}, generator)),
        workspace(pool) {}

  /// One output is no class: it is taken raw.
  wick::TensorView<const float> outputs() {
    return model.output_size() > 1 ? std::as_const(model).predict(x, workspace) : model.logits(x, workspace);
  }

  wick::Generator generator{1};
  wick::Network<float> model;
  wick::Tensor<float> x;
  wick::Workspace<float> workspace;
};

/// FNV-1a of the bits, cut to what a double holds.
double hash(std::span<const float> values) {
  std::uint64_t h = 14695981039346656037ULL;
  for (const float& value : values) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    h = (h ^ bits) * 1099511628211ULL;
  }
  return static_cast<double>(h >> 11);
}

Timed make(const Case& c, wick::ThreadPool* pool) {
  // Limits, as seconds for 1e9 operations or bytes; a batch is the number of bytes here.
  if (c.kind == "fma") return [](double seconds) { return Timing{0, 1e9 / fma_peak(seconds)}; };
  if (c.kind == "read") {
    const auto bytes = static_cast<std::size_t>(c.batch);
    return [bytes](double seconds) { return Timing{0, 1e9 / read_bandwidth(bytes, seconds)}; };
  }
  if (c.kind == "train") {
    const auto run = std::make_shared<Training>(c, pool);
    return [run](double seconds) { return time_calls(seconds, [&r = *run] { r.step(); }); };
  }
  if (c.kind == "predict") {
    const auto run = std::make_shared<Prediction>(c, pool);
    return
        [run](double seconds) { return time_calls(seconds, [&r = *run] { keep(r.outputs().data()[0]); }); };
  }
  // Not times, but the bits of the parameters after two steps and those of the outputs.
  if (c.kind == "bits") {
    Training training(c, pool);
    for (int i = 0; i < 2; ++i) training.step();
    const std::span<const float> values = std::as_const(*training.model.parameters()).values();
    Prediction prediction(c, pool);
    const auto outputs = prediction.outputs();
    const Timing hashes{hash(values), hash({outputs.data(), static_cast<std::size_t>(outputs.numel())})};
    return [hashes](double /*seconds*/) { return hashes; };
  }
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  std::optional<wick::ThreadPool> threads_of_this_program;
  if (threads > 1) threads_of_this_program.emplace(threads);
  wick::ThreadPool* const pool = threads > 1 ? &*threads_of_this_program : nullptr;
  serve((argc > 2 ? argv[2] : "wick") + (", Eigen " + eigen_version()),
        [&](const Case& c) { return make(c, pool); });
}
