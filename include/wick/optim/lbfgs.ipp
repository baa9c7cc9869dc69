#pragma once

// Definitions of optim/lbfgs.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/kernels/lbfgs.hpp>
#include <wick/kernels/level.hpp>
#include <wick/optim/detail/optimizer_core.hpp>
#include <wick/optim/lbfgs.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

template <class T>
double dot(const std::vector<T>& a, const std::vector<T>& b) {
  return detail::kernels::dot_in_double(a.data(), b.data(), static_cast<Index>(a.size()));
}
template <class T>
double sum_of_sizes(const std::vector<T>& a) {
  return detail::kernels::sum_of_sizes(a.data(), static_cast<Index>(a.size()));
}
/// NaN if there is one.
template <class T>
double largest_size(const std::vector<T>& a) {
  return static_cast<double>(detail::kernels::largest_size(a.data(), static_cast<Index>(a.size())));
}
/// y = y + a x
template <class T>
void add_times(std::vector<T>& y, double a, const std::vector<T>& x) {
  detail::kernels::add_times(static_cast<T>(a), x.data(), y.data(), static_cast<Index>(y.size()));
}
/// The same, and then the sum of the products of y and z.
template <class T>
double add_times_and_dot(std::vector<T>& y, double a, const std::vector<T>& x, const std::vector<T>& z) {
  return detail::kernels::add_times_and_dot(static_cast<T>(a), x.data(), y.data(), z.data(),
                                            static_cast<Index>(y.size()));
}

/// Where a cubic polynomial with these values and slopes is least between the bounds.
inline double least_of_cubic(double x1, double f1, double g1, double x2, double f2, double g2, double low,
                             double high) {
  const double d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2);
  const double square = d1 * d1 - g1 * g2;
  if (!(square >= 0)) return (low + high) / 2;
  const double d2 = std::sqrt(square);
  const double at = x1 <= x2 ? x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
                             : x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2));
  return (std::min)((std::max)(at, low), high);
}

}  // namespace detail

template <Floating T>
LBFGS<T>::LBFGS(std::shared_ptr<ParameterBlock<T>> parameters, const LBFGSOptions& options)
    : parameters_(std::move(parameters)), options_(checked(options)) {
  if (!parameters_ || parameters_->entries().empty()) {
    throw OptionError("LBFGS: optimizer got an empty parameter list");
  }
  parameters_->require_grad();
}

template <Floating T>
const LBFGSOptions& LBFGS<T>::checked(const LBFGSOptions& o) {
  const detail::OptionCheck option("LBFGS");
  option.at_least_zero("learning rate", o.lr);
  option.at_least_zero("tolerance_grad value", o.tolerance_grad);
  option.at_least_zero("tolerance_change value", o.tolerance_change);
  constexpr std::int64_t most = std::int64_t{1} << 31;
  const auto count = [&](const char* name, std::int64_t value, std::int64_t least) {
    if (value < least || value >= most) {
      option.refuse(std::string("Invalid ") + name + " value: " + std::to_string(value) +
                    ", expected >= " + std::to_string(least));
    }
  };
  count("max_iter", o.max_iter, 1);
  count("max_eval", o.max_eval, 0);
  count("history_size", o.history_size, 1);
  if (!o.line_search_fn.empty() && o.line_search_fn != "strong_wolfe") {
    option.refuse("only 'strong_wolfe' is supported, got line_search_fn '" + o.line_search_fn + "'");
  }
  return o;
}

template <Floating T>
void LBFGS<T>::set_lr(double lr) {
  LBFGSOptions changed = options_;
  changed.lr = lr;
  options_ = checked(changed);
}

template <Floating T>
ParameterBlock<T>& LBFGS<T>::block() const {
  if (parameters_ == nullptr) {
    throw Error("LBFGS: this optimizer was moved from and has no parameters any more");
  }
  return *parameters_;
}

/// The gradients, one parameter after the other.
template <Floating T>
void LBFGS<T>::gather() {
  const ParameterBlock<T>& parameters = *parameters_;
  grad_.resize(static_cast<std::size_t>(parameters.numel()));
  const T* const grads = parameters.grads().data();
  auto at = grad_.begin();
  for (const auto& e : parameters.entries()) {
    const Index n = e.slot.shape.numel();
    if (parameters.has_new_grad(e.slot.number) && e.requires_grad) {
      at = std::copy_n(grads + e.slot.offset, n, at);
    } else {
      at = std::fill_n(at, n, T(0));
    }
  }
}

