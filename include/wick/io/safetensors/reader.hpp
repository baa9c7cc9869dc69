#pragma once

// Untrusted bytes of a safetensors file -> tensors and metadata.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/detail/sort_positions.hpp>
#include <wick/base/error.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/bytes/bytes.hpp>
#include <wick/io/bytes/file_kind.hpp>
#include <wick/io/bytes/json.hpp>
#include <wick/io/bytes/tensor_bytes.hpp>
#include <wick/io/safetensors/format.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/tensor/any_tensor.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// What a safetensors file holds, in the order of its header.
struct Safetensors {
  StateDict tensors;             ///< by name
  SafetensorsMetadata metadata;  ///< texts by name
};

namespace detail {

/// One pass over a file. Every number is checked against the bytes that are there, and no tensor is made
/// before all of them are known to tile the data.
class SafetensorsParser {
 public:
  SafetensorsParser(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, std::string name,
                    const ArchiveLimits& limits)
      : bytes_(bytes), owner_(std::move(owner)), name_(std::move(name)), limits_(limits) {}

  [[nodiscard]] Safetensors parse() {
    JsonReader json(header(), name_, Format::length_bytes);
    json.object("an object, the header", [&](const std::string& key) {
      if (key == Format::metadata_key) {
        parse_metadata(json);
      } else {
        parse_tensor(json, key);
      }
    });
    json.end();
    check_tiling();
    for (Claim& claim : claims_) {
      const auto data = data_.subspan(detail::as_integer<std::size_t>(claim.begin),
                                      detail::as_integer<std::size_t>(claim.end - claim.begin));
      result_.tensors.insert(std::move(claim.name),
                             tensor_from_little_endian(claim.dtype, claim.shape, data, owner_));
    }
    return std::move(result_);
  }

 private:
  using Format = SafetensorsFormat;
  /// What the header says of a tensor.
  struct Claim {
    std::string name;
    std::uint64_t at = 0;  ///< where the header says it
    DType dtype = DType::f32;
    Shape shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  [[noreturn]] void fail(std::uint64_t offset, const std::string& what) const {
    throw FormatError(name_, offset, what);
  }
  /// For faults of the first bytes, which other kinds of files have as well.
  [[noreturn]] void fail_at_start(std::uint64_t offset, const std::string& what) const {
    const FileKind kind = file_kind(bytes_);
    if (kind == FileKind::safetensors || kind == FileKind::unknown) fail(offset, what);
    fail(0, "expected a safetensors file, got " + std::string(describe(kind)));
  }

  std::string_view header() {
    if (bytes_.size() < Format::length_bytes) {
      fail_at_start(bytes_.size(), "the file has " + std::to_string(bytes_.size()) +
                                       " bytes, the length of the header alone takes 8; it is truncated");
    }
    const auto length = ByteReader(bytes_, name_).get<std::uint64_t>("the length of the header");
    const auto rest = bytes_.subspan(Format::length_bytes);
    const auto refuse = [&](const std::string& why) {
      fail_at_start(0, "the header has " + std::to_string(length) + " bytes, " + why);
    };
    if (length > Format::most_header_bytes) {
      refuse("the format allows " + std::to_string(Format::most_header_bytes));
    }
    if (length > rest.size()) {
      refuse("but only " + std::to_string(rest.size()) + " follow; the file is truncated");
    }
    if (length > limits_.header_bytes) {
      refuse("the limit is " + std::to_string(limits_.header_bytes) + " (ArchiveLimits::header_bytes)");
    }
    const auto raw = rest.first(static_cast<std::size_t>(length));
    data_ = rest.subspan(raw.size());
    const std::string_view text(reinterpret_cast<const char*>(raw.data()), raw.size());
    if (!text.starts_with('{')) {
      fail_at_start(Format::length_bytes, "the header must begin with '{'");
    }
    return text;
  }

  void parse_metadata(JsonReader& json) {
    json.object("an object, the metadata", [&](const std::string& key) {
      if (result_.metadata.size() == limits_.attributes) {
        json.fail("there are more than " + std::to_string(limits_.attributes) +
                  " texts of metadata, which is the limit (ArchiveLimits::attributes)");
      }
      result_.metadata.emplace_back(key, json.string("a text of metadata"));
    });
  }

