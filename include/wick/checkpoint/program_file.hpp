#pragma once

// Files of any model that predict without its class: they carry what it computes.

#include <wick/base/file_path.hpp>
#include <wick/checkpoint/extras.hpp>
#include <wick/graph/describe.hpp>
#include <wick/graph/program.hpp>
#include <wick/io/any_file.hpp>
#include <wick/nn/module_description.hpp>
#include <wick/state/parameter_block.hpp>

#include <cstddef>
#include <istream>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

class ModuleTree;

/// A program with its parameters, and what else its file has.
template <Floating T = float>
struct LoadedProgram {
  Program<T> program;                             ///< what the model computes
  std::shared_ptr<ParameterBlock<T>> parameters;  ///< what it computes with
  std::string class_name;                         ///< of the model that was saved
  /// All names in the file, in its order, each with that of the parameter in `parameters`: those of tied ones
  /// are different.
  std::vector<std::pair<std::string, std::string>> names;
  CheckpointExtras extras;  ///< what came with it
  /// The modules of the model but for its own, each behind the one that it is in; none in files of programs
  /// without a Model.
  std::vector<ModuleDescription> modules = {};
};

/// Saves a model that can be traced, as load_model() and load_program() read it, in the format of the
/// extension: its parameters by name, the name of its class, what print() shows of its modules, the program,
/// and `extras`. make_predictor(load_program(path, all_operations())) predicts with it. A program that has
/// the class loads the same file into a model: load_checkpoint(model, path).
///
///     save_program(trace(model, Shape{784}), model, "model.wick");
///
/// Throws FileError, OptionError for extensions of formats that are not written, and IndexError for a program
/// of another model.
template <Floating T, class Model>
void save_program(const Program<T>& program, const Model& model, const FilePath& path,
                  const CheckpointExtras& extras = {}, const SaveOptions& options = {});
/// The same to a binary stream.
template <Floating T, class Model>
void save_program(const Program<T>& program, const Model& model, std::ostream& out,
                  const CheckpointExtras& extras = {}, FileFormat format = FileFormat::wick);

/// The program in a file that save_program() wrote. `operations` are those that it may consist of, as a rule
/// all_operations(). Throws FileError and FormatError: what the file says is checked before it is used.
template <Floating T = float>
[[nodiscard]] LoadedProgram<T> load_program(const FilePath& path, OperationTable<T> operations,
                                            const ProgramLimits& limits = {},
                                            const ReadOptions& options = {});
/// The same from a binary stream, of which read_any() says how far it is read.
template <Floating T = float>
[[nodiscard]] LoadedProgram<T> load_program(std::istream& in, OperationTable<T> operations,
                                            const ProgramLimits& limits = {},
                                            const ReadOptions& options = {});
/// The same from the bytes of such a file.
template <Floating T = float>
[[nodiscard]] LoadedProgram<T> load_program(std::span<const std::byte> bytes, OperationTable<T> operations,
                                            const ProgramLimits& limits = {},
                                            const ReadOptions& options = {});

namespace detail {

/// The modules of a model but for its own.
[[nodiscard]] std::vector<ModuleDescription> descriptions_of(const ModuleTree& tree);
/// Adds them to what is said of a program.
void set_modules(Attributes& program, const std::vector<ModuleDescription>& modules);

/// Further names of tied parameters, each in front of the first one.
template <class Model>
[[nodiscard]] std::vector<std::string> tied_names(const Model& model) {
  std::vector<std::string> result;
  if constexpr (requires { model.modules().modules(); }) {
    for (const auto& module : model.modules().modules()) {
      for (const auto& p : module.parameters) {
        const std::string name = module.path.empty() ? p.name : module.path + "." + p.name;
        const auto& own = model.parameters()->entries()[p.slot.number].name;
        if (name != own) result.insert(result.end(), {name, own});
      }
    }
  }
  return result;
}

/// The program with what else is said of the model.
template <Floating T, class Model>
[[nodiscard]] Attributes described_model(const Program<T>& program, const Model& model) {
  Attributes result = describe_program(program, *model.parameters());
  if constexpr (requires { model.modules().modules(); })
    set_modules(result, descriptions_of(model.modules()));
  return result;
}

Archive program_archive(const StateDict& state_dict, const std::string& class_name, Attributes program,
                        const std::vector<std::string>& tied, const CheckpointExtras& extras);

/// Whether the file has a program, which program_of() then builds.
[[nodiscard]] bool has_program(const Archive& archive) noexcept;
template <Floating T>
[[nodiscard]] LoadedProgram<T> program_of(const Archive& archive, OperationTable<T> operations,
                                          const std::string& name, const ProgramLimits& limits);

}  // namespace detail

template <Floating T, class Model>
void save_program(const Program<T>& program, const Model& model, const FilePath& path,
                  const CheckpointExtras& extras, const SaveOptions& options) {
  write_any(
      detail::program_archive(model.state_dict(), model.spec().class_name,
                              detail::described_model(program, model), detail::tied_names(model), extras),
      path, options);
}
template <Floating T, class Model>
void save_program(const Program<T>& program, const Model& model, std::ostream& out,
                  const CheckpointExtras& extras, FileFormat format) {
  write_any(
      detail::program_archive(model.state_dict(), model.spec().class_name,
                              detail::described_model(program, model), detail::tied_names(model), extras),
      out, format);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/program_file.ipp>
#endif
