// The process that the tests of this folder start, stop, kill and start again: a small training run on
// made-up data, with dropout, that saves itself and prints the trainer's log.
//
// usage: trainer FILE --epochs N [--resume] [--stop-after STEPS] [--every STEPS] [--amsgrad] [--announce]
//                [--fit] [--threads N]

#include "training/training_run.hpp"

#include <wick/optim/cosine_schedulers.hpp>
#include <wick/training/fit.hpp>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

namespace {

/// The same run with early stopping and a scheduler.
void fit(wick_tests::SmallRun& small, const wick::TrainOptions& options, std::int64_t stop_after,
         wick::ThreadPool& pool) {
  wick::CosineAnnealingLR scheduler(small.run.optimizer, {.T_max = 200});
  std::int64_t done = 0;
  wick::fit(small.run.model, small.train_loader, small.test_loader, small.criterion, small.run.optimizer,
            {.epochs = options.epochs,
             .patience = 3,
             .scheduler = &scheduler,
             .schedule_steps = true,
             .clip_grad_norm = 1.0,
             .on_step = [&](wick::FitStep& step) { step.stop = ++done == stop_after; },
             .pool = &pool,
             .resume = options.resume,
             .checkpoint = options.checkpoint});
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const std::filesystem::path path = arguments.at(0);
    wick::AdamOptions adam{.lr = 0.01};
    wick::TrainOptions options{.print_every = 3, .out = &std::cout, .checkpoint = {.path = path}};
    std::int64_t stop_after = 0;
    bool resume = false;
    bool announce = false;
    bool fitted = false;
    int threads = 1;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
      const std::string& name = arguments[i];
      const auto number = [&] { return std::atoll(arguments.at(++i).c_str()); };
      if (name == "--epochs") {
        options.epochs = number();
      } else if (name == "--stop-after") {
        stop_after = number();
      } else if (name == "--every") {
        options.checkpoint.every = number();
      } else if (name == "--resume") {
        resume = true;
      } else if (name == "--amsgrad") {
        adam.amsgrad = true;
      } else if (name == "--fit") {
        fitted = true;
      } else if (name == "--threads") {
        threads = static_cast<int>(number());
      } else if (name == "--announce") {
        announce = true;
      } else {
        throw std::runtime_error("unknown option " + name);
      }
    }
    // Another seed than before: a run that goes on must not depend on it.
    constexpr wick::Index samples = 500;
    auto small = resume ? wick_tests::SmallRun(samples, wick::load_training_checkpoint(path))
                        : wick_tests::SmallRun(samples, 1, adam);
    if (resume) {
      wick::manual_seed(99);
      options.resume = small.run.state;
    }
    small.options = options;
    if (announce) std::cout << "ready" << std::endl;
    if (fitted) {
      wick::ThreadPool pool(threads);
      fit(small, options, stop_after, pool);
      return 0;
    }
    static_cast<void>(stop_after > 0 ? small.train_for(stop_after) : small.train());
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "trainer: " << e.what() << "\n";
    return 1;
  }
}
