#pragma once

// Files of models of any class: what is loaded is checked against a model that is there.

#include <wick/base/file_path.hpp>
#include <wick/checkpoint/extras.hpp>
#include <wick/io/save.hpp>
#include <wick/state/load_state_dict.hpp>
#include <wick/state/model_with_state.hpp>

#include <cstddef>
#include <istream>
#include <ostream>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A file with a model of a class of the user's own.
Archive own_class_archive(const StateDict& state_dict, const std::string& class_name,
                          const CheckpointExtras& extras);

/// Calls `load`, whose errors about the contents begin with the file's name.
template <class Function>
auto with_file_name(const std::string& name, const Function& load) {
  try {
    return load();
  } catch (const StateDictError& e) {
    throw StateDictError(name + ": " + e.torch_text(), e.missing_keys(), e.unexpected_keys(),
                         e.mismatched_keys(), e.hints());
  } catch (const IndexError& e) {
    throw IndexError(name + ": " + e.what());
  }
}

template <ModelWithState Model>
LoadResult load_file(Model& model, const AnyFile& file, const std::string& name, const LoadOptions& load) {
  const StateDict& parameters = parameters_of(file, name);
  return with_file_name(name, [&] { return model.load_state_dict(parameters, load); });
}

template <ModelWithState Model>
CheckpointExtras load_checkpoint_file(Model& model, const AnyFile& file, const std::string& name,
                                      const LoadOptions& load) {
  CheckpointExtras extras = get_extras(file.archive, name);
  static_cast<void>(load_file(model, file, name, load));
  return extras;
}

}  // namespace detail

/// save(model.state_dict(), path): the parameters alone, in the format of the extension.
template <ModelWithState Model>
void save(const Model& model, const FilePath& path, const SaveOptions& options = {}) {
  save(model.state_dict(), path, options);
}
/// The same to a binary stream.
template <ModelWithState Model>
void save(const Model& model, std::ostream& out, FileFormat format = FileFormat::wick) {
  save(model.state_dict(), out, format);
}

/// Takes over the parameters in a file of any format, as model.load_state_dict(load(path)) does: all that is
/// in the file is checked before the model changes. Throws FileError and FormatError, and, with the file's
/// name in front, what load_state_dict() throws.
template <ModelWithState Model>
LoadResult load(Model& model, const FilePath& path, const LoadOptions& load = {},
                const ReadOptions& options = {}) {
  return detail::load_file(model, read_any(path, options), display_name(path), load);
}
/// The same from a binary stream, of which read_any() says how far it is read.
template <ModelWithState Model>
LoadResult load(Model& model, std::istream& in, const LoadOptions& load = {},
                const ReadOptions& options = {}) {
  return detail::load_file(model, read_any(in, options), "<stream>", load);
}
/// The same from the bytes of such a file.
template <ModelWithState Model>
LoadResult load(Model& model, std::span<const std::byte> bytes, const LoadOptions& load = {},
                const ReadOptions& options = {}) {
  return detail::load_file(model, read_any(bytes, options), "<memory>", load);
}

/// Saves the parameters of a model of any class with the name of the class, and `extras`, in the format of
/// the extension; see save_checkpoint() for a Network, whose file also says how to build it. To load such a
/// file, the program makes a model of the class first: load_checkpoint(model, path).
template <ModelWithState Model>
void save_checkpoint(const Model& model, const FilePath& path, const CheckpointExtras& extras = {},
                     const SaveOptions& options = {}) {
  write_any(detail::own_class_archive(model.state_dict(), model.spec().class_name, extras), path, options);
}
/// The same to a binary stream. Throws FileError when the stream fails.
template <ModelWithState Model>
void save_checkpoint(const Model& model, std::ostream& out, const CheckpointExtras& extras = {},
                     FileFormat format = FileFormat::wick) {
  write_any(detail::own_class_archive(model.state_dict(), model.spec().class_name, extras), out, format);
}

/// Takes over the parameters in a file, as load(model, path) does, and returns what else was saved with them.
/// Throws FileError and FormatError, and, with the file's name in front, what load_state_dict() throws; the
/// model is unchanged then.
template <ModelWithState Model>
CheckpointExtras load_checkpoint(Model& model, const FilePath& path, const LoadOptions& load = {},
                                 const ReadOptions& options = {}) {
  return detail::load_checkpoint_file(model, read_any(path, options), display_name(path), load);
}
/// The same from a binary stream, of which read_any() says how far it is read.
template <ModelWithState Model>
CheckpointExtras load_checkpoint(Model& model, std::istream& in, const LoadOptions& load = {},
                                 const ReadOptions& options = {}) {
  return detail::load_checkpoint_file(model, read_any(in, options), "<stream>", load);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/model_checkpoint.ipp>
#endif
