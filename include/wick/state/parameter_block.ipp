#pragma once

// Definitions of state/parameter_block.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/printable.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The hash of a layout, from that of the parameters before and what is added (FNV-1a).
[[nodiscard]] inline std::uint64_t layout_hash(std::uint64_t before, std::string_view name,
                                               const Shape& shape) noexcept {
  std::uint64_t hash = before ^ 0xCBF29CE484222325U;
  const auto mix = [&hash](std::uint64_t x) { hash = (hash ^ x) * 0x100000001B3U; };
  for (const char c : name) mix(static_cast<unsigned char>(c));
  mix(shape.dim());
  for (const Index n : shape.dims()) mix(static_cast<std::uint64_t>(n));
  return hash;
}

}  // namespace detail

template <Floating T>
ParameterBlock<T>::ParameterBlock(T* values, Index elements, std::shared_ptr<const void> owner)
    : values_(Buffer<T>::over(values, elements, std::move(owner))) {
  values_.resize(0);
}

template <Floating T>
ParameterBlock<T>::ParameterBlock(T* values, Index elements, std::vector<Index> offsets,
                                  std::shared_ptr<const void> owner)
    : offsets_(std::move(offsets)), values_(Buffer<T>::over(values, elements, std::move(owner))) {}

template <Floating T>
Slot ParameterBlock<T>::add(std::string name, const Shape& shape) {
  check_name("add", name);
  const bool with_grad = has_grad();
  if (with_grad) new_grad_of_.reserve(entries_.size() + 1);
  if (entries_.size() < offsets_.size()) {
    const Index at = offsets_[entries_.size()];
    if (at < 0 || at % unit != 0 || at > values_.size() || padded(shape.numel()) > values_.size() - at) {
      throw ShapeError("ParameterBlock::add: " + detail::quoted_name(name) + " of shape " + shape.str() +
                       " does not lie at element " + std::to_string(at) + " of " +
                       std::to_string(values_.size()));
    }
    const std::uint64_t before = entries_.empty() ? 0 : entries_.back().slot.layout;
    const Slot slot{at, shape, entries_.size(), detail::layout_hash(before, name, shape)};
    index_.emplace(name, entries_.size());
    entries_.push_back({std::move(name), slot});
    if (with_grad) add_new_grad();
    return slot;
  }
  const Index begin = values_.size();
  if (shape.numel() > (std::numeric_limits<Index>::max)() - begin - unit) {
    throw ShapeError("ParameterBlock::add: " + detail::quoted_name(name) + " of shape " + shape.str() +
                     " does not fit behind the " + std::to_string(begin) + " elements of the block");
  }
  const Index end = begin + padded(shape.numel());
  const std::uint64_t before = entries_.empty() ? 0 : entries_.back().slot.layout;
  const Slot slot{begin, shape, entries_.size(), detail::layout_hash(before, name, shape)};
  entries_.push_back({std::move(name), slot});
  try {
    index_.emplace(entries_.back().name, entries_.size() - 1);
    grow_values(end);
    if (with_grad) grads_.grow(end);
  } catch (...) {
    index_.erase(entries_.back().name);
    entries_.pop_back();
    values_.resize(begin);
    throw;
  }
  if (!values_.is_foreign()) std::fill(values_.data() + begin, values_.data() + end, T(0));
  if (with_grad) {
    std::fill(grads_.data() + begin, grads_.data() + end, T(0));
    add_new_grad();
  }
  return slot;
}

template <Floating T>
void ParameterBlock<T>::grow_values(Index size) {
  if (size <= values_.capacity() || !outgrown_.is_held()) return values_.grow(size);
  Buffer<T> larger(size);
  std::copy_n(values_.data(), values_.size(), larger.data());
  outgrown_.replace(values_, std::move(larger));
  mark_changed();
}

