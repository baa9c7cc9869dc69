#pragma once

// Definitions of optim/adam.hpp.

#include <wick/core/compiled.hpp>
#include <wick/core/divide.hpp>
#include <wick/core/number.hpp>
#include <wick/core/optimizer_state.hpp>
#include <wick/core/packets.hpp>
#include <wick/core/parameter_block.hpp>
#include <wick/core/thread_pool.hpp>
#include <wick/optim/adam.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

template <Floating T>
Adam<T>::Adam(std::shared_ptr<ParameterBlock<T>> parameters, const AdamOptions& options, ThreadPool* pool)
    : parameters_(std::move(parameters)), options_(checked(options)), pool_(pool) {
  if (!parameters_ || parameters_->entries().empty()) {
    throw OptionError("Adam: optimizer got an empty parameter list");
  }
  parameters_->require_grad();
}

template <Floating T>
void Adam<T>::set_lr(double lr) {
  AdamOptions changed = options_;
  changed.lr = lr;
  options_ = checked(changed);
}

template <Floating T>
void Adam<T>::step() {
  const auto n = static_cast<Index>(parameters_->values().size());
  ensure_state(n);
  ++step_;
  const double k = static_cast<double>(step_);
  const Scalars s{
      .beta1 = static_cast<T>(options_.betas.first),
      .one_minus_beta1 = static_cast<T>(1 - options_.betas.first),
      .beta2 = static_cast<T>(options_.betas.second),
      .one_minus_beta2 = static_cast<T>(1 - options_.betas.second),
      .step_size = static_cast<T>(-options_.lr / (1 - std::pow(options_.betas.first, k))),
      .root = static_cast<T>(std::sqrt(1 - std::pow(options_.betas.second, k))),
      .eps = static_cast<T>(options_.eps),
  };
  parallel_for(pool_, static_cast<Index>(tasks_.size()), [&](Index i) {
    const auto [from, count] = tasks_[static_cast<std::size_t>(i)];
    update(from, count, s);
  });
}

// The first share of every parameter, then the second of every one and so on: as products and their gradients
// are shared out, so that a thread updates what it computed.
template <Floating T>
void Adam<T>::make_tasks(Index elements) {
  constexpr Index most = 32768;
  const Index shares = pool_ != nullptr ? pool_->size() : 1;
  tasks_.clear();
  tasks_.reserve(static_cast<std::size_t>(shares) * parameters_->entries().size() * 2 +
                 static_cast<std::size_t>(elements / most));
  shared_out_ = elements;
  for (Index share = 0; share < shares; ++share) {
    for (const auto& e : parameters_->entries()) {
      const Index n = ParameterBlock<T>::padded(e.slot.shape.numel());
      const Index size = ParameterBlock<T>::padded((n + shares - 1) / shares);
      const Index pieces = (size + most - 1) / most;
      const Index piece = ParameterBlock<T>::padded((size + pieces - 1) / (std::max)(pieces, Index{1}));
      for (Index i = 0; i < pieces; ++i) {
        const Index share_end = (std::min)((share + 1) * size, n);
        const Index from = (std::min)(share * size + i * piece, share_end);
        const Index end = (std::min)(from + piece, share_end);
        tasks_.emplace_back(e.slot.offset + from, end - from);
      }
    }
  }
}

template <Floating T>
OptimizerState Adam<T>::state() const {
  OptimizerState state{
      .type = "Adam",
      .step = step_,
      .options = {{"lr", options_.lr},
                  {"betas", std::vector<double>{options_.betas.first, options_.betas.second}},
                  {"eps", options_.eps},
                  {"weight_decay", options_.weight_decay},
                  {"amsgrad", options_.amsgrad},
                  {"maximize", options_.maximize}},
      .tensors = {}};
  if (exp_avg_.size() == 0) return state;
  for (const auto& e : parameters_->entries()) {
    const auto save = [&](const char* name, const Buffer<T>& block) {
      state.tensors.insert(e.name + "." + name, AnyTensor::copy_of(TensorView<const T>(
                                                    block.data() + e.slot.offset, e.slot.shape)));
    };
    save("exp_avg", exp_avg_);
    save("exp_avg_sq", exp_avg_sq_);
    if (options_.amsgrad) save("max_exp_avg_sq", max_exp_avg_sq_);
  }
  return state;
}

