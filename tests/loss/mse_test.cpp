#include <wick/loss/mse.hpp>

#include "support/throws.hpp"

#include <wick/autograd/losses.hpp>
#include <wick/autograd/recorder.hpp>

#include <doctest/doctest.h>

#include <sstream>

using namespace wick;

// F.mse_loss(torch.tensor([1., -2., 0.5]), torch.tensor([0., 1., 0.5])) is 3.3333..., with reduction="sum" 10
TEST_CASE("MSELoss is mse_loss, with its reduction") {
  Recorder<double> recorder;
  const auto x = Tensor<double>::from({1, -2, 0.5});
  const auto y = Tensor<double>::from({0, 1, 0.5});
  CHECK(MSELoss()(recorder->input(x), y).item() == doctest::Approx(10 / 3.0).epsilon(1e-15));
  CHECK(MSELoss(Reduction::sum)(recorder->input(x), y).item() == 10);
  CHECK(MSELoss(Reduction::none)(recorder->input(x), y).tensor() == Tensor<double>::from({1, 9, 0}));
  // Both may be variables.
  CHECK(MSELoss(Reduction::sum)(recorder->input(x), recorder->constant(y)).item() == 10);
  CHECK_THROWS_AS(static_cast<void>(MSELoss()(recorder->input(x), Tensor<double>::zeros({3, 1}))),
                  ShapeError);
  std::ostringstream name;
  name << MSELoss();
  CHECK(name.str() == "MSELoss()");
}
