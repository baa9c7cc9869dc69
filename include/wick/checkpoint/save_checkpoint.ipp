#pragma once

// Definitions of checkpoint/save_checkpoint.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/checkpoint/network_archive.hpp>
#include <wick/checkpoint/save_checkpoint.hpp>
#include <wick/io/write_any.hpp>

#include <ostream>

WICK_BEGIN_NAMESPACE

template <Floating T>
void save_checkpoint(const Network<T>& model, const FilePath& path, const CheckpointExtras& extras,
                     const SaveOptions& options) {
  write_any(detail::archive_with(detail::view_parameters(model), model, extras), path, options);
}
template <Floating T>
void save_checkpoint(const Network<T>& model, std::ostream& out, const CheckpointExtras& extras,
                     FileFormat format) {
  write_any(detail::archive_with(detail::view_parameters(model), model, extras), out, format);
}

template <Floating T>
void save(const Network<T>& model, const FilePath& path, const SaveOptions& options) {
  save(detail::view_parameters(model), path, options);
}
template <Floating T>
void save(const Network<T>& model, std::ostream& out, FileFormat format) {
  save(detail::view_parameters(model), out, format);
}

#ifdef WICK_COMPILED
template void save_checkpoint(const Network<float>&, const FilePath&, const CheckpointExtras&,
                              const SaveOptions&);
template void save_checkpoint(const Network<float>&, std::ostream&, const CheckpointExtras&, FileFormat);
template void save(const Network<float>&, const FilePath&, const SaveOptions&);
template void save(const Network<float>&, std::ostream&, FileFormat);
template void save_checkpoint(const Network<double>&, const FilePath&, const CheckpointExtras&,
                              const SaveOptions&);
template void save_checkpoint(const Network<double>&, std::ostream&, const CheckpointExtras&, FileFormat);
template void save(const Network<double>&, const FilePath&, const SaveOptions&);
template void save(const Network<double>&, std::ostream&, FileFormat);
#endif

WICK_END_NAMESPACE
