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
  explicit NetImpl(const Case& c) : dropout(c.dropout) {
    for (std::size_t i = 0; i + 1 < c.sizes.size(); ++i) {
      layers.push_back(
          register_module("layer" + std::to_string(i), torch::nn::Linear(c.sizes[i], c.sizes[i + 1])));
    }
  }
  /// One output is no class: in prediction it is taken raw.
  torch::Tensor forward(torch::Tensor x) {
    for (std::size_t i = 0; i + 1 < layers.size(); ++i) {
      x = torch::relu(layers[i]->forward(x));
      if (dropout > 0 && is_training()) x = torch::dropout(x, dropout, true);
    }
    x = layers.back()->forward(x);
    return is_training() || x.size(1) > 1 ? torch::log_softmax(x, 1) : x;
  }
  double dropout;
  std::vector<torch::nn::Linear> layers;
};
TORCH_MODULE(Net);

Timed training(const Case& c) {
  struct Run {
    explicit Run(const Case& c)
        : model(c),
          x(torch::rand({c.batch, c.sizes.front()})),
          y(torch::randint(0, c.sizes.back(), {c.batch}, torch::kLong)) {
      model->train();
    }
    Net model;
    torch::optim::Adam optimizer{model->parameters(), torch::optim::AdamOptions(1e-3)};
    torch::Tensor x, y;
  };
  const auto run = std::make_shared<Run>(c);
  return [run](double seconds) {
    return time_calls(seconds, [&r = *run] {
      r.optimizer.zero_grad();
      auto loss = torch::nll_loss(r.model->forward(r.x), r.y);
      loss.backward();
      r.optimizer.step();
    });
  };
}

Timed prediction(const Case& c) {
  struct Run {
    Net model;
    torch::Tensor x;
  };
  const auto run = std::make_shared<Run>(Run{Net(c), torch::rand({c.batch, c.sizes.front()})});
  run->model->eval();
  return [run](double seconds) {
    const torch::InferenceMode inference;
    return time_calls(seconds, [&r = *run] { keep(r.model->forward(r.x).data_ptr()); });
  };
}

}  // namespace

int main(int argc, char** argv) {
  torch::set_num_threads(argc > 1 ? std::atoi(argv[1]) : 1);
  serve("libtorch " TORCH_VERSION, [](const Case& c) -> Timed {
    if (c.kind == "train") return training(c);
    if (c.kind == "predict") return prediction(c);
    return nullptr;
  });
}
