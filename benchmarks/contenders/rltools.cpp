// RLtools, for benchmarks/compare: the small networks, whose sizes and batches it has to know when it is
// compiled.
//
//   rltools < cases

#include "../protocol.hpp"

// The library wants this order: what layers call comes before them.
#include <rl_tools/operations/cpu.h>

#include <rl_tools/nn/optimizers/adam/instance/operations_generic.h>

#include <rl_tools/nn/layers/dense/operations_cpu.h>
#include <rl_tools/nn/loss_functions/categorical_cross_entropy/operations_generic.h>
#include <rl_tools/nn/loss_functions/mse/operations_generic.h>
#include <rl_tools/nn_models/mlp/operations_generic.h>

#include <rl_tools/nn/optimizers/adam/operations_generic.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

using namespace wick_benchmarks;
namespace rlt = rl_tools;

namespace {

using Device = rlt::devices::DefaultCPU;
using Index = Device::index_t;
using Types = rlt::numeric_types::Policy<float>;
using Random = Device::SPEC::RANDOM::ENGINE<>;
template <Index rows, Index columns>
using Tensor =
    rlt::Tensor<rlt::tensor::Specification<float, Index, rlt::tensor::Shape<Index, 1, rows, columns>>>;

template <Index in, Index hidden, Index out, Index batch, class Capability>
struct Model {
  using Configuration =
      rlt::nn_models::mlp::Configuration<Types, Index, out, 3, hidden,
                                         rlt::nn::activation_functions::ActivationFunction::RELU,
                                         rlt::nn::activation_functions::ActivationFunction::IDENTITY>;
  using Network =
      rlt::nn_models::mlp::NeuralNetwork<Configuration, Capability, rlt::tensor::Shape<Index, 1, batch, in>>;

  Model() {
    rlt::malloc(device, random);
    rlt::init(device, random, 1);
    rlt::malloc(device, network);
    rlt::malloc(device, buffer);
    rlt::malloc(device, x);
    rlt::malloc(device, y);
    rlt::init_weights(device, network, random);
    rlt::randn(device, x, random);
  }
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;
  ~Model() {
    rlt::free(device, network);
    rlt::free(device, buffer);
    rlt::free(device, x);
    rlt::free(device, y);
    rlt::free(device, random);
  }

  Device device;
  Random random;
  Network network;
  typename Network::template Buffer<true> buffer;
  Tensor<batch, in> x;
  Tensor<batch, out> y;
};

template <Index in, Index hidden, Index out, Index batch>
Timed prediction() {
  const auto run = std::make_shared<Model<in, hidden, out, batch, rlt::nn::capability::Forward<>>>();
  return [run](double seconds) {
    return time_calls(seconds, [&r = *run] {
      rlt::evaluate(r.device, r.network, r.x, r.y, r.buffer, r.random);
      float* const y = rlt::data(r.y);
      if constexpr (out > 1) {  // log-softmax, which it does not have
        for (float* row = y; row != y + batch * out; row += out) {
          const float most = *std::max_element(row, row + out);
          float sum = 0;
          for (Index j = 0; j < out; ++j) sum += std::exp(row[j] - most);
          const float shift = most + std::log(sum);
          for (Index j = 0; j < out; ++j) row[j] -= shift;
        }
      }
      keep(y[0]);
    });
  };
}

template <Index in, Index hidden, Index out, Index batch>
Timed training() {
  struct Run : Model<in, hidden, out, batch, rlt::nn::capability::Gradient<rlt::nn::parameters::Adam>> {
    using Optimizer = rlt::nn::optimizers::Adam<rlt::nn::optimizers::adam::Specification<
        Types, Index, rlt::nn::optimizers::adam::DEFAULT_PARAMETERS_PYTORCH<Types>>>;
    Run() {
      rlt::malloc(this->device, optimizer);
      rlt::init(this->device, optimizer);
      rlt::reset_optimizer_state(this->device, optimizer, this->network);
      rlt::malloc(this->device, targets);
      rlt::malloc(this->device, values);
      rlt::malloc(this->device, grad);
      for (Index i = 0; i < batch; ++i) rlt::set(targets, i, 0, i % out);
      rlt::randn(this->device, values, this->random);
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    ~Run() {
      rlt::free(this->device, optimizer);
      rlt::free(this->device, targets);
      rlt::free(this->device, values);
      rlt::free(this->device, grad);
    }
    Optimizer optimizer;
    rlt::Matrix<rlt::matrix::Specification<Index, Index, batch, 1>> targets;
    Tensor<batch, out> values;
    Tensor<batch, out> grad;
  };
  const auto run = std::make_shared<Run>();
  return [run](double seconds) {
    return time_calls(seconds, [&r = *run] {
      namespace loss = rlt::nn::loss_functions;
      rlt::zero_gradient(r.device, r.network);
      rlt::forward(r.device, r.network, r.x, r.y, r.buffer, r.random);
      auto y = rlt::matrix_view(r.device, r.y);
      auto grad = rlt::matrix_view(r.device, r.grad);
      if constexpr (out > 1) {
        keep(loss::categorical_cross_entropy::evaluate(r.device, y, r.targets));
        loss::categorical_cross_entropy::gradient(r.device, y, r.targets, grad);
      } else {  // of one class it is always 0
        auto values = rlt::matrix_view(r.device, r.values);
        keep(loss::mse::evaluate(r.device, y, values));
        loss::mse::gradient(r.device, y, values, grad, 1.0F);
      }
      rlt::backward(r.device, r.network, r.x, r.grad, r.buffer);
      rlt::step(r.device, r.optimizer, r.network);
    });
  };
}

template <Index in, Index hidden, Index out, Index... batches>
Timed predictions(const Case& c) {
  Timed result;
  static_cast<void>(((c.batch == batches && (result = prediction<in, hidden, out, batches>(), true)) || ...));
  return result;
}

}  // namespace

int main() {
  serve("RLtools", [](const Case& c) -> Timed {
    if (c.kind == "predict") {
      if (c.sizes == std::vector<long>{8, 32, 32, 1})
        return predictions<8, 32, 1, 1, 16, 64, 256, 1024, 4096>(c);
      if (c.sizes == std::vector<long>{64, 256, 256, 10}) {
        return predictions<64, 256, 10, 1, 16, 64, 256, 1024, 4096>(c);
      }
    }
    if (c.kind == "train" && c.dropout == 0) {
      if (c.sizes == std::vector<long>{8, 32, 32, 2}) {
        if (c.batch == 32) return training<8, 32, 2, 32>();
        if (c.batch == 64) return training<8, 32, 2, 64>();
      }
      if (c.sizes == std::vector<long>{4, 64, 64, 2}) {
        if (c.batch == 32) return training<4, 64, 2, 32>();
        if (c.batch == 64) return training<4, 64, 2, 64>();
      }
    }
    return nullptr;
  });
}
