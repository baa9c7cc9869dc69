#pragma once

// Definitions of io/write_any.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/bytes/save_options.hpp>
#include <wick/io/file_format.hpp>
#include <wick/io/safetensors/export.hpp>
#include <wick/io/torch/export.hpp>
#include <wick/io/torch/write.hpp>
#include <wick/io/wick/writer.hpp>
#include <wick/io/write_any.hpp>

#include <ostream>

WICK_BEGIN_NAMESPACE

WICK_INLINE void write_any(const Archive& archive, const FilePath& path, const SaveOptions& options) {
  switch (format_to_write(path)) {
    case FileFormat::torch:
      return write_torch(export_torch(archive), path, options);
    case FileFormat::safetensors:
      return write_safetensors(archive, path, options);
    case FileFormat::wick:
      break;
  }
  write_archive(archive, path, options);
}
WICK_INLINE void write_any(const Archive& archive, std::ostream& out, FileFormat format) {
  switch (format) {
    case FileFormat::torch:
      return write_torch(export_torch(archive), out);
    case FileFormat::safetensors:
      return write_safetensors(archive, out);
    case FileFormat::wick:
      break;
  }
  write_archive(archive, out);
}

WICK_END_NAMESPACE
