#pragma once

// The memory of the machine that a pickle is for: a stack with marks, and a memo.

#include <wick/base/detail/as_integer.hpp>
#include <wick/io/torch/detail/pickle_builder.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Nodes of the values on the stack and in the memo. Values below the last MARK cannot be reached. Its
/// functions fail with `b`'s position.
class PickleStack {
 public:
  /// For a pickle of this many bytes; `b` has to stay.
  PickleStack(PickleBuilder& b, std::size_t bytes) : b_(b), bytes_(bytes) {}

  [[nodiscard]] std::size_t size() const noexcept { return stack_.size(); }
  [[nodiscard]] bool has_mark() const noexcept { return !marks_.empty(); }

  void mark() {
    if (marks_.size() >= b_.limits().stack) fail_full();
    b_.charge(sizeof(std::size_t));
    marks_.push_back(stack_.size());
  }
  void push(NodeId id) {
    if (stack_.size() >= b_.limits().stack) fail_full();
    if (stack_.size() >= highest_) {
      highest_ = stack_.size() + 1;
      b_.charge(4 * sizeof(NodeId));  // a vector that grows, and the items that are taken off it
    }
    stack_.push_back(id);
  }
  [[nodiscard]] NodeId top() const {
    if (reachable() == 0) b_.fail("the stack of the pickle is empty");
    return stack_.back();
  }
  /// The last `n`, in their order.
  std::vector<NodeId> pop(std::size_t n) {
    if (reachable() < n) {
      b_.fail(n == 1 ? std::string("expected a value on the stack of the pickle, there is none")
                     : "expected " + std::to_string(n) + " values on the stack of the pickle, there are " +
                           std::to_string(reachable()));
    }
    return cut(stack_.size() - n);
  }
  /// All that is above the last MARK, which goes with them; `code` is for the message if there is none.
  std::vector<NodeId> pop_mark(const char* code) {
    if (marks_.empty()) b_.fail(std::string(code) + " without a MARK");
    const std::size_t from = marks_.back();
    marks_.pop_back();
    return cut(from);
  }
  /// Removes the last value, or the MARK if that is the last.
  void drop() {
    if (reachable() == 0 && has_mark()) {
      marks_.pop_back();
    } else {
      static_cast<void>(pop(1));
    }
  }

  /// Keeps the top of the stack in the memo.
  void put(std::uint64_t index) {
    const NodeId id = top();
    // Writers count from 0 or 1, so that every index has a byte of the pickle that it is the first to use.
    if (index >= bytes_ || index >= b_.limits().memo) {
      b_.fail("memo index " + std::to_string(index) + " in a pickle of " + std::to_string(bytes_) +
              " bytes, the limit is " + std::to_string(b_.limits().memo) + " (TorchLimits::memo)");
    }
    if (index >= memo_.size()) memo_.resize(detail::as_integer<std::size_t>(index) + 1, nothing);
    NodeId& slot = memo_[detail::as_integer<std::size_t>(index)];
    if (slot == nothing) ++memoised_;
    slot = id;
  }
  /// The same at the place that is next when each is used once.
  void memoize() { put(memoised_); }
  /// Pushes what is in the memo there.
  void get(std::uint64_t index) {
    if (index >= memo_.size() || memo_[detail::as_integer<std::size_t>(index)] == nothing) {
      b_.fail("memo index " + std::to_string(index) + " was never stored");
    }
    push(memo_[detail::as_integer<std::size_t>(index)]);
  }

 private:
  static constexpr NodeId nothing = (std::numeric_limits<NodeId>::max)();

  [[noreturn]] void fail_full() const {
    b_.fail("the stack of the pickle is full, the limit is " + std::to_string(b_.limits().stack) +
            " values (TorchLimits::stack)");
  }
  [[nodiscard]] std::size_t reachable() const noexcept {
    return stack_.size() - (marks_.empty() ? 0 : marks_.back());
  }
  std::vector<NodeId> cut(std::size_t from) {
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(from);
    std::vector<NodeId> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    return items;
  }

  PickleBuilder& b_;
  std::size_t bytes_;
  std::vector<NodeId> stack_;
  std::size_t highest_ = 0;  // that the stack has been
  std::vector<std::size_t> marks_;
  std::vector<NodeId> memo_;
  std::uint64_t memoised_ = 0;
};

}  // namespace detail

WICK_END_NAMESPACE