template <Floating T>
void ParameterBlock<T>::check_name(const char* function, const std::string& name) const {
  const std::string where = std::string("ParameterBlock::") + function + ": ";
  if (name.empty()) throw IndexError(where + "a parameter needs a name");
  if (contains(name)) {
    throw IndexError(where + "the parameter " + detail::quoted_name(name) + " exists already");
  }
  if (buffer_index_.contains(name))
    throw IndexError(where + "the buffer " + detail::quoted_name(name) + " exists already");
}

template <Floating T>
Slot ParameterBlock<T>::add_buffer(std::string name, const Shape& shape, bool persistent) {
  check_name("add_buffer", name);
  const Index begin = buffer_values_.size();
  if (shape.numel() > (std::numeric_limits<Index>::max)() - begin - unit) {
    throw ShapeError("ParameterBlock::add_buffer: " + detail::quoted_name(name) + " of shape " + shape.str() +
                     " does not fit behind the " + std::to_string(begin) + " elements of the buffers");
  }
  // Never the hash of a parameter, so that neither passes for the other.
  constexpr std::uint64_t of_buffers = 0x6275666665727321U;
  const std::uint64_t before = buffers_.empty() ? of_buffers : buffers_.back().slot.layout;
  const Slot slot{begin, shape, buffers_.size(), detail::layout_hash(before, name, shape)};
  const Index end = begin + padded(shape.numel());
  buffers_.push_back({std::move(name), slot, persistent});
  try {
    buffer_index_.emplace(buffers_.back().name, slot.number);
    buffer_values_.grow(end);
  } catch (...) {
    buffer_index_.erase(buffers_.back().name);
    buffers_.pop_back();
    throw;
  }
  std::fill(buffer_values_.data() + begin, buffer_values_.data() + end, T(0));
  return slot;
}

template <Floating T>
void ParameterBlock<T>::set_requires_grad(const Slot& s, bool on) {
  check_slot(s);
  bool& now = entries_[s.number].requires_grad;
  if (now == on) return;
  now = on;
  ++freezing_;
  if (!has_grad()) return;
  if (has_new_grad()) new_grads()[s.number] = 0;
  if (!zeros_due_) std::fill_n(grads_.data() + s.offset, s.shape.numel(), T(0));
}

template <Floating T>
const Slot& ParameterBlock<T>::slot(std::string_view name) const {
  if (const auto it = index_.find(name); it != index_.end()) return entries_[it->second].slot;
  std::string known;
  std::size_t count = 0;
  for (const auto& e : entries_) {
    if (count++ < detail::most_shown_items) known += (known.empty() ? "" : ", ") + detail::shown_name(e.name);
  }
  if (count > detail::most_shown_items) {
    known += ", and " + std::to_string(count - detail::most_shown_items) + " more";
  }
  throw IndexError("ParameterBlock: no parameter " + detail::quoted_name(name) + "; there are: " + known);
}

template <Floating T>
void ParameterBlock<T>::refuse(const Slot& s) const {
  throw IndexError("ParameterBlock: the slot of shape " + s.shape.str() + ", parameter " +
                   std::to_string(s.number) + " at element " + std::to_string(s.offset) +
                   ", is not one of the " + std::to_string(entries_.size()) +
                   " of this block; pass the block that the layer was built in, or a copy of it");
}

template <Floating T>
void ParameterBlock<T>::refuse_buffer(const Slot& s) const {
  throw IndexError("ParameterBlock: the slot of shape " + s.shape.str() + ", number " +
                   std::to_string(s.number) + " at element " + std::to_string(s.offset) +
                   ", is not that of one of the " + std::to_string(buffers_.size()) +
                   " buffers of this block; parameters are read with value()");
}

