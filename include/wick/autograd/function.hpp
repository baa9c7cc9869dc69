#pragma once

// A user's own operation, with a derivative of its own.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/base/detail/type_name.hpp>
#include <wick/base/error.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <new>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The name of a class for messages and rules, which end it with a zero.
template <class Function>
[[nodiscard]] constexpr auto name_of_class() noexcept {
  constexpr std::string_view name = type_name<Function>();
  std::array<char, name.size() + 1> letters{};
  std::ranges::copy(name, letters.begin());
  return letters;
}
template <class Function>
inline constexpr auto class_name = name_of_class<Function>();

/// What forward() or backward() returned, as a tuple.
template <class Result>
[[nodiscard]] auto as_tuple(Result&& result) {
  if constexpr (requires { std::tuple_size<std::remove_cvref_t<Result>>::value; }) {
    return std::apply([](auto&&... part) { return std::tuple(std::forward<decltype(part)>(part)...); },
                      std::forward<Result>(result));
  } else {
    return std::tuple<std::remove_cvref_t<Result>>(std::forward<Result>(result));
  }
}

/// What the tape keeps of a call: the function and the nodes of what forward() returned beside the result.
template <class Function, std::size_t Saved>
struct Applied {
  Function function;
  std::array<int, Saved> saved{};
};

template <Floating T>
void add_gradient(const char* name, Tape<T>& tape, int input, std::size_t number, const Var<T>& gradient,
                  Gradients<T>& to) {
  if (gradient.empty() || !to.wants(input)) return;
  const Shape expected = tape.shape(input);
  const Shape shape = gradient.shape();
  bool fits = expected.dim() <= shape.dim();
  for (std::size_t i = 1; fits && i <= expected.dim(); ++i) {
    const Index size = expected.dims()[expected.dim() - i];
    fits = size == 1 || size == shape.dims()[shape.dim() - i];
  }
  if (!fits) {
    throw ShapeError(std::string(name) + ": backward() returned an invalid gradient at index " +
                     std::to_string(number) + " - got " + shape.str() +
                     " but expected shape compatible with " + expected.str());
  }
  to.add(input, [&] { return sum_to(gradient, expected); });
}

template <class Function, Floating T, std::size_t Inputs, std::size_t Saved>
inline constexpr Rule<T> saved_rule{
    .name = class_name<Function>.data(), .derive = [](Tape<T>&, int, const Var<T>&, Gradients<T>&) {
      throw Error(std::string(class_name<Function>.data()) +
                  ": trying to differentiate twice a function that saved what is neither an input nor the "
                  "result; compute it from these in backward() instead");
    }};

template <class Function, Floating T, std::size_t Inputs, std::size_t Saved>
inline constexpr Rule<T> function_rule{
    .name = class_name<Function>.data(),
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const auto& call = *static_cast<const Applied<Function, Saved>*>(tape.node(id).kept);
      const std::array<int, 3> in = tape.node(id).in;
      [&]<std::size_t... Kept, std::size_t... At>(std::index_sequence<Kept...>, std::index_sequence<At...>) {
        const auto gradients = as_tuple(call.function.backward(
            dy, Var<T>(tape, id), Var<T>(tape, call.saved[Kept])..., tape.kept(id, static_cast<int>(At))...));
        static_assert(std::tuple_size_v<decltype(gradients)> == Inputs,
                      "backward() has to return as many gradients as forward() has arguments");
        (add_gradient<T>(class_name<Function>.data(), tape, in[At], At, std::get<At>(gradients), to), ...);
      }
      (std::make_index_sequence<Saved>(), std::make_index_sequence<Inputs>());
    }};

/// forward() and backward() over variables.
template <class Function, Floating T, class... Input>
[[nodiscard]] Var<T> apply_to_variables(Tape<T>& tape, const Function& function, const Input&... x) {
  constexpr std::size_t inputs = sizeof...(Input);
  std::array<int, 3> in{no_node, no_node, no_node};
  std::ranges::copy(std::array{tape.operand(x)...}, in.begin());
  auto results = [&] {
    const NoGrad no_grad;
    return as_tuple(function.forward(x...));
  }();
  constexpr std::size_t saved = std::tuple_size_v<decltype(results)> - 1;
  using Call = Applied<Function, saved>;
  auto* const call = tape.arena().template make<Call>(function);
  [&]<std::size_t... Kept>(std::index_sequence<Kept...>) {
    ((call->saved[Kept] =
          tape.operand(tape.alias(saved_rule<Function, T, inputs, saved>, in, std::get<Kept + 1>(results)))),
     ...);
  }
  (std::make_index_sequence<saved>());
  const Var<T> y = tape.alias(function_rule<Function, T, inputs, saved>, in, std::get<0>(results));
  const int id = tape.operand(y);
  tape.node(id).kept = call;
  return tape.done(id);
}

template <class Function, Floating T>
inline constexpr Rule<T> once_rule{
    .name = class_name<Function>.data(), .derive = [](Tape<T>&, int, const Var<T>&, Gradients<T>&) {
      throw Error(std::string(class_name<Function>.data()) +
                  ": trying to differentiate twice a function whose backward() computes tensors, of which "
                  "nothing is recorded; write it over variables");
    }};

