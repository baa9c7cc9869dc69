#pragma once

// Running averages for weights that were not trained with them.

#include <wick/autograd/grad_mode.hpp>
#include <wick/autograd/recorder.hpp>
#include <wick/base/detail/at_end.hpp>
#include <wick/nn/model.hpp>

WICK_BEGIN_NAMESPACE

/// Sets the running averages of all BatchNorm1d of a model to those of the batches of a loader, of which each
/// counts alike: after the weights were averaged, those of the models before do not fit them. One pass in
/// training mode, without gradients; the mode stays. Batches are what the model takes, or have `inputs`.
///
///     wick::AveragedModel average(model);
///     ...
///     wick::update_bn(train_loader, average.module());
///
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.swa_utils.update_bn.html
template <class Loader, class Module, Floating T>
void update_bn(Loader&& loader, Model<Module, T>& model) {
  bool any = false;
  for (const ModuleInfo& m : model.named_modules()) {
    if (m.type != "BatchNorm1d") continue;
    for (const ModuleInfo::Buffer& b : m.buffers) {
      model.parameters()->buffer(b.slot).fill(b.name == "running_var" ? T(1) : T(0));
      any = true;
    }
  }
  if (!any) return;
  const bool training = model.training();
  Tape<T>& tape = default_tape<T>();
  const detail::AtEnd restore([&] {
    model.train(training);
    tape.set_averages_evenly(false);
  });
  model.train();
  tape.set_averages_evenly(true);
  const NoGrad no_grad;
  for (const auto& batch : loader) {
    if constexpr (requires { batch.inputs; }) {
      static_cast<void>(model(batch.inputs));
    } else {
      static_cast<void>(model(batch));
    }
  }
}

WICK_END_NAMESPACE
