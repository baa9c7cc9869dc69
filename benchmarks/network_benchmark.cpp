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

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
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
      : optimizer(model.parameters(), {.lr = 1e-3}, pool), threads(pool), recorder(pool) {
    recorder->set_generator(generator);
  }

  void step(wick::TensorView<const float> x, wick::TensorView<const std::int64_t> y) {
    const wick::ThreadPool::Burst burst(threads);
    const auto loss = criterion(model(recorder->input(wick::Borrowed(x))), y);
    benchmark::DoNotOptimize(loss.item());
    loss.backward(wick::Accumulate::no);
    optimizer.step();
  }

  wick::Generator generator{1};
  wick::Network<float> model = network();
  wick::NLLLoss<float> criterion;
  wick::Adam<float> optimizer;
  wick::ThreadPool* threads;
  wick::Recorder<float> recorder;
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
  for (auto _ : state) {
    // One output is no class: it is taken raw.
    benchmark::DoNotOptimize((out > 1 ? model.predict(x, workspace) : model.logits(x, workspace)).data());
  }
  state.SetItemsProcessed(state.iterations() * batch);
}
void BM_predict(benchmark::State& state) { predict(state, 784, 10, {512, 256, 128}); }
BENCHMARK(BM_predict)->ArgName("batch")->Arg(1)->Arg(16)->Arg(64)->Arg(256)->Arg(1024);
void BM_predict_8_32_32_1(benchmark::State& state) { predict(state, 8, 1, {32, 32}); }
BENCHMARK(BM_predict_8_32_32_1)->ArgName("batch")->Arg(1)->Arg(16)->Arg(64)->Arg(1024);
void BM_predict_64_256_256_10(benchmark::State& state) { predict(state, 64, 10, {256, 256}); }
BENCHMARK(BM_predict_64_256_256_10)->ArgName("batch")->Arg(1)->Arg(16)->Arg(64)->Arg(1024);

// One sample, sizes known to the compiler: StaticNetwork, the same in loops as one writes them, and with
// Eigen's matrices of fixed size.

template <int in, int out>
void layer_by_hand(const float* weight, const float* bias, const float* x, float* y) {
  for (int j = 0; j < out; ++j) {
    float sum = bias[j];
    for (int k = 0; k < in; ++k) sum += weight[j * in + k] * x[k];
    y[j] = sum;
  }
}

template <int n>
void log_softmax_by_hand(float* y) {
  const float most = *std::max_element(y, y + n);
  float sum = 0;
  for (int j = 0; j < n; ++j) sum += std::exp(y[j] - most);
  const float shift = most + std::log(sum);
  for (int j = 0; j < n; ++j) y[j] -= shift;
}

template <int in, int first, int second, int out>
struct OneSample {
  wick::Generator generator{1};
  wick::Network<float> model{in, out, {first, second}, {}, generator};
  wick::Tensor<float> x = wick::rand<float>({1, in}, generator);

  const float* parameter(const char* name) { return model.parameters()->value(name).data(); }

  void with_static(benchmark::State& state) {
    const wick::StaticNetwork<float, in, first, second, out> fast(model);
    const auto sample = x.span().template first<static_cast<std::size_t>(in)>();
    for (auto _ : state) {
      benchmark::DoNotOptimize(x.data());
      if constexpr (out > 1) {
        auto y = fast.predict(sample);
        benchmark::DoNotOptimize(y);
      } else {
        auto y = fast.logits(sample);
        benchmark::DoNotOptimize(y);
      }
    }
  }

  void by_hand(benchmark::State& state) {
    const float* w1 = parameter("hidden_layers.0.weight");
    const float* b1 = parameter("hidden_layers.0.bias");
    const float* w2 = parameter("hidden_layers.1.weight");
    const float* b2 = parameter("hidden_layers.1.bias");
    const float* w3 = parameter("output.weight");
    const float* b3 = parameter("output.bias");
    for (auto _ : state) {
      benchmark::DoNotOptimize(x.data());
      std::array<float, first> h1;
      std::array<float, second> h2;
      std::array<float, out> y;
      layer_by_hand<in, first>(w1, b1, x.data(), h1.data());
      for (float& h : h1) h = h > 0 ? h : 0;
      layer_by_hand<first, second>(w2, b2, h1.data(), h2.data());
      for (float& h : h2) h = h > 0 ? h : 0;
      layer_by_hand<second, out>(w3, b3, h2.data(), y.data());
      if constexpr (out > 1) log_softmax_by_hand<out>(y.data());
      benchmark::DoNotOptimize(y);
    }
  }

  template <int rows, int cols>
  using Matrix =
      Eigen::Map<const Eigen::Matrix<float, rows, cols, cols == 1 ? Eigen::ColMajor : Eigen::RowMajor>,
                 Eigen::Aligned64>;

  void with_eigen(benchmark::State& state) {
    const Matrix<first, in> w1(parameter("hidden_layers.0.weight"));
    const Matrix<first, 1> b1(parameter("hidden_layers.0.bias"));
    const Matrix<second, first> w2(parameter("hidden_layers.1.weight"));
    const Matrix<second, 1> b2(parameter("hidden_layers.1.bias"));
    const Matrix<out, second> w3(parameter("output.weight"));
    const Matrix<out, 1> b3(parameter("output.bias"));
    const Matrix<in, 1> sample(x.data());
    for (auto _ : state) {
      benchmark::DoNotOptimize(x.data());
      const Eigen::Matrix<float, first, 1> h1 = (w1 * sample + b1).cwiseMax(0.0F);
      const Eigen::Matrix<float, second, 1> h2 = (w2 * h1 + b2).cwiseMax(0.0F);
      Eigen::Matrix<float, out, 1> y = w3 * h2 + b3;
      if constexpr (out > 1) log_softmax_by_hand<out>(y.data());
      benchmark::DoNotOptimize(y);
    }
  }
};

void BM_static_8_32_32_1(benchmark::State& state) { OneSample<8, 32, 32, 1>().with_static(state); }
BENCHMARK(BM_static_8_32_32_1);
void BM_by_hand_8_32_32_1(benchmark::State& state) { OneSample<8, 32, 32, 1>().by_hand(state); }
BENCHMARK(BM_by_hand_8_32_32_1);
void BM_eigen_8_32_32_1(benchmark::State& state) { OneSample<8, 32, 32, 1>().with_eigen(state); }
BENCHMARK(BM_eigen_8_32_32_1);
void BM_static_64_256_256_10(benchmark::State& state) { OneSample<64, 256, 256, 10>().with_static(state); }
BENCHMARK(BM_static_64_256_256_10);
void BM_by_hand_64_256_256_10(benchmark::State& state) { OneSample<64, 256, 256, 10>().by_hand(state); }
BENCHMARK(BM_by_hand_64_256_256_10);
void BM_eigen_64_256_256_10(benchmark::State& state) { OneSample<64, 256, 256, 10>().with_eigen(state); }
BENCHMARK(BM_eigen_64_256_256_10);

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
