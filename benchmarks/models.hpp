#pragma once

// Models of users, as benchmarks time them: classes with members and a call, and the loop of PyTorch.

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/losses.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/log_softmax.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/relu.hpp>
#include <wick/nn/sequential.hpp>
#include <wick/optim/adam.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wick_benchmarks {

/// Linear, ReLU and dropout for each hidden layer, then an output layer and log-softmax: what Network
/// computes, with its names.
struct Perceptron {
  std::vector<wick::Linear<float>> hidden;
  wick::Linear<float> output;
  wick::Dropout drop;

  Perceptron(const wick::Scope<float>& s, wick::Index in, const std::vector<wick::Index>& sizes,
             wick::Index out, double dropout)
      : hidden(layers(s / "hidden_layers", in, sizes)),
        output(s / "output", sizes.empty() ? in : sizes.back(), out),
        drop(dropout) {}
  auto operator()(auto x) const {
    for (const auto& layer : hidden) x = drop(relu(layer(x)));
    return log_softmax(output(x));
  }

 private:
  static std::vector<wick::Linear<float>> layers(const wick::Scope<float>& s, wick::Index in,
                                                 const std::vector<wick::Index>& sizes) {
    std::vector<wick::Linear<float>> list;
    for (const wick::Index size : sizes) {
      list.emplace_back(s / static_cast<wick::Index>(list.size()), in, size);
      in = size;
    }
    return list;
  }
};

/// The lesson's network in place: 784-512-256-128-10.
using LessonSequential = wick::Sequential<wick::Linear<float>, wick::ReLU, wick::Dropout, wick::Linear<float>,
                                          wick::ReLU, wick::Dropout, wick::Linear<float>, wick::ReLU,
                                          wick::Dropout, wick::Linear<float>, wick::LogSoftmax>;
inline wick::Model<LessonSequential> lesson_sequential(wick::Generator& generator) {
  using wick::args;
  return wick::Model<LessonSequential>(generator, args(784, 512), args(), args(0.5), args(512, 256), args(),
                                       args(0.5), args(256, 128), args(), args(0.5), args(128, 10), args());
}

/// x + down(gelu(up(norm(x)))), all of one width.
struct Block {
  wick::LayerNorm<float> norm;
  wick::Linear<float> up, down;

  Block(const wick::Scope<float>& s, wick::Index n)
      : norm(s / "norm", n), up(s / "up", n, n), down(s / "down", n, n) {}
  auto operator()(const auto& x) const { return x + down(gelu_tanh(up(norm(x)))); }
};

/// A layer up to the width of the blocks, these, and a layer down to the classes.
struct Residual {
  wick::Linear<float> first;
  std::vector<Block> blocks;
  wick::Linear<float> last;
  bool skips = false;  ///< the second block: a path that changes from step to step

  Residual(const wick::Scope<float>& s, wick::Index in, wick::Index width, wick::Index depth, wick::Index out)
      : first(s / "first", in, width),
        blocks(made(s / "blocks", width, depth)),
        last(s / "last", width, out) {}
  auto operator()(auto x) const {
    x = first(x);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      if (!skips || i != 1) x = blocks[i](x);
    }
    return log_softmax(last(x));
  }

 private:
  static std::vector<Block> made(const wick::Scope<float>& s, wick::Index width, wick::Index depth) {
    std::vector<Block> list;
    for (wick::Index i = 0; i < depth; ++i) list.emplace_back(s / i, width);
    return list;
  }
};

/// One training step as users write it; returns the loss.
template <class Module, class Input>
float training_step(const wick::Model<Module>& model, wick::Adam<float>& optimizer, const Input& inputs,
                    const wick::Tensor<std::int64_t>& targets) {
  optimizer.zero_grad();
  const auto loss = nll_loss(model(inputs), targets);
  loss.backward();
  optimizer.step();
  return loss.item();
}

}  // namespace wick_benchmarks
