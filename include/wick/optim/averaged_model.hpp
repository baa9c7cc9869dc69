#pragma once

// A model whose parameters are the average of another one's while that is trained.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/tensor/any_tensor.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

struct AveragedModelOptions {
  /// How much of the average stays at each update, in [0, 1]: an exponential average, as PyTorch's
  /// get_ema_multi_avg_fn. Nothing: the mean of all models so far.
  std::optional<double> decay = std::nullopt;
};

/// The average of the parameters that a model, such as wick::Model or wick::Network, has at each call of
/// update_parameters(): it often predicts better than the model does at any one step. Buffers are those of
/// the last model. What it predicts with is module(), a model like the other.
///
///     wick::AveragedModel average(model, {.decay = 0.999});
///     // after each step, or each epoch:
///     average.update_parameters(model);
///     const auto y = average.predict(x);
///
/// P. Izmailov et al., https://arxiv.org/abs/1803.05407;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.swa_utils.AveragedModel.html
template <class Net>
class AveragedModel {
 public:
  /// A copy of the model, which counts as no update. Throws OptionError unless 0 <= decay <= 1.
  explicit AveragedModel(const Net& model, const AveragedModelOptions& options = {})
      : options_(validated(options)), module_(model) {}

  /// Takes in the parameters of a model: the first time they are copied. Throws IndexError, and changes
  /// nothing, unless it has the same parameters and buffers.
  void update_parameters(const Net& model) {
    const auto from = model.named_buffers();
    auto to = module_.named_buffers();
    const bool fits = std::ranges::equal(from, to, [](const auto& a, const auto& b) {
      return a.name == b.name && a.value.shape() == b.value.shape();
    });
    if (!fits) throw IndexError("AveragedModel: the models have different buffers");
    module_.parameters()->lerp(*model.parameters(), weight());
    for (std::size_t i = 0; i < from.size(); ++i)
      std::copy_n(from[i].value.data(), from[i].value.numel(), to[i].value.data());
    ++count_;
  }

  /// How many models the average is of.
  [[nodiscard]] std::int64_t n_averaged() const noexcept { return count_; }
  /// What it was made with.
  [[nodiscard]] const AveragedModelOptions& options() const noexcept { return options_; }
  /// The model that has the averages.
  [[nodiscard]] const Net& module() const& noexcept { return module_; }
  [[nodiscard]] Net& module() & noexcept { return module_; }
  void module() const&& = delete;

  /// What the averages predict.
  template <class... Inputs>
  [[nodiscard]] auto predict(const Inputs&... inputs) const {
    return module_.predict(inputs...);
  }

  /// As PyTorch's: `n_averaged`, and the tensors of the model with `module.` before their names.
  [[nodiscard]] StateDict state_dict() const {
    StateDict state;
    state.insert("n_averaged", AnyTensor::copy_of(Tensor<std::int64_t>::full({}, count_)));
    for (const auto& [name, tensor] : module_.state_dict()) state.insert(std::string(prefix) + name, tensor);
    return state;
  }
  /// Throws StateDictError, and changes nothing, for a state dict that does not fit, or whose `n_averaged` is
  /// missing or no count.
  void load_state_dict(const StateDict& state) {
    const AnyTensor* const given = state.find("n_averaged");
    std::int64_t count = -1;
    if (given != nullptr && given->dtype() == DType::i64 && given->numel() == 1)
      count = given->to<std::int64_t>().item();
    if (count < 0) {
      throw StateDictError(
          "AveragedModel: expected n_averaged, a count in an int64 tensor of one element" +
              (given == nullptr ? std::string(", which is missing") : ", got shape " + given->shape().str()),
          {}, {}, {});
    }
    StateDict own;
    for (const auto& [name, tensor] : state) {
      if (name == "n_averaged") continue;
      own.insert(name.starts_with(prefix) ? name.substr(prefix.size()) : name, tensor);
    }
    module_.load_state_dict(own);
    count_ = count;
  }

 private:
  static constexpr std::string_view prefix = "module.";

  static const AveragedModelOptions& validated(const AveragedModelOptions& options) {
    if (options.decay && !(*options.decay >= 0 && *options.decay <= 1)) {
      throw OptionError("AveragedModel: Invalid decay value " + python_repr(*options.decay) +
                        " provided. Please provide a value in [0,1] range.");
    }
    return options;
  }
  /// Of the model that comes in.
  [[nodiscard]] double weight() const noexcept {
    if (count_ == 0) return 1;
    return options_.decay ? 1 - *options_.decay : 1 / (static_cast<double>(count_) + 1);
  }

  AveragedModelOptions options_;
  Net module_;
  std::int64_t count_ = 0;
};

WICK_END_NAMESPACE
