#pragma once

// Definitions of graph/symbol.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

template <Floating T>
const Shape& Trace<T>::checked(const char* what, const Shape& shape) {
  for (const Index d : shape.dims()) {
    if (detail::counts_samples(d)) {
      throw ShapeError(std::string("trace: ") + what + " of shape " + shape.str() + ": a size of " +
                       std::to_string(d) + " stands for the number of samples");
    }
  }
  return shape;
}

template <Floating T>
Symbol<T> Trace<T>::input(const Shape& sample) {
  static_cast<void>(checked("a sample", sample));
  std::array<Index, Shape::max_rank + 1> dims{any_rows};
  std::ranges::copy(sample.dims(), dims.begin() + 1);
  const Shape shape(std::span<const Index>(dims.data(), sample.dim() + 1));
  return append({nullptr, {-1, -1, -1}, T(0), {}, shape, Step<T>::Leaf::input, inputs_++});
}

template <Floating T>
Symbol<T> Trace<T>::parameter(const Slot& slot) {
  static_cast<void>(block_->value(slot));
  const auto [known, is_new] = parameters_.try_emplace(slot.number, static_cast<int>(steps_.size()));
  if (!is_new) return {*this, known->second};
  return append({nullptr,
                 {-1, -1, -1},
                 T(0),
                 {},
                 checked("a parameter", slot.shape),
                 Step<T>::Leaf::parameter,
                 slot.offset});
}

template <Floating T>
Symbol<T> Trace<T>::constant(TensorArg<T> x) {
  auto place = static_cast<Index>(constants_.size());
  if (followed_ != nullptr) {
    const std::span<const T> buffers = (*followed_)->buffer_values();
    const auto inside = [&](const T* p) {
      return !std::less<>()(p, buffers.data()) && !std::less<>()(buffers.data() + buffers.size(), p);
    };
    if (!inside(x.data()) || !inside(x.data() + x.numel()))
      throw Error("trace: a program that follows the buffers of its model has no other constants");
    place = x.data() - buffers.data();
  } else {
    constants_.insert(constants_.end(), x.data(), x.data() + x.numel());
  }
  return append(
      {nullptr, {-1, -1, -1}, T(0), {}, checked("a constant", x.shape()), Step<T>::Leaf::constant, place});
}

template <Floating T>
Symbol<T> Trace<T>::record(const Operation<T>& operation, std::span<const Symbol<T>> in, T number,
                           std::vector<Index> attributes) {
  std::array<int, 3> ids{-1, -1, -1};
  std::array<const Shape*, 3> shapes{};
  std::size_t count = 0;
  for (const Symbol<T>& s : in) {
    if (&s.tape() != this) {
      throw Error(std::string(operation.name) + ": the symbols belong to different traces");
    }
    ids[count] = s.id();
    shapes[count++] = &shape(s.id());
  }
  const std::span<const Shape* const> given(shapes.data(), count);
  if (operation.shape == nullptr) {
    for (const Shape* s : given) {
      if (!(*s == *given[0])) {
        throw ShapeError(std::string(operation.name) + ": expected equal shapes, got " + given[0]->str() +
                         " and " + s->str());
      }
    }
  }
  const Shape shape = operation.shape == nullptr ? *given[0] : operation.shape({given, attributes});
  for (const Index d : shape.dims()) {
    if (detail::counts_samples(d) && detail::counts_samples(d / any_rows)) {
      throw ShapeError(std::string(operation.name) + ": " + detail::program_shape(shape) +
                       " has a dimension of the square of the number of samples, *");
    }
  }
  return append({&operation, ids, number, std::move(attributes), shape});
}

namespace detail {

[[noreturn]] WICK_INLINE void refuse_samples(const char* where, const Shape& x) {
  throw ShapeError(std::string(where) + ": a program does not know the number of samples, which is * in " +
                   program_shape(x) + "; take other dimensions, or do this outside of the module");
}

}  // namespace detail

#ifdef WICK_COMPILED
template class Trace<float>;
template class Trace<double>;
#endif

WICK_END_NAMESPACE