template <Floating T>
double LBFGS<T>::evaluate(const Loss& loss) {
  const double value = loss();
  ++evaluations_;
  if (!parameters_->has_new_grad()) {
    throw Error(
        "LBFGS::step: the closure left no gradient; it has to call zero_grad(), compute the loss of this "
        "model, "
        "call backward() and return the loss");
  }
  gather();
  return value;
}

/// p = p + t direction
template <Floating T>
void LBFGS<T>::move(double t) {
  ParameterBlock<T>& parameters = *parameters_;
  T* const values = parameters.values().data();
  const auto factor = static_cast<T>(t);
  const T* d = direction_.data();
  for (const auto& e : std::as_const(parameters).entries()) {
    const Index n = e.slot.shape.numel();
    T* const p = values + e.slot.offset;
    if (e.requires_grad) {
      detail::kernels::add_times(factor, d, p, n);
    }
    d += n;
  }
}

template <Floating T>
void LBFGS<T>::keep_values() {
  const auto values = std::as_const(*parameters_).values();
  values_.assign(values.begin(), values.end());
}
template <Floating T>
void LBFGS<T>::restore_values() {
  std::ranges::copy(values_, parameters_->values().begin());
}

/// The last step and what it did to the gradient join the history.
template <Floating T>
void LBFGS<T>::remember() {
  // y s of PyTorch's names, before any of it is kept: in stretches that fit on the stack.
  constexpr std::size_t stretch = 1024;
  std::array<T, stretch> difference{};
  std::array<T, stretch> step{};
  const auto factor = static_cast<T>(t_);
  double product = 0;
  for (std::size_t from = 0; from < grad_.size(); from += stretch) {
    const std::size_t count = (std::min)(stretch, grad_.size() - from);
    const auto n = static_cast<Index>(count);
    detail::kernels::subtract(grad_.data() + from, before_.data() + from, difference.data(), n);
    detail::kernels::multiply_by_number(direction_.data() + from, factor, step.data(), n);
    product += detail::kernels::dot_in_double(difference.data(), step.data(), n);
  }
  if (!(product > 1e-10)) return;
  if (static_cast<std::int64_t>(differences_.size()) >= options_.history_size) {
    std::rotate(differences_.begin(), differences_.begin() + 1, differences_.end());
    std::rotate(steps_.begin(), steps_.begin() + 1, steps_.end());
    std::rotate(inverse_.begin(), inverse_.begin() + 1, inverse_.end());
  } else {
    differences_.emplace_back();
    steps_.emplace_back();
    inverse_.emplace_back();
    part_.emplace_back();
  }
  Vector& y = differences_.back();
  Vector& s = steps_.back();
  y.resize(grad_.size());
  s.resize(grad_.size());
  const auto n = static_cast<Index>(grad_.size());
  detail::kernels::subtract(grad_.data(), before_.data(), y.data(), n);
  detail::kernels::multiply_by_number(direction_.data(), factor, s.data(), n);
  inverse_.back() = 1 / product;
  scale_ = product / detail::dot(y, y);
}

/// The direction: minus the gradient, times the inverse of the second derivatives as far as they are known.
template <Floating T>
void LBFGS<T>::turn() {
  const auto n = static_cast<Index>(grad_.size());
  detail::kernels::multiply_by_number(grad_.data(), T(-1), direction_.data(), n);
  const std::size_t count = differences_.size();
  // Each sum is made while the vector that was just changed is in the cache.
  double sum = count == 0 ? 0 : detail::dot(steps_.back(), direction_);
  for (std::size_t i = count; i-- > 0;) {
    part_[i] = sum * inverse_[i];
    if (i == 0) {
      detail::add_times(direction_, -part_[i], differences_[i]);
    } else {
      sum = detail::add_times_and_dot(direction_, -part_[i], differences_[i], steps_[i - 1]);
    }
  }
  const auto scale = static_cast<T>(scale_);
  detail::kernels::multiply_by_number(direction_.data(), scale, direction_.data(), n);
  if (count > 0) sum = detail::dot(differences_.front(), direction_);
  for (std::size_t i = 0; i < count; ++i) {
    const double back = sum * inverse_[i];
    if (i + 1 == count) {
      detail::add_times(direction_, part_[i] - back, steps_[i]);
    } else {
      sum = detail::add_times_and_dot(direction_, part_[i] - back, steps_[i], differences_[i + 1]);
    }
  }
}

