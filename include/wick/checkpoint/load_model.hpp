#pragma once

// Models from files, without their classes, that go on training.

#include <wick/base/file_path.hpp>
#include <wick/checkpoint/extras.hpp>
#include <wick/checkpoint/model_checkpoint.hpp>
#include <wick/checkpoint/program_file.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/program_module.hpp>

#include <cstddef>
#include <istream>
#include <span>
#include <utility>

WICK_BEGIN_NAMESPACE

/// A model of which a file says everything: its parameters, by the names that they had, and what it computes.
/// Calls, optimizers, `train`, predictors and files take it as any other model.
template <Floating T = float>
using LoadedModel = Model<ProgramModule<T>, T>;

/// The model in a file with a program, see save_program(), or with a Network, in training mode like every new
/// model:
///
///     auto model = load_model("model.wick");
///     std::cout << model << model(x).value();
///
/// It may have been a class that this program does not know; dropout is where it was. Throws FileError, and
/// FormatError for files that do not say what is computed of their parameters: take load_model(path, like)
/// for those.
template <Floating T = float>
[[nodiscard]] LoadedModel<T> load_model(const FilePath& path, const ProgramLimits& limits = {},
                                        const ReadOptions& options = {});
/// The same from a binary stream, of which read_any() says how far it is read.
template <Floating T = float>
[[nodiscard]] LoadedModel<T> load_model(std::istream& in, const ProgramLimits& limits = {},
                                        const ReadOptions& options = {});
/// The same from the bytes of such a file.
template <Floating T = float>
[[nodiscard]] LoadedModel<T> load_model(std::span<const std::byte> bytes, const ProgramLimits& limits = {},
                                        const ReadOptions& options = {});

/// A model like this one with the parameters in a file, such as PyTorch's state dicts, which do not say what
/// lies between their layers:
///
///     const auto model = load_model("model.pth", wick::Model<Residual>(64));
///
/// Throws as load(model, path) does.
template <ModelWithState Like>
[[nodiscard]] Like load_model(const FilePath& path, Like like, const LoadOptions& load_options = {},
                              const ReadOptions& options = {}) {
  load(like, path, load_options, options);
  return like;
}

/// Saves a loaded model so that load_model() and load_program() read it again.
template <Floating T>
void save_checkpoint(const LoadedModel<T>& model, const FilePath& path, const CheckpointExtras& extras = {},
                     const SaveOptions& options = {}) {
  save_program(model.module().program(), model, path, extras, options);
}
/// The same to a binary stream.
template <Floating T>
void save_checkpoint(const LoadedModel<T>& model, std::ostream& out, const CheckpointExtras& extras = {},
                     FileFormat format = FileFormat::wick) {
  save_program(model.module().program(), model, out, extras, format);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/load_model.ipp>
#endif
