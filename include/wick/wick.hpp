#pragma once

// What models need. Tables, arrays of NumPy and tensors as Eigen's matrices are included by themselves:
// <wick/table/csv.hpp>, <wick/io/numpy/npy.hpp>, <wick/io/numpy/npz.hpp>, <wick/tensor/eigen.hpp>; so are
// headers that read image files or gzip and need wick::stb: <wick/data/fashion_mnist.hpp>,
// <wick/image/image.hpp> and their neighbours.

#include <wick/autograd.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/base/vector_level.hpp>
#include <wick/checkpoint/checkpoint.hpp>
#include <wick/checkpoint/infer.hpp>
#include <wick/checkpoint/model_checkpoint.hpp>
#include <wick/data/augmentations.hpp>
#include <wick/data/class_weights.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/data/dataset.hpp>
#include <wick/data/mixup.hpp>
#include <wick/data/samplers.hpp>
#include <wick/data/splits.hpp>
#include <wick/data/weighted_dataset.hpp>
#include <wick/data/windows.hpp>
#include <wick/inference.hpp>
#include <wick/io/save.hpp>
#include <wick/loss/bce_with_logits.hpp>
#include <wick/loss/cross_entropy.hpp>
#include <wick/loss/margin.hpp>
#include <wick/loss/mse.hpp>
#include <wick/loss/nll.hpp>
#include <wick/loss/regression.hpp>
#include <wick/metrics/accuracy.hpp>
#include <wick/metrics/binary_accuracy.hpp>
#include <wick/metrics/classification.hpp>
#include <wick/metrics/confusion_matrix.hpp>
#include <wick/metrics/mean_absolute_error.hpp>
#include <wick/metrics/probabilities.hpp>
#include <wick/metrics/quantile_coverage.hpp>
#include <wick/metrics/ranking.hpp>
#include <wick/metrics/regression.hpp>
#include <wick/metrics/top_k_accuracy.hpp>
#include <wick/models/network.hpp>
#include <wick/models/static_network.hpp>
#include <wick/nn.hpp>
#include <wick/ops.hpp>
#include <wick/optim.hpp>
#include <wick/random/distributions.hpp>
#include <wick/state/load_state_dict.hpp>
#include <wick/state/rename_keys.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/tensor/print.hpp>
#include <wick/tensor/tensor.hpp>
#include <wick/training/evaluate.hpp>
#include <wick/training/find_learning_rate.hpp>
#include <wick/training/fit.hpp>
#include <wick/training/fit_session.hpp>
#include <wick/training/train.hpp>
#include <wick/training/training_checkpoint.hpp>
#include <wick/version.hpp>
