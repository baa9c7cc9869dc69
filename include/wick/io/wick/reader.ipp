#pragma once

// Definitions of io/wick/reader.hpp.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/file.hpp>
#include <wick/base/printable.hpp>
#include <wick/checksum/crc32c.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/bytes/bytes.hpp>
#include <wick/io/bytes/contents.hpp>
#include <wick/io/bytes/file_kind.hpp>
#include <wick/io/bytes/tensor_bytes.hpp>
#include <wick/io/wick/detail/format.hpp>
#include <wick/io/wick/reader.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// One pass over a checkpoint. Every number is checked against the bytes that are
/// there before it is used, and nothing is handed out before all checks passed.
class ArchiveParser {
 public:
  ArchiveParser(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, std::string name,
                const ArchiveLimits& limits)
      : bytes_(bytes), owner_(std::move(owner)), name_(std::move(name)), limits_(limits) {}

  [[nodiscard]] Archive parse() {
    parse_preamble();
    parse_sections();
    if (next_blob_ != payload_.size()) {
      fail(payload_offset_ + next_blob_, "the payload has " + std::to_string(payload_.size()) +
                                             " bytes, the tensors take up " + std::to_string(next_blob_));
    }
    return std::move(archive_);
  }

 private:
  using Format = ArchiveFormat;

  [[noreturn]] void fail(std::uint64_t offset, const std::string& what) const {
    throw FormatError(name_, offset, what);
  }

  void parse_preamble() {
    const FileKind kind = file_kind(bytes_);
    if (kind != FileKind::wick)
      throw FormatError(name_, "expected a wick checkpoint, got " + std::string(describe(kind)));
    if (bytes_.size() < Format::preamble_bytes) {
      fail(bytes_.size(), "the file ends within its first " + std::to_string(Format::preamble_bytes) +
                              " bytes; it is truncated");
    }
    ByteReader in(bytes_.first(Format::preamble_bytes), name_);
    static_cast<void>(in.take(checkpoint_magic.size(), "magic"));
    const auto version = in.get<std::uint32_t>("format version");
    const auto minimum = in.get<std::uint32_t>("minimum reader version");
    const auto header_length = in.get<std::uint64_t>("header length");
    payload_offset_ = in.get<std::uint64_t>("payload offset");
    const auto payload_length = in.get<std::uint64_t>("payload length");
    const auto header_crc = in.get<std::uint32_t>("header checksum");
    const auto reserved = in.take(Format::at_preamble_crc - Format::at_header_crc - 4, "reserved bytes");
    const auto preamble_crc = in.get<std::uint32_t>("preamble checksum");
    if (crc32c(bytes_.first(Format::at_preamble_crc)) != preamble_crc) {
      fail(Format::at_preamble_crc, "the checksum of the first 60 bytes is wrong; the file is damaged");
    }
    if (version < 1 || minimum < 1 || minimum > version) {
      fail(Format::at_version, "format version " + std::to_string(version) + " with minimum reader version " +
                                   std::to_string(minimum) + " makes no sense");
    }
    if (minimum > Format::version) {
      fail(Format::at_minimum_reader, "the file needs a reader of format version " + std::to_string(minimum) +
                                          ", this one reads up to " + std::to_string(Format::version) +
                                          "; use a newer wick");
    }
    minimum_reader_ = minimum;
    if (version <= Format::version &&
        std::ranges::any_of(reserved, [](std::byte b) { return b != std::byte{0}; })) {
      fail(Format::at_header_crc + 4, "reserved bytes must be zero");
    }
    if (header_length > bytes_.size() - Format::preamble_bytes) {
      fail(Format::at_header_length, "the header has " + std::to_string(header_length) + " bytes, but only " +
                                         std::to_string(bytes_.size() - Format::preamble_bytes) +
                                         " follow; the file is truncated");
    }
    if (header_length > limits_.header_bytes) {
      fail(Format::at_header_length, "the header has " + std::to_string(header_length) +
                                         " bytes, the limit is " + std::to_string(limits_.header_bytes) +
                                         " (ArchiveLimits::header_bytes)");
    }
    const std::uint64_t expected_offset =
        (Format::preamble_bytes + header_length + Format::blob_alignment - 1) / Format::blob_alignment *
        Format::blob_alignment;
    if (payload_offset_ != expected_offset) {
      fail(Format::at_payload_offset, "the payload must begin at byte " + std::to_string(expected_offset) +
                                          ", not " + std::to_string(payload_offset_));
    }
    const auto end = checked_add(payload_offset_, payload_length);
    if (!end || *end != bytes_.size()) {
      fail(Format::at_payload_length,
           "expected " + (end ? std::to_string(*end) : "more than 2^64") + " bytes (" +
               std::to_string(payload_offset_) + " + " + std::to_string(payload_length) +
               " of tensors), the file has " + std::to_string(bytes_.size()) +
               (end && *end < bytes_.size() ? "; something was appended" : "; it is truncated"));
    }
    header_ = bytes_.subspan(Format::preamble_bytes, static_cast<std::size_t>(header_length));
    payload_ = bytes_.subspan(detail::as_integer<std::size_t>(payload_offset_));
    if (crc32c(header_) != header_crc) {
      fail(Format::at_header_crc, "the checksum of the header is wrong; the file is damaged");
    }
    require_zeros(Format::preamble_bytes + header_length, payload_offset_);
  }

