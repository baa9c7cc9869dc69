#include "prediction_service.hpp"

#include <wick/inference/pixels.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

namespace desktop {

struct PredictionService::Memory {
  ModelPtr model;
  std::optional<wick::Predictor::Workspace> workspace;
  std::vector<double> durations;
};

PredictionService::PredictionService(QObject* parent)
    : QObject(parent), memory_(std::make_unique<Memory>()), background_(this) {}

PredictionService::~PredictionService() = default;

void PredictionService::request(ModelPtr model, const QImage& picture) {
  Request request{std::move(model), picture};
  if (busy_) {
    next_ = std::move(request);
  } else {
    start(std::move(request));
  }
}

void PredictionService::start(Request request) {
  busy_ = true;
  background_.run(
      [this, request = std::move(request)]() -> Background::Then {
        return [this, answer = predict(request, *memory_)] {
          finish();
          Q_EMIT answered(answer);
        };
      },
      [this](const QString& text) {
        finish();
        Q_EMIT failed(text);
      });
}

void PredictionService::finish() {
  busy_ = false;
  if (next_) start(*std::exchange(next_, std::nullopt));
}

Answer PredictionService::predict(const Request& request, Memory& memory) {
  const wick::Predictor& predictor = request.model->predictor;
  if (memory.model != request.model) {
    memory.workspace = predictor.workspace();
    memory.model = request.model;
    memory.durations.clear();
  }
  const QImage& picture = request.picture;
  const auto pixels =
      wick::Pixels::bytes(picture.constBits(), picture.width(), picture.height(), picture.bytesPerLine());
  std::array<wick::Prediction, ProbabilityBars::most> top;
  const auto begin = std::chrono::steady_clock::now();
  const std::size_t count = predictor.predict(pixels, top, *memory.workspace);
  const std::chrono::duration<double, std::micro> duration = std::chrono::steady_clock::now() - begin;

  Answer answer{.model = request.model, .picture = picture, .top = {}, .microseconds = duration.count()};
  for (const wick::Prediction& p : std::span(top).first(count)) {
    if (std::isnan(p.probability)) break;
    const auto label = static_cast<int>(p.label);
    answer.top.push_back({label, request.model->classes.value(label), p.probability});
  }
  constexpr std::size_t kept = 15;
  if (memory.durations.size() == kept) memory.durations.erase(memory.durations.begin());
  memory.durations.push_back(duration.count());
  std::vector<double> sorted = memory.durations;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  answer.median = *middle;
  return answer;
}

}  // namespace desktop
