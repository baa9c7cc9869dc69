#pragma once

// Files of torch.save -> values. No Python, no libtorch, and nothing in the file is ever run.
//
// Read are the zip files of PyTorch 1.6 and later and the older ones of five pickles, with the dense tensors
// of all dtypes, containers, numbers, texts and bytes that torch.load(weights_only=True) accepts, and further
// values with a fixed meaning: NumPy's numbers and arrays, paths, namespaces. Classes, functions and objects,
// quantised, sparse, nested and meta tensors are names, of which nothing is run (TorchObject); refused are
// TorchScript and tar archives. Stricter than torch.load: a dict with a key twice, a container within itself,
// text with halves of surrogate pairs, a storage that is longer than its tensors say, bytes after the end.
// Left out: the device that a tensor was on, and Python attributes of tensors.

#include <wick/io/torch/limits.hpp>
#include <wick/io/torch/value.hpp>

#include <cstddef>
#include <filesystem>
#include <istream>
#include <memory>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

/// Reads the bytes of a file of torch.save, which `owner` keeps alive and nobody changes: tensors that lie
/// row by row are views of them. `name` stands for the file in messages. Throws FormatError.
[[nodiscard]] TorchValue view_torch(std::span<const std::byte> bytes,
                                    const std::shared_ptr<const void>& owner, const std::string& name,
                                    const TorchLimits& limits = {});

/// Reads a file of torch.save. Throws FileError and FormatError.
[[nodiscard]] TorchValue read_torch(const std::filesystem::path& path, const TorchLimits& limits = {});

/// Reads from memory; the bytes are copied. Throws FormatError.
[[nodiscard]] TorchValue read_torch(std::span<const std::byte> bytes, const TorchLimits& limits = {});

/// Reads from a stream up to its end. Throws FileError and FormatError.
[[nodiscard]] TorchValue read_torch(std::istream& in, const TorchLimits& limits = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/torch/read.ipp>
#endif
