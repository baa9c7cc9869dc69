#pragma once

// Everything in nn: modules, what contains them, and models of them.

#include <wick/graph/workspace.hpp>
#include <wick/nn/activation.hpp>
#include <wick/nn/activations.hpp>
#include <wick/nn/alpha_dropout.hpp>
#include <wick/nn/any_module.hpp>
#include <wick/nn/any_sequential.hpp>
#include <wick/nn/batch_norm.hpp>
#include <wick/nn/bilinear.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/embedding.hpp>
#include <wick/nn/flatten.hpp>
#include <wick/nn/gelu.hpp>
#include <wick/nn/group_norm.hpp>
#include <wick/nn/identity.hpp>
#include <wick/nn/init.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/log_softmax.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/module_dict.hpp>
#include <wick/nn/module_list.hpp>
#include <wick/nn/prelu.hpp>
#include <wick/nn/program_module.hpp>
#include <wick/nn/relu.hpp>
#include <wick/nn/scope.hpp>
#include <wick/nn/sequential.hpp>
#include <wick/nn/sigmoid.hpp>
#include <wick/nn/softmax.hpp>
#include <wick/nn/spectral_norm.hpp>
#include <wick/nn/summary.hpp>
#include <wick/nn/tanh.hpp>
#include <wick/nn/trace.hpp>
#include <wick/nn/unflatten.hpp>
#include <wick/nn/weight_norm.hpp>
