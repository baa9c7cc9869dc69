// The lesson's network and two smaller ones: training steps, an epoch, prediction, and what a step is made
// of.
//
//   network_benchmark --benchmark_filter=train
//
// Rates are samples per second. Their limits are in roofline; other libraries beside it in compare.

#include <wick/wick.hpp>

#include <wick/data/data_loader.hpp>
#include <wick/data/fashion_mnist.hpp>

#include <benchmark/benchmark.h>

#include <filesystem>
#include <initializer_list>
#include <optional>

namespace {

wick::Network<float> network() {
  wick::Generator generator(0);
  return {784, 10, {512, 256, 128}, {}, generator};
}

// One network with all that a training step needs.
struct Trainer {
  explicit Trainer(wick::ThreadPool* pool = nullptr)
      : optimizer(model.parameters(), {.lr = 1e-3}, pool), workspace(pool) {}

  void step(wick::TensorView<const float> x, wick::TensorView<const std::int64_t> y) {
    const auto output = model.forward(x, workspace, generator);
    benchmark::DoNotOptimize(criterion(output, y));
    grad.resize(output.shape());
    criterion.backward(output, y, grad);
    model.backward(grad, workspace, wick::Accumulate::no);
    optimizer.step();
  }

  wick::Generator generator{1};
  wick::Network<float> model = network();
  wick::NLLLoss<float> criterion;
  wick::Adam<float> optimizer;
  wick::Workspace<float> workspace;
  wick::Tensor<float> grad;
};

void BM_train_step(benchmark::State& state) {
  const auto batch = static_cast<wick::Index>(state.range(0));
  wick::ThreadPool pool(static_cast<int>(state.range(1)));
  Trainer trainer(&pool);
  const auto x = wick::rand<float>({batch, 784}, trainer.generator);
  const auto y = wick::randint(0, 10, {batch}, trainer.generator);
  for (auto _ : state) trainer.step(x, y);
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(BM_train_step)
    ->ArgNames({"batch", "threads"})
    ->Args({16, 1})
    ->Args({64, 1})
    ->Args({64, 2})
    ->Args({256, 1})
    ->UseRealTime();

const std::optional<wick::FashionMNIST>& fashion_mnist() {
  static const auto data = []() -> std::optional<wick::FashionMNIST> {
    try {
      return wick::FashionMNIST();
    } catch (const wick::FileError&) {
      return std::nullopt;
    }
  }();
  return data;
}

// All 60000 images in a new order. To compare with BM_train_step: the difference is the data.
void BM_train_epoch(benchmark::State& state) {
  const auto& data = fashion_mnist();
  if (!data) return state.SkipWithError("Fashion-MNIST is not installed");
  Trainer trainer;
  wick::DataLoader loader(*data, {.batch_size = 64, .shuffle = true, .generator = &trainer.generator});
  for (auto _ : state) {
    for (const auto& [images, labels] : loader) trainer.step(wick::flatten(images.view()), labels);
  }
  state.SetItemsProcessed(state.iterations() * data->size());
}
BENCHMARK(BM_train_epoch)->Unit(benchmark::kMillisecond);

void BM_load_epoch(benchmark::State& state) {
  const auto& data = fashion_mnist();
  if (!data) return state.SkipWithError("Fashion-MNIST is not installed");
  wick::Generator generator(1);
  wick::DataLoader loader(*data, {.batch_size = 64, .shuffle = true, .generator = &generator});
  for (auto _ : state) {
    for (const auto& batch : loader) benchmark::DoNotOptimize(batch.inputs.data());
  }
  state.SetItemsProcessed(state.iterations() * data->size());
}
BENCHMARK(BM_load_epoch)->Unit(benchmark::kMillisecond);

void predict(benchmark::State& state, wick::Index in, wick::Index out,
             std::initializer_list<wick::Index> hidden) {
  const auto batch = static_cast<wick::Index>(state.range(0));
  wick::Generator generator(1);
  const wick::Network<float> model(in, out, hidden, {}, generator);
  const auto x = wick::rand<float>({batch, in}, generator);
  wick::Workspace workspace;
  for (auto _ : state) benchmark::DoNotOptimize(model.predict(x, workspace).data());
  state.SetItemsProcessed(state.iterations() * batch);
}
void BM_predict(benchmark::State& state) { predict(state, 784, 10, {512, 256, 128}); }
BENCHMARK(BM_predict)->ArgName("batch")->Arg(1)->Arg(16)->Arg(64)->Arg(256)->Arg(1024);
void BM_predict_8_32_32_1(benchmark::State& state) { predict(state, 8, 1, {32, 32}); }
BENCHMARK(BM_predict_8_32_32_1)->ArgName("batch")->Arg(1)->Arg(16)->Arg(64)->Arg(1024);
void BM_predict_64_256_256_10(benchmark::State& state) { predict(state, 64, 10, {256, 256}); }
BENCHMARK(BM_predict_64_256_256_10)->ArgName("batch")->Arg(1)->Arg(16)->Arg(64)->Arg(1024);

void BM_adam(benchmark::State& state) {
  Trainer trainer;
  for (auto _ : state) trainer.optimizer.step();
  state.SetItemsProcessed(state.iterations() * trainer.model.parameters()->numel());
}
BENCHMARK(BM_adam);

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
