#pragma once

// What a checkpoint file contains, independent of bytes and of layers.

#include <wick/state/attributes.hpp>
#include <wick/state/state_dict.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Everything needed to build a Network again, apart from its parameters. What other models are built from is
/// in the group `architecture`.
struct Architecture {
  std::string type = "Network";      ///< name of the class
  Index input_size = 0;              ///< numbers of a sample
  Index output_size = 0;             ///< numbers that the network gives for it
  std::vector<Index> hidden_layers;  ///< sizes of the layers between
  double dropout = 0;                ///< probability; 0: none

  friend bool operator==(const Architecture&, const Architecture&) = default;
};

/// An architecture, named groups of tensors and named groups of attributes.
///
/// Groups in use: tensors `model`, `optimizer`, `training`; attributes `architecture`, `optimizer`,
/// `training`, `metadata`.
struct Archive {
  std::optional<Architecture> architecture;                    ///< of a Network
  std::vector<std::pair<std::string, StateDict>> tensors;      ///< state dicts by the names of their groups
  std::vector<std::pair<std::string, Attributes>> attributes;  ///< values by the names of their groups

  /// The group of this name; null when there is none.
  [[nodiscard]] const StateDict* find_tensors(std::string_view group) const noexcept;
  /// The group of this name; null when there is none.
  [[nodiscard]] const Attributes* find_attributes(std::string_view group) const noexcept;

  /// Appends a group, of a name that there is not yet, and returns it.
  StateDict& add_tensors(std::string_view group, StateDict contents = {});
  /// The same of attributes.
  Attributes& add_attributes(std::string_view group, Attributes contents = {});

  friend bool operator==(const Archive&, const Archive&) = default;
};

/// What a reader accepts at most; raise a limit for files that need more.
struct ArchiveLimits {
  /// Of files that are read into memory. They have no limit unless one is set: the bytes are there, so their
  /// size is no lie, and what was saved can be loaded.
  std::uint64_t file_bytes = (std::numeric_limits<std::uint64_t>::max)();
  /// Of streams and pipes, which do not say how much will come.
  std::uint64_t stream_bytes = std::uint64_t{4} << 30;
  std::uint64_t header_bytes = std::uint64_t{16} << 20;  ///< of what is before the tensors
  std::uint64_t groups = 256;                            ///< of tensors and of attributes, together
  std::uint64_t tensors = 65536;                         ///< in all groups
  std::uint64_t attributes = 4096;                       ///< in all groups
  std::uint32_t name_bytes = 512;                        ///< of a name
  std::uint32_t text_bytes = 1U << 20;                   ///< of a text
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/io/archive/archive.ipp>
#endif