  void parse_sections() {
    ByteReader in(header_, name_, Format::preamble_bytes);
    while (in.left() > 0) {
      const std::uint64_t at = in.offset();
      Format::Tag tag{};
      const auto raw = in.take(tag.size(), "section tag");
      std::ranges::transform(raw, tag.begin(), [](std::byte b) { return static_cast<char>(b); });
      const auto flags = in.get<std::uint32_t>("section flags");
      const auto length = in.get<std::uint64_t>("section length");
      const std::uint64_t body_at = in.offset();
      ByteReader body(in.take(length, "section"), name_, body_at);
      in.skip_padding(Format::section_alignment);
      if ((flags & ~Format::required) != 0) fail(at, "unknown section flags " + std::to_string(flags));
      if (tag == Format::architecture) {
        parse_architecture(body, at);
      } else if (tag == Format::tensors) {
        parse_tensors(body, at);
      } else if (tag == Format::attributes) {
        parse_attributes(body, at);
      } else if ((flags & Format::required) != 0) {
        fail(at, "the file needs the section \"" + printable(tag) + "\", which format version " +
                     std::to_string(Format::version) + " does not have; use a newer wick");
      } else {
        continue;  // An optional section of a later version.
      }
      if (body.left() != 0) {
        fail(body.offset(),
             "section \"" + printable(tag) + "\" has " + std::to_string(body.left()) + " bytes too many");
      }
    }
  }

  void parse_architecture(ByteReader& in, std::uint64_t at) {
    if (archive_.architecture) fail(at, "the architecture is given twice");
    Architecture a;
    a.type = in.get_string("class name", limits_.name_bytes, "ArchiveLimits::name_bytes");
    a.input_size = get_size(in, "input size");
    a.output_size = get_size(in, "output size");
    const auto layers = in.get_count("number of hidden layers", sizeof(std::uint64_t));
    for (std::uint64_t i = 0; i < layers; ++i) a.hidden_layers.push_back(get_size(in, "hidden layer size"));
    a.dropout = in.get_f64("dropout");
    if (!(a.dropout >= 0 && a.dropout <= 1)) in.fail("the dropout probability must be in [0, 1]");
    archive_.architecture = std::move(a);
  }

  static Index get_size(ByteReader& in, const char* what) {
    const auto size = in.get<std::uint64_t>(what);
    if (size < 1 || size > static_cast<std::uint64_t>((std::numeric_limits<Index>::max)())) {
      in.fail(std::string(what) + " " + std::to_string(size) + " is out of range");
    }
    return static_cast<Index>(size);
  }

  // Groups are looked up one after the other: thousands would take quadratic time.
  void count_group(const ByteReader& in) {
    if (++groups_ > limits_.groups) {
      in.fail("the file has " + std::to_string(groups_) + " groups or more, the limit is " +
              std::to_string(limits_.groups) + " (ArchiveLimits::groups)");
    }
  }

