// dlib, for benchmarks/compare: training and prediction of the lesson's network in batches.
//
//   dlib < cases

#include "../protocol.hpp"

#include <dlib/dnn.h>
#include <dlib/revision.h>

#include <memory>
#include <random>
#include <vector>

using namespace wick_benchmarks;

namespace {

using Sample = dlib::matrix<float>;
template <int width, class Below>
using Hidden = dlib::dropout<dlib::relu<dlib::fc<width, Below>>>;
template <int width, class Below>
using Evaluated = dlib::relu<dlib::fc<width, Below>>;
using Trained =
    dlib::loss_multiclass_log<dlib::fc<10, Hidden<128, Hidden<256, Hidden<512, dlib::input<Sample>>>>>>;
using Predicting =
    dlib::softmax<dlib::fc<10, Evaluated<128, Evaluated<256, Evaluated<512, dlib::input<Sample>>>>>>;

std::vector<Sample> samples(long count) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(0, 1);
  std::vector<Sample> all(static_cast<std::size_t>(count), Sample(784, 1));
  for (auto& sample : all) {
    for (auto& x : sample) x = uniform(random);
  }
  return all;
}

Timed training(long batch) {
  struct Run {
    explicit Run(long batch) : x(samples(batch)), y(static_cast<std::size_t>(batch)) {
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = i % 10;
      trainer.set_learning_rate(1e-3);
      trainer.set_synchronization_file("");
    }
    Trained net;
    dlib::dnn_trainer<Trained, dlib::adam> trainer{net, dlib::adam(0, 0.9F, 0.999F)};
    std::vector<Sample> x;
    std::vector<unsigned long> y;
  };
  const auto run = std::make_shared<Run>(batch);
  return [run](double seconds) {
    return time_calls(seconds, [&r = *run] {
      r.trainer.train_one_step(r.x, r.y);
      r.trainer.get_net(dlib::force_flush_to_disk::no);  // waits for the step
    });
  };
}

Timed prediction(long batch) {
  struct Run {
    Predicting net;
    dlib::resizable_tensor x;
  };
  const auto run = std::make_shared<Run>();
  const auto data = samples(batch);
  run->net.to_tensor(data.begin(), data.end(), run->x);
  return [run](double seconds) {
    return time_calls(seconds, [&r = *run] { keep(r.net.forward(r.x).host()[0]); });
  };
}

}  // namespace

int main() {
  serve("dlib " + std::to_string(DLIB_MAJOR_VERSION) + "." + std::to_string(DLIB_MINOR_VERSION),
        [](const Case& c) -> Timed {
          if (c.sizes != std::vector<long>{784, 512, 256, 128, 10}) return nullptr;
          if (c.kind == "train" && c.dropout == 0.5) return training(c.batch);
          if (c.kind == "predict") return prediction(c.batch);
          return nullptr;
        });
}
