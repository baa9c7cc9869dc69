// A plug-in that uses wick from one end to the other: trains, saves, fails, loads, predicts, with threads.
// What it returns is the same each time that it is loaded anew.

#include "training/training_run.hpp"

#include <wick/autograd/recorder.hpp>
#include <wick/inference/make_predictor.hpp>
#include <wick/inference/predictor.hpp>

#include <array>
#include <sstream>

extern "C" float use_wick() {
  wick_tests::SmallRun small(64, 1);
  static_cast<void>(small.train_for(3));
  std::stringstream file;
  wick::save(small.run.model.state_dict(), file);
  try {
    static_cast<void>(wick::load_predictor("no such file"));
    return -1;
  } catch (const wick::FileError&) {
    small.run.model.load_state_dict(wick::load(file));
  }
  wick::ThreadPool pool(2);
  wick::Workspace<float> workspace(&pool);
  const auto x = wick::rand<float>({3, small.run.model.input_size()});
  static_cast<void>(small.run.model.predict(x, workspace));
  // The thread's own tape would keep the library in memory until the thread ends.
  wick::Recorder<float> recorder;
  const auto y = small.run.model(recorder->input(x)).tensor();
  return y.at(0, 0);
}
