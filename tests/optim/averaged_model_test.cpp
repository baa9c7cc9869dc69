#include <wick/optim/averaged_model.hpp>

#include "support/throws.hpp"

#include <wick/models/network.hpp>
#include <wick/nn/batch_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/sequential.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

using Net = Model<Sequential<Linear<double>, BatchNorm1d<double>>, double>;

/// Parameter number i of step k has the elements j k^2 / 10 + i + k, the running mean is k.
void set(Net& net, int k) {
  int i = 0;
  for (auto& p : net.named_parameters()) {
    for (Index j = 0; j < p.value.numel(); ++j)
      p.value.data()[j] = 0.1 * static_cast<double>(j * k * k) + i + k;
    ++i;
  }
  for (auto& b : net.named_buffers()) {
    if (b.name == "1.running_mean") b.value.fill(k);
  }
}

std::vector<double> parameters_of(const Net& net) {
  std::vector<double> all;
  for (const auto& p : net.named_parameters())
    all.insert(all.end(), p.value.data(), p.value.data() + p.value.numel());
  return all;
}

}  // namespace

// Expected values: torch.optim.swa_utils.AveragedModel of nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
// in double, after three updates with the parameters that set() gives; PyTorch 2.13.
TEST_CASE("AveragedModel: means and exponential averages are PyTorch's") {
  const std::vector<double> mean{2.0,
                                 2.466666666666667,
                                 2.9333333333333336,
                                 3.4000000000000004,
                                 3.0,
                                 3.466666666666667,
                                 4.0,
                                 4.466666666666667,
                                 5.0,
                                 5.466666666666667};
  const std::vector<double> exponential{
      1.29, 1.4969999999999999, 1.704, 1.9109999999999998, 2.29, 2.497, 3.29, 3.497, 4.29, 4.497};
  for (const bool is_exponential : {false, true}) {
    Generator g(0);
    Net net(g, args(2, 2), args(2));
    AveragedModelOptions options;
    if (is_exponential) options.decay = 0.9;
    AveragedModel average(net, options);
    CHECK(average.n_averaged() == 0);
    for (int k = 1; k <= 3; ++k) {
      set(net, k);
      average.update_parameters(net);
    }
    CHECK(average.n_averaged() == 3);
    const std::vector<double> got = parameters_of(average.module());
    const std::vector<double>& expected = is_exponential ? exponential : mean;
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-15));

    const StateDict state = average.state_dict();
    std::string names;
    for (const auto& [name, tensor] : state) names += name + " ";
    CHECK(names ==
          "n_averaged module.0.weight module.0.bias module.1.weight module.1.bias module.1.running_mean "
          "module.1.running_var module.1.num_batches_tracked ");
    CHECK(state["module.1.running_mean"].to<double>() == Tensor<double>::full({2}, 3));

    // It goes on from its state dict.
    Net fresh(g, args(2, 2), args(2));
    AveragedModel loaded(fresh, options);
    loaded.load_state_dict(state);
    set(net, 4);
    average.update_parameters(net);
    loaded.update_parameters(net);
    CHECK(loaded.n_averaged() == 4);
    CHECK(parameters_of(loaded.module()) == parameters_of(average.module()));
    const Tensor<double> x = Tensor<double>::from({{1, -2}, {0.5, 3}});
    CHECK(loaded.predict(x) == average.module().predict(x));
  }
}

TEST_CASE("AveragedModel: of a Network, and what does not fit") {
  Generator g(1);
  const Network<float> net(3, 2, {4}, {}, g);
  AveragedModel average(net, {.decay = 0.5});
  average.update_parameters(net);
  const auto x = rand<float>({2, 3}, g);
  CHECK(average.predict(x) == net.predict(x));

  CHECK(message_of<OptionError>([&] { AveragedModel(net, {.decay = 1.5}); }) ==
        "AveragedModel: Invalid decay value 1.5 provided. Please provide a value in [0,1] range.");
  const Network<float> wider(3, 2, {5}, {}, g);
  const StateDict before = average.state_dict();
  CHECK_THROWS_AS(average.update_parameters(wider), IndexError);
  CHECK_THROWS_AS(average.load_state_dict(AveragedModel(wider).state_dict()), StateDictError);
  CHECK(contains(message_of<StateDictError>([&] { average.load_state_dict(net.state_dict()); }),
                 "expected n_averaged, a count in an int64 tensor of one element, which is missing"));
  StateDict negative;
  for (const auto& [name, tensor] : before)
    negative.insert(name,
                    name == "n_averaged" ? AnyTensor::copy_of(Tensor<std::int64_t>::full({}, -1)) : tensor);
  CHECK_THROWS_AS(average.load_state_dict(negative), StateDictError);
  CHECK(average.state_dict() == before);
  CHECK(average.n_averaged() == 1);
}
