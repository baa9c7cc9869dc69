#pragma once

// IDX files, the format of MNIST and Fashion-MNIST: one array of bytes.

#include <wick/base/file_path.hpp>
#include <wick/data/gzip.hpp>
#include <wick/data/idx_array.hpp>

#include <cstdint>
#include <optional>

WICK_BEGIN_NAMESPACE

/// Reads an IDX file, plain or compressed with gzip: the content decides, not the
/// name. `contents_limit` bounds the file and its decompressed contents, in bytes; without one it is 1 GiB,
/// and default_gunzip_limit() for contents. Throws FileError when it cannot be read, FormatError when its
/// content is wrong.
[[nodiscard]] inline IdxArray read_idx(const FilePath& path,
                                       std::optional<std::uint64_t> contents_limit = {}) {
  return detail::read_idx_by(stbi_zlib_decode_noheader_buffer, path, contents_limit);
}

WICK_END_NAMESPACE
