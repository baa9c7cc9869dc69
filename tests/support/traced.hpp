#pragma once

// Functions as modules, whose programs are compared with the tape and with numbers computed by hand.

#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/graph/trace.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/random/distributions.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace wick_tests {

/// The numbers of one sample.
using Values = std::vector<double>;

template <class T>
[[nodiscard]] bool same_bits(wick::TensorView<const T> a, wick::TensorView<const T> b) {
  return a.shape() == b.shape() &&
         (a.numel() == 0 ||  // std::memcmp takes no null pointer, not even for no bytes
          std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.numel()) * sizeof(T)) == 0);
}

/// Numbers of rows that go through a program as one, as blocks, as several parts, and as parts of threads.
inline constexpr std::array<wick::Index, 6> row_counts{1, 2, 3, 65, 513, 1025};

/// Checks that the program of f, for samples of this shape, gives the bits that f gives on the tape and what
/// `truth` gives for each sample, for all numbers of rows, by one thread and two.
template <class T, class F, class Truth>
void check_traced_as(const wick::Shape& sample, const F& f, const Truth& truth) {
  const wick::ParameterBlock<T> none;
  const wick::Program<T> program = wick::trace(f, none, sample);
  wick::ThreadPool pool(2);
  for (wick::ThreadPool* const threads : {static_cast<wick::ThreadPool*>(nullptr), &pool}) {
    wick::Workspace<T> workspace(threads);
    wick::Recorder<T> recorder;
    wick::Generator data(3);
    for (const wick::Index rows : row_counts) {
      CAPTURE(rows);
      const wick::Shape shape = program.input_shape(0, rows);
      wick::Tensor<T> x(shape);
      wick::uniform_(x.view(), -2, 2, data);
      const auto y = program(none.values(), x, workspace);
      const auto recorded = f(recorder->input(x)).tensor();
      CHECK(same_bits<T>(y, recorded));
      REQUIRE(y.shape().dims()[0] == rows);
      const auto in = static_cast<std::size_t>(sample.numel());
      const auto out = static_cast<std::size_t>(y.numel() / rows);
      double worst = 0;
      for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
        const Values expected = truth(Values(x.data() + row * in, x.data() + (row + 1) * in));
        REQUIRE(expected.size() == out);
        for (std::size_t i = 0; i < out; ++i) {
          const auto got = static_cast<double>(y.data()[row * out + i]);
          const double error = std::abs(got - expected[i]) / (std::max)(1.0, std::abs(expected[i]));
          worst = error <= worst ? worst : error;  // also for NaN
        }
      }
      CHECK(worst <= (sizeof(T) == 4 ? 2e-6 : 1e-14));
    }
  }
}

/// In both scalar types.
template <class F, class Truth>
void check_traced(const wick::Shape& sample, const F& f, const Truth& truth) {
  check_traced_as<float>(sample, f, truth);
  check_traced_as<double>(sample, f, truth);
}

/// The message of the error that tracing f throws.
template <class Error, class F>
[[nodiscard]] std::string refusal_of(const wick::Shape& sample, const F& f) {
  const wick::ParameterBlock<float> none;
  return message_of<Error>([&] { static_cast<void>(wick::trace(f, none, sample)); });
}

}  // namespace wick_tests
