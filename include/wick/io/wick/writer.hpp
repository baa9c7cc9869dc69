#pragma once

// Archive -> bytes.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/number.hpp>
#include <wick/checksum/crc32c.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/bytes/atomic_file.hpp>
#include <wick/io/bytes/buffered_sink.hpp>
#include <wick/io/bytes/bytes.hpp>
#include <wick/io/bytes/file_kind.hpp>
#include <wick/io/bytes/tensor_bytes.hpp>
#include <wick/io/wick/detail/format.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

class SectionWriter {
 public:
  SectionWriter(ByteWriter& out, const ArchiveFormat::Tag& tag, std::uint32_t flags) : out_(out) {
    out_.put_bytes(std::as_bytes(std::span(tag)));
    out_.put(flags);
    length_at_ = out_.size();  // NOLINT(cppcoreguidelines-prefer-member-initializer): after the two above
    out_.put(std::uint64_t{0});
  }
  SectionWriter(const SectionWriter&) = delete;
  SectionWriter& operator=(const SectionWriter&) = delete;
  ~SectionWriter() {
    out_.patch(length_at_,
               detail::as_integer<std::uint64_t>(out_.size() - length_at_ - sizeof(std::uint64_t)));
    out_.pad(ArchiveFormat::section_alignment);
  }

 private:
  ByteWriter& out_;
  std::size_t length_at_;
};

/// A name or text that readers accept. Throws OptionError for others, which says `what` it is and, quoted,
/// `of` which name.
inline void put_text(ByteWriter& out, std::string_view text, const char* what,
                     const std::optional<std::string_view>& of = {}) {
  const auto fail = [&](const std::string& problem) {
    throw OptionError(std::string("write_archive: ") + what + (of ? " " + quoted_name(*of) : "") + problem);
  };
  if (text.size() > (std::numeric_limits<std::uint32_t>::max)()) {
    fail(" has " + std::to_string(text.size()) + " bytes, at most 2^32 - 1 can be written");
  }
  if (!ByteReader::is_utf8(text)) fail(" is not UTF-8; store other bytes as a uint8 tensor");
  out.put_string(text);
}

inline void put_architecture(ByteWriter& out, const Architecture& a) {
  const auto put_size = [&out](Index size, const char* what) {
    if (size < 1) {
      throw OptionError(std::string("write_archive: ") + what + " must be >= 1, got " + std::to_string(size));
    }
    out.put(static_cast<std::uint64_t>(size));
  };
  put_text(out, a.type, "the class name");
  put_size(a.input_size, "the input size");
  put_size(a.output_size, "the output size");
  out.put(detail::as_integer<std::uint64_t>(a.hidden_layers.size()));
  for (const Index size : a.hidden_layers) put_size(size, "a hidden layer's size");
  if (!(a.dropout >= 0 && a.dropout <= 1)) {
    throw OptionError("write_archive: dropout must be in [0, 1], got " + python_repr(a.dropout));
  }
  out.put_f64(a.dropout);
}

inline void put_attribute(ByteWriter& out, const std::string& name, const Attribute& value) {
  out.put(static_cast<std::uint8_t>(value.index()));
  const auto put_list = [&out](const auto& list, auto&& put_one) {
    out.put(static_cast<std::uint64_t>(list.size()));
    for (const auto& x : list) put_one(x);
  };
  const auto put_i64 = [&out](std::int64_t x) { out.put_i64(x); };
  const auto put_f64 = [&out](double x) { out.put_f64(x); };
  const auto put_string = [&](const std::string& x) { put_text(out, x, "the attribute", name); };
  std::visit(
      [&]<class Value>(const Value& x) {
        if constexpr (std::is_same_v<Value, bool>) {
          out.put(static_cast<std::uint8_t>(x ? 1 : 0));
        } else if constexpr (std::is_same_v<Value, std::int64_t>) {
          put_i64(x);
        } else if constexpr (std::is_same_v<Value, double>) {
          put_f64(x);
        } else if constexpr (std::is_same_v<Value, std::string>) {
          put_string(x);
        } else if constexpr (std::is_same_v<Value, std::vector<std::int64_t>>) {
          put_list(x, put_i64);
        } else if constexpr (std::is_same_v<Value, std::vector<double>>) {
          put_list(x, put_f64);
        } else if constexpr (std::is_same_v<Value, std::vector<std::string>>) {
          put_list(x, put_string);
        } else {
          static_assert(std::is_same_v<Value, std::monostate>, "nothing follows the type");
        }
      },
      value);
}

/// The oldest format version that has all that is in `archive`.
[[nodiscard]] inline std::uint32_t version_for(const Archive& archive) noexcept {
  for (const auto& [group, attributes] : archive.attributes) {
    for (const auto& [name, value] : attributes) {
      if (std::holds_alternative<std::monostate>(value)) return ArchiveFormat::version_of_null;
    }
  }
  return ArchiveFormat::oldest_version;
}

}  // namespace detail

