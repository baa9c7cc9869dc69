#pragma once

// The format of torch.save before PyTorch 1.6: five pickles, one after the other, then the storages.

#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/io/bytes/bytes.hpp>
#include <wick/io/torch/detail/pickle_reader.hpp>
#include <wick/io/torch/detail/pickle_values.hpp>
#include <wick/io/torch/detail/tensors.hpp>
#include <wick/io/torch/limits.hpp>
#include <wick/io/torch/value.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Goes through such a file from front to back.
class LegacyParser {
 public:
  LegacyParser(std::span<const std::byte> bytes, std::string file, const TorchLimits& limits)
      : bytes_(bytes), file_(std::move(file)), limits_(limits) {}

  [[nodiscard]] TorchValue parse(const std::shared_ptr<const void>& owner) {
    read_header();
    const PickleGraph object = next_pickle(6);
    const PickleGraph keys = next_pickle(0);
    const auto storages = read_storages(object, keys);
    const auto tensors = make_tensors(object, storages, owner, other_byte_order);
    return PickleValues(object, tensors, file_, limits_).root();
  }

 private:
  /// The numbers of the storages are little-endian on every machine.
  static constexpr bool other_byte_order = std::endian::native == std::endian::big;

  [[noreturn]] void fail(std::uint64_t at, const std::string& what) const {
    throw FormatError(file_, at, what);
  }

  PickleGraph next_pickle(std::uint64_t id_items) {
    const PickleSource source{.file = file_,
                              .offset = at_,
                              .file_bytes = bytes_.size(),
                              .id_items = id_items,
                              .other_byte_order = other_byte_order};
    PickleGraph graph = PickleMachine(bytes_.subspan(at_), source, limits_).run();
    at_ += graph.bytes.size();
    return graph;
  }

  /// A magic number, the version 1001, and facts about the machine that wrote the file, which decide nothing.
  void read_header() {
    constexpr std::array<unsigned char, 10> magic{0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};
    const PickleGraph first = next_pickle(0);
    const PickleNode& number = first.nodes[first.root];
    if (number.kind != NodeKind::big_integer ||
        !std::ranges::equal(first.bytes_of(number), std::as_bytes(std::span(magic)))) {
      fail(0, "expected a file of torch.save, which begins with its magic number, got another pickle");
    }
    const std::uint64_t version_at = at_;
    const PickleGraph second = next_pickle(0);
    const PickleNode& version = second.nodes[second.root];
    if (version.kind != NodeKind::integer || version.a != 1001) {
      fail(version_at, "expected protocol version 1001 of torch.save, got another one");
    }
    const std::uint64_t system_at = at_;
    const PickleGraph third = next_pickle(0);
    if (third.nodes[third.root].kind != NodeKind::dict) {
      fail(system_at, "expected a dict about the machine that wrote the file");
    }
  }

  /// The bytes of the storages of `object`, in the order of `keys`.
  std::vector<std::span<const std::byte>> read_storages(const PickleGraph& object, const PickleGraph& keys) {
    std::map<std::string_view, std::size_t> by_key;
    for (std::uint32_t i = 0; i < object.storages.size(); ++i) by_key.emplace(object.storages[i].key, i);
    const PickleNode& list = keys.nodes[keys.root];
    if (list.kind != NodeKind::list) {
      fail(list.at, "expected the list of storages, got " + std::string(type_name_of(list.kind)));
    }
    std::vector<std::span<const std::byte>> storages(object.storages.size());
    std::vector<bool> there(object.storages.size(), false);
    ByteReader in(bytes_.subspan(at_), file_, at_);
    for (const NodeId id : keys.items_of(list)) {
      const PickleNode& node = keys.nodes[id];
      if (node.kind != NodeKind::text) {
        fail(node.at, "expected the key of a storage, got " + std::string(type_name_of(node.kind)));
      }
      const std::string_view key = keys.text_of(node);
      const auto known = by_key.find(key);
      if (known == by_key.end()) fail(node.at, "no tensor has the storage " + python_quoted(key));
      if (there[known->second]) fail(node.at, "the storage " + python_quoted(key) + " is listed twice");
      there[known->second] = true;
      const StorageClaim& claim = object.storages[known->second];
      const std::uint64_t begin = in.offset();
      const auto count = in.get<std::uint64_t>("the size of a storage");
      if (count != claim.count) {
        fail(begin, "the storage " + python_quoted(key) + " should have " + std::to_string(claim.count) +
                        " elements, the file says " + std::to_string(count));
      }
      storages[known->second] = in.take(claim.bytes, "a storage");
    }
    const auto missing = std::ranges::find(there, false);
    if (missing != there.end()) {
      const StorageClaim& claim = object.storages[static_cast<std::size_t>(missing - there.begin())];
      fail(claim.at, "the storage " + python_quoted(claim.key) + " is not in the list of storages");
    }
    if (in.left() != 0) fail(in.offset(), std::to_string(in.left()) + " bytes follow the last storage");
    return storages;
  }

  std::span<const std::byte> bytes_;
  std::string file_;
  TorchLimits limits_;
  std::size_t at_ = 0;
};

/// Reads such a file from bytes that `owner` keeps alive. Throws FormatError.
[[nodiscard]] inline TorchValue read_torch_legacy(std::span<const std::byte> bytes,
                                                  const std::shared_ptr<const void>& owner,
                                                  const std::string& file, const TorchLimits& limits) {
  return LegacyParser(bytes, file, limits).parse(owner);
}

}  // namespace detail

WICK_END_NAMESPACE
