// wick's modules and optimizers one by one, for benchmarks/parts.
//
//   wick_parts THREADS NAME < cases

#include "../protocol.hpp"

#include <wick/autograd.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/nn.hpp>
#include <wick/optim.hpp>

#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace wick_benchmarks;
using wick::make_module;

namespace {

using Maker = wick::ModuleMaker<float>;

/// A module of any class, as the root of a model.
struct Root {
  wick::AnyModule<float> module;
  Root(const wick::Scope<float>& scope, const Maker& make) : module(make(scope)) {}
  wick::Var<float> operator()(const wick::Var<float>& x) const { return module(x); }
};

/// Of modules that have features of their own, that many.
std::map<std::string, Maker> modules(wick::Index features) {
  return {
      {"ReLU", make_module<wick::ReLU>()},
      {"Sigmoid", make_module<wick::Sigmoid>()},
      {"Tanh", make_module<wick::Tanh>()},
      {"GELU", make_module<wick::GELU>("none")},
      {"GELU_tanh", make_module<wick::GELU>("tanh")},
      {"SiLU", make_module<wick::SiLU>()},
      {"Mish", make_module<wick::Mish>()},
      {"SELU", make_module<wick::SELU>()},
      {"ELU", make_module<wick::ELU>(1.0)},
      {"CELU", make_module<wick::CELU>(1.0)},
      {"LogSigmoid", make_module<wick::LogSigmoid>()},
      {"Softplus", make_module<wick::Softplus>(1.0, 20.0)},
      {"Softsign", make_module<wick::Softsign>()},
      {"Tanhshrink", make_module<wick::Tanhshrink>()},
      {"ReLU6", make_module<wick::ReLU6>()},
      {"Hardtanh", make_module<wick::Hardtanh>(-1.0, 1.0)},
      {"Hardsigmoid", make_module<wick::Hardsigmoid>()},
      {"Hardswish", make_module<wick::Hardswish>()},
      {"Hardshrink", make_module<wick::Hardshrink>(0.5)},
      {"Softshrink", make_module<wick::Softshrink>(0.5)},
      {"Threshold", make_module<wick::Threshold>(0.1, 20.0)},
      {"LeakyReLU", make_module<wick::LeakyReLU>(0.01)},
      {"PReLU", make_module<wick::PReLU<float>>(wick::Index{1}, 0.25)},
      {"RReLU", make_module<wick::RReLU>(1.0 / 8, 1.0 / 3)},
      {"GLU", make_module<wick::GLU>(wick::Index{-1})},
      {"Softmax", make_module<wick::Softmax>(wick::Index{-1})},
      {"Softmin", make_module<wick::Softmin>(wick::Index{-1})},
      {"LogSoftmax", make_module<wick::LogSoftmax>(wick::Index{-1})},
      {"Dropout", make_module<wick::Dropout>(0.5)},
      {"AlphaDropout", make_module<wick::AlphaDropout>(0.5)},
      {"LayerNorm", make_module<wick::LayerNorm<float>>(features)},
      {"RMSNorm", make_module<wick::RMSNorm<float>>(wick::Shape{features})},
      {"GroupNorm", make_module<wick::GroupNorm<float>>(wick::Index{8}, features)},
      {"BatchNorm1d", make_module<wick::BatchNorm1d<float>>(features)},
  };
}

/// Forward, and backward from the sum, by the input and the parameters.
Timed module(const std::string& name, const Case& c, wick::ThreadPool* pool) {
  struct Run {
    wick::Generator generator{1};
    wick::Model<Root> model;
    wick::Tensor<float> x;
    wick::Recorder<float> recorder;

    Run(const Maker& make, const Case& c, wick::ThreadPool* pool)
        : model(generator, make), x(wick::randn<float>({c.batch, c.sizes.at(0)}, generator)), recorder(pool) {
      recorder->set_generator(generator);
    }
    void step() {
      model.parameters()->zero_grad();
      const auto input = recorder->input(wick::Borrowed(x), true);
      const auto loss = wick::sum(model(input));
      loss.backward();
      keep(input.grad().data()[0]);
    }
  };
  const auto makers = modules(c.sizes.at(0));
  const auto found = makers.find(name);
  if (found == makers.end()) return nullptr;
  const auto run = std::make_shared<Run>(found->second, c, pool);
  return [run](double seconds) { return time_calls(seconds, [&r = *run] { r.step(); }); };
}

using Block = std::shared_ptr<wick::ParameterBlock<float>>;

template <class Optimizer>
std::function<void()> steps(Optimizer made) {
  const auto kept = std::make_shared<Optimizer>(std::move(made));
  return [kept] { kept->step(); };
}

/// What makes a step of each optimizer; names after `_` are variants.
std::function<void()> optimizer(const std::string& name, const Block& block, wick::ThreadPool* pool) {
  using namespace wick;
  if (name == "SGD") return steps(SGD<float>(block, {.lr = 1e-3}, pool));
  if (name == "SGD_momentum") return steps(SGD<float>(block, {.lr = 1e-3, .momentum = 0.9}, pool));
  if (name == "Adam") return steps(Adam<float>(block, {.lr = 1e-3}, pool));
  if (name == "AdamW") return steps(AdamW<float>(block, {.lr = 1e-3}, pool));
  if (name == "Adamax") return steps(Adamax<float>(block, {.lr = 1e-3}, pool));
  if (name == "NAdam") return steps(NAdam<float>(block, {.lr = 1e-3}, pool));
  if (name == "RAdam") return steps(RAdam<float>(block, {.lr = 1e-3}, pool));
  if (name == "RMSprop") return steps(RMSprop<float>(block, {.lr = 1e-3}, pool));
  if (name == "Rprop") return steps(Rprop<float>(block, {.lr = 1e-3}, pool));
  if (name == "Adagrad") return steps(Adagrad<float>(block, {.lr = 1e-3}, pool));
  if (name == "Adadelta") return steps(Adadelta<float>(block, {.lr = 1e-3}, pool));
  if (name == "Adafactor") return steps(Adafactor<float>(block, {.lr = 1e-3}, pool));
  if (name == "ASGD") return steps(ASGD<float>(block, {.lr = 1e-3}, pool));
  if (name == "LBFGS") {
    // A bowl that is not round: its gradient takes one pass, and its loss falls, so that no iteration is the
    // last.
    const auto kept =
        std::make_shared<LBFGS<float>>(block, LBFGSOptions{.lr = 1e-3, .max_iter = 4, .history_size = 10});
    std::vector<float> scales(block->values().size());
    for (std::size_t i = 0; i < scales.size(); ++i) scales[i] = 1 + static_cast<float>(i % 16);
    const auto bowl = [block, scales = std::move(scales), loss = std::make_shared<float>(0.0F)] {
      const std::span<const float> x = std::as_const(*block).values();
      const std::span<float> g = block->grads();
      for (std::size_t i = 0; i < x.size(); ++i) g[i] = x[i] * scales[i];
      return *loss -= 1;
    };
    return [kept, bowl] { kept->step(bowl); };
  }
  if (name == "Muon") {
    std::vector<std::string> matrices;
    for (const auto& e : block->entries()) {
      if (e.slot.shape.dim() == 2) matrices.push_back(e.name);
    }
    return steps(Muon<float>(block, {{matrices, {.lr = 1e-3}}}, pool));
  }
  return nullptr;
}

/// Parameters of layers of these sizes; there is nothing to call.
struct Layers {
  std::vector<wick::Linear<float>> layers;
  Layers(const wick::Scope<float>& s, const std::vector<long>& sizes) {
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i)
      layers.emplace_back(s / static_cast<wick::Index>(i), sizes[i], sizes[i + 1]);
  }
  auto operator()(const auto& x) const { return x; }
};

/// A step for the parameters of layers of these sizes, with gradients that stay as they are.
Timed optimizer(const std::string& name, const Case& c, wick::ThreadPool* pool) {
  wick::Generator generator(1);
  wick::Model<Layers> model(generator, c.sizes);
  const Block block = model.parameters();
  block->require_grad();
  const std::span<float> grads = block->grads();
  wick::normal_(wick::TensorView<float>(grads.data(), wick::Shape{static_cast<wick::Index>(grads.size())}), 0,
                1e-2, generator);
  const auto step = optimizer(name, block, pool);
  if (!step) return nullptr;
  return [step](double seconds) { return time_calls(seconds, step); };
}

Timed make(const Case& c, wick::ThreadPool* pool) {
  const std::size_t at = c.kind.find('.');
  const std::string kind = c.kind.substr(0, at);
  const std::string name = at == std::string::npos ? "" : c.kind.substr(at + 1);
  if (kind == "module") return module(name, c, pool);
  if (kind == "optimizer") return optimizer(name, c, pool);
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
