#pragma once

// The program of a model.

#include <wick/graph/trace.hpp>
#include <wick/nn/model.hpp>

#include <concepts>

WICK_BEGIN_NAMESPACE

/// What `model` computes when it predicts, for inputs of these shapes, each that of one sample, as a program:
/// it runs without the tape, in any number of threads, on the parameters that it is given:
///
///     const auto program = trace(model, Shape{784});
///     const auto y = program(model.parameters()->values(), x, workspace);
///
/// See trace() of a module for what a module has to be like. The program of a model whose module is changed
/// afterwards is that of the module before.
template <class Module, Floating T, std::convertible_to<Shape>... Sample>
requires(sizeof...(Sample) > 0)
    [[nodiscard]] Program<T> trace(const Model<Module, T>& model, const Sample&... sample) {
  return trace(model.module(), *model.parameters(), sample...);
}

WICK_END_NAMESPACE
