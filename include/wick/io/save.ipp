#pragma once

// Definitions of io/save.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/file.hpp>
#include <wick/io/any_file.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/io/save.hpp>

#include <cstddef>
#include <istream>
#include <ostream>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE Archive archive_of(const StateDict& state_dict) {
  return {.architecture = {}, .tensors = {{std::string(model_group), state_dict}}, .attributes = {}};
}

WICK_INLINE const StateDict& parameters_of(const AnyFile& file, const std::string& name) {
  const StateDict* found = file.archive.find_tensors(model_group);
  if (found == nullptr) throw FileError(name, file.no_model);
  return *found;
}

}  // namespace detail

WICK_INLINE void save(const StateDict& state_dict, const FilePath& path, const SaveOptions& options) {
  write_any(detail::archive_of(state_dict), path, options);
}

WICK_INLINE void save(const StateDict& state_dict, std::ostream& out, FileFormat format) {
  write_any(detail::archive_of(state_dict), out, format);
}

WICK_INLINE StateDict load(const FilePath& path, const ReadOptions& options) {
  return detail::parameters_of(read_any(path, options), display_name(path));
}

WICK_INLINE StateDict load(std::istream& in, const ReadOptions& options) {
  return detail::parameters_of(read_any(in, options), "<stream>");
}

WICK_INLINE StateDict load(std::span<const std::byte> bytes, const ReadOptions& options) {
  return detail::parameters_of(read_any(bytes, options), "<memory>");
}

WICK_END_NAMESPACE
