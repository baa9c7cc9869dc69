#pragma once

// One function over the elements of several tensors, in one pass over memory.

#include <wick/ops/broadcast.hpp>
#include <wick/ops/detail/overlap.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Name of an operation for messages.
template <class Tf>
[[nodiscard]] constexpr const char* operation_name() noexcept {
  if constexpr (requires { Tf::name; }) {
    return Tf::name;
  } else {
    return "map";
  }
}

/// Whether a function has a loop of its own over stretches of memory.
template <class Tf, class Tr, class T>
concept HasLoop = requires(const Tf& f, const T* x, Index n, Tr* y) {
  f.loop(x, n, y);
};

/// Where element i of an operand is: it moves along, stays at its first, or either, as only the step says.
struct Moves {
  Index operator()(Index i) const noexcept { return i; }
};
struct Stays {
  Index operator()(Index /*i*/) const noexcept { return 0; }
};
struct BySteps {
  Index step;
  Index operator()(Index i) const noexcept { return i * step; }
};

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpass-failed"  // builds without vectorisation need not say so
#endif

/// y_i = f(x_i...) for i < n. `y` may be the memory of an operand, element for element, so iterations do not
/// depend on each other. That is said to the compiler, and the count of the inner loop is a constant: it
/// makes vectors of it then, GCC at -O2 too.
template <class Tr, class Tf, class... T, std::size_t... o>
void map_run(const std::array<Index, sizeof...(T)>& step, Index n, Tr* y, const Tf& f,
             std::index_sequence<o...> /*operands*/, const T*... x) {
  constexpr Index block = 16;
  if constexpr (sizeof...(T) == 2 && requires { f.loop(x..., n, y); }) {
    if ((... && (step[o] == 1)) && n >= block) return f.loop(x..., n, y);
  }
  const auto blocks = [&](auto... place) {
    Index i = 0;
    for (; i + block <= n; i += block) {
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety)
#elif defined(__GNUC__)
#pragma GCC ivdep
#endif
      for (Index j = 0; j < block; ++j) y[i + j] = f(x[place(i + j)]...);
    }
    for (; i < n; ++i) y[i] = f(x[place(i)]...);
  };
  if ((... && (step[o] == 1))) return blocks((static_cast<void>(o), Moves{})...);
  if constexpr (sizeof...(T) == 2) {
    if (step[0] == 1) return blocks(Moves{}, Stays{});
    if (step[1] == 1) return blocks(Stays{}, Moves{});
  }
  blocks(BySteps{step[o]}...);
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

template <class Tr, class Tf, class T>
void map_run(const std::array<Index, 1>& step, Index n, Tr* y, const Tf& f,
             std::index_sequence<0> /*operands*/, const T* x) requires HasLoop<Tf, Tr, T> {
  if (step[0] == 1 || n == 1) return f.loop(x, n, y);
  f.loop(x, 1, y);
  std::fill_n(y + 1, n - 1, y[0]);
}

/// map_out() for shapes that fit.
template <class Tr, class Tf, class... T>
void map_into(TensorView<Tr> out, const Tf& f, TensorView<const T>... x) {
  constexpr auto all = std::make_index_sequence<sizeof...(T)>{};
  const BroadcastLoops<sizeof...(T)> loops(out.shape(), {&x.shape()...});
  Tr* y = out.data();
  std::array<Index, sizeof...(T)> step{};
  for (std::size_t o = 0; o < step.size(); ++o) step[o] = loops.step(o);
  loops.for_each_run([&](const auto& offsets) {
    [&]<std::size_t... o>(std::index_sequence<o...>) {
      map_run(step, loops.run(), y, f, all, (x.data() + offsets[o])...);
    }
    (all);
    y += loops.run();
  });
}

/// Takes the memory of an operand that may be overwritten with a result, or new memory.
template <class Tr>
class ResultMemory {
 public:
  explicit ResultMemory(const Shape& shape) : shape_(shape) {}

  /// Offers a tensor that is not needed any more.
  void offer(Tensor<Tr>&& x) noexcept {
    if (taken_ == nullptr && x.shape() == shape_) taken_ = &x;
  }
  template <class Tx>
  void offer(Tx&& /*not a temporary of the type*/) noexcept {}

  [[nodiscard]] Tensor<Tr>* taken() const noexcept { return taken_; }

 private:
  const Shape& shape_;
  Tensor<Tr>* taken_ = nullptr;
};

}  // namespace detail

/// Result type of a function over elements.
template <class Tf, class... Tx>
using MapResult = std::remove_cvref_t<std::invoke_result_t<const Tf&, ElementOf<Tx>...>>;

/// out_i = f(x_i...) over operands that broadcast to the shape of `out`, which may be one of them; nothing is
/// allocated. Throws ShapeError when the shapes do not fit, Error when `out` overlaps an operand otherwise.
///
/// `f` is called once for each element, with elements of the operands' own types. Between calls nothing else
/// is read or written, so a whole formula costs one pass over memory.
template <Element Tr, class Tf, TensorOperand... Tx>
requires std::invocable<const Tf&, ElementOf<Tx>...>
void map_out(TensorView<Tr> out, const Tf& f, const Tx&... x) {
  constexpr const char* where = detail::operation_name<Tf>();
  const Shape shape = broadcast_shapes(where, x.shape()...);
  if (!(shape == out.shape())) {
    throw ShapeError(std::string(where) + ": output with shape " + out.shape().str() +
                     " doesn't match the broadcast shape " + shape.str());
  }
  (detail::check_overlap(where, out, detail::view_of_operand(x)), ...);
  detail::map_into(out, f, detail::view_of_operand(x)...);
}

/// The tensor of f(x_i...) over operands that broadcast together:
/// `map([](float a, float b) { return a * b + 1; }, x, y)`.
///
/// Its element type is what `f` returns. The memory of a temporary tensor of that type and shape is reused
/// for the result. Throws ShapeError when the shapes do not fit. Where the program is compiled so that
/// products and sums are fused (-march=native in GNU's dialect), that includes those of `f`.
template <class Tf, TensorOperand... Tx>
requires std::invocable<const Tf&, ElementOf<Tx>...>
[[nodiscard]] Tensor<MapResult<Tf, Tx...>> map(const Tf& f, Tx&&... x) {
  using Tr = MapResult<Tf, Tx...>;
  static_assert(Element<Tr>, "f has to return float, double, std::int64_t, std::uint8_t or bool");
  const Shape shape = broadcast_shapes(detail::operation_name<Tf>(), x.shape()...);
  detail::ResultMemory<Tr> memory(shape);
  (memory.offer(std::forward<Tx>(x)), ...);
  if (Tensor<Tr>* const taken = memory.taken()) {
    const TensorView<Tr> out = taken->view();
    // Another operand may be a view into it.
    if ((... && detail::may_be_overwritten(out, detail::view_of_operand(x)))) {
      detail::map_into(out, f, detail::view_of_operand(x)...);
      return std::move(*taken);
    }
  }
  Tensor<Tr> result(shape);
  detail::map_into(result.view(), f, detail::view_of_operand(x)...);
  return result;
}

WICK_END_NAMESPACE
