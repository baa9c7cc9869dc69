#pragma once

// The records of torch.save's zip archives: data.pkl, data/0, data/1, ...

#include <wick/base/detail/quote.hpp>
#include <wick/base/detail/sort_positions.hpp>
#include <wick/base/error.hpp>
#include <wick/checksum/crc32.hpp>
#include <wick/io/torch/limits.hpp>
#include <wick/io/zip/reader.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A zip archive whose entries all lie under one prefix, as PyTorch demands it. Records are found by their
/// names without the prefix; like PyTorch, without regard to case.
class TorchRecords {
 public:
  /// Views `bytes`. `name` stands for the file in messages. Throws FormatError as read_zip() does, and when
  /// an entry is not under the prefix of the first one or two names differ in case alone.
  TorchRecords(std::span<const std::byte> bytes, std::string name, const TorchLimits& limits = {})
      : name_(std::move(name)), size_(bytes.size()), check_crc_(limits.check_crc) {
    entries_ = read_zip(bytes, name_,
                        {.records = limits.records, .name_bytes = limits.name_bytes, .owner = "TorchLimits"});
    if (entries_.empty()) throw FormatError(name_, "the zip archive is empty");
    const std::string_view first = entries_.front().name;
    const auto slash = first.find('/');
    if (slash == std::string_view::npos) {
      throw FormatError(
          name_, entries_.front().offset,
          "expected all entries in one folder, as torch.save puts them, got " + detail::python_quoted(first));
    }
    const std::string_view prefix = first.substr(0, slash + 1);
    for (ZipRecord& entry : entries_) {
      if (!entry.name.starts_with(prefix)) {
        throw FormatError(name_, entry.offset,
                          "expected all entries in the folder " + detail::python_quoted(prefix) + ", got " +
                              detail::python_quoted(entry.name));
      }
      entry.name.remove_prefix(prefix.size());
    }
    const auto order = detail::sorted_positions(entries_.size(), [this](std::size_t a, std::size_t b) {
      return less_without_case(entries_[a].name, entries_[b].name);
    });
    std::vector<ZipRecord> sorted;
    sorted.reserve(order.size());
    for (const std::size_t i : order) sorted.push_back(entries_[i]);
    entries_ = std::move(sorted);
    const auto twice = std::ranges::adjacent_find(
        entries_, [](const ZipRecord& a, const ZipRecord& b) { return !less_without_case(a.name, b.name); });
    if (twice != entries_.end()) {
      throw FormatError(name_, std::next(twice)->offset,
                        "the record " + detail::python_quoted(twice->name) + " is there twice");
    }
  }

  /// Number of records.
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  /// Which one of them it is, as a number below size().
  [[nodiscard]] std::size_t number_of(const ZipRecord& record) const noexcept {
    return static_cast<std::size_t>(&record - entries_.data());
  }
  /// The record, or null.
  [[nodiscard]] const ZipRecord* find(std::string_view record) const {
    const auto it = std::ranges::lower_bound(entries_, record, less_without_case, &ZipRecord::name);
    return it != entries_.end() && !less_without_case(record, it->name) ? &*it : nullptr;
  }
  /// The data of a record whose checksum has been compared, unless the limits say not to.
  [[nodiscard]] std::span<const std::byte> data_of(const ZipRecord& entry) const {
    if (check_crc_ && crc32(entry.data) != entry.crc) {
      throw FormatError(name_, entry.offset,
                        "the checksum of the record " + detail::python_quoted(entry.name) +
                            (entry.crc == 0 ? " is 0: the file is damaged, or was saved without checksums, "
                                              "which TorchLimits::check_crc = false accepts"
                                            : " is wrong; the file is damaged"));
    }
    return entry.data;
  }
  /// The same by name; throws FormatError when there is no such record.
  [[nodiscard]] std::span<const std::byte> data_of(std::string_view record) const {
    const ZipRecord* entry = find(record);
    if (entry == nullptr) {
      throw FormatError(name_, size_,
                        "expected a record " + detail::python_quoted(record) +
                            ", as torch.save writes it; there is none in this zip archive");
    }
    return data_of(*entry);
  }

 private:
  static bool less_without_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::lexicographical_compare(a, b, {}, lower, lower);
  }
  static char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

  std::string name_;
  std::uint64_t size_;
  bool check_crc_;
  std::vector<ZipRecord> entries_;
};

WICK_END_NAMESPACE
