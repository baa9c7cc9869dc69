// PyTorch's C++ library, for benchmarks/compare.
//
//   libtorch THREADS < cases

#include "../protocol.hpp"

#include <torch/torch.h>

#include <cstdlib>
#include <memory>
#include <vector>

using namespace wick_benchmarks;

namespace {

struct NetImpl : torch::nn::Module {
  explicit NetImpl(const std::vector<std::int64_t>& sizes) {
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
      layers.push_back(
          register_module("layer" + std::to_string(i), torch::nn::Linear(sizes[i], sizes[i + 1])));
    }
  }
  torch::Tensor forward(torch::Tensor x) {
    for (std::size_t i = 0; i + 1 < layers.size(); ++i) {
      x = torch::dropout(torch::relu(layers[i]->forward(x)), 0.5, is_training());
    }
    return torch::log_softmax(layers.back()->forward(x), 1);
  }
  std::vector<torch::nn::Linear> layers;
};
TORCH_MODULE(Net);

std::function<Timing(double)> training(std::int64_t batch) {
  struct Run {
    explicit Run(std::int64_t batch)
        : x(torch::rand({batch, 784})), y(torch::randint(0, 10, {batch}, torch::kLong)) {
      model->train();
    }
    Net model{std::vector<std::int64_t>{784, 512, 256, 128, 10}};
    torch::optim::Adam optimizer{model->parameters(), torch::optim::AdamOptions(1e-3)};
    torch::Tensor x, y;
  };
  const auto run = std::make_shared<Run>(batch);
  return [run](double seconds) {
    return time_calls(seconds, [&r = *run] {
      r.optimizer.zero_grad();
      auto loss = torch::nll_loss(r.model->forward(r.x), r.y);
      loss.backward();
      r.optimizer.step();
    });
  };
}

std::function<Timing(double)> prediction(const std::vector<std::int64_t>& sizes, std::int64_t batch) {
  struct Run {
    Net model;
    torch::Tensor x;
  };
  const auto run = std::make_shared<Run>(Run{Net(sizes), torch::rand({batch, sizes.front()})});
  run->model->eval();
  return [run](double seconds) {
    const torch::InferenceMode inference;
    return time_calls(seconds, [&r = *run] { keep(r.model->forward(r.x).data_ptr()); });
  };
}

}  // namespace

int main(int argc, char** argv) {
  torch::set_num_threads(argc > 1 ? std::atoi(argv[1]) : 1);
  const std::vector<std::int64_t> lesson{784, 512, 256, 128, 10};
  std::map<std::string, std::function<Timing(double)>> cases;
  cases["train64"] = training(64);
  cases["train256"] = training(256);
  for (const std::int64_t batch : {1, 16, 64, 256, 1024}) {
    cases["predict" + std::to_string(batch)] = prediction(lesson, batch);
  }
  cases["tiny1"] = prediction({8, 32, 32, 1}, 1);
  cases["small1"] = prediction({64, 256, 256, 10}, 1);
  serve("libtorch " TORCH_VERSION, cases);
}
