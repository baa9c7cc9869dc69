// The one place that knows the formats of files.

#include "files.hpp"

#include <wick/base/buffer.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/io/any_file.hpp>
#include <wick/io/bytes/bytes.hpp>
#include <wick/io/bytes/file_kind.hpp>
#include <wick/io/bytes/stream_bytes.hpp>
#include <wick/io/shard_index.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <ios>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>

#include <cstdio>
#endif

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

wick::ReadOptions read_options(const SourceOptions& source) {
  wick::ReadOptions options;
  options.archive = source.limits.archive;
  options.torch = source.limits.torch;
  options.torch.check_crc = !source.ignore_crc;
  options.torch.refuse_objects = source.refuse_objects;
  options.key = source.key;
  return options;
}

Bytes standard_input(const wick::ReadOptions& options) {
#if defined(_WIN32)
  _setmode(_fileno(stdin), _O_BINARY);
#endif
  auto bytes =
      wick::detail::read_to_end(std::cin, options.archive.stream_bytes, "-", "ArchiveLimits::stream_bytes");
  if (bytes.size() == 0) throw wick::FileError("-", "nothing came from standard input");
  return std::make_shared<const wick::Buffer<std::byte>>(std::move(bytes));
}

Bytes load(const std::filesystem::path& path, const wick::ReadOptions& options) {
  if (path == "-") return standard_input(options);
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error) && std::filesystem::file_size(path, error) == 0 &&
      !error) {
    throw wick::FormatError(wick::display_name(path), "the file is empty");
  }
  return std::make_shared<const wick::Buffer<std::byte>>(wick::detail::read_any_file(path, options));
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
  } else if (wick::is_shard_index(bytes)) {
    file.kind = "index of a model in several files";
  } else {
    file.format = "safetensors";
    file.kind = "safetensors file";
  }
  return file;
}

wick::BuildOptions build_options(const NameOptions& names) {
  wick::BuildOptions options;
  if (names.by_shape) options.names = wick::ParameterNames::by_shape;
  options.only = names.only;
  options.prefix = names.prefix;
  if (names.rename.empty()) return options;
  options.rename = [rules = names.rename](std::string_view name) -> std::optional<std::string> {
    for (const auto& [from, to] : rules) {
      if (name != from && !(name.starts_with(from) && name[from.size()] == '.')) continue;
      return to + std::string(name.substr(from.size()));
    }
    return std::string(name);
  };
  return options;
}

}  // namespace

File read(const std::filesystem::path& path, const SourceOptions& source) {
  const wick::ReadOptions options = read_options(source);
  const Bytes bytes = load(path, options);
  File file = describe(path, span_of(bytes));
  const bool shards = wick::is_shard_index(span_of(bytes)) && path != "-";
  wick::AnyFile any = shards ? wick::detail::read_shards(span_of(bytes), path, options)
                             : wick::view_any(span_of(bytes), bytes, file.name, options);
  if (shards) file.format = any.format == wick::FileFormat::torch ? "torch" : "safetensors";
  file.archive = std::move(any.archive);
  file.notes = std::move(any.notes);
  file.unread = std::move(any.unread);
  file.no_model = std::move(any.no_model);
  return file;
}

File read_model(const std::filesystem::path& path, const SourceOptions& source) {
  File file = read(path, source);
  if (!file.no_model.empty()) throw wick::FileError(file.name, file.no_model);
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

wick::Checkpoint<float> network_in(const File& file, const NameOptions& names) {
  auto checkpoint = wick::from_archive<float>(file.archive, file.name, build_options(names));
  if (checkpoint.model.output_size() < 2) {
    throw wick::FormatError(
        file.name,
        "expected a network with two outputs or more, got one: there is no class to choose, and the "
        "log-softmax of one number is always 0");
  }
  return checkpoint;
}

bool is_torch_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return false;  // what is read from a pipe is gone
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
  static_cast<void>(wick::format_to_write(path));
  if (wick::format_of(path)) return;
  throw wick::OptionError(
      wick::display_name(path) +
      ": the extension says in which format to write: .wick, .pth (or .pt, .ckpt, .bin, .pkl, "
      ".pth.tar) or .safetensors");
}

void write(const std::filesystem::path& path, const wick::Archive& archive) {
  wick::write_any(archive, path);
}

}  // namespace tool
