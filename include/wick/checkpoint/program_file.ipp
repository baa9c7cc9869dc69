#pragma once

// Definitions of checkpoint/program_file.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/checkpoint/extras.hpp>
#include <wick/checkpoint/program_file.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/io/save.hpp>
#include <wick/nn/module_tree.hpp>
#include <wick/state/load_state_dict.hpp>

#include <cstddef>
#include <istream>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline constexpr std::string_view tied_key = "tied";
inline constexpr std::string_view modules_key = "modules";

WICK_INLINE std::vector<ModuleDescription> descriptions_of(const ModuleTree& tree) {
  std::vector<ModuleDescription> result;
  for (const ModuleInfo& m : tree.modules().subspan(1))
    result.push_back({m.path, std::string(tree.type_of(m)), m.extra});
  return result;
}

WICK_INLINE void set_modules(Attributes& program, const std::vector<ModuleDescription>& modules) {
  if (modules.empty()) return;
  std::vector<std::string> texts;
  for (const ModuleDescription& m : modules) texts.insert(texts.end(), {m.path, m.type, m.extra});
  program.set(modules_key, std::move(texts));
}

/// Each module comes behind the one that it is in, so a path that is as long as a file adds one module, not
/// one for each of its dots.
[[nodiscard]] inline std::vector<ModuleDescription> modules_in(const Attributes& described,
                                                               const std::string& name) {
  std::vector<ModuleDescription> result;
  const Attribute* const found = described.find(modules_key);
  if (found == nullptr) return result;
  const auto* const texts = std::get_if<std::vector<std::string>>(found);
  if (texts == nullptr || texts->size() % 3 != 0)
    throw FormatError(name, "program: expected path, class and more of each module in the list \"modules\"");
  std::set<std::string_view> there{""};
  for (std::size_t i = 0; i < texts->size(); i += 3) {
    const std::string_view path = (*texts)[i];
    const std::size_t dot = path.rfind('.');
    const std::string_view outer = dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
    const std::string_view last = dot == std::string_view::npos ? path : path.substr(dot + 1);
    if (last.empty() || !there.contains(outer) || !there.insert(path).second) {
      throw FormatError(name, "program: expected each module once and behind the one that it is in, got " +
                                  quoted_name(path));
    }
    result.push_back({(*texts)[i], (*texts)[i + 1], (*texts)[i + 2]});
  }
  return result;
}

WICK_INLINE Archive program_archive(const StateDict& state_dict, const std::string& class_name,
                                    Attributes program, const std::vector<std::string>& tied,
                                    const CheckpointExtras& extras) {
  Archive archive = archive_of(state_dict);
  program.set(class_key, class_name);
  if (!tied.empty()) program.set(tied_key, tied);
  archive.add_attributes(architecture_group, std::move(program));
  put_extras(archive, extras);
  return archive;
}

WICK_INLINE bool has_program(const Archive& archive) noexcept {
  const Attributes* const described = archive.find_attributes(architecture_group);
  return described != nullptr && described->contains("operations");
}

/// Further names of tied parameters: each is that of a tensor of the file, and equal to the one it is tied
/// to.
[[nodiscard]] inline std::map<std::string, std::string> tied_in(const Attributes& described,
                                                                const StateDict& tensors,
                                                                const std::string& name) {
  std::map<std::string, std::string> result;
  const Attribute* const found = described.find(tied_key);
  if (found == nullptr) return result;
  const auto* const names = std::get_if<std::vector<std::string>>(found);
  if (names == nullptr || names->size() % 2 != 0)
    throw FormatError(name, "program: expected pairs of names in the list \"tied\"");
  std::set<std::string_view> further;
  for (std::size_t i = 0; i < names->size(); i += 2) further.insert((*names)[i]);
  for (std::size_t i = 0; i < names->size(); i += 2) {
    const std::string& alias = (*names)[i];
    const std::string& own = (*names)[i + 1];
    const AnyTensor* const first = tensors.find(own);
    const AnyTensor* const second = tensors.find(alias);
    if (first == nullptr || second == nullptr || further.contains(own) || !(*first == *second)) {
      throw FormatError(name, "program: the parameter " + quoted_name(alias) + " is said to be tied to " +
                                  quoted_name(own) + ", but they are not there or not equal");
    }
    result.emplace(alias, own);
  }
  return result;
}