template <Floating T>
void ParameterBlock<T>::swap_grads(Buffer<T>& other) {
  if (!has_grad())
    throw Error("ParameterBlock::swap_grads: there are no gradients yet; call require_grad() first");
  if (other.size() == 0) {
    other.resize(grads_.size());
    std::fill_n(other.data(), other.size(), T(0));
  }
  if (other.size() != grads_.size()) {
    throw ShapeError("ParameterBlock::swap_grads: expected " + std::to_string(grads_.size()) +
                     " elements, got " + std::to_string(other.size()));
  }
  write_due_zeros();
  std::swap(grads_, other);
}
template <Floating T>
void ParameterBlock<T>::refuse_grad(const Slot& s) const {
  throw Error("ParameterBlock::grad: \"" + entries_[s.number].name +
              "\" has no gradient yet; call require_grad() first");
}

template <Floating T>
void ParameterBlock<T>::lerp(const ParameterBlock& other, double weight) {
  const auto refuse_other = [](const std::string& what) {
    throw IndexError("ParameterBlock::lerp: the blocks have different parameters: " + what);
  };
  if (entries_.size() != other.entries_.size()) {
    refuse_other(std::to_string(entries_.size()) + " here and " + std::to_string(other.entries_.size()) +
                 " there");
  }
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& mine = entries_[i];
    const Entry& theirs = other.entries_[i];
    if (mine.name == theirs.name && mine.slot.shape == theirs.slot.shape) continue;
    refuse_other(detail::quoted_name(mine.name) + " of shape " + mine.slot.shape.str() + " here and " +
                 detail::quoted_name(theirs.name) + " of shape " + theirs.slot.shape.str() + " there");
  }
  const T w = static_cast<T>(weight);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    T* const p = values_.data() + entries_[i].slot.offset;
    const T* const q = other.values_.data() + other.entries_[i].slot.offset;
    // From the nearer end, as in PyTorch, so that 1 gives q itself.
    const Index n = entries_[i].slot.shape.numel();
    if (w < T(0.5)) {
      for (Index k = 0; k < n; ++k) p[k] += w * (q[k] - p[k]);
    } else {
      for (Index k = 0; k < n; ++k) p[k] = q[k] - (q[k] - p[k]) * (T(1) - w);
    }
  }
  mark_changed();
}

template <Floating T>
StateDict ParameterBlock<T>::state_dict() const {
  StateDict sd;
  for (const auto& e : entries_) sd.insert(e.name, AnyTensor::copy_of(value(e.slot)));
  for (const auto& e : buffers_) {
    if (e.persistent) sd.insert(e.name, AnyTensor::copy_of(buffer(e.slot)));
  }
  return sd;
}

template <Floating T>
StateDictSpec ParameterBlock<T>::spec(std::string class_name) const {
  StateDictSpec spec{std::move(class_name), {}};
  for (const auto& e : entries_) spec.tensors.push_back({e.name, e.slot.shape});
  for (const auto& e : buffers_) {
    if (e.persistent) spec.tensors.push_back({e.name, e.slot.shape});
  }
  return spec;
}

template <Floating T>
void ParameterBlock<T>::assign(const StateDict& sd) noexcept {
  mark_changed();
  for (const auto& e : entries_) {
    const AnyTensor* t = sd.find(e.name);
    if (t != nullptr && detail::loadable(t->shape(), e.slot.shape)) t->copy_to(value(e.slot).data());
  }
  for (const auto& e : buffers_) {
    const AnyTensor* t = e.persistent ? sd.find(e.name) : nullptr;
    if (t != nullptr && detail::loadable(t->shape(), e.slot.shape)) t->copy_to(buffer(e.slot).data());
  }
}

template <Floating T>
std::span<char> ParameterBlock<T>::new_grads() noexcept {
  if (new_grad_ != NewGrad::some) std::ranges::fill(new_grad_of_, new_grad_ == NewGrad::all ? 1 : 0);
  new_grad_ = NewGrad::some;
  return new_grad_of_;
}

template <Floating T>
void ParameterBlock<T>::add_new_grad() noexcept {
  if (has_new_grad()) static_cast<void>(new_grads());
  new_grad_of_.push_back(0);
}

#ifdef WICK_COMPILED
template class ParameterBlock<float>;
template class ParameterBlock<double>;
#endif

WICK_END_NAMESPACE
