// The limits of this machine, and what share of them the lesson's network reaches.
//
//   roofline
//
// One thread, processor time, so that a busy machine does little harm. Training and large batches are bounded
// by multiply-adds; a single prediction, which uses every weight once, by reading the weights.

#include "measure.hpp"

#include <wick/autograd.hpp>
#include <wick/loss/nll.hpp>
#include <wick/models/network.hpp>
#include <wick/nn/model.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <cstdio>

using namespace wick_benchmarks;

namespace {

constexpr double forward_flop = 2.0 * (784 * 512 + 512 * 256 + 256 * 128 + 128 * 10);
// Backwards each weight is used twice, the first layer's only once: nothing asks for the derivative by the
// images.
constexpr double train_flop = 3 * forward_flop - 2.0 * 784 * 512;

void line(const char* what, double seconds, const char* limit, double least) {
  std::printf("%-34s %10.1f us   %5.1f %% of %s\n", what, 1e6 * seconds, 100 * least / seconds, limit);
}

}  // namespace

int main() {
  const double peak = fma_peak(0.5);
  wick::Generator generator(1);
  wick::Network<float> model(784, 10, {512, 256, 128}, {}, generator);
  const double weights = static_cast<double>(model.parameters()->numel()) * sizeof(float);
  const double near = read_bandwidth(256 * 1024, 0.3);
  const double middle = read_bandwidth(static_cast<std::size_t>(weights), 0.3);
  const double memory = read_bandwidth(std::size_t{256} << 20, 1.0);
  std::printf("multiply-adds in registers, float  %8.1f GFLOP/s\n", peak / 1e9);
  std::printf("reading 256 KB                     %8.1f GB/s\n", near / 1e9);
  std::printf("reading %.2f MB, all weights       %8.1f GB/s\n", weights / 1e6, middle / 1e9);
  std::printf("reading 256 MB                     %8.1f GB/s\n\n", memory / 1e9);

  wick::Workspace<float> workspace;
  for (const wick::Index batch : {1, 16, 64, 256, 1024}) {
    const auto x = wick::rand<float>({batch, 784}, generator);
    const double once =
        shortest_cpu(0.4, 10, [&] { keep(std::as_const(model).predict(x, workspace).data()[0]); });
    char what[64];
    std::snprintf(what, sizeof what, "prediction, batch %td", batch);
    if (batch == 1) {
      line(what, once, "the time to read the weights", weights / middle);
    } else {
      line(what, once, "the peak", static_cast<double>(batch) * forward_flop / peak);
    }
  }

  constexpr wick::Index batch = 64;
  const auto x = wick::rand<float>({batch, 784}, generator);
  const auto y = wick::randint(0, 10, {batch}, generator);
  const wick::NLLLoss<float> criterion;
  wick::Adam<float> optimizer(model.parameters());
  wick::Recorder<float> recorder;
  recorder->set_generator(generator);
  const auto passes = [&] {
    const auto loss = criterion(model(recorder->input(wick::Borrowed(x))), y);
    keep(loss.item());
    loss.backward(wick::Accumulate::no);
  };
  const double both = shortest_cpu(0.6, 10, passes);
  const double adam = shortest_cpu(0.4, 10, [&] { optimizer.step(); });
  const double step = shortest_cpu(0.6, 10, [&] {
    passes();
    optimizer.step();
  });
  wick::Tensor<float> mask({batch, 512 + 256 + 128});
  const double masks = shortest_cpu(0.2, 10, [&] { wick::dropout_mask<float>(mask, 0.5, generator); });
  line("forward, loss and backward, 64", both, "the peak", batch * train_flop / peak);
  // Adam reads values, gradients and two averages and writes all but the gradients.
  line("Adam", adam, "7 times the weights at that speed", 7 * weights / middle);
  line("training step, batch 64", step, "both limits, one after the other",
       batch * train_flop / peak + 7 * weights / middle);
  std::printf("%-34s %10.1f us   inside the step\n", "dropout masks, batch 64", 1e6 * masks);
  std::printf("%-34s %10.0f samples/s\n", "training", static_cast<double>(batch) / step);
}
