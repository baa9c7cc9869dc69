#pragma once

// Trains the lesson's network on Fashion-MNIST, saves it, and shows what it learned: in one process, or in
// several that share each batch.

#include "pictures.hpp"

#include <wick/data/fashion_mnist.hpp>
#include <wick/io/bytes/atomic_file.hpp>
#include <wick/wick.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <iostream>
#include <numeric>
#include <optional>
#include <ostream>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace examples {

/// What programs that train differ in.
struct TrainerProgram {
  std::string name = "train_fashion_mnist";
  std::string description = "Trains a multilayer perceptron on Fashion-MNIST";
  std::function<void(CLI::App&)> add_options = {};
  std::function<wick::Replicas*()> replicas = {};  ///< asked for once the options are known
};

struct TrainerOptions {
  std::filesystem::path data;
  wick::Index epochs = 2;
  wick::Index batch_size = 64;
  double lr = 1e-3;
  std::vector<wick::Index> hidden = {512, 256, 128};
  double dropout = 0.5;
  std::uint64_t seed = 0;
  wick::Index print_every = 40;
  int threads = 1;
  std::filesystem::path checkpoint;
  std::int64_t save_every = 0;
  wick::Index keep_last = 0;
  std::filesystem::path best;
  std::filesystem::path resume;
  std::filesystem::path picture;
  std::filesystem::path curves;
  std::filesystem::path confusion;
};

// Ctrl-C lets the step under way finish; a second one ends the program at once.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
inline volatile std::sig_atomic_t interrupted = 0;
inline void on_interrupt(int signal) {
  interrupted = 1;
  std::signal(signal, SIG_DFL);
}

/// False when the run was interrupted.
inline bool train_and_show(const TrainerOptions& options, bool lr_given, wick::Replicas* replicas) {
  std::ostream nowhere(nullptr);
  const bool silent = replicas != nullptr && replicas->rank() != 0;
  std::ostream& out = silent ? nowhere : std::cout;
  wick::manual_seed(options.seed);
  const wick::FashionMNIST train_set(options.data, true);
  const wick::FashionMNIST test_set(options.data, false);
  wick::DataLoader train_loader(train_set, {.batch_size = options.batch_size, .shuffle = true});
  wick::DataLoader test_loader(test_set, {.batch_size = options.batch_size, .shuffle = true});

  wick::ThreadPool pool(options.threads);
  const auto start = [&] {
    if (!options.resume.empty()) return wick::load_training_checkpoint(options.resume, &pool);
    wick::Network model(784, 10, std::span<const wick::Index>(options.hidden), {.dropout = options.dropout});
    wick::Adam optimizer(model.parameters(), {.lr = options.lr}, &pool);
    return wick::TrainingRun<>(std::move(model), std::move(optimizer), {}, {});
  };
  wick::TrainingRun<> run = start();
  wick::Network<float>& model = run.model;
  if (model.input_size() != 784 || model.output_size() != 10) {
    throw wick::OptionError("--resume: expected a network with 784 inputs and 10 outputs, got " +
                            std::to_string(model.input_size()) + " and " +
                            std::to_string(model.output_size()));
  }

  // Now, and not when the training is over.
  for (const auto& path : {options.picture, options.curves, options.confusion}) {
    if (!silent && !path.empty()) const wick::AtomicFile removed_at_once(path);
  }

  wick::NLLLoss criterion;
  std::stop_source stop;
  wick::TrainOptions train_options{.epochs = options.epochs,
                                   .print_every = options.print_every,
                                   .out = &std::cout,
                                   .stop = stop.get_token(),
                                   .pool = &pool,
                                   .checkpoint = {.path = options.checkpoint,
                                                  .every = options.save_every,
                                                  .keep_last = options.keep_last,
                                                  .best = options.best,
                                                  .metadata = wick::metadata_of(train_set)},
                                   .replicas = replicas};
  if (!options.resume.empty()) {
    if (lr_given) run.optimizer.set_lr(options.lr);
    const std::size_t samples = run.state.loader.order.size();
    out << "Resuming " << wick::printable(wick::display_name(options.resume)) << " after step "
        << run.state.step << "\n";
    if (samples != 0 && samples != static_cast<std::size_t>(train_set.size())) {
      out << "It was saved amid a pass over " << samples << " images, here are " << train_set.size()
          << ": starting the epoch over\n";
      run.state = run.state.for_new_data();
    }
    train_options.resume = run.state;
  }
  std::int64_t steps = 0;
  train_options.on_step = [&](const std::function<wick::TrainState()>&) {
    ++steps;
    if (interrupted != 0) stop.request_stop();
  };

  out << model << "\n\n"
      << model.parameters()->numel() << " parameters, " << train_set.size() << " training images, "
      << test_set.size() << " test images\n\n";
  std::signal(SIGINT, on_interrupt);
  const auto begin = std::chrono::steady_clock::now();
  const wick::TrainResult result =
      wick::train(model, train_loader, test_loader, criterion, run.optimizer, train_options);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::signal(SIGINT, SIG_DFL);

  out << (result.stopped ? "\nStopped" : "\nDone") << " after " << steps << " steps in "
      << wick::fixed(seconds, 1) << " s, evaluations included\n";
  if (silent) return !result.stopped;
  if (!options.checkpoint.empty()) {
    const auto saved = wick::latest_checkpoint(options.checkpoint).value();
    out << "Saved " << wick::printable(wick::display_name(saved)) << " (" << std::filesystem::file_size(saved)
        << " bytes)\n";
  }
  const auto save_picture = [&out](const std::filesystem::path& path, const wick::Image& picture,
                                   const char* what) {
    wick::save_png(picture, path);
    out << "Saved " << wick::printable(wick::display_name(path)) << ": " << what << "\n";
  };
  if (!options.picture.empty()) {
    std::vector<wick::Index> first(24);
    std::iota(first.begin(), first.end(), wick::Index{0});
    save_picture(options.picture,
                 picture_of_predictions(model, test_set, first, "Predictions on the first test images"),
                 "predictions, red where wrong");
  }
  if (!options.curves.empty() && result.reports.empty()) {
    out << "No report yet, so no curves: " << options.curves.string() << " is not saved\n";
  } else if (!options.curves.empty()) {
    save_picture(options.curves, picture_of_curves(result.reports, "Fashion-MNIST"), "the curves of the run");
  }
  if (!options.confusion.empty()) {
    save_picture(options.confusion,
                 picture_of_confusion(model, test_set, "Fashion-MNIST, test set: true class by row"),
                 "the confusion matrix");
  }

  wick::Workspace<float> workspace(&pool);
  const wick::Evaluation final = wick::evaluate(model, test_loader, criterion, workspace);
  out << "Test accuracy: " << wick::fixed(final.metrics["Accuracy"], 3) << std::endl;
  if (!std::cout) throw wick::FileError("standard output", "cannot write");
  return !result.stopped;
}