/// Passes the bytes of `archive` to `sink(std::span<const std::byte>)`, in order.
///
/// Equal archives give equal bytes. The tensors' bytes are handed on as they lie, not
/// copied. Throws OptionError, before the first byte, for what no reader accepts:
/// names and texts that are not UTF-8, two groups of one name, an architecture with
/// sizes < 1 or a dropout outside [0, 1].
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

  const auto require_once = [](bool once, const char* what, const std::string& group) {
    if (!once) {
      throw OptionError(std::string("write_archive: the ") + what + " " + detail::quoted_name(group) +
                        " are given twice");
    }
  };

  std::vector<std::byte> swapped;
  std::vector<Blob> blobs;
  std::uint64_t payload = 0;
  ByteWriter header;
  if (archive.architecture) {
    const detail::SectionWriter section(header, Format::architecture, Format::required);
    detail::put_architecture(header, *archive.architecture);
  }
  for (const auto& [group, state_dict] : archive.tensors) {
    require_once(archive.find_tensors(group) == &state_dict, "tensors", group);
    const detail::SectionWriter section(header, Format::tensors, Format::required);
    detail::put_text(header, group, "the name of a group of tensors");
    header.put(static_cast<std::uint64_t>(state_dict.size()));
    for (const auto& [name, tensor] : state_dict) {
      payload = align(payload);
      detail::put_text(header, name, "the name of a tensor of group", group);
      header.put(static_cast<std::uint8_t>(tensor.dtype()));
      header.put(static_cast<std::uint8_t>(tensor.shape().dim()));
      for (const Index d : tensor.shape().dims()) header.put(static_cast<std::uint64_t>(d));
      header.put(payload);
      header.put(static_cast<std::uint64_t>(tensor.bytes().size()));
      header.put(crc32c(detail::little_endian(tensor.bytes(), number_size(tensor.dtype()), swapped)));
      blobs.push_back({&tensor, payload});
      payload += tensor.bytes().size();
    }
  }
  for (const auto& [group, attributes] : archive.attributes) {
    require_once(archive.find_attributes(group) == &attributes, "attributes", group);
    const detail::SectionWriter section(header, Format::attributes, 0);
    detail::put_text(header, group, "the name of a group of attributes");
    header.put(static_cast<std::uint64_t>(attributes.size()));
    for (const auto& [name, value] : attributes) {
      detail::put_text(header, name, "the name of an attribute of group", group);
      detail::put_attribute(header, name, value);
    }
  }

  const std::uint64_t payload_offset = align(Format::preamble_bytes + header.size());
  ByteWriter preamble;
  preamble.put_bytes(std::as_bytes(std::span(checkpoint_magic)));
  const std::uint32_t version = detail::version_for(archive);
  preamble.put(version);
  preamble.put(version);  // the oldest that readers have to know
  preamble.put(detail::as_integer<std::uint64_t>(header.size()));
  preamble.put(payload_offset);
  preamble.put(payload);
  preamble.put(crc32c(header.bytes()));
  while (preamble.size() < Format::at_preamble_crc) preamble.put(std::uint8_t{0});
  preamble.put(crc32c(preamble.bytes()));

  constexpr std::array<std::byte, Format::blob_alignment> zeros{};
  sink(preamble.bytes());
  sink(header.bytes());
  sink(std::span(zeros).first(
      detail::as_integer<std::size_t>(payload_offset - Format::preamble_bytes - header.size())));
  std::uint64_t written = 0;
  for (const Blob& blob : blobs) {
    sink(std::span(zeros).first(static_cast<std::size_t>(blob.offset - written)));
    sink(detail::little_endian(blob.tensor->bytes(), number_size(blob.tensor->dtype()), swapped));
    written = blob.offset + blob.tensor->bytes().size();
  }
}

/// The bytes of `archive`, to be kept in memory or inside another file. Throws as above.
[[nodiscard]] inline std::vector<std::byte> encode_archive(const Archive& archive) {
  std::vector<std::byte> bytes;
  const auto write = [&bytes](std::span<const std::byte> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
  };
  encode_archive(archive, ByteSink(write));
  return bytes;
}

/// Writes `archive` to `path`, replacing it as a whole (see AtomicFile). Throws
/// FileError, and OptionError as encode_archive() does; an existing file is intact then.
template <class File = AtomicFile>
void write_archive(const Archive& archive, const std::filesystem::path& path,
                   const SaveOptions& options = {}) {
  File file(path, options);
  const auto write = [&file](std::span<const std::byte> bytes) { file.write(bytes); };
  const ByteSink sink(write);
  BufferedSink buffered(sink);
  encode_archive(archive, ByteSink(buffered));
  buffered.flush();
  file.commit();
}

/// Writes `archive` to a binary stream. Throws FileError when the stream fails, and
/// OptionError as encode_archive() does.
inline void write_archive(const Archive& archive, std::ostream& out) {
  const auto write = [&out](std::span<const std::byte> bytes) {
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  encode_archive(archive, ByteSink(write));
  if (!out.flush()) throw FileError("<stream>", "cannot write the checkpoint");
}

WICK_END_NAMESPACE