template <Floating T>
double LBFGS<T>::run(const Loss& closure) {
  static_cast<void>(block());
  double loss = evaluate(closure);
  const double first_loss = loss;
  std::int64_t evaluations = 1;
  if (detail::largest_size(grad_) <= options_.tolerance_grad) return first_loss;
  if (iterations_ > 0 && direction_.size() != grad_.size()) {
    throw Error("LBFGS::step: the model has " + std::to_string(grad_.size()) + " numbers, it had " +
                std::to_string(direction_.size()) + " at the last step; make the optimizer anew");
  }
  direction_.resize(grad_.size());
  for (std::int64_t iteration = 1; iteration <= options_.max_iter; ++iteration) {
    ++iterations_;
    if (iterations_ == 1) {
      differences_.clear();
      steps_.clear();
      inverse_.clear();
      part_.clear();
      scale_ = 1;
    } else {
      remember();
    }
    turn();
    before_ = grad_;
    loss_before_ = loss;
    const double start =
        iterations_ == 1 ? (std::min)(1.0, 1 / detail::sum_of_sizes(grad_)) * options_.lr : options_.lr;
    t_ = start;
    const double slope = detail::dot(grad_, direction_);
    if (slope > -options_.tolerance_change) break;
    std::int64_t more = 0;
    if (!options_.line_search_fn.empty()) {
      const Found found = search(closure, start, loss, slope, most_evaluations() - evaluations);
      loss = found.loss;
      t_ = found.t;
      more = found.evaluations;
      move(t_);
    } else {
      move(t_);
      if (iteration != options_.max_iter) {
        loss = evaluate(closure);
        more = 1;
      }
    }
    evaluations += more;
    if (iteration == options_.max_iter || evaluations >= most_evaluations()) break;
    if (detail::largest_size(grad_) <= options_.tolerance_grad) break;
    if (detail::largest_size(direction_) * std::fabs(t_) <= options_.tolerance_change) break;
    if (std::fabs(loss - loss_before_) < options_.tolerance_change) break;
  }
  return first_loss;
}

/// The loss and, in grad_, the gradient at t on the line; the values are as before.
template <Floating T>
double LBFGS<T>::try_at(const Loss& closure, double t) {
  move(t);
  const double loss = evaluate(closure);
  restore_values();
  return loss;
}

// A bracket around a point that satisfies Wolfe's conditions, which is then made smaller.
template <Floating T>
// NOLINTNEXTLINE(readability-function-cognitive-complexity): the two parts share what they found
typename LBFGS<T>::Found LBFGS<T>::search(const Loss& closure, double t, double loss, double slope,
                                          std::int64_t most) {
  constexpr double c1 = 1e-4;
  constexpr double c2 = 0.9;
  const double size = detail::largest_size(direction_);
  keep_values();
  const auto here = [&](double at, double value) {
    last_.t = at;
    last_.loss = value;
    last_.slope = detail::dot(grad_, direction_);
    last_.grad = grad_;
  };
  Point& before = ends_[0];
  before.t = 0;
  before.loss = loss;
  before.slope = slope;
  before.grad = grad_;
  here(t, try_at(closure, t));
  std::int64_t evaluations = 1;
  std::int64_t rounds = 0;
  const auto is_too_high = [&] { return last_.loss > loss + c1 * t * slope; };
  const auto is_flat = [&] { return std::fabs(last_.slope) <= -c2 * slope; };
  bool done = false;
  bool has_bracket = false;
  while (rounds < most) {
    has_bracket = is_too_high() || (rounds > 1 && last_.loss >= before.loss);
    if (has_bracket) break;
    done = is_flat();
    if (done) break;
    has_bracket = last_.slope >= 0;
    if (has_bracket) break;
    const double next = detail::least_of_cubic(before.t, before.loss, before.slope, t, last_.loss,
                                               last_.slope, t + 0.01 * (t - before.t), t * 10);
    std::swap(before, last_);
    t = next;
    here(t, try_at(closure, t));
    ++evaluations;
    ++rounds;
  }
  if (!has_bracket) {
    // Found at once; or the evaluations are used up: then the better one of where it began and where it is.
    if (!done && loss <= last_.loss) {
      grad_ = before_;
      return {loss, 0, evaluations};
    }
    grad_ = last_.grad;
    return {last_.loss, last_.t, evaluations};
  }
  std::swap(ends_[1], last_);
  std::size_t low = ends_[0].loss <= ends_[1].loss ? 0 : 1;
  bool stuck = false;
  while (!done && rounds < most) {
    const double left = (std::min)(ends_[0].t, ends_[1].t);
    const double right = (std::max)(ends_[0].t, ends_[1].t);
    if ((right - left) * size < options_.tolerance_change) break;
    t = detail::least_of_cubic(ends_[0].t, ends_[0].loss, ends_[0].slope, ends_[1].t, ends_[1].loss,
                               ends_[1].slope, left, right);
    // Too near to an end twice, or at one, is no progress: a tenth away from it.
    const double margin = 0.1 * (right - left);
    if ((std::min)(right - t, t - left) < margin) {
      if (stuck || t >= right || t <= left) {
        t = std::fabs(t - right) < std::fabs(t - left) ? right - margin : left + margin;
        stuck = false;
      } else {
        stuck = true;
      }
    } else {
      stuck = false;
    }
    here(t, try_at(closure, t));
    ++evaluations;
    ++rounds;
    const std::size_t high = 1 - low;
    if (is_too_high() || last_.loss >= ends_[low].loss) {
      std::swap(ends_[high], last_);
      low = ends_[0].loss <= ends_[1].loss ? 0 : 1;
    } else {
      if (is_flat()) {
        done = true;
      } else if (last_.slope * (ends_[high].t - ends_[low].t) >= 0) {
        std::swap(ends_[high], ends_[low]);
      }
      std::swap(ends_[low], last_);
    }
  }
  grad_ = ends_[low].grad;
  return {ends_[low].loss, ends_[low].t, evaluations};
}

