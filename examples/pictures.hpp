#pragma once

// Pictures of what a classifier of grey images does, for the example programs.

#include <wick/data/idx_image_dataset.hpp>
#include <wick/image/confusion_matrix.hpp>
#include <wick/image/grid.hpp>
#include <wick/image/image.hpp>
#include <wick/image/plot.hpp>
#include <wick/models/network.hpp>
#include <wick/ops/log_softmax.hpp>
#include <wick/tensor/tensor.hpp>
#include <wick/training/train.hpp>

#include <cmath>
#include <filesystem>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace examples {

/// The images `indices` with what the network takes them for: green when right, red
/// with the true class when wrong.
inline wick::Image picture_of_predictions(const wick::Network<float>& model,
                                          const wick::IdxImageDataset& data,
                                          std::span<const wick::Index> indices, const std::string& title) {
  wick::Batch<float> batch;
  data.collate(indices, batch);
  const auto log_probs = model.predict(wick::flatten(batch.inputs.view()));
  wick::Tensor<std::int64_t> guess(batch.targets.shape());
  wick::argmax_rows<float>(log_probs.view(), guess.view());

  std::vector<wick::GridItem> items;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto b = static_cast<wick::Index>(i);
    const auto truth = static_cast<std::size_t>(data.label(indices[i]));
    const auto guessed = static_cast<std::size_t>(guess.at(b));
    const double percent = 100 * std::exp(static_cast<double>(log_probs.at(b, guess.at(b))));
    std::string caption = data.classes()[guessed] + " " + wick::fixed(percent, 0) + "%";
    if (guessed != truth) caption += "\nnot " + data.classes()[truth];
    items.push_back({.image = wick::Image(data.image(indices[i])),
                     .caption = caption,
                     .color = guessed == truth ? wick::colors::green : wick::colors::red});
  }
  return wick::make_grid(items, {.columns = 6, .scale = 6, .title = title});
}

/// How often each class of `data` is taken for each other.
inline wick::Image picture_of_confusion(const wick::Network<float>& model, const wick::IdxImageDataset& data,
                                        const std::string& title) {
  const auto classes = static_cast<wick::Index>(data.classes().size());
  auto counts = wick::Tensor<std::int64_t>::zeros({classes, classes});
  wick::Workspace<float> workspace;
  wick::Batch<float> batch;
  wick::Tensor<std::int64_t> guess;
  constexpr wick::Index step = 500;
  for (wick::Index from = 0; from < data.size(); from += step) {
    std::vector<wick::Index> indices(static_cast<std::size_t>((std::min)(step, data.size() - from)));
    std::iota(indices.begin(), indices.end(), from);
    data.collate(indices, batch);
    guess.resize(batch.targets.shape());
    wick::argmax_rows(model.predict(wick::flatten(batch.inputs.view()), workspace), guess.view());
    for (wick::Index b = 0; b < guess.numel(); ++b) ++counts.at(batch.targets.at(b), guess.at(b));
  }
  return wick::confusion_matrix_chart(counts, data.classes(), title);
}

/// Losses and accuracy of a run, report by report.
inline wick::Image picture_of_curves(const std::vector<wick::TrainReport>& reports,
                                     const std::string& title) {
  wick::Curve training{.name = "training loss", .x = {}, .y = {}, .color = wick::colors::blue};
  wick::Curve test{.name = "test loss", .x = {}, .y = {}, .color = wick::colors::orange};
  wick::Curve accuracy{.name = "test accuracy", .x = {}, .y = {}, .color = wick::colors::green};
  for (const auto& r : reports) {
    for (auto* curve : {&training, &test, &accuracy}) curve->x.push_back(static_cast<double>(r.step));
    training.y.push_back(r.training_loss);
    test.y.push_back(r.test_loss);
    accuracy.y.push_back(r.metrics["Accuracy"]);
  }
  return wick::line_chart(std::vector{training, test, accuracy},
                          {.title = title, .x_label = "steps", .y_label = ""});
}

}  // namespace examples
