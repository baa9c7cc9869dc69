#pragma once

// Values -> files that torch.load reads.

#include <wick/base/detail/sort_positions.hpp>
#include <wick/base/file.hpp>
#include <wick/io/bytes/atomic_file.hpp>
#include <wick/io/bytes/buffered_sink.hpp>
#include <wick/io/bytes/tensor_bytes.hpp>
#include <wick/io/torch/detail/pickler.hpp>
#include <wick/io/torch/value.hpp>
#include <wick/io/zip/writer.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// The folder that torch.save puts its records in: the name of the file without its last extension.
[[nodiscard]] inline std::string torch_archive_name(const std::filesystem::path& path) {
  const std::string file = display_name(path.filename());
  const std::string name = file.substr(0, (std::min)(file.rfind('.'), file.size()));
  const bool is_usable = !name.empty() && ByteReader::is_utf8(name) && name.find('\\') == std::string::npos;
  return is_usable ? name : "archive";
}

/// Passes the bytes of a file with `value` to `sink(std::span<const std::byte>)`, in order.
///
/// The file is what torch.save of PyTorch 1.13 writes for the same value and file name: byte for byte for a
/// state dict, and for checkpoints of state dicts, numbers and texts as programs write them; `name` is the
/// file's name without extension. PyTorch since 1.6 reads it, 2.6 and later with weights_only=True, which is
/// their default. With weights_only=True, 1.13 reads no floating-point numbers (tensors of them it does),
/// sets, bytes, complex numbers, devices, counters. Tensors of the types that came with PyTorch 2 (uint16 to
/// uint64, float8) need that.
///
/// Tensors over the same bytes share a storage. Tensors' bytes are handed on as they lie, not copied.
///
/// Throws OptionError, before the first byte, for what torch.load refuses: text that is not UTF-8, unhashable
/// keys, metadata of other dicts than ordered ones, names that are no dtype or device, integers of more than
/// 255 bytes, containers nested more than 100 deep.
template <class Sink>
void encode_torch(const TorchValue& value, const std::string& name, Sink&& sink) {
  const detail::TorchPickler pickler(value);
  std::vector<std::string> records;
  for (std::size_t i = 0; i < pickler.storages().size(); ++i)
    records.push_back(name + "/data/" + std::to_string(i));
  // As texts: "10" comes before "2".
  const auto order = detail::sorted_positions(
      records.size(), [&records](std::size_t a, std::size_t b) { return records[a] < records[b]; });

  ZipWriter zip(sink);
  zip.add(name + "/data.pkl", pickler.pickle());
  std::vector<std::byte> swapped;
  for (const std::size_t i : order) {
    const AnyTensor& storage = pickler.storages()[i];
    zip.add(records[i], detail::little_endian(storage.bytes(), number_size(storage.dtype()), swapped));
  }
  constexpr std::string_view version = "3\n";
  zip.add(name + "/version", std::as_bytes(std::span(version)));
  zip.finish();
}

/// Writes `value` to `path` for torch.load, replacing the file as a whole (see AtomicFile). Throws FileError,
/// and OptionError as encode_torch() does; an existing file is intact then.
inline void write_torch(const TorchValue& value, const std::filesystem::path& path,
                        const SaveOptions& options = {}) {
  AtomicFile file(path, options);
  const auto write = [&file](std::span<const std::byte> bytes) { file.write(bytes); };
  encode_torch(value, torch_archive_name(path), ByteSink(write));
  file.commit();
}

/// Writes `value` to a binary stream. Throws FileError when the stream fails, and OptionError as
/// encode_torch() does.
inline void write_torch(const TorchValue& value, std::ostream& out) {
  const auto write = [&out](std::span<const std::byte> bytes) {
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  encode_torch(value, "archive", ByteSink(write));
  if (!out.flush()) throw FileError("<stream>", "cannot write the file");
}

WICK_END_NAMESPACE