  void parse_tensor(JsonReader& json, const std::string& name) {
    Claim claim;
    claim.name = name;
    claim.at = json.offset();
    if (claims_.size() == limits_.tensors) {
      json.fail("there are more than " + std::to_string(limits_.tensors) +
                " tensors, which is the limit (ArchiveLimits::tensors)");
    }
    if (name.size() > limits_.name_bytes) {
      json.fail("the name of a tensor has " + std::to_string(name.size()) + " bytes, the limit is " +
                std::to_string(limits_.name_bytes) + " (ArchiveLimits::name_bytes)");
    }
    const std::string tensor = "tensor " + python_quoted(name);
    bool has_dtype = false;
    bool has_shape = false;
    bool has_offsets = false;
    json.object(("an object for the " + tensor).c_str(), [&](const std::string& key) {
      if (key == "dtype") {
        claim.dtype = parse_dtype(json, tensor);
        has_dtype = true;
      } else if (key == "shape") {
        claim.shape = parse_shape(json, tensor);
        has_shape = true;
      } else if (key == "data_offsets") {
        std::tie(claim.begin, claim.end) = parse_offsets(json, tensor);
        has_offsets = true;
      } else {
        json.skip_value();
      }
    });
    const auto demand = [&](bool has, const char* what) {
      if (!has) json.fail(claim.at, tensor + " has no \"" + what + "\"");
    };
    demand(has_dtype, "dtype");
    demand(has_shape, "shape");
    demand(has_offsets, "data_offsets");
    claims_.push_back(std::move(claim));
  }
  static DType parse_dtype(JsonReader& json, const std::string& tensor) {
    const std::uint64_t at = json.next_offset();
    const std::string name = json.string("a dtype");
    const auto type = std::ranges::find(Format::types, name, &Format::Type::name);
    if (type == Format::types.end()) json.fail(at, tensor + " has the unknown dtype " + python_quoted(name));
    if (!type->dtype) {
      json.fail(at, tensor + " has the dtype " + name + "; elements of less than a byte are not read");
    }
    return *type->dtype;
  }
  static Shape parse_shape(JsonReader& json, const std::string& tensor) {
    const std::uint64_t at = json.next_offset();
    std::array<Index, Shape::max_rank> dims{};
    std::size_t rank = 0;
    std::uint64_t count = 1;
    json.array("an array, the shape", [&] {
      const std::uint64_t d = json.unsigned_integer("a dimension");
      if (rank == dims.size()) {
        json.fail(at, tensor + " has more than " + std::to_string(dims.size()) + " dimensions");
      }
      const auto product = checked_mul(count, d);
      constexpr auto most = static_cast<std::uint64_t>((std::numeric_limits<Index>::max)());
      if (!product || *product > most || d > most) json.fail(at, tensor + " has too many elements to count");
      count = *product;
      dims[rank++] = static_cast<Index>(d);
    });
    return Shape(std::span<const Index>(dims).first(rank));
  }
  static std::pair<std::uint64_t, std::uint64_t> parse_offsets(JsonReader& json, const std::string& tensor) {
    const std::uint64_t at = json.next_offset();
    std::array<std::uint64_t, 2> offsets{};
    std::size_t n = 0;
    json.array("an array, the offsets", [&] {
      const std::uint64_t offset = json.unsigned_integer("an offset");
      if (n < offsets.size()) offsets[n] = offset;
      ++n;
    });
    if (n != offsets.size()) {
      json.fail(at, tensor + " should have 2 offsets, it has " + std::to_string(n));
    }
    return {offsets[0], offsets[1]};
  }

  void check_tiling() const {
    const std::vector<std::size_t> order =
        sorted_positions(claims_.size(), [this](std::size_t a, std::size_t b) {
          const Claim& x = claims_[a];
          const Claim& y = claims_[b];
          return x.begin != y.begin ? x.begin < y.begin : x.end < y.end;
        });
    std::uint64_t end = 0;
    for (const std::size_t i : order) {
      const Claim* const c = &claims_[i];
      const auto span = [&] {
        return "tensor " + python_quoted(c->name) + " lies at bytes " + std::to_string(c->begin) + " to " +
               std::to_string(c->end) + " of the data, ";
      };
      if (c->begin != end) {
        fail(c->at, span() + "the one before it ends at " + std::to_string(end) +
                        "; there must be no holes and no overlaps");
      }
      if (c->end < c->begin) fail(c->at, span() + "it ends before it begins");
      const auto size = checked_mul(static_cast<std::uint64_t>(c->shape.numel()), item_size(c->dtype));
      if (!size || *size != c->end - c->begin) {
        fail(c->at, span() + "but has " + std::to_string(c->shape.numel()) + " elements of " +
                        std::to_string(item_size(c->dtype)) + " bytes");
      }
      end = c->end;
    }
    if (end != data_.size()) {
      fail(bytes_.size(), "the tensors take up " + std::to_string(end) + " bytes, the file has " +
                              std::to_string(data_.size()) + " bytes of data; " +
                              (end > data_.size() ? "it is truncated" : "something was appended"));
    }
  }

  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> owner_;
  std::string name_;
  ArchiveLimits limits_;
  std::span<const std::byte> data_;
  std::vector<Claim> claims_;
  Safetensors result_;
};

}  // namespace detail

/// Reads the bytes of a safetensors file, which `owner` keeps alive and nobody changes; the tensors are views
/// of them. `name` stands for the file in messages.
///
/// Throws FormatError for everything that the format forbids, also for what its reference implementation lets
/// pass (white space before the header, a name given twice); for elements of less than a byte; for more than
/// eight dimensions; and past the limits, of which the number of attributes holds for the metadata.
/// https://github.com/huggingface/safetensors#format
[[nodiscard]] inline Safetensors parse_safetensors(std::span<const std::byte> bytes,
                                                   std::shared_ptr<const void> owner, std::string name,
                                                   const ArchiveLimits& limits = {}) {
  return detail::SafetensorsParser(bytes, std::move(owner), std::move(name), limits).parse();
}

WICK_END_NAMESPACE
