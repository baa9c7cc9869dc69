#pragma once

// A network to a file that rebuilds it with no other information.

#include <wick/base/file_path.hpp>
#include <wick/checkpoint/extras.hpp>
#include <wick/io/bytes/save_options.hpp>
#include <wick/io/file_format.hpp>
#include <wick/io/save.hpp>
#include <wick/models/network.hpp>

#include <ostream>

WICK_BEGIN_NAMESPACE

/// Saves the network with its sizes, dropout and parameters, and `extras`, to `path`, replacing the file as a
/// whole. The extension chooses the format, see format_to_write(): `.pth`, `.pt` and other customary ones are
/// PyTorch's, the dict of the lesson, which its load_checkpoint reads; `.safetensors`; everything else is
/// wick's own. Equal contents give equal bytes. Throws FileError, and OptionError for extensions of formats
/// that are not written; an existing file is intact then.
template <Floating T>
void save_checkpoint(const Network<T>& model, const FilePath& path, const CheckpointExtras& extras = {},
                     const SaveOptions& options = {});
/// The same to a binary stream. Throws FileError when the stream fails.
template <Floating T>
void save_checkpoint(const Network<T>& model, std::ostream& out, const CheckpointExtras& extras = {},
                     FileFormat format = FileFormat::wick);

/// Saves the parameters of `model` alone, as save(model.state_dict(), path) does, without a copy of them in
/// memory.
template <Floating T>
void save(const Network<T>& model, const FilePath& path, const SaveOptions& options = {});
/// The same to a binary stream.
template <Floating T>
void save(const Network<T>& model, std::ostream& out, FileFormat format = FileFormat::wick);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/save_checkpoint.ipp>
#endif
