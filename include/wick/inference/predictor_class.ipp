#pragma once

// Definitions of inference/predictor_class.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/data/transforms.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/inference/predictor_class.hpp>
#include <wick/inference/predictor_model.hpp>
#include <wick/kernels/exponential.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

struct Predictor::Workspace::Memory {
  wick::Workspace<float> workspace;
  Tensor<float> inputs;
  Index rows = 1;
  /// Of the last predictor, kept for the names of its classes; everything here has room for its network.
  std::shared_ptr<const PredictorModel> model;

  /// Whether `other` can predict here: the sizes of its layers decide, which equal pointers have in common.
  [[nodiscard]] bool serves(const std::shared_ptr<const PredictorModel>& other) noexcept {
    if (other == model) return true;
    if (!other->program().needs_memory_of(model->program())) return false;
    model = other;
    return true;
  }

  /// The outputs of `count` rows.
  [[nodiscard]] std::span<const float> run(const float* in, Index count) {
    const std::size_t place = workspace.result_beside(in);
    const Index size = count * model->output_size();
    float* const out = workspace.result(place, size);
    model->program().run(model->parameters().values(), {&in, 1}, count, {&out, 1}, workspace);
    return {out, static_cast<std::size_t>(size)};
  }
};

WICK_INLINE Predictor::Workspace::Workspace(std::unique_ptr<Memory> memory) noexcept
    : memory_(std::move(memory)) {}
WICK_INLINE Predictor::Workspace::Workspace(Workspace&&) noexcept = default;
WICK_INLINE Predictor::Workspace& Predictor::Workspace::operator=(Workspace&&) noexcept = default;
WICK_INLINE Predictor::Workspace::~Workspace() = default;

WICK_INLINE Predictor::Predictor(std::shared_ptr<const PredictorModel> model) : model_(std::move(model)) {
  if (model_ == nullptr) throw OptionError("Predictor: expected a model, got a null pointer");
}

WICK_INLINE std::ptrdiff_t Predictor::input_size() const noexcept { return model_->input_size(); }
WICK_INLINE std::ptrdiff_t Predictor::output_size() const noexcept { return model_->output_size(); }
WICK_INLINE std::span<const std::string> Predictor::class_names() const& noexcept {
  return model_->classes();
}
WICK_INLINE double Predictor::mean() const noexcept { return model_->normalize().mean; }
WICK_INLINE double Predictor::std() const noexcept { return model_->normalize().std; }

WICK_INLINE std::span<const std::string> Predictor::notes() const noexcept { return model_->notes(); }

WICK_INLINE Predictor::Workspace Predictor::workspace(std::ptrdiff_t rows) const {
  auto memory = std::make_unique<Workspace::Memory>();
  memory->rows = (std::max)(rows, std::ptrdiff_t{1});
  memory->inputs.resize(Shape{memory->rows, input_size()});
  memory->inputs.fill(0);
  memory->model = model_;
  // Batches of one and of several rows take different ways, each with memory of its own.
  static_cast<void>(memory->run(memory->inputs.data(), memory->rows));
  static_cast<void>(memory->run(memory->inputs.data(), 1));
  // For results that are predicted from the results before.
  for (const std::size_t place : {std::size_t{0}, std::size_t{1}}) {
    static_cast<void>(memory->workspace.result(place, memory->rows * output_size()));
  }
  return Workspace(std::move(memory));
}

namespace detail {

/// Writes the normalised values of `pixels` to `out`, row by row.
inline void normalize_pixels(const Pixels& pixels, const Normalize& normalize, const PixelTable<float>& table,
                             float* out) noexcept {
  const auto* row = static_cast<const std::byte*>(pixels.data);
  for (std::ptrdiff_t y = 0; y < pixels.height; ++y, row += pixels.row_stride) {
    const std::byte* p = row;
    for (std::ptrdiff_t x = 0; x < pixels.width; ++x, p += pixels.pixel_stride) {
      if (pixels.type == Pixels::Type::bytes) {
        *out++ = table[std::to_integer<std::uint8_t>(*p)];
      } else {
        float value;
        std::memcpy(&value, p, sizeof value);
        *out++ = normalize.apply(value);
      }
    }
  }
}

/// Puts the best of `log_probs` into `top`, best first; the smaller label of equal ones, NaN behind all.
inline void find_top(std::span<const float> log_probs, std::span<Prediction> top) noexcept {
  std::size_t found = 0;
  const auto better = [](float a, float b) { return a > b || (std::isnan(b) && !std::isnan(a)); };
  for (std::size_t i = 0; i < log_probs.size(); ++i) {
    std::size_t at = found;
    while (at > 0 && better(log_probs[i], log_probs[static_cast<std::size_t>(top[at - 1].label)])) --at;
    if (at == top.size()) continue;
    if (found < top.size()) ++found;
    const auto place = top.subspan(at, found - at);
    std::shift_right(place.begin(), place.end(), 1);
    top[at].label = static_cast<std::ptrdiff_t>(i);
  }
}

}  // namespace detail

WICK_INLINE std::size_t Predictor::predict(const Pixels& pixels, std::span<Prediction> top,
                                           Workspace& workspace) const noexcept {
  if (workspace.memory_ == nullptr || !workspace.memory_->serves(model_) || pixels.data == nullptr ||
      !model_->has_classes()) {
    return 0;
  }
  if (pixels.width <= 0 || pixels.height <= 0 || pixels.height > input_size() ||
      pixels.width != input_size() / pixels.height || input_size() % pixels.height != 0) {
    return 0;
  }
  const auto inputs = workspace.memory_->inputs.view().rows(0, 1);
  detail::normalize_pixels(pixels, model_->normalize(), model_->table(), inputs.data());
  const auto row =
      outputs(std::span<const float>(inputs.data(), static_cast<std::size_t>(input_size())), workspace);
  top = top.first((std::min)(top.size(), row.size()));
  detail::find_top(row, top);
  for (Prediction& p : top) {
    detail::kernels::exponentials(&row[static_cast<std::size_t>(p.label)], 1, &p.probability);
    p.name = model_->classes()[static_cast<std::size_t>(p.label)];
  }
  return top.size();
}

WICK_INLINE std::span<const float> Predictor::outputs(std::span<const float> inputs,
                                                      Workspace& workspace) const noexcept {
  if (workspace.memory_ == nullptr || !workspace.memory_->serves(model_)) return {};
  const auto width = static_cast<std::size_t>(input_size());
  const std::size_t rows = inputs.size() / width;
  if (rows == 0 || inputs.size() % width != 0 || rows > static_cast<std::size_t>(workspace.memory_->rows)) {
    return {};
  }
  return workspace.memory_->run(inputs.data(), static_cast<Index>(rows));
}

WICK_END_NAMESPACE
