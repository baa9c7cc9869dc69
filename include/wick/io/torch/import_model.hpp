#pragma once

// From the contents of a PyTorch file to an archive, for programs that want no optimizer as well.

#include <wick/io/archive/archive.hpp>
#include <wick/io/torch/import_optimizer.hpp>
#include <wick/io/torch/value.hpp>

#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

/// An archive, and a sentence for each thing of the file that it cannot hold: the first 100 of them.
struct Imported {
  Archive archive;                 ///< what fits in one
  std::vector<std::string> notes;  ///< the first 100
  /// Those of the notes that name something whose contents they do not tell: two files with equal archives
  /// and equal notes may still differ in it.
  std::vector<std::string> unread;
  /// Why there is no group `model` and what to do, e.g. which keys there are; empty if there is one.
  std::string no_model = {};
};

/// What import_torch() gives, with optimizers put into the archive by `optimizers`. Null passes over them:
/// what reads them is not compiled then.
[[nodiscard]] Imported import_torch_with(ImportOptimizer optimizers, const TorchValue& root,
                                         const std::string& file, std::string_view key = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/torch/import_model.ipp>
#endif
