#pragma once

// What a reader of PyTorch's files puts up with.

#include <wick/version.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

WICK_BEGIN_NAMESPACE

/// Bounds of what a file of torch.save may demand. They are far above what honest files need; a file that
/// needs more can be read by raising them.
struct TorchLimits {
  /// Size of a file that is read into memory; see ArchiveLimits.
  std::uint64_t file_bytes = (std::numeric_limits<std::uint64_t>::max)();
  /// Of streams and pipes, which do not say how much will come.
  std::uint64_t stream_bytes = std::uint64_t{4} << 30;
  /// Entries of the zip archive.
  std::size_t records = 65536;
  /// Bytes of the name of an entry, and of a global that a pickle asks for.
  std::size_t name_bytes = 512;
  /// Values on the stack of the pickle.
  std::size_t stack = 1'000'000;
  /// Values in the memo of the pickle.
  std::size_t memo = 1'000'000;
  /// Containers within containers. Values are read and destroyed by recursion: much more needs a larger stack
  /// of the program.
  std::size_t depth = 100;
  /// Memory for values other than tensors. A value that a pickle mentions again is there again, so that a
  /// small file can ask for much. Without a number: 12 MiB and six times the size of the file, at most
  /// 256 MiB.
  std::optional<std::uint64_t> value_bytes = {};
  /// Memory for tensors that are not views of the file: those whose elements are not one after the other, and
  /// expanded ones, which can be far larger than their storage. Without a number: 8 MiB and twice the size of
  /// the file.
  std::optional<std::uint64_t> copied_bytes = {};
  /// Bytes of an integer of more than 64 bits.
  std::size_t integer_bytes = 1024;
  /// Whether a file is refused that holds anything but data: objects of classes, functions, quantised and
  /// sparse tensors. If not, each of them becomes a TorchObject, which is its name and nothing else. Nothing
  /// is run either way.
  bool refuse_objects = false;
  /// Whether the checksums of the zip archive must be right. PyTorch does not look at them, and writes 0
  /// after torch.serialization.set_crc32_options(False).
  bool check_crc = true;

  /// The two limits for a file of this size.
  [[nodiscard]] std::uint64_t value_bytes_of(std::uint64_t file) const noexcept {
    constexpr std::uint64_t most = std::uint64_t{256} << 20;
    return value_bytes.value_or((std::min)((std::uint64_t{12} << 20) + 6 * (std::min)(file, most), most));
  }
  /// The same of `copied_bytes`.
  [[nodiscard]] std::uint64_t copied_bytes_of(std::uint64_t file) const noexcept {
    constexpr std::uint64_t most = std::uint64_t{1} << 61;
    return copied_bytes.value_or((std::uint64_t{8} << 20) + 2 * (std::min)(file, most));
  }
};

WICK_END_NAMESPACE
