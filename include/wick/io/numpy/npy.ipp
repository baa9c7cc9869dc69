#pragma once

// Definitions of io/numpy/npy.hpp.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/io/bytes/atomic_file.hpp>
#include <wick/io/bytes/stream_bytes.hpp>
#include <wick/io/bytes/tensor_bytes.hpp>
#include <wick/io/numpy/detail/npy_header.hpp>
#include <wick/io/numpy/npy.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Elements of `size` bytes that lie column by column, row by row.
inline void copy_from_fortran(std::span<const std::byte> from, const Shape& shape, std::size_t size,
                              std::span<std::byte> to) {
  const auto rank = static_cast<Index>(shape.dim());
  std::array<Index, Shape::max_rank> strides{};
  Index stride = 1;
  for (Index d = 0; d < rank; ++d) {
    strides[static_cast<std::size_t>(d)] = stride;
    stride *= shape[d];
  }
  std::array<Index, Shape::max_rank> at{};
  Index offset = 0;
  for (std::byte* out = to.data(); out != to.data() + to.size(); out += size) {
    std::memcpy(out, from.data() + static_cast<std::size_t>(offset) * size, size);
    for (Index d = rank; d-- > 0;) {
      const auto i = static_cast<std::size_t>(d);
      offset += strides[i];
      if (++at[i] < shape[d]) break;
      offset -= at[i] * strides[i];
      at[i] = 0;
    }
  }
}

WICK_INLINE AnyTensor view_npy(std::span<const std::byte> bytes, const std::shared_ptr<const void>& owner,
                               const std::string& name, std::uint64_t base) {
  const NpyHeader header = NpyHeaderParser(bytes, name, base).parse();
  const auto elements = bytes.subspan(header.data);
  const auto count = static_cast<std::uint64_t>(header.shape.numel());
  const auto expected = checked_mul(count, item_size(header.dtype));
  if (!expected || elements.size() != *expected) {
    throw FormatError(name, base + bytes.size(),
                      "npy: expected " + (expected ? std::to_string(*expected) : "more than 2^64") +
                          " bytes of elements for a " + std::string(name_of(header.dtype)) +
                          " array of shape " + header.shape.str() + ", got " +
                          std::to_string(elements.size()));
  }
  const bool turned = header.fortran_order && header.shape.dim() > 1;
  if (!turned && !header.big_endian)
    return tensor_from_little_endian(header.dtype, header.shape, elements, owner);
  const auto copy = std::make_shared<std::vector<std::byte>>(elements.size());
  if (turned) {
    copy_from_fortran(elements, header.shape, item_size(header.dtype), *copy);
  } else if (!elements.empty()) {
    std::memcpy(copy->data(), elements.data(), elements.size());
  }
  if (header.big_endian) swap_bytes(*copy, number_size(header.dtype));
  return tensor_from_little_endian(header.dtype, header.shape, *copy, copy);
}

WICK_INLINE std::vector<std::byte> npy_header(const AnyTensor& tensor) {
  std::string_view code;
  for (const NpyType& type : npy_types) {
    if (type.dtype == tensor.dtype()) code = type.code;
  }
  if (code.empty()) {
    throw OptionError("write_npy: NumPy has no dtype " + std::string(name_of(tensor.dtype())) +
                      "; convert the tensor to float32");
  }
  std::string text = "{'descr': '" + std::string(number_size(tensor.dtype()) == 1 ? "|" : "<") +
                     std::string(code) + "', 'fortran_order': False, 'shape': (";
  for (std::size_t d = 0; d < tensor.shape().dim(); ++d) {
    text += (d == 0 ? "" : ", ") + std::to_string(tensor.shape()[static_cast<Index>(d)]);
  }
  text += tensor.shape().dim() == 1 ? ",), }" : "), }";
  // As NumPy does: room for a larger first dimension, then elements from a multiple of 64 bytes on.
  constexpr std::size_t longest = 21;
  if (tensor.shape().dim() > 0) text.append(longest - std::to_string(tensor.shape()[0]).size(), ' ');
  constexpr std::size_t before = 10;
  while ((before + text.size() + 1) % 64 != 0) text += ' ';
  text += '\n';
  std::string header(npy_magic);
  header += {'\1', '\0', static_cast<char>(text.size() & 0xFFU), static_cast<char>(text.size() >> 8)};
  header += text;
  const auto bytes = std::as_bytes(std::span(header));
  return {bytes.begin(), bytes.end()};
}

}  // namespace detail

WICK_INLINE AnyTensor read_npy(const std::filesystem::path& path) {
  constexpr std::uint64_t most = (std::numeric_limits<std::uint64_t>::max)();
  const auto file = std::make_shared<const Buffer<std::byte>>(read_file(path, most));
  return detail::view_npy({file->data(), static_cast<std::size_t>(file->size())}, file, display_name(path));
}
WICK_INLINE AnyTensor read_npy(std::span<const std::byte> bytes) {
  const auto copy = std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
  return detail::view_npy(*copy, copy, "<memory>");
}
WICK_INLINE AnyTensor read_npy(std::istream& in) {
  constexpr std::uint64_t most = std::uint64_t{64} << 30;
  const auto bytes =
      std::make_shared<const Buffer<std::byte>>(detail::read_to_end(in, most, "<stream>", "64 GiB"));
  return detail::view_npy({bytes->data(), static_cast<std::size_t>(bytes->size())}, bytes, "<stream>");
}

WICK_INLINE void write_npy(const AnyTensor& tensor, const std::filesystem::path& path,
                           const SaveOptions& options) {
  const std::vector<std::byte> header = detail::npy_header(tensor);
  std::vector<std::byte> swapped;
  AtomicFile file(path, options);
  file.write(header);
  file.write(detail::little_endian(tensor.bytes(), number_size(tensor.dtype()), swapped));
  file.commit();
}
WICK_INLINE void write_npy(const AnyTensor& tensor, std::ostream& out) {
  const std::vector<std::byte> header = detail::npy_header(tensor);
  std::vector<std::byte> swapped;
  const auto elements = detail::little_endian(tensor.bytes(), number_size(tensor.dtype()), swapped);
  for (const std::span<const std::byte> part : {std::span<const std::byte>(header), elements}) {
    out.write(reinterpret_cast<const char*>(part.data()), static_cast<std::streamsize>(part.size()));
  }
  if (!out.flush()) throw FileError("<stream>", "cannot write the array");
}

WICK_END_NAMESPACE
