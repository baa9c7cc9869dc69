// wick's trainer on Fashion-MNIST, epoch by epoch, for benchmarks/long_run.
//
//   long_run THREADS NAME RUN FLUSH FOLDER IMAGES < questions
//
// RUN is lesson or zeros, see benchmarks/long_run; FLUSH is 1 to make the processor flush subnormal numbers
// to zero; IMAGES is how many of them an epoch has. Each line `epoch 0` runs one and is answered `WALL CPU`,
// its seconds; `subnormal 0` is answered with the share of Adam's exp_avg that is subnormal, and 0.

#include "../measure.hpp"

#define WICK_STB_IMPLEMENTATION
#include <wick/data/data_loader.hpp>
#include <wick/data/fashion_mnist.hpp>
#include <wick/external/stb.hpp>
#include <wick/loss/nll.hpp>
#include <wick/models/network.hpp>
#include <wick/optim/adam.hpp>
#include <wick/training/train.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iomanip>
#include <iostream>
#include <limits>
#include <span>
#include <stop_token>
#include <string>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

using namespace wick_benchmarks;

namespace {

constexpr wick::Index frame = 4;  // pixels at each edge
constexpr std::int64_t zero_after = 200;

/// The first images, the frame of each zero once `zero` says so.
struct Images {
  const wick::FashionMNIST& data;
  wick::Index count;
  const bool& zero;

  [[nodiscard]] wick::Index size() const { return count; }
  void collate(std::span<const wick::Index> indices, wick::Batch<float>& batch) const {
    data.collate(indices, batch);
    if (!zero) return;
    const wick::Index height = data.height();
    const wick::Index width = data.width();
    float* pixel = batch.inputs.data();
    for (wick::Index i = 0; i < batch.inputs.size(0) * height; ++i) {
      for (wick::Index column = 0; column < width; ++column, ++pixel) {
        const wick::Index row = i % height;
        if (row < frame || row >= height - frame || column < frame || column >= width - frame) *pixel = 0;
      }
    }
  }
};

double subnormal_share(const wick::Adam<float>& optimizer) {
  double subnormal = 0;
  double all = 0;
  for (const auto& [name, tensor] : optimizer.state().tensors) {
    if (!name.ends_with(".exp_avg")) continue;
    const wick::Tensor<float> values = tensor.to<float>();
    for (const float value : values.span()) {
      // Compared as integers: with flush-to-zero a comparison would take them for zero.
      const std::uint32_t bits = std::bit_cast<std::uint32_t>(value) & 0x7FFFFFFFU;
      subnormal += bits > 0 && bits < 0x00800000U ? 1 : 0;
    }
    all += static_cast<double>(values.numel());
  }
  return all > 0 ? subnormal / all : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  const bool zeros = std::string(argv[3]) == "zeros";
#if defined(__x86_64__)
  if (std::string(argv[4]) == "1") _mm_setcsr(_mm_getcsr() | 0x8040U);
#endif
  wick::manual_seed(0);
  wick::FashionMNIST train_set(argv[5]);
  wick::FashionMNIST test_set(argv[5], false);
  if (zeros) {
    train_set.set_normalization({.mean = 0, .std = 1});
    test_set.set_normalization({.mean = 0, .std = 1});
  }
  bool zero = false;
  const Images train_images{train_set, std::min<wick::Index>(std::atoll(argv[6]), train_set.size()), zero};
  const Images test_images{test_set, test_set.size(), zero};
  wick::DataLoader train_loader(train_images, {.batch_size = 64, .shuffle = true});
  wick::DataLoader test_loader(test_images, {.batch_size = 64, .shuffle = true});
  wick::ThreadPool pool(std::atoi(argv[1]));
  wick::Network<float> model(784, 10, {512, 256, 128});
  wick::Adam<float> optimizer(model.parameters(), {}, &pool);
  const wick::NLLLoss<float> criterion;

  std::cout << argv[2] << std::endl;
  double wall = 0;
  double cpu = 0;
  const auto asked = [&] {  // for another epoch
    std::string what;
    for (std::string zero_seconds; std::cin >> what >> zero_seconds;) {
      if (what == "epoch") {
        wall = wall_seconds();
        cpu = cpu_seconds();
        return true;
      }
      std::cout << (what == "subnormal" ? std::to_string(subnormal_share(optimizer)) + " 0" : "-")
                << std::endl;
    }
    return false;
  };
  if (!asked()) return 0;
  std::stop_source stop;
  std::int64_t steps = 0;
  wick::train(model, train_loader, test_loader, criterion, optimizer,
              {.epochs = 1'000'000,
               // Evaluations, which have no subnormal numbers, would hide some of what these cost.
               .print_every = zeros ? std::numeric_limits<wick::Index>::max() : wick::Index{40},
               .on_step =
                   [&](const std::function<wick::TrainState()>&) {
                     ++steps;
                     zero = zeros && steps >= zero_after;
                     if (steps % train_loader.size() != 0) return;
                     std::cout << std::setprecision(17) << wall_seconds() - wall << ' ' << cpu_seconds() - cpu
                               << std::endl;
                     if (!asked()) stop.request_stop();
                   },
               .stop = stop.get_token(),
               .pool = &pool});
  return 0;
}
