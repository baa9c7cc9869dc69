#pragma once

// A module with its parameters, and what records the layers of the library.

#include <wick/autograd/dropout.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/layer_norm.hpp>
#include <wick/autograd/linear.hpp>
#include <wick/autograd/log_softmax.hpp>
#include <wick/autograd/recorder.hpp>
#include <wick/nn/model_class.hpp>
#include <wick/version.hpp>
