// The lesson's network: training steps, prediction and checkpoints.
//
//   network_benchmark --benchmark_filter=train
//
// Rates are samples per second. Their share of BM_fma_peak: a training step does
// 2.60 MFLOP per sample, a prediction 1.135.

#include <wick/wick.hpp>

#include <benchmark/benchmark.h>

#include <filesystem>

namespace {

wick::Network<float> network() {
  wick::Generator generator(0);
  return {784, 10, {512, 256, 128}, {}, generator};
}

// Independent multiply-adds in registers: the most that the processor can do.
void BM_fma_peak(benchmark::State& state) {
  constexpr int chains = 12;
  using Vector = Eigen::internal::packet_traits<float>::type;
  Vector sums[chains];  // not std::array: vector types lose their attributes as template arguments
  for (auto& s : sums) s = Eigen::internal::pset1<Vector>(0.5F);
  const Vector a = Eigen::internal::pset1<Vector>(0.999F);
  const Vector b = Eigen::internal::pset1<Vector>(1e-6F);
  constexpr int repeats = 1000;
  for (auto _ : state) {
    for (int i = 0; i < repeats; ++i) {
      for (auto& s : sums) s = Eigen::internal::pmadd(s, a, b);
    }
    benchmark::DoNotOptimize(sums);
  }
  const double flops = 2.0 * chains * repeats * static_cast<int>(Eigen::internal::packet_traits<float>::size);
  state.counters["GFLOP/s"] =
      benchmark::Counter(flops * static_cast<double>(state.iterations()) / 1e9, benchmark::Counter::kIsRate);
}
BENCHMARK(BM_fma_peak);

void BM_train_step(benchmark::State& state) {
  const auto batch = static_cast<wick::Index>(state.range(0));
  wick::ThreadPool pool(static_cast<int>(state.range(1)));
  wick::Generator generator(1);
  auto model = network();
  const auto x = wick::rand<float>({batch, 784}, generator);
  const auto y = wick::randint(0, 10, {batch}, generator);
  const wick::NLLLoss criterion;
  wick::Adam optimizer(model.parameters(), {.lr = 1e-3}, &pool);
  wick::Workspace workspace(&pool);
  wick::Tensor<float> grad({batch, 10});
  for (auto _ : state) {
    optimizer.zero_grad();
    const auto output = model.forward(x, workspace, generator);
    benchmark::DoNotOptimize(criterion(output, y));
    criterion.backward(output, y, grad);
    model.backward(grad, workspace);
    optimizer.step();
  }
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(BM_train_step)
    ->ArgNames({"batch", "threads"})
    ->Args({64, 1})
    ->Args({64, 2})
    ->Args({256, 1})
    ->UseRealTime();

void BM_predict(benchmark::State& state) {
  const auto batch = static_cast<wick::Index>(state.range(0));
  wick::Generator generator(1);
  const auto model = network();
  const auto x = wick::rand<float>({batch, 784}, generator);
  wick::Workspace workspace;
  for (auto _ : state) benchmark::DoNotOptimize(model.predict(x, workspace).data());
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(BM_predict)->ArgName("batch")->Arg(1)->Arg(16)->Arg(64)->Arg(256)->Arg(1024);

void BM_dropout_masks(benchmark::State& state) {
  wick::Generator generator(1);
  wick::Tensor<float> mask({64, 512 + 256 + 128});
  for (auto _ : state) wick::dropout_mask<float>(mask, 0.5, generator);
  state.SetItemsProcessed(state.iterations() * 64);
}
BENCHMARK(BM_dropout_masks);

void BM_save(benchmark::State& state) {
  const auto model = network();
  const auto path = std::filesystem::temp_directory_path() / "wick_benchmark.wick";
  for (auto _ : state) wick::save(model.state_dict(), path);
  std::filesystem::remove(path);
}
BENCHMARK(BM_save)->UseRealTime();

void BM_load(benchmark::State& state) {
  const auto path = std::filesystem::temp_directory_path() / "wick_benchmark.wick";
  wick::save(network().state_dict(), path);
  for (auto _ : state) benchmark::DoNotOptimize(wick::load(path));
  std::filesystem::remove(path);
}
BENCHMARK(BM_load)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
