#pragma once

// Tensors and metadata -> safetensors.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/detail/sort_positions.hpp>
#include <wick/base/error.hpp>
#include <wick/io/bytes/atomic_file.hpp>
#include <wick/io/bytes/buffered_sink.hpp>
#include <wick/io/bytes/bytes.hpp>
#include <wick/io/bytes/json.hpp>
#include <wick/io/bytes/tensor_bytes.hpp>
#include <wick/io/safetensors/format.hpp>
#include <wick/state/state_dict.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <ostream>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Place of the type in the list of the format. Throws OptionError for a type that is not there.
[[nodiscard]] inline std::size_t safetensors_rank(const std::string& name, DType dtype) {
  const auto& types = SafetensorsFormat::types;
  const auto type =
      std::ranges::find_if(types, [dtype](const auto& t) { return t.dtype && *t.dtype == dtype; });
  if (type == types.end()) {
    throw OptionError("write_safetensors: the tensor " + python_quoted(name) + " is " +
                      std::string(name_of(dtype)) +
                      ", which safetensors does not have; convert it, or save another kind of file");
  }
  return static_cast<std::size_t>(type - types.begin());
}

/// The header, with its length before it and filled up with spaces. `tensors` are in the order of the data.
[[nodiscard]] inline std::string safetensors_header(const std::vector<const StateDict::Entry*>& tensors,
                                                    const SafetensorsMetadata& metadata) {
  using Format = SafetensorsFormat;
  const auto demand = [](bool ok, std::string_view what, std::string_view text, const char* problem) {
    if (ok) return;
    throw OptionError("write_safetensors: " + std::string(what) + " " + python_quoted(text) + " " + problem);
  };
  const auto append_text = [&](std::string& out, std::string_view text, std::string_view what) {
    demand(ByteReader::is_utf8(text), what, text, "is not UTF-8");
    append_json_string(out, text);
  };
  std::string json = "{";
  if (!metadata.empty()) {
    append_json_string(json, Format::metadata_key);
    json += ":{";
    std::set<std::string_view> keys;
    for (const auto& [key, value] : metadata) {
      demand(keys.insert(key).second, "the metadata", key, "is there twice");
      if (keys.size() > 1) json += ',';
      append_text(json, key, "the metadata");
      json += ':';
      append_text(json, value, "the value of the metadata");
    }
    json += '}';
  }
  std::uint64_t begin = 0;
  for (const StateDict::Entry* entry : tensors) {
    const auto& [name, tensor] = *entry;
    demand(name != Format::metadata_key, "a tensor cannot have the name", name, "in this format");
    const std::uint64_t end = begin + tensor.bytes().size();
    if (json.size() > 1) json += ',';
    append_text(json, name, "the name of the tensor");
    json += R"(:{"dtype":")";
    json += Format::types[safetensors_rank(name, tensor.dtype())].name;
    json += R"(","shape":[)";
    for (std::size_t i = 0; i < tensor.shape().dim(); ++i) {
      json.append(i == 0 ? "" : ",").append(std::to_string(tensor.shape().dims()[i]));
    }
    json += R"(],"data_offsets":[)" + std::to_string(begin) + "," + std::to_string(end) + "]}";
    begin = end;
  }
  json += '}';
  json.append((Format::alignment - json.size() % Format::alignment) % Format::alignment, ' ');
  if (json.size() > Format::most_header_bytes) {
    throw OptionError("write_safetensors: the header has " + std::to_string(json.size()) +
                      " bytes, the format allows " + std::to_string(Format::most_header_bytes));
  }
  std::string header;
  for (std::size_t i = 0; i < Format::length_bytes; ++i) {
    header += static_cast<char>(detail::as_integer<std::uint64_t>(json.size()) >> (8 * i));
  }
  return header + json;
}

}  // namespace detail

/// Passes the bytes of a safetensors file to `sink(std::span<const std::byte>)`, in order: the bytes that the
/// reference implementation writes, with the metadata in the order given. The tensors lie by type, those with
/// the widest numbers first, then by name. Their bytes are handed on as they lie, not copied, unless they are
/// few.
///
/// Throws OptionError, before the first byte, for what the format cannot hold: complex128, a tensor called
/// `__metadata__`, texts that are not UTF-8, metadata given twice, a header of more than 100 MB.
/// https://github.com/huggingface/safetensors#format
template <class Sink>
void encode_safetensors(const StateDict& tensors, const SafetensorsMetadata& metadata, Sink&& sink) {
  std::vector<const StateDict::Entry*> entries;
  entries.reserve(tensors.size());
  for (const auto& entry : tensors) entries.push_back(&entry);
  std::vector<const StateDict::Entry*> order;
  order.reserve(tensors.size());
  for (const std::size_t i :
       detail::sorted_positions(entries.size(), [&entries](std::size_t a, std::size_t b) {
         const auto rank = [](const auto* e) {
           return detail::safetensors_rank(e->first, e->second.dtype());
         };
         const auto* const x = entries[a];
         const auto* const y = entries[b];
         return rank(x) != rank(y) ? rank(x) > rank(y) : x->first < y->first;
       })) {
    order.push_back(entries[i]);
  }
  const std::string header = detail::safetensors_header(order, metadata);
  BufferedSink buffered(sink);
  buffered(std::as_bytes(std::span(header)));
  std::vector<std::byte> swapped;
  for (const auto* entry : order) {
    const AnyTensor& tensor = entry->second;
    buffered(detail::little_endian(tensor.bytes(), number_size(tensor.dtype()), swapped));
  }
  buffered.flush();
}

/// Writes a safetensors file, replacing it as a whole (see AtomicFile). Throws FileError, and OptionError as
/// encode_safetensors() does; an existing file is intact then.
inline void write_safetensors(const StateDict& tensors, const std::filesystem::path& path,
                              const SafetensorsMetadata& metadata = {}, const SaveOptions& options = {}) {
  AtomicFile file(path, options);
  const auto write = [&file](std::span<const std::byte> bytes) { file.write(bytes); };
  encode_safetensors(tensors, metadata, ByteSink(write));
  file.commit();
}

/// Writes to a binary stream. Throws FileError when the stream fails, and OptionError as encode_safetensors()
/// does.
inline void write_safetensors(const StateDict& tensors, std::ostream& out,
                              const SafetensorsMetadata& metadata = {}) {
  const auto write = [&out](std::span<const std::byte> bytes) {
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  encode_safetensors(tensors, metadata, ByteSink(write));
  if (!out.flush()) throw FileError("<stream>", "cannot write the file");
}

WICK_END_NAMESPACE
