// PyTorch's C++ library, for benchmarks/compare.
//
//   libtorch THREADS < cases

#include "../protocol.hpp"

#include <torch/torch.h>

#include <cstdlib>
#include <memory>
#include <string>
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

struct BlockImpl : torch::nn::Module {
  explicit BlockImpl(long width)
      : norm(register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})))),
        up(register_module("up", torch::nn::Linear(width, width))),
        down(register_module("down", torch::nn::Linear(width, width))) {}
  torch::Tensor forward(const torch::Tensor& x) {
    return x + down->forward(torch::gelu(up->forward(norm->forward(x)), "tanh"));
  }
  torch::nn::LayerNorm norm;
  torch::nn::Linear up, down;
};
TORCH_MODULE(Block);

/// A layer up to the width of the blocks, one for each hidden size, and a layer down to the classes.
struct ResidualImpl : torch::nn::Module {
  explicit ResidualImpl(const Case& c)
      : first(register_module("first", torch::nn::Linear(c.sizes[0], c.sizes[1]))),
        last(register_module("last", torch::nn::Linear(c.sizes[c.sizes.size() - 2], c.sizes.back()))) {
    for (std::size_t i = 1; i + 1 < c.sizes.size(); ++i) {
      blocks.push_back(register_module("block" + std::to_string(i), Block(c.sizes[i])));
    }
  }
  torch::Tensor forward(torch::Tensor x) {
    x = first->forward(x);
    for (auto& block : blocks) x = block->forward(x);
    return torch::log_softmax(last->forward(x), 1);
  }
  torch::nn::Linear first, last;
  std::vector<Block> blocks;
};
TORCH_MODULE(Residual);

template <class Model>
Timed training(const Case& c) {
  struct Run {
    explicit Run(const Case& c)
        : model(c),
          x(torch::rand({c.batch, c.sizes.front()})),
          y(torch::randint(0, c.sizes.back(), {c.batch}, torch::kLong)) {
      model->train();
    }
    Model model;
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
    if (c.kind == "train") return training<Net>(c);
    if (c.kind == "residual") return training<Residual>(c);
    if (c.kind == "predict") return prediction(c);
    return nullptr;
  });
}
