#pragma once

// Definitions of checkpoint/own_format.hpp.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/file.hpp>
#include <wick/checkpoint/network_archive.hpp>
#include <wick/checkpoint/own_format.hpp>
#include <wick/io/bytes/contents.hpp>
#include <wick/io/bytes/mapped_file.hpp>
#include <wick/io/wick/reader.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
OpenedNetwork<T> open_own_network(const std::filesystem::path& path, bool mapped, const BuildOptions& build) {
  const std::string name = display_name(path);
  const auto open = [&](std::span<const std::byte> contents, std::span<std::byte> memory,
                        std::shared_ptr<const void> owner) {
    return open_archive<T>(view_archive(contents, owner, name), {}, name, mapped, build, contents.size(),
                           memory, owner);
  };
  if (mapped) {
    const auto file = std::make_shared<MappedFile>(path);
    return open(file->bytes(), file->memory(), file);
  }
  const ArchiveLimits limits;
  const auto bytes = std::make_shared<Buffer<std::byte>>(read_contents(
      path,
      {limits.file_bytes, limits.stream_bytes, "ArchiveLimits::file_bytes", "ArchiveLimits::stream_bytes"}));
  const auto size = static_cast<std::size_t>(bytes->size());
  constexpr std::size_t unit = Buffer<std::byte>::alignment;
  const std::span<std::byte> with_zeros(bytes->data(), (size + unit - 1) / unit * unit);
  return open(with_zeros.first(size), with_zeros, bytes);
}

template <Floating T>
Checkpoint<T> read_own_network(std::span<const std::byte> bytes, const BuildOptions& build) {
  return from_archive<T>(read_archive(bytes), "<memory>", build);
}

}  // namespace detail

#ifdef WICK_COMPILED
namespace detail {
template Checkpoint<float> read_own_network<float>(std::span<const std::byte>, const BuildOptions&);
template OpenedNetwork<float> open_own_network<float>(const std::filesystem::path&, bool,
                                                      const BuildOptions&);
template Checkpoint<double> read_own_network<double>(std::span<const std::byte>, const BuildOptions&);
template OpenedNetwork<double> open_own_network<double>(const std::filesystem::path&, bool,
                                                        const BuildOptions&);
}  // namespace detail
#endif

WICK_END_NAMESPACE