  void parse_tensors(ByteReader& in, std::uint64_t at) {
    const std::string group = in.get_string("group name", limits_.name_bytes, "ArchiveLimits::name_bytes");
    count_group(in);
    if (archive_.find_tensors(group) != nullptr)
      fail(at, "the tensors " + quoted_name(group) + " are given twice");
    constexpr std::uint64_t smallest_entry = 4 + 1 + 1 + 8 + 8 + 4;
    const auto count = in.get_count("number of tensors", smallest_entry);
    tensors_ += count;
    if (tensors_ > limits_.tensors) {
      in.fail("the file has " + std::to_string(tensors_) + " tensors or more, the limit is " +
              std::to_string(limits_.tensors) + " (ArchiveLimits::tensors)");
    }
    StateDict state_dict;
    for (std::uint64_t i = 0; i < count; ++i) {
      auto [name, tensor] = parse_tensor(in);
      if (state_dict.contains(name)) fail(at, "the tensor " + quoted_name(name) + " is given twice");
      state_dict.insert(std::move(name), tensor);
    }
    archive_.add_tensors(group, std::move(state_dict));
  }

  StateDict::Entry parse_tensor(ByteReader& in) {
    std::string name = in.get_string("tensor name", limits_.name_bytes, "ArchiveLimits::name_bytes");
    const auto where = [&] { return "tensor " + quoted_name(name); };
    const auto code = in.get<std::uint8_t>("dtype");
    const auto dtype = std::ranges::find(all_dtypes, static_cast<DType>(code));
    if (dtype == all_dtypes.end()) in.fail(where() + " has the unknown dtype " + std::to_string(code));
    const auto rank = in.get<std::uint8_t>("number of dimensions");
    if (rank > Shape::max_rank) {
      in.fail(where() + " has " + std::to_string(rank) + " dimensions, at most " +
              std::to_string(Shape::max_rank) + " are supported");
    }
    std::array<Index, Shape::max_rank> dims{};
    for (std::size_t d = 0; d < rank; ++d) {
      const auto size = in.get<std::uint64_t>("dimension");
      if (size > static_cast<std::uint64_t>((std::numeric_limits<Index>::max)())) {
        in.fail(where() + " has a dimension of " + std::to_string(size));
      }
      dims[d] = static_cast<Index>(size);
    }
    const std::span<const Index> shape_dims(dims.data(), rank);
    const auto offset = in.get<std::uint64_t>("tensor offset");
    const auto length = in.get<std::uint64_t>("tensor length");
    const auto crc = in.get<std::uint32_t>("tensor checksum");

    const auto count = checked_numel(shape_dims);
    const auto expected = count ? checked_mul(*count, item_size(*dtype)) : std::nullopt;
    if (!expected || *expected != length) {
      in.fail(where() + " of " + std::to_string(length) + " bytes does not match its shape and dtype");
    }
    const std::uint64_t begin =
        (next_blob_ + Format::blob_alignment - 1) / Format::blob_alignment * Format::blob_alignment;
    const auto end = checked_add(offset, length);
    if (offset != begin || !end || *end > payload_.size()) {
      in.fail(where() + " must lie at byte " + std::to_string(begin) + " of the payload and within its " +
              std::to_string(payload_.size()) + " bytes, got " + std::to_string(offset) + " and length " +
              std::to_string(length));
    }
    require_zeros(payload_offset_ + next_blob_, payload_offset_ + offset);
    next_blob_ = *end;
    const auto blob = payload_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
    if (crc32c(blob) != crc) {
      fail(payload_offset_ + offset, "the checksum of " + where() + " is wrong; the file is damaged");
    }
    return {std::move(name), tensor_from_little_endian(*dtype, Shape(shape_dims), blob, owner_)};
  }