template <class Function, Floating T, std::size_t Inputs>
inline constexpr Rule<T> tensor_function_rule{
    .name = class_name<Function>.data(),
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const auto& call = *static_cast<const Applied<Function, 0>*>(tape.node(id).kept);
      const std::array<int, 3> in = tape.node(id).in;
      const auto view = [&](const T* data, int node) {
        return TensorView<const T>(data, Shape(tape.shape(node)));
      };
      [&]<std::size_t... At>(std::index_sequence<At...>) {
        const int from = tape.operand(dy);
        const std::array<const T*, Inputs> x{tape.kept_value(id, static_cast<int>(At))...};
        const auto gradients = as_tuple(call.function.backward(
            view(tape.value(from), id), view(tape.value(id), id), view(x[At], in[At])...));
        static_assert(std::tuple_size_v<decltype(gradients)> == Inputs,
                      "backward() has to return as many gradients as forward() has arguments");
        const auto recorded = [&](std::size_t k, TensorArg<T> gradient) {
          // A tensor that was not assigned to is no gradient.
          if (!to.wants(in[k]) || (gradient.numel() == 0 && tape.node(in[k]).numel() != 0)) return;
          const int g = tape.whole(once_rule<Function, T>, {from, id, no_node}, gradient.shape());
          std::copy_n(gradient.data(), gradient.numel(), tape.node(g).value);
          add_gradient<T>(class_name<Function>.data(), tape, in[k], k, tape.done(g), to);
        };
        (recorded(At, std::get<At>(gradients)), ...);
      }
      (std::make_index_sequence<Inputs>());
    }};

/// forward() and backward() over tensors.
template <class Function, Floating T, class... Input>
[[nodiscard]] Var<T> apply_to_tensors(Tape<T>& tape, const Function& function, const Input&... x) {
  std::array<int, 3> in{no_node, no_node, no_node};
  std::ranges::copy(std::array{tape.operand(x)...}, in.begin());
  const auto compute = [&](const Tensor<T>& result) {
    const int id = tape.whole(tensor_function_rule<Function, T, sizeof...(Input)>, in, result.shape());
    std::copy_n(result.data(), result.numel(), tape.node(id).value);
    using Call = Applied<Function, 0>;
    tape.node(id).keep(tape.arena().template make<Call>(function));
    return tape.done(id);
  };
  return compute(function.forward(x.value()...));
}

}  // namespace detail

/// The result of `function.forward(x, ...)` for one to three variables, of which the derivative is what
/// `function.backward(dy, y, ..., x, ...)` says, given that of the loss by the result y:
///
///     struct Swish {
///       static auto forward(const auto& x) { return x * sigmoid(x); }
///       static auto backward(const auto& dy, const auto& y, const auto& x) {
///         const auto s = sigmoid(x);
///         return dy * (s + y * (1 - s));
///       }
///     };
///     const auto y = wick::apply<Swish>(x);
///
/// forward() gets the variables, and none of its operations is recorded. It returns the result, or a tuple of
/// it and more to be saved; backward() gets dy, all that forward() returned, and the inputs. It returns a
/// variable for each input, a tuple for several: the derivative, which is summed to the input's shape if it
/// broadcasts from that, or an empty variable for none. Of a function like that there are derivatives of
/// every order, if it saved nothing else. Nothing is allocated beside the tape's memory.
///
/// Both may take tensors in place of variables, as `TensorView<const T>`, and return `Tensor<T>`, for loops
/// of one's own: such a function has no second derivative. A tensor that is empty is no gradient.
///
/// The function may have members, such as numbers; a copy lies in the memory of the tape, so they have to be
/// trivially copyable: tensors are inputs. Throws ShapeError for a gradient of another shape than the
/// input's, "Swish: backward() returned an invalid gradient at index 0 - got [2] but expected shape
/// compatible with [3]", and Error for a second derivative that is not there.
/// https://docs.pytorch.org/docs/stable/autograd.html#torch.autograd.Function
template <class Function, Floating T, std::same_as<Var<T>>... More>
[[nodiscard]] Var<T> apply(const Function& function, const Var<T>& x, const More&... more) {
  static_assert(sizeof...(More) < 3, "an operation has at most three inputs; cat() makes one of several");
  static_assert(std::is_trivially_copyable_v<Function> && std::is_trivially_destructible_v<Function>,
                "a function is kept in the memory of the tape: its members have to be numbers and the like");
  if constexpr (requires { function.forward(x, more...); }) {
    return detail::apply_to_variables(x.tape(), function, x, more...);
  } else {
    return detail::apply_to_tensors(x.tape(), function, x, more...);
  }
}
template <class Function, Floating T, std::same_as<Var<T>>... More>
[[nodiscard]] Var<T> apply(const Var<T>& x, const More&... more) {
  return apply(Function{}, x, more...);
}

WICK_END_NAMESPACE
