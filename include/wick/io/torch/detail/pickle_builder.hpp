#pragma once

// Makes the nodes of a PickleGraph and keeps account of what they cost.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/error.hpp>
#include <wick/io/torch/detail/pickle_graph.hpp>
#include <wick/io/torch/limits.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What a pickle is read with.
struct PickleSource {
  std::string file;               ///< for messages
  std::uint64_t offset = 0;       ///< of the pickle in the file
  std::uint64_t file_bytes = 0;   ///< size of the file
  std::uint64_t id_items = 0;     ///< items of a storage's persistent id; 0: there must be none
  bool other_byte_order = false;  ///< the storages are not in this machine's byte order
};

/// The graph of one pickle while it grows. All that it needs is paid for first, so that no pickle, however it
/// repeats itself, takes more memory or time than the limits say.
class PickleBuilder {
 public:
  PickleBuilder(PickleSource source, const TorchLimits& limits)
      : source_(std::move(source)), limits_(limits) {
    graph_.offset = source_.offset;
    graph_.budget = limits_.value_bytes_of(source_.file_bytes);
  }

  [[noreturn]] void fail(const std::string& what) const { throw FormatError(source_.file, at_, what); }

  /// Accounts for `n` bytes of memory, or for looking at n / 8 items.
  void charge(std::uint64_t n) {
    if (n > graph_.budget - graph_.charged) {
      fail("the values of the pickle need more than the limit of " + std::to_string(graph_.budget) +
           " bytes (TorchLimits::value_bytes)");
    }
    graph_.charged += n;
  }
  /// Accounts for a tensor that cannot be a view of the file.
  void charge_copy(std::uint64_t n) {
    const std::uint64_t limit = limits_.copied_bytes_of(source_.file_bytes);
    if (n > limit - copied_) {
      fail("the tensors that are expanded or not stored row by row need more than the limit of " +
           std::to_string(limit) + " bytes (TorchLimits::copied_bytes)");
    }
    copied_ += n;
  }

  /// Sets the position for messages and new nodes.
  void set_position(std::uint64_t at) noexcept { at_ = at; }

  [[nodiscard]] std::uint64_t position() const noexcept { return at_; }

  NodeId make(PickleNode node) {
    charge(sizeof(PickleNode));
    node.at = at_;
    graph_.nodes.push_back(node);
    return detail::as_integer<NodeId>(graph_.nodes.size() - 1);
  }
  NodeId make_container(NodeKind kind, std::vector<NodeId> items = {}) {
    charge(sizeof(std::vector<NodeId>) + items.size() * sizeof(NodeId));
    PickleNode node{.kind = kind};
    node.index = detail::as_integer<std::uint32_t>(graph_.containers.size());
    graph_.containers.push_back(std::move(items));
    return make(node);
  }
  NodeId make_text(NodeKind kind, std::string text) {
    charge(sizeof(std::string) + text.size());
    PickleNode node{.kind = kind};
    node.index = detail::as_integer<std::uint32_t>(graph_.texts.size());
    graph_.texts.push_back(std::move(text));
    return make(node);
  }

  /// A text or bytes that have another form in the pickle.
  NodeId make_decoded(NodeKind kind, std::string bytes) {
    const std::uint64_t n = bytes.size();
    const NodeId id = make_text(kind, std::move(bytes));
    node(id).decoded = true;
    node(id).b = n;
    return id;
  }
  /// Something that is not data: only its name is kept. Throws where TorchLimits refuses such files.
  NodeId make_object(std::string_view module, std::string_view name) {
    if (limits_.refuse_objects) fail(refusal_of_global(module, name));
    return make_text(NodeKind::object, std::string(module).append(module.empty() ? "" : ".").append(name));
  }
  /// Another object of the name of `object`.
  NodeId make_same_object(NodeId object) {
    return make({.kind = NodeKind::object, .index = node(object).index});
  }

  [[nodiscard]] const PickleNode& node(NodeId id) const { return graph_.nodes[id]; }
  [[nodiscard]] PickleNode& node(NodeId id) { return graph_.nodes[id]; }
  [[nodiscard]] bool is(NodeId id, NodeKind kind) const { return node(id).kind == kind; }
  [[nodiscard]] std::string_view type_name(NodeId id) const { return type_name_of(node(id).kind); }
  /// The items of a container, after they were paid for.
  [[nodiscard]] const std::vector<NodeId>& items(NodeId id) {
    const auto& all = graph_.items_of(node(id));
    charge(all.size() * sizeof(std::uint64_t));
    return all;
  }
  [[noreturn]] void expected(const std::string& what, NodeId got) const {
    fail("expected " + what + ", got " + std::string(type_name(got)));
  }
  [[nodiscard]] std::string_view text(NodeId id, const char* what) const {
    if (!is(id, NodeKind::text)) expected(what + std::string(" as text"), id);
    return graph_.text_of(node(id));
  }
  [[nodiscard]] std::int64_t integer(NodeId id, const char* what) const {
    if (!is(id, NodeKind::integer)) expected(what + std::string(" as an integer"), id);
    return std::bit_cast<std::int64_t>(node(id).a);
  }
  /// An integer that counts something.
  [[nodiscard]] std::uint64_t count(NodeId id, const char* what) const {
    const std::int64_t n = integer(id, what);
    if (n < 0) fail(what + std::string(" must not be negative, got ") + std::to_string(n));
    return static_cast<std::uint64_t>(n);
  }
  [[nodiscard]] bool boolean(NodeId id, const char* what) const {
    if (!is(id, NodeKind::boolean)) expected(what + std::string(" as a bool"), id);
    return node(id).a != 0;
  }

  [[nodiscard]] PickleGraph& graph() noexcept { return graph_; }
  [[nodiscard]] const PickleSource& source() const noexcept { return source_; }
  [[nodiscard]] const TorchLimits& limits() const noexcept { return limits_; }

 private:
  PickleSource source_;
  TorchLimits limits_;
  PickleGraph graph_;
  std::uint64_t at_ = 0;
  std::uint64_t copied_ = 0;
};

}  // namespace detail

WICK_END_NAMESPACE