template <Floating T>
OptimizerState LBFGS<T>::state() const {
  const ParameterBlock<T>& parameters = block();
  OptimizerState state{.type = "LBFGS",
                       .step = 0,
                       .options = {{"lr", options_.lr},
                                   {"max_iter", options_.max_iter},
                                   {"max_eval", most_evaluations()},
                                   {"tolerance_grad", options_.tolerance_grad},
                                   {"tolerance_change", options_.tolerance_change},
                                   {"history_size", options_.history_size}},
                       .tensors = {}};
  if (options_.line_search_fn.empty()) {
    state.none.emplace_back("options.line_search_fn");
  } else {
    state.options.set("line_search_fn", options_.line_search_fn);
  }
  if (evaluations_ == 0) return state;
  const std::string first = parameters.entries().front().name + ".";
  state.values.set(first + "func_evals", evaluations_);
  state.values.set(first + "n_iter", iterations_);
  if (iterations_ == 0) return state;
  const auto save = [&](const std::string& name, const Vector& vector) {
    const TensorView<const T> view(vector.data(), Shape{static_cast<Index>(vector.size())});
    state.tensors.insert(first + name, AnyTensor::copy_of(view));
  };
  const auto number = [&](const std::string& name, double value) {
    state.tensors.insert(first + name, AnyTensor::copy_of(Tensor<double>::full({}, value)));
  };
  state.values.set(first + "t", t_);
  state.values.set(first + "prev_loss", loss_before_);
  save("d", direction_);
  save("prev_flat_grad", before_);
  number("H_diag", scale_);
  if (differences_.empty()) {
    // An empty list, which is not there in any other way.
    for (const char* name : {"old_dirs", "old_stps", "ro"}) {
      state.values.set(first + name, std::vector<std::string>());
    }
  }
  for (std::size_t i = 0; i < differences_.size(); ++i) {
    const std::string place = "[" + std::to_string(i) + "]";
    save("old_dirs" + place, differences_[i]);
    save("old_stps" + place, steps_[i]);
    number("ro" + place, inverse_[i]);
  }
  return state;
}

namespace detail {

[[noreturn]] inline void refuse_lbfgs_state(const std::string& what) {
  throw OptionError("LBFGS::load_state: " + what);
}

/// What an iteration left, which lies beside the first parameter.
template <Floating T>
class LBFGSValues {
 public:
  LBFGSValues(const OptimizerState& state, const ParameterBlock<T>& parameters)
      : state_(state), first_(parameters.entries().front().name + "."), numel_(parameters.numel()) {}

