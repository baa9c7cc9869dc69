#pragma once

// Recorded operations, their derivatives, and what checks them.

#include <wick/autograd/activations.hpp>
#include <wick/autograd/binary_cross_entropy.hpp>
#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/cumsum.hpp>
#include <wick/autograd/dropout.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/embedding.hpp>
#include <wick/autograd/extremes.hpp>
#include <wick/autograd/function.hpp>
#include <wick/autograd/functions.hpp>
#include <wick/autograd/grad.hpp>
#include <wick/autograd/gradcheck.hpp>
#include <wick/autograd/index.hpp>
#include <wick/autograd/join.hpp>
#include <wick/autograd/layer_norm.hpp>
#include <wick/autograd/linear.hpp>
#include <wick/autograd/log_softmax.hpp>
#include <wick/autograd/loss_input.hpp>
#include <wick/autograd/losses.hpp>
#include <wick/autograd/margin_losses.hpp>
#include <wick/autograd/matmul.hpp>
#include <wick/autograd/operands.hpp>
#include <wick/autograd/pow.hpp>
#include <wick/autograd/recorder.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/regression_losses.hpp>
#include <wick/autograd/remainder.hpp>
#include <wick/autograd/replay.hpp>
#include <wick/autograd/select.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/autograd/softmax.hpp>
#include <wick/autograd/sort.hpp>
#include <wick/autograd/statistics.hpp>
