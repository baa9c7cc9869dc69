// The one place that knows the formats of files.

#include "files.hpp"

#include <wick/core/buffer.hpp>
#include <wick/core/error.hpp>
#include <wick/core/file.hpp>
#include <wick/io/any_file.hpp>
#include <wick/io/bytes.hpp>
#include <wick/io/file_kind.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

namespace tool {

namespace {

// No limit: the file is there, so its size is no lie.
constexpr std::uint64_t any_size = (std::numeric_limits<std::uint64_t>::max)();

using Bytes = std::shared_ptr<const wick::Buffer<std::byte>>;

std::span<const std::byte> span_of(const Bytes& bytes) {
  return {bytes->data(), static_cast<std::size_t>(bytes->size())};
}

bool is_torch(wick::FileKind kind) {
  return kind == wick::FileKind::zip || kind == wick::FileKind::legacy_torch;
}

Bytes load(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error) && std::filesystem::file_size(path, error) == 0 &&
      !error) {
    throw wick::FormatError(wick::display_name(path), 0, "the file is empty");
  }
  return std::make_shared<const wick::Buffer<std::byte>>(wick::read_file(path, any_size));
}

/// Everything but the archive.
File describe(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  File file;
  file.name = wick::display_name(path);
  file.size = bytes.size();
  const wick::FileKind kind = wick::file_kind(bytes);
  constexpr std::size_t at_version = 8;
  if (kind == wick::FileKind::wick && bytes.size() >= at_version + sizeof(std::uint32_t)) {
    file.format = "wick";
    file.version =
        wick::ByteReader(bytes.subspan(at_version), file.name).get<std::uint32_t>("format version");
    file.kind = "wick checkpoint, format version " + std::to_string(file.version);
  } else if (is_torch(kind)) {
    file.format = "torch";
    file.kind = kind == wick::FileKind::zip ? "PyTorch file" : "PyTorch file as before 1.6";
  } else {
    file.format = "safetensors";
    file.kind = "safetensors file";
  }
  return file;
}

void parse(File& file, const Bytes& bytes, const SourceOptions& source) {
  wick::ReadOptions options;
  options.archive.file_bytes = any_size;
  options.torch.file_bytes = any_size;
  options.torch.check_crc = !source.ignore_crc;
  options.torch.refuse_objects = source.refuse_objects;
  options.key = source.key;
  wick::AnyFile any = wick::view_any(span_of(bytes), bytes, file.name, options);
  file.archive = std::move(any.archive);
  file.notes = std::move(any.notes);
  file.unread = std::move(any.unread);
}

}  // namespace

File read(const std::filesystem::path& path, const SourceOptions& source) {
  const Bytes bytes = load(path);
  File file = describe(path, span_of(bytes));
  parse(file, bytes, source);
  return file;
}

File read_if_model(const std::filesystem::path& path, const SourceOptions& source) {
  const Bytes bytes = load(path);
  File file = describe(path, span_of(bytes));
  try {
    parse(file, bytes, source);
  } catch (const wick::FormatError&) {
    throw;
  } catch (const wick::FileError& error) {
    file.is_model = false;
    file.notes.emplace_back(error.what());
  }
  return file;
}

bool are_same_bytes(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::ifstream in_a(a, std::ios::binary);
  std::ifstream in_b(b, std::ios::binary);
  std::array<char, 1U << 16> part_a{};
  std::array<char, 1U << 16> part_b{};
  while (in_a && in_b) {
    in_a.read(part_a.data(), part_a.size());
    in_b.read(part_b.data(), part_b.size());
    if (in_a.gcount() != in_b.gcount() ||
        !std::equal(part_a.begin(), part_a.begin() + in_a.gcount(), part_b.begin())) {
      return false;
    }
  }
  return in_a.eof() && in_b.eof();
}

bool is_torch_file(const std::filesystem::path& path) {
  try {
    wick::detail::OpenedFile file(path);
    std::array<std::byte, 64> start{};
    const std::span<std::byte> part(
        start.data(), static_cast<std::size_t>((std::min)(file.regular_size(any_size), std::uint64_t{64})));
    file.read(part);
    return is_torch(wick::file_kind(part));
  } catch (const wick::FileError&) {
    return false;
  }
}

void check_extension(const std::filesystem::path& path) {
  if (wick::format_of(path)) return;
  throw wick::OptionError(wick::display_name(path) +
                          ": the extension says in which format to write: .wick, .pth, .pt or .safetensors");
}

void write(const std::filesystem::path& path, const wick::Archive& archive) {
  wick::write_any(path, archive);
}

}  // namespace tool
