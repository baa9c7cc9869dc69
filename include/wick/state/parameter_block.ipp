#pragma once

// Definitions of state/parameter_block.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/printable.hpp>
#include <wick/state/load_state_dict.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
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
  if (name.empty()) throw IndexError("ParameterBlock::add: a parameter needs a name");
  if (contains(name))
    throw IndexError("ParameterBlock::add: the parameter " + detail::quoted_name(name) + " exists already");
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
    return slot;
  }
  const Index begin = values_.size();
  if (shape.numel() > (std::numeric_limits<Index>::max)() - begin - unit) {
    throw ShapeError("ParameterBlock::add: " + detail::quoted_name(name) + " of shape " + shape.str() +
                     " does not fit behind the " + std::to_string(begin) + " elements of the block");
  }
  const Index end = begin + padded(shape.numel());
  const bool with_grad = has_grad();
  const std::uint64_t before = entries_.empty() ? 0 : entries_.back().slot.layout;
  const Slot slot{begin, shape, entries_.size(), detail::layout_hash(before, name, shape)};
  entries_.push_back({std::move(name), slot});
  try {
    index_.emplace(entries_.back().name, entries_.size() - 1);
    values_.grow(end);
    if (with_grad) grads_.grow(end);
  } catch (...) {
    index_.erase(entries_.back().name);
    entries_.pop_back();
    values_.resize(begin);
    throw;
  }
  if (!values_.is_foreign()) std::fill(values_.data() + begin, values_.data() + end, T(0));
  if (with_grad) std::fill(grads_.data() + begin, grads_.data() + end, T(0));
  return slot;
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
  return sd;
}

template <Floating T>
StateDictSpec ParameterBlock<T>::spec(std::string class_name) const {
  StateDictSpec spec{std::move(class_name), {}};
  for (const auto& e : entries_) spec.tensors.push_back({e.name, e.slot.shape});
  return spec;
}

template <Floating T>
LoadResult ParameterBlock<T>::load_state_dict(const StateDictSpec& spec, const StateDict& sd,
                                              const LoadOptions& options) {
  if (!options.renames()) {
    LoadResult result = check_state_dict(spec, sd, options);
    assign(sd);
    return result;
  }
  const StateDict renamed = rename(sd, [&](std::string_view name) { return options.name_for(name); });
  return load_state_dict(spec, renamed,
                         {.strict = options.strict, .allow_shape_mismatch = options.allow_shape_mismatch});
}

template <Floating T>
void ParameterBlock<T>::assign(const StateDict& sd) noexcept {
  mark_changed();
  for (const auto& e : entries_) {
    const AnyTensor* t = sd.find(e.name);
    if (t != nullptr && detail::loadable(t->shape(), e.slot.shape)) t->copy_to(value(e.slot).data());
  }
}

#ifdef WICK_COMPILED
template class ParameterBlock<float>;
template class ParameterBlock<double>;
#endif

WICK_END_NAMESPACE
