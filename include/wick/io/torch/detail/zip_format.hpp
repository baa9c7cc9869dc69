#pragma once

// The format of torch.save since PyTorch 1.6: a zip archive of a pickle and the bytes of each storage.

#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/io/torch/detail/pickle_reader.hpp>
#include <wick/io/torch/detail/pickle_values.hpp>
#include <wick/io/torch/detail/tensors.hpp>
#include <wick/io/torch/detail/zip_kind.hpp>
#include <wick/io/torch/limits.hpp>
#include <wick/io/torch/records.hpp>
#include <wick/io/torch/value.hpp>

#include <bit>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The text of a small record, without the end of line.
[[nodiscard]] inline std::string_view record_text(const TorchRecords& records, const ZipRecord& record) {
  const auto data = records.data_of(record);
  std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

/// Reads such a file from bytes that `owner` keeps alive. Throws FormatError.
[[nodiscard]] inline TorchValue read_torch_zip(std::span<const std::byte> bytes,
                                               const std::shared_ptr<const void>& owner,
                                               const std::string& file, const TorchLimits& limits) {
  const TorchRecords records(bytes, file, limits);
  if (records.find("constants.pkl") != nullptr) throw FormatError(file, torch_script_advice);
  const ZipRecord* version = records.find("version");
  if (version == nullptr) version = records.find(".data/version");
  const ZipRecord* pickle = records.find("data.pkl");
  if (version == nullptr || pickle == nullptr) {
    throw FormatError(file,
                      "expected the records data.pkl and version, as torch.save writes them; the zip archive "
                      "does not have both");
  }
  if (const std::string_view text = record_text(records, *version);
      text != "10" && !(text.size() == 1 && text[0] >= '1' && text[0] <= '9')) {
    throw FormatError(file, version->offset,
                      "expected a format version from 1 to 10, got " + python_quoted(text, 40));
  }
  bool big_endian = false;
  if (const ZipRecord* order = records.find("byteorder")) {
    const std::string_view text = record_text(records, *order);
    if (text != "little" && text != "big") {
      throw FormatError(file, order->offset,
                        "expected the byte order little or big, got " + python_quoted(text, 40));
    }
    big_endian = text == "big";
  }
  const PickleSource source{.file = file,
                            .offset = pickle->offset,
                            .file_bytes = bytes.size(),
                            .id_items = 5,
                            .other_byte_order = big_endian != (std::endian::native == std::endian::big)};
  const auto pickle_bytes = records.data_of(*pickle);
  const PickleGraph graph = PickleMachine(pickle_bytes, source, limits).run();
  if (graph.bytes.size() != pickle_bytes.size()) {
    throw FormatError(
        file, pickle->offset + graph.bytes.size(),
        std::to_string(pickle_bytes.size() - graph.bytes.size()) + " bytes follow the end of the pickle");
  }
  std::vector<std::span<const std::byte>> storages;
  storages.reserve(graph.storages.size());
  std::vector<const StorageClaim*> storage_of(records.size());
  for (const StorageClaim& claim : graph.storages) {
    const ZipRecord* record = records.find("data/" + std::string(claim.key));
    if (record == nullptr) {
      throw FormatError(file, claim.at, "there is no record for the storage " + python_quoted(claim.key));
    }
    // Each record is one storage's, so that its bytes are gone through once. Names that differ in case alone
    // would make any number of storages of one record.
    const StorageClaim*& owner_of_record = storage_of[records.number_of(*record)];
    if (owner_of_record != nullptr) {
      throw FormatError(file, claim.at,
                        "the storages " + python_quoted(owner_of_record->key) + " and " +
                            python_quoted(claim.key) + " have one record: their names differ in case alone");
    }
    owner_of_record = &claim;
    if (record->data.size() != claim.bytes) {
      throw FormatError(file, record->offset,
                        "the storage " + python_quoted(claim.key) + " should have " +
                            std::to_string(claim.bytes) + " bytes, its record has " +
                            std::to_string(record->data.size()));
    }
    storages.push_back(records.data_of(*record));
  }
  const auto tensors = make_tensors(graph, storages, owner, source.other_byte_order);
  return PickleValues(graph, tensors, file, limits).root();
}

}  // namespace detail

WICK_END_NAMESPACE