  [[nodiscard]] double number(const std::string& name) const {
    const AnyTensor* const tensor = state_.tensors.find(first_ + name);
    const Attribute* const value = state_.values.find(first_ + name);
    double found = std::numeric_limits<double>::quiet_NaN();
    if (tensor != nullptr && tensor->shape().numel() == 1) found = tensor->template to<double>().item();
    if (value != nullptr) {
      if (const auto* real = std::get_if<double>(value)) found = *real;
      if (const auto* whole = std::get_if<std::int64_t>(value)) found = static_cast<double>(*whole);
    }
    if (!is_finite(found)) refuse(name, "must be a finite number");
    return found;
  }
  /// 0 if it is not there.
  [[nodiscard]] std::int64_t whole(const std::string& name) const {
    if (!state_.values.contains(first_ + name) && !has_tensor(name)) return 0;
    const double value = number(name);
    if (!(value >= 0 && value <= static_cast<double>(most_steps) && value == std::floor(value)))
      refuse(name, "must be a whole number >= 0, got " + python_repr(value));
    return static_cast<std::int64_t>(value);
  }
  [[nodiscard]] bool has_tensor(const std::string& name) const {
    return state_.tensors.contains(first_ + name);
  }
  [[nodiscard]] std::vector<T> vector(const std::string& name) const {
    const AnyTensor* const tensor = state_.tensors.find(first_ + name);
    if (tensor == nullptr) refuse(name, "is missing");
    if (!(tensor->shape() == Shape{numel_})) {
      refuse(name, "has shape " + tensor->shape().str() + ", expected " + Shape{numel_}.str() +
                       ": all parameters one after the other");
    }
    std::vector<T> values(static_cast<std::size_t>(numel_));
    tensor->copy_to(values.data());
    if (!std::ranges::all_of(values, [](T x) { return is_finite(x); }))
      refuse(name, "holds numbers that are not finite");
    return values;
  }

 private:
  [[noreturn]] void refuse(const std::string& name, const std::string& why) const {
    refuse_lbfgs_state("\"" + first_ + name + "\" " + why);
  }

  const OptimizerState& state_;
  std::string first_;
  Index numel_;
};

}  // namespace detail

template <Floating T>
void LBFGS<T>::load_state(const OptimizerState& state) {
  const ParameterBlock<T>& parameters = block();
  constexpr auto refuse = detail::refuse_lbfgs_state;
  if (state.type != "LBFGS") refuse("expected the state of LBFGS, got that of " + state.type);
  if (state.groups.size() > 1) refuse("LBFGS doesn't support per-parameter options (parameter groups)");
  for (const OptimizerGroup& group : state.groups) {
    for (const std::string& name : group.parameters) {
      if (!parameters.contains(name))
        refuse("the state is for a parameter \"" + name + "\", which is not there");
    }
  }
  const detail::OptionReader in("LBFGS", state.options, nullptr);
  const auto count = [&](const char* name) {
    const double value = in.number(name);
    if (!(value >= 0 && value < 0x1p31 && value == std::floor(value))) {
      refuse(std::string("option \"") + name + "\" must be a whole number >= 0, got " + python_repr(value));
    }
    return static_cast<std::int64_t>(value);
  };
  LBFGSOptions options{.lr = in.number("lr"),
                       .max_iter = count("max_iter"),
                       .max_eval = count("max_eval"),
                       .tolerance_grad = in.number("tolerance_grad"),
                       .tolerance_change = in.number("tolerance_change"),
                       .history_size = count("history_size"),
                       .line_search_fn = {}};
  if (options.max_eval == options.max_iter * 5 / 4) options.max_eval = 0;
  if (const Attribute* name = state.options.find("line_search_fn"); name != nullptr) {
    const auto* text = std::get_if<std::string>(name);
    if (text == nullptr) refuse("option \"line_search_fn\" is missing or of another type");
    options.line_search_fn = *text;
  }
  static_cast<void>(checked(options));

  LBFGS loaded(parameters_, options);
  const detail::LBFGSValues<T> values(state, parameters);
  loaded.evaluations_ = values.whole("func_evals");
  loaded.iterations_ = values.whole("n_iter");
  if (loaded.iterations_ > 0) {
    loaded.t_ = values.number("t");
    loaded.loss_before_ = values.number("prev_loss");
    loaded.scale_ = values.number("H_diag");
    loaded.direction_ = values.vector("d");
    loaded.before_ = values.vector("prev_flat_grad");
    for (std::int64_t i = 0;; ++i) {
      const std::string place = "[" + std::to_string(i) + "]";
      const std::string old_dirs = "old_dirs" + place;
      if (!values.has_tensor(old_dirs)) break;
      if (i == options.history_size) refuse("the history is longer than history_size");
      loaded.differences_.push_back(values.vector(old_dirs));
      loaded.steps_.push_back(values.vector("old_stps" + place));
      loaded.inverse_.push_back(values.number("ro" + place));
      loaded.part_.push_back(0);
    }
  }
  *this = std::move(loaded);
}

#ifdef WICK_COMPILED
template class LBFGS<float>;
template class LBFGS<double>;
#endif

WICK_END_NAMESPACE
