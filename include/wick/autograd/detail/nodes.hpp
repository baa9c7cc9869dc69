#pragma once

// The nodes of a tape.

#include <wick/autograd/rule.hpp>
#include <wick/base/types.hpp>

#include <cstddef>
#include <vector>

WICK_BEGIN_NAMESPACE
namespace detail {

/// Nodes by their numbers: those of the step from 0 up, parameters from -1 down. All lie in one array, so
/// that finding either takes no decision.
///
/// The places of a step that is over stay, and so do the shapes that they own: a step that is like the last
/// one finds its shapes in them.
template <Floating T>
class Nodes {
 public:
  Nodes() { make_room(); }
  Nodes(const Nodes&) = delete;
  Nodes& operator=(const Nodes&) = delete;
  ~Nodes() = default;

  [[nodiscard]] Node<T>& operator[](int id) noexcept { return zero_[id]; }
  [[nodiscard]] const Node<T>& operator[](int id) const noexcept { return zero_[id]; }

  /// Nodes of the step.
  [[nodiscard]] int size() const noexcept { return size_; }
  [[nodiscard]] int parameters() const noexcept { return parameters_; }

  /// The place of the node that comes next, to be filled in and added.
  [[nodiscard]] Node<T>& next() {
    if (size_ == room_) make_room();
    return zero_[size_];
  }
  /// Whether there is no room for one more before next().
  [[nodiscard]] bool full() const noexcept { return size_ == room_; }
  /// Adds it.
  void add() noexcept { ++size_; }
  /// Drops those from number `size` on.
  void cut(int size) noexcept { size_ = size; }

  /// Adds that many parameters, behind those that are there.
  void add_parameters(int count) {
    all_.insert(all_.begin(), static_cast<std::size_t>(count), Node<T>());
    parameters_ += count;
    find();
  }
  void drop_parameters() noexcept {
    all_.erase(all_.begin(), all_.begin() + parameters_);
    parameters_ = 0;
    find();
  }

 private:
  // Not inlined where there is room as a rule.
  WICK_NOINLINE void make_room() {
    all_.resize(all_.empty() ? 256 : 2 * all_.size());
    find();
  }
  void find() noexcept {
    zero_ = all_.data() + parameters_;
    room_ = static_cast<int>(all_.size()) - parameters_;
  }

  std::vector<Node<T>> all_;
  Node<T>* zero_ = nullptr;
  int size_ = 0;
  int room_ = 0;
  int parameters_ = 0;
};

}  // namespace detail
WICK_END_NAMESPACE
