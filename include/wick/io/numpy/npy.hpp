#pragma once

// Arrays of NumPy: .npy files.

#include <wick/io/bytes/save_options.hpp>
#include <wick/tensor/any_tensor.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <istream>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Reads an array that numpy.save wrote: bool, integers and floats of 8 to 64 bits (float16 too), complex64
/// and complex128, of up to eight dimensions, in C or Fortran order and either byte order. The tensor has the
/// shape of the array and lies row by row.
///
/// Throws FileError when the file cannot be read, and FormatError, with the place, for everything else:
/// arrays of objects, texts, dates and records, which are named, headers that NumPy does not write, and
/// elements that are missing or left over. Sizes are compared with the bytes that are there before memory is
/// taken. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
[[nodiscard]] AnyTensor read_npy(const std::filesystem::path& path);
/// The same from the bytes of a file, which are copied.
[[nodiscard]] AnyTensor read_npy(std::span<const std::byte> bytes);
/// The same from a binary stream, up to its end.
[[nodiscard]] AnyTensor read_npy(std::istream& in);

/// Saves a tensor as numpy.save does, replacing the file as a whole (see AtomicFile): version 1.0,
/// little-endian, in C order. Throws FileError, and OptionError for a dtype that NumPy does not have
/// (bfloat16, floats of 8 bits); an existing file is intact then.
void write_npy(const AnyTensor& tensor, const std::filesystem::path& path, const SaveOptions& options = {});
/// The same to a binary stream.
void write_npy(const AnyTensor& tensor, std::ostream& out);
template <class T>
void write_npy(const Tensor<T>& tensor, const std::filesystem::path& path, const SaveOptions& options = {}) {
  write_npy(AnyTensor::copy_of(tensor), path, options);
}

namespace detail {

/// Reads the bytes of a .npy file, which `owner` keeps alive: the tensor is a view of them if they lie as it
/// does. `name` stands for the file in messages, `base` is where the bytes begin in it.
[[nodiscard]] AnyTensor view_npy(std::span<const std::byte> bytes, const std::shared_ptr<const void>& owner,
                                 const std::string& name, std::uint64_t base = 0);

/// The header of a .npy file of this tensor. Throws OptionError for a dtype that NumPy does not have.
[[nodiscard]] std::vector<std::byte> npy_header(const AnyTensor& tensor);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/numpy/npy.ipp>
#endif
