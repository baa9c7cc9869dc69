#pragma once

// How good a network is on pictures that stay the same.

#include "measure.hpp"
#include "training_set.hpp"

#include <wick/data/data_loader.hpp>
#include <wick/loss/nll.hpp>
#include <wick/metrics/accuracy.hpp>
#include <wick/models/network.hpp>
#include <wick/training/flatten.hpp>

#include <QString>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace desktop {

/// Pictures that a network is measured on again and again, always all of them.
class MeasuredSet {
 public:
  /// `pictures` are not none.
  MeasuredSet(QString name, TrainingSet pictures)
      : name_(std::move(name)),
        pictures_(std::make_unique<TrainingSet>(std::move(pictures))),
        loader_(*pictures_, {.batch_size = std::min<wick::Index>(500, pictures_->size())}) {}

  [[nodiscard]] SetName name() const { return {name_, static_cast<int>(pictures_->size())}; }

  [[nodiscard]] Measure measure(const wick::Network<float>& network, wick::Workspace<float>& workspace) {
    Measure sum;
    const wick::NLLLoss criterion;
    // Batches count by their pictures, the last one as well.
    for (const wick::Batch<float>& batch : loader_) {
      const auto count = static_cast<double>(batch.targets.numel());
      const auto output = network.predict(wick::flatten(batch.inputs.view()), workspace);
      sum.loss += count * static_cast<double>(criterion(output, batch.targets));
      sum.accuracy += count * wick::accuracy<float>(output, batch.targets);
    }
    const auto size = static_cast<double>(pictures_->size());
    return {sum.loss / size, sum.accuracy / size};
  }

 private:
  QString name_;
  std::unique_ptr<TrainingSet> pictures_;  // where the loader finds it when this is moved
  wick::DataLoader<TrainingSet> loader_;
};

}  // namespace desktop