template <Floating T>
void Adam<T>::load_state(const OptimizerState& state) {
  if (state.type != "Adam") {
    throw OptionError("Adam::load_state: expected the state of Adam, got that of " + state.type);
  }
  if (state.step < 0) {
    throw OptionError("Adam::load_state: step must be >= 0, got " + std::to_string(state.step));
  }
  check_groups(state);
  const auto& betas = option<std::vector<double>>(state, "betas");
  if (betas.size() != 2) {
    throw OptionError("Adam::load_state: expected 2 betas, got " + std::to_string(betas.size()));
  }
  const AdamOptions options = checked({.lr = option<double>(state, "lr"),
                                       .betas = {betas[0], betas[1]},
                                       .eps = option<double>(state, "eps"),
                                       .weight_decay = option<double>(state, "weight_decay"),
                                       .amsgrad = option<bool>(state, "amsgrad"),
                                       .maximize = option<bool>(state, "maximize")});
  Buffer<T> exp_avg;
  Buffer<T> exp_avg_sq;
  Buffer<T> max_exp_avg_sq;
  if (state.step > 0 || !state.tensors.empty()) {
    StateDictSpec spec{.class_name = "Adam", .tensors = {}};
    for (const auto& e : parameters_->entries()) {
      spec.tensors.push_back({e.name + ".exp_avg", e.slot.shape});
      spec.tensors.push_back({e.name + ".exp_avg_sq", e.slot.shape});
      if (options.amsgrad) spec.tensors.push_back({e.name + ".max_exp_avg_sq", e.slot.shape});
    }
    static_cast<void>(check_state_dict(spec, state.tensors));
    const auto load = [&](const char* name, Buffer<T>& block) {
      zero(block, static_cast<Index>(parameters_->values().size()));
      for (const auto& e : parameters_->entries()) {
        state.tensors[e.name + "." + name].copy_to(block.data() + e.slot.offset);
      }
    };
    load("exp_avg", exp_avg);
    load("exp_avg_sq", exp_avg_sq);
    if (options.amsgrad) load("max_exp_avg_sq", max_exp_avg_sq);
  }
  options_ = options;
  step_ = state.step;
  exp_avg_ = std::move(exp_avg);
  exp_avg_sq_ = std::move(exp_avg_sq);
  max_exp_avg_sq_ = std::move(max_exp_avg_sq);
}

/// One group with one number of steps is all that this optimizer can go on with.
template <Floating T>
void Adam<T>::check_groups(const OptimizerState& state) const {
  const auto refuse = [](const std::string& what) { throw OptionError("Adam::load_state: " + what); };
  std::string different;
  std::size_t parameters = 0;
  std::string unknown;
  for (const OptimizerGroup& group : state.groups) {
    parameters += group.parameters.size();
    for (const auto& [name, value] : group.options) {
      const std::string quoted = "\"" + name + "\"";
      const bool known = different.find(quoted) != std::string::npos;
      if (name != "param_names" && !known && different.size() < 200)
        different += (different.empty() ? "" : ", ") + quoted;
    }
    for (const std::string& name : group.parameters) {
      if (unknown.empty() && !parameters_->contains(name)) unknown = name;
    }
  }
  const std::size_t own = parameters_->entries().size();
  if (!different.empty()) {
    refuse("the state has " + std::to_string(state.groups.size()) +
           " parameter groups with different options, " + different +
           "; this Adam has one for all parameters");
  }
  if (!state.groups.empty() && (parameters != own || !unknown.empty())) {
    refuse("the state is for " + std::to_string(parameters) + " parameters" +
           (unknown.empty() ? "" : ", one of them \"" + unknown + "\"") + ", this Adam has " +
           std::to_string(own) + ", the first of them \"" + parameters_->entries().front().name +
           "\"; it was saved for a model with other or frozen parameters");
  }
  for (const auto& e : parameters_->entries()) {
    if (state.tensors.contains(e.name + ".step") || state.values.contains(e.name + ".step")) {
      refuse("the parameters took different numbers of steps, \"" + e.name +
             "\" for one; this Adam counts them once");
    }
  }
}

