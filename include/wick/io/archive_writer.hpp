#pragma once

// Archive -> bytes.

#include <wick/core/shape.hpp>
#include <wick/io/archive.hpp>
#include <wick/io/archive_format.hpp>
#include <wick/io/atomic_file.hpp>
#include <wick/io/bytes.hpp>
#include <wick/io/crc32c.hpp>
#include <wick/io/file_kind.hpp>

#include <array>
#include <bit>
#include <filesystem>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

/// `bytes` of items of `size` bytes in little-endian order; `storage` is used only on
/// machines of the other order.
[[nodiscard]] inline std::span<const std::byte> little_endian(std::span<const std::byte> bytes,
                                                              std::size_t size,
                                                              std::vector<std::byte>& storage) {
  if constexpr (std::endian::native == std::endian::little) {
    return bytes;
  } else {
    storage.assign(bytes.begin(), bytes.end());
    for (auto it = storage.begin(); it != storage.end(); it += static_cast<std::ptrdiff_t>(size)) {
      std::reverse(it, it + static_cast<std::ptrdiff_t>(size));
    }
    return storage;
  }
}

class SectionWriter {
 public:
  SectionWriter(ByteWriter& out, const ArchiveFormat::Tag& tag, std::uint32_t flags) : out_(out) {
    out_.put_bytes(std::as_bytes(std::span(tag)));
    out_.put(flags);
    length_at_ = out_.size();
    out_.put(std::uint64_t{0});
  }
  SectionWriter(const SectionWriter&) = delete;
  SectionWriter& operator=(const SectionWriter&) = delete;
  ~SectionWriter() {
    out_.patch(length_at_, static_cast<std::uint64_t>(out_.size() - length_at_ - sizeof(std::uint64_t)));
    out_.pad(ArchiveFormat::section_alignment);
  }

 private:
  ByteWriter& out_;
  std::size_t length_at_;
};

inline void put_attribute(ByteWriter& out, const Attribute& value) {
  out.put(static_cast<std::uint8_t>(value.index()));
  const auto put_list = [&out](const auto& list, auto&& put_one) {
    out.put(static_cast<std::uint64_t>(list.size()));
    for (const auto& x : list) put_one(x);
  };
  const auto put_i64 = [&out](std::int64_t x) { out.put_i64(x); };
  const auto put_f64 = [&out](double x) { out.put_f64(x); };
  const auto put_text = [&out](const std::string& x) { out.put_string(x); };
  std::visit(
      [&]<class A>(const A& x) {
        if constexpr (std::is_same_v<A, bool>) {
          out.put(static_cast<std::uint8_t>(x ? 1 : 0));
        } else if constexpr (std::is_same_v<A, std::int64_t>) {
          put_i64(x);
        } else if constexpr (std::is_same_v<A, double>) {
          put_f64(x);
        } else if constexpr (std::is_same_v<A, std::string>) {
          put_text(x);
        } else if constexpr (std::is_same_v<A, std::vector<std::int64_t>>) {
          put_list(x, put_i64);
        } else if constexpr (std::is_same_v<A, std::vector<double>>) {
          put_list(x, put_f64);
        } else {
          put_list(x, put_text);
        }
      },
      value);
}

}  // namespace detail

/// Passes the bytes of `archive` to `sink(std::span<const std::byte>)`, in order.
///
/// Equal archives give equal bytes. The tensors' bytes are handed on as they lie, not
/// copied.
template <class Sink>
void encode_archive(const Archive& archive, Sink&& sink) {
  using Format = detail::ArchiveFormat;
  struct Blob {
    const AnyTensor* tensor;
    std::uint64_t offset;
  };
  const auto align = [](std::uint64_t n) {
    return (n + Format::blob_alignment - 1) / Format::blob_alignment * Format::blob_alignment;
  };

  std::vector<std::byte> swapped;
  std::vector<Blob> blobs;
  std::uint64_t payload = 0;
  ByteWriter header;
  if (archive.architecture) {
    const Architecture& a = *archive.architecture;
    const detail::SectionWriter section(header, Format::architecture, Format::required);
    header.put_string(a.type);
    header.put(static_cast<std::uint64_t>(a.input_size));
    header.put(static_cast<std::uint64_t>(a.output_size));
    header.put(static_cast<std::uint64_t>(a.hidden_layers.size()));
    for (const Index size : a.hidden_layers) header.put(static_cast<std::uint64_t>(size));
    header.put_f64(a.dropout);
  }
  for (const auto& [group, state_dict] : archive.tensors) {
    const detail::SectionWriter section(header, Format::tensors, Format::required);
    header.put_string(group);
    header.put(static_cast<std::uint64_t>(state_dict.size()));
    for (const auto& [name, tensor] : state_dict) {
      payload = align(payload);
      header.put_string(name);
      header.put(static_cast<std::uint8_t>(tensor.dtype()));
      header.put(static_cast<std::uint8_t>(tensor.shape().dim()));
      for (const Index d : tensor.shape().dims()) header.put(static_cast<std::uint64_t>(d));
      header.put(payload);
      header.put(static_cast<std::uint64_t>(tensor.bytes().size()));
      header.put(crc32c(detail::little_endian(tensor.bytes(), item_size(tensor.dtype()), swapped)));
      blobs.push_back({&tensor, payload});
      payload += tensor.bytes().size();
    }
  }
  for (const auto& [group, attributes] : archive.attributes) {
    const detail::SectionWriter section(header, Format::attributes, 0);
    header.put_string(group);
    header.put(static_cast<std::uint64_t>(attributes.size()));
    for (const auto& [name, value] : attributes) {
      header.put_string(name);
      detail::put_attribute(header, value);
    }
  }

  const std::uint64_t payload_offset = align(Format::preamble_bytes + header.size());
  ByteWriter preamble;
  preamble.put_bytes(std::as_bytes(std::span(checkpoint_magic)));
  preamble.put(Format::version);
  preamble.put(Format::minimum_reader);
  preamble.put(static_cast<std::uint64_t>(header.size()));
  preamble.put(payload_offset);
  preamble.put(payload);
  preamble.put(crc32c(header.bytes()));
  while (preamble.size() < Format::at_preamble_crc) preamble.put(std::uint8_t{0});
  preamble.put(crc32c(preamble.bytes()));

  constexpr std::array<std::byte, Format::blob_alignment> zeros{};
  sink(preamble.bytes());
  sink(header.bytes());
  sink(std::span(zeros).first(
      static_cast<std::size_t>(payload_offset - Format::preamble_bytes - header.size())));
  std::uint64_t written = 0;
  for (const Blob& blob : blobs) {
    sink(std::span(zeros).first(static_cast<std::size_t>(blob.offset - written)));
    sink(detail::little_endian(blob.tensor->bytes(), item_size(blob.tensor->dtype()), swapped));
    written = blob.offset + blob.tensor->bytes().size();
  }
}

/// Writes `archive` to `path`, replacing it as a whole (see AtomicFile). Throws
/// FileError; an existing file is intact then.
inline void write_archive(const std::filesystem::path& path, const Archive& archive) {
  AtomicFile file(path);
  encode_archive(archive, [&file](std::span<const std::byte> bytes) { file.write(bytes); });
  file.commit();
}

/// Writes `archive` to a binary stream. Throws FileError when the stream fails.
inline void write_archive(std::ostream& out, const Archive& archive) {
  encode_archive(archive, [&out](std::span<const std::byte> bytes) {
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  });
  if (!out.flush()) throw FileError("<stream>", "cannot write the checkpoint");
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
