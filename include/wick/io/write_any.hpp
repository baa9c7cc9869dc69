#pragma once

// Model files of every format that is written, chosen by the extension.

#include <wick/base/file_path.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/bytes/save_options.hpp>
#include <wick/io/file_format.hpp>

#include <ostream>

WICK_BEGIN_NAMESPACE

/// Writes `archive` to `path` in the format of its extension, see format_to_write(), replacing the file as a
/// whole. Throws FileError, and OptionError for what the format cannot hold and for extensions of formats
/// that are not written; an existing file is intact then.
void write_any(const Archive& archive, const FilePath& path, const SaveOptions& options = {});
/// Writes `archive` to a binary stream. Throws FileError when the stream fails, and OptionError as above.
void write_any(const Archive& archive, std::ostream& out, FileFormat format = FileFormat::wick);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/write_any.ipp>
#endif