template <Floating T>
const AdamOptions& Adam<T>::checked(const AdamOptions& o) {
  const auto require = [](bool ok, const char* name, double value, const char* range) {
    if (!ok) {
      throw OptionError(std::string("Adam: Invalid ") + name + ": " + python_repr(value) + ", expected " +
                        range);
    }
  };
  require(o.lr >= 0 && std::isfinite(o.lr), "learning rate", o.lr, "a finite number >= 0");
  require(o.eps >= 0 && std::isfinite(o.eps), "epsilon value", o.eps, "a finite number >= 0");
  require(o.betas.first >= 0 && o.betas.first < 1, "beta parameter at index 0", o.betas.first, "[0, 1)");
  require(o.betas.second >= 0 && o.betas.second < 1, "beta parameter at index 1", o.betas.second, "[0, 1)");
  require(o.weight_decay >= 0 && std::isfinite(o.weight_decay), "weight_decay value", o.weight_decay,
          "a finite number >= 0");
  return o;
}

template <Floating T>
void Adam<T>::zero(Buffer<T>& block, Index n) {
  block.resize(n);
  std::fill_n(block.data(), n, T(0));
}

template <Floating T>
void Adam<T>::ensure_state(Index n) {
  if (shared_out_ != n) make_tasks(n);
  if (exp_avg_.size() != n) {
    zero(exp_avg_, n);
    zero(exp_avg_sq_, n);
  }
  if (options_.amsgrad && max_exp_avg_sq_.size() != n) zero(max_exp_avg_sq_, n);
}

template <Floating T>
void Adam<T>::update(Index from, Index n, const Scalars& s) {
  if (options_.maximize || options_.weight_decay != 0) {
    options_.amsgrad ? update<true, true>(from, n, s) : update<true, false>(from, n, s);
  } else {
    options_.amsgrad ? update<false, true>(from, n, s) : update<false, false>(from, n, s);
  }
}

// One pass over the block, which is a whole number of vectors. The rounding is that of
// PyTorch's operations, with a multiply-add where PyTorch has one.
template <Floating T>
template <bool changed_gradient, bool amsgrad>
void Adam<T>::update(Index from, Index n, const Scalars& s) {
  namespace ei = Eigen::internal;
  using Packet = typename detail::MathPackets<T>::Packet;
  constexpr Index lanes = detail::MathPackets<T>::lanes;
  T* const p = parameters_->values().data() + from;
  const T* const g = parameters_->grads().data() + from;
  T* const m = exp_avg_.data() + from;
  T* const v = exp_avg_sq_.data() + from;
  T* const largest = amsgrad ? max_exp_avg_sq_.data() + from : nullptr;
  const auto all = [](T x) { return ei::pset1<Packet>(x); };
  const Packet beta1 = all(s.beta1);
  const Packet one_minus_beta1 = all(s.one_minus_beta1);
  const Packet beta2 = all(s.beta2);
  const Packet one_minus_beta2 = all(s.one_minus_beta2);
  const Packet step_size = all(s.step_size);
  const detail::DivideBy<T> by_root(s.root);
  const Packet eps = all(s.eps);
  const Packet sign = all(options_.maximize ? T(-1) : T(1));
  const Packet decay = all(static_cast<T>(options_.weight_decay));
  for (Index i = 0; i < n; i += lanes) {
    const Packet value = ei::pload<Packet>(p + i);
    Packet gradient = ei::pload<Packet>(g + i);
    Packet average = ei::pload<Packet>(m + i);
    Packet square = ei::pmul(ei::pload<Packet>(v + i), beta2);
    if constexpr (changed_gradient) {
      gradient = ei::pmadd(decay, value, ei::pmul(sign, gradient));
      average = ei::pmadd(ei::psub(gradient, average), one_minus_beta1, average);
      square = ei::pmadd(ei::pmul(gradient, gradient), one_minus_beta2, square);
    } else {
      average = ei::pmadd(gradient, one_minus_beta1, ei::pmul(average, beta1));
      square = ei::pmadd(ei::pmul(gradient, one_minus_beta2), gradient, square);
    }
    ei::pstore(m + i, average);
    ei::pstore(v + i, square);
    if constexpr (amsgrad) {
      square = ei::pmax(ei::pload<Packet>(largest + i), square);
      ei::pstore(largest + i, square);
    }
    const Packet denominator = ei::padd(by_root(ei::psqrt(square)), eps);
    ei::pstore(p + i, ei::padd(value, ei::pdiv(ei::pmul(average, step_size), denominator)));
  }
}

#ifdef WICK_COMPILED
template class Adam<float>;
template class Adam<double>;
#endif

}  // namespace wick::inline WICK_ABI_NAMESPACE
