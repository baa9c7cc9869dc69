#pragma once

// The program of a module.

#include <wick/graph/activations.hpp>
#include <wick/graph/elementwise.hpp>
#include <wick/graph/functions.hpp>
#include <wick/graph/index.hpp>
#include <wick/graph/join.hpp>
#include <wick/graph/linear.hpp>
#include <wick/graph/matmul.hpp>
#include <wick/graph/normalisation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/parts.hpp>
#include <wick/graph/program.hpp>
#include <wick/graph/reductions.hpp>
#include <wick/graph/select.hpp>
#include <wick/graph/symbol.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// What `module` computes when it is called with inputs of these shapes, each that of a single sample, as a
/// program. `block` holds the module's parameters. A module returns one value, or several in a pair, tuple or
/// array.
///
/// The module is called once, with symbols, which have shapes and no numbers: its call operator has to be a
/// template, and a path that depends on numbers does not compile. Throws ShapeError for shapes that do not
/// fit.
template <class Module, Floating T, std::convertible_to<Shape>... Sample>
requires(sizeof...(Sample) > 0)
    [[nodiscard]] Program<T> trace(const Module& module, const ParameterBlock<T>& block,
                                   const Sample&... sample) {
  Trace<T> tape(block);
  // In order, unlike the arguments of a call.
  const std::array<Symbol<T>, sizeof...(Sample)> inputs{tape.input(Shape(sample))...};
  const auto result = std::apply([&](const auto&... x) { return module(x...); }, inputs);
  using Result = std::remove_cvref_t<decltype(result)>;
  if constexpr (std::same_as<Result, Symbol<T>>) {
    return Program<T>(tape, std::span(&result, 1));
  } else {
    const auto outputs = std::apply(
        [](const auto&... each) { return std::array<Symbol<T>, sizeof...(each)>{each...}; }, result);
    return Program<T>(tape, outputs);
  }
}

WICK_END_NAMESPACE
