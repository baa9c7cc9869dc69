#pragma once

// Everything that needs Eigen alone, in the order of dependence. Headers that read
// image files or gzip are included by themselves and need wick::stb:
// <wick/data/fashion_mnist.hpp>, <wick/image/image.hpp> and their neighbours.

#include <wick/core/load_state_dict.hpp>
#include <wick/core/print.hpp>
#include <wick/core/random.hpp>
#include <wick/core/rename_keys.hpp>
#include <wick/core/state_dict.hpp>
#include <wick/core/tensor.hpp>
#include <wick/core/thread_pool.hpp>
#include <wick/core/vector_level.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/data/dataset.hpp>
#include <wick/inference.hpp>
#include <wick/io/save.hpp>
#include <wick/loss/nll.hpp>
#include <wick/model/checkpoint.hpp>
#include <wick/nn/dropout.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/log_softmax.hpp>
#include <wick/nn/network.hpp>
#include <wick/nn/relu.hpp>
#include <wick/nn/static_network.hpp>
#include <wick/optim/adam.hpp>
#include <wick/training/evaluate.hpp>
#include <wick/training/train.hpp>
#include <wick/training/training_checkpoint.hpp>
#include <wick/version.hpp>