/// The program, with the arguments behind its name; returns its exit code.
inline int run_trainer(const std::vector<std::string>& arguments, const TrainerProgram& program = {}) {
  TrainerOptions options;
  CLI::App app{program.description, program.name};
  app.footer(
      "Examples:\n"
      "  train_fashion_mnist --checkpoint fashion.wick\n"
      "  train_fashion_mnist --hidden 400,200,100 --dropout 0.2 --epochs 5\n"
      "  train_fashion_mnist --resume fashion.wick --checkpoint fashion.wick --epochs 4\n\n"
      "Exit status: 0, 1 for an error, 2 for options that cannot be used, 130 when interrupted (what "
      "--checkpoint names\n"
      "is saved then)");
  std::string data;
  std::string checkpoint;
  std::string best;
  std::string resume;
  std::string picture;
  std::string curves;
  std::string confusion;
  app.add_option("--data", data, "Folder with the four IDX files; searched for when not given");
  app.add_option("--epochs", options.epochs, "Passes over the training data in all")->capture_default_str();
  app.add_option("--batch-size", options.batch_size, "Images per step")->capture_default_str();
  auto* lr = app.add_option("--lr", options.lr, "Learning rate of Adam")->capture_default_str();
  app.add_option("--hidden", options.hidden, "Sizes of the hidden layers")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--dropout", options.dropout, "Probability of dropping an element")->capture_default_str();
  app.add_option("--seed", options.seed, "Seed, as for torch.manual_seed")->capture_default_str();
  app.add_option("--print-every", options.print_every, "Steps between reports")->capture_default_str();
  app.add_option("--threads", options.threads, "Threads; the results do not depend on it")
      ->capture_default_str();
  app.add_option("--checkpoint", checkpoint, "Save the network and the state of the run here");
  app.add_option("--save-every", options.save_every,
                 "Also save after every so many steps; 0: only at the end")
      ->capture_default_str();
  app.add_option("--keep-last", options.keep_last,
                 "Number the saved files by their steps and keep so many; 0: one file, replaced each time")
      ->capture_default_str();
  app.add_option("--best", best, "Also save here whenever the test loss is the smallest so far");
  app.add_option("--resume", resume,
                 "Continue the run in this checkpoint; sizes, seed and dropout are its own");
  app.add_option("--picture", picture, "Save a picture of predictions (PNG)");
  app.add_option("--curves", curves, "Save a chart of losses and accuracy (PNG)");
  app.add_option("--confusion", confusion, "Save the confusion matrix (PNG)");
  if (program.add_options) program.add_options(app);
  app.allow_windows_style_options(false);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // it takes them from the end
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const auto path = [](const std::string& text) {
    return std::filesystem::path(std::u8string(text.begin(), text.end()));
  };
  options.data = path(data);
  options.checkpoint = path(checkpoint);
  options.best = path(best);
  options.resume = path(resume);
  // The newest of numbered files, if the name is one that --keep-last was used with.
  if (!resume.empty()) options.resume = wick::latest_checkpoint(options.resume).value_or(options.resume);
  options.picture = path(picture);
  options.curves = path(curves);
  options.confusion = path(confusion);

  try {
    wick::Replicas* const replicas = program.replicas ? program.replicas() : nullptr;
    return train_and_show(options, lr->count() > 0, replicas) ? 0 : 130;
  } catch (const wick::OptionError& e) {
    std::cerr << program.name << ": " << e.what() << "\n";
    return 2;
  } catch (const std::exception& e) {
    std::cerr << program.name << ": " << e.what() << "\n";
    return 1;
  }
}

}  // namespace examples
