#pragma once

// Definitions of checkpoint/load_checkpoint.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/checkpoint/detail/open_archive.hpp>
#include <wick/checkpoint/load_checkpoint.hpp>
#include <wick/checkpoint/network_archive.hpp>
#include <wick/io/read_any.hpp>

#include <cstddef>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
Checkpoint<T> from_file(AnyFile file, const std::string& name, const BuildOptions& build) {
  if (!file.no_model.empty()) throw FileError(name, file.no_model);
  Checkpoint<T> checkpoint = from_archive<T>(std::move(file.archive), name, build);
  checkpoint.notes.insert(checkpoint.notes.begin(), file.notes.begin(), file.notes.end());
  return checkpoint;
}

template <Floating T>
OpenedNetwork<T> open_network(const FilePath& path, bool mapped, const ReadOptions& options,
                              const BuildOptions& build) {
  OpenedArchive file = open_archive(path, mapped, options, build);
  const std::string name = display_name(path);
  Network<T> model = build_network<T>(file.archive, name, build, file.memory, std::move(file.owner));
  file.add_notes(name, build, mapped && !std::as_const(model).parameters()->is_foreign());
  return {std::move(model), file.metadata(), std::move(file.notes)};
}

}  // namespace detail

template <Floating T>
Checkpoint<T> read_checkpoint(const FilePath& path, const ReadOptions& options, const BuildOptions& build) {
  return detail::from_file<T>(read_any(path, options), display_name(path), build);
}
template <Floating T>
Checkpoint<T> read_checkpoint(std::istream& in, const ReadOptions& options, const BuildOptions& build) {
  return detail::from_file<T>(read_any(in, options), "<stream>", build);
}
template <Floating T>
Checkpoint<T> read_checkpoint(std::span<const std::byte> bytes, const ReadOptions& options,
                              const BuildOptions& build) {
  return detail::from_file<T>(read_any(bytes, options), "<memory>", build);
}

template <Floating T>
Network<T> load_checkpoint(const FilePath& path, const ReadOptions& options, const BuildOptions& build) {
  return detail::open_network<T>(path, false, options, build).model;
}
template <Floating T>
Network<T> load_checkpoint(std::istream& in, const ReadOptions& options, const BuildOptions& build) {
  return read_checkpoint<T>(in, options, build).model;
}
template <Floating T>
Network<T> load_checkpoint(std::span<const std::byte> bytes, const ReadOptions& options,
                           const BuildOptions& build) {
  return read_checkpoint<T>(bytes, options, build).model;
}

template <Floating T>
Network<T> map_checkpoint(const FilePath& path, const ReadOptions& options, const BuildOptions& build) {
  return detail::open_network<T>(path, true, options, build).model;
}

#ifdef WICK_COMPILED
template Checkpoint<float> read_checkpoint<float>(const FilePath&, const ReadOptions&, const BuildOptions&);
template detail::OpenedNetwork<float> detail::open_network<float>(const FilePath&, bool, const ReadOptions&,
                                                                  const BuildOptions&);
template Network<float> load_checkpoint<float>(const FilePath&, const ReadOptions&, const BuildOptions&);
template Checkpoint<float> read_checkpoint<float>(std::istream&, const ReadOptions&, const BuildOptions&);
template Network<float> load_checkpoint<float>(std::istream&, const ReadOptions&, const BuildOptions&);
template Checkpoint<float> read_checkpoint<float>(std::span<const std::byte>, const ReadOptions&,
                                                  const BuildOptions&);
template Network<float> load_checkpoint<float>(std::span<const std::byte>, const ReadOptions&,
                                               const BuildOptions&);
template Network<float> map_checkpoint<float>(const FilePath&, const ReadOptions&, const BuildOptions&);
template Checkpoint<double> read_checkpoint<double>(const FilePath&, const ReadOptions&, const BuildOptions&);
template detail::OpenedNetwork<double> detail::open_network<double>(const FilePath&, bool, const ReadOptions&,
                                                                    const BuildOptions&);
template Network<double> load_checkpoint<double>(const FilePath&, const ReadOptions&, const BuildOptions&);
template Checkpoint<double> read_checkpoint<double>(std::istream&, const ReadOptions&, const BuildOptions&);
template Network<double> load_checkpoint<double>(std::istream&, const ReadOptions&, const BuildOptions&);
template Checkpoint<double> read_checkpoint<double>(std::span<const std::byte>, const ReadOptions&,
                                                    const BuildOptions&);
template Network<double> load_checkpoint<double>(std::span<const std::byte>, const ReadOptions&,
                                                 const BuildOptions&);
template Network<double> map_checkpoint<double>(const FilePath&, const ReadOptions&, const BuildOptions&);
#endif

WICK_END_NAMESPACE