  void parse_attributes(ByteReader& in, std::uint64_t at) {
    std::string group = in.get_string("group name", limits_.name_bytes, "ArchiveLimits::name_bytes");
    count_group(in);
    if (archive_.find_attributes(group) != nullptr)
      fail(at, "the attributes " + quoted_name(group) + " are given twice");
    // An empty name, and the type of null, which nothing follows.
    constexpr std::uint64_t smallest_entry = 4 + 1;
    const auto count = in.get_count("number of attributes", smallest_entry);
    attributes_ += count;
    if (attributes_ > limits_.attributes) {
      in.fail("the file has " + std::to_string(attributes_) + " attributes or more, the limit is " +
              std::to_string(limits_.attributes) + " (ArchiveLimits::attributes)");
    }
    Attributes attributes;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::string name =
          in.get_string("attribute name", limits_.name_bytes, "ArchiveLimits::name_bytes");
      if (attributes.contains(name)) fail(at, "the attribute " + quoted_name(name) + " is given twice");
      attributes.set(name, parse_attribute(in));
    }
    archive_.add_attributes(group, std::move(attributes));
  }

  Attribute parse_attribute(ByteReader& in) const {
    const auto read_list = [&in]<class List>(List list, std::uint64_t item_bytes, auto&& read_one) {
      const auto n = in.get_count("list length", item_bytes);
      list.reserve(static_cast<std::size_t>(n));
      for (std::uint64_t i = 0; i < n; ++i) list.push_back(read_one());
      return list;
    };
    switch (const auto type = in.get<std::uint8_t>("attribute type")) {
      case 0: {
        const auto value = in.get<std::uint8_t>("boolean");
        if (value > 1) in.fail("a boolean must be 0 or 1, got " + std::to_string(value));
        return value == 1;
      }
      case 1:
        return in.get_i64("integer");
      case 2:
        return in.get_f64("number");
      case 3:
        return in.get_string("text", limits_.text_bytes, "ArchiveLimits::text_bytes");
      case 4:
        return read_list(std::vector<std::int64_t>{}, 8, [&] { return in.get_i64("integer"); });
      case 5:
        return read_list(std::vector<double>{}, 8, [&] { return in.get_f64("number"); });
      case 6:
        return read_list(std::vector<std::string>{}, 4, [&] {
          return in.get_string("text", limits_.text_bytes, "ArchiveLimits::text_bytes");
        });
      case 7:
        if (minimum_reader_ < ArchiveFormat::version_of_null)
          in.fail("attribute type 7 in a file for readers of format version 1");
        return std::monostate();
      default:
        in.fail("unknown attribute type " + std::to_string(type));
    }
  }

  void require_zeros(std::uint64_t from, std::uint64_t to) const {
    for (std::uint64_t i = from; i < to; ++i) {
      if (bytes_[detail::as_integer<std::size_t>(i)] != std::byte{0})
        fail(i, "padding must be zero; the file is damaged");
    }
  }

  static std::string printable(const Format::Tag& tag) {
    std::string text;
    for (const char c : tag) text += c >= ' ' && c <= '~' ? c : '?';
    return text;
  }

  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> owner_;
  std::string name_;
  ArchiveLimits limits_;
  std::span<const std::byte> header_;
  std::span<const std::byte> payload_;
  std::uint64_t payload_offset_ = 0;
  std::uint32_t minimum_reader_ = 0;
  std::uint64_t next_blob_ = 0;
  std::uint64_t groups_ = 0;
  std::uint64_t tensors_ = 0;
  std::uint64_t attributes_ = 0;
  Archive archive_;
};

}  // namespace detail

WICK_INLINE Archive view_archive(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                 std::string name, const ArchiveLimits& limits) {
  return detail::ArchiveParser(bytes, std::move(owner), std::move(name), limits).parse();
}

WICK_INLINE Archive read_archive(const std::filesystem::path& path, const ArchiveLimits& limits) {
  auto bytes = std::make_shared<const Buffer<std::byte>>(detail::read_contents(
      path,
      {limits.file_bytes, limits.stream_bytes, "ArchiveLimits::file_bytes", "ArchiveLimits::stream_bytes"}));
  const std::span<const std::byte> view(bytes->data(), static_cast<std::size_t>(bytes->size()));
  return view_archive(view, std::move(bytes), display_name(path), limits);
}

WICK_INLINE Archive read_archive(std::span<const std::byte> bytes, const ArchiveLimits& limits) {
  auto copy = std::make_shared<Buffer<std::byte>>(static_cast<Index>(bytes.size()));
  std::copy(bytes.begin(), bytes.end(), copy->data());
  const std::span<const std::byte> view(copy->data(), bytes.size());
  return view_archive(view, std::move(copy), "<memory>", limits);
}

WICK_END_NAMESPACE