template <Floating T>
LoadedProgram<T> program_of(const Archive& archive, OperationTable<T> operations, const std::string& name,
                            const ProgramLimits& limits) {
  if (!has_program(archive)) {
    throw FormatError(name,
                      "the file has no program; save_program() writes one, and load_checkpoint() reads "
                      "other files");
  }
  const StateDict* const tensors = archive.find_tensors(model_group);
  if (tensors == nullptr) throw FormatError(name, "the file has no parameters");
  LoadedProgram<T> result;
  result.extras = get_extras(archive, name);
  result.parameters = std::make_shared<ParameterBlock<T>>();
  const Attributes& described = *archive.find_attributes(architecture_group);
  const auto tied = tied_in(described, *tensors, name);
  StateDict own_names;
  for (const auto& [key, tensor] : *tensors) {
    if (key.empty()) throw FormatError(name, "a parameter has no name");
    const auto found = tied.find(key);
    result.names.emplace_back(key, found == tied.end() ? key : found->second);
    if (found != tied.end()) continue;
    result.parameters->add(key, tensor.shape());
    own_names.insert(key, tensor);
  }
  try {
    result.parameters->load_state_dict(result.parameters->spec("Program"), own_names);
  } catch (const StateDictError& e) {
    throw FormatError(name, e.what());
  }
  if (const Attribute* const found = described.find(class_key)) {
    if (const auto* const text = std::get_if<std::string>(found)) result.class_name = *text;
  }
  result.modules = modules_in(described, name);
  result.program = build_program<T>(described, *result.parameters, operations, name, limits);
  return result;
}

}  // namespace detail

template <Floating T>
LoadedProgram<T> load_program(const FilePath& path, OperationTable<T> operations, const ProgramLimits& limits,
                              const ReadOptions& options) {
  return detail::program_of<T>(read_any(path, options).archive, operations, display_name(path), limits);
}
template <Floating T>
LoadedProgram<T> load_program(std::istream& in, OperationTable<T> operations, const ProgramLimits& limits,
                              const ReadOptions& options) {
  return detail::program_of<T>(read_any(in, options).archive, operations, "<stream>", limits);
}
template <Floating T>
LoadedProgram<T> load_program(std::span<const std::byte> bytes, OperationTable<T> operations,
                              const ProgramLimits& limits, const ReadOptions& options) {
  return detail::program_of<T>(read_any(bytes, options).archive, operations, "<memory>", limits);
}

#ifdef WICK_COMPILED
template LoadedProgram<float> detail::program_of(const Archive&, OperationTable<float>, const std::string&,
                                                 const ProgramLimits&);
template LoadedProgram<double> detail::program_of(const Archive&, OperationTable<double>, const std::string&,
                                                  const ProgramLimits&);
template LoadedProgram<float> load_program(const FilePath&, OperationTable<float>, const ProgramLimits&,
                                           const ReadOptions&);
template LoadedProgram<double> load_program(const FilePath&, OperationTable<double>, const ProgramLimits&,
                                            const ReadOptions&);
template LoadedProgram<float> load_program(std::istream&, OperationTable<float>, const ProgramLimits&,
                                           const ReadOptions&);
template LoadedProgram<double> load_program(std::istream&, OperationTable<double>, const ProgramLimits&,
                                            const ReadOptions&);
template LoadedProgram<float> load_program(std::span<const std::byte>, OperationTable<float>,
                                           const ProgramLimits&, const ReadOptions&);
template LoadedProgram<double> load_program(std::span<const std::byte>, OperationTable<double>,
                                            const ProgramLimits&, const ReadOptions&);
#endif

WICK_END_NAMESPACE
