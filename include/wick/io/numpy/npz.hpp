#pragma once

// Archives of NumPy: .npz files, several arrays by name.

#include <wick/io/bytes/save_options.hpp>
#include <wick/state/state_dict.hpp>

#include <cstddef>
#include <filesystem>
#include <istream>
#include <ostream>
#include <span>

WICK_BEGIN_NAMESPACE

/// Reads the arrays that numpy.savez or numpy.savez_compressed wrote, by their names and in their order;
/// those without a name are called arr_0, arr_1 and so on. Checksums are compared.
///
/// What is compressed may become 16 times as large as the file, and 1 GiB in any case: an archive of zeros
/// could ask for a thousand times its size. Throws as read_npy() does, and FormatError for an archive that is
/// damaged or asks for more, entries that are no arrays, and two arrays of one name.
[[nodiscard]] StateDict read_npz(const std::filesystem::path& path);
/// The same from the bytes of a file, which are copied.
[[nodiscard]] StateDict read_npz(std::span<const std::byte> bytes);
/// The same from a binary stream, up to its end.
[[nodiscard]] StateDict read_npz(std::istream& in);

/// Saves tensors as numpy.savez does, replacing the file as a whole (see AtomicFile): numpy.load gives them
/// back by name. Throws as write_npy() does, and OptionError for names that cannot be those of files in a zip
/// archive: empty, of more than 500 bytes, not UTF-8, with zero bytes, leading out of their folder.
void write_npz(const StateDict& arrays, const std::filesystem::path& path, const SaveOptions& options = {});
/// The same to a binary stream.
void write_npz(const StateDict& arrays, std::ostream& out);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/numpy/npz.ipp>
#endif
